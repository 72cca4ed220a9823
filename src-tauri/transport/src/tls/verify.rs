//! Owns the judge of certificates: the platform's verifier, plus a note of what was presented. Must not overrule it.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use rustls_platform_verifier::Verifier;

use super::CertificateSummary;

/// The certificate that one handshake presented, trusted or not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Presented(Arc<Mutex<Option<CertificateSummary>>>);

impl Presented {
    /// What was noted, if the handshake came so far and the bytes were a certificate.
    pub(crate) fn summary(&self) -> Option<CertificateSummary> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, certificate: &CertificateDer<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            CertificateSummary::from_der(certificate);
    }
}

/// The platform's verifier, unchanged in its verdicts, so that a refusal can name what was refused.
#[derive(Debug)]
pub(super) struct Noting {
    pub(super) platform: Arc<Verifier>,
    pub(super) presented: Presented,
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.presented.note(end_entity);
        self.platform.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls12_signature(message, cert, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls13_signature(message, cert, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}
