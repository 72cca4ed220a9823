//! Signed mail that isn't encrypted, and what is said about bad, old and revoked signatures.

use wardmail_crypto::{
    Certificate, Expiry, Limits, Profile, SignatureResult, SignatureStatus, VerifyError,
    decrypt_and_verify, encrypt_and_sign, sign_detached, verify_detached,
};

use crate::people::{Gpg, Sq, at, days, now, user, user_at};

const TEXT: &[u8] = b"Content-Type: text/plain\r\n\r\nSee you on Monday.\r\n";

fn verify(signed: &[u8], signature: &[u8], known: &[Certificate]) -> SignatureResult {
    let results =
        verify_detached(signed, signature, &known.to_vec(), now(), &Limits::MAIL).unwrap();
    assert_eq!(results.len(), 1);
    results.into_iter().next().unwrap()
}

#[test]
fn gpg_and_sq_verify_what_we_sign() {
    let (gpg, sq, alice) = (Gpg::new(), Sq::new("Sam <sam@lab.example>"), user("Alice"));
    gpg.import(&alice.certificate());
    let signature = sign_detached(TEXT, &alice, now()).unwrap();
    assert_eq!(signature.micalg, "pgp-sha512");

    let file = gpg.home().join("signature.asc");
    std::fs::write(&file, &signature.armored).unwrap();
    let verify = |text: &[u8]| gpg.try_run(&["--verify", file.to_str().unwrap(), "-"], text);
    let good = verify(TEXT);
    let status = String::from_utf8_lossy(&good.stderr);
    assert!(good.status.success() && status.contains("GOODSIG"), "{status}");
    // The hash in VALIDSIG: 10 is SHA-512 (RFC 9580, section 9.5), what `micalg` says.
    let valid = status.lines().find(|line| line.contains("VALIDSIG")).unwrap();
    assert_eq!(valid.split(' ').nth(9).unwrap(), "10", "{valid}");
    assert!(!verify(b"something else").status.success());

    let certificate = sq.file("alice.pgp", &alice.certificate().to_armored());
    let detached = sq.file("signature.asc", &signature.armored);
    let (_, messages) =
        sq.run(&["verify", "--signer-cert", &certificate, "--detached", &detached], TEXT);
    assert!(messages.contains("1 good signature"), "{messages}");
}

#[test]
fn we_verify_what_gpg_and_sq_sign() {
    let (gpg, sq) = (Gpg::new(), Sq::new("Sam <sam@lab.example>"));
    gpg.generate("Gina <gina@practice.example>", &[]);
    let known = [gpg.certificate("gina@practice.example"), sq.certificate()];
    let by_gpg = gpg.run(&["--armor", "--detach-sign"], TEXT).0;
    let by_sq = sq.run(&["sign", "--detached", "--signer-key", &sq.key()], TEXT).0;
    for (signature, address) in [(&by_gpg, "gina@practice.example"), (&by_sq, "sam@lab.example")] {
        let good = verify(TEXT, signature, &known);
        assert_eq!(
            (good.status, good.addresses.as_slice()),
            (SignatureStatus::Good, &[address.to_owned()][..])
        );
        assert!((good.created.unwrap().as_second() - now().as_second()).abs() < 600);
        let changed = verify(&TEXT[1..], signature, &known);
        assert_eq!(changed.status, SignatureStatus::Bad);
        assert_eq!(verify(TEXT, signature, &[]).status, SignatureStatus::UnknownKey);
    }
}

#[test]
fn every_signature_of_several_is_reported() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    gpg.generate("Gus <gus@practice.example>", &[]);
    let signature = gpg
        .run(&["-u", "gina@practice.example", "-u", "gus@practice.example", "--detach-sign"], TEXT)
        .0;
    let known = vec![gpg.certificate("gus@practice.example")];
    let results = verify_detached(TEXT, &signature, &known, now(), &Limits::MAIL).unwrap();
    let mut statuses: Vec<_> =
        results.iter().map(|result| format!("{:?}", result.status)).collect();
    statuses.sort();
    assert_eq!(statuses, ["Good", "UnknownKey"]);
}

#[test]
fn too_many_signatures_are_refused() {
    let alice = user("Alice");
    let signature = sign_detached(TEXT, &alice, now()).unwrap().armored;
    let binary = crate::bytes::unarmored(&signature);
    let limits = Limits { signatures: 3, ..Limits::MAIL };
    let known = vec![alice.certificate()];
    let attempt = |count| verify_detached(TEXT, &binary.repeat(count), &known, now(), &limits);
    assert_eq!(attempt(3).unwrap().len(), 3);
    assert_eq!(attempt(4).unwrap_err(), VerifyError::Malformed);
}

