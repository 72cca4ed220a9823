//! What the reader shows of one message: text, HTML before sanitising, and the line for the message list.

mod flowed;

use std::{collections::BTreeMap, fmt};

use crate::{
    Disposition, Limits, Parsed, Part, PartId,
    clean::{cut, is_deceptive},
    decode::part_text,
    html_text::{html_to_text, text_to_html},
    protected::LEGACY_DISPLAY_CLASS,
    structure::Origin,
};

/// Characters in a list row.
const SNIPPET_CHARS: usize = 160;

/// Most images that HTML may name.
const MAX_EMBEDDED: usize = 500;

/// Where the reader's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextSource {
    /// `text/plain` parts.
    Plain,
    /// Made from `text/html`: there was nothing plain.
    Html,
    /// There is no text.
    Nothing,
}

/// The text of a message, with LF line ends and without control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct ReaderText {
    /// The text.
    pub text: String,
    /// Where it comes from.
    pub source: TextSource,
    /// Whether the limit cut it.
    pub truncated: bool,
}

/// The HTML of a message before sanitising. Not to be shown: give it to [`sanitize_html`](crate::sanitize_html).
#[derive(Clone, PartialEq, Eq)]
pub struct ReaderHtml {
    /// Unsafe HTML.
    pub html: String,
    /// Content-IDs that an image of the HTML may name, with their parts.
    pub embedded: BTreeMap<String, PartId>,
    /// Whether the limit cut it.
    pub truncated: bool,
}

impl fmt::Debug for ReaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReaderText")
            .field("bytes", &self.text.len())
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReaderHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReaderHtml")
            .field("bytes", &self.html.len())
            .field("embedded", &self.embedded.len())
            .finish_non_exhaustive()
    }
}

/// The text to read, index, quote and check. Text inside encrypted pieces of a mixed message is not in it, nor is armoured ciphertext.
pub fn reader_text(raw: &[u8], parsed: &Parsed, limits: &Limits) -> ReaderText {
    let plain = gather_text(raw, parsed, Prefer::Plain, limits);
    if !plain.text.trim().is_empty() || plain.source == TextSource::Html {
        return plain;
    }
    // Mailing programs put a blank text beside the HTML that says everything.
    let html = gather_text(raw, parsed, Prefer::Html, limits);
    if html.text.trim().is_empty() { plain } else { html }
}

fn gather_text(raw: &[u8], parsed: &Parsed, prefer: Prefer, limits: &Limits) -> ReaderText {
    let mut text = String::new();
    let mut source = TextSource::Nothing;
    let mut truncated = false;
    for part in readable(parsed, prefer) {
        let left = limits.text_bytes.saturating_sub(text.len());
        let is_plain = part.media_type == "text/plain";
        let piece = if is_plain {
            plain_text(raw, parsed, part, limits)
        } else {
            html_to_text(&part_text(raw, part, limits), left)
        };
        source = if is_plain || source == TextSource::Plain {
            TextSource::Plain
        } else {
            TextSource::Html
        };
        truncated |= fills(&piece, left);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(cut(&piece, left));
    }
    ReaderText { text, source, truncated }
}

/// Whether a text takes all the room there is, so that some of it is probably missing. A character more may not have had room.
fn fills(text: &str, room: usize) -> bool {
    text.len().saturating_add(3) >= room
}

/// The text of a plain part: unflowed, without ciphertext and Legacy Display.
fn plain_text(raw: &[u8], parsed: &Parsed, part: &Part, limits: &Limits) -> String {
    let text = part_text(raw, part, limits);
    let text = without(&text, &parsed.protection.sealed_ranges(part.id));
    let is_flowed =
        part.parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
    let delsp = part.parameter("delsp").is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
    let text = if is_flowed { flowed::unflow(&text, delsp) } else { text };
    if has_legacy_display(parsed, part) { after_blank_line(&text).to_owned() } else { text }
}

fn without(text: &str, ranges: &[std::ops::Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0_usize;
    for range in ranges {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn has_legacy_display(parsed: &Parsed, part: &Part) -> bool {
    parsed.origin == Origin::Payload && part.parameter("hp-legacy-display") == Some("1")
}

/// RFC 9788 section 4.5.3.2: everything up to and including the first blank line is Legacy Display.
fn after_blank_line(text: &str) -> &str {
    let mut at = 0_usize;
    for line in text.split_inclusive('\n') {
        at = at.saturating_add(line.len());
        if line.trim().is_empty() {
            return text.get(at..).unwrap_or_default();
        }
    }
    ""
}

/// The HTML to sanitise and show, if the message has any. Plain parts beside it are in it as escaped text.
pub fn reader_html(raw: &[u8], parsed: &Parsed, limits: &Limits) -> Option<ReaderHtml> {
    let parts = readable(parsed, Prefer::Html);
    if !parts.iter().any(|part| part.media_type == "text/html") {
        return None;
    }
    let mut html = String::new();
    let mut truncated = false;
    for part in parts {
        let left = limits.text_bytes.saturating_sub(html.len());
        let piece = if part.media_type == "text/plain" {
            text_to_html(cut(&plain_text(raw, parsed, part, limits), left))
        } else {
            let text = part_text(raw, part, limits);
            if has_legacy_display(parsed, part) { without_legacy_div(&text) } else { text }
        };
        truncated |= fills(&piece, left);
        html.push_str(cut(&piece, left));
    }
    Some(ReaderHtml { html, embedded: embedded(parsed), truncated })
}

/// Cuts out the Legacy Display element (RFC 9788 section 4.5.3.3). It may cut at the wrong place in hostile HTML: what remains is
/// sanitised all the same.
fn without_legacy_div(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let open = lower.find(LEGACY_DISPLAY_CLASS).and_then(|class| lower.get(..class)?.rfind("<div"));
    let Some(open) = open else { return html.to_owned() };
    let mut depth = 0_usize;
    let mut at = open;
    while let Some(found) = lower.get(at..).and_then(|rest| rest.find("div")) {
        let name = at.saturating_add(found);
        let before = lower.get(..name).unwrap_or_default();
        at = name.saturating_add(3);
        if before.ends_with("</") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                let end = lower
                    .get(at..)
                    .and_then(|rest| rest.find('>'))
                    .map_or(html.len(), |close| at.saturating_add(close).saturating_add(1));
                return without(html, std::slice::from_ref(&(open..end)));
            }
        } else if before.ends_with('<') {
            depth = depth.saturating_add(1);
        }
    }
    html.to_owned()
}

fn embedded(parsed: &Parsed) -> BTreeMap<String, PartId> {
    let is_image = |part: &&Part| {
        matches!(
            part.media_type.as_str(),
            "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp" | "image/bmp"
        )
    };
    let images = parsed
        .parts
        .iter()
        .filter(is_image)
        .filter(|part| !parsed.protection.is_sealed(parsed, part))
        .take(MAX_EMBEDDED);
    images.filter_map(|part| Some((part.content_id.clone()?, part.id))).collect()
}

/// Which child of a multipart/alternative is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefer {
    Plain,
    Html,
}

