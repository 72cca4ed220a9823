//! Properties that hold for every input: no parser panics, what is built reads back, what is sanitised stays so.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use wardmail_message::{
    Address, Attachment, ExtraHeader, HeaderProtection, Limits, Outgoing, Parsed,
    build_encrypted_outer, build_inner_protected, build_plain, display_text, forward_subject,
    html_to_text, parse, parse_address_list, parse_headers, parse_payload, part_bytes, part_text,
    protected_headers, quote_reply, reader_html, reader_text, reply_subject, safe_file_name,
    sanitize_html, snippet,
};

/// Everything that reads a message, as the engine would.
fn read_everything(raw: &[u8]) -> Parsed {
    let limits = Limits::default();
    let parsed = parse(raw, &limits);
    parse_headers(raw, &limits);
    let text = reader_text(raw, &parsed, &limits);
    snippet(&text.text);
    quote_reply(&parsed.headers, &text);
    if let Some(html) = reader_html(raw, &parsed, &limits) {
        sanitize_html(&html.html, &BTreeMap::new(), &limits);
    }
    for part in &parsed.parts {
        assert!(
            part.header.end <= part.body.start
                && part.body.end <= raw.len()
                && part.parent < Some(part.id),
            "{part:?}"
        );
        part_bytes(raw, part, &limits);
        part_text(raw, part, &limits);
    }
    parsed.attachments();
    parsed.ciphertext(raw, &limits);
    if let Some(signed) = parsed.signed_content(raw, &limits) {
        parse_payload(&signed.content, &limits);
    }
    protected_headers(raw, &parse_payload(raw, &limits), &limits);
    parsed
}

/// Pieces that mail is made of, so that random input reaches deep.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"--b",
        b"--b--",
        b"--c\r\n",
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Date: ",
        b"References: ",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: multipart/alternative; boundary=\"c\"\r\n",
        b"Content-Type: multipart/signed; boundary=b\r\n",
        b"Content-Type: multipart/encrypted; boundary=b\r\n",
        b"Content-Type: application/pgp-encrypted\r\n",
        b"Content-Type: application/pgp-signature\r\n",
        b"Content-Type: text/html\r\n",
        b"Content-Type: text/plain; charset=",
        b"; hp=\"cipher\"",
        b"HP-Outer: Subject: x\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: text/plain; format=flowed; hp-legacy-display=1\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''%",
        b"=?utf-8?Q?=",
        b"=?utf-7?B?",
        b"?=",
        b"=",
        b"=3D",
        b"<a@b.example>",
        b"\"",
        b"(",
        b")",
        b"\\",
        b";",
        b",",
        b":",
        b" ",
        b"\t",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xe2\x80\xae",
        b"-----BEGIN PGP MESSAGE-----\n",
        b"-----END PGP MESSAGE-----\n",
        b"utf-16",
        b"iso-2022-jp",
        b"<b>",
        b"<style>",
        b"<!--",
        b"<svg>",
        b"&lt",
        b"SGVsbG8=",
        b"Sat, 21 Nov 2026 09:30:00 +0000",
    ];
    prop_oneof![
        8 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => "[ -~]{0,40}".prop_map(String::into_bytes),
    ]
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9]{1,12}", "[a-zäöüß李é]{1,8}", "[ -~&&[^=]]{1,20}"]
}

fn line() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 0..12).prop_map(|words| words.join(" "))
}