#[test]
fn what_is_no_signature_is_malformed() {
    let alice = user("Alice");
    let message = encrypt_and_sign(TEXT, &[&alice.certificate()], &alice, now()).unwrap();
    for nothing in [&b""[..], b"x", TEXT, &message, &alice.certificate().to_armored()] {
        let result = verify_detached(TEXT, nothing, &Vec::new(), now(), &Limits::MAIL);
        assert_eq!(result.unwrap_err(), VerifyError::Malformed);
    }
}

#[test]
fn a_signature_made_after_the_key_expired_is_expired() {
    // A signature can't be made with an expired key here, so its certificate is shown without the renewal:
    // GnuPG extends the life of its key, signs, and we know the old certificate.
    let gpg = Gpg::new();
    let made = at(days(-30));
    let gina = gpg.generate("Gina <gina@practice.example>", &["--faked-system-time", &made]);
    gpg.run(&["--faked-system-time", &at(days(-29)), "--quick-set-expire", &gina, "10d"], b"");
    let old = gpg.certificate("gina@practice.example");
    gpg.run(&["--quick-set-expire", &gina, "1y"], b"");
    let renewed = gpg.certificate("gina@practice.example");
    let signature = gpg.run(&["--detach-sign"], TEXT).0;
    assert_eq!(
        verify(TEXT, &signature, std::slice::from_ref(&old)).status,
        SignatureStatus::Expired
    );
    assert_eq!(
        verify(TEXT, &signature, &[old.clone().merge(renewed).unwrap()]).status,
        SignatureStatus::Good
    );
    // And one that was made in time stays good although the key has expired since.
    let in_time = gpg.run(&["--faked-system-time", &at(days(-25)), "--detach-sign"], TEXT).0;
    assert_eq!(verify(TEXT, &in_time, &[old]).status, SignatureStatus::Good);
}

#[test]
fn a_revoked_key_signs_nothing() {
    let gpg = Gpg::new();
    let gina = gpg.generate("Gina <gina@practice.example>", &[]);
    let signature = gpg.run(&["--detach-sign"], TEXT).0;
    let before = gpg.certificate("gina@practice.example");
    crate::keys::revoke(&gpg, &gina);
    let after = gpg.certificate("gina@practice.example");
    assert_eq!(
        verify(TEXT, &signature, std::slice::from_ref(&before)).status,
        SignatureStatus::Good
    );
    // "No reason given" may mean that somebody else has the key: older signatures aren't believed either.
    assert_eq!(
        verify(TEXT, &signature, &[before.merge(after).unwrap()]).status,
        SignatureStatus::Revoked
    );
}

#[test]
fn a_signature_of_next_week_is_bad_and_of_the_next_minute_good() {
    let short = Expiry::After(jiff::SignedDuration::from_hours(24 * 365));
    let alice = user_at("Alice", Profile::Interoperable, short, days(-1));
    let known = vec![alice.certificate()];
    let status = |made| {
        let signature = sign_detached(TEXT, &alice, made).unwrap().armored;
        verify_detached(TEXT, &signature, &known, now(), &Limits::MAIL).unwrap()[0].status
    };
    assert_eq!(status(days(7)), SignatureStatus::Bad);
    let ahead = now().checked_add(jiff::SignedDuration::from_secs(90)).unwrap();
    assert_eq!(status(ahead), SignatureStatus::Good);
}

#[test]
fn a_signed_message_passed_on_to_somebody_else_is_not_taken_as_written_to_them() {
    // Gina takes the encryption off what Alice wrote to her and encrypts the signed message to Carol
    // ("surreptitious forwarding").
    let (gpg, alice, carol) = (Gpg::new(), user("Alice"), user("Carol"));
    gpg.generate("Gina <gina@practice.example>", &[]);
    let message =
        encrypt_and_sign(TEXT, &[&gpg.certificate("gina@practice.example")], &alice, now())
            .unwrap();
    let (signed, _) = gpg.run(&["--decrypt", "--unwrap"], &message);
    let forwarded = crate::bomb_bytes::encrypted(&signed, &carol.certificate());
    let known = vec![alice.certificate()];
    let mail = decrypt_and_verify(&forwarded, &[&carol], &known, now(), &Limits::MAIL).unwrap();
    assert_eq!(mail.plaintext.as_slice(), TEXT);
    assert_eq!(mail.signatures[0].status, SignatureStatus::Bad);
}
