//! People marked as such by the words at the name: titles, offices, initials, kin.

use super::name::OTHER;
use super::name::{is_capital, name_strength, rare_strength};
use super::{Form, Person};
use crate::cue;
use crate::ident::View;
use crate::lexicon::class_bits::{
    ABBREVIATION, ADMIN, CARE, COMMERCE, CONDITION, DOCTOR, DRUG, EVENT, HIV, HR, KEY_DOB, KIN,
    MILD, NEVER_NAME, OFFICE, PARTICLE, PATIENT, PLACE, PREDICATE, PROCEDURE, PRONOUN, PSYCH,
    REPRODUCTIVE, SOCIAL, STAFF, SUD, SUFFIX, SYMPTOM, TEST, TITLE,
};
use crate::role;
use crate::token::{Gap, Shape, Token};

/// "Mr. Duffy", "mrs holloway", "mr & mrs holloway", "Dr. Kim", "Drs. Ito and Bahl".
pub(super) fn titled(view: View<'_>, at: usize) -> Option<Person> {
    let title = view.token(at)?;
    if !title.is(TITLE | DOCTOR)
        || title.possessive
        || (title.shape == Shape::Upper
            && !title.is(DOCTOR)
            && title.len() == 2
            && !view.gap(at.saturating_add(1)).has(Gap::PERIOD))
    {
        return None;
    }
    let mut index = at.saturating_add(1);
    // "mr. de vries".
    while index <= at.saturating_add(2)
        && view.is(index, PARTICLE)
        && view.token(index).is_some_and(|t| t.shape == Shape::Lower)
        && view.token(index.saturating_add(1)).is_some()
        && view.gap(index).only(Gap::SPACE | Gap::PERIOD)
    {
        index = index.saturating_add(1);
    }
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
            || (is_capital(token)
                && (name_strength(token) > 0.3
                    || token.classes.surname_level() > 0 && !token.is(CARE | STAFF | TEST)))
            || token.is(SUFFIX);
        if !part || !name || view.token(last).is_some_and(|t| t.possessive) {
            break;
        }
        last = next;
    }
    // "Mrs." is how patients are written of; "Officer" and "Coach" say nothing of it.
    let polite = view.says(title, &cue::POLITE_TITLE);
    let form = match (title.is(DOCTOR), polite) {
        (true, _) => Form::Clinician,
        (false, true) => Form::Titled,
        (false, false) => Form::Full,
    };
    let possessive = view.token(last).is_some_and(|t| t.possessive);
    Some(Person { first: at, last, certainty: 0.97, form, possessive })
}

/// Illness and its treatment, as offices and strangers have them.
const ILLNESS: u64 = CONDITION | SYMPTOM | DRUG | PROCEDURE | SUD | PSYCH | HIV | REPRODUCTIVE;

/// "the only deaf bull rider in town has TB", "the county's only survivor is back with uveitis".
fn only_one(view: View<'_>, at: usize) -> Option<Person> {
    let token = view.token(at).filter(|t| view.says_plain(t, &cue::ONLY))?;
    let the = view.before(at, 1).is_some_and(|t| {
        t.possessive || view.says_plain(t, &cue::THE) || view.says_plain(t, &cue::OUR)
    });
    let place = |index: usize| view.token(index).is_some_and(|t| view.says(t, &cue::ONLY_WHERE));
    let near = at.saturating_sub(2)..at.saturating_add(9);
    let placed = near.filter(|&index| place(index)).max();
    let from = placed.unwrap_or(at).max(at).saturating_add(1);
    let ill = (from..from.saturating_add(8)).any(|index| view.is(index, ILLNESS));
    // The only clinic, option or machine is nobody.
    let thing = (at.saturating_add(1)..from).any(|index| {
        view.is(index, PLACE | EVENT | ADMIN | COMMERCE | TEST | STAFF) && !place(index)
    });
    // "Our only patient with Pompe", "the only kid with a trach at Pine Hollow".
    let somebody = (at.saturating_add(1)..at.saturating_add(4)).any(|index| {
        view.token(index)
            .is_some_and(|t| t.is(PATIENT | KIN) || view.says_exact(t, &cue::ONLY_SOMEBODY))
    });
    let joined = (at.saturating_add(2)..at.saturating_add(6))
        .any(|index| view.token(index).is_some_and(|t| view.says_exact(t, &cue::ONLY_JOINED)));
    let near = (at..at.saturating_add(14)).any(|index| view.is(index, ILLNESS));
    (at == 0 || the)
        .then_some(())
        .filter(|()| somebody && joined && near || the && ill && !thing && placed.is_some())
        .map(|()| Person {
            first: at,
            last: at,
            certainty: 0.75,
            form: Form::Office,
            possessive: token.possessive,
        })
}

