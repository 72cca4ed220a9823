//! Candidate people: names by form and lexicon, initials, kin, and offices that one person holds. Who they are is for [`crate::role`].

mod cased;
mod marked;
mod name;

use crate::cue;
use crate::finding::{Category, Kind};
use crate::ident::View;
use crate::lexicon::class_bits::{
    ABBREVIATION, ADMIN, CONDITION, DRUG, EVENT, HR, MONTH, ORGANISATION, PARTICLE, PLACE,
    PREDICATE, PROCEDURE, SOCIAL, SYMPTOM, TEST,
};
use crate::token::{Gap, Shape, Token};
use name::{
    OTHER, given_strength, is_capital, name_strength, surname_dual, surname_strength,
    unknown_strength,
};

/// How a candidate is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Title and name: "Mrs. Rourke".
    Titled,
    /// Two or more parts of a name.
    Full,
    /// A single name.
    Single,
    /// A single name in small letters, or in a line of capitals.
    Plain,
    /// "L.P."
    Initials,
    /// "baby boy Adler", "the Whitaker kids".
    Kin,
    /// "the fire chief's".
    Office,
    /// "Dr. Kim".
    Clinician,
}

/// A candidate person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Person {
    /// First token.
    pub(crate) first: usize,
    /// Last token.
    pub(crate) last: usize,
    /// How sure it is that this is a person, 0 to 1.
    pub(crate) certainty: f32,
    pub(crate) form: Form,
    pub(crate) possessive: bool,
}

impl Person {
    /// Written as patients are: with a polite title, as kin, or owning something.
    pub(crate) const fn is_patient_like(&self) -> bool {
        self.possessive || matches!(self.form, Form::Titled | Form::Kin)
    }

    /// Surely a name, so that its words mean nothing else.
    pub(crate) fn is_sure(&self) -> bool {
        matches!(self.form, Form::Titled | Form::Full | Form::Clinician) && self.certainty >= 0.75
    }

    pub(crate) const fn category(&self) -> Category {
        match self.form {
            Form::Initials => Category::Initials,
            Form::Office => Category::Role,
            Form::Titled
            | Form::Full
            | Form::Single
            | Form::Plain
            | Form::Kin
            | Form::Clinician => Category::Name,
        }
    }
}

/// What the capitals of a line say.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Nothing: nearly all is in capitals.
    shouting: bool,
    /// Which words are names: ordinary ones are in small letters.
    capitals_tell: bool,
}

/// Returns the candidates in the order of the text; no two overlap.
pub(crate) fn find(view: View<'_>, kind: Kind) -> Vec<Person> {
    let line = Line {
        shouting: is_shouting(view),
        capitals_tell: kind == Kind::Subject && cased::capitals_tell(view),
    };
    let mut found = Vec::new();
    let mut at = 0_usize;
    while at < view.tokens.len() {
        if is_tag(view, at) {
            at = at.saturating_add(1);
            continue;
        }
        let person = marked::titled(view, at)
            .or_else(|| marked::office(view, at))
            .or_else(|| marked::initials(view, at))
            .or_else(|| marked::kin(view, at))
            .or_else(|| reversed(view, at))
            .or_else(|| full(view, at))
            .or_else(|| cased::small_pair(view, at))
            .or_else(|| if kind == Kind::Subject { cased::small_head(view, at) } else { None })
            .or_else(|| single(view, at, line));
        at = match person {
            Some(person) => {
                found.push(person);
                person.last.saturating_add(1)
            }
            None => at.saturating_add(1),
        };
    }
    found
}

/// "[SEC]", "[announce]": a word alone in square brackets names a list or a system.
fn is_tag(view: View<'_>, at: usize) -> bool {
    view.token(at).is_some_and(|token| {
        let byte = |index: Option<usize>| index.and_then(|index| view.text.as_bytes().get(index));
        byte(token.start.checked_sub(1)) == Some(&b'[') && byte(Some(token.end)) == Some(&b']')
    })
}

