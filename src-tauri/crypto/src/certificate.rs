//! Others' public keys: what they say about themselves and whether they can be encrypted to.
//! Owns no secret, no storage and no trust.

use std::fmt;

use jiff::Timestamp;
use sequoia_openpgp as openpgp;

use crate::{Fingerprint, KeyHandle, Limits};

/// A certificate: primary key, user IDs, subkeys and the signatures that bind them. Holds no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    pub(crate) cert: openpgp::Cert,
    had_secret_parts: bool,
}

/// What came out of a file of certificates.
#[derive(Debug)]
#[non_exhaustive]
pub struct CertificatesImport {
    /// The certificates, in file order; the same certificate twice is merged.
    pub certificates: Vec<Certificate>,
    /// Certificates that were left out because they are damaged, unsupported or too large.
    pub skipped: usize,
}

/// What a certificate says, checked against its own signatures at a time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CertificateInfo {
    /// The fingerprint of the primary key.
    pub fingerprint: Fingerprint,
    /// The version of the key format: 4 (RFC 4880) or 6 (RFC 9580).
    pub version: u8,
    /// The user IDs, the primary one first.
    pub user_ids: Vec<UserId>,
    /// The addresses of the valid user IDs, normalised, each once.
    pub addresses: Vec<String>,
    /// When the primary key was made.
    pub created: Timestamp,
    /// When the certificate ends; `None`: never.
    pub expires: Option<Timestamp>,
    /// Whether its owner revoked it.
    pub revoked: bool,
    /// The algorithms in plain words, such as "Ed25519 with Curve25519" or "RSA 4096".
    pub algorithm: String,
}

/// One user ID.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserId {
    /// The text, with control characters replaced.
    pub text: String,
    /// The address in it, normalised.
    pub address: Option<String>,
    /// Whether its owner revoked it.
    pub revoked: bool,
}

/// Why nothing can be encrypted to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// The certificate, or every encryption key in it, has expired.
    #[error("the certificate has expired")]
    Expired,
    /// The certificate, or every encryption key in it, was revoked.
    #[error("the certificate was revoked by its owner")]
    Revoked,
    /// It can only sign.
    #[error("the certificate has no encryption key")]
    NoEncryptionSubkey,
    /// Its keys or its own signatures use algorithms that are no longer trusted or not supported.
    #[error("the certificate uses an algorithm that is too weak or not supported")]
    WeakAlgorithm,
    /// It begins in the future: more often a wrong clock than an attack.
    #[error("the certificate is not valid yet")]
    NotYetValid,
}

/// Why a file of certificates can't be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// No certificate in it.
    #[error("no OpenPGP certificate found")]
    NoCertificate,
    /// More bytes or certificates than [`Limits`] allow.
    #[error("too large for an import of certificates")]
    TooLarge,
    /// There are certificates, but every one is damaged or unsupported.
    #[error("the OpenPGP certificate is damaged or not supported")]
    Damaged,
}

/// Two certificates that don't belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificates have different fingerprints")]
pub struct MergeError;

/// Where certificates are looked up while a message is read.
///
/// A slice of certificates is one, and so is a closure. More certificates than asked for do no harm.
pub trait CertificateSource {
    /// Returns the certificates that hold a key that one of `handles` names.
    fn find(&self, handles: &[KeyHandle]) -> Vec<Certificate>;
}

impl Certificate {
    /// Reads certificates from a file, an attachment or a directory's answer: one or many, binary or armored, with text around.
    ///
    /// Secret parts are dropped ([`Certificate::had_secret_parts`]). What can't be read is skipped and counted.
    pub fn import(bytes: &[u8], limits: &Limits) -> Result<CertificatesImport, ImportError> {
        todo!()
    }

    /// Reads one certificate as [`Certificate::to_bytes`] gave it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImportError> {
        todo!()
    }

    /// Returns the certificate in binary form, for the database.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        todo!()
    }

    /// Returns the certificate as ASCII armor, for a file or an attachment.
    #[must_use]
    pub fn to_armored(&self) -> Vec<u8> {
        todo!()
    }

    /// Returns the fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.cert.fingerprint())
    }

    /// Returns the handles of the primary key and of every subkey: what messages and signatures may call it by.
    #[must_use]
    pub fn key_handles(&self) -> Vec<KeyHandle> {
        self.cert.keys().map(|key| KeyHandle(key.key().key_handle())).collect()
    }

    /// Tells whether the imported file held secret parts of this key: somebody handed out more than they meant to.
    #[must_use]
    pub fn had_secret_parts(&self) -> bool {
        self.had_secret_parts
    }

    /// Returns what the certificate says about itself at `now`.
    #[must_use]
    pub fn info(&self, now: Timestamp) -> CertificateInfo {
        todo!()
    }

    /// Checks that mail can be encrypted to it at `now`.
    ///
    /// # Errors
    /// Returns the reason why not.
    pub fn can_encrypt(&self, now: Timestamp) -> Result<(), Unusable> {
        todo!()
    }

    /// Adds what `update` knows that this copy doesn't: a new expiry, new subkeys, a revocation.
    ///
    /// # Errors
    /// Returns [`MergeError`] if it is another certificate.
    pub fn merge(self, update: Self) -> Result<Self, MergeError> {
        todo!()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").field(&self.fingerprint()).finish()
    }
}