/// The text parts to read, in order: one branch of each alternative, the root of each related, nothing sealed.
fn readable(parsed: &Parsed, prefer: Prefer) -> Vec<&Part> {
    let mut selected: Vec<bool> = Vec::with_capacity(parsed.parts.len());
    let mut chosen: BTreeMap<PartId, Option<PartId>> = BTreeMap::new();
    let mut out = Vec::new();
    // Parents come before their children, so one pass in order is enough.
    for part in &parsed.parts {
        let is_selected = match part.parent.and_then(|parent| parsed.part(parent)) {
            None => true,
            Some(parent) => {
                usize::try_from(parent.id.0)
                    .ok()
                    .and_then(|index| selected.get(index).copied())
                    .unwrap_or(false)
                    && match parent.media_type.as_str() {
                        "multipart/alternative" => {
                            *chosen
                                .entry(parent.id)
                                .or_insert_with(|| choose(parsed, parent.id, prefer))
                                == Some(part.id)
                        }
                        "multipart/related" => related_root(parsed, parent) == Some(part.id),
                        _ => true,
                    }
            }
        };
        selected.push(is_selected);
        if is_selected
            && part.is_inline_text()
            && !parsed.protection.is_sealed(parsed, part)
            && !is_legacy_part(parsed, part)
        {
            out.push(part);
        }
    }
    out
}

/// The child to read of an alternative: one that holds the wanted kind of text, else one that holds any.
fn choose(parsed: &Parsed, alternative: PartId, prefer: Prefer) -> Option<PartId> {
    let wanted = if prefer == Prefer::Plain { "text/plain" } else { "text/html" };
    let holds = |child: &Part, kind: Option<&str>| {
        let text = parsed.parts.iter().filter(|part| {
            part.is_inline_text() && kind.is_none_or(|kind| part.media_type == kind)
        });
        text.into_iter().any(|part| parsed.is_within(part.id, child.id))
    };
    let mut children = parsed.children(alternative);
    let first = children.next()?;
    let all = || std::iter::once(first).chain(parsed.children(alternative).skip(1));
    all()
        .find(|child| holds(child, Some(wanted)))
        .or_else(|| all().find(|child| holds(child, None)))
        .map(|child| child.id)
}

/// The root of a multipart/related (RFC 2387 section 3.2): the `start` parameter's part, or the first one.
pub(crate) fn related_root(parsed: &Parsed, related: &Part) -> Option<PartId> {
    let start = related
        .parameter("start")
        .map(|id| id.trim().trim_start_matches('<').trim_end_matches('>'));
    let named = start.and_then(|start| {
        parsed.children(related.id).find(|child| child.content_id.as_deref() == Some(start))
    });
    named.or_else(|| parsed.children(related.id).next()).map(|child| child.id)
}

/// The part that the older convention put first to show the subject to programs that know no protected headers.
pub(crate) fn is_legacy_part(parsed: &Parsed, part: &Part) -> bool {
    let marked = |part: &Part| {
        part.parameter("protected-headers")
            .is_some_and(|version| version.eq_ignore_ascii_case("v1"))
    };
    let is_first_of_payload = part.parent == Some(PartId::ROOT)
        && part.id == PartId(1)
        && parsed.part(PartId::ROOT).is_some_and(marked);
    parsed.origin == Origin::Payload
        && is_first_of_payload
        && marked(part)
        && part.disposition != Disposition::Attachment
        && matches!(part.media_type.as_str(), "text/plain" | "text/rfc822-headers")
}

/// The list row: about 160 characters of the author's own words, on one line, without quoted text.
pub fn snippet(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0_usize;
    let lines = text.lines().map(str::trim).filter(|line| {
        !line.is_empty() && !line.starts_with('>') && !line.starts_with("-----BEGIN PGP ")
    });
    for line in lines.take_while(|line| *line != "--") {
        for word in line.split_whitespace() {
            if !out.is_empty() {
                out.push(' ');
                count = count.saturating_add(1);
            }
            for c in word.chars().filter(|c| !is_deceptive(*c)) {
                if count >= SNIPPET_CHARS {
                    return out.trim_end().to_owned();
                }
                out.push(c);
                count = count.saturating_add(1);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
