//! Tests of `protected`.

use super::*;
use crate::{Defect, parse_payload, reader_html, reader_text};

fn payload(text: &str) -> (Vec<u8>, Parsed) {
    let raw = text.replace('\n', "\r\n").into_bytes();
    let parsed = parse_payload(&raw, &Limits::default());
    (raw, parsed)
}

fn protected(text: &str) -> Option<ProtectedHeaders> {
    let (raw, parsed) = payload(text);
    protected_headers(&raw, &parsed, &Limits::default())
}

fn outer(text: &str) -> Headers {
    headers::parse_headers(text.replace('\n', "\r\n").as_bytes(), &Limits::default()).0
}

const INNER: &str = "From: Alice <alice@smime.example>\nTo: Bob <bob@smime.example>\nSubject: Handling the Jones contract\n\
    Date: Mon, 11 Mar 2019 16:08:43 -0400\nMessage-ID: <1@smime.example>\nHP-Outer: Subject: [...]\nHP-Outer: From: Alice <alice@smime.example>\n\
    HP-Outer: To: Bob\n <bob@smime.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8; hp=\"cipher\"\n\nbody\n";

#[test]
fn rfc_9788_fields_are_read() {
    let found = protected(INNER).unwrap();
    assert_eq!(found.mode, ProtectionMode::Cipher);
    assert_eq!(found.headers.subject.as_deref(), Some("Handling the Jones contract"));
    assert_eq!(
        found.hp_outer,
        [
            ("subject".to_owned(), "[...]".to_owned()),
            ("from".to_owned(), "Alice <alice@smime.example>".to_owned()),
            ("to".to_owned(), "Bob <bob@smime.example>".to_owned())
        ]
    );
    assert!(found.subject_is_confidential());
}

#[test]
fn the_modes_are_told_apart() {
    let clear =
        protected("Subject: x\nHP-Outer: Subject: y\nContent-Type: text/plain; hp=clear\n\nbody")
            .unwrap();
    assert_eq!(
        (clear.mode, clear.hp_outer.len(), clear.subject_is_confidential()),
        (ProtectionMode::Clear, 0, false)
    );
    let old = protected("Subject: x\nContent-Type: text/plain; protected-headers=\"v1\"\n\nbody")
        .unwrap();
    assert_eq!((old.mode, old.subject_is_confidential()), (ProtectionMode::Legacy, true));
    let public = protected(
        "Subject: x\nHP-Outer: Subject: x\nContent-Type: text/plain; hp=\"cipher\"\n\nbody",
    )
    .unwrap();
    assert!(!public.subject_is_confidential());
    assert_eq!(protected("Subject: phony\nContent-Type: text/plain\n\nbody"), None);
    assert_eq!(protected("Subject: phony\nContent-Type: text/plain; hp=other\n\nbody"), None);
    // Only the payload's own root counts, not a part of it.
    assert_eq!(
        protected(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nSubject: phony\nContent-Type: text/plain; hp=cipher\n\nx\n--b--"
        ),
        None
    );
}

#[test]
fn inner_fields_replace_outer_ones() {
    let found = protected(INNER).unwrap();
    let outside = outer(
        "From: alice@SMIME.example\nTo: mallory@evil.example\nCc: eve@evil.example\nReply-To: eve@evil.example\nSubject: [...]\n\
         Message-ID: <forged@evil.example>\nAuthentication-Results: mx; dkim=pass\n\n",
    );
    assert!(!found.from_differs(&outside));
    let shown = found.effective(&outside, false);
    assert_eq!(shown.subject.as_deref(), Some("Handling the Jones contract"));
    assert_eq!(shown.to[0].email, "bob@smime.example");
    assert_eq!(shown.message_id.as_deref(), Some("1@smime.example"));
    // What the attacker added outside leads no answer astray.
    assert_eq!((shown.cc.len(), shown.reply_to.len()), (0, 0));
    assert_eq!(shown.authentication_results, ["mx; dkim=pass"]);
}

#[test]
fn another_author_is_shown_only_if_the_signer_is_that_author() {
    let found = protected(INNER).unwrap();
    let outside = outer("From: mallory@evil.example\n\n");
    assert!(found.from_differs(&outside));
    assert_eq!(found.effective(&outside, false).from[0].email, "mallory@evil.example");
    assert_eq!(found.effective(&outside, true).from[0].email, "alice@smime.example");
    assert!(found.from_differs(&outer("From: alice@smime.example\nFrom: eve@evil.example\n\n")));
}

#[test]
fn the_older_convention_may_protect_the_subject_only() {
    let found =
        protected("Subject: real\nContent-Type: text/plain; protected-headers=v1\n\nbody").unwrap();
    let shown =
        found.effective(&outer("From: a@b.example\nTo: c@d.example\nSubject: ...\n\n"), false);
    assert_eq!((shown.subject.as_deref(), shown.to.len(), shown.from.len()), (Some("real"), 1, 1));
}

#[test]
fn legacy_display_is_left_out() {
    let limits = Limits::default();
    let (raw, parsed) = payload(
        "Content-Type: text/plain; hp=cipher; hp-legacy-display=1\n\nSubject: secret\nTo: x\n\nbody\n",
    );
    assert_eq!(reader_text(&raw, &parsed, &limits).text, "body\n");
    let (raw, parsed) = payload(
        "Content-Type: text/html; hp=\"cipher\"; hp-legacy-display=\"1\"\n\n<html><body><DIV class=\"header-protection-legacy-display\">\
         <div><pre>Subject: secret</pre></div></DIV><p>body</p></body></html>",
    );
    assert_eq!(reader_text(&raw, &parsed, &limits).text, "body");
    let html = reader_html(&raw, &parsed, &limits).unwrap().html;
    assert_eq!(html, "<html><body><p>body</p></body></html>");
    // Outside of any protection it would only be a way to hide text.
    let plain = b"From: a@b.example\r\nContent-Type: text/plain; hp-legacy-display=1\r\n\r\nSubject: x\r\n\r\nbody";
    assert!(reader_text(plain, &crate::parse(plain, &limits), &limits).text.contains("Subject"));
}

#[test]
fn the_older_legacy_part_is_left_out() {
    let limits = Limits::default();
    for kind in ["text/plain", "text/rfc822-headers"] {
        let (raw, parsed) = payload(&format!(
            "Subject: secret\nContent-Type: multipart/mixed; boundary=b; protected-headers=v1\n\n--b\nContent-Type: {kind}; protected-headers=v1\n\
             Content-Disposition: inline\n\nSubject: secret\n--b\nContent-Type: text/plain\n\nbody\n--b--\n"
        ));
        assert_eq!(reader_text(&raw, &parsed, &limits).text, "body", "{kind}");
        assert!(parsed.attachments().is_empty());
        assert_eq!(parsed.defects, Vec::<Defect>::new());
    }
}
