//! Tests of `compose`.

use super::*;
use crate::{
    AddressError, Defect, Limits, Parsed, Protection, ProtectionMode, parse, parse_payload,
    part_bytes, part_text, protected_headers, reader_html, reader_text,
};

const ARMOR: &str = "-----BEGIN PGP MESSAGE-----\n\nhQEMA4\n=abcd\n-----END PGP MESSAGE-----\n";
const SIGNATURE: &str =
    "-----BEGIN PGP SIGNATURE-----\n\niQEzBA\n=abcd\n-----END PGP SIGNATURE-----\n";

fn address(name: Option<&str>, email: &str) -> Address {
    Address::new(name, email).unwrap()
}

fn message() -> Outgoing {
    Outgoing {
        from: address(Some("Dr. Zoë Park"), "zoe@clinic.example"),
        to: vec![address(Some("Chen, Mei"), "mei@clinic.example"), address(None, "x@y.example")],
        cc: vec![address(None, "lab@clinic.example")],
        reply_to: Vec::new(),
        subject: "Lab results for Müller".into(),
        text: "Dear Mei,\n\nthe results are in.  \n-- \nZoë\n".into(),
        html: None,
        attachments: Vec::new(),
        message_id: "0123@clinic.example".into(),
        in_reply_to: Some("0@clinic.example".into()),
        references: vec!["a@x.example".into(), "0@clinic.example".into()],
        date_unix: 1_795_271_400,
        extra: Vec::new(),
    }
}

fn read(raw: &[u8]) -> Parsed {
    parse(raw, &Limits::default())
}

/// Only CRLF, only 7 bits, no line over 998 bytes, nothing of this computer.
fn assert_clean_wire(raw: &[u8]) {
    assert!(raw.is_ascii());
    let text = std::str::from_utf8(raw).unwrap();
    for line in text.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{line:?}");
    }
    assert!(text.ends_with("\r\n"));
    assert!(!text.to_ascii_lowercase().contains("\r\nbcc:"));
    assert!(!text.contains("localhost"));
}

fn head(raw: &[u8]) -> &str {
    std::str::from_utf8(raw).unwrap().split("\r\n\r\n").next().unwrap()
}

#[test]
fn a_plain_message_reads_back() {
    let raw = build_plain(&message()).unwrap();
    assert_clean_wire(&raw);
    let parsed = read(&raw);
    assert_eq!(parsed.defects, []);
    let h = &parsed.headers;
    assert_eq!(h.from, [message().from]);
    assert_eq!((&h.to, &h.cc), (&message().to, &message().cc));
    assert_eq!(h.subject.as_deref(), Some("Lab results for Müller"));
    assert_eq!(h.date.map(|d| (d.unix_ms, d.offset_minutes)), Some((1_795_271_400_000, 0)));
    assert_eq!(h.message_id.as_deref(), Some("0123@clinic.example"));
    assert_eq!(
        (h.in_reply_to.join(" "), h.references.join(" ")),
        ("0@clinic.example".into(), "a@x.example 0@clinic.example".into())
    );
    assert_eq!(reader_text(&raw, &parsed, &Limits::default()).text, message().text);
    assert!(head(&raw).contains("\r\nDate: Sat, 21 Nov 2026 14:30:00 +0000"));
}

