//! Encrypted mail, written by us and read by others, and the other way round.

use wardmail_crypto::{
    Certificate, DecryptError, Decrypted, EncryptError, Expiry, Integrity, Limits, Profile,
    SecretKey, SignatureStatus, Unusable, decrypt_and_verify, encrypt_and_sign,
};

use crate::people::{Gpg, Sq, days, modern_user, now, user, user_at};

const TEXT: &[u8] = b"Content-Type: text/plain\r\n\r\nThe result is back: negative.\r\n";

fn read(
    message: &[u8],
    keys: &[&SecretKey],
    known: &[Certificate],
) -> Result<Decrypted, DecryptError> {
    decrypt_and_verify(message, keys, &known.to_vec(), now(), &Limits::MAIL)
}

#[test]
fn gpg_reads_and_verifies_what_we_write() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let message =
        encrypt_and_sign(TEXT, &[&gpg.certificate("gina@practice.example")], &alice, now())
            .unwrap();
    let (plaintext, status) = gpg.run(&["--decrypt"], &message);
    assert_eq!(plaintext, TEXT);
    assert!(status.contains("GOODSIG") && status.contains("DECRYPTION_OKAY"), "{status}");
    assert!(status.contains(&format!("VALIDSIG {}", alice.fingerprint())), "{status}");
    assert!(status.contains("GOODMDC"), "{status}");
}

#[test]
fn we_read_and_verify_what_gpg_writes() {
    let gpg = Gpg::new();
    let gina = gpg.generate("Gina <gina@practice.example>", &[]);
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let (message, _) = gpg.run(
        &[
            "--armor",
            "--sign",
            "--encrypt",
            "-r",
            "alice@clinic.example",
            "-r",
            "gina@practice.example",
        ],
        TEXT,
    );
    let certificate = gpg.certificate("gina@practice.example");
    let mail = read(&message, &[&alice], std::slice::from_ref(&certificate)).unwrap();
    assert_eq!(mail.plaintext.as_slice(), TEXT);
    assert_eq!(mail.integrity, Integrity::Mdc);
    assert_eq!(mail.opened_by, alice.fingerprint());
    let [signature] = mail.signatures.as_slice() else { panic!("{:?}", mail.signatures) };
    assert_eq!(signature.status, SignatureStatus::Good);
    assert_eq!(signature.signer.as_ref().unwrap().to_string(), gina);
    assert_eq!(signature.addresses, ["gina@practice.example"]);
    let readers: Vec<_> = mail.readers.iter().map(|reader| reader.certificate.clone()).collect();
    assert_eq!(readers, [Some(alice.fingerprint()), Some(certificate.fingerprint())]);
    assert_eq!(mail.readers[1].addresses, ["gina@practice.example"]);
}

#[test]
fn a_signer_that_we_do_not_know_is_unknown_not_bad() {
    let gpg = Gpg::new();
    let gina = gpg.generate("Gina <gina@practice.example>", &[]);
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let (message, _) = gpg.run(&["--sign", "--encrypt", "-r", "alice@clinic.example"], TEXT);
    let mail = read(&message, &[&alice], &[]).unwrap();
    assert_eq!(mail.plaintext.as_slice(), TEXT);
    assert_eq!(mail.signatures[0].status, SignatureStatus::UnknownKey);
    assert_eq!(mail.signatures[0].signer, None);
    assert_eq!(mail.signatures[0].issuer.as_ref().unwrap().to_string(), gina);
}

#[test]
fn unsigned_mail_has_no_signatures() {
    let gpg = Gpg::new();
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let (message, _) = gpg.run(&["--encrypt", "-r", "alice@clinic.example"], TEXT);
    assert_eq!(read(&message, &[&alice], &[]).unwrap().signatures, []);
}

