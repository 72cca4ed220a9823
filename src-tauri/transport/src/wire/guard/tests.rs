//! Judges the guard: what honest servers send passes in any chunking, and each bound is met exactly.

use proptest::prelude::*;

use super::*;

fn judge(limits: Limits, bytes: &[u8], chunk: usize) -> Result<(), LimitExceeded> {
    let mut guard = Guard::new(limits);
    bytes.chunks(chunk.max(1)).try_for_each(|part| guard.feed(part))
}

const SMALL: Limits = Limits { line: 100, literal: Some(1000), answer: 10_000 };

#[test]
fn a_literal_may_be_longer_than_a_line_and_hold_anything() {
    let mut answer = b"* 1 FETCH (UID 1 BODY[] {1000}\r\n".to_vec();
    answer.extend(std::iter::repeat_n(b'(', 1000));
    answer.extend_from_slice(b")\r\nA1 OK done\r\n");
    for chunk in [1, 7, 4096] {
        assert_eq!(judge(SMALL, &answer, chunk), Ok(()));
    }
}

#[test]
fn an_oversized_literal_is_refused_at_its_announcement() {
    assert_eq!(judge(SMALL, b"* 1 FETCH (BODY[] {1001}", 3), Err(LimitExceeded::Literal));
    assert_eq!(judge(SMALL, b"* 1 FETCH (BODY[] {9999999999}", 3), Err(LimitExceeded::Literal));
    let endless = format!("* 1 FETCH (BODY[] {{{}}}", "9".repeat(60));
    assert_eq!(judge(SMALL, endless.as_bytes(), 5), Err(LimitExceeded::Literal));
}

#[test]
fn an_endless_line_is_refused_at_its_limit() {
    assert_eq!(judge(SMALL, &[b'x'; 100], 9), Ok(()));
    assert_eq!(judge(SMALL, &[b'x'; 101], 9), Err(LimitExceeded::Line));
}

#[test]
fn the_whole_answer_is_bounded_until_allowed_anew() {
    let mut guard = Guard::new(Limits { answer: 10, ..SMALL });
    assert_eq!(guard.feed(b"* OK 1234\n"), Ok(()));
    assert_eq!(guard.feed(b"x"), Err(LimitExceeded::Answer));
    guard.allow(Limits { answer: 10, ..SMALL });
    assert_eq!(guard.feed(b"* OK 1234\n"), Ok(()));
}

#[test]
fn nesting_is_bounded_outside_quotes_and_across_literals() {
    let deep = "(".repeat(MAX_NESTING + 1);
    assert_eq!(judge(SMALL, deep.as_bytes(), 8), Err(LimitExceeded::Nesting));
    assert_eq!(judge(SMALL, format!("\"{deep}\"").as_bytes(), 8), Ok(()));
    assert_eq!(judge(SMALL, format!("\"\\\"{deep}\"").as_bytes(), 8), Ok(()));
    let half = "(".repeat(MAX_NESTING / 2 + 1);
    let split = format!("{half}{{1}}\r\nx{half}");
    assert_eq!(judge(SMALL, split.as_bytes(), 8), Err(LimitExceeded::Nesting));
    let apart = format!("{half}\r\n{half}");
    assert_eq!(judge(SMALL, apart.as_bytes(), 8), Ok(()));
}

#[test]
fn smtp_has_no_literals() {
    assert_eq!(judge(Limits::SMTP, b"250 {9999999999}\r\n((((\r\n", 4), Ok(()));
}

proptest! {
    /// The verdict depends on the bytes, not on how the network cut them.
    #[test]
    fn chunking_never_changes_the_verdict(
        bytes in proptest::collection::vec(prop_oneof![
            Just(b'{'), Just(b'}'), Just(b'1'), Just(b'9'), Just(b'\r'), Just(b'\n'), Just(b'('),
            Just(b'"'), Just(b'\\'), any::<u8>(),
        ], 0..150),
        chunk in 1_usize..50,
    ) {
        let limits = Limits { line: 40, literal: Some(50), answer: 100_000 };
        prop_assert_eq!(judge(limits, &bytes, chunk), judge(limits, &bytes, 1));
    }
}