/// Nearly everything is in capitals, so that capitals say nothing.
fn is_shouting(view: View<'_>) -> bool {
    let letters = view.tokens.iter().filter(|t| t.len() > 2);
    let (upper, lower) = letters.fold((0_usize, 0_usize), |(upper, lower), t| match t.shape {
        Shape::Upper => (upper.saturating_add(1), lower),
        Shape::Lower | Shape::Capital => (upper, lower.saturating_add(1)),
        Shape::Initial | Shape::Number | Shape::Mixed => (upper, lower),
    });
    upper > 2 && upper > lower.saturating_mul(3)
}

/// Starts a sentence, a line or what follows a colon, where any word may have a capital.
fn opens(view: View<'_>, at: usize) -> bool {
    at == 0
        || view
            .gap(at)
            .has(Gap::LINE | Gap::PARAGRAPH | Gap::STOP | Gap::PERIOD | Gap::COLON | Gap::CELL)
}

fn joined(view: View<'_>, at: usize) -> bool {
    view.gap(at).only(Gap::SPACE | Gap::UNDERSCORE)
        || view.gap(at).only(Gap::HYPHEN)
        || (view.gap(at).only(Gap::PERIOD | Gap::SPACE)
            && view.before(at, 1).is_some_and(|token| token.len() <= 2))
}

/// "Ruiz, Paloma", "THOMPSON, REGINALD".
fn reversed(view: View<'_>, at: usize) -> Option<Person> {
    let (surname, next) = (view.token(at)?, at.saturating_add(1));
    let given = view.token(next)?;
    if let Some(person) = cased::bracketed(view, at).or_else(|| cased::filed(view, at)) {
        return Some(person);
    }
    if !view.gap(next).only(Gap::COMMA | Gap::SPACE)
        || !view.gap(next).has(Gap::COMMA)
        || !is_capital(surname)
        || surname.possessive
    {
        return None;
    }
    // "Marshall, TX" is a town.
    if given.shape == Shape::Upper && given.len() == 2 && given.is(ABBREVIATION) {
        return None;
    }
    let family = surname_strength(surname).max(unknown_strength(surname));
    let first = if given.shape == Shape::Initial {
        0.6
    } else if is_capital(given) {
        given_strength(given).max(unknown_strength(given) * 0.8)
    } else {
        0.0
    };
    if family < 0.2 || first < 0.3 || !(opens(view, at) || family > 0.5) {
        return None;
    }
    let third = next.saturating_add(1);
    let middle = view.gap(third).only(Gap::SPACE)
        && view.token(third).is_some_and(|t| {
            t.shape == Shape::Initial || (t.shape == Shape::Capital && given_strength(t) >= 0.6)
        });
    let last = if middle { third } else { next };
    Some(Person {
        first: at,
        last,
        certainty: 0.95,
        form: Form::Full,
        possessive: view.token(last)?.possessive,
    })
}

/// How likely the first word of a name it is, and whether it is a month that is a name: "June Frost".
fn opening(view: View<'_>, at: usize, token: &Token) -> (f32, bool) {
    let start = if token.shape == Shape::Initial { 0.5 } else { name_strength(token) };
    // "cutting again, Journey P.": a letter at the end makes a name of a word that can be one.
    let end = at.saturating_add(2);
    let cut = token.shape == Shape::Capital
        && token.classes.given_level() > 0
        && !token.is(OTHER | PLACE)
        && view.token(end).is_none()
        && view.token(at.saturating_add(1)).is_some_and(|t| t.shape == Shape::Initial);
    let start = if cut { start.max(0.6) } else { start };
    // "June Frost".
    let month = token.is(MONTH)
        && token.shape == Shape::Capital
        && token.classes.given_level() >= 3
        && view.gap(at.saturating_add(1)).only(Gap::SPACE)
        && view.token(at.saturating_add(1)).is_some_and(|t| {
            t.shape == Shape::Capital && t.classes.surname_level() >= 2 && !t.is(PLACE | EVENT)
        });
    let start = if month { start.max(0.6) } else { start };
    (start, month)
}

