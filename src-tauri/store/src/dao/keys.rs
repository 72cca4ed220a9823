//! The owner's keys. Their secret parts are sealed before they come here.

use rusqlite::{Row, params};

use super::certificates::spelled;
use super::{ReadDao, WriteDao};
use crate::redact::log_safe_debug;
use crate::{Error, KeyId};

/// A key that was generated or imported.
#[derive(Clone)]
pub struct NewKey {
    /// In hex; its case doesn't matter.
    pub fingerprint: String,
    /// The secret part, sealed by the engine.
    pub secret_sealed: Vec<u8>,
    /// The public part.
    pub public: Vec<u8>,
    /// When it came here.
    pub created_ms: i64,
}

log_safe_debug!(NewKey { created_ms });

/// One of the owner's keys.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnKey {
    /// Its identity.
    pub id: KeyId,
    /// In upper-case hex.
    pub fingerprint: String,
    /// The secret part, sealed by the engine.
    pub secret_sealed: Vec<u8>,
    /// The public part.
    pub public: Vec<u8>,
    /// When it came here.
    pub created_ms: i64,
    /// Whether new mail is signed with it.
    pub is_default: bool,
}

log_safe_debug!(OwnKey { id, created_ms, is_default });

const COLUMNS: &str = "id, fingerprint, secret_sealed, public, created_ms, is_default";

fn key(row: &Row<'_>) -> rusqlite::Result<OwnKey> {
    Ok(OwnKey {
        id: row.get(0)?,
        fingerprint: row.get(1)?,
        secret_sealed: row.get(2)?,
        public: row.get(3)?,
        created_ms: row.get(4)?,
        is_default: row.get(5)?,
    })
}

impl ReadDao<'_> {
    /// Returns the owner's keys, the default first.
    pub fn keys(&self) -> Result<Vec<OwnKey>, Error> {
        self.rows(&format!("SELECT {COLUMNS} FROM own_keys ORDER BY is_default DESC, id"), [], key)
    }

    /// Returns the key with a fingerprint, if it is the owner's.
    pub fn key(&self, fingerprint: &str) -> Result<Option<OwnKey>, Error> {
        self.maybe(
            &format!("SELECT {COLUMNS} FROM own_keys WHERE fingerprint = ?1"),
            [spelled(fingerprint)],
            key,
        )
    }

    /// Returns the key that new mail is signed with, if one was chosen.
    pub fn default_key(&self) -> Result<Option<OwnKey>, Error> {
        self.maybe(&format!("SELECT {COLUMNS} FROM own_keys WHERE is_default = 1"), [], key)
    }
}

impl WriteDao<'_> {
    /// Adds a key. It signs nothing until it is made the default.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is here already: a secret key is never replaced by accident.
    pub fn insert_key(&mut self, new: &NewKey) -> Result<KeyId, Error> {
        if self.key(&new.fingerprint)?.is_some() {
            return Err(Error::Conflict);
        }
        let sql = "INSERT INTO own_keys (fingerprint, secret_sealed, public, created_ms)
                   VALUES (?1, ?2, ?3, ?4)";
        let NewKey { fingerprint, secret_sealed, public, created_ms } = new;
        self.insert(sql, params![spelled(fingerprint), secret_sealed, public, created_ms])
            .map(KeyId::new)
    }

    /// Replaces both parts of a key, for example when its expiry was extended.
    pub fn update_key(
        &mut self,
        fingerprint: &str,
        secret_sealed: &[u8],
        public: &[u8],
    ) -> Result<(), Error> {
        let sql = "UPDATE own_keys SET secret_sealed = ?2, public = ?3 WHERE fingerprint = ?1";
        self.execute_one(sql, params![spelled(fingerprint), secret_sealed, public])
    }

    /// Makes a key the one that new mail is signed with.
    pub fn set_default_key(&mut self, fingerprint: &str) -> Result<(), Error> {
        self.execute("UPDATE own_keys SET is_default = 0 WHERE is_default = 1", [])?;
        self.execute_one(
            "UPDATE own_keys SET is_default = 1 WHERE fingerprint = ?1",
            [spelled(fingerprint)],
        )
    }

    /// Deletes a key. Mail that is encrypted to it can't be read any more.
    pub fn delete_key(&mut self, fingerprint: &str) -> Result<(), Error> {
        self.execute_one("DELETE FROM own_keys WHERE fingerprint = ?1", [spelled(fingerprint)])
    }
}
