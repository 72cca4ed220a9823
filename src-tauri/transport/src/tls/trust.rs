//! Owns whom we trust and the oldest TLS we speak. Must not have a way to trust an unverified certificate.

use std::fmt;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use super::verify::Noting;
use super::{Presented, TlsError, TlsVersion};

/// The most certificates that are taken from a caller's PEM.
const MAX_EXTRA: usize = 64;

/// The trusted authorities and the oldest TLS version allowed. Cheap to clone; load it once per change of policy.
#[derive(Clone)]
pub struct TlsTrust {
    platform: Arc<Verifier>,
    provider: Arc<CryptoProvider>,
    minimum: TlsVersion,
}

impl TlsTrust {
    /// Trusts the system's authorities and, beside them, those in `extra`: PEM texts with any number of certificates.
    /// Reads the system's store: does IO.
    ///
    /// # Errors
    /// [`TlsError::Roots`] if nothing can be trusted, if a PEM text has no certificate or a bad one, or if there are
    /// more than 64.
    pub fn load(extra: &[Vec<u8>], minimum: TlsVersion) -> Result<Self, TlsError> {
        let mut roots: Vec<CertificateDer<'static>> = Vec::new();
        for text in extra {
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(text) {
                roots.push(certificate.map_err(|_| TlsError::Roots)?);
            }
            if roots.len() == before || roots.len() > MAX_EXTRA {
                return Err(TlsError::Roots);
            }
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let platform = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))
            .map_err(|_| TlsError::Roots)?;
        Ok(Self { platform: Arc::new(platform), provider, minimum })
    }

    /// A configuration for one handshake, and where that handshake notes the certificate it was shown.
    pub(crate) fn config(&self) -> Result<(Arc<ClientConfig>, Presented), TlsError> {
        let versions: &[&rustls::SupportedProtocolVersion] = match self.minimum {
            TlsVersion::V1_2 => &[&rustls::version::TLS13, &rustls::version::TLS12],
            TlsVersion::V1_3 => &[&rustls::version::TLS13],
        };
        let presented = Presented::default();
        let judge = Noting { platform: Arc::clone(&self.platform), presented: presented.clone() };
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)
            .map_err(|_| TlsError::Handshake)?
            // The name is rustls's. The judge is the platform's verifier: nothing is taken away from it.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(judge))
            .with_no_client_auth();
        Ok((Arc::new(config), presented))
    }
}

impl fmt::Debug for TlsTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTrust").field("minimum", &self.minimum).finish_non_exhaustive()
    }
}
