//! What the reader shows of one message: text, HTML before sanitising, and the line for the message list.

use std::collections::BTreeMap;

use crate::{Limits, Parsed, PartId};

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

/// The text to read, index, quote and check. Text inside encrypted pieces of a mixed message is not in it.
pub fn reader_text(raw: &[u8], parsed: &Parsed, limits: &Limits) -> ReaderText {
    unimplemented!()
}

/// The HTML to sanitise and show, if the message has any.
pub fn reader_html(raw: &[u8], parsed: &Parsed, limits: &Limits) -> Option<ReaderHtml> {
    unimplemented!()
}

/// The first line of the list row: about 160 characters of the author's own words, on one line.
pub fn snippet(text: &str) -> String {
    unimplemented!()
}