#[test]
fn attachments_and_html_read_back_to_the_byte() {
    let limits = Limits::default();
    let forwarded = b"From: a@b.example\nSubject: old\n\nbody\n".to_vec();
    let mut outgoing = message();
    outgoing.html = Some("<p>Dear Mei</p>".into());
    for (name, media_type, bytes) in [
        (
            "Befund Müller.pdf",
            "application/pdf",
            (0..=255).cycle().take(10_000).collect::<Vec<u8>>(),
        ),
        ("notes.txt", "text/plain", b"a\nb\r\nc\rd\0e \n".to_vec()),
        ("../../evil\u{202e}.txt", "text/csv", b"=1+1".to_vec()),
        ("old.eml", "message/rfc822", forwarded.clone()),
        ("eight.eml", "message/rfc822", "Subject: ä\n\nx".as_bytes().to_vec()),
        ("empty", "application/octet-stream", Vec::new()),
    ] {
        outgoing.attachments.push(Attachment {
            file_name: name.into(),
            media_type: media_type.into(),
            bytes,
        });
    }
    let raw = build_plain(&outgoing).unwrap();
    assert_clean_wire(&raw);
    let parsed = read(&raw);
    assert_eq!(parsed.defects, []);
    assert_eq!(reader_html(&raw, &parsed, &limits).unwrap().html.trim(), "<p>Dear Mei</p>");
    assert_eq!(reader_text(&raw, &parsed, &limits).text, message().text);
    let files = parsed.attachments();
    let names: Vec<_> =
        files.iter().map(|file| (file.file_name.as_str(), file.media_type.as_str())).collect();
    assert_eq!(
        names,
        [
            ("Befund Müller.pdf", "application/pdf"),
            ("notes.txt", "text/plain"),
            ("evil.txt", "text/csv"),
            ("old.eml", "message/rfc822"),
            ("eight.eml", "application/octet-stream"),
            ("empty", "application/octet-stream"),
        ]
    );
    for (file, sent) in files.iter().zip(&outgoing.attachments) {
        let bytes = part_bytes(&raw, parsed.part(file.part).unwrap(), &limits).bytes.into_owned();
        let expected = if sent.file_name == "old.eml" {
            forwarded
                .iter()
                .flat_map(|b| if *b == b'\n' { vec![b'\r', b'\n'] } else { vec![*b] })
                .collect()
        } else {
            sent.bytes.clone()
        };
        assert_eq!(bytes, expected, "{}", sent.media_type);
    }
}

#[test]
fn an_encrypted_message_shows_outside_only_what_servers_need() {
    let mut outgoing = message();
    outgoing.extra = vec![
        ExtraHeader { name: "X-Route".into(), value: "portal".into(), confidential: false },
        ExtraHeader { name: "X-Patient".into(), value: "Müller".into(), confidential: true },
        ExtraHeader { name: "Keywords".into(), value: "diabetes".into(), confidential: false },
    ];
    let raw = build_encrypted_outer(&outgoing, ARMOR).unwrap();
    assert_clean_wire(&raw);
    let parsed = read(&raw);
    assert_eq!(parsed.headers.subject.as_deref(), Some("[...]"));
    assert_eq!(parsed.headers.to, outgoing.to);
    let Protection::PgpEncrypted { payload, altered: false } = parsed.protection else {
        panic!("{:?}", parsed.protection)
    };
    assert_eq!(part_text(&raw, parsed.part(payload).unwrap(), &Limits::default()), ARMOR);
    assert!(head(&raw).contains("X-Route: portal"));
    for secret in ["Lab", "X-Patient", "ller", "diabetes", "Dear"] {
        assert!(!String::from_utf8_lossy(&raw).contains(secret), "{secret}");
    }
}

#[test]
fn the_payload_protects_the_fields_and_says_what_stands_outside() {
    let limits = Limits::default();
    let mut outgoing = message();
    outgoing.subject = "=?utf-8?Q?literal?= and a long subject that has to be folded because it is longer than one line of a header can be".into();
    let inner = build_inner_protected(&outgoing, HeaderProtection::Cipher).unwrap();
    assert_clean_wire(&inner);
    assert!(!head(&inner).contains("MIME-Version"));
    let payload = parse_payload(&inner, &limits);
    let found = protected_headers(&inner, &payload, &limits).unwrap();
    assert_eq!(found.mode, ProtectionMode::Cipher);
    assert_eq!(found.headers.subject.as_deref(), Some(outgoing.subject.as_str()));
    assert!(found.subject_is_confidential());
    assert_eq!(payload.parts[0].parameter("protected-headers"), Some("v1"));
    // Every HP-Outer is what the outer section has, value by value, and nothing is missing but MIME's own fields.
    let outer = build_encrypted_outer(&outgoing, ARMOR).unwrap();
    let unfolded = head(&outer).replace("\r\n ", " ");
    let mut fields: Vec<(String, String)> = unfolded
        .lines()
        .map(|line| {
            line.split_once(':').map(|(n, v)| (n.to_lowercase(), v.trim().to_owned())).unwrap()
        })
        .collect();
    fields.retain(|(name, _)| name != "mime-version" && name != "content-type");
    assert_eq!(found.hp_outer, fields);
    assert_eq!(reader_text(&inner, &payload, &limits).text, outgoing.text);
    let shown = found.effective(&read(&outer).headers, false);
    assert_eq!(shown.subject, Some(outgoing.subject));
}

