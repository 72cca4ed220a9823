//! New keys. Owns the choice of algorithms, flags and lifetime.

use jiff::{SignedDuration, Timestamp};
use openpgp::cert::{CertBuilder, CipherSuite};
use openpgp::packet::UserID;
use openpgp::types::{Features, KeyFlags};
use sequoia_openpgp as openpgp;

use super::SecretKey;
use crate::certificate::printable;
use crate::guard::{LibraryError, guarded};
use crate::inventory::system_time;

/// The format of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Profile {
    /// Version 4 with Ed25519 and Curve25519: every OpenPGP program in use reads it.
    ///
    /// It doesn't announce `SEIPDv2`: its owner may take it to `GnuPG`, which couldn't read mail that was written for it then.
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

/// The default life of a new key: three years.
pub const DEFAULT_EXPIRY: Expiry = Expiry::After(SignedDuration::from_hours(3 * 365 * 24));

impl Default for Expiry {
    fn default() -> Self {
        DEFAULT_EXPIRY
    }
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The address isn't one, or the name can't stand in a user ID.
    #[error("the name or the address can't stand in a user ID")]
    UserId,
    /// The life isn't positive.
    #[error("the key would end before it begins")]
    Expiry,
    /// The crypto library failed.
    #[error("the OpenPGP library could not make a key")]
    Library(#[source] LibraryError),
}

pub(super) fn generate(
    name: &str,
    address: &str,
    profile: Profile,
    expiry: Expiry,
    now: Timestamp,
) -> Result<SecretKey, GenerateError> {
    let user_id = user_id(name.trim(), address.trim())?;
    let life = match expiry {
        Expiry::Never => None,
        Expiry::After(life) => {
            let life = std::time::Duration::try_from(life).map_err(|_| GenerateError::Expiry)?;
            if life.is_zero() {
                return Err(GenerateError::Expiry);
            }
            Some(life)
        }
    };
    let build = || -> openpgp::Result<openpgp::Cert> {
        let (profile, features) = match profile {
            Profile::Interoperable => (openpgp::Profile::RFC4880, Features::empty().set_seipdv1()),
            Profile::Modern => {
                (openpgp::Profile::RFC9580, Features::empty().set_seipdv1().set_seipdv2())
            }
        };
        let (cert, _revocation) = CertBuilder::new()
            .set_profile(profile)?
            .set_cipher_suite(CipherSuite::Cv25519)
            .set_features(features)?
            .set_primary_key_flags(KeyFlags::empty().set_certification().set_signing())
            .add_userid(user_id)
            .add_subkey(
                KeyFlags::empty().set_transport_encryption().set_storage_encryption(),
                None,
                None,
            )
            .set_creation_time(system_time(now))
            .set_validity_period(life)
            .generate()?;
        Ok(cert)
    };
    match guarded(build) {
        Some(Ok(cert)) => Ok(SecretKey { cert }),
        Some(Err(error)) => Err(GenerateError::Library(LibraryError::of(&error))),
        None => Err(GenerateError::Library(LibraryError::PANIC)),
    }
}

/// Returns "Name <address>", or the address alone, and checks that others will read the same address out of it.
fn user_id(name: &str, address: &str) -> Result<UserID, GenerateError> {
    let plain =
        |text: &str| printable(text) == text && !text.contains(['<', '>', '(', ')', '"', '\\']);
    if !plain(name)
        || !plain(address)
        || name.contains('@')
        || address.contains(char::is_whitespace)
    {
        return Err(GenerateError::UserId);
    }
    let text = if name.is_empty() { format!("<{address}>") } else { format!("{name} <{address}>") };
    let id = UserID::from(text);
    match id.email() {
        Ok(Some(read))
            if read == address && id.email_normalized().is_ok_and(|read| read.is_some()) =>
        {
            Ok(id)
        }
        _ => Err(GenerateError::UserId),
    }
}
