//! Keys that come from elsewhere. Owns the unlocking and the explanation of what is wrong with a file.

use jiff::Timestamp;
use openpgp::cert::amalgamation::key::PrimaryKey;
use openpgp::crypto::{Password, S2K};
use openpgp::packet::key::SecretKeyMaterial;
use openpgp::{Cert, Packet};
use sequoia_openpgp as openpgp;

use super::SecretKey;
use crate::certificate::{ImportError, MergeError, encryption_keys_at, keys_in};
use crate::guard::guarded;
use crate::inventory::policy;
use crate::{Limits, Unusable};

/// The largest memory that the password protection of an imported key may ask for: 2²¹ KiB, as the standard recommends
/// (RFC 9580, section 3.7.1.4). A hostile file may ask for terabytes.
const MAX_ARGON2_MEMORY: u8 = 21;
/// The most passes and lanes of the same.
const MAX_ARGON2_COST: u8 = 16;
/// Subkeys whose password protection is tried; every try costs a key derivation.
const MAX_SECRETS: usize = 32;

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
    /// It is protected in a way that isn't supported, or that would cost too much memory.
    #[error("the key is protected in a way that is not supported")]
    UnsupportedProtection,
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

pub(super) fn import(
    bytes: &[u8],
    password: Option<&str>,
    now: Timestamp,
) -> Result<SecretKey, KeyImportError> {
    let key = import_for_reading(bytes, password)?;
    check(&key, now)?;
    Ok(key)
}

pub(super) fn check(key: &SecretKey, now: Timestamp) -> Result<(), KeyImportError> {
    let policy = policy(now);
    let usable =
        encryption_keys_at(&key.cert, &policy, now).map_err(KeyImportError::CannotEncrypt)?;
    // Others encrypt to any of them: each must open.
    let opens = |fingerprint| {
        key.cert.keys().unencrypted_secret().any(|key| key.key().fingerprint() == fingerprint)
    };
    if !usable.iter().all(|public| opens(public.key().fingerprint())) {
        return Err(KeyImportError::NoSecretEncryptionKey);
    }
    if !key.can_sign(now) {
        return Err(KeyImportError::CannotSign);
    }
    Ok(())
}

/// What is here stays: a copy can add secret parts, and never put others in their place.
pub(super) fn merge(known: Cert, update: Cert) -> Result<Cert, MergeError> {
    let is_here = |fingerprint| {
        known.keys().unencrypted_secret().any(|key| key.key().fingerprint() == fingerprint)
    };
    let mut new: Vec<Packet> = Vec::new();
    for key in update.keys().unencrypted_secret() {
        if !is_here(key.key().fingerprint()) {
            let secret = key.key().clone();
            new.push(if key.primary() {
                secret.role_into_primary().into()
            } else {
                secret.role_into_subordinate().into()
            });
        }
    }
    let merged = known.merge_public(update).map_err(|_| MergeError)?;
    merged.insert_packets(new).map(|(cert, _)| cert).map_err(|_| MergeError)
}

pub(super) fn import_for_reading(
    bytes: &[u8],
    password: Option<&str>,
) -> Result<SecretKey, KeyImportError> {
    let cert = single(bytes)?;
    let cert = match guarded(|| unlock(cert, password)) {
        Some(unlocked) => unlocked?,
        None => return Err(KeyImportError::Malformed),
    };
    let opens = cert.keys().unencrypted_secret().any(|key| key.key().pk_algo().for_encryption());
    if opens { Ok(SecretKey { cert }) } else { Err(KeyImportError::NoSecretEncryptionKey) }
}

/// Returns the only secret key in `bytes`; public keys beside it are no obstacle.
fn single(bytes: &[u8]) -> Result<Cert, KeyImportError> {
    let (certs, _) = keys_in(bytes, &Limits::MAIL).map_err(|error| match error {
        ImportError::TooLarge => KeyImportError::TooLarge,
        ImportError::NoCertificate | ImportError::Damaged => KeyImportError::Malformed,
    })?;
    if certs.is_empty() {
        return Err(KeyImportError::Malformed);
    }
    let mut secret = certs.into_iter().filter(Cert::is_tsk);
    let key = secret.next().ok_or(KeyImportError::NoSecretPart)?;
    if secret.next().is_some() { Err(KeyImportError::SeveralKeys) } else { Ok(key) }
}

/// Takes the password protection off every secret part. Parts that aren't there (`GnuPG`'s stubs for cards) stay as they are.
fn unlock(cert: Cert, password: Option<&str>) -> Result<Cert, KeyImportError> {
    let mut packets: Vec<Packet> = Vec::new();
    for key in cert.keys().secret().take(MAX_SECRETS) {
        let SecretKeyMaterial::Encrypted(protected) = key.key().secret() else { continue };
        if !protected.s2k().is_supported() {
            continue;
        }
        if is_too_costly(protected.s2k()) {
            return Err(KeyImportError::UnsupportedProtection);
        }
        let password = Password::from(password.ok_or(KeyImportError::PasswordNeeded)?);
        let secret = key
            .key()
            .clone()
            .decrypt_secret(&password)
            .map_err(|_| KeyImportError::WrongPassword)?;
        packets.push(if key.primary() {
            secret.role_into_primary().into()
        } else {
            secret.role_into_subordinate().into()
        });
    }
    cert.insert_packets(packets).map(|(cert, _)| cert).map_err(|_| KeyImportError::Malformed)
}

fn is_too_costly(s2k: &S2K) -> bool {
    matches!(s2k, S2K::Argon2 { t, p, m, .. } if *m > MAX_ARGON2_MEMORY || *t > MAX_ARGON2_COST || *p > MAX_ARGON2_COST)
}
