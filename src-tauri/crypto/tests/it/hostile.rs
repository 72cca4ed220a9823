//! Messages that are made to exhaust memory, time or the stack. (The memory that a bomb takes is measured in `tests/bomb.rs`.)

use std::io::Write;
use std::path::PathBuf;

use proptest::prelude::*;
use wardmail_crypto::{
    DecryptError, Limits, VerifyError, decrypt_and_verify, encrypt_and_sign, read_inline,
    verify_message,
};

use crate::bomb_bytes::{bomb, encrypted};
use crate::bytes::{compressed, literal, unarmored};
use crate::people::{now, user};

#[test]
fn the_caps_on_size_are_kept() {
    let alice = user("Alice");
    let content = vec![b'x'; 100_000];
    let message = encrypt_and_sign(&content, &[&alice.certificate()], &alice, now()).unwrap();
    let read = |limits: Limits| {
        decrypt_and_verify(&message, &[&alice], &Vec::new(), now(), &limits)
            .map(|mail| mail.plaintext.len())
    };
    assert_eq!(read(Limits { plaintext_bytes: content.len(), ..Limits::MAIL }), Ok(content.len()));
    assert_eq!(
        read(Limits { plaintext_bytes: content.len() - 1, ..Limits::MAIL }),
        Err(DecryptError::TooLarge)
    );
    assert_eq!(read(Limits { message_bytes: message.len(), ..Limits::MAIL }), Ok(content.len()));
    assert_eq!(
        read(Limits { message_bytes: message.len() - 1, ..Limits::MAIL }),
        Err(DecryptError::TooLarge)
    );
    assert_eq!(read(Limits { recipients: 0, ..Limits::MAIL }), Err(DecryptError::TooLarge));
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let alice = user("Alice");
    let small = bomb(4);
    let message = encrypted(&small, &alice.certificate());
    let read =
        |limits: &Limits| decrypt_and_verify(&message, &[&alice], &Vec::new(), now(), limits);
    // Four mebibytes are under the floor: that it unpacks a thousandfold is no sin in a short message.
    assert_eq!(read(&Limits::MAIL).unwrap().plaintext.len(), 4 << 20);
    let strict = Limits { expansion_floor: 1 << 20, ..Limits::MAIL };
    assert_eq!(read(&strict).unwrap_err(), DecryptError::TooLarge);
    let verified = verify_message(&small, &Vec::new(), now(), &strict);
    assert_eq!(verified.unwrap_err(), VerifyError::TooLarge);
}

#[test]
fn nesting_is_capped() {
    let alice = user("Alice");
    let nested = |depth| (0..depth).fold(literal(b"x"), |packets, _| compressed(&packets));
    let read = |depth| {
        let message = encrypted(&nested(depth), &alice.certificate());
        decrypt_and_verify(&message, &[&alice], &Vec::new(), now(), &Limits::MAIL)
            .map(|mail| mail.plaintext.to_vec())
    };
    // One container is the encryption itself.
    let deepest = u32::try_from(Limits::MAIL.nesting).unwrap() - 1;
    assert_eq!(read(deepest).unwrap(), b"x");
    assert_eq!(read(deepest + 1).unwrap_err(), DecryptError::Damaged);
    assert!(read(200).is_err());
    assert!(verify_message(&nested(200), &Vec::new(), now(), &Limits::MAIL).is_err());
}

/// The quine and the nested packets that the library's authors test with, where Cargo keeps the library's sources.
#[test]
fn the_known_quines_are_rejected() {
    let Some(folder) = library_test_messages() else {
        let skipped = "skipped: the sources of sequoia-openpgp are not in Cargo's registry";
        assert!(std::env::var_os("CI").is_none(), "{skipped}");
        writeln!(std::io::stderr(), "{skipped}").unwrap();
        return;
    };
    let alice = user("Alice");
    for name in [
        "compression-quine.pgp",
        "recursive-1.pgp",
        "recursive-2.pgp",
        "recursive-3.pgp",
        "recursive-4.pgp",
    ] {
        let quine = std::fs::read(folder.join(name)).unwrap();
        assert!(verify_message(&quine, &Vec::new(), now(), &Limits::MAIL).is_err(), "{name}");
        let inside = encrypted(&quine, &alice.certificate());
        let read = decrypt_and_verify(&inside, &[&alice], &Vec::new(), now(), &Limits::MAIL);
        assert_eq!(read.unwrap_err(), DecryptError::Damaged, "{name}");
    }
}

fn library_test_messages() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    std::fs::read_dir(home.join("registry/src"))
        .ok()?
        .flatten()
        .map(|registry| registry.path().join("sequoia-openpgp-2.4.2/tests/data/messages"))
        .find(|folder| folder.is_dir())
}

#[test]
fn thousands_of_recipients_are_refused_before_any_is_tried() {
    let alice = user("Alice");
    let message =
        unarmored(&encrypt_and_sign(b"x", &[&alice.certificate()], &alice, now()).unwrap());
    // The first packet is the encrypted session key; its length is in the second byte (RFC 9580, section 4.2.1).
    let (session_key, rest) = message.split_at(2 + usize::from(message[1]));
    let many = |count| [session_key.repeat(count), rest.to_vec()].concat();
    let read =
        |message: &[u8]| decrypt_and_verify(message, &[&alice], &Vec::new(), now(), &Limits::MAIL);
    assert_eq!(read(&many(3)).unwrap().readers.len(), 3);
    assert_eq!(read(&many(1001)).unwrap_err(), DecryptError::TooLarge);
}

#[test]
fn a_text_of_nothing_but_beginnings_takes_linear_time() {
    // Quadratic work over this would take hours.
    let text = b"-----BEGIN PGP MESSAGE-----\n-----BEGIN PGP SIGNED MESSAGE-----\n".repeat(200_000);
    assert!(read_inline(&text, &[&user("Alice")], &Vec::new(), now(), &Limits::MAIL).is_none());
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_message(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        thread_local!(static ALICE: wardmail_crypto::SecretKey = user("Alice"));
        let read = ALICE.with(|alice| decrypt_and_verify(&bytes, &[alice], &Vec::new(), now(), &Limits::MAIL).is_err());
        prop_assert!(read);
        let verified = verify_message(&bytes, &Vec::new(), now(), &Limits::MAIL);
        prop_assert!(verified.is_err() || verified.unwrap().signatures.is_empty());
    }
}
