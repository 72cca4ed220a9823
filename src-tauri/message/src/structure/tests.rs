//! Tests of `structure`.

use super::*;
use crate::{Limits, part_bytes};

fn read(raw: &[u8]) -> Parsed {
    parse(raw, &Limits::default())
}

fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// Type, parent and raw body of each part.
fn shape<'a>(raw: &'a [u8], parsed: &'a Parsed) -> Vec<(&'a str, Option<u32>, &'a str)> {
    let body = |part: &Part| std::str::from_utf8(&raw[part.body.clone()]).unwrap();
    parsed
        .parts
        .iter()
        .map(|part| (part.media_type.as_str(), part.parent.map(|p| p.0), body(part)))
        .collect()
}

const NESTED: &str = "From: a@b.example\nContent-Type: multipart/mixed; boundary=\"out\"\n\npreamble\n--out\n\
    Content-Type: multipart/alternative; boundary=outer\n\n--outer\n\nplain\n--outer  \nContent-Type: text/html\n\n<p>\n\n--outer--\nepilogue\n\
    --out\nContent-Disposition: attachment; filename=\"../a.txt\"\nContent-ID: <x@y>\n\nfile\n--outer\nnot a delimiter here\n--out--\nend\n";

#[test]
fn nested_multiparts_are_cut_to_the_byte() {
    for text in [NESTED.as_bytes().to_vec(), crlf(NESTED)] {
        let parsed = read(&text);
        assert_eq!(parsed.defects, []);
        let lf = |body: &str| body.replace("\r\n", "\n");
        let shape: Vec<_> =
            shape(&text, &parsed).into_iter().map(|(t, p, b)| (t, p, lf(b))).collect();
        assert_eq!(shape.len(), 5);
        assert_eq!((shape[1].0, shape[1].1), ("multipart/alternative", Some(0)));
        assert!(shape[1].2.ends_with("--outer--\nepilogue"), "{:?}", shape[1].2);
        assert_eq!(shape[2], ("text/plain", Some(1), "plain".to_owned()));
        assert_eq!(shape[3], ("text/html", Some(1), "<p>\n".to_owned()));
        assert_eq!(
            shape[4],
            ("text/plain", Some(0), "file\n--outer\nnot a delimiter here".to_owned())
        );
        let file = &parsed.parts[4];
        assert_eq!(
            (file.file_name.as_deref(), file.content_id.as_deref()),
            (Some("a.txt"), Some("x@y"))
        );
        assert_eq!(parsed.attachments().len(), 1);
    }
}

#[test]
fn a_boundary_inside_a_line_or_before_other_text_is_no_delimiter() {
    let raw = crlf(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx --b\n--bc\n --b\n--b-\n--b--x\ny\n--b--\n",
    );
    let parsed = read(&raw);
    assert_eq!(shape(&raw, &parsed)[1].2, "x --b\r\n--bc\r\n --b\r\n--b-\r\n--b--x\r\ny");
    assert_eq!((parsed.parts.len(), parsed.defects.as_slice()), (2, [].as_slice()));
}

#[test]
fn cut_messages_keep_what_came() {
    let raw = crlf(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/related; boundary=c\n\n--c\n\nte",
    );
    let parsed = read(&raw);
    assert_eq!(parsed.defects, [Defect::UnclosedMultipart]);
    assert_eq!(shape(&raw, &parsed)[2], ("text/plain", Some(1), "te"));
    // An outer delimiter ends an inner multipart that was not closed.
    let raw = crlf(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/related; boundary=c\n\n--c\n\nin\n--b\n\nout\n--b--",
    );
    let parsed = read(&raw);
    assert_eq!(parsed.defects, [Defect::UnclosedMultipart]);
    assert_eq!(
        shape(&raw, &parsed)[2..],
        [("text/plain", Some(1), "in"), ("text/plain", Some(0), "out")]
    );
}

#[test]
fn multiparts_that_cannot_be_taken_apart_are_text() {
    for (head, defect) in [
        ("multipart/mixed", Defect::MissingBoundary),
        ("multipart/mixed; boundary=b", Defect::BoundaryNotFound),
    ] {
        let raw = crlf(&format!("From: a@b.example\nContent-Type: {head}\n\n--c\n\nhello\n"));
        let parsed = read(&raw);
        assert_eq!(parsed.defects, [defect]);
        assert_eq!(shape(&raw, &parsed), [("text/plain", None, "--c\r\n\r\nhello\r\n")]);
    }
    // Closed before it was opened.
    let raw =
        crlf("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\nhello\n--b--\n");
    assert_eq!(read(&raw).defects, [Defect::BoundaryNotFound]);
}

