//! Own keys: made, kept, backed up, and brought from GnuPG.

use jiff::Timestamp;
use proptest::prelude::*;
use wardmail_crypto::{
    Certificate, DEFAULT_EXPIRY, Expiry, GenerateError, KeyImportError, Limits, Profile,
    RevocationReason, SecretKey, SignatureStatus, Unusable, decrypt_and_verify, encrypt_and_sign,
};

use crate::people::{Gpg, at, days, now, user, user_at};

const PASSWORD: &str = "correct horse battery";

/// Publishes gpg's own revocation of a key: the certificate that gpg lays beside each new key, for the day it is lost.
pub(crate) fn revoke(gpg: &Gpg, fingerprint: &str) {
    let file = gpg.home().join(format!("openpgp-revocs.d/{fingerprint}.rev"));
    // A colon stands before the armor so that nobody imports it by mistake.
    let armored = std::fs::read_to_string(file).unwrap().replace(":-----BEGIN", "-----BEGIN");
    gpg.run(&["--import"], armored.as_bytes());
}

#[test]
fn gpg_imports_a_backup_and_sees_an_ed25519_key_with_a_curve25519_subkey() {
    let alice = user("Alice");
    let backup = alice.export_armored(PASSWORD).unwrap();
    assert!(backup.starts_with(b"-----BEGIN PGP PRIVATE KEY BLOCK-----"));
    let gpg = Gpg::new();
    gpg.run(&["--import", "--passphrase", PASSWORD], &backup);
    let (listing, _) = gpg.run(&["--list-secret-keys", "--with-colons"], b"");
    let listing = String::from_utf8(listing).unwrap();
    let field = |record: &str, field: usize| {
        listing
            .lines()
            .find(|line| line.starts_with(record))
            .unwrap()
            .split(':')
            .nth(field)
            .unwrap()
            .to_owned()
    };
    assert_eq!((field("sec", 16), field("ssb", 16)), ("ed25519".to_owned(), "cv25519".to_owned()));
    assert_eq!((field("sec", 11), field("ssb", 11)), ("scESC".to_owned(), "e".to_owned()));
    assert_eq!(field("fpr", 9), alice.fingerprint().to_string());
    assert_eq!(field("uid", 9), "Alice <alice@clinic.example>");

    // And it works there: gpg reads with it what was written for it here, and signs with it.
    let bob = user("Bob");
    gpg.import(&bob.certificate());
    let message = encrypt_and_sign(b"hello", &[&alice.certificate()], &bob, now()).unwrap();
    assert_eq!(gpg.run(&["--decrypt", "--passphrase", PASSWORD], &message).0, b"hello");
    gpg.run(&["--detach-sign", "--passphrase", PASSWORD], b"hello");
    // With another password the agent refuses.
    let other = Gpg::new();
    other.run(&["--import", "--passphrase", PASSWORD], &backup);
    assert!(!other.try_run(&["--decrypt", "--passphrase", "wrong"], &message).status.success());
}

#[test]
fn a_backup_opens_with_its_password_only() {
    let alice = user("Alice");
    let backup = alice.export_armored(PASSWORD).unwrap();
    let import = |password| SecretKey::import(&backup, password, now());
    assert_eq!(import(Some(PASSWORD)).unwrap().fingerprint(), alice.fingerprint());
    assert_eq!(import(Some("wrong")).unwrap_err(), KeyImportError::WrongPassword);
    assert_eq!(import(None).unwrap_err(), KeyImportError::PasswordNeeded);
    assert!(alice.export_armored("").is_err());
}

#[test]
fn a_stored_key_comes_back_whole() {
    for profile in [Profile::Interoperable, Profile::Modern] {
        let alice = user_at("Alice", profile, DEFAULT_EXPIRY, now());
        let again = SecretKey::from_bytes(&alice.to_bytes().unwrap()).unwrap();
        assert_eq!(again.certificate(), alice.certificate());
        let message = encrypt_and_sign(b"hello", &[&again.certificate()], &again, now()).unwrap();
        let mail =
            decrypt_and_verify(&message, &[&alice], &Vec::new(), now(), &Limits::MAIL).unwrap();
        assert_eq!(mail.plaintext.as_slice(), b"hello");
    }
}

#[test]
fn the_public_part_holds_no_secret_and_debug_shows_none() {
    let alice = user("Alice");
    let certificate = alice.certificate();
    assert!(!certificate.had_secret_parts());
    assert!(matches!(
        SecretKey::from_bytes(&certificate.to_bytes()),
        Err(KeyImportError::NoSecretPart)
    ));
    let stripped = crate::people::certificate(&alice.to_bytes().unwrap());
    assert!(stripped.had_secret_parts());
    assert_eq!(stripped.to_bytes(), certificate.to_bytes());
    assert_eq!(
        format!("{alice:?}"),
        format!("SecretKey {{ fingerprint: {}, .. }}", alice.fingerprint())
    );
}

