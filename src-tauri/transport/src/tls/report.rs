//! Owns what is told about a TLS connection: version, cipher, certificate. Must not decide anything.

use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, X509Certificate};

/// The longest name that is taken from a certificate, in characters: a hostile one may be of any length.
const MAX_NAME: usize = 256;

/// A TLS version. Older ones can't be negotiated at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    #[default]
    V1_2,
    /// TLS 1.3 (RFC 8446).
    V1_3,
}

/// What was negotiated with a server whose certificate was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsReport {
    /// The protocol version.
    pub version: TlsVersion,
    /// The cipher suite's registered name.
    pub cipher: String,
    /// The key exchange group's registered name, if the library knows it.
    pub key_exchange: Option<String>,
    /// The server's own certificate.
    pub certificate: CertificateSummary,
}

/// What a person can be shown about a certificate, verified or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSummary {
    /// The subject as RFC 4514 text, cut at 256 characters.
    pub subject: String,
    /// The issuer as RFC 4514 text, cut at 256 characters.
    pub issuer: String,
    /// The first second of validity, in Unix time.
    pub not_before: i64,
    /// The last second of validity, in Unix time.
    pub not_after: i64,
    /// SHA-256 over the DER bytes, in hexadecimal.
    pub sha256: String,
    /// Whether it names itself as its issuer.
    pub self_issued: bool,
}

impl CertificateSummary {
    /// Reads the fields out of DER bytes; `None` if they are no certificate.
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let cut = |name: String| name.chars().take(MAX_NAME).collect::<String>();
        Some(Self {
            subject: cut(certificate.subject().to_string()),
            issuer: cut(certificate.issuer().to_string()),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            sha256: hex::encode(Sha256::digest(der)),
            self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        })
    }
}
