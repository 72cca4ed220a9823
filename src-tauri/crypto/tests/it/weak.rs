//! Algorithms and formats that are refused, made by GnuPG where it still can.

use wardmail_crypto::{
    DecryptError, Limits, SecretKey, SignatureStatus, decrypt_and_verify, verify_detached,
};

use crate::people::{Gpg, now, user};

const TEXT: &[u8] = b"old and weak";

fn read(message: &[u8], key: &SecretKey) -> Result<Vec<u8>, DecryptError> {
    decrypt_and_verify(message, &[key], &Vec::new(), now(), &Limits::MAIL)
        .map(|mail| mail.plaintext.to_vec())
}

#[test]
fn a_message_without_protection_against_changes_is_refused() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let key = SecretKey::import(&gpg.run(&["--export-secret-keys"], b"").0, None, now()).unwrap();
    let message = crate::bytes::without_mdc(TEXT, &key.certificate());
    // The message is real: gpg opens it when it is told to look away.
    assert_eq!(gpg.run(&["--decrypt", "--ignore-mdc-error"], &message).0, TEXT);
    assert!(!gpg.try_run(&["--decrypt"], &message).status.success());
    assert_eq!(read(&message, &key).unwrap_err(), DecryptError::WeakIntegrity);
}

#[test]
fn the_mdc_cannot_be_stripped_from_a_message_that_has_one() {
    // The downgrade of EFAIL: the container is relabelled as one without protection (packet 9 for packet 18).
    let alice = user("Alice");
    let message = crate::bomb_bytes::encrypted(&crate::bytes::literal(TEXT), &alice.certificate());
    let at = message.iter().rposition(|byte| *byte == 0xD2).unwrap();
    let mut relabelled = message;
    relabelled[at] = 0xC9;
    assert!(read(&relabelled, &alice).is_err());
}

#[test]
fn ciphers_with_64_bit_blocks_are_refused() {
    let gpg = Gpg::new();
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let with = |cipher: &str| {
        gpg.run(&["--encrypt", "-r", "alice@clinic.example", "--cipher-algo", cipher], TEXT).0
    };
    for cipher in ["3DES", "IDEA", "CAST5", "BLOWFISH"] {
        assert_eq!(
            read(&with(cipher), &alice).unwrap_err(),
            DecryptError::UnsupportedAlgorithm,
            "{cipher}"
        );
    }
    for cipher in ["AES", "AES192", "AES256"] {
        assert_eq!(read(&with(cipher), &alice).unwrap(), TEXT, "{cipher}");
    }
}

#[test]
fn signatures_over_weak_hashes_are_weak() {
    let gpg = Gpg::new();
    gpg.generate_as("Ron <ron@practice.example>", "rsa2048", Some("rsa2048"), &[]);
    let known = vec![gpg.certificate("ron@practice.example")];
    let status = |hash: &str| {
        let more = ["--digest-algo", hash, "--allow-weak-digest-algos", "--detach-sign"];
        let signature = gpg.run(&more, TEXT).0;
        verify_detached(TEXT, &signature, &known, now(), &Limits::MAIL).unwrap()[0].status
    };
    for hash in ["SHA1", "MD5", "RIPEMD160"] {
        assert_eq!(status(hash), SignatureStatus::Weak, "{hash}");
    }
    for hash in ["SHA256", "SHA384", "SHA512"] {
        assert_eq!(status(hash), SignatureStatus::Good, "{hash}");
    }
}

#[test]
fn signatures_by_weak_keys_are_weak() {
    let gpg = Gpg::new();
    gpg.generate_as("Ron <ron@practice.example>", "rsa1024", Some("rsa1024"), &[]);
    let signature = gpg.run(&["--detach-sign"], TEXT).0;
    let known = vec![gpg.certificate("ron@practice.example")];
    let result = &verify_detached(TEXT, &signature, &known, now(), &Limits::MAIL).unwrap()[0];
    assert_eq!(result.status, SignatureStatus::Weak);
}

#[test]
fn old_mail_stays_readable_with_an_old_weak_key() {
    // Reading gives nobody a new way in; refusing would lose the mail.
    let gpg = Gpg::new();
    gpg.generate_as("Ron <ron@practice.example>", "rsa1024", Some("rsa1024"), &[]);
    let key =
        SecretKey::import_for_reading(&gpg.run(&["--export-secret-keys"], b"").0, None).unwrap();
    let (message, _) = gpg.run(&["--encrypt", "-r", "ron@practice.example"], TEXT);
    assert_eq!(read(&message, &key).unwrap(), TEXT);
    assert!(SecretKey::import(&key.to_bytes().unwrap(), None, now()).is_err());
}
