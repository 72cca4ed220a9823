//! How a secret looks in each encoding.

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// A way to write bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As they are.
    Raw,
    /// Base64, at any of its three alignments, of either alphabet.
    Base64,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Quoted-printable, with as much or as little quoted as one likes.
    QuotedPrintable,
    /// Hexadecimal, in either case.
    Hex,
    /// Percent-encoded, in either case, with as much or as little encoded as one likes.
    Percent,
    /// A JSON string.
    Json,
}

/// Everything that a secret may look like.
pub(super) fn of(secret: &[u8]) -> Vec<(Encoding, Vec<u8>)> {
    let mut forms = vec![(Encoding::Raw, secret.to_vec())];
    for before in 0..3 {
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            forms.push((Encoding::Base64, base64_after(secret, before, &engine)));
        }
    }
    let lower = each(secret, |byte| format!("{byte:02x}"));
    forms.push((Encoding::Hex, lower.clone().into_bytes()));
    forms.push((Encoding::Hex, lower.to_uppercase().into_bytes()));
    for (encoding, mark) in [(Encoding::QuotedPrintable, '='), (Encoding::Percent, '%')] {
        let quoted = |byte: u8| format!("{mark}{byte:02X}");
        let needed = |byte: u8| !byte.is_ascii_alphanumeric() && !b"-_.~".contains(&byte);
        let printable = |byte: u8| byte.is_ascii_graphic() && char::from(byte) != mark;
        let all = each(secret, quoted);
        forms.push((encoding, all.to_lowercase().into_bytes()));
        forms.push((encoding, all.into_bytes()));
        let careful =
            each(
                secret,
                |byte| if needed(byte) { quoted(byte) } else { char::from(byte).to_string() },
            );
        let easy =
            each(
                secret,
                |byte| if printable(byte) { char::from(byte).to_string() } else { quoted(byte) },
            );
        // A blank stays one in the middle of a quoted-printable line.
        forms.push((encoding, easy.replace(&quoted(b' '), " ").into_bytes()));
        forms.push((encoding, easy.into_bytes()));
        forms.push((encoding, careful.into_bytes()));
    }
    if let Ok(text) = str::from_utf8(secret) {
        forms.push((Encoding::Utf16Le, text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        forms.push((Encoding::Utf16Be, text.encode_utf16().flat_map(u16::to_be_bytes).collect()));
        for upper in [false, true] {
            forms.push((
                Encoding::Json,
                text.chars().map(|letter| escaped(letter, upper)).collect::<String>().into_bytes(),
            ));
        }
        let quoted = serde_json::Value::from(text).to_string();
        let string = quoted.trim_matches('"');
        let ascii = |letter: char| {
            if letter.is_ascii() { letter.to_string() } else { escaped(letter, false) }
        };
        forms.push((Encoding::Json, string.chars().map(ascii).collect::<String>().into_bytes()));
        forms.push((Encoding::Json, string.as_bytes().to_vec()));
    }
    forms
}

/// The bytes without line ends, soft or hard.
pub(super) fn without_line_breaks(bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(bytes.len());
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        joined.extend_from_slice(line.strip_suffix(b"=").unwrap_or(line));
    }
    joined
}

/// A letter as JSON may escape any.
fn escaped(letter: char, upper: bool) -> String {
    let write =
        |unit: &u16| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
    letter.encode_utf16(&mut [0; 2]).iter().map(write).collect()
}

fn each(secret: &[u8], write: impl Fn(u8) -> String) -> String {
    secret.iter().map(|byte| write(*byte)).collect()
}

/// The characters that the secret determines alone, whatever stands before and after it.
fn base64_after(secret: &[u8], before: usize, engine: &impl base64::Engine) -> Vec<u8> {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret);
    let text = engine.encode(&bytes);
    let first = (before * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    text.get(first..last).unwrap_or_default().as_bytes().to_vec()
}

#[cfg(test)]
mod tests;
