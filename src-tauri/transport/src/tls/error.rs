//! Owns why a TLS connection was refused, told apart so that a person knows what to do. Must not soften any of it.

use rustls::{CertificateError, Error as Rustls};

use super::{CertificateSummary, Presented};

/// Why there is no TLS connection. The summary, where there is one, is of the certificate that was *not* trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// No trusted authority vouches for the certificate.
    #[error("the server's certificate is not from a trusted authority")]
    UnknownIssuer(Option<Box<CertificateSummary>>),
    /// The certificate vouches for itself.
    #[error("the server's certificate is self-signed")]
    SelfSigned(Option<Box<CertificateSummary>>),
    /// The certificate is for another host.
    #[error("the server's certificate is for another host")]
    WrongHost(Option<Box<CertificateSummary>>),
    /// The certificate has expired by this computer's clock.
    #[error("the server's certificate has expired")]
    Expired(Option<Box<CertificateSummary>>),
    /// The certificate is not valid yet by this computer's clock.
    #[error("the server's certificate is not valid yet")]
    NotYetValid(Option<Box<CertificateSummary>>),
    /// The certificate was revoked.
    #[error("the server's certificate was revoked")]
    Revoked(Option<Box<CertificateSummary>>),
    /// The certificate is malformed, weakly signed, or not meant for a server.
    #[error("the server's certificate is not acceptable")]
    BadCertificate(Option<Box<CertificateSummary>>),
    /// What answered does not speak TLS.
    #[error("the server does not speak TLS on this port")]
    NotTls,
    /// The server offers no TLS version that is allowed here.
    #[error("the server's TLS version is too old")]
    VersionTooOld,
    /// The handshake failed in another way.
    #[error("the TLS handshake failed")]
    Handshake,
    /// The system's trusted authorities, or the extra ones, can't be read.
    #[error("the trusted certificate authorities cannot be loaded")]
    Roots,
}

/// Tells apart what rustls reports. `presented` has the certificate that was judged, if it came so far.
pub(crate) fn classify(error: &Rustls, presented: &Presented) -> TlsError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "rustls adds variants; all others are a failed handshake"
    )]
    match error {
        Rustls::InvalidCertificate(why) => classify_certificate(why, presented),
        Rustls::InvalidMessage(_) => TlsError::NotTls,
        Rustls::PeerIncompatible(_)
        | Rustls::AlertReceived(rustls::AlertDescription::ProtocolVersion) => {
            TlsError::VersionTooOld
        }
        _ => TlsError::Handshake,
    }
}

fn classify_certificate(why: &CertificateError, presented: &Presented) -> TlsError {
    let summary = presented.summary().map(Box::new);
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "rustls adds variants; all others are a bad certificate"
    )]
    match why {
        // A bad signature is what an authority of the same name, but another key, leaves.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => match summary {
            Some(own) if own.self_issued => TlsError::SelfSigned(Some(own)),
            other => TlsError::UnknownIssuer(other),
        },
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsError::WrongHost(summary)
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            TlsError::Expired(summary)
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsError::NotYetValid(summary)
        }
        CertificateError::Revoked => TlsError::Revoked(summary),
        _ => TlsError::BadCertificate(summary),
    }
}
