//! Making text from strangers safe to show and to use as a file name. Knows nothing of MIME.

/// Longest text shown from one header field, in characters.
const MAX_DISPLAY_CHARS: usize = 2_000;

/// Longest file name in bytes: what ext4, APFS and NTFS all take.
const MAX_FILE_NAME_BYTES: usize = 255;

/// Longest extension that is kept when a name is cut, in bytes with its dot.
const MAX_EXTENSION_BYTES: usize = 32;

/// Names that Windows gives to devices, whatever the extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Makes text from a message safe to show on one line: no control characters, no bidirectional overrides, no invisible ones, white
/// space as single spaces, at most 2 000 characters.
pub fn display_text(text: &str) -> String {
    clean_line(text).0
}

/// Like [`display_text`]; also says whether something other than plain white space had to go.
pub(crate) fn clean_line(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len().min(MAX_DISPLAY_CHARS));
    let mut removed = false;
    let mut space_due = false;
    let mut count = 0_usize;
    for c in text.chars() {
        if is_deceptive(c) {
            removed = true;
            // A control character between words parted them; an invisible one didn't.
            space_due |= c.is_control();
        } else if c.is_whitespace() {
            space_due = true;
        } else {
            if space_due && !out.is_empty() {
                out.push(' ');
            }
            space_due = false;
            out.push(c);
            count = count.saturating_add(1);
            if count >= MAX_DISPLAY_CHARS {
                break;
            }
        }
    }
    (out, removed)
}

/// Whether a character can make text look like other text: controls (but for white space), bidirectional controls, and those that show
/// nothing (`Default_Ignorable_Code_Point` of Unicode, without the joiners and variation selectors that scripts and emoji need).
pub(crate) fn is_deceptive(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Makes a file name safe to offer for saving: the last path component only, nothing that any file system gives a meaning, no
/// bidirectional override (`exe.fdp` tricks), at most 255 bytes with the extension kept. `None` if nothing is left.
pub fn safe_file_name(name: &str) -> Option<String> {
    let last = name
        .rsplit(['/', '\\', '\u{2044}', '\u{2215}', '\u{29f8}', '\u{ff0f}', '\u{ff3c}'])
        .find(|part| !part.trim().is_empty())?;
    let plain: String = display_text(last)
        .chars()
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    // A leading dot hides a file; Windows drops trailing dots and spaces, so that `x.exe.` would become `x.exe`.
    let trimmed = plain.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    if trimmed.is_empty() {
        return None;
    }
    let named = if is_device(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() };
    Some(cut_file_name(&named))
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str())
        || port.is_some_and(|digit| {
            matches!(
                digit,
                "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
            )
        })
}

fn cut_file_name(name: &str) -> String {
    if name.len() <= MAX_FILE_NAME_BYTES {
        return name.to_owned();
    }
    let extension = name
        .rfind('.')
        .and_then(|dot| name.get(dot..))
        .filter(|ext| ext.len() <= MAX_EXTENSION_BYTES)
        .unwrap_or_default();
    let stem = cut(name, MAX_FILE_NAME_BYTES.saturating_sub(extension.len()));
    format!("{stem}{extension}")
}

/// The longest start of `text` that has at most `max` bytes and ends between characters.
pub(crate) fn cut(text: &str, max: usize) -> &str {
    let end = text.floor_char_boundary(max);
    text.get(..end).unwrap_or(text)
}

/// Undoes percent-encoding (RFC 3986 section 2.1); what is no escape stands for itself.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex =
            tail.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_text_drops_what_deceives() {
        assert_eq!(display_text("a\u{202e}b\u{2066}c\u{200b}d"), "abcd");
        assert_eq!(display_text("ba\u{ad}nk\u{3164}.exam\u{feff}ple"), "bank.example");
        assert_eq!(display_text("one\r\n two\0three\t four "), "one two three four");
        assert_eq!(display_text("\u{7}\u{1b}[31mred"), "[31mred");
        assert_eq!(display_text(&"x".repeat(5_000)).len(), 2_000);
        assert_eq!(display_text("Zoë 李 👩\u{200d}⚕️"), "Zoë 李 👩\u{200d}⚕️");
    }

    #[test]
    fn file_names_are_neutral() {
        for (given, safe) in [
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Users\\x\\report.pdf", Some("report.pdf")),
            ("invoice\u{202e}fdp.exe", Some("invoicefdp.exe")),
            ("CON", Some("_CON")),
            ("nul.tar.gz", Some("_nul.tar.gz")),
            ("com1 .txt", Some("_com1 .txt")),
            (".bashrc", Some("bashrc")),
            ("x.exe. . ", Some("x.exe")),
            ("a:b|c?.txt", Some("a_b_c_.txt")),
            ("..", None),
            ("/", None),
            ("", None),
            ("a\0b\nc.txt", Some("a b c.txt")),
            ("Befund Müller.pdf", Some("Befund Müller.pdf")),
        ] {
            assert_eq!(safe_file_name(given).as_deref(), safe, "{given:?}");
        }
    }

    #[test]
    fn long_file_names_keep_their_extension() {
        let name = safe_file_name(&format!("{}.pdf", "ä".repeat(300))).unwrap();
        assert!(name.len() <= 255 && name.ends_with("ä.pdf"), "{}", name.len());
        let all_extension = safe_file_name(&format!("a.{}", "b".repeat(400))).unwrap();
        assert_eq!(all_extension.len(), 255);
    }
}
