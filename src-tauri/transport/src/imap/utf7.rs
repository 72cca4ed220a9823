//! Owns the spelling of folder names: modified UTF-7 (RFC 3501 section 5.1.3) to text. Must not fail on any input.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// RFC 3501's BASE64: `,` for `/`, no padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Reads a folder name for showing. What is no valid modified UTF-7 is shown as it came.
pub(super) fn decode(name: &str) -> String {
    try_decode(name).unwrap_or_else(|| name.to_owned())
}

fn try_decode(name: &str) -> Option<String> {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((plain, shifted)) = rest.split_once('&') {
        out.push_str(plain);
        let (encoded, after) = shifted.split_once('-')?;
        if encoded.is_empty() {
            out.push('&');
        } else {
            out.push_str(&utf16(&BASE64.decode(encoded).ok()?)?);
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    String::from_utf16(&pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect::<Vec<_>>()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_rfc_3501_read_as_it_says() {
        assert_eq!(decode("~peter/mail/&U,BTFw-/&ZeVnLIqe-"), "~peter/mail/台北/日本語");
        assert_eq!(decode("&Jjo-!"), "\u{263A}!");
        assert_eq!(decode("&U,BTFw-&ZeVnLIqe-"), "台北日本語");
    }

    #[test]
    fn an_ampersand_and_characters_beyond_16_bits_read_right() {
        assert_eq!(decode("R&-D"), "R&D");
        // U+1F4E7, by Python: "📧".encode("utf-16-be") in BASE64.
        assert_eq!(decode("&2D3c5w-"), "📧");
    }

    #[test]
    fn what_is_invalid_is_shown_as_it_came() {
        for name in ["&", "&Jjo", "&***-", "&2D0-", "a&AA-"] {
            assert_eq!(decode(name), name);
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(name in "\\PC{0,40}|[&A-Za-z0-9+,-]{0,40}") {
            let _shown = decode(&name);
        }
    }
}
