//! People marked as such by the words at the name: titles, offices, initials, kin.

use super::name::OTHER;
use super::name::{is_capital, name_strength};
use super::{Form, Person};
use crate::ident::View;
use crate::lexicon::class_bits::{
    ABBREVIATION, CARE, DOCTOR, KIN, NEVER_NAME, OFFICE, PARTICLE, PATIENT, PREDICATE, PRONOUN,
    STAFF, SUFFIX, TEST, TITLE,
};
use crate::role;
use crate::token::{Gap, Shape, Token};

/// "Mr. Duffy", "mrs holloway", "mr & mrs holloway", "Dr. Kim", "Drs. Ito and Bahl".
pub(super) fn titled(view: View<'_>, at: usize) -> Option<Person> {
    let title = view.token(at)?;
    if !title.is(TITLE | DOCTOR)
        || title.possessive
        || (title.shape == Shape::Upper && !title.is(DOCTOR) && title.len() == 2)
    {
        return None;
    }
    let mut index = at.saturating_add(1);
    if view.gap(index).has(Gap::AND) && view.is(index, TITLE) {
        index = index.saturating_add(1);
    }
    let name = view.token(index)?;
    let near = view.gap(index).only(Gap::SPACE | Gap::PERIOD);
    let capital = is_capital(name) || name.shape == Shape::Initial;
    let plain = name.shape == Shape::Lower
        && (name.classes.surname_level() > 0 || name.classes.is_unknown())
        && name.classes.word_level() < 3;
    if !near
        || !(capital || plain)
        || name.is(NEVER_NAME | STAFF | CARE | TEST)
            && !name.is(PARTICLE)
            && name.classes.surname_level() == 0
    {
        return None;
    }
    let mut last = index;
    // Further parts of the name, and further doctors.
    for next in index.saturating_add(1)..index.saturating_add(4) {
        let Some(token) = view.token(next) else { break };
        let part =
            view.gap(next).only(Gap::SPACE | Gap::PERIOD) || view.gap(next).only(Gap::HYPHEN);
        let name = token.shape == Shape::Initial
            || (is_capital(token) && name_strength(token) > 0.3)
            || token.is(SUFFIX);
        if !part || !name || view.token(last).is_some_and(|t| t.possessive) {
            break;
        }
        last = next;
    }
    // "Mrs." is how patients are written of; "Officer" and "Coach" say nothing of it.
    let word = view.word(title).to_ascii_lowercase();
    let polite = matches!(
        word.as_str(),
        "mr" | "mrs" | "ms" | "miss" | "mx" | "mister" | "sr" | "sra" | "srta" | "senor" | "senora"
    );
    let form = match (title.is(DOCTOR), polite) {
        (true, _) => Form::Clinician,
        (false, true) => Form::Titled,
        (false, false) => Form::Full,
    };
    let possessive = view.token(last).is_some_and(|t| t.possessive);
    Some(Person { first: at, last, certainty: 0.97, form, possessive })
}

/// "the fire chief's": an office with a possessive.
pub(super) fn office(view: View<'_>, at: usize) -> Option<Person> {
    if !view.is(at, OFFICE) {
        return None;
    }
    let mut last = at;
    while last < at.saturating_add(3)
        && view.is(last.saturating_add(1), OFFICE)
        && !view.token(last)?.possessive
    {
        last = last.saturating_add(1);
    }
    let possessive = view.token(last)?.possessive;
    let next = last.saturating_add(1);
    // "the mayor has shingles"; "weather girl on ch. 5 - her labs".
    let the = |token: &Token| matches!(view.word(token), "the" | "The" | "our" | "Our");
    let article = view.before(at, 1).is_some_and(the);
    let aimed = view.before(at, 2).is_some_and(|t| matches!(view.word(t), "for" | "on"));
    // "TV weatherman - new ostomy".
    let dashed = view.gap(next).has(Gap::HYPHEN) && view.gap(next).has(Gap::SPACE) && at <= 2;
    let cared = (next..next.saturating_add(7))
        .filter_map(|i| view.token(i))
        .any(|t| role::is_care_verb(view, t));
    let told = article && (aimed || cared || view.is(next, PREDICATE))
        || dashed
        || (next..next.saturating_add(7)).any(|index| view.is(index, PRONOUN));
    let certainty = if possessive { 0.9 } else { 0.75 };
    (possessive || told).then_some(Person {
        first: at,
        last,
        certainty,
        form: Form::Office,
        possessive,
    })
}

/// "L.P.", "J. R. S.", and bare capitals beside "pt".
pub(super) fn initials(view: View<'_>, at: usize) -> Option<Person> {
    let token = view.token(at)?;
    let next = at.saturating_add(1);
    if token.shape == Shape::Initial
        && view.gap(next).only(Gap::PERIOD)
        && view.token(next).is_some_and(|t| t.shape == Shape::Initial)
    {
        let third = next.saturating_add(1);
        let more = view.gap(third).only(Gap::PERIOD)
            && view.token(third).is_some_and(|t| t.shape == Shape::Initial);
        let last = if more { third } else { next };
        return Some(Person {
            first: at,
            last,
            certainty: 0.75,
            form: Form::Initials,
            possessive: view.token(last)?.possessive,
        });
    }
    let bare = token.shape == Shape::Upper
        && (2..=3).contains(&token.len())
        && !token.is(ABBREVIATION | OTHER)
        && !token.classes.is_word();
    if !bare {
        return None;
    }
    let patient = view.before(at, 1).is_some_and(|t| t.is(PATIENT));
    let certainty = if patient {
        0.75
    } else if token.possessive {
        0.65
    } else {
        0.35
    };
    Some(Person {
        first: at,
        last: at,
        certainty,
        form: Form::Initials,
        possessive: token.possessive,
    })
}

/// "baby boy Adler", "the Whitaker kids".
pub(super) fn kin(view: View<'_>, at: usize) -> Option<Person> {
    let token = view.token(at)?;
    let next = at.saturating_add(1);
    if token.is(KIN) && !token.possessive {
        let name = view.token(next)?;
        let fits = is_capital(name) && view.gap(next).only(Gap::SPACE) && name_strength(name) > 0.2;
        return fits.then_some(Person {
            first: at,
            last: next,
            certainty: 0.85,
            form: Form::Kin,
            possessive: name.possessive,
        });
    }
    let fits = is_capital(token)
        && name_strength(token) > 0.2
        && view.is(next, KIN)
        && view.token(next).is_some_and(|kin| kin.shape == Shape::Lower)
        && view.gap(next).only(Gap::SPACE);
    fits.then_some(Person {
        first: at,
        last: next,
        certainty: 0.85,
        form: Form::Kin,
        possessive: token.possessive,
    })
}
