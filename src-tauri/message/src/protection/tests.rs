//! Tests of `protection`.

use super::*;
use crate::{Limits, TextSource, parse, reader_text};

const ARMOR: &str = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----";

fn read(text: &str) -> (Vec<u8>, Parsed) {
    let raw = format!("From: a@b.example\n{text}").replace('\n', "\r\n").into_bytes();
    let parsed = parse(&raw, &Limits::default());
    (raw, parsed)
}

fn multipart(kind: &str, parts: &[&str]) -> String {
    let body: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
    format!("Content-Type: {kind}; boundary=b\n\n{body}--b--\n")
}

fn control() -> &'static str {
    "Content-Type: application/pgp-encrypted\n\nVersion: 1"
}

fn data() -> String {
    format!("Content-Type: application/octet-stream; name=encrypted.asc\n\n{ARMOR}")
}

fn kinds(parsed: &Parsed) -> Vec<(u32, &LayerKind)> {
    let Protection::Partial(layers) = &parsed.protection else { panic!("{:?}", parsed.protection) };
    layers.iter().map(|layer| (layer.part.0, &layer.kind)).collect()
}

#[test]
fn a_whole_encrypted_message_gives_its_ciphertext_only() {
    let (raw, parsed) = read(&multipart(
        "multipart/encrypted; protocol=\"application/pgp-encrypted\"",
        &[control(), &data()],
    ));
    assert_eq!(parsed.protection, Protection::PgpEncrypted { payload: PartId(2), altered: false });
    let limits = Limits::default();
    assert_eq!(parsed.ciphertext(&raw, &limits).unwrap(), ARMOR.replace('\n', "\r\n").into_bytes());
    assert_eq!(reader_text(&raw, &parsed, &limits).source, TextSource::Nothing);
    assert!(parsed.attachments().is_empty());
}

#[test]
fn what_exchange_makes_of_it_is_understood_if_nothing_foreign_is_there() {
    let blank = "Content-Type: text/plain\n\n ";
    for parts in [vec![control(), &data()], vec![blank, control(), &data()]] {
        let (_, parsed) = read(&multipart("multipart/mixed", &parts));
        assert!(
            matches!(parsed.protection, Protection::PgpEncrypted { altered: true, .. }),
            "{:?}",
            parsed.protection
        );
    }
    let foreign = "Content-Type: text/plain\n\nread this first";
    let (_, parsed) = read(&multipart("multipart/mixed", &[foreign, control(), &data()]));
    assert_eq!(kinds(&parsed), [(3, &LayerKind::PgpEncrypted)]);
    assert_eq!(parsed.attachments().iter().map(|file| file.part.0).collect::<Vec<_>>(), [3]);
}

#[test]
fn a_third_part_makes_it_partial_and_its_text_is_not_read() {
    let evil = "Content-Type: text/html\n\n<img src=\"http://evil.example/";
    let (raw, parsed) = read(&multipart("multipart/encrypted", &[control(), &data(), evil]));
    assert_eq!(kinds(&parsed), [(0, &LayerKind::PgpEncrypted)]);
    assert_eq!(reader_text(&raw, &parsed, &Limits::default()).source, TextSource::Nothing);
    assert_eq!(
        parsed.layer_ciphertext(
            &raw,
            &Layer { part: PartId::ROOT, kind: LayerKind::PgpEncrypted },
            &Limits::default()
        ),
        None
    );
}

#[test]
fn an_encrypted_part_between_foreign_ones_stands_alone() {
    // The EFAIL shape: HTML around a ciphertext.
    let inner = format!(
        "Content-Type: multipart/encrypted; boundary=i\n\n--i\n{}\n--i\n{}\n--i--",
        control(),
        data()
    );
    let (raw, parsed) = read(&multipart(
        "multipart/mixed",
        &["Content-Type: text/html\n\n<p>before", &inner, "Content-Type: text/plain\n\nafter"],
    ));
    assert_eq!(kinds(&parsed), [(2, &LayerKind::PgpEncrypted)]);
    let limits = Limits::default();
    assert_eq!(reader_text(&raw, &parsed, &limits).text, "before\nafter");
    let Protection::Partial(layers) = &parsed.protection else { unreachable!() };
    assert!(parsed.layer_ciphertext(&raw, &layers[0], &limits).unwrap().starts_with(b"-----BEGIN"));
    assert!(parsed.attachments().is_empty());
}

#[test]
fn signed_bytes_are_exact_and_canonical() {
    let text = multipart(
        "multipart/signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha512",
        &[
            "Content-Type: text/plain\n\nline one\t \nline two\n",
            "Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n\nx",
        ],
    );
    let signed = "Content-Type: text/plain\r\n\r\nline one\t \r\nline two\r\n";
    let limits = Limits::default();
    let (raw, parsed) = read(&text);
    let content = parsed.signed_content(&raw, &limits).unwrap();
    assert_eq!(String::from_utf8(content.content).unwrap(), signed);
    assert_eq!(content.signature, b"-----BEGIN PGP SIGNATURE-----\r\n\r\nx");
    assert!(parsed.attachments().is_empty());
    // The same message with the line ends of an mbox file.
    let raw = format!("From: a@b.example\n{text}").into_bytes();
    let parsed = parse(&raw, &limits);
    assert_eq!(
        String::from_utf8(parsed.signed_content(&raw, &limits).unwrap().content).unwrap(),
        signed
    );
}

