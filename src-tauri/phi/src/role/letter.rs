//! Letters: who greets and who signs. Correspondents aren't patients, unless the letter is about the one it is written to.

use super::STRONG;
use crate::context::Context;
use crate::cue;
use crate::finding::Kind;
use crate::ident::View;
use crate::lexicon::class_bits::{APPOINTMENT, PREDICATE};
use crate::person::{Form, Person};
use crate::token::Gap;

/// Greeted or signing.
pub(super) fn is_correspondent(
    view: View<'_>,
    kind: Kind,
    person: &Person,
    context: &Context,
) -> bool {
    if kind != Kind::Body {
        return false;
    }
    let line = Gap::LINE | Gap::PARAGRAPH;
    let starts = person.first == 0 || view.gap(person.first).has(line);
    let after = view.gap(person.last.saturating_add(1));
    // "Hi Susan," and "Good morning Dr. Lee,"; a letter's first word "Susan,".
    let head = view.before(person.first, 1).filter(|_| !starts);
    // "Hi, Rosamund is confirmed with Dr. Park".
    let told = view.gap(person.first).has(Gap::COMMA)
        && after.only(Gap::SPACE)
        && view.is(person.last.saturating_add(1), PREDICATE);
    let greeted = !told && head.is_some_and(|token| view.says(token, &cue::GREETING))
        || (person.first <= 3
            && !starts
            && after.has(line | Gap::COMMA)
            && is_greeting(view, person.first))
        || (person.first == 0
            && after.has(Gap::PARAGRAPH | Gap::COMMA | Gap::COLON | Gap::HYPHEN)
            && context.distance > 2);
    if greeted {
        return !is_addressed_as_patient(view, person);
    }
    let ends =
        after.has(line | Gap::CELL) || (starts && after.has(Gap::COMMA) && context.distance > 3);
    let closing = head.is_some_and(|token| view.says(token, &cue::CLOSING));
    ends && (starts || closing) && is_signature(view, person)
}

/// "Dear Priya," opens a letter to her, about somebody else.
pub(super) fn is_greeted(view: View<'_>, person: &Person) -> bool {
    view.before(person.first, 1).is_some_and(|token| view.says(token, &cue::GREETING))
        && !is_addressed_as_patient(view, person)
}

fn is_greeting(view: View<'_>, until: usize) -> bool {
    (0..until)
        .filter_map(|index| view.token(index))
        .any(|token| view.says(token, &cue::GREETING) || view.says(token, &cue::TIME_OF_DAY))
}

/// A name on a line of its own near the end of the text, or after a closing.
fn is_signature(view: View<'_>, person: &Person) -> bool {
    let rest = view.tokens.len().saturating_sub(person.last.saturating_add(1));
    let closed = (1..=3)
        .filter_map(|back| view.before(person.first, back))
        .any(|token| view.says(token, &cue::CLOSING));
    rest <= 25 && (closed || rest <= 2 || view.gap(person.first).has(Gap::PARAGRAPH))
}

/// "Dear Mrs. Lopez, your biopsy": the recipient is the patient.
fn is_addressed_as_patient(view: View<'_>, person: &Person) -> bool {
    let from = person.last.saturating_add(1);
    person.form != Form::Clinician
        && (from..from.saturating_add(30)).any(|index| {
            let second = view.token(index).is_some_and(|t| view.says(t, &cue::YOU));
            second
                && (index..=index.saturating_add(4)).any(|near| view.is(near, STRONG | APPOINTMENT))
        })
}
