//! Mail in mail: heads, texts, and files, each a part of its own.

use mail_parser::{MessageParser, MimeHeaders as _, PartType};

use super::{Place, Reading, Why, html};

/// Header fields that readers see.
const SHOWN: &[&str] = &["Subject", "From", "To", "Cc", "Date"];

/// Reads a message.
pub(super) fn read(reading: &mut Reading<'_>, place: &Place, bytes: &[u8]) -> Result<(), Why> {
    let message = MessageParser::default().parse(bytes).ok_or(Why::Damaged)?;
    let mut head = String::new();
    for (name, value) in message.headers_raw().filter(|(name, _)| is_shown(name)) {
        head.push_str(name);
        head.push(':');
        head.push_str(value);
    }
    if let Some(subject) = message.subject() {
        // As it reads once decoded.
        head.push_str(subject);
        head.push('\n');
    }
    reading.text(place, &head)?;
    for part in &message.parts {
        if !reading.counts(place) {
            return Ok(());
        }
        let name = part.attachment_name();
        match (&part.body, name) {
            (PartType::Multipart(_), _) => {}
            (PartType::Message(_), name) => {
                reading.part(&place.within(name.unwrap_or("message.eml")), part.contents());
            }
            (PartType::Text(text), None) => reading.text(place, text)?,
            (PartType::Html(page), None) => reading.text(place, &html::text(page))?,
            (_, name) => reading.part(&place.within(name.unwrap_or("unnamed")), part.contents()),
        }
    }
    Ok(())
}

fn is_shown(name: &str) -> bool {
    SHOWN.iter().any(|shown| shown.eq_ignore_ascii_case(name))
}
