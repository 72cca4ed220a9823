//! Cutting text, telling kinds, and headings.

use super::*;

#[test]
fn text_is_cut_at_lines_then_words_then_characters() {
    assert_eq!(segment("one\ntwo\nthree", 9), ("one\ntwo\n", "three"));
    assert_eq!(segment("one two three", 9), ("one two ", "three"));
    assert_eq!(segment("ééé", 5), ("éé", "é"));
    assert_eq!(segment("short", 9), ("short", ""));
}

#[test]
fn bytes_tell_the_kind_before_the_name_does() {
    assert_eq!(Kind::of("notes.txt", b"%PDF-1.7"), Kind::Pdf);
    assert_eq!(Kind::of("a.pdf", b"plain words"), Kind::Text);
    assert_eq!(Kind::of("a", b"<!DOCTYPE html><p>"), Kind::Html);
    assert_eq!(Kind::of("a.CSV", b"a;b;c,d"), Kind::Table(b';'));
    assert_eq!(Kind::of("a.exe", b"MZ\0\0\x01\x02"), Kind::Unknown);
    assert_eq!(Kind::of("a.rtf", b"{\\rtf1 hello}"), Kind::Rich);
}

#[test]
fn headings_are_words_not_values() {
    let mut rows = table::Rows::default();
    rows.row(["12345678", "3/14/1962"].into_iter());
    rows.row(["MRN", "DOB"].into_iter());
    rows.row(["87654321", "11/02/1948"].into_iter());
    let text = rows.take();
    assert!(text.ends_with("MRN: 87654321\tDOB: 11/02/1948\t\n"), "{text}");
    assert!(text.starts_with("12345678\t3/14/1962\t\n"), "{text}");
}