#[test]
fn a_new_key_ends_after_three_years_or_as_asked() {
    let made: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
    let info =
        |expiry| user_at("Alice", Profile::Interoperable, expiry, made).certificate().info(made);
    let by_default = info(DEFAULT_EXPIRY);
    assert_eq!(by_default.created, made);
    assert_eq!(by_default.expires.unwrap(), "2029-11-20T20:00:00Z".parse().unwrap());
    assert_eq!(info(Expiry::Never).expires, None);
    let none = Expiry::After(jiff::SignedDuration::ZERO);
    let refused = SecretKey::generate("A", "a@clinic.example", Profile::Interoperable, none, made);
    assert!(matches!(refused, Err(GenerateError::Expiry)));
}

#[test]
fn a_name_makes_a_user_id_that_others_read_the_same_way_or_none() {
    let make = |name, address| {
        SecretKey::generate(name, address, Profile::Interoperable, DEFAULT_EXPIRY, now())
    };
    for name in ["Dr. Ana-María O'Neill, MD", "", "李明", "x"] {
        let key = make(name, "ana@clinic.example").unwrap();
        assert_eq!(key.certificate().info(now()).addresses, ["ana@clinic.example"], "{name}");
    }
    for (name, address) in [
        ("A", "not an address"),
        ("A", "a@"),
        ("A", ""),
        ("A <eve@evil.example>", "a@clinic.example"),
        ("eve@evil.example", "a@clinic.example"),
        ("A\nB", "a@clinic.example"),
        ("A", "a@clinic.example> <eve@evil.example"),
        ("\u{202E}A", "a@clinic.example"),
    ] {
        assert!(matches!(make(name, address), Err(GenerateError::UserId)), "{name:?} {address:?}");
    }
}

#[test]
fn a_key_from_gpg_is_unlocked_and_used() {
    let gpg = Gpg::new();
    let gina = gpg.generate("Gina <gina@practice.example>", &["--passphrase", PASSWORD]);
    let (armored, _) = gpg.run(&["--armor", "--export-secret-keys", "--passphrase", PASSWORD], b"");
    let noisy = [b"My key, keep it safe:\r\n\r\n", armored.as_slice(), b"\r\nbye\r\n"].concat();
    let key = SecretKey::import(&noisy, Some(PASSWORD), now()).unwrap();
    assert_eq!(key.fingerprint().to_string(), gina);
    assert!(key.can_sign(now()));
    let (message, _) = gpg.run(&["--encrypt", "-r", &gina], b"to myself");
    let mail = decrypt_and_verify(&message, &[&key], &Vec::new(), now(), &Limits::MAIL).unwrap();
    assert_eq!(mail.plaintext.as_slice(), b"to myself");
    assert_eq!(
        SecretKey::import(&armored, Some("wrong"), now()).unwrap_err(),
        KeyImportError::WrongPassword
    );
    assert_eq!(
        SecretKey::import(&armored, None, now()).unwrap_err(),
        KeyImportError::PasswordNeeded
    );
}

#[test]
fn each_unusable_key_is_explained() {
    let gpg = Gpg::new();
    let secret = |who: &str, how: &str| gpg.run(&[how, who], b"").0;
    let import = |bytes: &[u8]| SecretKey::import(bytes, None, now()).unwrap_err();

    let gina = gpg.generate("Gina <gina@practice.example>", &[]);
    assert_eq!(import(&gpg.export(&gina)), KeyImportError::NoSecretPart);
    // The primary key is a stub, as for a key whose owner keeps it offline or on a card: it is what signs here.
    assert_eq!(import(&secret(&gina, "--export-secret-subkeys")), KeyImportError::CannotSign);

    let signs_only = gpg.generate_as("Sid <sid@practice.example>", "ed25519", None, &[]);
    let bytes = secret(&signs_only, "--export-secret-keys");
    assert_eq!(import(&bytes), KeyImportError::NoSecretEncryptionKey);
    let both = [secret(&gina, "--export-secret-keys"), bytes].concat();
    assert_eq!(import(&both), KeyImportError::SeveralKeys);

    let past = at(days(-800));
    let old = gpg.generate("Old <old@practice.example>", &["--faked-system-time", &past]);
    let bytes = secret(&old, "--export-secret-keys");
    assert_eq!(import(&bytes), KeyImportError::CannotEncrypt(Unusable::Expired));
    assert!(SecretKey::import_for_reading(&bytes, None).is_ok());

    let gone = gpg.generate("Rhea <rhea@practice.example>", &[]);
    revoke(&gpg, &gone);
    let bytes = secret(&gone, "--export-secret-keys");
    assert_eq!(import(&bytes), KeyImportError::CannotEncrypt(Unusable::Revoked));
    assert!(SecretKey::import_for_reading(&bytes, None).is_ok());

    for nothing in [&b""[..], b"hello", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n"] {
        assert_eq!(import(nothing), KeyImportError::Malformed);
    }
    assert_eq!(import(&vec![0; (16 << 20) + 1]), KeyImportError::TooLarge);
}

