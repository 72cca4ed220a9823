//! What is known about one signature. Owns the result types, not the verification.

use jiff::Timestamp;

use crate::{Fingerprint, KeyHandle};

/// The outcome for one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureStatus {
    /// The signature is right, and the key that made it was valid when it was made.
    Good,
    /// The content or the signature was changed, the signature is not for us, or it is dated in the future.
    Bad,
    /// The certificate of the signer isn't known: nothing can be said.
    UnknownKey,
    /// The key had expired when the signature was made, or the signature itself has expired.
    Expired,
    /// The key has been revoked.
    Revoked,
    /// The signature rests on an algorithm that is no longer trusted ([`crate::inventory`]), or that isn't supported.
    Weak,
}

/// One signature and what it proves.
///
/// `Good` says that the holder of the key signed; whether that key is who the addresses say is the engine's trust decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureResult {
    /// The outcome.
    pub status: SignatureStatus,
    /// The certificate that made it, when known.
    pub signer: Option<Fingerprint>,
    /// What the signature says its key is. Unproven unless `status` is `Good`.
    pub issuer: Option<KeyHandle>,
    /// The signer's addresses, normalised, as the certificate binds them. Empty when it isn't known.
    pub addresses: Vec<String>,
    /// When the signature says it was made. Unproven unless `status` is `Good`.
    pub created: Option<Timestamp>,
}
