//! What stands before the pieces of a backup: readable by anybody, believed once the pieces open.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};

use super::BackupError;
use super::pieces::Sealer;
use crate::format::{Body, RecoveryWrap};
use crate::keyring::ProfileId;
use crate::recovery::RecoveryCode;
use crate::seal::{self, CryptoError};
use crate::secret::MailboxKey;
use crate::vault::Vault;

const MAGIC: &[u8; 16] = b"WARDMAIL BACKUP\n";
const FORMAT: u32 = 1;
/// Longest header that is read.
const MAX_BYTES: u32 = 64 * 1024;
/// Most files in a backup.
const MAX_FILES: usize = 16;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// The header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    format: u32,
    #[serde(with = "hex::serde")]
    pub(super) profile: ProfileId,
    #[serde(with = "hex::serde")]
    key_check: [u8; 32],
    recovery: RecoveryWrap,
    #[serde(with = "hex::serde")]
    salt: [u8; 32],
    made_utc_ms: i64,
    openings: u64,
    pub(super) files: Vec<Listed>,
}

/// Read first, so that a backup of a later version is named as such and not as damaged.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// What a backup says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupInfo {
    /// When it was made, in milliseconds since 1970, by the clock of the computer that made it.
    pub made_utc_ms: i64,
    /// How often the mailbox had been opened.
    pub openings: u64,
    /// Bytes of mail and settings in it.
    pub bytes: u64,
}

impl Header {
    pub(super) fn new(
        vault: &Vault,
        files: Vec<Listed>,
        openings: u64,
    ) -> Result<Self, CryptoError> {
        let body = vault.body();
        Ok(Self {
            format: FORMAT,
            profile: body.profile,
            key_check: *body.key_check(),
            recovery: body.recovery.clone(),
            salt: seal::random_public()?,
            made_utc_ms: vault.now().utc_ms,
            openings,
            files,
        })
    }

    /// Writes magic, length and header; returns what seals the pieces that follow.
    pub(super) fn write(
        &self,
        out: &mut impl Write,
        key: &MailboxKey,
    ) -> Result<Sealer, BackupError> {
        let json = serde_json::to_vec(self).map_err(|_| BackupError::Damaged)?;
        let length = u32::try_from(json.len()).map_err(|_| BackupError::Damaged)?;
        if length > MAX_BYTES {
            return Err(BackupError::Damaged);
        }
        out.write_all(MAGIC)?;
        out.write_all(&length.to_be_bytes())?;
        out.write_all(&json)?;
        self.sealer(key, openssl::sha::sha256(&json))
    }

    /// Reads it and gives its hash.
    pub(super) fn read(file: &mut impl Read) -> Result<(Self, [u8; 32]), BackupError> {
        let (mut magic, mut length) = ([0; MAGIC.len()], [0; 4]);
        let begins = file.read_exact(&mut magic).and_then(|()| file.read_exact(&mut length));
        if begins.is_err() || magic != *MAGIC {
            return Err(BackupError::NotABackup);
        }
        let length = u32::from_be_bytes(length);
        if length > MAX_BYTES {
            return Err(BackupError::Damaged);
        }
        let mut json = Vec::new();
        file.take(length.into()).read_to_end(&mut json)?;
        let Version { format } = serde_json::from_slice(&json).map_err(|_| BackupError::Damaged)?;
        if format > FORMAT {
            return Err(BackupError::NewerFormat);
        }
        let header: Self = serde_json::from_slice(&json).map_err(|_| BackupError::Damaged)?;
        if format != FORMAT || !header.is_fit() {
            return Err(BackupError::Damaged);
        }
        Ok((header, openssl::sha::sha256(&json)))
    }

    /// The names come from outside: none may lead out of the profile's directory.
    fn is_fit(&self) -> bool {
        let plain = |name: &str| {
            let fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
            !name.is_empty() && name.len() <= 64 && name.chars().all(fit) && !name.starts_with('.')
        };
        self.files.len() <= MAX_FILES && self.files.iter().all(|file| plain(&file.name))
    }

    pub(super) fn sealer(&self, key: &MailboxKey, hash: [u8; 32]) -> Result<Sealer, BackupError> {
        let label = format!("wardmail v1 backup {}", hex::encode(self.salt));
        Ok(Sealer::new(key.derive(&label)?, hash))
    }

    pub(super) fn open_recovery(
        &self,
        code: &RecoveryCode,
    ) -> Result<Option<MailboxKey>, CryptoError> {
        self.recovery.open(&self.profile, code)
    }

    pub(super) fn is_key(&self, key: &MailboxKey) -> Result<bool, CryptoError> {
        Body::checks(key, &self.key_check)
    }

    /// Bytes of all files.
    pub(super) fn total(&self) -> u64 {
        self.files.iter().fold(0_u64, |total, file| total.saturating_add(file.bytes))
    }

    pub(super) fn info(&self) -> BackupInfo {
        BackupInfo { made_utc_ms: self.made_utc_ms, openings: self.openings, bytes: self.total() }
    }
}
