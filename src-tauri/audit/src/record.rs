//! One entry of the log: its canonical line, its hash, its link to the one before.
//!
//! # The canonical line
//! One JSON object in UTF-8 without blanks, fields in this order, absent ones left out:
//! `v` (1), `seq` (from 1, no gaps), `boot` (random id of the machine's boot, hex), `utc` (RFC 3339, milliseconds, `Z`),
//! `mono` (milliseconds since boot), `event` (`kind`, `outcome`, `object`{`kind`,`id`}, `reason`, `route`, `code`,
//! `counts` in the order of [`crate::Count`]), `prev` and `hash` (hex).
//!
//! `hash` is SHA-256 over `"wardmail audit record v1\n"` and the line without `,"hash":"…"`. `prev` is the hash of the entry
//! before; for the first one, SHA-256 over `"wardmail audit log v1\n"` and the 16 bytes of the log's id. A line that parses
//! but isn't canonical (a blank, another order, a number written otherwise) is not an entry.

mod link;

use std::fmt;

pub use link::Link;

use jiff::Timestamp;
use openssl::sha::Sha256;
use serde::{Deserialize, Serialize};

use crate::event::{Event, OpaqueId};

/// The longest line that is looked at; a real one has under 1 KiB.
pub const MAX_LINE_BYTES: usize = 4096;
const VERSION: u8 = 1;

/// When something happened, by three clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Random id of the machine's boot.
    pub boot: OpaqueId,
    /// Milliseconds since 1970 by the wall clock, which anybody may set.
    pub utc_ms: i64,
    /// Milliseconds since the boot, which nobody can set.
    pub mono_ms: u64,
}

/// The last entry of a log so far: what the next one is tied to, and what a copy can be compared with.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its number; 0 for an empty log.
    pub seq: u64,
    /// Its hash.
    #[serde(with = "hex::serde")]
    pub hash: [u8; 32],
}

impl Head {
    /// Returns the head of the empty log with this random id.
    pub fn genesis(log: &OpaqueId) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"wardmail audit log v1\n");
        hasher.update(log.as_bytes());
        Self { seq: 0, hash: hasher.finish() }
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({}, {})", self.seq, hex::encode(self.hash))
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    body: Body,
    hash: [u8; 32],
    /// Whether `hash` is that of `body`; computed once, where the canonical bytes are at hand.
    intact: bool,
}

/// What the hash covers; the order of the fields is the canonical one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Body {
    v: u8,
    seq: u64,
    boot: OpaqueId,
    #[serde(serialize_with = "serialize_utc")]
    utc: Timestamp,
    mono: u64,
    event: Event,
    #[serde(with = "hex::serde")]
    prev: [u8; 32],
}

/// A line as read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    v: u8,
    seq: u64,
    boot: OpaqueId,
    utc: Timestamp,
    mono: u64,
    event: Event,
    #[serde(with = "hex::serde")]
    prev: [u8; 32],
    #[serde(with = "hex::serde")]
    hash: [u8; 32],
}

/// Why a line isn't an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// Longer than [`MAX_LINE_BYTES`].
    #[error("the line is too long for an audit entry")]
    TooLong,
    /// Not an entry's JSON.
    #[error("the line is not an audit entry")]
    Malformed,
    /// Written by a later version.
    #[error("the entry was written by a newer version: verify it with that version")]
    NewerVersion,
    /// The same content in another writing.
    #[error("the entry is not written the way this program writes")]
    NotCanonical,
}

/// Ties events into a chain.
#[derive(Debug)]
pub struct Chain;

impl Chain {
    /// Makes the entry after `head`. The caller writes it in the same transaction as what it tells of, and takes
    /// [`Record::head`] as the next head.
    pub fn append(head: &Head, event: Event, stamp: &Stamp) -> Record {
        let utc = Timestamp::from_millisecond(stamp.utc_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let seq = head.seq.saturating_add(1);
        let body = Body {
            v: VERSION,
            seq,
            boot: stamp.boot,
            utc,
            mono: stamp.mono_ms,
            event,
            prev: head.hash,
        };
        let hash = hash_of(&[body.to_json().as_bytes()]);
        Record { body, hash, intact: true }
    }
}

impl Record {
    /// Returns the canonical line, without a line end.
    pub fn to_line(&self) -> String {
        with_hash(self.body.to_json(), &self.hash)
    }

    /// Reads a line. Its hash and link are not checked here: that is [`crate::verify()`]'s matter.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn from_line(line: &str) -> Result<Self, LineError> {
        if line.len() > MAX_LINE_BYTES {
            return Err(LineError::TooLong);
        }
        let read: Line = serde_json::from_str(line).map_err(|_| LineError::Malformed)?;
        let Line { v, seq, boot, utc, mono, event, prev, hash } = read;
        if v != VERSION {
            return Err(if v > VERSION { LineError::NewerVersion } else { LineError::Malformed });
        }
        let body = Body { v, seq, boot, utc, mono, event, prev };
        let json = body.to_json();
        let intact = hash_of(&[json.as_bytes()]) == hash;
        if with_hash(json, &hash) == line {
            Ok(Self { body, hash, intact })
        } else {
            Err(LineError::NotCanonical)
        }
    }

    /// Returns its number.
    pub const fn seq(&self) -> u64 {
        self.body.seq
    }

    /// Returns what happened.
    pub const fn event(&self) -> &Event {
        &self.body.event
    }

    /// Returns when.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            boot: self.body.boot,
            utc_ms: self.body.utc.as_millisecond(),
            mono_ms: self.body.mono,
        }
    }

    /// Returns the hash of the entry before.
    pub const fn prev(&self) -> &[u8; 32] {
        &self.body.prev
    }

    /// Returns its hash as written.
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Returns the head that the next entry is tied to.
    pub const fn head(&self) -> Head {
        Head { seq: self.body.seq, hash: self.hash }
    }

    /// Says whether its hash is that of its content.
    pub const fn is_intact(&self) -> bool {
        self.intact
    }
}

impl Body {
    fn to_json(&self) -> String {
        // Every field serialises: no map with non-text keys, no foreign `Serialize`. An empty line would fail to verify.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn hash_of(pieces: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"wardmail audit record v1\n");
    for piece in pieces {
        hasher.update(piece);
    }
    hasher.finish()
}

/// Adds the hash as the last field.
fn with_hash(mut json: String, hash: &[u8; 32]) -> String {
    if json.ends_with('}') {
        json.pop();
    }
    json.push_str(",\"hash\":\"");
    json.push_str(&hex::encode(hash));
    json.push_str("\"}");
    json
}

/// Always three digits of milliseconds: one writing per moment.
pub(crate) fn serialize_utc<S: serde::Serializer>(
    utc: &Timestamp,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{utc:.3}"))
}

#[cfg(test)]
mod tests;
