//! What capitals and small letters say of names: a common word with a capital amid small letters, "rose's chf", "Hyun-woo".

use super::name::{given_strength, rare_strength, surname_strength, unknown_strength};
use super::{Form, Person, opens};
use crate::cue::{self, Words};
use crate::ident::View;
use crate::lexicon::class_bits::{
    ABBREVIATION, ADMIN, BODY, CARE, CONDITION, CREDENTIAL, DOCTOR, DRUG, EPONYM, KIN, MONTH,
    NEVER_NAME, ORGANISATION, PATIENT, PLACE, PROCEDURE, PSYCH, STAFF, SYMPTOM, TEST, TITLE,
};
use crate::token::{Gap, Shape, Token};

/// What has a capital in any line.
const PROPER: u64 =
    ABBREVIATION | CREDENTIAL | DOCTOR | EPONYM | MONTH | NEVER_NAME | ORGANISATION | PLACE | TITLE;

fn is_name_too(token: &Token) -> bool {
    token.classes.given_level() >= 3 || token.classes.surname_level() >= 2
}

/// Ordinary words are in small letters, so that a capital inside the line means a name.
pub(super) fn capitals_tell(view: View<'_>) -> bool {
    let (mut small, mut capital) = (0_usize, 0_usize);
    for (at, token) in view.tokens.iter().enumerate() {
        let ordinary = token.classes.is_word() && token.len() > 2 && !token.is(PROPER);
        match token.shape {
            Shape::Lower if ordinary => small = small.saturating_add(1),
            Shape::Capital if ordinary && !is_name_too(token) && !opens(view, at) => {
                capital = capital.saturating_add(1);
            }
            Shape::Lower
            | Shape::Capital
            | Shape::Upper
            | Shape::Initial
            | Shape::Number
            | Shape::Mixed => {}
        }
    }
    small > 0 && capital == 0
}

/// How likely a name a capital inside such a line is: "diabetes follow up York", "EOB mismatch Obafemi".
pub(super) fn told(view: View<'_>, at: usize, strength: f32) -> f32 {
    let Some(token) = view.token(at).filter(|t| t.shape == Shape::Capital) else { return strength };
    let article = view.before(at, 1).is_some_and(|t| view.says_exact(t, &cue::BEFORE_THING));
    // "on 3 West".
    let ward = token.is(NEVER_NAME) && view.before(at, 1).is_some_and(|t| t.shape == Shape::Number);
    if opens(view, at) || article || token.is(ORGANISATION | PLACE | EPONYM | MONTH) || ward {
        return strength;
    }
    if is_name_too(token) {
        strength.max(0.62)
    } else if unknown_strength(token) > 0.0 && token.len() >= 4 {
        strength.max(0.7)
    } else if rare_strength(token) > 0.0 {
        strength.max(0.55)
    } else {
        strength
    }
}

/// "price (lonnie)", "Ortega (Dana)": surname and given name.
pub(super) fn bracketed(view: View<'_>, at: usize) -> Option<Person> {
    let (surname, next) = (view.token(at)?, at.saturating_add(1));
    let given = view.token(next)?;
    let closed = view.gap(next).only(Gap::SPACE | Gap::OPEN)
        && view.gap(next).has(Gap::OPEN)
        && view.gap(next.saturating_add(1)).has(Gap::CLOSE);
    let names = surname.classes.surname_level() >= 2
        && given.classes.given_level() >= 4
        && surname.shape == given.shape
        && matches!(surname.shape, Shape::Lower | Shape::Capital)
        && given_strength(given) >= 0.6;
    (closed && names && opens(view, at)).then_some(Person {
        first: at,
        last: next,
        certainty: 0.85,
        form: Form::Full,
        possessive: false,
    })
}

/// "jessup, tina: pap due": surname and given name in small letters, as charts are filed.
pub(super) fn filed(view: View<'_>, at: usize) -> Option<Person> {
    let (surname, next) = (view.token(at)?, at.saturating_add(1));
    let given = view.token(next)?;
    let comma = view.gap(next).only(Gap::SPACE | Gap::COMMA) && view.gap(next).has(Gap::COMMA);
    let names = surname.shape == Shape::Lower
        && given.shape == Shape::Lower
        && surname.classes.surname_level() >= 2
        && surname.classes.word_level() == 0
        && given.classes.given_level() >= 4
        && given_strength(given) >= 0.6;
    ((at == 0 || view.gap(at).has(Gap::COLON)) && comma && names).then_some(Person {
        first: at,
        last: next,
        certainty: 0.8,
        form: Form::Full,
        possessive: given.possessive,
    })
}

