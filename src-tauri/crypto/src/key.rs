//! The owner's key: made, imported, kept, exported. Owns secret material; must not store or log it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use sequoia_openpgp as openpgp;
use zeroize::Zeroizing;

use crate::guard::LibraryError;
use crate::{Certificate, Fingerprint, Unusable};

/// The owner's key, unlocked: whoever holds the value can sign and decrypt. `Debug` shows the fingerprint only.
///
/// The library wipes the secret parts from memory when the value is dropped.
#[derive(Clone)]
pub struct SecretKey {
    pub(crate) cert: openpgp::Cert,
}

/// The format of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Profile {
    /// Version 4 with Ed25519 and Curve25519: every OpenPGP program in use reads it.
    #[default]
    Interoperable,
    /// Version 6 (RFC 9580) with Ed25519, X25519 and AEAD: programs of before 2024 don't read it.
    Modern,
}

/// When a new key ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// After this time.
    After(SignedDuration),
    /// Never.
    Never,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The address isn't one, or the name can't stand in a user ID.
    #[error("the name or the address can't stand in a user ID")]
    UserId,
    /// The crypto library failed.
    #[error("the OpenPGP library could not make a key")]
    Library(#[source] LibraryError),
}

/// Why a key can't be used as one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyImportError {
    /// No OpenPGP key in the bytes, or a damaged one.
    #[error("no OpenPGP key found, or a damaged one")]
    Malformed,
    /// Larger than any key.
    #[error("too large for an OpenPGP key")]
    TooLarge,
    /// More than one key: the owner has to say which.
    #[error("the file holds more than one key")]
    SeveralKeys,
    /// A public key only: the export left the secret part out.
    #[error("the file holds a public key only, not the secret one")]
    NoSecretPart,
    /// It is protected and no password was given.
    #[error("the key is protected by a password")]
    PasswordNeeded,
    /// The password doesn't open it.
    #[error("the password doesn't open the key")]
    WrongPassword,
    /// Nobody can encrypt to it.
    #[error("nobody can encrypt to this key: {0}")]
    CannotEncrypt(#[source] Unusable),
    /// The secret part of its encryption key is missing (kept on a card, or left out).
    #[error("the secret part of the encryption key is missing")]
    NoSecretEncryptionKey,
    /// It has no secret signing key that is valid now.
    #[error("the key can't sign")]
    CannotSign,
}

/// Why a backup of the key failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// An empty password protects nothing.
    #[error("the password is empty")]
    EmptyPassword,
    /// The crypto library failed.
    #[error("the OpenPGP library could not write the key")]
    Library(#[source] LibraryError),
}

/// The default life of a new key: three years.
pub const DEFAULT_EXPIRY: Expiry = Expiry::After(SignedDuration::from_hours(3 * 365 * 24));

impl SecretKey {
    /// Makes a new key: a primary key that certifies and signs, and a subkey for encryption.
    pub fn generate(
        name: &str,
        address: &str,
        profile: Profile,
        expiry: Expiry,
        now: Timestamp,
    ) -> Result<Self, GenerateError> {
        todo!()
    }

    /// Reads the owner's key from a file, binary or armored, and unlocks it, so that the caller can seal it itself.
    ///
    /// The key must be able to sign and to be encrypted to at `now`.
    pub fn import(
        bytes: &[u8],
        password: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, KeyImportError> {
        todo!()
    }

    /// Reads an old key that is only to open old mail: expired and revoked ones too.
    pub fn import_for_reading(
        bytes: &[u8],
        password: Option<&str>,
    ) -> Result<Self, KeyImportError> {
        todo!()
    }

    /// Returns the key in binary form with its secret parts **unprotected**: to be sealed before it is stored.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, ExportError> {
        todo!()
    }

    /// Reads a key as [`SecretKey::to_bytes`] gave it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyImportError> {
        todo!()
    }

    /// Returns the key as ASCII armor with its secret parts protected by `password`, for a backup.
    pub fn export_armored(&self, password: &str) -> Result<Zeroizing<Vec<u8>>, ExportError> {
        todo!()
    }

    /// Returns the public part.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        todo!()
    }

    /// Returns the fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.cert.fingerprint())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey")
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}
