//! Owns the certificates of the test servers, good and bad. Each is real, made anew by each test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use wardmail_transport::{TlsTrust, TlsVersion};

/// A certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A server's certificate chain and key.
pub(crate) struct Identity {
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
}

/// What a server's certificate says.
#[derive(Clone, Copy)]
pub(crate) struct Says {
    pub(crate) host: &'static str,
    pub(crate) from: i32,
    pub(crate) to: i32,
}

impl Says {
    pub(crate) const RIGHT: Self = Self { host: "localhost", from: 2020, to: 2100 };
}

fn params(says: Says, name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![says.host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(says.from, 1, 1);
    params.not_after = date_time_ymd(says.to, 1, 1);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = params(Says { host: "ca.example", ..Says::RIGHT }, "Test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(crate) fn issue(&self, says: Says) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params(says, "server").signed_by(&key, &self.issuer).unwrap();
        Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }
    }

    pub(crate) fn trust(&self) -> TlsTrust {
        self.trust_at_least(TlsVersion::V1_2)
    }

    pub(crate) fn trust_at_least(&self, minimum: TlsVersion) -> TlsTrust {
        TlsTrust::load(&[self.pem.clone().into_bytes()], minimum).unwrap()
    }
}

impl Identity {
    pub(crate) fn self_signed(says: Says) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params(says, "server").self_signed(&key).unwrap();
        Self { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }
    }

    pub(crate) fn config(
        &self,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Arc<ServerConfig> {
        let chain = CertificateDer::from_pem_slice(self.certificate_pem.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .unwrap();
        Arc::new(config)
    }
}
