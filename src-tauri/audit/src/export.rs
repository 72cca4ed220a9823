//! The log as JSON Lines: entries and checkpoints as they stand, closed by a trailer that a shortened copy lacks.

pub(crate) mod conversion;
mod fhir;
pub(crate) mod syslog;
mod table;

use std::io::{self, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, PublicKey, SignError, Signer};
use crate::event::OpaqueId;
use crate::record::{Head, MAX_LINE_BYTES, Record, serialize_utc};

/// Writes one export.
#[derive(Debug)]
pub struct Export<W> {
    out: W,
    log: OpaqueId,
    first: u64,
    count: u64,
    checkpoints: u64,
    head: Head,
}

/// Why an export failed; what was written so far has no trailer and won't verify.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The file can't be written.
    #[error("the export can't be written: check the disk's free space and permissions")]
    Io(#[from] io::Error),
    /// The trailer can't be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trailer {
    pub(crate) v: u8,
    pub(crate) log: OpaqueId,
    /// Number of the first entry; 0 if there is none.
    pub(crate) first: u64,
    pub(crate) count: u64,
    pub(crate) checkpoints: u64,
    pub(crate) head: Head,
    #[serde(serialize_with = "serialize_utc")]
    pub(crate) utc: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<PublicKey>,
    #[serde(default, with = "signature", skip_serializing_if = "Option::is_none")]
    pub(crate) sig: Option<[u8; 64]>,
}

/// The lines that aren't entries.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Framing {
    Checkpoint(Checkpoint),
    Trailer(Trailer),
}

impl Trailer {
    /// What its signature covers: itself without it.
    pub(crate) fn message(&self) -> Vec<u8> {
        let unsigned = Self { sig: None, ..self.clone() };
        let mut message = b"wardmail audit export v1\n".to_vec();
        // Nothing in here can fail to serialise; an empty body would not verify.
        message.extend(serde_json::to_vec(&unsigned).unwrap_or_default());
        message
    }
}

impl<W: Write> Export<W> {
    /// Begins an export of the log with this id.
    pub fn new(out: W, log: OpaqueId) -> Self {
        Self { out, log, first: 0, count: 0, checkpoints: 0, head: Head::genesis(&log) }
    }

    /// Writes the next entry.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn record(&mut self, record: &Record) -> Result<(), ExportError> {
        if self.count == 0 {
            self.first = record.seq();
        }
        self.line(&record.to_line())?;
        self.count = self.count.saturating_add(1);
        self.head = record.head();
        Ok(())
    }

    /// Writes an entry or signature that can't be read, as it stands: it is evidence of what was done, and verification
    /// names it.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn damaged(&mut self, line: &[u8]) -> Result<(), ExportError> {
        let one_line = String::from_utf8_lossy(line).replace(['\n', '\r'], " ");
        self.count = self.count.saturating_add(1);
        self.line(&one_line)
    }

    /// Writes a checkpoint: after the entry that it signs, or before all entries if that one isn't exported. All of them
    /// belong in every export, from the first: they carry the trust from the first key to the last.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), ExportError> {
        self.framing(&Framing::Checkpoint(checkpoint.clone()))?;
        self.checkpoints = self.checkpoints.saturating_add(1);
        Ok(())
    }

    /// Writes the trailer, signed if there is a key, and gives the writer back.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn finish(mut self, utc_ms: i64, signer: Option<&Signer>) -> Result<W, ExportError> {
        let mut trailer = Trailer {
            v: 1,
            log: self.log,
            first: self.first,
            count: self.count,
            checkpoints: self.checkpoints,
            head: self.head,
            utc: Timestamp::from_millisecond(utc_ms).unwrap_or(Timestamp::UNIX_EPOCH),
            key: signer.map(Signer::public_key),
            sig: None,
        };
        if let Some(signer) = signer {
            trailer.sig = Some(signer.sign(&trailer.message())?);
        }
        self.framing(&Framing::Trailer(trailer))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn framing(&mut self, framing: &Framing) -> Result<(), ExportError> {
        self.line(&serde_json::to_string(framing).map_err(io::Error::from)?)
    }

    fn line(&mut self, line: &str) -> Result<(), ExportError> {
        self.out.write_all(line.as_bytes())?;
        Ok(self.out.write_all(b"\n")?)
    }
}

/// Reads a line that isn't an entry, in its canonical writing only.
pub(crate) fn framing(line: &[u8]) -> Option<Framing> {
    let begins = |start: &[u8]| line.starts_with(start);
    if line.len() > MAX_LINE_BYTES || !(begins(b"{\"checkpoint\"") || begins(b"{\"trailer\"")) {
        return None;
    }
    let text = std::str::from_utf8(line).ok()?;
    let framing: Framing = serde_json::from_str(text).ok()?;
    (serde_json::to_string(&framing).ok()? == text).then_some(framing)
}

/// An optional signature in hex.
mod signature {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Hex(#[serde(with = "hex::serde")] [u8; 64]);

    #[expect(clippy::ref_option, reason = "serde hands the field over like this")]
    pub(super) fn serialize<S: Serializer>(
        sig: &Option<[u8; 64]>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        sig.map(Hex).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<[u8; 64]>, D::Error> {
        Ok(Option::<Hex>::deserialize(from)?.map(|hex| hex.0))
    }
}
