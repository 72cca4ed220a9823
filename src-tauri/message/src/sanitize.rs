//! Hostile HTML made safe to put into the script-less frame. ammonia decides what stays; this module says what is on its list.
//!
//! Sanitising is the last step: nothing may parse or change the result afterwards. Nothing that could load from elsewhere remains: an
//! image keeps a `src` only if it is one of the message's own, under the URL that the caller gives it, or a small `data:` image. An
//! image without `src` is the placeholder of a blocked one; the frame's style sheet draws it.

mod links;
mod style;
mod survey;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    fmt, panic,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ammonia::{Builder, UrlRelative};
use url::Url;

use crate::{
    Limits,
    clean::{cut, percent_decoded},
    html_text::{html_to_text, text_to_html},
};

/// Longest URL of a link that is kept, in bytes.
const MAX_URL_BYTES: usize = 8_192;

/// Longest `data:` image that is kept, in bytes of its URL.
const MAX_DATA_BYTES: usize = 64 << 10;

/// What the frame may load for an embedded image: its own scheme, as the webviews of Linux and macOS and of Windows write it, or the
/// image itself.
const OWN_IMAGES: [&str; 6] = [
    "mailview:",
    "http://mailview.localhost/",
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
];

/// How often cleaning may change its own result before only the text is shown.
const MAX_ROUNDS: usize = 8;

/// Images that the HTML showed so far.
#[derive(Default)]
struct Shown {
    ids: Vec<String>,
    /// Bytes of their URLs in this round of cleaning.
    bytes: usize,
}

type Images = Arc<Mutex<Shown>>;

/// Elements that stay.
const TAGS: [&str; 62] = [
    "a",
    "abbr",
    "address",
    "article",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
];

/// Elements that go with all their content. Whatever is in neither list goes, and its content stays.
const DROPPED: [&str; 23] = [
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "iframe",
    "frame",
    "frameset",
    "noframes",
    "object",
    "embed",
    "applet",
    "svg",
    "math",
    "textarea",
    "select",
    "xmp",
    "noembed",
    "plaintext",
    "audio",
    "video",
    "canvas",
    "dialog",
];

/// Attributes that any element may keep.
const GENERIC: [&str; 6] = ["align", "dir", "lang", "style", "title", "valign"];

/// Attributes of particular elements.
const SPECIFIC: [(&str, &[&str]); 15] = [
    ("a", &["href"]),
    ("img", &["src", "alt", "width", "height", "border"]),
    ("table", &["width", "height", "border", "cellpadding", "cellspacing", "bgcolor"]),
    ("td", &["width", "height", "colspan", "rowspan", "bgcolor", "nowrap"]),
    ("th", &["width", "height", "colspan", "rowspan", "bgcolor", "nowrap"]),
    ("tr", &["height", "bgcolor"]),
    ("tbody", &["bgcolor"]),
    ("thead", &["bgcolor"]),
    ("tfoot", &["bgcolor"]),
    ("col", &["span", "width"]),
    ("colgroup", &["span", "width"]),
    ("font", &["color", "size", "face"]),
    ("ol", &["start", "type"]),
    ("hr", &["width", "size", "color"]),
    ("li", &["value"]),
];

/// Hostile HTML made safe to put into the script-less frame.
#[derive(Clone, PartialEq, Eq)]
pub struct Sanitized {
    /// Safe HTML: the content of a body.
    pub html: String,
    /// What would have been loaded from elsewhere.
    pub remote_blocked: RemoteBlocked,
    /// The links, in order.
    pub links: Vec<Link>,
    /// Content-IDs of the embedded images that the HTML shows.
    pub images: Vec<String>,
    /// Whether the limit cut the input.
    pub truncated: bool,
    /// Whether the HTML was too complex, and only its text is shown.
    pub text_only: bool,
}

impl fmt::Debug for Sanitized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sanitized")
            .field("bytes", &self.html.len())
            .field("remote_blocked", &self.remote_blocked)
            .field("links", &self.links.len())
            .finish_non_exhaustive()
    }
}

/// How many things would have been loaded from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RemoteBlocked {
    /// Images, tracking pixels among them.
    pub images: u32,
    /// Style sheets, fonts and images that CSS names.
    pub styles: u32,
    /// Anything else: media, frames, objects, scripts, form targets, prefetches.
    pub other: u32,
}

impl RemoteBlocked {
    /// All of them.
    pub fn total(&self) -> u32 {
        self.images.saturating_add(self.styles).saturating_add(self.other)
    }
}

/// A link in a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// The text that is shown.
    pub text: String,
    /// Where it goes.
    pub url: String,
    /// The host in ASCII form or, for mailto, the address.
    pub host: String,
    /// Whether the text claims another target, or the URL carries a user name that looks like one.
    pub looks_different: bool,
    /// Whether the host is an internationalised name: its letters may only look like others.
    pub is_international: bool,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("looks_different", &self.looks_different)
            .finish_non_exhaustive()
    }
}

