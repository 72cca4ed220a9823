//! Certificates of others: files with noise, caps, what they say, whether they can be encrypted to.

use jiff::SignedDuration;
use proptest::prelude::*;
use wardmail_crypto::{
    Certificate, Expiry, ImportError, Limits, MergeError, Profile, Unusable, short_code,
};

use crate::people::{Gpg, Sq, at, certificate, days, modern_user, now, user, user_at};

fn import(bytes: &[u8]) -> Result<(Vec<Certificate>, usize), ImportError> {
    Certificate::import(bytes, &Limits::MAIL).map(|import| (import.certificates, import.skipped))
}

#[test]
fn a_file_of_several_certificates_is_read_whatever_stands_around_them() {
    let people = [user("Alice"), user("Bob"), user("Carol")].map(|user| user.certificate());
    let binary: Vec<u8> = people.iter().flat_map(Certificate::to_bytes).collect();
    assert_eq!(import(&binary).unwrap(), (people.to_vec(), 0));

    let mut noisy = b"Dear all,\r\nour keys:\r\n\r\n".to_vec();
    for person in &people {
        noisy.extend(person.to_armored());
        noisy.extend(b"\r\n--\r\nThe clinic - closed on Mondays\r\n");
    }
    assert_eq!(import(&noisy).unwrap(), (people.to_vec(), 0));
    // The same one twice is one.
    assert_eq!(import(&noisy.repeat(2)).unwrap(), (people.to_vec(), 0));
}

#[test]
fn a_damaged_certificate_is_skipped_and_the_others_are_read() {
    let (alice, bob) = (user("Alice").certificate(), user("Bob").certificate());
    let damaged = String::from_utf8(alice.to_armored()).unwrap().replace("\n\nxj", "\n\n!!");
    assert_ne!(damaged.as_bytes(), alice.to_armored());
    let both = [damaged.as_bytes(), &bob.to_armored()].concat();
    assert_eq!(import(&both).unwrap(), (vec![bob], 1));
    assert_eq!(import(damaged.as_bytes()), Err(ImportError::Damaged));
    for nothing in [&b""[..], b"hello", b"-----BEGIN PGP SIGNATURE-----\n"] {
        assert!(import(nothing).is_err());
    }
}

#[test]
fn an_import_is_capped_in_bytes_and_in_number() {
    let certificates: Vec<u8> =
        (0..4).flat_map(|number| user(&format!("User{number}")).certificate().to_bytes()).collect();
    let attempt =
        |limits: Limits| Certificate::import(&certificates, &limits).map(|import| import.skipped);
    assert_eq!(attempt(Limits { certificates: 4, ..Limits::MAIL }), Ok(0));
    assert_eq!(attempt(Limits { certificates: 3, ..Limits::MAIL }), Err(ImportError::TooLarge));
    assert_eq!(
        attempt(Limits { keyring_bytes: certificates.len() - 1, ..Limits::MAIL }),
        Err(ImportError::TooLarge)
    );
    assert_eq!(
        attempt(Limits { certificate_bytes: 100, ..Limits::MAIL }),
        Err(ImportError::Damaged)
    );
}

#[test]
fn a_certificate_says_what_it_is() {
    let made = days(-10);
    let month = SignedDuration::from_hours(24 * 30);
    let alice = user_at("Alice", Profile::Interoperable, Expiry::After(month), made);
    let info = alice.certificate().info(now());
    assert_eq!(info.version, 4);
    assert_eq!(info.algorithm, "Ed25519 with Curve25519");
    assert_eq!(info.user_ids[0].text, "Alice <alice@clinic.example>");
    assert_eq!((info.created, info.expires), (made, Some(made.checked_add(month).unwrap())));
    assert!(!info.revoked);

    let modern = modern_user("Anna").certificate().info(now());
    assert_eq!((modern.version, modern.algorithm.as_str()), (6, "Ed25519 with X25519"));
    let rsa = Gpg::new();
    rsa.generate_as("Ron <ron@practice.example>", "rsa3072", Some("rsa3072"), &[]);
    assert_eq!(rsa.certificate("ron@practice.example").info(now()).algorithm, "RSA 3072");
}

