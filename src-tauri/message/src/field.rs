//! Header sections: where each field lies in the raw bytes, and decoding one field's value with mail-parser.
//!
//! The splitting is ours because everything that is decided by *counting* fields (one From, limits, HP-Outer) must not depend on how a
//! lenient parser recovers. Each value is then decoded alone, so that damage in one field can't reach the next.

use std::{borrow::Cow, ops::Range, panic};

use encoding_rs::WINDOWS_1252;
use mail_parser::{HeaderValue, parsers::MessageStream};

use crate::{Defect, Limits, defect::Defects};

/// A field's place in the raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawField {
    /// The name in lower case.
    pub(crate) name: String,
    /// The value with its folding, without the last line break.
    pub(crate) value: Range<usize>,
}

/// A header section.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) fields: Vec<RawField>,
    /// Where the body begins: after the empty line.
    pub(crate) end: usize,
}

/// The line that starts at `at`: its content without the line break, and where the next one starts.
pub(crate) fn line_at(raw: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = raw.get(at..).filter(|rest| !rest.is_empty())?;
    let (line, next) = match memchr::memchr(b'\n', rest) {
        Some(length) => {
            (rest.get(..length).unwrap_or(rest), at.saturating_add(length).saturating_add(1))
        }
        None => (rest, raw.len()),
    };
    Some((line.strip_suffix(b"\r").unwrap_or(line), next))
}

/// Splits the header section that starts at `start`. `is_delimiter` knows the boundaries around it: such a line ends it, too.
pub(crate) fn split(
    raw: &[u8],
    start: usize,
    limits: &Limits,
    defects: &mut Defects,
    is_delimiter: impl Fn(&[u8]) -> bool,
) -> Section {
    let mut fields: Vec<RawField> = Vec::new();
    let mut at = start;
    let mut malformed = false;
    // A continuation belongs to the last field only if that field was kept.
    let mut continues = false;
    let end = loop {
        let Some((line, next)) = line_at(raw, at) else { break at };
        if line.is_empty() {
            break next;
        }
        if is_delimiter(line) {
            defects.add(Defect::MissingBlankLine);
            break at;
        }
        let line_end = at.saturating_add(line.len());
        if matches!(line.first(), Some(b' ' | b'\t')) {
            if let (true, Some(last)) = (continues, fields.last_mut()) {
                last.value.end = line_end;
            }
        } else if let Some(colon) = colon_of(line) {
            continues = keep(&fields, next, start, limits, defects);
            if continues {
                let name = String::from_utf8_lossy(line.get(..colon).unwrap_or_default())
                    .trim_end()
                    .to_ascii_lowercase();
                fields.push(RawField {
                    name,
                    value: at.saturating_add(colon).saturating_add(1)..line_end,
                });
            }
        } else {
            continues = false;
            // The line that an mbox file puts before each message is no damage.
            malformed |=
                at != start || !(line.starts_with(b"From ") || line.starts_with(b">From "));
        }
        at = next;
    };
    if malformed && fields.is_empty() {
        // Not one field: these lines are the body, and the section is missing.
        defects.add(Defect::MissingBlankLine);
        return Section { fields, end: start };
    }
    if malformed {
        defects.add(Defect::MalformedField);
    }
    Section { fields, end }
}

fn keep(
    fields: &[RawField],
    next: usize,
    start: usize,
    limits: &Limits,
    defects: &mut Defects,
) -> bool {
    if next.saturating_sub(start) > limits.header_bytes {
        defects.add(Defect::HeaderTooLarge);
        return false;
    }
    if fields.len() >= limits.fields {
        defects.add(Defect::TooManyFields);
        return false;
    }
    true
}

/// Where the colon after a valid field name is (RFC 5322 section 3.6.8; white space before the colon as in section 4.5).
fn colon_of(line: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(|b| (33..=126).contains(b))).then_some(colon)
}

/// A value on one line, its folding undone (RFC 5322 section 2.2.3), nothing decoded.
pub(crate) fn unfolded(value: &[u8]) -> String {
    to_utf8(value).replace(['\r', '\n'], "").trim().to_owned()
}

fn to_utf8(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text),
        // Raw 8-bit headers are not allowed, but old programs wrote them in the charset of the West.
        Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0,
    }
}

/// Which grammar a field's value follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grammar {
    Unstructured,
    Addresses,
    MessageIds,
    Date,
    ContentType,
}

/// Decodes a field's value with mail-parser. It promised not to panic and did (its issues 145 and 155), so a panic is caught here and
/// counts as an unreadable field.
pub(crate) fn decode(
    value: &[u8],
    grammar: Grammar,
    defects: &mut Defects,
) -> HeaderValue<'static> {
    let mut text = without_utf7(to_utf8(value)).into_owned();
    // The value parsers want the line break that ends a field.
    text.push('\n');
    let parse = || {
        let mut stream = MessageStream::new(text.as_bytes());
        let value = match grammar {
            Grammar::Unstructured => stream.parse_unstructured(),
            Grammar::Addresses => stream.parse_address(),
            Grammar::MessageIds => stream.parse_id(),
            Grammar::Date => stream.parse_date(),
            Grammar::ContentType => stream.parse_content_type(),
        };
        value.into_owned()
    };
    panic::catch_unwind(parse).unwrap_or_else(|_| {
        defects.add(Defect::ParserFailure);
        HeaderValue::Empty
    })
}

/// Encoded words in UTF-7 are read as ASCII: no mail of this century needs it, and it hides text from filters.
fn without_utf7(text: Cow<'_, str>) -> Cow<'_, str> {
    const WORD: &str = "utf-7?";
    let lower = text.to_ascii_lowercase();
    if !lower.contains(WORD) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0_usize;
    for (at, _) in lower.match_indices(WORD) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str("ascii?");
        from = at.saturating_add(WORD.len());
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}
