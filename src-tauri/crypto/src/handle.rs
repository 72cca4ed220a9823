//! Names of keys: fingerprints and key handles, as text and back. Owns no key material.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use sequoia_openpgp as openpgp;

/// The fingerprint of a certificate (its primary key): 40 hex digits for version 4, 64 for version 6.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub(crate) openpgp::Fingerprint);

/// What a message or a signature calls a key by: a fingerprint or, in older messages, a key ID (16 hex digits).
///
/// It may name a subkey. The database finds certificates by [`KeyHandle::key_id`], which both forms have.
#[derive(Clone)]
pub struct KeyHandle(pub(crate) openpgp::KeyHandle);

/// The text is neither a fingerprint nor a key ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an OpenPGP fingerprint or key ID")]
pub struct ParseHandleError;

impl Fingerprint {
    /// Returns the raw bytes: 20 for version 4, 32 for version 6.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Returns the fingerprint as a handle.
    #[must_use]
    pub fn to_handle(&self) -> KeyHandle {
        KeyHandle(openpgp::KeyHandle::from(&self.0))
    }
}

impl KeyHandle {
    /// Returns the key ID as 16 upper-case hex digits: the form to index by.
    #[must_use]
    pub fn key_id(&self) -> String {
        openpgp::KeyID::from(&self.0).to_hex()
    }

    /// Tells whether both may name the same key; a key ID matches the fingerprint that it is part of.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.aliases(&other.0)
    }
}

impl PartialEq for KeyHandle {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes() == other.0.as_bytes()
    }
}

impl Eq for KeyHandle {}

impl Hash for KeyHandle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_bytes().hash(state);
    }
}

impl Ord for KeyHandle {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_bytes().cmp(other.0.as_bytes())
    }
}

impl PartialOrd for KeyHandle {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_hex())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_hex())
    }
}

impl fmt::Debug for KeyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = ParseHandleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<openpgp::Fingerprint>() {
            Ok(fingerprint @ (openpgp::Fingerprint::V4(_) | openpgp::Fingerprint::V6(_))) => {
                Ok(Self(fingerprint))
            }
            _ => Err(ParseHandleError),
        }
    }
}

impl FromStr for KeyHandle {
    type Err = ParseHandleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| ParseHandleError)
    }
}