#[test]
fn addresses_are_normalised_and_those_of_revoked_user_ids_left_out() {
    let gpg = Gpg::new();
    let gina = gpg.generate("Gina <Gina.Ray@Practice.EXAMPLE>", &[]);
    // Added earlier than revoked: within one second nobody can tell which came first.
    let earlier = at(now().checked_sub(SignedDuration::from_secs(30)).unwrap());
    for id in ["Gina <gina@old.example>", "Gina without an address"] {
        gpg.run(
            &["--faked-system-time", &earlier, "--passphrase", "", "--quick-add-uid", &gina, id],
            b"",
        );
    }
    let addresses = |expected: &[&str]| {
        let mut addresses = gpg.certificate(&gina).info(now()).addresses;
        addresses.sort();
        assert_eq!(addresses, expected);
    };
    addresses(&["gina.ray@practice.example", "gina@old.example"]);
    gpg.run(&["--passphrase", "", "--quick-revoke-uid", &gina, "Gina <gina@old.example>"], b"");
    addresses(&["gina.ray@practice.example"]);
    let revoked: Vec<bool> =
        gpg.certificate(&gina).info(now()).user_ids.iter().map(|id| id.revoked).collect();
    assert_eq!(revoked.iter().filter(|revoked| **revoked).count(), 1);
}

#[test]
fn a_certificate_that_cannot_be_encrypted_to_says_why() {
    let gpg = Gpg::new();
    let past = at(days(-800));
    let reason = |fingerprint: &str| gpg.certificate(fingerprint).can_encrypt(now()).unwrap_err();

    let expired = gpg.generate("Ed <ed@practice.example>", &["--faked-system-time", &past]);
    assert_eq!(reason(&expired), Unusable::Expired);
    assert_eq!(gpg.certificate(&expired).can_encrypt(days(-700)), Ok(()));
    assert_eq!(gpg.certificate(&expired).can_encrypt(days(-900)), Err(Unusable::NotYetValid));
    assert!(gpg.certificate(&expired).info(now()).expires.unwrap() < now());

    let gone = gpg.generate("Rhea <rhea@practice.example>", &[]);
    crate::keys::revoke(&gpg, &gone);
    assert_eq!(reason(&gone), Unusable::Revoked);
    assert!(gpg.certificate(&gone).info(now()).revoked);

    let signs_only = gpg.generate_as("Sid <sid@practice.example>", "ed25519", None, &[]);
    assert_eq!(reason(&signs_only), Unusable::NoEncryptionSubkey);

    let short = gpg.generate_as("Ron <ron@practice.example>", "rsa1024", Some("rsa1024"), &[]);
    assert_eq!(reason(&short), Unusable::WeakAlgorithm);
    let short_subkey =
        gpg.generate_as("Rob <rob@practice.example>", "ed25519", Some("rsa1024"), &[]);
    assert_eq!(reason(&short_subkey), Unusable::WeakAlgorithm);
    let sha1 = gpg.generate_as(
        "Sal <sal@practice.example>",
        "rsa2048",
        Some("rsa2048"),
        &["--cert-digest-algo", "SHA1"],
    );
    assert_eq!(reason(&sha1), Unusable::WeakAlgorithm);
    // It is still named, so that its owner can be asked for a new one.
    assert_eq!(gpg.certificate(&sha1).info(now()).addresses, ["sal@practice.example"]);
}

#[test]
fn only_the_encryption_subkey_expired() {
    let gpg = Gpg::new();
    let past = at(days(-800));
    let gina = gpg.generate("Gina <gina@practice.example>", &["--faked-system-time", &past]);
    gpg.run(&["--passphrase", "", "--quick-set-expire", &gina, "1y"], b"");
    assert_eq!(gpg.certificate(&gina).can_encrypt(now()), Err(Unusable::Expired));
    gpg.run(&["--passphrase", "", "--quick-add-key", &gina, "cv25519", "encr", "1y"], b"");
    assert_eq!(gpg.certificate(&gina).can_encrypt(now()), Ok(()));
}

