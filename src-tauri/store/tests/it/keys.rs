//! Certificates and own keys.

use wardmail_store::{CertificateSource, Error, NewCertificate, NewKey, Trust};

use crate::aids::Mailbox;

fn certificate(fingerprint: &str, addresses: &[&str], seen: i64) -> NewCertificate {
    NewCertificate {
        fingerprint: fingerprint.into(),
        user_ids: format!("<{}>", addresses.join(">\n<")),
        addresses: addresses.iter().map(|&address| address.to_owned()).collect(),
        bytes: fingerprint.as_bytes().to_vec(),
        source: CertificateSource::Message,
        first_seen_ms: seen,
    }
}

#[test]
fn certificates_are_found_by_address_the_most_trusted_first() {
    let mailbox = Mailbox::new();
    mailbox.write(|dao| {
        dao.upsert_certificate(&certificate("AA11", &["Ana@Path.example"], 1))?;
        dao.upsert_certificate(&certificate("BB22", &["ana@path.example", "ana@home.example"], 2))?;
        dao.upsert_certificate(&certificate("CC33", &["ana@path.example"], 3))?;
        dao.set_trust("aa11", Trust::Verified)?;
        dao.set_trust("CC33", Trust::Rejected)
    });
    let found = mailbox.read(|dao| dao.certificates_for("ANA@path.example"));
    let order: Vec<&str> =
        found.iter().map(|certificate| certificate.fingerprint.as_str()).collect();
    assert_eq!(order, ["AA11", "BB22", "CC33"]);
    assert!(mailbox.read(|dao| dao.certificates_for("nobody@path.example")).is_empty());
}

#[test]
fn a_refreshed_certificate_keeps_its_trust_and_may_lose_addresses() {
    let mailbox = Mailbox::new();
    let first = mailbox.write(|dao| {
        dao.upsert_certificate(&certificate("aa 11", &["a@x.example", "b@x.example"], 1))
    });
    mailbox.write(|dao| dao.set_trust("AA11", Trust::Verified));
    let refreshed = NewCertificate {
        bytes: b"newer".to_vec(),
        source: CertificateSource::Wkd,
        ..certificate("AA11", &["b@x.example"], 9)
    };
    assert_eq!(mailbox.write(move |dao| dao.upsert_certificate(&refreshed)), first);
    let known = mailbox.read(|dao| dao.certificate("aa11")).unwrap();
    assert_eq!(
        (known.trust, known.source, known.first_seen_ms),
        (Trust::Verified, CertificateSource::Message, 1)
    );
    assert_eq!(known.bytes, b"newer");
    assert!(mailbox.read(|dao| dao.certificates_for("a@x.example")).is_empty());
    mailbox.write(|dao| dao.delete_certificate("AA11"));
    assert!(mailbox.read(|dao| dao.certificates_for("b@x.example")).is_empty());
    assert!(matches!(
        mailbox.try_write(|dao| dao.set_trust("AA11", Trust::Seen)),
        Err(Error::NotFound)
    ));
}

#[test]
fn there_is_one_default_key_and_no_secret_is_overwritten() {
    let mailbox = Mailbox::new();
    let key = |fingerprint: &str| NewKey {
        fingerprint: fingerprint.into(),
        secret_sealed: vec![1; 64],
        public: vec![2; 64],
        created_ms: 7,
    };
    let (first, second) = (key("aa11"), key("BB22"));
    mailbox.write(move |dao| {
        dao.insert_key(&first)?;
        dao.insert_key(&second)
    });
    assert!(mailbox.read(|dao| dao.default_key()).is_none(), "a key that came signs nothing yet");
    mailbox.write(|dao| dao.set_default_key("AA11"));
    assert_eq!(mailbox.read(|dao| dao.default_key()).unwrap().fingerprint, "AA11");
    let again = key("AA 11");
    assert!(matches!(mailbox.try_write(move |dao| dao.insert_key(&again)), Err(Error::Conflict)));
    mailbox.write(|dao| dao.set_default_key("bb22"));
    let keys = mailbox.read(|dao| dao.keys());
    assert_eq!(keys.iter().map(|key| key.is_default).collect::<Vec<_>>(), [true, false]);
    assert!(matches!(mailbox.try_write(|dao| dao.set_default_key("DD44")), Err(Error::NotFound)));
    assert_eq!(
        mailbox.read(|dao| dao.default_key()).unwrap().fingerprint,
        "BB22",
        "the failed change left the default"
    );
    mailbox.write(|dao| dao.update_key("AA11", b"sealed anew", b"public anew"));
    assert_eq!(mailbox.read(|dao| dao.key("aa11")).unwrap().secret_sealed, b"sealed anew");
    mailbox.write(|dao| dao.delete_key("AA11"));
    assert!(mailbox.read(|dao| dao.key("AA11")).is_none());
}