/// "rose's chf": a name in small letters that owns a condition.
pub(super) fn owner(view: View<'_>, at: usize) -> Option<Person> {
    let token = view.token(at).filter(|t| t.possessive && t.shape == Shape::Lower)?;
    let next = at.saturating_add(1);
    let illness = CONDITION | SYMPTOM | DRUG | PROCEDURE | TEST | PSYCH;
    // "anyone call beck's parents about the concussion".
    let family =
        view.is(next, KIN) && (next..next.saturating_add(8)).any(|index| view.is(index, illness));
    let owned =
        view.gap(next).only(Gap::SPACE | Gap::APOSTROPHE) && (view.is(next, illness) || family);
    let name = family && token.classes.surname_level() >= 2 && token.classes.word_level() <= 2
        || token.classes.is_unknown() && token.len() >= 4
        || token.classes.given_level() >= 4 && !token.is(MONTH | NEVER_NAME);
    (owned && name).then_some(Person {
        first: at,
        last: at,
        certainty: 0.7,
        form: Form::Plain,
        possessive: true,
    })
}

/// "Hyun-woo", "Seo-jin": a given name of two halves, the second in small letters.
pub(super) fn is_second_half(view: View<'_>, at: usize) -> bool {
    let Some(token) = view.token(at) else { return false };
    let name = given_strength(token).max(surname_strength(token)) > 0.0
        || (token.classes.is_unknown() && token.len() >= 2);
    view.gap(at).only(Gap::HYPHEN)
        && token.len() <= 5
        && token.classes.word_level() <= 2
        && name
        && view.before(at, 1).is_some_and(|t| t.shape == Shape::Capital && t.len() <= 5)
}

/// "grace - knee replacement", "will out of lisinopril", "art has cellulitis": a word in small letters that stands where names do.
pub(super) fn small_head(view: View<'_>, at: usize) -> Option<Person> {
    let token = view.token(at).filter(|t| t.shape == Shape::Lower && !t.possessive)?;
    let next = at.saturating_add(1);
    let known = token.classes.given_level() >= 4
        || token.classes.surname_level() >= 1 && token.classes.word_level() <= 1
        || token.classes.is_unknown() && token.len() >= 5;
    let word =
        |index: usize, words: &Words| view.token(index).is_some_and(|t| view.says_exact(t, words));
    let illness = CONDITION | SYMPTOM | DRUG | PROCEDURE | PSYCH | TEST;
    let ill = |from: usize, count: usize| {
        (from..from.saturating_add(count)).any(|index| view.is(index, illness))
    };
    let asked = at > 0 && word(at.saturating_sub(1), &cue::BEFORE_SMALL_NAME);
    let opening = at == 0 || view.gap(at).has(Gap::COMMA | Gap::STOP | Gap::COLON);
    let dash = view.gap(next).has(Gap::HYPHEN) && view.gap(next).has(Gap::SPACE);
    let dashed = dash && (ill(next, 2)) && !word(at, &cue::NO_HEAD);
    let verb = word(next, &cue::HAS_ILLNESS) && ill(next.saturating_add(1), 2)
        || word(next, &cue::OUT)
            && word(next.saturating_add(1), &cue::OF)
            && ill(next.saturating_add(2), 2);
    let fits = known
        && !token.is(OTHER_SMALL)
        && (opening && (dashed || verb) || asked && dashed && token.classes.given_level() >= 4);
    fits.then_some(Person {
        first: at,
        last: at,
        certainty: 0.62,
        form: Form::Plain,
        possessive: false,
    })
}

/// What no word in small letters is a name as.
const OTHER_SMALL: u64 = CONDITION
    | SYMPTOM
    | DRUG
    | PROCEDURE
    | PSYCH
    | TEST
    | ABBREVIATION
    | CREDENTIAL
    | DOCTOR
    | EPONYM
    | KIN
    | MONTH
    | ORGANISATION
    | PLACE
    | TITLE
    | STAFF
    | ADMIN
    | PATIENT
    | BODY
    | CARE;

/// "cash ritter ear infection": two words in small letters that are names, and at once an illness.
pub(super) fn small_pair(view: View<'_>, at: usize) -> Option<Person> {
    let (given, next) = (view.token(at)?, at.saturating_add(1));
    let surname = view.token(next)?;
    let after = next.saturating_add(1);
    let names = given.shape == Shape::Lower
        && surname.shape == Shape::Lower
        && !given.possessive
        && given.classes.given_level() >= 3
        && surname.classes.surname_level() >= 2
        && surname.classes.word_level() == 0
        && !given.is(OTHER_SMALL)
        && !surname.is(OTHER_SMALL)
        && view.gap(next).only(Gap::SPACE);
    let ill = (after..after.saturating_add(3))
        .any(|index| view.is(index, CONDITION | SYMPTOM | DRUG | PROCEDURE | PSYCH | TEST));
    (names && ill).then_some(Person {
        first: at,
        last: next,
        certainty: 0.75,
        form: Form::Full,
        possessive: surname.possessive,
    })
}
