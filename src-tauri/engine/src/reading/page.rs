//! The text and the page of a message's body.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use wardmail_api::mail::{Unreadable, Warning};
use wardmail_message::{self as message, Limits, Parsed};
use zeroize::Zeroizing;

/// Embedded pictures larger than this together are left out of the page (they stay attachments).
const EMBEDDED_BYTES: usize = 8 * 1024 * 1024;

/// Media types of pictures that may stand in a page.
const PICTURES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The page that the frame shows.
#[derive(Debug)]
pub(crate) struct Page {
    /// A whole HTML document, sanitised.
    pub(crate) html: Zeroizing<String>,
    /// How many loads from elsewhere were taken out.
    pub(crate) blocked: u32,
    /// The parts that stand in the page as pictures; what doesn't is listed as a file.
    pub(crate) shown: BTreeSet<u32>,
}

/// Text and page.
pub(super) struct Body {
    pub(super) text: Zeroizing<String>,
    pub(super) page: Option<Page>,
}

/// Chooses what to show of the payload.
pub(super) fn body(
    raw: &[u8],
    parsed: &Parsed,
    unreadable: Option<Unreadable>,
    limits: &Limits,
    warnings: &mut BTreeSet<Warning>,
) -> Body {
    if unreadable.is_some() {
        return Body { text: Zeroizing::new(String::new()), page: None };
    }
    let text = message::reader_text(raw, parsed, limits);
    if text.truncated {
        warnings.insert(Warning::Truncated);
    }
    let page = message::reader_html(raw, parsed, limits)
        .map(|html| page(raw, parsed, &html, limits, warnings));
    Body { text: Zeroizing::new(text.text), page }
}

fn page(
    raw: &[u8],
    parsed: &Parsed,
    html: &message::ReaderHtml,
    limits: &Limits,
    warnings: &mut BTreeSet<Warning>,
) -> Page {
    let embedded = embedded_pictures(raw, parsed, html, limits);
    let safe = message::sanitize_html(&html.html, &embedded, limits);
    let blocked =
        safe.remote_blocked.images + safe.remote_blocked.styles + safe.remote_blocked.other;
    if blocked > 0 {
        warnings.insert(Warning::RemoteContentBlocked);
    }
    if safe.links.iter().any(|link| link.looks_different) {
        warnings.insert(Warning::MisleadingLink);
    }
    if html.truncated || safe.truncated {
        warnings.insert(Warning::Truncated);
    }
    let shown = safe
        .images
        .iter()
        .filter(|content_id| embedded.contains_key(*content_id))
        .filter_map(|content_id| html.embedded.get(content_id))
        .map(|part| part.0)
        .collect();
    Page { html: Zeroizing::new(document(&safe.html)), blocked, shown }
}

/// The pictures that the message brings along, as data, by Content-ID.
fn embedded_pictures(
    raw: &[u8],
    parsed: &Parsed,
    html: &message::ReaderHtml,
    limits: &Limits,
) -> BTreeMap<String, String> {
    let mut left = EMBEDDED_BYTES;
    let mut pictures = BTreeMap::new();
    for (content_id, part) in &html.embedded {
        let Some(part) = parsed.part(*part) else { continue };
        if !PICTURES.contains(&part.media_type.as_str()) {
            continue;
        }
        let bytes = message::part_bytes(raw, part, limits).bytes;
        if bytes.len() > left {
            continue;
        }
        left -= bytes.len();
        pictures.insert(
            content_id.clone(),
            format!("data:{};base64,{}", part.media_type, STANDARD.encode(&bytes)),
        );
    }
    pictures
}

/// Lays the sanitised content into a document of its own, light on white as senders expect.
fn document(content: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><style>\
         html{{color-scheme:light}}\
         body{{margin:16px;font:15px/1.6 system-ui,sans-serif;color:#1c211f;background:#fff;overflow-wrap:anywhere}}\
         img{{max-width:100%;height:auto}}table{{max-width:100%}}blockquote{{margin:0 0 0 12px;padding-left:12px;border-left:3px solid #e3e5e1}}\
         </style></head><body>{content}</body></html>"
    )
}