/// Lines short and long, with everything that a transfer encoding must look after.
fn text() -> impl Strategy<Value = String> {
    let odd = proptest::sample::select(vec![
        "\n", "\n\n", " \n", "\t", "From ", "\n.\n", "\n--", "=", "> ", "\n-- \n", "=",
    ])
    .prop_map(str::to_owned);
    let piece = prop_oneof![3 => word(), 2 => odd, 1 => Just(" ".to_owned()), 1 => (100..1_200_usize).prop_map(|n| "long".repeat(n))];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn address() -> impl Strategy<Value = Address> {
    // A name that is spelt like an encoded word reads back as what it spells: left out.
    (proptest::option::of("[A-Za-zäé李.,\"()<>@;:' -]{1,30}"), "[a-z0-9.]{1,20}", "[a-z]{1,10}")
        .prop_filter_map("valid", |(name, local, domain)| {
            let name = name.map(|name| display_text(&name));
            Address::new(name.as_deref(), &format!("{local}@{domain}.example")).ok()
        })
}

fn outgoing() -> impl Strategy<Value = Outgoing> {
    let id = || "[a-z0-9]{1,30}@[a-z]{1,10}\\.example";
    let attachment =
        ("[a-zA-Zä0-9 ]{1,20}\\.[a-z]{1,4}", proptest::collection::vec(any::<u8>(), 0..100))
            .prop_map(|(file_name, bytes)| Attachment {
                file_name,
                media_type: "application/octet-stream".into(),
                bytes,
            });
    let extra = ("X-[A-Za-z]{1,10}", "[ -~]{0,200}").prop_map(|(name, value)| ExtraHeader {
        name,
        value,
        confidential: false,
    });
    (
        (
            address(),
            proptest::collection::vec(address(), 0..5),
            proptest::collection::vec(address(), 0..5),
        ),
        (line(), text()),
        proptest::collection::vec(attachment, 0..3),
        (
            id(),
            proptest::option::of(id()),
            proptest::collection::vec(id(), 0..20),
            0..4_000_000_000_i64,
        ),
        proptest::collection::vec(extra, 0..3),
    )
        .prop_map(
            |(
                (from, to, cc),
                (subject, text),
                attachments,
                (message_id, in_reply_to, references, date_unix),
                extra,
            )| Outgoing {
                from,
                to,
                cc,
                reply_to: Vec::new(),
                subject,
                text,
                html: None,
                attachments,
                message_id,
                in_reply_to,
                references,
                date_unix,
                extra,
            },
        )
}

fn assert_wire(raw: &[u8]) {
    let text = std::str::from_utf8(raw).unwrap();
    assert!(text.is_ascii());
    for line in text.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n']), "{line:?}");
    }
}