/// Sanitises HTML for the mail frame. `embedded` maps the Content-IDs of the message's own images to what the frame loads for them: a
/// URL of its scheme (`mailview:` or `http://mailview.localhost/`) or a `data:` URL of a PNG, JPEG, GIF or WebP. Others are ignored.
pub fn sanitize_html(
    html: &str,
    embedded: &BTreeMap<String, String>,
    limits: &Limits,
) -> Sanitized {
    let input = cut(html, limits.text_bytes);
    let truncated = input.len() < html.len();
    let survey = survey::survey(input);
    let images = Images::default();
    let cleaned = survey.is_simple.then(|| clean(input, embedded, &images, limits)).flatten();
    let text_only = cleaned.is_none();
    let html = cleaned.unwrap_or_else(|| text_to_html(&html_to_text(input, limits.text_bytes)));
    let links = if text_only { Vec::new() } else { links::links(&html) };
    let images = std::mem::take(&mut lock(&images).ids);
    Sanitized { html, remote_blocked: survey.remote, links, images, truncated, text_only }
}

/// Cleans until cleaning changes nothing any more. The frame parses the result once again, and HTML can mean something else then; what
/// is its own result can't. `None` if that doesn't come about.
fn clean(
    html: &str,
    embedded: &BTreeMap<String, String>,
    images: &Images,
    limits: &Limits,
) -> Option<String> {
    let is_ours = |url: &str| OWN_IMAGES.iter().any(|own| url.starts_with(own));
    let embedded: BTreeMap<String, String> = embedded
        .iter()
        .filter(|(_, url)| is_ours(url))
        .map(|(id, url)| (id.clone(), url.clone()))
        .collect();
    let builder = builder(embedded, Arc::clone(images), limits.image_bytes);
    // ammonia has an `unreachable!` on the way of hostile CSS.
    let once = |html: &str| {
        lock(images).bytes = 0;
        panic::catch_unwind(panic::AssertUnwindSafe(|| builder.clean(html).to_string())).ok()
    };
    let mut last = once(html)?;
    for _ in 0..MAX_ROUNDS {
        let next = once(&last)?;
        if next == last {
            return Some(last);
        }
        last = next;
    }
    None
}

/// A panic elsewhere leaves nothing half done here.
fn lock(images: &Images) -> MutexGuard<'_, Shown> {
    images.lock().unwrap_or_else(PoisonError::into_inner)
}

fn builder(
    embedded: BTreeMap<String, String>,
    images: Images,
    image_bytes: usize,
) -> Builder<'static> {
    let filter = move |element: &str, attribute: &str, value: &str| match (element, attribute) {
        ("a", "href") => link_target(value),
        ("img", "src") => {
            let (id, source) = image_source(value, &embedded)?;
            let mut shown = lock(&images);
            shown.bytes = shown.bytes.saturating_add(source.len());
            if shown.bytes > image_bytes {
                return None;
            }
            let new = id.filter(|id| !shown.ids.contains(id));
            shown.ids.extend(new);
            Some(source)
        }
        (_, "style") => style::plain_declarations(value),
        (_, "href" | "src") => None,
        _ => Some(value.to_owned()),
    };
    let specific = SPECIFIC
        .iter()
        .map(|(tag, names)| (*tag, names.iter().copied().collect()))
        .collect::<HashMap<_, _>>();
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(DROPPED))
        .generic_attributes(HashSet::from(GENERIC))
        .tag_attributes(specific)
        .url_schemes(HashSet::from(["http", "https", "mailto", "cid", "data", "mailview"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true)
        .filter_style_properties(HashSet::from(style::PROPERTIES))
        .attribute_filter(move |element, attribute, value| {
            filter(element, attribute, value).map(Cow::Owned)
        });
    builder
}

/// A link's target in normal form, if it is one that may be opened.
fn link_target(value: &str) -> Option<String> {
    let url = Url::parse(value).ok()?;
    // On Windows our own schemes are hosts below `localhost`.
    let is_ours = url.host_str().is_some_and(|host| host.ends_with(".localhost"));
    let allowed = match url.scheme() {
        "http" | "https" => url.has_host() && !is_ours,
        "mailto" => true,
        _ => false,
    };
    (allowed && url.as_str().len() <= MAX_URL_BYTES).then(|| url.into())
}

/// What an image may show: its Content-ID if it has one, and its URL.
fn image_source(
    value: &str,
    embedded: &BTreeMap<String, String>,
) -> Option<(Option<String>, String)> {
    let value = value.trim();
    if let Some((id, url)) = embedded.iter().find(|(_, url)| *url == value) {
        // Already rewritten: sanitising twice changes nothing.
        return Some((Some(id.clone()), url.clone()));
    }
    let url = Url::parse(value).ok()?;
    match url.scheme() {
        // RFC 2392: the Content-ID, with what URLs can't hold percent-encoded.
        "cid" => {
            let id = percent_decoded(url.path());
            let target = embedded.get(&id)?;
            Some((Some(id), target.clone()))
        }
        "data" => is_small_image(url.as_str()).then(|| (None, url.into())),
        _ => None,
    }
}

fn is_small_image(url: &str) -> bool {
    let body = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,"]
        .iter()
        .find_map(|kind| url.strip_prefix(kind));
    url.len() <= MAX_DATA_BYTES
        && body.is_some_and(|body| {
            body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        })
}

#[cfg(test)]
mod tests;
