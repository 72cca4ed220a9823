//! Tests of `headers`.

use super::*;

fn read(text: &str) -> (Headers, Vec<Defect>) {
    parse_headers(text.replace('\n', "\r\n").as_bytes(), &Limits::default())
}

fn pairs(list: &[Address]) -> Vec<(&str, &str)> {
    list.iter().map(|a| (a.name.as_deref().unwrap_or(""), a.email.as_str())).collect()
}

#[test]
fn a_plain_header_section_is_read() {
    let (h, d) = read(
        "From: =?utf-8?Q?Zo=C3=AB?= Park <zoe@clinic.example>\nTo: \"Chen, Mei\" <mei@clinic.example>,\n x@y.example\n\
         Cc: Team: a@b.example, c@d.example;\nSubject: =?UTF-8?B?QmVmdW5k?=\n =?UTF-8?B?IDE=?=\nDate: Sat, 21 Nov 2026 09:30:00 -0500\n\
         Message-ID: <1@clinic.example>\nIn-Reply-To: <0@clinic.example>\nReferences: <a@x> <b@x>\n\t<0@clinic.example>\n\
         List-Id: Ward <ward.clinic.example>\nAuto-Submitted: Auto-Replied\nDisposition-Notification-To: zoe@clinic.example\n\
         Authentication-Results: mx.clinic.example;\n dkim=pass\n\n",
    );
    assert_eq!(d, []);
    assert_eq!(pairs(&h.from), [("Zoë Park", "zoe@clinic.example")]);
    assert_eq!(pairs(&h.to), [("Chen, Mei", "mei@clinic.example"), ("", "x@y.example")]);
    assert_eq!(pairs(&h.cc), [("", "a@b.example"), ("", "c@d.example")]);
    assert_eq!(h.subject.as_deref(), Some("Befund 1"));
    assert_eq!(h.date, Some(SentDate { unix_ms: 1_795_271_400_000, offset_minutes: -300 }));
    assert_eq!(h.message_id.as_deref(), Some("1@clinic.example"));
    assert_eq!(h.in_reply_to, ["0@clinic.example"]);
    assert_eq!(h.references, ["a@x", "b@x", "0@clinic.example"]);
    assert_eq!(h.list_id.as_deref(), Some("Ward <ward.clinic.example>"));
    assert_eq!(h.auto_submitted.as_deref(), Some("auto-replied"));
    assert_eq!(h.authentication_results, ["mx.clinic.example; dkim=pass"]);
    assert!(h.wants_disposition_notification);
}

#[test]
fn exactly_one_author() {
    let (h, d) = read("From: a@b.example\nFrom: c@d.example\n\n");
    assert_eq!(
        (d.as_slice(), h.author()),
        ([Defect::DuplicateField, Defect::MultipleFrom].as_slice(), None)
    );
    let (h, d) = read("From: a@b.example, c@d.example\n\n");
    assert_eq!((d.as_slice(), h.author()), ([Defect::MultipleFrom].as_slice(), None));
    // The second field is counted even where it names nobody.
    assert!(read("From: a@b.example\nFROM : \n\n").1.contains(&Defect::MultipleFrom));
    assert_eq!(read("Subject: x\n\n").1, [Defect::MissingFrom]);
    assert_eq!(read("From: Mei Chen\n\n").1, [Defect::InvalidFrom]);
    assert_eq!(
        read("From: \"mei@clinic.example\" <x@evil.example>\n\n").1,
        [Defect::DisplayNameSpoof]
    );
}

#[test]
fn encoded_control_characters_do_not_hide_the_address() {
    // The Mailsploit kind: an encoded word that holds a whole address, NUL and a line break.
    let (h, d) = read("From: =?utf-8?Q?ceo=40bank.example=00=0A?= <x@evil.example>\n\n");
    assert_eq!(pairs(&h.from), [("ceo@bank.example", "x@evil.example")]);
    assert_eq!(d, [Defect::ControlCharacters, Defect::DisplayNameSpoof]);
    let (h, d) = read("From: a@b.example\nSubject: =?utf-8?Q?x=E2=80=AEy=0D=0ABcc:_z?=\n\n");
    assert_eq!(h.subject.as_deref(), Some("xy Bcc: z"));
    assert_eq!(d, [Defect::ControlCharacters]);
}

#[test]
fn old_habits_are_understood() {
    let mut bytes =
        b"From: a@b.example\r\nSubject: Caf\xe9\r\nDate: 21 Nov 98 09:30:00\r\n\r\n".to_vec();
    let (h, _) = parse_headers(&bytes, &Limits::default());
    assert_eq!(h.subject.as_deref(), Some("Café"));
    assert_eq!(h.date.map(|d| d.unix_ms), Some(911_640_600_000));
    bytes.truncate(30);
    assert_eq!(parse_headers(&bytes, &Limits::default()).0.subject.as_deref(), Some("Ca"));
    // UTF-7 is not decoded.
    let (h, _) = read("From: a@b.example\nSubject: =?utf-7?Q?+ADw-script+AD4-?=\n\n");
    assert_eq!(h.subject.as_deref(), Some("+ADw-script+AD4-"));
}

#[test]
fn a_bad_date_is_a_defect_not_a_date() {
    for bad in ["yesterday", "Sat, 99 Foo 2026 09:30:00 +0000", "Sat, 21 Nov 2026 99:30:00 +0000"] {
        let (h, d) = read(&format!("From: a@b.example\nDate: {bad}\n\n"));
        assert_eq!((h.date, d.as_slice()), (None, [Defect::InvalidDate].as_slice()), "{bad}");
    }
}

#[test]
fn limits_hold() {
    let limits = Limits::default();
    let (h, _) = read(&format!(
        "From: a@b.example\nReferences: {}\n\n",
        (0..50_000).fold(String::new(), |s, i| s + &format!("<{i}@x>\n "))
    ));
    assert_eq!(h.references.len(), limits.references);
    assert_eq!(
        (h.references[0].as_str(), h.references[1].as_str(), h.references[199].as_str()),
        ("0@x", "49801@x", "49999@x")
    );
    let (_, d) = read(&format!("From: a@b.example\n{}\n", "X-A: b\n".repeat(100_000)));
    assert_eq!(d, [Defect::TooManyFields]);
    let (h, d) =
        read(&format!("From: a@b.example\nX-Big: {}\nSubject: late\n\n", "b".repeat(2 << 20)));
    assert_eq!((d.as_slice(), h.subject), ([Defect::HeaderTooLarge].as_slice(), None));
}

#[test]
fn a_header_section_of_rubbish_is_a_body() {
    let (h, d) = read("hello there\nno fields here\n\n");
    assert_eq!(
        (h.subject, d.as_slice()),
        (None, [Defect::MissingBlankLine, Defect::MissingFrom].as_slice())
    );
    let (h, d) = read("From: a@b.example\nrubbish\n\tmore\nSubject: x\n\n");
    assert_eq!(
        (h.subject.as_deref(), d.as_slice()),
        (Some("x"), [Defect::MalformedField].as_slice())
    );
    let (h, d) = read("From mei@x Sat Nov 21 09:30:00 2026\nFrom: a@b.example\n\n");
    assert_eq!((h.author().is_some(), d.as_slice()), (true, [].as_slice()));
}
