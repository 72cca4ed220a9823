//! Bytes and text of one part, on demand: transfer encoding (RFC 2045 section 6) and charset undone, damage tolerated, size bounded.

use std::{borrow::Cow, panic};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};

use crate::{Defect, Limits, Part, TransferEncoding, clean::cut, defect::Defects};

/// The decoded bytes of a part.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
    /// Whether the transfer encoding was damaged, not complete or unknown: what could be read is there.
    pub damaged: bool,
    /// Whether the limit cut it.
    pub truncated: bool,
}

/// Sizes only: the bytes are somebody's mail.
impl std::fmt::Debug for Decoded<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded")
            .field("bytes", &self.bytes.len())
            .field("damaged", &self.damaged)
            .finish_non_exhaustive()
    }
}

/// Undoes the transfer encoding of a part. `raw` is what the part was parsed from.
pub fn part_bytes<'a>(raw: &'a [u8], part: &Part, limits: &Limits) -> Decoded<'a> {
    let whole = raw.get(part.body.clone()).unwrap_or_default();
    // No encoding makes data shorter, so this also bounds what comes out.
    let body = whole.get(..limits.decoded_bytes).unwrap_or(whole);
    let (bytes, failed) = match part.encoding {
        TransferEncoding::Identity | TransferEncoding::Unknown => (Cow::Borrowed(body), false),
        TransferEncoding::Base64 => undo(body, base64_decode, repair_base64),
        TransferEncoding::QuotedPrintable => {
            undo(body, quoted_printable_decode, repair_quoted_printable)
        }
    };
    let truncated = body.len() < whole.len();
    // The cut of a limit is no damage, though it may fall into the middle of a group.
    let damaged = failed || (!truncated && condition(body, part.encoding) == Condition::Damaged);
    Decoded { bytes, damaged, truncated }
}

/// Whether a part is as its sender made it, as far as its bytes tell: neither damaged nor cut on its way, and not cut by a limit.
/// Decodes nothing.
pub fn is_whole(raw: &[u8], part: &Part, limits: &Limits) -> bool {
    let body = raw.get(part.body.clone()).unwrap_or_default();
    let whole = match condition(body, part.encoding) {
        Condition::Damaged => false,
        Condition::Closed => true,
        Condition::Open => !part.is_cut,
    };
    whole && body.len() <= limits.decoded_bytes
}

/// What the encoded bytes alone tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// Not as an encoder writes it.
    Damaged,
    /// Its own end is there.
    Closed,
    /// In order, with nothing that says that it ends here.
    Open,
}

fn condition(body: &[u8], encoding: TransferEncoding) -> Condition {
    match encoding {
        TransferEncoding::Identity => Condition::Open,
        TransferEncoding::Unknown => Condition::Damaged,
        TransferEncoding::Base64 => condition_of_base64(body),
        TransferEncoding::QuotedPrintable => {
            // One at the very end is a soft line break whose line end belongs to the delimiter.
            let is_sound = |rest: &[u8]| starts_escape(rest) || rest.trim_ascii().is_empty();
            let mut escapes = memchr::memchr_iter(b'=', body);
            let sound = escapes.all(|at| body.get(at.saturating_add(1)..).is_none_or(is_sound));
            if sound { Condition::Open } else { Condition::Damaged }
        }
    }
}

/// Whole groups of four, the last filled up with `=`, and nothing else but white space (RFC 2045 section 6.8).
fn condition_of_base64(body: &[u8]) -> Condition {
    let (mut digits, mut padding) = (0_usize, 0_usize);
    for byte in body {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'=' => padding = padding.saturating_add(1),
            b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' if padding == 0 => {
                digits = digits.saturating_add(1);
            }
            _ => return Condition::Damaged,
        }
    }
    match (digits % 4, padding) {
        (0, 0) => Condition::Open,
        // More padding than needed harms nothing.
        (0 | 3, _) | (2, 2..) if padding > 0 => Condition::Closed,
        _ => Condition::Damaged,
    }
}

/// Decodes; on damage repairs the input and decodes that. A panic of the library counts as damage.
fn undo(
    body: &[u8],
    decode: fn(&[u8]) -> Option<Vec<u8>>,
    repair: fn(&[u8]) -> Vec<u8>,
) -> (Cow<'_, [u8]>, bool) {
    let guarded = |input: &[u8]| panic::catch_unwind(|| decode(input)).ok().flatten();
    match guarded(body) {
        Some(bytes) => (Cow::Owned(bytes), false),
        None => (guarded(&repair(body)).map_or(Cow::Borrowed(body), Cow::Owned), true),
    }
}