#[test]
fn what_is_signed_is_what_was_given_to_the_signer() {
    let limits = Limits::default();
    let mut outgoing = message();
    outgoing.text = "From here on\ntrailing blanks   \nä\n".into();
    outgoing.attachments.push(Attachment {
        file_name: "a.bin".into(),
        media_type: "application/x".into(),
        bytes: vec![0; 100],
    });
    let mut given = Vec::new();
    let raw = build_signed(&outgoing, |bytes| {
        given = bytes.to_vec();
        Ok::<_, std::io::Error>(DetachedSignature {
            armored: SIGNATURE.into(),
            micalg: "pgp-sha512".into(),
        })
    })
    .unwrap();
    assert_clean_wire(&raw);
    assert!(!given.windows(6).any(|w| w == b"\nFrom ") && !given.windows(3).any(|w| w == b" \r\n"));
    let parsed = read(&raw);
    assert_eq!(parsed.headers.subject, Some(outgoing.subject.clone()));
    let content = parsed.signed_content(&raw, &limits).unwrap();
    assert_eq!(content.content, given);
    assert_eq!(content.signature, SIGNATURE.replace('\n', "\r\n").into_bytes());
    let payload = parse_payload(&content.content, &limits);
    let found = protected_headers(&content.content, &payload, &limits).unwrap();
    assert_eq!((found.mode, found.hp_outer.len()), (ProtectionMode::Clear, 0));
    assert_eq!(reader_text(&content.content, &payload, &limits).text, outgoing.text);
}

#[test]
fn a_failing_signer_is_passed_on() {
    let failed = build_signed(&message(), |_| Err(std::io::Error::other("no key")));
    assert!(matches!(failed, Err(SignError::Signer(_))));
}

#[test]
fn nothing_can_inject_a_field() {
    let bad = |change: &dyn Fn(&mut Outgoing)| {
        let mut outgoing = message();
        change(&mut outgoing);
        let results = [
            build_plain(&outgoing),
            build_inner_protected(&outgoing, HeaderProtection::Clear),
            build_encrypted_outer(&outgoing, ARMOR),
        ];
        assert!(results.iter().all(|result| *result == results[0]));
        results[0].clone().unwrap_err()
    };
    for breaking in ["\r\nBcc: x@y.example", "\nX: y", "\r", "\0", "\u{85}", "\u{7f}"] {
        assert_eq!(
            bad(&|m| m.subject.push_str(breaking)),
            BuildError::ControlCharacter,
            "{breaking:?}"
        );
        assert_eq!(
            bad(&|m| m.from.name = Some(format!("a{breaking}b"))),
            BuildError::Address(AddressError::Control)
        );
        assert_eq!(
            bad(&|m| m.to[0].email = format!("a{breaking}@b.example")),
            BuildError::Address(AddressError::Control)
        );
        assert_eq!(
            bad(&|m| m.cc[0].email = format!("a@b.example{breaking}x")),
            BuildError::Address(AddressError::Control)
        );
        assert_eq!(bad(&|m| m.message_id = format!("a{breaking}@x")), BuildError::MessageId);
        assert_eq!(bad(&|m| m.references.push(format!("a{breaking}@x"))), BuildError::MessageId);
        assert_eq!(bad(&|m| m.in_reply_to = Some(format!("a{breaking}@x"))), BuildError::MessageId);
        assert_eq!(
            bad(&|m| m.extra.push(ExtraHeader {
                name: "X-A".into(),
                value: format!("a{breaking}b"),
                confidential: false
            })),
            BuildError::ControlCharacter
        );
        assert_eq!(
            bad(&|m| m.extra.push(ExtraHeader {
                name: format!("X{breaking}"),
                value: "a".into(),
                confidential: false
            })),
            BuildError::FieldName
        );
        let file = |name: &str, kind: &str| Attachment {
            file_name: name.into(),
            media_type: kind.into(),
            bytes: Vec::new(),
        };
        assert_eq!(
            bad(&|m| m.attachments.push(file(&format!("a{breaking}"), "a/b"))),
            BuildError::ControlCharacter
        );
        assert_eq!(
            bad(&|m| m.attachments.push(file("a", &format!("a/b{breaking}")))),
            BuildError::MediaType
        );
    }
    for name in ["Bcc", "BCC", "Resent-Bcc", "From", "Content-Type", "HP-Outer", "", "X Y", "X:"] {
        assert_eq!(
            bad(&|m| m.extra.push(ExtraHeader {
                name: name.into(),
                value: "x".into(),
                confidential: false
            })),
            BuildError::FieldName,
            "{name}"
        );
    }
    assert_eq!(bad(&|m| m.message_id = "no-at".into()), BuildError::MessageId);
    assert_eq!(bad(&|m| m.message_id = "a@b> <c@d".into()), BuildError::MessageId);
    assert_eq!(
        bad(&|m| m.to[0].email = "a@b.example, c@d.example".into()),
        BuildError::Address(AddressError::NoAt)
    );
    assert_eq!(bad(&|m| m.subject = "x".repeat(5_000)), BuildError::TooLong);
}