proptest! {
    #[test]
    fn nothing_panics_on_fragments(pieces in proptest::collection::vec(fragment(), 0..60)) {
        read_everything(&pieces.concat());
    }

    #[test]
    fn nothing_panics_on_bytes(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_everything(&raw);
    }

    #[test]
    fn sanitised_html_stays_as_it_is(pieces in proptest::collection::vec(html_piece(), 0..40)) {
        let limits = Limits::default();
        let once = sanitize_html(&pieces.concat(), &BTreeMap::new(), &limits).html;
        let twice = sanitize_html(&once, &BTreeMap::new(), &limits).html;
        prop_assert_eq!(&once, &twice);
        for tag in once.split('<').skip(1).filter_map(|tag| tag.split('>').next()) {
            for bad in ["script", "style ", "svg", "iframe", "javascript:", "onerror=", "evil.example", "url("] {
                prop_assert!(!tag.to_lowercase().contains(bad), "{}", once);
            }
        }
    }

    #[test]
    fn text_makers_take_anything(text in any::<String>()) {
        display_text(&text);
        html_to_text(&text, 100);
        snippet(&text);
        parse_address_list(&text);
        prop_assert_eq!(reply_subject(Some(&reply_subject(Some(&text)))), reply_subject(Some(&text)));
        prop_assert_eq!(forward_subject(Some(&forward_subject(Some(&text)))), forward_subject(Some(&text)));
        if let Some(name) = safe_file_name(&text) {
            prop_assert!(name.len() <= 255 && !name.contains(['/', '\\', '\0', ':']));
            prop_assert_eq!(safe_file_name(&name), Some(name.clone()));
        }
    }

    #[test]
    fn typed_addresses_survive_writing(address in address()) {
        let typed = match &address.name {
            Some(name) => format!("\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), address.email),
            None => address.email.clone(),
        };
        prop_assert_eq!(parse_address_list(&typed), vec![Ok(address)]);
    }
}

proptest! {
    // Whole messages take longer to make.
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_on_damaged_mail(message in outgoing(), cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut raw = build_plain(&message).unwrap();
        for (at, byte) in cuts {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        read_everything(&raw);
    }

    #[test]
    fn what_is_built_reads_back(message in outgoing()) {
        let raw = build_plain(&message).unwrap();
        assert_wire(&raw);
        let limits = Limits::default();
        let parsed = read_everything(&raw);
        let h = &parsed.headers;
        prop_assert_eq!(&h.from.iter().map(|a| &a.email).collect::<Vec<_>>(), &[&message.from.email]);
        prop_assert_eq!(&h.from[0].name, &message.from.name);
        prop_assert_eq!(&h.to, &message.to);
        prop_assert_eq!(&h.cc, &message.cc);
        prop_assert_eq!(h.subject.clone().unwrap_or_default(), display_text(&message.subject));
        prop_assert_eq!(h.message_id.as_ref(), Some(&message.message_id));
        prop_assert_eq!(h.in_reply_to.first(), message.in_reply_to.as_ref());
        prop_assert_eq!(&h.references, &message.references);
        prop_assert_eq!(h.date.map(|d| d.unix_ms), Some(message.date_unix * 1_000));
        let text = reader_text(&raw, &parsed, &limits).text;
        prop_assert_eq!(text.trim_end_matches('\n'), message.text.trim_end_matches('\n'));
        // mail-parser takes messages apart in its own way: a second opinion on what was written.
        let peer = mail_parser::MessageParser::default().parse(&raw).unwrap();
        prop_assert_eq!(peer.attachments().map(mail_parser::MessagePart::contents).collect::<Vec<_>>(), message.attachments.iter().map(|a| a.bytes.as_slice()).collect::<Vec<_>>());
        let peer_text = peer.body_text(0).unwrap_or_default().replace("\r\n", "\n");
        prop_assert_eq!(peer_text.trim_end_matches('\n'), message.text.trim_end_matches('\n'));
        let files = parsed.attachments();
        prop_assert_eq!(files.len(), message.attachments.len());
        for (file, sent) in files.iter().zip(&message.attachments) {
            prop_assert_eq!(&file.file_name, &safe_file_name(&sent.file_name).unwrap());
            let bytes = part_bytes(&raw, parsed.part(file.part).unwrap(), &limits).bytes.into_owned();
            prop_assert_eq!(&bytes, &sent.bytes);
        }
    }

    #[test]
    fn what_is_protected_reads_back(message in outgoing()) {
        let limits = Limits::default();
        let inner = build_inner_protected(&message, HeaderProtection::Cipher).unwrap();
        assert_wire(&inner);
        let payload = parse_payload(&inner, &limits);
        let found = protected_headers(&inner, &payload, &limits).unwrap();
        prop_assert_eq!(found.headers.subject.clone().unwrap_or_default(), display_text(&message.subject));
        let outer = build_encrypted_outer(&message, "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----").unwrap();
        assert_wire(&outer);
        let outer = parse(&outer, &limits);
        prop_assert_eq!(outer.headers.subject.as_deref(), Some("[...]"));
        prop_assert!(!found.from_differs(&outer.headers));
        let hidden = !display_text(&message.subject).is_empty() && display_text(&message.subject) != "[...]";
        prop_assert_eq!(found.subject_is_confidential(), hidden);
    }
}

fn html_piece() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<a href=\"https://x.example\">",
        "</a>",
        "<a href='javascript:x'>",
        "<img src=x onerror=x>",
        "<img src=https://evil.example/x>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<svg>",
        "</svg>",
        "<math>",
        "<mtext>",
        "<mglyph>",
        "<!--",
        "-->",
        "<noscript>",
        "</noscript>",
        "<template>",
        "</template>",
        "<select>",
        "<option>",
        "<textarea>",
        "</textarea>",
        "<title>",
        "</title>",
        "<form>",
        "</form>",
        "<iframe>",
        "</iframe>",
        "<font color=red>",
        "</font>",
        "<h1>",
        "<ul><li>",
        "</ul>",
        "<pre>",
        "\n",
        "</pre>",
        "<center>",
        "<nobr>",
        "<blockquote>",
        "<p style=\"color:red;background:url(//evil.example)\">",
        "text",
        " ",
        "&lt;",
        "&amp",
        "\"",
        "'",
        ">",
        "<",
        "\0",
        "<![CDATA[",
        "]]>",
        "<foreignObject>",
        "<desc>",
        "<annotation-xml>",
        "<caption>",
        "<col>",
        "<dd>",
        "<hr>",
        "</br>",
        "</p>",
        "<image src=//evil.example>",
    ];
    prop_oneof![9 => proptest::sample::select(pieces).prop_map(str::to_owned), 1 => "[ -~]{0,20}"]
}