#[test]
fn sq_and_we_understand_each_other() {
    let sq = Sq::new("Sam <sam@lab.example>");
    let alice = user("Alice");
    let message = encrypt_and_sign(TEXT, &[&sq.certificate()], &alice, now()).unwrap();
    let alice_file = sq.file("alice.pgp", &alice.certificate().to_armored());
    let (plaintext, messages) =
        sq.run(&["decrypt", "--recipient-key", &sq.key(), "--signer-cert", &alice_file], &message);
    assert_eq!(plaintext, TEXT);
    assert!(messages.contains("1 good signature"), "{messages}");

    let (answer, _) = sq.run(
        &["encrypt", "--recipient-cert", &alice_file, "--signer-key", &sq.key()],
        b"Thank you.\n",
    );
    let mail = read(&answer, &[&alice], &[sq.certificate()]).unwrap();
    assert_eq!(mail.plaintext.as_slice(), b"Thank you.\n");
    assert_eq!(mail.signatures[0].status, SignatureStatus::Good);
    assert_eq!(mail.signatures[0].addresses, ["sam@lab.example"]);
}

#[test]
fn every_recipient_and_the_sender_can_read() {
    let (alice, bob, carol) = (user("Alice"), user("Bob"), user("Carol"));
    let certificates = [bob.certificate(), carol.certificate(), bob.certificate()];
    let message = encrypt_and_sign(TEXT, &certificates.each_ref(), &alice, now()).unwrap();
    for reader in [&alice, &bob, &carol] {
        let mail = read(&message, &[reader], &[alice.certificate()]).unwrap();
        assert_eq!(mail.plaintext.as_slice(), TEXT);
        assert_eq!(mail.signatures[0].status, SignatureStatus::Good);
        // Three keys for three people: a recipient that is named twice gets one.
        assert_eq!(mail.readers.len(), 3);
        assert!(mail.readers.iter().all(|reader| reader.key.is_some()));
    }
    let Err(DecryptError::NoKey { wanted }) = read(&message, &[&user("Mallory")], &[]) else {
        panic!()
    };
    assert_eq!(wanted.len(), 3);
    assert!(bob.certificate().has_any(&wanted));
}

#[test]
fn one_recipient_that_cannot_be_encrypted_to_stops_the_message() {
    let (alice, bob) = (user("Alice"), user("Bob"));
    let short = Expiry::After(jiff::SignedDuration::from_hours(24));
    let expired = user_at("Erin", Profile::Interoperable, short, days(-3)).certificate();
    let early = user_at("Fred", Profile::Interoperable, short, days(3)).certificate();
    let attempt = |recipients: &[&Certificate]| {
        encrypt_and_sign(TEXT, recipients, &alice, now()).unwrap_err()
    };
    let bob = bob.certificate();
    assert!(matches!(attempt(&[]), EncryptError::NoRecipients));
    assert!(matches!(
        attempt(&[&bob, &expired]),
        EncryptError::Recipient { index: 1, reason: Unusable::Expired }
    ));
    assert!(matches!(
        attempt(&[&early, &bob]),
        EncryptError::Recipient { index: 0, reason: Unusable::NotYetValid }
    ));
}

#[test]
fn an_own_key_that_has_expired_writes_nothing_but_still_reads() {
    let short = Expiry::After(jiff::SignedDuration::from_hours(36));
    let old = user_at("Alice", Profile::Interoperable, short, days(-3));
    let bob = user_at("Bob", Profile::Interoperable, Expiry::Never, days(-3));
    let message = encrypt_and_sign(TEXT, &[&bob.certificate()], &old, days(-2)).unwrap();
    let refused = encrypt_and_sign(TEXT, &[&bob.certificate()], &old, now()).unwrap_err();
    assert!(matches!(refused, EncryptError::OwnKey(Unusable::Expired)), "{refused:?}");
    // The signature was made while the key was valid.
    let mail = read(&message, &[&old], &[]).unwrap();
    assert_eq!(mail.signatures[0].status, SignatureStatus::Good);
}

