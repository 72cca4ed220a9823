//! AES-256-GCM for small secrets that the engine keeps in the mailbox: the own key, credentials.
//! Owns the format; must not derive or keep keys.

use zeroize::Zeroizing;

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
#[error("the crypto library could not seal")]
pub struct SealError(#[source] openssl::error::ErrorStack);

/// Why a sealed value doesn't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It was sealed by a newer version.
    #[error("sealed in a format that this version doesn't know")]
    UnknownVersion,
    /// Wrong key, wrong associated data, or changed: they can't be told apart.
    #[error("the sealed value doesn't open: wrong key, wrong place, or damaged")]
    Rejected,
}

/// Seals `plaintext` under `key`, bound to `aad` (what it is and where it belongs, such as `b"credential/3"`).
pub fn seal(key: &[u8; 32], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    todo!()
}

/// Opens what [`seal`] returned for the same `key` and `aad`.
pub fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    todo!()
}
