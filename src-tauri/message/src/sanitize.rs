//! skeleton
use std::collections::BTreeMap;
/// Hostile HTML made safe to put into the script-less frame.
#[derive(Clone, PartialEq, Eq)]
pub struct Sanitized {
    /// Safe HTML: the content of a body.
    pub html: String,
    /// What would have been loaded from elsewhere.
    pub remote_blocked: RemoteBlocked,
    /// The links, in order.
    pub links: Vec<Link>,
    /// Embedded images that the HTML shows, by Content-ID.
    pub images: Vec<String>,
    /// Whether the limit cut the input.
    pub truncated: bool,
}
/// How many things would have been loaded from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RemoteBlocked {
    /// Images, tracking pixels among them.
    pub images: u32,
    /// Style sheets, fonts and images named by CSS.
    pub styles: u32,
    /// Anything else: media, frames, objects, scripts, form targets, prefetches.
    pub other: u32,
}
/// A link in a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// The text that is shown.
    pub text: String,
    /// Where it goes.
    pub url: String,
    /// The host (in ASCII form) or, for mailto, the address.
    pub host: String,
    /// Whether the text claims another target, or the address is written to deceive.
    pub looks_different: bool,
    /// Whether the host is an internationalised name.
    pub is_international: bool,
}
/// Sanitises HTML for the mail frame. `embedded` maps Content-IDs to URLs of the mail frame's own scheme.
pub fn sanitize_html(html: &str, embedded: &BTreeMap<String, String>, limits: &crate::Limits) -> Sanitized { unimplemented!() }
