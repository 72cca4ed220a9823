//! Writers who are patients themselves: "I got a bill for the CT I had", signed. Staff who write of their own illness to their
//! employer are none.

use crate::cue::{self, Words};
use crate::ident::View;
use crate::lexicon::class_bits::{
    AGENT, BILLING, CARE, CONDITION, CREDENTIAL, DOCTOR, DRUG, EVENT, HIV, HR, KIN, MILD,
    PROCEDURE, PSYCH, REPRODUCTIVE, STAFF, SUD, SYMPTOM, TEST,
};
use crate::person::{Form, Person};
use crate::token::{Gap, Shape};

/// Health or payment of one's own, in words that hardly mean anything else.
const OWN: u64 =
    CONDITION | SYMPTOM | DRUG | PROCEDURE | TEST | CARE | SUD | PSYCH | HIV | REPRODUCTIVE;

/// "my C-section", "the CT I had", "I ran out of my sertraline": the token that speaks of the writer's own health.
pub(crate) fn own_health(view: View<'_>) -> Option<usize> {
    let mut found = None;
    for (index, token) in view.tokens.iter().enumerate() {
        if token.is(HR | AGENT) && !token.is(OWN) || view.says(token, &cue::SHIFT) {
            return None;
        }
        if found.is_some() {
            continue;
        }
        let next = index.saturating_add(1);
        let near = |from: usize, count: usize, classes: u64| {
            (from..from.saturating_add(count))
                .take_while(|&at| view.token(at).is_some_and(|t| t.sentence == token.sentence))
                .find(|&at| view.is(at, classes) && !view.is(at.saturating_add(1), EVENT))
        };
        let kin = view.is(index, KIN)
            && (token.possessive
                || view.before(index, 1).is_some_and(|t| view.says(t, &cue::MY_OR_OUR)));
        if kin {
            found = near(next, 10, OWN & !CARE & !MILD);
        } else if view.says(token, &cue::MY) && !view.is(next, KIN) {
            found = near(next, 3, OWN | BILLING);
        } else if view.says(token, &cue::I) || view.says_exact(token, &cue::I_AM) {
            let verb = view.says_exact(token, &cue::I_AM)
                || view.token(next).is_some_and(|t| view.says(t, &cue::I_HAVE));
            // "the CT I had".
            let before = (1..=3)
                .any(|back| view.before(index, back).is_some_and(|t| t.is(OWN & !CARE & !MILD)));
            let billed = (next..next.saturating_add(6))
                .filter_map(|at| view.token(at))
                .any(|t| view.says(t, &cue::BILL));
            if billed {
                found = Some(next);
            } else if verb {
                found = near(next, 6, OWN & !CARE);
                if found.is_none()
                    && before
                    && view.token(next).is_some_and(|t| view.says(t, &cue::I_HAD))
                {
                    found = Some(index.saturating_sub(1));
                }
            }
        }
    }
    found
}

/// A name at the end of the letter, on a line of its own or after a closing: who writes.
pub(crate) fn signs(view: View<'_>, person: &Person) -> bool {
    let end = person.last.saturating_add(1);
    let rest = view.tokens.len().saturating_sub(end);
    if rest > 8 {
        return false;
    }
    let line = Gap::LINE | Gap::PARAGRAPH;
    let alone = view.gap(person.first).has(line)
        || view.gap(person.first).has(Gap::PERIOD | Gap::STOP | Gap::HYPHEN)
        || view.before(person.first, 1).is_some_and(|t| view.says(t, &cue::BEFORE_SIGNATURE));
    // A telephone number or an address may follow.
    let only_numbers = (end..view.tokens.len())
        .filter_map(|i| view.token(i))
        .all(|t| matches!(t.shape, Shape::Number | Shape::Mixed) || rest <= 2);
    matches!(person.form, Form::Full | Form::Single | Form::Plain | Form::Titled | Form::Initials)
        && person.first > 3
        && !view.is(end, CREDENTIAL | STAFF | DOCTOR)
        && alone
        && only_numbers
}

/// "This is Bernard Tillinghast", "my name is", "I'm Lupe Marsh and".
pub(crate) fn introduces(view: View<'_>, person: &Person) -> bool {
    let word = |back: usize, words: &Words| {
        view.before(person.first, back).is_some_and(|t| view.says(t, words))
    };
    word(1, &cue::IS)
        && (word(2, &cue::NAME) && word(3, &cue::MY) || word(2, &cue::THIS) && person.first <= 6)
}