/// "the guy who won the lottery in Feb, he has hep c": somebody whom everybody can tell.
fn told_of(view: View<'_>, at: usize) -> Option<Person> {
    if let Some(person) = only_one(view, at) {
        return Some(person);
    }
    let token = view.token(at).filter(|t| view.says_exact(t, &cue::TOLD_SOMEBODY))?;
    let next = at.saturating_add(1);
    let the = view
        .before(at, 1)
        .is_some_and(|t| view.says_plain(t, &cue::THE) || view.says_exact(t, &cue::THAT));
    let who = view.token(next).is_some_and(|t| view.says_exact(t, &cue::WHO));
    let rest = next.saturating_add(2)..next.saturating_add(14);
    let ill = rest
        .clone()
        .any(|at| view.is(at, PRONOUN) && (at..at.saturating_add(5)).any(|i| view.is(i, ILLNESS)));
    (the && who && ill).then_some(Person {
        first: at,
        last: at,
        certainty: 0.6,
        form: Form::Office,
        possessive: token.possessive,
    })
}

/// "the fire chief's": an office with a possessive.
pub(super) fn office(view: View<'_>, at: usize) -> Option<Person> {
    if !view.is(at, OFFICE) {
        return told_of(view, at);
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
    // "the governor's office".
    if possessive && view.is(next, PLACE | EVENT | ADMIN | HR | SOCIAL | COMMERCE) {
        return None;
    }
    // "the mayor has shingles"; "weather girl on ch. 5 - her labs".
    let the = |token: &Token| {
        [&cue::THE, &cue::OUR, &cue::THAT].iter().any(|words| view.says_plain(token, words))
    };
    let article = view.before(at, 1).is_some_and(the);
    let aimed = view.before(at, 2).is_some_and(|t| view.says_exact(t, &cue::AIMED_AT));
    // "the channel 6 weatherman"; "pastor of First Lutheran starting detox".
    let far = (1..=4)
        .take_while(|&back| {
            let from = at.saturating_sub(back).saturating_add(1);
            !view.gap(from).has(Gap::STOP | Gap::COMMA | Gap::COLON | Gap::LINE | Gap::PARAGRAPH)
        })
        .any(|back| view.before(at, back).is_some_and(the));
    let seated = view.token(next).is_some_and(|t| view.says_exact(t, &cue::SEATED_AT))
        && view.token(next.saturating_add(1)).is_some_and(is_capital);
    let reach = if seated { 15 } else { 9 };
    let ours = (next..next.saturating_add(10)).any(|index| {
        view.is(index, PATIENT)
            && view.before(index, 1).is_some_and(|t| view.says_exact(t, &cue::OUR_PATIENT))
    });
    let ill = ours || (next..next.saturating_add(reach)).any(|index| view.is(index, ILLNESS));
    let inpatient = (next..next.saturating_add(7)).any(|index| {
        view.is(index, CARE)
            && (1..=3)
                .any(|b| view.before(index, b).is_some_and(|t| view.says_exact(t, &cue::ON_WARD)))
    });
    // "Channel 6 weatherman in bay 4 with a stroke".
    let public =
        (0..at.saturating_add(16)).any(|index| view.is(index, EVENT | HR | SOCIAL | ADMIN));
    let heads = at <= 2
        && !public
        && view.token(next).is_some_and(|t| view.says_exact(t, &cue::OFFICE_GOES_ON));
    // "TV weatherman - new ostomy".
    let dashed = view.gap(next).has(Gap::HYPHEN) && view.gap(next).has(Gap::SPACE) && at <= 2;
    // "channel 6 weatherman, depression f/u".
    let listed = view.gap(next).has(Gap::COMMA | Gap::COLON)
        && at <= 2
        && !public
        && (next..next.saturating_add(3)).any(|index| view.is(index, ILLNESS | TEST));
    let cared = (next..next.saturating_add(7))
        .filter_map(|i| view.token(i))
        .any(|t| role::is_care_verb(view, t));
    // "the sheriff … for his radiation".
    let owns = (next..next.saturating_add(14)).any(|index| {
        view.is(index, PRONOUN)
            && (index..index.saturating_add(3)).any(|i| view.is(i, ILLNESS | TEST | CARE | MILD))
    });
    let told = article && (aimed || cared || view.is(next, PREDICATE))
        || (ill || inpatient) && far
        || ill && (seated || heads)
        || dashed
        || listed
        || at <= 2 && !public && cared && ill
        || owns
        || (next..next.saturating_add(7)).any(|index| view.is(index, PRONOUN));
    let certainty = if possessive || owns && article { 0.9 } else { 0.75 };
    (possessive || told).then_some(Person {
        first: at,
        last,
        certainty,
        form: Form::Office,
        possessive,
    })
}

/// The last of letters with full stops, unless they are an abbreviation: "L.P.", "t.w.", "J.R.S.".
fn dotted(view: View<'_>, at: usize) -> Option<usize> {
    let token = view.token(at)?;
    let fits = |index: usize| {
        view.token(index).is_some_and(|t| t.shape == token.shape && t.len() == 1)
            && view.gap(index).only(Gap::PERIOD)
    };
    let next = at.saturating_add(1);
    let letter = token.len() == 1
        && (token.shape == Shape::Initial
            || token.shape == Shape::Lower && view.gap(next.saturating_add(1)).has(Gap::PERIOD));
    if !letter || !fits(next) {
        return None;
    }
    let third = next.saturating_add(1);
    let last = if fits(third) { third } else { next };
    let word: String =
        (at..=last).filter_map(|index| view.token(index)).map(|t| view.word(t)).collect();
    let known = cue::NOT_INITIALS.has(&word) || view.is(at, KEY_DOB);
    (!known).then_some(last)
}

/// "L.P.", "J. R. S.", and bare capitals beside "pt".
pub(super) fn initials(view: View<'_>, at: usize) -> Option<Person> {
    let token = view.token(at)?;
    let next = at.saturating_add(1);
    // "KM w/ kidney stones needs letter".
    let with = at == 0
        && view.token(next).is_some_and(|t| view.says_exact(t, &cue::WITH_OR_HAS))
        && (next.saturating_add(1)..next.saturating_add(4)).any(|index| view.is(index, ILLNESS));
    if let Some(last) = dotted(view, at) {
        return Some(Person {
            first: at,
            last,
            certainty: if token.shape == Shape::Lower { 0.65 } else { 0.75 },
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
    // "JMK - SI w/ plan".
    let heads =
        at == 0 && token.len() == 3 && view.gap(next).has(Gap::HYPHEN | Gap::COLON | Gap::SLASH);
    let certainty = if patient {
        0.75
    } else if token.possessive {
        0.65
    } else if with {
        0.55
    } else if heads {
        0.5
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
        let apposed = view.gap(next).has(Gap::COMMA)
            && view.gap(next).only(Gap::COMMA | Gap::SPACE)
            && view.gap(next.saturating_add(1)).has(Gap::COMMA);
        let fits = is_capital(name)
            && (view.gap(next).only(Gap::SPACE) || apposed)
            && name_strength(name).max(rare_strength(name)) > 0.2;
        return fits.then_some(Person {
            first: at,
            last: next,
            certainty: 0.85,
            form: Form::Kin,
            possessive: name.possessive,
        });
    }
    // "norovirus at the Delacroix house".
    let home = view.before(at, 1).is_some_and(|t| view.says_plain(t, &cue::THE))
        && view.token(next).is_some_and(|t| view.says_exact(t, &cue::HOUSE));
    let fits = is_capital(token)
        && name_strength(token) > 0.2
        && (view.is(next, KIN) || home)
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
