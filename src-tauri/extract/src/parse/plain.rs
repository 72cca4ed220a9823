//! Plain text and tables of text: bytes to characters whatever the encoding. Must never fail: a wrong guess gives odd letters, not none.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Place, Reading, Why, table::Rows};

/// How far a page's own word on its encoding is looked for, in bytes.
const LOOK: usize = 1024;

/// The form of UTF-16 that bytes are in, told by their mark or by the zeroes of Latin letters.
pub(super) fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let pairs = head.len() / 2;
    let zeroes =
        |place: usize| head.iter().skip(place).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeroes(0), zeroes(1));
    let most = |zeroes: usize| pairs >= 4 && zeroes.saturating_mul(10) > pairs.saturating_mul(7);
    match (most(first), most(second)) {
        (true, false) if second == 0 => Some(UTF_16BE),
        (false, true) if first == 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// Text as it was meant: UTF-16 or UTF-8 if it is, else the western code page, line by line where they are mixed.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some(encoding) = utf16(bytes.get(..4096).unwrap_or(bytes)) {
        return encoding.decode(bytes).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.split_inclusive(|byte| *byte == b'\n').map(decode_line).collect(),
    }
}

fn decode_line(line: &[u8]) -> String {
    let encoding = if std::str::from_utf8(line).is_ok() { UTF_8 } else { WINDOWS_1252 };
    encoding.decode_without_bom_handling(line).0.into_owned()
}

/// A page, in the encoding that it names if that isn't UTF-8.
pub(super) fn decode_html(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(bytes.get(..LOOK).unwrap_or(bytes)).to_lowercase();
    let label = head.split_once("charset=").map(|(_, label)| {
        label
            .trim_start_matches(['"', '\''])
            .split(['"', '\'', '>', ';', ' ', '/'])
            .next()
            .unwrap_or_default()
    });
    match label.and_then(|label| Encoding::for_label(label.as_bytes())) {
        Some(encoding) if encoding != UTF_8 && std::str::from_utf8(bytes).is_err() => {
            encoding.decode(bytes).0.into_owned()
        }
        _ => decode(bytes),
    }
}

/// Rows of cells; a broken row is passed over, the others count.
pub(super) fn table(
    reading: &mut Reading<'_>,
    place: &Place,
    bytes: &[u8],
    delimiter: u8,
) -> Result<(), Why> {
    let text = decode(bytes);
    let mut rows = Rows::default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| Why::Damaged)? {
        rows.row(record.iter());
        if rows.is_full() {
            reading.text(place, &rows.take())?;
        }
    }
    reading.text(place, &rows.take())
}
