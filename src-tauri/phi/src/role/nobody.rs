//! Charts that stand for nobody: test patients, training records, figures of cartoons. A stray "test" excuses no number.

use super::STRONG;
use crate::finding::Kind;
use crate::ident::View;
use crate::lexicon::class_bits::{KEY_DOB, KEY_MEMBER, KEY_MRN, KEY_SSN};
use crate::token::{Gap, Shape, Token};

/// What makes the chart after it one of nobody.
const MOCK: [&str; 8] =
    ["test", "fake", "dummy", "training", "demo", "mock", "fictitious", "practice"];
/// Systems that hold no patients.
const GROUNDS: [&str; 6] = ["sandbox", "playground", "environment", "env", "domain", "build"];
const CHARTS: [&str; 9] =
    ["chart", "charts", "record", "records", "patient", "patients", "pt", "pts", "mrn"];
/// Two words each.
const FIGURES: [[&str; 2]; 6] = [
    ["mickey", "mouse"],
    ["minnie", "mouse"],
    ["donald", "duck"],
    ["daisy", "duck"],
    ["bugs", "bunny"],
    ["test", "patient"],
];

fn is_one_of(view: View<'_>, token: &Token, words: &[&str]) -> bool {
    let word = view.word(token);
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Returns whether tokens `first..=last` belong to a chart that the text near says is nobody's.
pub(crate) fn is_nobody(view: View<'_>, kind: Kind, first: usize, last: usize) -> bool {
    // "Mrs. Smith is a fictional widow": a case made up for an exam or a drill.
    let invented = (first.saturating_sub(60)..last.saturating_add(60))
        .filter_map(|i| view.token(i))
        .any(|t| {
            is_one_of(
                view,
                t,
                &["fictional", "fictitious", "hypothetical", "vignette", "mannequin", "manikin"],
            )
        });
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
            || round && view.token(index).is_some_and(|t| is_one_of(view, t, &GROUNDS))
            || round && view.token(index).is_some_and(|t| is_one_of(view, t, &["test", "sample"]))
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
            && view.token(index).is_some_and(|t| {
                is_one_of(view, t, &["sample", "example", "test", "fake", "dummy"])
            })
            && view.is(index.saturating_add(1), KEY_MRN | KEY_SSN | KEY_DOB | KEY_MEMBER)
            && view.gap(index.saturating_add(1)).only(Gap::SPACE)
    });
    let practice =
        |index: usize| view.token(index).is_some_and(|t| is_one_of(view, t, &["practice"]));
    let chart = (first.saturating_sub(10)..last.saturating_add(9))
        .filter(same)
        .any(|index| is_mock(view, index) && !practice(index));
    let round = (first..=last).any(|index| view.token(index).is_some_and(|t| is_round(view, t)));
    announced || chart || round && is_nobody(view, kind, first, last)
}

/// "00000000", "99999901", "12345": digits that nobody was given.
fn is_round(view: View<'_>, token: &Token) -> bool {
    let word = view.word(token).as_bytes();
    let same = word.first().is_some_and(|head| word.iter().take_while(|b| *b == head).count() >= 4);
    token.shape == Shape::Number && (same || word.starts_with(b"12345"))
}

/// "test chart", "fake patients", "Zztest Alpha", "Mickey Mouse", "Test, Patient".
fn is_mock(view: View<'_>, index: usize) -> bool {
    let Some(token) = view.token(index) else { return false };
    let word = view.word(token).as_bytes();
    let placeholder = word.len() > 4
        && word.get(..2).is_some_and(|head| head.eq_ignore_ascii_case(b"zz"))
        && word.get(2).is_some_and(u8::is_ascii_alphabetic);
    if placeholder || word.to_ascii_lowercase().starts_with(b"testpatient") {
        return true;
    }
    let next = index.saturating_add(1);
    let Some(second) = view.token(next) else { return false };
    let close = view.gap(next).only(Gap::SPACE) || view.gap(next).only(Gap::SPACE | Gap::COMMA);
    // "HIV test patient" was tested.
    let tested = view.before(index, 1).is_some_and(|t| t.is(STRONG))
        && !view.gap(index).has(Gap::COLON | Gap::STOP | Gap::PERIOD);
    let chart = is_one_of(view, token, &MOCK)
        && is_one_of(view, second, &CHARTS)
        && view.gap(next).only(Gap::SPACE)
        && !tested;
    // "Jane Doe example".
    // "Test, Donald DOB".
    let surname = matches!(view.word(token), "Test" | "TEST" | "Zztest" | "ZZTEST")
        && view.gap(next).has(Gap::COMMA)
        && second.classes.given_level() >= 3;
    if surname {
        return true;
    }
    let doe = is_one_of(view, token, &["john", "jane"])
        && is_one_of(view, second, &["doe"])
        && (index.saturating_sub(20)..index.saturating_add(20)).filter_map(|i| view.token(i)).any(
            |t| is_one_of(view, t, &["example", "sample", "demo", "template", "blank", "module"]),
        );
    let figure = doe
        || FIGURES
            .iter()
            .any(|[a, b]| is_one_of(view, token, &[a]) && is_one_of(view, second, &[b]))
            && token.shape == Shape::Capital
            && second.shape == Shape::Capital;
    close && (chart || figure && !tested)
}
