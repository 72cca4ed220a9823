//! Changed and cut messages: never a plaintext that isn't the one that was written.

use wardmail_crypto::{
    Certificate, DecryptError, Limits, SecretKey, decrypt_and_verify, encrypt_and_sign,
};

use crate::bytes::unarmored;
use crate::people::{Gpg, Sq, modern_user, now, user};

const NEEDLE: &[u8] = b"the secret that must not come out";

fn read(message: &[u8], key: &SecretKey) -> Result<Vec<u8>, DecryptError> {
    decrypt_and_verify(message, &[key], &Vec::new(), now(), &Limits::MAIL)
        .map(|mail| mail.plaintext.to_vec())
}

/// Messages of each kind that `key` can read, in binary.
fn samples() -> Vec<(&'static str, SecretKey, Vec<u8>)> {
    let (v4, v6) = (user("Alice"), modern_user("Anna"));
    let ours = |key: &SecretKey| {
        unarmored(&encrypt_and_sign(NEEDLE, &[&key.certificate()], key, now()).unwrap())
    };
    let gpg = Gpg::new();
    gpg.import(&v4.certificate());
    let (gpg_v4, _) = gpg.run(&["--encrypt", "-r", "alice@clinic.example"], NEEDLE);
    let sq = Sq::new("Sam <sam@lab.example>");
    let file = sq.file("alice.pgp", &v4.certificate().to_armored());
    let (sq_v4, _) = sq.run(
        &["encrypt", "--binary", "--recipient-cert", &file, "--signer-key", &sq.key()],
        NEEDLE,
    );
    vec![
        ("ours, MDC", v4.clone(), ours(&v4)),
        ("ours, AEAD", v6.clone(), ours(&v6)),
        ("gpg, compressed", v4.clone(), gpg_v4),
        ("sq, padded", v4, sq_v4),
    ]
}

#[test]
fn no_changed_byte_lets_plaintext_out() {
    for (kind, key, message) in samples() {
        assert_eq!(read(&message, &key).unwrap(), NEEDLE, "{kind}");
        // The session key comes first, with its length in the second byte (RFC 9580, section 4.2).
        let container = 2 + usize::from(message[1]);
        for index in 0..message.len() {
            for change in [0x01, 0x80] {
                let mut changed = message.clone();
                changed[index] ^= change;
                let outcome = read(&changed, &key);
                // The container is authenticated, the session key before it isn't: X25519 ignores the highest bit of a
                // point (RFC 7748, section 5), so that one byte there may change without changing the message.
                let same = index < container && outcome.as_deref() == Ok(NEEDLE);
                assert!(
                    same || outcome.is_err(),
                    "{kind}: byte {index} ^ {change:#x} of {}",
                    message.len()
                );
            }
        }
    }
}

#[test]
fn no_cut_lets_plaintext_out() {
    for (kind, key, message) in samples() {
        for length in 0..message.len() {
            assert!(
                read(&message[..length], &key).is_err(),
                "{kind}: {length} of {}",
                message.len()
            );
        }
    }
}

#[test]
fn what_is_added_behind_is_refused() {
    for (kind, key, message) in samples() {
        let doubled = [message.clone(), message.clone()].concat();
        assert!(read(&doubled, &key).is_err(), "{kind}");
        let extended = [message.clone(), crate::bytes::literal(b"and some more")].concat();
        assert!(read(&extended, &key).is_err(), "{kind}");
    }
}

#[test]
fn every_failure_after_decryption_began_reads_the_same() {
    let alice = user("Alice");
    let mut outcomes = Vec::new();
    let certificate = alice.certificate();
    let inside = |packets: &[u8]| crate::bomb_bytes::encrypted(packets, &certificate);
    let whole = inside(&crate::bytes::literal(NEEDLE));
    let mut last_byte = whole.clone();
    *last_byte.last_mut().unwrap() ^= 1;
    outcomes.push(("MDC", read(&last_byte, &alice)));
    let mut middle = whole.clone();
    let at = whole.len() - 40;
    middle[at] ^= 1;
    outcomes.push(("middle", read(&middle, &alice)));
    outcomes.push(("no packets", read(&inside(b""), &alice)));
    outcomes.push(("garbage", read(&inside(&[0xFF; 100]), &alice)));
    outcomes.push(("two texts", read(&inside(&crate::bytes::literal(NEEDLE).repeat(2)), &alice)));
    outcomes.push(("a certificate", read(&inside(&certificate.to_bytes()), &alice)));
    let twice = inside(&inside(&crate::bytes::literal(NEEDLE)));
    outcomes.push(("encrypted twice", read(&twice, &alice)));
    for (what, outcome) in outcomes {
        assert_eq!(outcome.unwrap_err(), DecryptError::Damaged, "{what}");
    }
}

/// 28 MiB is more than the library holds back by itself (25 MiB); 4 MiB is more than it holds back here, and quicker.
#[test]
fn a_large_message_is_released_whole_or_not_at_all() {
    for (key, mebibytes) in [(user("Alice"), 28), (modern_user("Anna"), 4)] {
        let content = (0_u8..=255).cycle().take(1 << 20).collect::<Vec<u8>>().repeat(mebibytes);
        let mut message =
            unarmored(&encrypt_and_sign(&content, &[&key.certificate()], &key, now()).unwrap());
        assert!(read(&message, &key).unwrap() == content);
        let end = message.len();
        for index in [end - 1, end / 2] {
            message[index] ^= 1;
            assert_eq!(
                read(&message, &key).unwrap_err(),
                DecryptError::Damaged,
                "byte {index} of {end}"
            );
            message[index] ^= 1;
        }
        assert!(read(&message[..end - 1], &key).is_err());
    }
}

/// The certificate of somebody else isn't covered: who changes it keeps that reader out, nobody else.
#[test]
fn a_damaged_session_key_of_another_reader_changes_nothing_for_us() {
    let (alice, bob) = (user("Alice"), user("Bob"));
    let recipients: [Certificate; 2] = [bob.certificate(), alice.certificate()];
    let message =
        unarmored(&encrypt_and_sign(NEEDLE, &recipients.each_ref(), &alice, now()).unwrap());
    let mut changed = message;
    // Inside Bob's encrypted session key, which comes first (RFC 9580, section 5.1).
    changed[60] ^= 1;
    assert_eq!(read(&changed, &alice).unwrap(), NEEDLE);
    assert_eq!(read(&changed, &bob).unwrap_err(), DecryptError::Damaged);
}
