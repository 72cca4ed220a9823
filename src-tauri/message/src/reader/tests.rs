//! Tests of `reader`.

use super::*;
use crate::parse;

fn read(text: &str) -> (Vec<u8>, Parsed) {
    let raw = format!("From: a@b.example\n{text}").replace('\n', "\r\n").into_bytes();
    let parsed = parse(&raw, &Limits::default());
    (raw, parsed)
}

fn text_of(text: &str) -> (String, TextSource) {
    let (raw, parsed) = read(text);
    let found = reader_text(&raw, &parsed, &Limits::default());
    (found.text, found.source)
}

fn html_of(text: &str) -> Option<String> {
    let (raw, parsed) = read(text);
    reader_html(&raw, &parsed, &Limits::default()).map(|found| found.html)
}

fn multipart(kind: &str, boundary: char, parts: &[&str]) -> String {
    let body: String = parts.iter().map(|part| format!("--{boundary}\n{part}\n")).collect();
    format!("Content-Type: {kind}; boundary={boundary}\n\n{body}--{boundary}--")
}

const PLAIN: &str = "Content-Type: text/plain\n\nplain";
const HTML: &str = "Content-Type: text/html\n\n<b>html</b>";

#[test]
fn plain_text_is_preferred_and_html_is_kept_for_the_frame() {
    let message = multipart("multipart/alternative", 'b', &[PLAIN, HTML]);
    assert_eq!(text_of(&message), ("plain".into(), TextSource::Plain));
    assert_eq!(html_of(&message).as_deref(), Some("<b>html</b>"));
    assert_eq!(text_of(HTML), ("html".into(), TextSource::Html));
    assert_eq!(html_of(PLAIN), None);
    assert_eq!(text_of("Content-Type: image/png\n\nx"), (String::new(), TextSource::Nothing));
}

#[test]
fn a_blank_text_beside_html_does_not_count() {
    let message =
        multipart("multipart/alternative", 'b', &["Content-Type: text/plain\n\n \n", HTML]);
    assert_eq!(text_of(&message), ("html".into(), TextSource::Html));
}

#[test]
fn html_within_related_within_alternative() {
    let image = "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline; filename=logo.png\n\nx";
    let related = multipart(
        "multipart/related",
        'r',
        &[HTML, image, "Content-Type: text/plain\n\nnowhere else"],
    );
    let message = multipart("multipart/alternative", 'b', &[PLAIN, &related]);
    assert_eq!(text_of(&message).0, "plain");
    let (raw, parsed) = read(&message);
    let html = reader_html(&raw, &parsed, &Limits::default()).unwrap();
    assert_eq!(
        (html.html.as_str(), html.embedded.get("logo@x")),
        ("<b>html</b>", Some(&PartId(4)))
    );
    // The text that no view shows is listed.
    let files: Vec<_> = parsed.attachments().iter().map(|f| (f.part.0, f.is_embedded)).collect();
    assert_eq!(files, [(4, true), (5, false)]);
}

#[test]
fn parts_in_a_row_are_all_read() {
    let message = multipart(
        "multipart/mixed",
        'b',
        &[
            HTML,
            "Content-Type: text/plain\n\n<footer> & co",
            "Content-Type: text/plain; name=a.txt\n\nfile",
        ],
    );
    assert_eq!(text_of(&message), ("html\n<footer> & co".into(), TextSource::Plain));
    let html = html_of(&message).unwrap();
    assert!(
        html.starts_with("<b>html</b><div")
            && html.contains("&lt;footer&gt;")
            && !html.contains("file"),
        "{html}"
    );
}

#[test]
fn flowed_text_is_joined() {
    let message =
        "Content-Type: text/plain; format=Flowed; delsp=yes\n\na para \ngraph\n\n> quo \n> ted\n";
    assert_eq!(text_of(message).0, "a paragraph\n\n> quoted\n");
}

#[test]
fn text_stops_at_the_limit() {
    let (raw, parsed) = read(&multipart(
        "multipart/mixed",
        'b',
        &[&format!("\n{}", "ä".repeat(60)), &format!("\n{}", "ö".repeat(60))],
    ));
    let limits = Limits { text_bytes: 151, ..Limits::default() };
    let found = reader_text(&raw, &parsed, &limits);
    assert!(found.text.len() <= 151 && found.text.ends_with('ö'), "{}", found.text);
}

#[test]
fn snippets_are_one_short_line() {
    assert_eq!(
        snippet("Hello  Mei,\n\n> quoted\nthanks\u{202e}!\n--\nsignature"),
        "Hello Mei, thanks!"
    );
    assert_eq!(snippet(&"word ".repeat(100)).chars().count(), 159);
    assert_eq!(snippet("> only\n> quotes"), "");
}