#[test]
fn copies_of_a_key_are_put_together_and_none_takes_anything_away() {
    let gpg = Gpg::new();
    let secret = |how: &str, who: &str| {
        SecretKey::import_for_reading(&gpg.run(&[how, who], b"").0, None).unwrap()
    };
    let past = at(days(-800));
    let who = gpg.generate("Old <old@practice.example>", &["--faked-system-time", &past]);
    let before = secret("--export-secret-keys", &who);
    let without_primary = secret("--export-secret-subkeys", &who);
    assert_eq!(before.check(now()), Err(KeyImportError::CannotEncrypt(Unusable::Expired)));
    // While it was still good: gpg leaves subkeys alone that have ended.
    let later = at(days(-799));
    for which in [&[][..], &["*"]] {
        let extend = ["--faked-system-time", &later, "--quick-set-expire", &who, "5y"];
        gpg.run(&[&extend[..], which].concat(), b"");
    }
    let after = secret("--export-secret-keys", &who);
    assert_eq!(after.check(now()), Ok(()));

    // The later end stays and the secret part stays, whichever copy comes second.
    for (first, second) in [(&before, &after), (&after, &before), (&after, &without_primary)] {
        let merged = first.clone().merge(second.clone()).unwrap();
        assert_eq!(merged.check(now()), Ok(()));
    }
    assert_eq!(without_primary.clone().merge(after.clone()).unwrap().check(now()), Ok(()));
    let stranger = user("Stranger");
    assert!(after.merge(stranger).is_err());
}

#[test]
fn a_key_whose_password_protection_would_cost_terabytes_is_refused() {
    use openpgp::crypto::S2K;
    use openpgp::crypto::mpi::SecretKeyChecksum;
    use openpgp::packet::key::{Encrypted, SecretKeyMaterial};
    use openpgp::parse::Parse;
    use openpgp::serialize::SerializeInto;
    use openpgp::types::SymmetricAlgorithm::AES256;
    use sequoia_openpgp as openpgp;
    let cert = openpgp::Cert::from_bytes(&user("Alice").to_bytes().unwrap()).unwrap();
    let key = cert.primary_key().key().clone().parts_into_secret().unwrap();
    let s2k = S2K::Argon2 { salt: [7; 16], t: 1, p: 1, m: 31 };
    let material = Encrypted::new(s2k, AES256, Some(SecretKeyChecksum::SHA1), vec![0; 64].into());
    let (locked, _) = key.add_secret(SecretKeyMaterial::Encrypted(material));
    let packet = openpgp::Packet::from(locked);
    let cert = cert.insert_packets(vec![packet]).unwrap().0;
    let bytes = cert.as_tsk().to_vec().unwrap();
    assert_eq!(
        SecretKey::import(&bytes, Some(PASSWORD), now()).unwrap_err(),
        KeyImportError::UnsupportedProtection
    );
}

#[test]
fn gpg_learns_from_us_that_a_key_is_revoked() {
    let (gpg, alice) = (Gpg::new(), user("Alice"));
    let before = now().checked_sub(jiff::SignedDuration::from_secs(30)).unwrap();
    let message = encrypt_and_sign(b"old mail", &[&alice.certificate()], &alice, before).unwrap();
    let revoked = alice.revoke(RevocationReason::Superseded, now()).unwrap();
    assert_eq!(revoked.can_encrypt(now()), Err(Unusable::Revoked));
    gpg.import(&revoked);
    let (listing, _) = gpg.run(&["--list-keys", "--with-colons"], b"");
    assert!(String::from_utf8(listing).unwrap().lines().any(|line| line.starts_with("pub:r:")));
    // What was signed before stays good after a key was replaced, and becomes worthless when it was compromised.
    let status = |known: Certificate| {
        let mail =
            decrypt_and_verify(&message, &[&alice], &vec![known], now(), &Limits::MAIL).unwrap();
        mail.signatures[0].status
    };
    assert_eq!(status(revoked), SignatureStatus::Good);
    // The copy that is looked up counts, although the own key doesn't know of the revocation.
    let compromised = alice.revoke(RevocationReason::Compromised, now()).unwrap();
    assert_eq!(status(compromised), SignatureStatus::Revoked);
}

proptest! {
    #[test]
    fn importing_a_key_from_arbitrary_bytes_ends(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(SecretKey::import(&bytes, Some(PASSWORD), Timestamp::UNIX_EPOCH).is_err());
    }
}

#[test]
fn what_changed_in_a_stored_key_is_found_or_harmless() {
    let bytes = user("Alice").to_bytes().unwrap();
    for index in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[index] ^= 0x10;
        // No panic, and no secret in what is shown.
        if let Err(error) = SecretKey::import(&changed, Some(PASSWORD), now()) {
            assert!(error.to_string().len() < 120);
        }
    }
    drop(Certificate::import(&bytes, &Limits::MAIL).unwrap());
}