#[test]
fn aead_is_used_when_everybody_can_read_it_and_only_then() {
    let (anna, ben, alice) = (modern_user("Anna"), modern_user("Ben"), user("Alice"));
    let modern = encrypt_and_sign(TEXT, &[&ben.certificate()], &anna, now()).unwrap();
    let mail = read(&modern, &[&ben], &[anna.certificate()]).unwrap();
    assert_eq!(
        (mail.integrity, mail.signatures[0].status),
        (Integrity::Aead, SignatureStatus::Good)
    );
    assert_eq!(mail.plaintext.as_slice(), TEXT);

    let mixed =
        encrypt_and_sign(TEXT, &[&ben.certificate(), &alice.certificate()], &anna, now()).unwrap();
    for reader in [&anna, &ben, &alice] {
        let mail = read(&mixed, &[reader], &[anna.certificate()]).unwrap();
        assert_eq!(
            (mail.integrity, mail.signatures[0].status),
            (Integrity::Mdc, SignatureStatus::Good)
        );
    }
}

#[test]
fn gpg_reads_a_message_that_also_goes_to_a_version_6_certificate() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let anna = modern_user("Anna").certificate();
    let gina = gpg.certificate("gina@practice.example");
    let message = encrypt_and_sign(TEXT, &[&gina, &anna], &alice, now()).unwrap();
    let (plaintext, status) = gpg.run(&["--decrypt"], &message);
    assert_eq!(plaintext, TEXT);
    assert!(status.contains("GOODSIG"), "{status}");
}

#[test]
fn a_password_is_refused_unless_there_is_a_key_too() {
    let gpg = Gpg::new();
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let (only, _) = gpg.run(&["--symmetric", "--passphrase", "secret"], TEXT);
    assert_eq!(read(&only, &[&alice], &[]).unwrap_err(), DecryptError::PasswordOnly);
    let (both, _) = gpg.run(
        &["--symmetric", "--encrypt", "-r", "alice@clinic.example", "--passphrase", "secret"],
        TEXT,
    );
    assert_eq!(read(&both, &[&alice], &[]).unwrap().plaintext.as_slice(), TEXT);
}

#[test]
fn hidden_recipients_can_read() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let (message, _) =
        gpg.run(&["--encrypt", "-R", "gina@practice.example", "-R", "alice@clinic.example"], TEXT);
    let mail = read(&message, &[&user("Bob"), &alice], &[]).unwrap();
    assert_eq!(mail.plaintext.as_slice(), TEXT);
    assert!(mail.readers.len() == 2 && mail.readers.iter().all(|reader| reader.key.is_none()));
    let stranger = read(&message, &[&user("Bob")], &[]).unwrap_err();
    assert_eq!(stranger, DecryptError::NoKey { wanted: Vec::new() });
}

#[test]
fn what_is_not_encrypted_is_said_to_be_so() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let alice = user("Alice");
    let (signed, _) = gpg.run(&["--armor", "--sign"], TEXT);
    assert_eq!(read(&signed, &[&alice], &[]).unwrap_err(), DecryptError::NotEncrypted);
    for nothing in
        [&b""[..], b"Hello", b"-----BEGIN PGP MESSAGE-----\n\n-----END PGP MESSAGE-----\n"]
    {
        assert_eq!(read(nothing, &[&alice], &[]).unwrap_err(), DecryptError::Malformed);
    }
    assert_eq!(
        read(&alice.certificate().to_armored(), &[&alice], &[]).unwrap_err(),
        DecryptError::Malformed
    );
}

#[test]
fn the_plaintext_is_not_in_debug_output() {
    let alice = user("Alice");
    let message = encrypt_and_sign(TEXT, &[&alice.certificate()], &alice, now()).unwrap();
    let shown = format!("{:?}", read(&message, &[&alice], &[]).unwrap());
    assert!(
        shown.contains(&format!("{} bytes", TEXT.len())) && !shown.contains("negative"),
        "{shown}"
    );
}
