//! Charts that stand for nobody: test patients, training records, figures of cartoons. A stray "test" excuses no number.

use super::STRONG;
use crate::cue;
use crate::finding::Kind;
use crate::ident::{View, is_published_example};
use crate::lexicon::class_bits::{KEY_DOB, KEY_MEMBER, KEY_MRN, KEY_SSN};
use crate::token::{Gap, Shape, Token};

/// Returns whether tokens `first..=last` belong to a chart that the text near says is nobody's.
pub(crate) fn is_nobody(view: View<'_>, kind: Kind, first: usize, last: usize) -> bool {
    // "Mrs. Smith is a fictional widow": a case made up for an exam or a drill.
    let invented = (first.saturating_sub(60)..last.saturating_add(60))
        .filter_map(|i| view.token(i))
        .any(|t| view.says(t, &cue::INVENTED));
    if invented {
        return true;
    }
    let sentence = view.token(first).map_or(0, |token| token.sentence);
    let reach = if kind == Kind::Subject { 12 } else { 18 };
    let window = first.saturating_sub(reach)..last.saturating_add(10);
    let near = |index: &usize| {
        view.token(*index).is_some_and(|t| {
            kind == Kind::Subject && t.sentence.abs_diff(sentence) <= 1
                || t.sentence <= sentence && sentence.saturating_sub(t.sentence) <= 1
        })
    };
    let round = (first..=last).any(|index| view.token(index).is_some_and(|t| is_round(view, t)));
    window.filter(near).any(|index| {
        is_mock(view, index)
            || round && view.token(index).is_some_and(|t| view.says(t, &cue::TEST_SYSTEM))
            || round && view.token(index).is_some_and(|t| view.says(t, &cue::TEST_OR_SAMPLE))
    })
}

/// A number that stands for a patient by itself is nobody's only if the words right at it say so: "test patient MRN 000123",
/// "Sample MBI for training 1EG4-TE5-MK73", "Zztest, Alpha DOB 01/01/1900". What another sentence says excuses nothing.
pub(crate) fn is_nobody_number(view: View<'_>, kind: Kind, first: usize, last: usize) -> bool {
    let sentence = view.token(first).map_or(0, |token| token.sentence);
    let same = |index: &usize| view.token(*index).is_some_and(|t| t.sentence == sentence);
    let announced = (first.saturating_sub(5)..first).filter(same).any(|index| {
        let opens = index == 0 || view.gap(index).has(Gap::COLON | Gap::STOP | Gap::PERIOD);
        opens
            && view.token(index).is_some_and(|t| view.says(t, &cue::MOCK_NUMBER))
            && view.is(index.saturating_add(1), KEY_MRN | KEY_SSN | KEY_DOB | KEY_MEMBER)
            && view.gap(index.saturating_add(1)).only(Gap::SPACE)
    });
    let practice = |index: usize| view.token(index).is_some_and(|t| view.says(t, &cue::PRACTICE));
    let chart = (first.saturating_sub(10)..last.saturating_add(9))
        .filter(same)
        .any(|index| is_mock(view, index) && !practice(index));
    let round = (first..=last).any(|index| view.token(index).is_some_and(|t| is_round(view, t)));
    announced
        || chart
        || is_printed_example(view, first, last)
        || round && is_nobody(view, kind, first, last)
}

/// "slide 12 shows the CMS sample, 1EG4-TE5-MK72": an example that the authorities print, or digits
/// that nobody was given, near a word that says so.
fn is_printed_example(view: View<'_>, first: usize, last: usize) -> bool {
    let text: String =
        (first..=last).filter_map(|i| view.token(i)).map(|token| view.word(token)).collect();
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let round = digits.len() >= 6 && is_row(digits.as_bytes());
    (round || is_published_example(&text.to_ascii_uppercase()))
        && (first.saturating_sub(20)..last.saturating_add(20))
            .filter_map(|i| view.token(i))
            .any(|token| view.says(token, &cue::SHOWN_AS_EXAMPLE))
}

/// "00000000", "99999901", "12345": digits that nobody was given.
fn is_round(view: View<'_>, token: &Token) -> bool {
    token.shape == Shape::Number && is_row(view.word(token).as_bytes())
}

/// All one digit but for the last two, or counting up from one. Numbers of records begin with zeros, too: those alone tell nothing.
fn is_row(digits: &[u8]) -> bool {
    let (Some(head), length) = (digits.first(), digits.len()) else { return false };
    let same = length >= 5
        && digits.iter().take(length.saturating_sub(2).max(4)).all(|digit| digit == head);
    let counting = length >= 5
        && *head == b'1'
        && digits.windows(2).all(
            |pair| matches!(pair, [a, b] if *b == a.saturating_add(1) || (*a, *b) == (b'9', b'0')),
        );
    same || counting
}

/// "test chart", "fake patients", "Zztest Alpha", "Mickey Mouse", "Test, Patient".
fn is_mock(view: View<'_>, index: usize) -> bool {
    let Some(token) = view.token(index) else { return false };
    let word = view.word(token).as_bytes();
    let placeholder = word.len() > 4
        && word.get(..2).is_some_and(|head| head.eq_ignore_ascii_case(b"zz"))
        && word.get(2).is_some_and(u8::is_ascii_alphabetic);
    if placeholder || cue::MOCK_NAME_START.start(view.word(token)) {
        return true;
    }
    let next = index.saturating_add(1);
    let Some(second) = view.token(next) else { return false };
    let close = view.gap(next).only(Gap::SPACE) || view.gap(next).only(Gap::SPACE | Gap::COMMA);
    // "HIV test patient" was tested.
    let tested = view.before(index, 1).is_some_and(|t| t.is(STRONG))
        && !view.gap(index).has(Gap::COLON | Gap::STOP | Gap::PERIOD);
    let chart = view.says(token, &cue::MOCK)
        && view.says(second, &cue::MOCK_CHART)
        && view.gap(next).only(Gap::SPACE)
        && !tested;
    // "Jane Doe example".
    // "Test, Donald DOB".
    let surname = view.says_exact(token, &cue::MOCK_SURNAME)
        && view.gap(next).has(Gap::COMMA)
        && second.classes.given_level() >= 3;
    if surname {
        return true;
    }
    let pair = |words: &cue::Words| words.has_pair(view.word(token), view.word(second));
    let doe = pair(&cue::ANYBODY)
        && (index.saturating_sub(20)..index.saturating_add(20))
            .filter_map(|i| view.token(i))
            .any(|t| view.says(t, &cue::EXAMPLE));
    let figure = doe
        || pair(&cue::FIGURE) && token.shape == Shape::Capital && second.shape == Shape::Capital;
    close && (chart || figure && !tested)
}