#[test]
fn forwarded_messages_are_attachments() {
    let raw = crlf(
        "From: a@b.example\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nin\n--x--\n\
         --b\nContent-Type: message/rfc822\n\nSubject: two\n\n2\n--b--\n",
    );
    let parsed = read(&raw);
    assert_eq!(parsed.parts.len(), 3);
    let files = parsed.attachments();
    assert_eq!(
        files.iter().map(|f| (f.file_name.as_str(), f.is_message)).collect::<Vec<_>>(),
        [("part-1.eml", true), ("part-2.eml", true)]
    );
    let limits = Limits::default();
    let inner = parse(&part_bytes(&raw, &parsed.parts[1], &limits).bytes, &limits);
    assert_eq!((inner.headers.subject.as_deref(), inner.parts.len()), (Some("one"), 2));
}

#[test]
fn odd_fields_have_a_meaning() {
    let part =
        |head: &str| read(&crlf(&format!("From: a@b.example\n{head}\n\nx"))).parts[0].clone();
    assert_eq!(part("Content-Type: text").media_type, "text/plain");
    assert_eq!(part("Content-Type: ; charset=x").media_type, "text/plain");
    assert_eq!(part("Content-Type: TEXT/HTML; Charset=\"UTF-8\"").charset(), Some("UTF-8"));
    assert_eq!(
        part("Content-Type: application/pdf; name=\"=?utf-8?Q?Befund_M=C3=BCller.pdf?=\"")
            .file_name
            .as_deref(),
        Some("Befund Müller.pdf")
    );
    let rfc2231 = part(
        "Content-Disposition: attachment;\n filename*0*=utf-8''Befund%20M%C3%BC;\n filename*1=\"ller.pdf\"",
    );
    assert_eq!(rfc2231.file_name.as_deref(), Some("Befund Müller.pdf"));
    assert_eq!(part("Content-Disposition: something-new").disposition, Disposition::Attachment);
    assert_eq!(part("Content-Transfer-Encoding: x-uuencode").encoding, TransferEncoding::Unknown);
    let twice =
        read(b"From: a@b.example\r\nContent-Type: text/html\r\nContent-Type: text/plain\r\n\r\nx");
    assert_eq!(
        (twice.parts[0].media_type.as_str(), twice.defects.as_slice()),
        ("text/html", [Defect::DuplicateField].as_slice())
    );
}

#[test]
fn empty_and_tiny_inputs_have_a_root() {
    for raw in [
        b"".as_slice(),
        b"\n",
        b"\r\n\r\n",
        b":",
        b"x",
        b"From",
        b"--",
        b"\0\0",
        b"Content-Type: multipart/mixed; boundary=",
        b"\n--\n",
    ] {
        assert_eq!(read(raw).parts.len(), 1, "{raw:?}");
    }
}

#[test]
fn three_hundred_thousand_parts_stop_at_the_limit() {
    let raw = format!(
        "Content-Type: multipart/mixed; boundary=b\n\n{}",
        "--b\n\n\n--b\n".repeat(150_000)
    );
    let parsed = read(raw.as_bytes());
    assert_eq!(parsed.parts.len(), 1_000);
    assert!(parsed.defects.contains(&Defect::TooManyParts));
    // The last part does not swallow the rest.
    assert!(parsed.parts[999].body.end < 10_000);
}

#[test]
fn twenty_thousand_levels_stop_at_the_limit() {
    let levels = |i: usize| format!("Content-Type: multipart/mixed; boundary=\"b{i}\"\n\n--b{i}\n");
    let raw: String = (0..20_000).map(levels).collect();
    let parsed = read(raw.as_bytes());
    assert_eq!(parsed.parts.len(), 51);
    assert_eq!(parsed.parts[50].media_type, "application/octet-stream");
    assert!(parsed.defects.contains(&Defect::TooDeep));
    // The same boundary at every level is no way around it.
    let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(20_000);
    assert!(read(raw.as_bytes()).parts.len() <= 1_000);
}

#[test]
fn a_message_longer_than_the_limit_is_cut() {
    let limits = Limits { message_bytes: 30, ..Limits::default() };
    let raw = b"From: a@b.example\r\n\r\n0123456789abcdef";
    let parsed = parse(raw, &limits);
    assert_eq!(
        (parsed.defects.as_slice(), parsed.parts[0].body.clone()),
        ([Defect::MessageTruncated].as_slice(), 21..30)
    );
}

#[test]
fn payloads_need_no_author() {
    assert_eq!(parse_payload(b"Content-Type: text/plain\r\n\r\nx", &Limits::default()).defects, []);
}
