//! What verification needs of an entry, read from its line without taking it apart.
//!
//! The hash is over the line's bytes, so a line whose bytes have the hash that it names is the one that was written: what
//! it says need not be parsed to know that. This keeps verification near the cost of the bare hashes.

use data_encoding::HEXLOWER;

use super::{Head, LineError, MAX_LINE_BYTES, Record, hash_of};

/// Number, hash and tie of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub(crate) seq: u64,
    pub(crate) prev: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) intact: bool,
}

const BEFORE_SEQ: &[u8] = b"{\"v\":1,\"seq\":";
const BEFORE_PREV: &[u8] = b",\"prev\":\"";
const BEFORE_HASH: &[u8] = b",\"hash\":\"";
const END: &[u8] = b"\"}";

impl Link {
    /// Reads a line, without its end.
    ///
    /// # Errors
    /// [`LineError`], as [`Record::from_line`], for a line whose hash isn't that of its bytes.
    pub fn from_line(line: &[u8]) -> Result<Self, LineError> {
        if line.len() > MAX_LINE_BYTES {
            return Err(LineError::TooLong);
        }
        if let Some(link) = intact(line) {
            return Ok(link);
        }
        let text = std::str::from_utf8(line).map_err(|_| LineError::Malformed)?;
        Record::from_line(text).map(|record| Self::from(&record))
    }

    /// Returns the head that the next entry is tied to.
    pub(crate) const fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }
}

impl From<&Record> for Link {
    fn from(record: &Record) -> Self {
        Self {
            seq: record.seq(),
            prev: *record.prev(),
            hash: *record.hash(),
            intact: record.is_intact(),
        }
    }
}

/// Reads a line that has the outline of an entry and the hash that it names, in the digits that entries have: no other
/// entry stands behind an entry's own hash, so that another writing of it would be a change that nothing notices.
fn intact(line: &[u8]) -> Option<Link> {
    let (rest, named) = line.strip_suffix(END)?.split_last_chunk::<64>()?;
    let body = rest.strip_suffix(BEFORE_HASH)?;
    let hash = hash_of(&[body, b"}"]);
    let mut digits = [0; 64];
    HEXLOWER.encode_mut(&hash, &mut digits);
    if digits != *named {
        return None;
    }
    let (rest, digits) = body.strip_suffix(b"\"")?.split_last_chunk::<64>()?;
    let mut prev = [0; 32];
    HEXLOWER.decode_mut(digits, &mut prev).ok()?;
    if !rest.ends_with(BEFORE_PREV) {
        return None;
    }
    let digits = line.strip_prefix(BEFORE_SEQ)?.split(|byte| *byte == b',').next()?;
    let seq = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(Link { seq, prev, hash, intact: true })
}
