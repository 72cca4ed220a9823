//! The owner's key: made, imported, kept, exported. Owns secret material; must not store or log it.

mod generate;
mod import;
mod revoke;

use std::fmt;

use jiff::Timestamp;
use openpgp::cert::amalgamation::key::{PrimaryKey, ValidErasedKeyAmalgamation};
use openpgp::crypto::{KeyPair, Password};
use openpgp::packet::key::SecretParts;
use openpgp::policy::Policy;
use openpgp::serialize::{Serialize, SerializeInto};
use sequoia_openpgp as openpgp;
use zeroize::Zeroizing;

pub use generate::{DEFAULT_EXPIRY, Expiry, GenerateError, Profile};
pub use import::KeyImportError;
pub use revoke::RevocationReason;

use crate::guard::LibraryError;
use crate::inventory::{policy, system_time};
use crate::{Certificate, Fingerprint, MergeError};

/// The owner's key, unlocked: whoever holds the value can sign and decrypt. `Debug` shows the fingerprint only.
///
/// The library keeps the secret parts encrypted in memory and wipes them when the value is dropped.
#[derive(Clone)]
pub struct SecretKey {
    pub(crate) cert: openpgp::Cert,
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

impl SecretKey {
    /// Makes a new key: a primary key that certifies and signs, and a subkey for encryption.
    pub fn generate(
        name: &str,
        address: &str,
        profile: Profile,
        expiry: Expiry,
        now: Timestamp,
    ) -> Result<Self, GenerateError> {
        generate::generate(name, address, profile, expiry, now)
    }

    /// Reads the owner's key from a file, binary or armored, and unlocks it, so that the caller can seal it itself.
    ///
    /// The key must be able to sign and to be encrypted to at `now`.
    pub fn import(
        bytes: &[u8],
        password: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, KeyImportError> {
        import::import(bytes, password, now)
    }

    /// Reads an old key that is only to open old mail: expired and revoked ones too.
    pub fn import_for_reading(
        bytes: &[u8],
        password: Option<&str>,
    ) -> Result<Self, KeyImportError> {
        import::import_for_reading(bytes, password)
    }

    /// Checks that it is a whole key at `now`: it signs, others can encrypt to it, and it opens what they write.
    ///
    /// # Errors
    /// Returns what it lacks.
    pub fn check(&self, now: Timestamp) -> Result<(), KeyImportError> {
        import::check(self, now)
    }

    /// Adds what another copy of the same key knows that this one doesn't: a later end, new subkeys, a revocation.
    /// Secret parts that are here stay as they are.
    ///
    /// # Errors
    /// Returns [`MergeError`] if it is another key.
    pub fn merge(self, update: Self) -> Result<Self, MergeError> {
        Ok(Self { cert: import::merge(self.cert, update.cert)? })
    }

    /// Returns the key in binary form with its secret parts **unprotected**: to be sealed before it is stored.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, ExportError> {
        let tsk = self.cert.as_tsk();
        // The size is known, so that no half-filled buffer is left behind by growth.
        let mut bytes = Zeroizing::new(Vec::with_capacity(tsk.serialized_len()));
        tsk.serialize(&mut *bytes).map_err(export_failed)?;
        Ok(bytes)
    }

    /// Reads a key as [`SecretKey::to_bytes`] gave it, expired or not.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyImportError> {
        import::import_for_reading(bytes, None)
    }

    /// Returns the key as ASCII armor with its secret parts protected by `password`, for a backup.
    pub fn export_armored(&self, password: &str) -> Result<Zeroizing<Vec<u8>>, ExportError> {
        if password.is_empty() {
            return Err(ExportError::EmptyPassword);
        }
        let cert = self.protected(&Password::from(password)).map_err(export_failed)?;
        cert.as_tsk().armored().to_vec().map(Zeroizing::new).map_err(export_failed)
    }

    /// Returns the public part.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        Certificate::new(self.cert.clone().strip_secret_key_material())
    }

    /// Returns the fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.cert.fingerprint())
    }

    /// Tells whether it can sign at `now`.
    #[must_use]
    pub fn can_sign(&self, now: Timestamp) -> bool {
        self.signing_pair(now).is_some()
    }

    /// Returns the key pair that signs at `now`.
    pub(crate) fn signing_pair(&self, now: Timestamp) -> Option<KeyPair> {
        let policy = policy(now);
        let key = self.signing_key(&policy, now)?;
        key.key().clone().into_keypair().ok()
    }

    fn signing_key<'a>(
        &'a self,
        policy: &'a dyn Policy,
        now: Timestamp,
    ) -> Option<ValidErasedKeyAmalgamation<'a, SecretParts>> {
        let valid = self.cert.with_policy(policy, system_time(now)).ok()?;
        valid.alive().ok()?;
        if matches!(valid.revocation_status(), openpgp::types::RevocationStatus::Revoked(_)) {
            return None;
        }
        let signing =
            || valid.keys().supported().alive().revoked(false).for_signing().unencrypted_secret();
        // The newest: a subkey made for signing is preferred to an old primary key that could sign as well.
        signing().max_by_key(|key| key.key().creation_time())
    }

    /// Returns the key with every secret part protected by `password`.
    fn protected(&self, password: &Password) -> openpgp::Result<openpgp::Cert> {
        let mut packets: Vec<openpgp::Packet> = Vec::new();
        for key in self.cert.keys().unencrypted_secret() {
            let secret = key.key().clone().encrypt_secret(password)?;
            packets.push(if key.primary() {
                secret.role_into_primary().into()
            } else {
                secret.role_into_subordinate().into()
            });
        }
        Ok(self.cert.clone().insert_packets(packets)?.0)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn export_failed(error: openpgp::anyhow::Error) -> ExportError {
    ExportError::Library(LibraryError::of(&error))
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey")
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}
