//! Mail going out: encrypted and signed for all recipients or for none, and signed only.
//! Owns no choice of recipients and no policy of when to encrypt.

use std::collections::BTreeSet;
use std::io::Write;

use jiff::Timestamp;
use openpgp::armor::Kind;
use openpgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use openpgp::crypto::KeyPair;
use openpgp::packet::key::PublicParts;
use openpgp::serialize::stream::{Armorer, Encryptor, LiteralWriter, Message, Recipient, Signer};
use openpgp::types::{DataFormat, HashAlgorithm, SymmetricAlgorithm};
use sequoia_openpgp as openpgp;

use crate::certificate::encryption_keys_at;
use crate::guard::{LibraryError, guarded};
use crate::inventory::{policy, system_time};
use crate::{Certificate, SecretKey, Unusable};

/// The hash of every signature made here, and its name in `micalg`.
const HASH: (HashAlgorithm, &str) = (HashAlgorithm::SHA512, "pgp-sha512");

/// The cipher of every message made here.
const CIPHER: SymmetricAlgorithm = SymmetricAlgorithm::AES256;

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
/// AEAD (`SEIPDv2`, RFC 9580) when every certificate supports it, else `SEIPDv1` with its modification detection code. No compression.
/// An empty list of recipients is refused: a copy for oneself names one's own certificate.
pub fn encrypt_and_sign(
    plaintext: &[u8],
    recipients: &[&Certificate],
    signer: &SecretKey,
    now: Timestamp,
) -> Result<Vec<u8>, EncryptError> {
    if recipients.is_empty() {
        return Err(EncryptError::NoRecipients);
    }
    let policy = policy(now);
    let own = signer.certificate();
    let mut to = Vec::new();
    for (index, certificate) in recipients.iter().enumerate() {
        let keys = encryption_keys_at(&certificate.cert, &policy, now);
        to.extend(keys.map_err(|reason| EncryptError::Recipient { index, reason })?);
    }
    to.extend(encryption_keys_at(&own.cert, &policy, now).map_err(EncryptError::OwnKey)?);
    // The same key twice: a recipient named twice, or oneself among the recipients.
    let mut seen = BTreeSet::new();
    to.retain(|key| seen.insert(key.key().fingerprint()));
    let pair = signer.signing_pair(now).ok_or(SignError::NoSigningKey)?;

    match guarded(|| write_message(plaintext, &to, pair, now)) {
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) => Err(EncryptError::Library(LibraryError::of(&error))),
        None => Err(EncryptError::Library(LibraryError::PANIC)),
    }
}

/// Encrypts a few bytes, such as a key, to one certificate, unsigned; returns binary OpenPGP.
///
/// For secrets that say by themselves whether they are the right ones: nobody vouches for who wrote it.
pub fn encrypt_secret(
    secret: &[u8],
    recipient: &Certificate,
    now: Timestamp,
) -> Result<Vec<u8>, EncryptError> {
    let policy = policy(now);
    let to = encryption_keys_at(&recipient.cert, &policy, now)
        .map_err(|reason| EncryptError::Recipient { index: 0, reason })?;
    let write = || -> openpgp::Result<Vec<u8>> {
        let mut sealed = Vec::new();
        let recipients = to.iter().cloned().map(Recipient::from);
        let message = Encryptor::for_recipients(Message::new(&mut sealed), recipients)
            .symmetric_algo(CIPHER)
            .build()?;
        let mut message = LiteralWriter::new(message).format(DataFormat::Binary).build()?;
        message.write_all(secret)?;
        message.finalize()?;
        Ok(sealed)
    };
    match guarded(write) {
        Some(Ok(sealed)) => Ok(sealed),
        Some(Err(error)) => Err(EncryptError::Library(LibraryError::of(&error))),
        None => Err(EncryptError::Library(LibraryError::PANIC)),
    }
}

fn write_message(
    plaintext: &[u8],
    to: &[ValidErasedKeyAmalgamation<'_, PublicParts>],
    pair: KeyPair,
    now: Timestamp,
) -> openpgp::Result<Vec<u8>> {
    // Base64 grows by a third; the buffer holds ciphertext only, so growing it leaks nothing.
    let mut armored = Vec::with_capacity(plaintext.len().saturating_mul(3) / 2);
    let message = Armorer::new(Message::new(&mut armored)).kind(Kind::Message).build()?;
    let recipients = to.iter().cloned().map(Recipient::from);
    let message = Encryptor::for_recipients(message, recipients).symmetric_algo(CIPHER).build()?;
    let mut signer = Signer::new(message, pair)?.hash_algo(HASH.0)?.creation_time(system_time(now));
    // Says inside the signature whom it is for: a recipient can't pass it on as if it were written to somebody else.
    for key in to {
        signer = signer.add_intended_recipient(key.cert());
    }
    let message = signer.build()?;
    let mut message = LiteralWriter::new(message).format(DataFormat::Binary).build()?;
    message.write_all(plaintext)?;
    message.finalize()?;
    Ok(armored)
}

/// Signs `bytes` as they are: the caller has made line ends CRLF and hashes what will be sent (RFC 3156, section 5).
pub fn sign_detached(
    bytes: &[u8],
    signer: &SecretKey,
    now: Timestamp,
) -> Result<DetachedSignature, SignError> {
    let pair = signer.signing_pair(now).ok_or(SignError::NoSigningKey)?;
    let sign = || -> openpgp::Result<Vec<u8>> {
        let mut armored = Vec::new();
        let message = Armorer::new(Message::new(&mut armored)).kind(Kind::Signature).build()?;
        let mut message = Signer::new(message, pair)?
            .detached()
            .hash_algo(HASH.0)?
            .creation_time(system_time(now))
            .build()?;
        message.write_all(bytes)?;
        message.finalize()?;
        Ok(armored)
    };
    match guarded(sign) {
        Some(Ok(armored)) => Ok(DetachedSignature { armored, micalg: HASH.1 }),
        Some(Err(error)) => Err(SignError::Library(LibraryError::of(&error))),
        None => Err(SignError::Library(LibraryError::PANIC)),
    }
}
