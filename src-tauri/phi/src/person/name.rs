//! How likely one word is a name, from the lists and its letters. Knows nothing of the words around it.

use crate::lexicon::class_bits::{
    ABBREVIATION, BILLING, BODY, CARE, COMMERCE, CONDITION, CREDENTIAL, DOCTOR, DRUG, DUAL, EPONYM,
    HIV, KIN, MONTH, NEVER_NAME, ORGANISATION, PATIENT, PROCEDURE, PSYCH, REPRODUCTIVE, STAFF, SUD,
    SYMPTOM, TECH, TEST, TITLE,
};
use crate::token::{Shape, Token};

pub(super) const CLINICAL: u64 =
    CONDITION | SYMPTOM | DRUG | PROCEDURE | TEST | BODY | SUD | PSYCH | HIV | REPRODUCTIVE;
/// What is no name by itself, whatever the lists of names say.
pub(super) const OTHER: u64 = CLINICAL
    | CARE
    | BILLING
    | NEVER_NAME
    | MONTH
    | EPONYM
    | PATIENT
    | STAFF
    | KIN
    | TITLE
    | DOCTOR
    | CREDENTIAL
    | COMMERCE
    | TECH;

pub(super) fn is_capital(token: &Token) -> bool {
    matches!(token.shape, Shape::Capital) || (token.shape == Shape::Upper && token.len() >= 3)
}

pub(super) fn given_strength(token: &Token) -> f32 {
    let classes = token.classes;
    // Leopold, Murphy: a medical word for some, and a name.
    let other = if classes.given_level() >= 3 { OTHER & !EPONYM } else { OTHER };
    if classes.given_level() == 0
        || token.is(other)
        || (token.is(ABBREVIATION | EPONYM) && token.shape == Shape::Upper)
    {
        return 0.0;
    }
    let name = [0.0, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.9]
        .get(usize::try_from(classes.given_level()).unwrap_or(0))
        .copied()
        .unwrap_or(0.9);
    name * dual_penalty(token)
}

pub(super) fn surname_strength(token: &Token) -> f32 {
    let classes = token.classes;
    if classes.surname_level() == 0
        || token.is(OTHER)
        || (token.is(ABBREVIATION) && token.shape == Shape::Upper)
    {
        return 0.0;
    }
    let name = [0.0, 0.6, 0.65, 0.75]
        .get(usize::try_from(classes.surname_level()).unwrap_or(0))
        .copied()
        .unwrap_or(0.75);
    name * dual_penalty(token)
}

fn dual_penalty(token: &Token) -> f32 {
    let common = token.classes.word_level();
    let given = token.classes.given_level();
    if token.is(ORGANISATION) {
        return 0.6;
    }
    match common {
        _ if token.is(DUAL) => 0.6,
        0 => 1.0,
        1..=2 if given >= 4 => 0.9,
        1..=2 => 0.6,
        3..=4 if given >= 5 => 0.75,
        3..=4 => 0.35,
        _ if given >= 6 => 0.55,
        _ => 0.2,
    }
}

/// An unknown word with a capital: many a name is in no list.
pub(super) fn unknown_strength(token: &Token) -> f32 {
    let known = !token.classes.is_unknown() || token.len() > 14;
    if known
        || token.len() < 3
        || token.classes.given_level() > 0
        || token.classes.surname_level() > 0
    {
        return 0.0;
    }
    match token.shape {
        Shape::Capital => 0.6,
        Shape::Upper if token.len() >= 6 => 0.56,
        Shape::Upper if token.len() >= 5 => 0.5,
        Shape::Upper | Shape::Lower | Shape::Initial | Shape::Number | Shape::Mixed => 0.0,
    }
}

/// A rare word of the dictionary with a capital: "Winterbourne", "Maverick".
pub(super) fn rare_strength(token: &Token) -> f32 {
    let rare = token.classes.is_rare_word() && token.shape == Shape::Capital && token.len() >= 4;
    if rare { 0.5 } else { 0.0 }
}

pub(super) fn name_strength(token: &Token) -> f32 {
    given_strength(token).max(surname_strength(token)).max(unknown_strength(token))
}

/// A common word that is also a surname counts after a given name: "Edna Wheelock", "Agnes Cook".
pub(super) fn surname_dual(token: &Token) -> f32 {
    if token.classes.surname_level() > 0 && !token.is(CLINICAL | CARE | BILLING | STAFF) {
        0.4
    } else {
        0.0
    }
}
