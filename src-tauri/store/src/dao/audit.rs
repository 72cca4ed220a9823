//! The audit log as a list of opaque records that only grows. What a record says, and that its hash follows from the one
//! before, is the audit crate's concern.

use rusqlite::params;
use zeroize::Zeroizing;

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

/// A signature over the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCheckpoint {
    /// Number of the key that signed, from 0.
    pub epoch: u64,
    /// Sequence number of the record that is signed.
    pub seq: u64,
    /// What the audit crate wrote.
    pub line: String,
}

/// The key that signs next.
#[derive(Clone)]
pub struct AuditSigner {
    /// Its number.
    pub epoch: u64,
    /// Its secret half.
    pub secret: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for AuditSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuditSigner({}, ..)", self.epoch)
    }
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

    /// Returns the signatures from the key of this number on, in order; at most 500.
    pub fn audit_checkpoints(&self, from: u64, limit: u32) -> Result<Vec<AuditCheckpoint>, Error> {
        let sql = "SELECT epoch, seq, line FROM audit_checkpoints WHERE epoch >= ?1 ORDER BY epoch LIMIT ?2";
        self.rows(sql, params![from, limit.min(MAX_PAGE)], |row| {
            Ok(AuditCheckpoint { epoch: row.get(0)?, seq: row.get(1)?, line: row.get(2)? })
        })
    }

    /// Returns the newest signature.
    pub fn last_audit_checkpoint(&self) -> Result<Option<AuditCheckpoint>, Error> {
        let sql = "SELECT epoch, seq, line FROM audit_checkpoints ORDER BY epoch DESC LIMIT 1";
        self.maybe(sql, [], |row| {
            Ok(AuditCheckpoint { epoch: row.get(0)?, seq: row.get(1)?, line: row.get(2)? })
        })
    }

    /// Returns the key that signs next; none before the first signature, or if it was lost.
    pub fn audit_signer(&self) -> Result<Option<AuditSigner>, Error> {
        // For the tests: as if it were gone.
        fail::fail_point!("store-audit-signer", |_| Ok(None));
        self.maybe("SELECT epoch, secret FROM audit_signer", [], |row| {
            let secret = Zeroizing::new(row.get::<_, [u8; 32]>(1)?);
            Ok(AuditSigner { epoch: row.get(0)?, secret })
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
        // For the tests: as if the disk were full at this very record.
        fail::fail_point!("store-audit-append", |_| Err(Error::DiskFull));
        self.execute(
            "INSERT INTO audit (seq, record, hash) VALUES (?1, ?2, ?3)",
            params![seq, record, hash],
        )
        .map(drop)
    }

    /// Appends a signature.
    ///
    /// # Errors
    /// [`Error::Conflict`] if `epoch` is not the successor of the last one.
    pub fn append_audit_checkpoint(&mut self, checkpoint: &AuditCheckpoint) -> Result<(), Error> {
        let next = match self.last_audit_checkpoint()? {
            Some(last) => last.epoch.checked_add(1),
            None => Some(0),
        };
        if next != Some(checkpoint.epoch) {
            return Err(Error::Conflict);
        }
        let AuditCheckpoint { epoch, seq, line } = checkpoint;
        self.execute(
            "INSERT INTO audit_checkpoints (epoch, seq, line) VALUES (?1, ?2, ?3)",
            params![epoch, seq, line],
        )
        .map(drop)
    }

    /// Puts the key that signs next in the place of the one that signed.
    pub fn set_audit_signer(&mut self, signer: &AuditSigner) -> Result<(), Error> {
        let sql = "INSERT INTO audit_signer (one, epoch, secret) VALUES (1, ?1, ?2)
                   ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, secret = excluded.secret";
        self.execute(sql, params![signer.epoch, signer.secret.as_slice()]).map(drop)
    }
}
