//! Others' public keys: what they say about themselves and whether they can be encrypted to.
//! Owns no secret, no storage and no trust.

mod import;
mod info;
mod usable;

use std::fmt;

use jiff::Timestamp;
use openpgp::serialize::SerializeInto;
use sequoia_openpgp as openpgp;

pub(crate) use import::keys_in;
pub use import::{CertificatesImport, ImportError};
pub use info::{CertificateInfo, UserId};
pub(crate) use info::{addresses, printable};
pub use usable::Unusable;
pub(crate) use usable::encryption_keys_at;

use crate::{Fingerprint, KeyHandle, Limits};

/// A certificate: primary key, user IDs, subkeys and the signatures that bind them. Holds no secret.
#[derive(Clone, PartialEq)]
pub struct Certificate {
    pub(crate) cert: openpgp::Cert,
    had_secret_parts: bool,
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

impl<F: Fn(&[KeyHandle]) -> Vec<Certificate>> CertificateSource for F {
    fn find(&self, handles: &[KeyHandle]) -> Vec<Certificate> {
        self(handles)
    }
}

impl CertificateSource for [Certificate] {
    fn find(&self, handles: &[KeyHandle]) -> Vec<Certificate> {
        self.iter().filter(|certificate| certificate.has_any(handles)).cloned().collect()
    }
}

impl<const N: usize> CertificateSource for [Certificate; N] {
    fn find(&self, handles: &[KeyHandle]) -> Vec<Certificate> {
        self.as_slice().find(handles)
    }
}

impl CertificateSource for Vec<Certificate> {
    fn find(&self, handles: &[KeyHandle]) -> Vec<Certificate> {
        self.as_slice().find(handles)
    }
}

impl Certificate {
    /// Reads certificates from a file, an attachment or a directory's answer: one or many, binary or armored, with text around.
    ///
    /// Secret parts are dropped ([`Certificate::had_secret_parts`]). What can't be read is skipped and counted.
    pub fn import(bytes: &[u8], limits: &Limits) -> Result<CertificatesImport, ImportError> {
        import::import(bytes, limits)
    }

    /// Reads one certificate as [`Certificate::to_bytes`] gave it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImportError> {
        // Merging adds to a certificate, so that a stored one may be larger than one that may come in.
        let limits = Limits { certificate_bytes: Limits::MAIL.keyring_bytes, ..Limits::MAIL };
        let import = Self::import(bytes, &limits)?;
        import.certificates.into_iter().next().ok_or(ImportError::NoCertificate)
    }

    /// Keeps the public parts of `cert`.
    pub(crate) fn new(cert: openpgp::Cert) -> Self {
        let had_secret_parts = cert.is_tsk();
        // Photographs and other attributes say nothing that Wardmail shows, and are bytes for someone's image parser.
        let cert = cert.strip_secret_key_material().retain_user_attributes(|_| false);
        Self { cert, had_secret_parts }
    }

    /// Returns the certificate in binary form, for the database.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory doesn't fail for a certificate that was read; if it did, an empty value is refused on reading.
        self.cert.to_vec().unwrap_or_default()
    }

    /// Returns the certificate as ASCII armor, for a file or an attachment. What its owner marked as private stays out.
    #[must_use]
    pub fn to_armored(&self) -> Vec<u8> {
        self.cert.armored().export_to_vec().unwrap_or_default()
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

    /// Tells whether it holds a key that one of `handles` names.
    #[must_use]
    pub fn has_any(&self, handles: &[KeyHandle]) -> bool {
        self.key_handles().iter().any(|own| handles.iter().any(|handle| own.matches(handle)))
    }

    /// Tells whether the imported file held secret parts of this key: somebody handed out more than they meant to.
    #[must_use]
    pub fn had_secret_parts(&self) -> bool {
        self.had_secret_parts
    }

    /// Returns what the certificate says about itself at `now`.
    #[must_use]
    pub fn info(&self, now: Timestamp) -> CertificateInfo {
        info::info(&self.cert, now)
    }

    /// Checks that mail can be encrypted to it at `now`.
    ///
    /// # Errors
    /// Returns the reason why not.
    pub fn can_encrypt(&self, now: Timestamp) -> Result<(), Unusable> {
        usable::can_encrypt(&self.cert, now)
    }

    /// Adds what `update` knows that this copy doesn't: a new expiry, new subkeys, a revocation.
    ///
    /// # Errors
    /// Returns [`MergeError`] if it is another certificate.
    pub fn merge(self, update: Self) -> Result<Self, MergeError> {
        let had_secret_parts = self.had_secret_parts || update.had_secret_parts;
        let cert = self.cert.merge_public(update.cert).map_err(|_| MergeError)?;
        Ok(Self { cert, had_secret_parts })
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").field(&self.fingerprint()).finish()
    }
}