#[test]
fn only_armour_of_the_right_kind_is_taken() {
    for bad in [
        "",
        "plain text",
        SIGNATURE,
        "-----BEGIN PGP MESSAGE-----\n\nx",
        &format!("x\n{ARMOR}"),
        &format!("{ARMOR}{ARMOR}"),
        &ARMOR.replace("hQ", "ä"),
    ] {
        assert_eq!(build_encrypted_outer(&message(), bad), Err(BuildError::Armor), "{bad}");
    }
    let bad_hash = build_signed(&message(), |_| {
        Ok::<_, std::io::Error>(DetachedSignature {
            armored: SIGNATURE.into(),
            micalg: "x\"; y".into(),
        })
    });
    assert!(matches!(bad_hash, Err(SignError::Build(BuildError::Armor))));
}

#[test]
fn blind_recipients_get_a_message_that_names_nobody() {
    let raw = build_plain(&Outgoing { to: Vec::new(), cc: Vec::new(), ..message() }).unwrap();
    assert!(head(&raw).contains("To: undisclosed-recipients:;"), "{}", head(&raw));
    let parsed = read(&raw);
    assert_eq!((parsed.headers.to.len(), parsed.defects), (0, Vec::<Defect>::new()));
}

#[test]
fn message_ids_are_random_and_on_the_given_domain() {
    let one = make_message_id("Clinic.example").unwrap();
    let two = make_message_id("clinic.example").unwrap();
    assert!(
        is_message_id(&one)
            && one.to_lowercase().ends_with("@clinic.example")
            && one[..32] != two[..32]
    );
    assert!(make_message_id("bücher.example").unwrap().ends_with("@xn--bcher-kva.example"));
    for bad in ["", "a b", "a\r\nb", "x@y", "127.0.0.1"] {
        assert_eq!(make_message_id(bad), Err(BuildError::Domain), "{bad}");
    }
}

#[test]
fn boundaries_tell_nothing_and_differ() {
    let boundary = |raw: Vec<u8>| read(&raw).parts[0].parameter("boundary").unwrap().to_owned();
    let (one, two) = (
        boundary(build_encrypted_outer(&message(), ARMOR).unwrap()),
        boundary(build_encrypted_outer(&message(), ARMOR).unwrap()),
    );
    assert_ne!(one, two);
    assert_eq!((one.len(), &one[..2]), (34, "=_"));
}

#[test]
fn errors_and_debug_output_carry_no_text_of_the_message() {
    let text = format!("{:?} {:?}", message(), BuildError::Address(AddressError::Domain));
    assert!(!text.contains("zoe") && !text.contains("Müller"), "{text}");
}
