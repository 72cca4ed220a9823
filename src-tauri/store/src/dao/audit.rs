//! The audit log as a list of opaque records that only grows. What a record says, and that its hash follows from the one
//! before, is the audit crate's concern.

use rusqlite::params;

use super::list::MAX_PAGE;
use super::{ReadDao, WriteDao};
use crate::Error;

/// Length of a record's hash, in bytes.
pub const HASH_LEN: usize = 32;

/// The end of the log: sequence number and hash of the last record, 0 and zeros before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Sequence number.
    pub seq: u64,
    /// Hash.
    pub hash: [u8; HASH_LEN],
}

/// A record of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Sequence number, from 1.
    pub seq: u64,
    /// What the audit crate wrote.
    pub record: Vec<u8>,
    /// The hash that chains it.
    pub hash: [u8; HASH_LEN],
}

impl ReadDao<'_> {
    /// Returns the end of the log.
    pub fn audit_head(&self) -> Result<AuditHead, Error> {
        self.one("SELECT seq, hash FROM audit_head", [], |row| {
            Ok(AuditHead { seq: row.get(0)?, hash: row.get(1)? })
        })
    }

    /// Returns the records after a sequence number, in order; at most 500.
    pub fn audit_page(&self, after: u64, limit: u32) -> Result<Vec<AuditRecord>, Error> {
        let sql = "SELECT seq, record, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        self.rows(sql, params![after, limit.min(MAX_PAGE)], |row| {
            Ok(AuditRecord { seq: row.get(0)?, record: row.get(1)?, hash: row.get(2)? })
        })
    }
}

impl WriteDao<'_> {
    /// Appends a record; the head follows in the same transaction.
    ///
    /// # Errors
    /// [`Error::Conflict`] if `seq` is not the head's successor.
    pub fn append_audit(
        &mut self,
        seq: u64,
        record: &[u8],
        hash: &[u8; HASH_LEN],
    ) -> Result<(), Error> {
        if self.audit_head()?.seq.checked_add(1) != Some(seq) {
            return Err(Error::Conflict);
        }
        self.execute(
            "INSERT INTO audit (seq, record, hash) VALUES (?1, ?2, ?3)",
            params![seq, record, hash],
        )
        .map(drop)
    }
}