/// Keeps the alphabet only, up to the padding: RFC 2045 section 6.8 wants other characters ignored.
fn repair_base64(body: &[u8]) -> Vec<u8> {
    let mut kept: Vec<u8> = body
        .iter()
        .copied()
        .take_while(|b| *b != b'=')
        .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
        .collect();
    // A lone last character carries no whole byte.
    if kept.len() % 4 == 1 {
        kept.pop();
    }
    kept.resize(kept.len().next_multiple_of(4), b'=');
    kept
}

/// Escapes each `=` that starts no valid escape, as RFC 2045 section 6.7 suggests: it stands for itself.
fn repair_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for (at, byte) in body.iter().enumerate() {
        out.push(*byte);
        if *byte == b'=' && !starts_escape(body.get(at.saturating_add(1)..).unwrap_or_default()) {
            out.extend_from_slice(b"3D");
        }
    }
    out
}

fn starts_escape(rest: &[u8]) -> bool {
    match rest {
        [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        _ => {
            let blank = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
            rest.get(blank) == Some(&b'\n')
        }
    }
}

/// The text of a text part: transfer encoding and charset undone, line ends LF, no control characters but tab and line end, at most
/// [`Limits::text_bytes`].
pub fn part_text(raw: &[u8], part: &Part, limits: &Limits) -> String {
    let decoded = part_bytes(raw, part, &enough_for_text(limits));
    let bytes = decoded.bytes.get(..limits.text_bytes).unwrap_or(&decoded.bytes);
    let text = to_text(bytes, part.charset());
    cut(&plain_lines(&text), limits.text_bytes).to_owned()
}

/// Quoted-printable takes at most three bytes for one: more need not be decoded to fill the limit.
fn enough_for_text(limits: &Limits) -> Limits {
    Limits {
        decoded_bytes: limits.decoded_bytes.min(limits.text_bytes.saturating_mul(4)),
        ..*limits
    }
}

/// Reports what makes the text of a part doubtful.
pub(crate) fn check_text(raw: &[u8], part: &Part, limits: &Limits, defects: &mut Defects) {
    if part.encoding != TransferEncoding::Identity
        && part_bytes(raw, part, &enough_for_text(limits)).damaged
    {
        defects.add(Defect::DamagedEncoding);
    }
    if part.charset().is_some_and(|label| named_encoding(label).is_none()) {
        defects.add(Defect::UnknownCharset);
    }
}

fn named_encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim().as_bytes())
}

fn to_text<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let named = charset.and_then(named_encoding);
    // ASCII is Windows-1252 to the registry of labels, but real mail that says so and is not is UTF-8.
    let encoding =
        named.filter(|encoding| *encoding != WINDOWS_1252 || std::str::from_utf8(bytes).is_err());
    // UTF-7 has no decoder here on purpose (it hides markup): it is read as the ASCII that it is made of.
    let fallback = || if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    encoding.unwrap_or_else(fallback).decode(bytes).0
}

