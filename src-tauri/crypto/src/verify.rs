//! Signatures on mail coming in that isn't encrypted. Owns no MIME and no trust.

use jiff::Timestamp;

use crate::{CertificateSource, Limits, SignatureResult};

/// A signed, unencrypted message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// What is signed. For a cleartext signature: the text without its dash escapes and trailing spaces.
    pub content: Vec<u8>,
    /// One result per signature.
    pub signatures: Vec<SignatureResult>,
}

/// Why nothing can be said about a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It isn't an OpenPGP signature.
    #[error("not an OpenPGP signature")]
    Malformed,
    /// It is larger, or unpacks to more, than the limits allow.
    #[error("the signed message is too large")]
    TooLarge,
}

/// Verifies the detached `signature` (binary or armored) over `signed`, byte for byte as it was received.
pub fn verify_detached(
    signed: &[u8],
    signature: &[u8],
    certificates: &dyn CertificateSource,
    now: Timestamp,
    limits: &Limits,
) -> Result<Vec<SignatureResult>, VerifyError> {
    todo!()
}

/// Verifies a message that carries its signature: cleartext-signed, or signed and armored but not encrypted.
pub fn verify_message(
    message: &[u8],
    certificates: &dyn CertificateSource,
    now: Timestamp,
    limits: &Limits,
) -> Result<Verified, VerifyError> {
    todo!()
}
