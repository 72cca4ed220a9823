//! Lines that fit.

use super::*;

#[test]
fn no_line_is_wider_than_asked_and_no_letter_is_lost() {
    let long = "x".repeat(500);
    for text in ["", "one", "a few words that are more than one line holds at this width", &long] {
        let lines = wrapped(&encoded(text), REGULAR, SIZE, 120.0);
        assert!(lines.iter().all(|line| wide(line, REGULAR, SIZE) <= 120.0), "{text}");
        let joined: Vec<u8> = lines.concat().into_iter().filter(|byte| *byte != b' ').collect();
        assert_eq!(joined, text.replace(' ', "").into_bytes());
    }
}

#[test]
fn what_the_fonts_cannot_show_is_a_question_mark() {
    assert_eq!(encoded("é–€Ł\n漢"), [0xe9, 0x96, 0x80, b'?', b' ', b'?']);
}