#[test]
fn certificates_of_every_common_kind_can_be_encrypted_to() {
    let gpg = Gpg::new();
    for (primary, subkey) in [
        ("ed25519", "cv25519"),
        ("rsa2048", "rsa2048"),
        ("nistp256", "nistp256"),
        ("brainpoolP256r1", "brainpoolP256r1"),
    ] {
        let fingerprint =
            gpg.generate_as(&format!("K <{primary}@practice.example>"), primary, Some(subkey), &[]);
        assert_eq!(gpg.certificate(&fingerprint).can_encrypt(now()), Ok(()), "{primary}");
    }
    assert_eq!(Sq::new("Sam <sam@lab.example>").certificate().can_encrypt(now()), Ok(()));
    assert_eq!(modern_user("Anna").certificate().can_encrypt(now()), Ok(()));
}

#[test]
fn a_merge_learns_the_revocation_and_never_forgets_it() {
    let gpg = Gpg::new();
    let gina = gpg.generate("Gina <gina@practice.example>", &[]);
    let before = gpg.certificate(&gina);
    crate::keys::revoke(&gpg, &gina);
    let after = gpg.certificate(&gina);
    let merged = before.clone().merge(after.clone()).unwrap();
    assert_eq!(merged.can_encrypt(now()), Err(Unusable::Revoked));
    assert_eq!(merged.merge(before.clone()).unwrap().can_encrypt(now()), Err(Unusable::Revoked));
    assert_eq!(before.merge(user("Alice").certificate()).unwrap_err(), MergeError);
}

#[test]
fn a_certificate_survives_storing_and_exporting() {
    let gpg = Gpg::new();
    let gina = gpg.generate("Gina <gina@practice.example>", &[]);
    let original = gpg.certificate(&gina);
    assert_eq!(Certificate::from_bytes(&original.to_bytes()).unwrap(), original);
    assert_eq!(certificate(&original.to_armored()), original);
    // gpg knows its own certificate again.
    let (_, status) = gpg.run(&["--import"], &original.to_armored());
    assert!(status.contains("IMPORT_OK 0"), "{status}");
}

#[test]
fn the_short_code_belongs_to_the_certificates() {
    let (alice, bob) =
        (user("Alice").certificate().fingerprint(), user("Bob").certificate().fingerprint());
    assert_eq!(short_code(&alice, &bob), short_code(&bob, &alice));
}

#[test]
fn a_bare_key_that_signs_nothing_about_itself_is_no_certificate() {
    let whole = user("Alice").certificate().to_bytes();
    assert_eq!(whole[0], 0xc6, "a public-key packet comes first (RFC 9580, section 4.2)");
    let key = &whole[..2 + usize::from(whole[1])];
    assert_eq!(import(key).unwrap_err(), ImportError::Damaged);
    assert_eq!(import(&[key, whole.as_slice()].concat()).unwrap().0.len(), 1);
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_certificate(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        prop_assert!(import(&bytes).is_err());
    }

    #[test]
    fn arbitrary_text_in_armor_is_no_certificate(text in "[A-Za-z0-9+/=\n:\\- ]{0,2000}") {
        let armored = format!("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{text}\n-----END PGP PUBLIC KEY BLOCK-----\n");
        prop_assert!(import(armored.as_bytes()).is_err());
    }

    #[test]
    fn a_certificate_with_changed_bytes_is_judged_without_a_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), 1_u8..), 1..6)
    ) {
        thread_local!(static BYTES: Vec<u8> = user("Alice").certificate().to_bytes());
        let mut bytes = BYTES.with(Clone::clone);
        for (index, change) in changes {
            *index.get_mut(&mut bytes) ^= change;
        }
        if let Ok((certificates, _)) = import(&bytes) {
            for certificate in certificates {
                let _ = certificate.can_encrypt(now());
                prop_assert!(certificate.info(now()).user_ids.len() <= 2);
            }
        }
    }
}
