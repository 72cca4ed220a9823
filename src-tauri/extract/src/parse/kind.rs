//! What kind of file it is: by its first bytes, and by its name where bytes can't tell. Must not believe a name against the bytes.

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Empty,
    Text,
    /// Rows of cells with this between them.
    Table(u8),
    Html,
    /// Rich text.
    Rich,
    Pdf,
    /// An archive, or one of the office documents that are archives.
    Zip,
    /// A workbook of the old binary form.
    Sheet,
    Mail,
    /// An office document locked with a password.
    Locked,
    Picture,
    Unknown,
}

/// How many bytes are looked at.
const LOOK: usize = 4096;

/// The compound file that old office documents, and locked new ones, are.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// First bytes of pictures, and where they stand.
const PICTURES: &[(usize, &[u8])] = &[
    (0, b"\x89PNG\r\n"),
    (0, b"\xFF\xD8\xFF"),
    (0, b"GIF8"),
    (0, b"BM"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (8, b"WEBP"),
    (4, b"ftypheic"),
    (4, b"ftypavif"),
    (128, b"DICM"),
];

/// First bytes of what can't be read.
const OTHERS: &[&[u8]] = &[b"\x1F\x8B", b"7z\xBC\xAF", b"Rar!", b"\x7FELF", b"BZh", b"\xFD7zXZ"];

impl Kind {
    /// Tells the kind.
    pub(super) fn of(name: &str, bytes: &[u8]) -> Self {
        let head = bytes.get(..LOOK).unwrap_or(bytes);
        let at = |(place, mark): &(usize, &[u8])| {
            head.get(*place..).is_some_and(|head| head.starts_with(mark))
        };
        if bytes.is_empty() {
            Self::Empty
        } else if head.get(..1024).unwrap_or(head).windows(5).any(|w| w == b"%PDF-") {
            Self::Pdf
        } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Self::Zip
        } else if head.starts_with(b"{\\rtf") {
            Self::Rich
        } else if head.starts_with(COMPOUND) {
            Self::compound(name, bytes)
        } else if OTHERS.iter().any(|mark| head.starts_with(mark)) {
            Self::Unknown
        } else if is_binary(head) {
            if PICTURES.iter().any(at) { Self::Picture } else { Self::Unknown }
        } else {
            Self::of_text(&extension(name), head)
        }
    }

    fn compound(name: &str, bytes: &[u8]) -> Self {
        let stream: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
        if bytes.windows(stream.len()).any(|window| window == stream) {
            Self::Locked
        } else if matches!(extension(name).as_str(), "xls" | "xlt" | "xla") {
            Self::Sheet
        } else {
            Self::Unknown
        }
    }

    fn of_text(extension: &str, head: &[u8]) -> Self {
        let start = String::from_utf8_lossy(head).trim_start().to_lowercase();
        match extension {
            "html" | "htm" | "xhtml" => Self::Html,
            "csv" => Self::Table(busiest(head)),
            "tsv" | "tab" => Self::Table(b'\t'),
            "eml" | "mht" | "mhtml" => Self::Mail,
            _ if start.starts_with("<!doctype html") || start.starts_with("<html") => Self::Html,
            _ => Self::Text,
        }
    }
}

/// The part of a name behind its last dot, in lower case.
fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.trim().to_lowercase()).unwrap_or_default()
}

/// Of the usual delimiters the one that the first line has most of.
fn busiest(head: &[u8]) -> u8 {
    let text = String::from_utf8_lossy(head);
    let line = text.lines().next().unwrap_or_default();
    let count = |delimiter: char| line.chars().filter(|letter| *letter == delimiter).count();
    let busiest = ['|', '\t', ';', ','].into_iter().max_by_key(|delimiter| count(*delimiter));
    busiest.and_then(|delimiter| u8::try_from(delimiter).ok()).unwrap_or(b',')
}

/// Text has no zero bytes (but UTF-16 does, in every other place) and hardly any control characters.
fn is_binary(head: &[u8]) -> bool {
    if super::plain::utf16(head).is_some() {
        return false;
    }
    let control =
        |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B);
    head.contains(&0) || head.iter().filter(control).count().saturating_mul(20) > head.len()
}