#[test]
fn a_signed_multipart_keeps_its_epilogue() {
    let inner = "Content-Type: multipart/mixed; boundary=i\n\npre\n--i\n\nx\n--i--\nepilogue\n";
    let (raw, parsed) = read(&multipart(
        "multipart/signed",
        &[inner, "Content-Type: application/pgp-signature\n\ns"],
    ));
    let content = parsed.signed_content(&raw, &Limits::default()).unwrap().content;
    assert_eq!(String::from_utf8(content).unwrap(), inner.replace('\n', "\r\n"));
}

#[test]
fn a_signed_part_beside_foreign_text_is_partial() {
    let signed = "Content-Type: multipart/signed; boundary=i\n\n--i\n\nsigned\n--i\nContent-Type: application/pgp-signature\n\ns\n--i--";
    let (raw, parsed) =
        read(&multipart("multipart/mixed", &[signed, "Content-Type: text/plain\n\nfooter"]));
    assert_eq!(kinds(&parsed), [(1, &LayerKind::PgpSigned)]);
    let Protection::Partial(layers) = &parsed.protection else { unreachable!() };
    assert_eq!(
        parsed.layer_signed_content(&raw, &layers[0], &Limits::default()).unwrap().content,
        b"\r\nsigned"
    );
    assert_eq!(parsed.signed_content(&raw, &Limits::default()), None);
}

#[test]
fn smime_is_named() {
    for (parameters, kind) in [
        ("smime-type=enveloped-data", SmimeKind::Enveloped),
        ("smime-type=authEnveloped-data", SmimeKind::Enveloped),
        ("smime-type=signed-data", SmimeKind::Signed),
        ("name=smime.p7m", SmimeKind::Other),
    ] {
        let (_, parsed) =
            read(&format!("Content-Type: application/x-pkcs7-mime; {parameters}\n\nx"));
        assert_eq!(parsed.protection, Protection::Smime(kind));
        assert!(parsed.attachments().is_empty());
    }
    let (_, parsed) = read(&multipart(
        "multipart/signed",
        &["\nx", "Content-Type: application/pkcs7-signature\n\ns"],
    ));
    assert_eq!(parsed.protection, Protection::Smime(SmimeKind::Signed));
}

#[test]
fn inline_blocks_are_whole_only_when_alone() {
    let limits = Limits::default();
    let (raw, parsed) = read(&format!("Content-Type: text/plain\n\n\n{ARMOR}\n\n"));
    let Protection::PgpInline(block) = &parsed.protection else {
        panic!("{:?}", parsed.protection)
    };
    assert_eq!(parsed.inline_text(&raw, block, &limits).unwrap().trim(), ARMOR);
    assert_eq!(parsed.ciphertext(&raw, &limits).unwrap(), format!("{ARMOR}\n").into_bytes());
    assert_eq!(reader_text(&raw, &parsed, &limits).text.trim(), "");

    let (raw, parsed) = read(&format!("Content-Type: text/plain\n\nHello\n{ARMOR}\nbye\n"));
    assert!(matches!(kinds(&parsed)[..], [(0, LayerKind::PgpInline(_))]));
    assert_eq!(reader_text(&raw, &parsed, &limits).text, "Hello\nbye\n");

    // An attachment that is not encrypted: the message is not wholly so.
    let text = format!("Content-Type: text/plain\n\n{ARMOR}");
    let (_, parsed) =
        read(&multipart("multipart/mixed", &[&text, "Content-Type: application/pdf\n\nx"]));
    assert!(matches!(kinds(&parsed)[..], [(1, LayerKind::PgpInline(_))]));

    let (raw, parsed) = read(
        "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHi\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n",
    );
    assert!(
        matches!(&parsed.protection, Protection::PgpInline(block) if block.kind == ArmorKind::SignedMessage)
    );
    assert!(reader_text(&raw, &parsed, &limits).text.contains("Hi"));
}

#[test]
fn quoted_or_unfinished_armour_is_text() {
    for text in [
        format!("\n> {}", ARMOR.replace('\n', "\n> ")),
        "\n-----BEGIN PGP MESSAGE-----\n\nx\n".to_owned(),
    ] {
        let (_, parsed) = read(&text);
        assert_eq!(parsed.protection, Protection::None, "{text}");
    }
}

#[test]
fn encrypted_files_are_seen_and_keys_are_not() {
    let file = |name: &str, body: &str| {
        format!(
            "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename={name}\n\n{body}"
        )
    };
    let (_, parsed) = read(&multipart(
        "multipart/mixed",
        &[
            "\nhello",
            &file("a.pdf.pgp", "x"),
            &file("b.asc", ARMOR),
            &file("key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----"),
        ],
    ));
    assert_eq!(kinds(&parsed), [(2, &LayerKind::PgpEncrypted), (3, &LayerKind::PgpEncrypted)]);
    assert_eq!(parsed.attachments().len(), 3);
}
