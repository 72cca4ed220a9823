//! A certificate authority for one run, and the servers' certificate: good, or bad in one of the ways that a client must
//! refuse.

use anyhow::Result;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

/// What the servers show of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Certificate {
    /// For `localhost` and 127.0.0.1, in date, signed by the authority.
    #[default]
    Good,
    /// Signed by nobody but itself.
    SelfSigned,
    /// Signed by the authority, for a host that isn't this one.
    WrongHost,
    /// Signed by the authority, until yesterday and long before.
    Expired,
}

/// The authority, and what it signed.
#[derive(Debug)]
pub struct Authority {
    pem: String,
    der: Vec<u8>,
    certificate: String,
    key: String,
}

impl Authority {
    /// Makes an authority and a certificate of that kind.
    pub(super) fn new(kind: Certificate) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Clinic Example Test Authority");
        let now = OffsetDateTime::now_utc();
        params.not_before = now - Duration::days(365);
        params.not_after = now + Duration::days(365);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;

        let key = KeyPair::generate()?;
        let params = server_params(kind)?;
        let signed = if kind == Certificate::SelfSigned {
            params.self_signed(&key)?
        } else {
            params.signed_by(&key, &issuer)?
        };
        Ok(Self {
            pem: issuer.pem(),
            der: issuer.der().to_vec(),
            certificate: signed.pem(),
            key: key.serialize_pem(),
        })
    }

    /// Its own certificate, for whoever is to trust it.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The same, as DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn server_certificate(&self) -> &str {
        &self.certificate
    }

    pub(super) fn server_key(&self) -> &str {
        &self.key
    }
}

fn server_params(kind: Certificate) -> Result<CertificateParams> {
    let names = match kind {
        Certificate::WrongHost => vec!["mail.elsewhere.example".to_owned()],
        Certificate::Good | Certificate::SelfSigned | Certificate::Expired => {
            vec!["localhost".to_owned(), "127.0.0.1".to_owned()]
        }
    };
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "mx.clinic.example");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(60);
    params.not_after = match kind {
        Certificate::Expired => now - Duration::days(1),
        Certificate::Good | Certificate::SelfSigned | Certificate::WrongHost => {
            now + Duration::days(60)
        }
    };
    Ok(params)
}
