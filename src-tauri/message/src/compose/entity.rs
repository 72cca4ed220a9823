//! The body of an outgoing message as MIME parts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mail_builder::{
    headers::{HeaderType, content_type::ContentType},
    mime::{BodyPart, MimePart},
};

use super::{Attachment, Outgoing};
use crate::{decode::plain_lines, safe_file_name};

/// Bytes in one line of base64 (RFC 2045 section 6.8): 76 characters.
const BASE64_LINE_BYTES: usize = 57;

/// Longest line in bytes, without its end (RFC 5322 section 2.1.1).
const MAX_LINE_BYTES: usize = 998;

/// The text, its HTML alternative and the attachments.
pub(super) fn body(message: &Outgoing) -> MimePart<'_> {
    let plain = text("text/plain", &message.text);
    let readable = match &message.html {
        Some(html) => {
            MimePart::new(multipart("multipart/alternative"), vec![plain, text("text/html", html)])
        }
        None => plain,
    };
    if message.attachments.is_empty() {
        return readable;
    }
    let parts =
        std::iter::once(readable).chain(message.attachments.iter().map(file)).collect::<Vec<_>>();
    MimePart::new(multipart("multipart/mixed"), parts)
}

/// A multipart type with a random boundary: the library's own tells time and process.
pub(super) fn multipart(media_type: &'static str) -> ContentType<'static> {
    // `=_` can't occur in quoted-printable or base64 (RFC 2045 section 6.7).
    ContentType::new(media_type).attribute("boundary", format!("=_{:032x}", rand::random::<u128>()))
}

fn text(media_type: &'static str, text: &str) -> MimePart<'static> {
    let mut lines = plain_lines(text).replace('\n', "\r\n");
    if !lines.ends_with("\r\n") {
        lines.push_str("\r\n");
    }
    let content_type = ContentType::new(media_type).attribute("charset", "utf-8");
    // A line that starts with "From " is changed by mbox files, which breaks a signature (RFC 3156 section 5).
    if lines.starts_with("From ") || lines.contains("\r\nFrom ") {
        return base64(content_type, lines.as_bytes());
    }
    MimePart::new(content_type, BodyPart::Text(lines.into()))
}

fn file(attachment: &Attachment) -> MimePart<'static> {
    let name = safe_file_name(&attachment.file_name).unwrap_or_else(|| "attachment".to_owned());
    let kind = attachment.media_type.to_ascii_lowercase();
    let part = match kind.split_once('/') {
        // These two may not be encoded (RFC 2046 sections 5.1 and 5.2.1): as they are, or as files that nobody looks into.
        Some(("message", "rfc822")) => match seven_bit_lines(&attachment.bytes) {
            Some(lines) => seven_bit(ContentType::new("message/rfc822"), lines),
            None => base64(ContentType::new("application/octet-stream"), &attachment.bytes),
        },
        Some(("message" | "multipart", _)) => {
            base64(ContentType::new("application/octet-stream"), &attachment.bytes)
        }
        _ => base64(ContentType::new(kind), &attachment.bytes),
    };
    part.attachment(name)
}

fn base64(content_type: ContentType<'static>, bytes: &[u8]) -> MimePart<'static> {
    let mut lines = String::with_capacity(bytes.len().saturating_mul(4) / 3);
    for chunk in bytes.chunks(BASE64_LINE_BYTES) {
        STANDARD.encode_string(chunk, &mut lines);
        lines.push_str("\r\n");
    }
    MimePart::new(content_type, BodyPart::Binary(lines.into_bytes().into()))
        .transfer_encoding("base64")
}

/// A part that is written as it is.
pub(super) fn seven_bit(content_type: ContentType<'static>, lines: String) -> MimePart<'static> {
    MimePart::new(content_type, BodyPart::Binary(lines.into_bytes().into()))
        .transfer_encoding("7bit")
}

/// The bytes with CRLF line ends, if that is all that 7bit asks for.
fn seven_bit_lines(bytes: &[u8]) -> Option<String> {
    let text =
        std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii() && !text.contains('\0'))?;
    let lines: Vec<&str> =
        text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    lines
        .iter()
        .all(|line| line.len() <= MAX_LINE_BYTES && !line.contains('\r'))
        .then(|| lines.join("\r\n"))
}

/// Adds a parameter to a part's Content-Type.
pub(super) fn add_parameter(part: &mut MimePart<'_>, name: &'static str, value: &'static str) {
    for (field, content) in &mut part.headers {
        if let (true, HeaderType::ContentType(content_type)) = (field == "Content-Type", content) {
            content_type.attributes.push((name.into(), value.into()));
        }
    }
}
