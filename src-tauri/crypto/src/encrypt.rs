//! Mail going out: encrypted and signed for all recipients or for none, and signed only.
//! Owns no choice of recipients and no policy of when to encrypt.

use jiff::Timestamp;

use crate::guard::LibraryError;
use crate::{Certificate, SecretKey, Unusable};

/// Why nothing was encrypted. There is never a message for some of the recipients.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptError {
    /// No recipient was named.
    #[error("no recipients")]
    NoRecipients,
    /// One certificate can't be encrypted to.
    #[error("recipient {index} can't be encrypted to: {reason}")]
    Recipient {
        /// Its place in `recipients`.
        index: usize,
        /// Why.
        #[source]
        reason: Unusable,
    },
    /// The own key can't be encrypted to: the sender couldn't read the Sent copy.
    #[error("the own key can't be encrypted to: {0}")]
    OwnKey(#[source] Unusable),
    /// The own key can't sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The crypto library failed.
    #[error("the OpenPGP library could not encrypt")]
    Library(#[source] LibraryError),
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The own key has no secret signing key that is valid now.
    #[error("the own key can't sign now")]
    NoSigningKey,
    /// The crypto library failed.
    #[error("the OpenPGP library could not sign")]
    Library(#[source] LibraryError),
}

/// A detached signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetachedSignature {
    /// The signature as ASCII armor.
    pub armored: Vec<u8>,
    /// The `micalg` parameter of `multipart/signed` (RFC 3156, section 5), such as `pgp-sha512`.
    pub micalg: &'static str,
}

/// Encrypts `plaintext` to every one of `recipients` and to `signer` itself, signed by `signer`; returns ASCII armor.
///
/// All or nothing. The list of recipients (as key IDs) can be read by every recipient: a Bcc recipient gets a message of its own.
/// AEAD (SEIPDv2, RFC 9580) when every certificate supports it, else SEIPDv1 with its modification detection code. No compression.
pub fn encrypt_and_sign(
    plaintext: &[u8],
    recipients: &[&Certificate],
    signer: &SecretKey,
    now: Timestamp,
) -> Result<Vec<u8>, EncryptError> {
    todo!()
}

/// Signs `bytes` as they are: the caller has made line ends CRLF and hashes what will be sent (RFC 3156, section 5).
pub fn sign_detached(
    bytes: &[u8],
    signer: &SecretKey,
    now: Timestamp,
) -> Result<DetachedSignature, SignError> {
    todo!()
}