/// "Maria Lopez", "Marvin L.", "J. Smith", "Lupita Ferrer", "maria lopez".
fn full(view: View<'_>, at: usize) -> Option<Person> {
    let token = view.token(at)?;
    if token.possessive {
        return None;
    }
    let small = token.shape == Shape::Lower;
    let (start, month) = opening(view, at, token);
    if start < 0.25 || token.is(OTHER) && !month {
        return None;
    }
    let given = token.classes.given_level();
    // "Room B", "Suite C".
    let lettered = view.token(at.saturating_add(1)).is_some_and(|t| t.shape == Shape::Initial);
    if lettered && token.is(PLACE) && given < 3 {
        return None;
    }
    let mut last = at;
    let mut strengths = [start, 0.0, 0.0];
    let mut parts = 1_usize;
    for next in at.saturating_add(1)..at.saturating_add(5) {
        let Some(part) = view.token(next) else { break };
        if !joined(view, next) || parts == 3 {
            break;
        }
        if part.is(PARTICLE) && view.token(next.saturating_add(1)).is_some_and(is_capital) {
            last = next;
            continue;
        }
        let strength = match part.shape {
            Shape::Initial
                if parts == 1 || view.token(next.saturating_add(1)).is_some_and(is_capital) =>
            {
                0.6
            }
            Shape::Lower if small => given_strength(part).max(surname_strength(part)),
            Shape::Lower if cased::is_second_half(view, next) => 0.65,
            Shape::Capital | Shape::Upper if is_place_word(part, token) => 0.0,
            Shape::Capital | Shape::Upper if !small && !part.is(OTHER) => {
                name_strength(part).max(if start >= 0.6 { surname_dual(part) } else { 0.0 })
            }
            // "Hope Price", "Dale Church": a trade's word after a given name.
            Shape::Capital if !small && given >= 4 && part.classes.surname_level() >= 2 => {
                surname_dual(part)
            }
            Shape::Capital
            | Shape::Upper
            | Shape::Initial
            | Shape::Lower
            | Shape::Number
            | Shape::Mixed => 0.0,
        };
        if strength < 0.2 {
            break;
        }
        if let Some(slot) = strengths.get_mut(parts) {
            *slot = strength;
        }
        parts = parts.saturating_add(1);
        last = next;
        if part.possessive {
            break;
        }
    }
    let known = token.classes.given_level() > 0 || token.shape == Shape::Initial;
    let [a, b, _] = strengths;
    if parts < 2 || last == at {
        return None;
    }
    let certainty = match (small, known) {
        (true, true) if a >= 0.6 && b >= 0.5 => 0.75,
        (true, _) => return None,
        (_, true) if a >= 0.5 => 0.95,
        (_, true) => 0.8,
        // "Farouk B.", "Wojcik K.".
        (_, false) if a >= 0.5 && lettered && token.classes.word_level() <= 2 => 0.8,
        (_, false) if a + b > 1.2 => 0.75,
        (_, false) => 0.6,
    };
    Some(Person {
        first: at,
        last,
        certainty,
        form: Form::Full,
        possessive: view.token(last)?.possessive,
    })
}

/// "Wilson Room" is a room; "June Park" and "Annie Hall" are people.
fn is_place_word(part: &Token, first: &Token) -> bool {
    part.is(PLACE) && (part.classes.surname_level() < 2 || first.classes.given_level() < 4)
}