/// Line ends as LF, other control characters gone.
pub(crate) fn plain_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_cr = false;
    for c in text.chars() {
        match c {
            '\n' if after_cr => {}
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push('\t'),
            c if c.is_control() || c == '\u{feff}' => {}
            c => out.push(c),
        }
        after_cr = c == '\r';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn body(headers: &str, body: &[u8]) -> (Vec<u8>, bool, String) {
        let raw = [format!("{headers}\r\n\r\n").as_bytes(), body].concat();
        let limits = Limits::default();
        let parsed = parse(&raw, &limits);
        let decoded = part_bytes(&raw, &parsed.parts[0], &limits);
        (decoded.bytes.to_vec(), decoded.damaged, part_text(&raw, &parsed.parts[0], &limits))
    }

    #[test]
    fn base64_is_undone_with_and_without_damage() {
        let cte = "Content-Transfer-Encoding: base64";
        assert_eq!(body(cte, b"SGVs\r\nbG8=\r\n"), (b"Hello".to_vec(), false, "Hello".to_owned()));
        for damaged in ["SGVs!!bG8=", "SGVsbG8", "SGVsbG8=\r\n-- \r\nlist footer", "SGVsbG8=SGVs"] {
            let (bytes, is_damaged, _) = body(cte, damaged.as_bytes());
            assert_eq!((&bytes[..5], is_damaged), (&b"Hello"[..], true), "{damaged}");
        }
        assert_eq!(body(cte, b""), (Vec::new(), false, String::new()));
        let cut: Vec<bool> = (1..=8).map(|end| body(cte, &b"SGVsbG8="[..end]).1).collect();
        assert_eq!(cut, [true, true, true, false, true, true, true, false]);
    }

    /// The second of two files: how it is encoded, its body, and whether the message ends there.
    fn second_is_whole(encoding: &str, body: &str, ends: bool) -> bool {
        let end = if ends { "" } else { "\r\n--b--\r\n" };
        let raw = format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: application/pdf\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n{body}{end}"
        );
        let limits = Limits::default();
        let parsed = parse(raw.as_bytes(), &limits);
        assert!(is_whole(raw.as_bytes(), &parsed.parts[1], &limits), "the first one");
        is_whole(raw.as_bytes(), &parsed.parts[2], &limits)
    }

    #[test]
    fn a_file_that_was_cut_on_its_way_is_not_whole() {
        for (encoding, body) in
            [("7bit", "%PDF"), ("base64", "JVBERi0x"), ("quoted-printable", "%PDF=2D=\r\n")]
        {
            assert!(second_is_whole(encoding, body, false), "{encoding}");
            assert!(!second_is_whole(encoding, body, true), "{encoding}: the message ends in it");
        }
        assert!(second_is_whole("base64", "JVBERi0=", true), "it says itself that it ends there");
        for (encoding, body) in
            [("base64", "JVBERi0xL"), ("quoted-printable", "%PDF=2"), ("x-uuencode", "#0V%T")]
        {
            assert!(!second_is_whole(encoding, body, false), "{encoding}");
        }
    }

    #[test]
    fn a_file_above_a_limit_is_not_whole() {
        let raw = b"Content-Type: application/pdf\r\n\r\n%PDF-1.7";
        let all = Limits::default();
        for (limits, whole) in [
            (all, true),
            (Limits { decoded_bytes: 6, ..all }, false),
            (Limits { message_bytes: raw.len() - 1, ..all }, false),
        ] {
            assert_eq!(is_whole(raw, &parse(raw, &limits).parts[0], &limits), whole, "{limits:?}");
        }
    }

    #[test]
    fn quoted_printable_is_undone_with_and_without_damage() {
        let cte = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: Quoted-Printable";
        assert_eq!(body(cte, b"Caf=C3=A9 =\r\nau lait  \r\n").2, "Café au lait\n");
        let (bytes, damaged, _) = body(cte, b"1=ZZ 2=C3=A9 3=");
        assert!(damaged);
        assert_eq!(bytes, "1=ZZ 2é 3=".as_bytes());
    }

    #[test]
    fn charsets() {
        let text = |charset: &str, bytes: &[u8]| {
            body(&format!("Content-Type: text/plain; charset={charset}"), bytes).2
        };
        assert_eq!(text("iso-8859-1", b"Caf\xe9"), "Café");
        assert_eq!(text("\"windows-1251\"", b"\xcf\xf0\xe8\xe2\xe5\xf2"), "Привет");
        assert_eq!(text("iso-2022-jp", b"\x1b$B$3$s\x1b(B"), "こん");
        assert_eq!(text("us-ascii", "Zoë".as_bytes()), "Zoë");
        assert_eq!(text("x-unknown", b"Caf\xe9"), "Café");
        assert_eq!(text("utf-8", b"a\xffb"), "a\u{fffd}b");
        assert_eq!(text("utf-7", b"+ADw-script+AD4-"), "+ADw-script+AD4-");
        assert_eq!(text("utf-16le", b"\xff\xfeH\0i\0"), "Hi");
    }

    #[test]
    fn text_has_plain_lines_and_no_controls() {
        assert_eq!(plain_lines("a\r\nb\rc\nd\u{2028}e\0f\u{7}g\th"), "a\nb\nc\nd\nefg\th");
        let small = Limits { text_bytes: 4, decoded_bytes: 6, ..Limits::default() };
        let raw = "\r\nä4567890".as_bytes();
        let parsed = parse(raw, &small);
        assert_eq!(part_text(raw, &parsed.parts[0], &small), "ä45");
        let decoded = part_bytes(raw, &parsed.parts[0], &small);
        assert_eq!((decoded.bytes.len(), decoded.truncated), (6, true));
    }
}