/// One name alone.
fn single(view: View<'_>, at: usize, line: Line) -> Option<Person> {
    let token = view.token(at)?;
    if let Some(person) = cased::owner(view, at) {
        return Some(person);
    }
    let lower = token.shape == Shape::Lower && at == 0 && token.classes.is_unknown();
    let strength = if lower { 0.5 } else { name_strength(token) };
    let strength = if line.capitals_tell { cased::told(view, at, strength) } else { strength };
    if strength < 0.1 {
        return None;
    }
    let opening = opens(view, at);
    // "Paris has strep", "Precious - sickle cell pain", "Hope's dementia": a word that is a name stands where names do.
    let next = at.saturating_add(1);
    let placed = opening
        && (token.possessive
            || (view.gap(next).has(Gap::HYPHEN) && view.gap(next).has(Gap::SPACE))
            || view.is(next, PREDICATE)
            // "Faith MRI".
            || ((token.classes.given_level() >= 4
                || token.shape == Shape::Upper
                    && !line.shouting
                    && token.classes.surname_level() >= 2)
                && view.gap(next).only(Gap::SPACE)
                && view.is(next, CONDITION | SYMPTOM | TEST | PROCEDURE | DRUG)));
    // "gallstones?? Prudence": alone at the end.
    let alone = view.token(next).is_none()
        && view.gap(at).has(Gap::HYPHEN | Gap::STOP | Gap::COLON | Gap::OPEN | Gap::COMMA);
    let placed = placed || alone;
    let least = if line.capitals_tell { 2 } else { 3 };
    let named = token.classes.given_level() >= 3 || token.classes.surname_level() >= least;
    // "DELACROIX - stage IIIB".
    let filed = token.shape == Shape::Upper && token.len() >= 6 && unknown_strength(token) > 0.0;
    // "limp - Indigo, 4, no trauma", "Saffron (6)".
    let aged = token.shape == Shape::Capital
        && !token.is(OTHER | PLACE | ORGANISATION | ADMIN | EVENT)
        && view.gap(next).has(Gap::COMMA | Gap::OPEN)
        && view
            .token(next)
            .is_some_and(|t| t.shape == Shape::Number && t.len() <= 2 && view.word(t) != "0")
        && view.gap(next.saturating_add(1)).has(Gap::COMMA | Gap::CLOSE | Gap::PARAGRAPH);
    let known = token.classes.given_level() > 0
        || token.classes.surname_level() > 0
        || token.classes.word_level() <= 2;
    let strength = if aged && known { strength.max(0.7) } else { strength };
    let strength = if placed && (named || filed) { strength.max(0.6) } else { strength };
    let (certainty, form) = match token.shape {
        Shape::Capital if opening && unknown_strength(token) > 0.0 => {
            (strength * 0.9, Form::Single)
        }
        Shape::Capital => (strength, Form::Single),
        Shape::Upper if token.len() >= 3 => {
            (if line.shouting { strength * 0.8 } else { strength * 0.95 }, Form::Single)
        }
        // "oduya is septic": no word that is known, and then an illness.
        Shape::Lower
            if at == 0
                && token.classes.is_unknown()
                && token.len() >= 4
                && view.token(next).is_some_and(|t| view.says_exact(t, &cue::IS_OR_HAS))
                && view.is(next.saturating_add(1), CONDITION | SYMPTOM) =>
        {
            (0.6, Form::Plain)
        }
        Shape::Lower
            if token.classes.word_level() > 0
                || token.is(ABBREVIATION | EVENT | HR | ADMIN | SOCIAL | PLACE)
                || token.len() < 3 =>
        {
            return None;
        }
        Shape::Lower if token.classes.given_level() >= 3 => (0.55, Form::Plain),
        Shape::Lower if token.classes.surname_level() >= 2 && !token.classes.is_word() => {
            (0.52, Form::Plain)
        }
        Shape::Upper | Shape::Lower | Shape::Initial | Shape::Number | Shape::Mixed => return None,
    };
    let certainty = if token.possessive { (certainty + 0.15).min(0.95) } else { certainty };
    Some(Person { first: at, last: at, certainty, form, possessive: token.possessive })
}
