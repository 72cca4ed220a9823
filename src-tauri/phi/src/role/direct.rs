//! What stands right at a name and decides: a possessive with a condition, "pt", an age; a job, a title, a place.

use super::STRONG;
use crate::cue;
use crate::ident::View;
use crate::lexicon::class_bits::{
    ADMIN, AGE, AGENT, BODY, CARE, COMMERCE, CONDITION, CREDENTIAL, DOCTOR, EPONYM, EVENT, HR, KIN,
    MILD, ORGANISATION, PATIENT, PLACE, PREDICATE, PROCEDURE, PRONOUN, PSYCH, SOCIAL, STAFF, SUD,
    SYMPTOM, TECH,
};
use crate::person::{Form, Person};
use crate::token::{Gap, Shape, Token};

/// "Bonnie's panic attacks": a possessive, and within three words something of one person's health.
pub(super) fn owns_condition(view: View<'_>, person: &Person) -> bool {
    if !person.possessive {
        return false;
    }
    if is_shop(view, person) {
        return false;
    }
    let clause = view.token(person.last).map_or(0, |token| token.clause);
    let from = person.last.saturating_add(1);
    // "Dr. Ferreira's mother-in-law fell".
    let reach = if view.is(from, KIN) { 7 } else { 3 };
    let mut reached = (from..from.saturating_add(reach))
        .take_while(|&i| {
            view.token(i)
                .is_some_and(|t| (t.clause == clause || view.is(from, KIN)) && !t.is(EVENT | HR))
        })
        // "Dr. Smith's clinic, admitted": what follows the comma isn't the clinic's.
        .take_while(|&i| person.form != Form::Clinician || !view.gap(i).has(Gap::COMMA));
    // "Dr. Mehta's migraine talk" is about a talk.
    reached.any(|index| {
        let next = index.saturating_add(1);
        // "Bob's Pharmacy" is a shop.
        let shop = index == from
            && view.token(index).is_some_and(|t| t.shape == Shape::Capital && t.is(PLACE));
        view.is(index, STRONG)
            && !shop
            && (view.is(next, STRONG) || !view.is(next, EVENT | HR | PLACE | COMMERCE))
    })
}

/// "pt Agatha", "patient, Jane D.", "patient name Mary W.", "paciente Ramiro".
pub(super) fn is_called_patient(view: View<'_>, person: &Person) -> bool {
    let before = |count: usize| view.before(person.first, count);
    let called = (1..=3).find(|&count| {
        before(count).is_some_and(|t| t.is(PATIENT))
            // "kid named Maverick".
            || count == 2
                && before(2).is_some_and(|t| t.is(KIN))
                && before(1).is_some_and(|t| view.says(t, &cue::NAMED))
    });
    // "pt complaint - Agnieszka Dudek".
    let about = view.gap(person.first).has(Gap::HYPHEN | Gap::COLON)
        && before(2).is_some_and(|t| t.is(PATIENT))
        && before(1).is_some_and(|t| view.says(t, &cue::COMPLAINT));
    // "my wife, Rosemarie Haverford," and "our daughter Juno".
    let kin = before(1).is_some_and(|t| t.is(KIN))
        && before(2).is_some_and(|t| view.says(t, &cue::WHOSE_KIN))
        && view.gap(person.first).only(Gap::COMMA | Gap::SPACE | Gap::OPEN);
    let of = view.gap(person.last.saturating_add(1)).has(Gap::OPEN)
        && is_patient_of(view, person.last.saturating_add(1));
    if about || kin || of {
        return true;
    }
    // "the new PT, Jordan Blake" is a physical therapist.
    let new = before(2).is_some_and(|t| view.says(t, &cue::NEW_OR_OUR));
    let therapist = before(1).is_some_and(|t| view.says_exact(t, &cue::THERAPIST))
        && view.gap(person.first).has(Gap::COMMA | Gap::COLON | Gap::HYPHEN)
        && (new || view.gap(person.first).has(Gap::COMMA));
    !therapist
        && called.is_some_and(|found| {
            (1..found).all(|count| before(count).is_some_and(|t| view.says(t, &cue::CALLED)))
        })
}

/// "(Dr. Lin's pt)".
fn is_patient_of(view: View<'_>, from: usize) -> bool {
    (from..from.saturating_add(4))
        .any(|index| view.is(index, PATIENT) && view.before(index, 1).is_some_and(|t| t.possessive))
}

/// An age, a sex, a verb of care or a pronoun's condition at the name.
pub(super) fn is_direct(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    let near = |from: usize, count: usize| from..from.saturating_add(count);
    // "a 34-year-old female, Sarah P."; "52yo man named".
    let sexed = (1..=3)
        .filter_map(|count| view.before(person.first, count))
        .any(|t| is_sex(view, t) || is_age(view.word(t)));
    // "Adelaide (72F)", "Enid, 67 yo".
    let aged =
        near(next, 3).filter_map(|i| view.token(i)).any(|t| is_age(view.word(t)) || t.is(AGE))
            && view.gap(next).has(Gap::COMMA | Gap::OPEN | Gap::SPACE);
    // "who was seen at", "admitted".
    let done = near(next, 6).filter_map(|i| view.token(i)).any(|t| is_care_verb(view, t));
    // "needs insulin", but not "needs asthma flyers".
    let needs = view.is(next, PREDICATE)
        && near(next, 5).any(|i| view.is(i, STRONG))
        && !near(next, 8)
            .any(|i| view.is(i, EVENT | COMMERCE | HR | ADMIN | TECH) && !view.is(i, STRONG));
    // "the sheriff is coming in the back door at noon for his radiation".
    let far = if person.form == Form::Office { 15 } else { 8 };
    let pronoun =
        near(next, far).any(|i| view.is(i, PRONOUN) && near(i, 4).any(|j| view.is(j, STRONG)));
    // "Milo threw up", "tray for Petrakis in 212".
    let suffers = view.is(next, SYMPTOM)
        && view.gap(next).only(Gap::SPACE)
        && view.token(next).is_some_and(|t| t.shape == Shape::Lower);
    let lies = view.token(next).is_some_and(|t| view.says(t, &cue::LIES_IN))
        && view
            .token(next.saturating_add(1))
            .is_some_and(|t| t.shape == Shape::Number && (1..=4).contains(&t.len()));
    // "nurse sent Clementine home".
    let sent = view.before(person.first, 1).is_some_and(|t| view.says(t, &cue::BROUGHT))
        && view.token(next).is_some_and(|t| view.says(t, &cue::BROUGHT_WHERE));
    sexed || aged || done || needs || pronoun || suffers || lies || sent || person.form == Form::Kin
}

/// "Josephine Bellweather, Alzheimer's, swings at staff": the name, and at once the illness.
pub(super) fn is_ill(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    let illness = CONDITION | SYMPTOM | PSYCH | SUD;
    let at_once = view.gap(next).has(Gap::COMMA | Gap::COLON | Gap::HYPHEN)
        && (view.is(next, illness) || view.is(next.saturating_add(1), illness))
        && !view.is(next.saturating_add(1), EVENT | ADMIN | PLACE);
    // "card for the Beaumonts (Earl, lung ca)"; "application from the Abernathys (dialysis)".
    let bracketed = view.gap(next).has(Gap::OPEN)
        && view.is(next, illness | PROCEDURE)
        && view.gap(next.saturating_add(1)).has(Gap::CLOSE | Gap::PARAGRAPH);
    let written = (person.first.saturating_sub(8)..person.first)
        .filter_map(|index| view.token(index))
        .any(|t| t.is(EVENT) || view.says(t, &cue::AUTHOR));
    if at_once && view.gap(person.first).has(Gap::OPEN) || bracketed && !written {
        return true;
    }
    // "Sjogren's + Hashimoto's, Claudine Mercier,".
    let listed = view.gap(person.first).has(Gap::COMMA)
        && view.gap(next).has(Gap::COMMA)
        && view.before(person.first, 1).is_some_and(|t| t.is(illness));
    if listed && person.form == Form::Full {
        return true;
    }
    let line = person.first.saturating_sub(12)..next.saturating_add(12);
    let public = line
        .filter_map(|index| view.token(index))
        .any(|t| t.is(EVENT | HR | AGENT | SOCIAL) && !t.is(STRONG));
    person.form == Form::Full && at_once && !public
}

/// "osteosarcoma, Jaylen Brooks, tumor board": a whole name beside an illness, and a board that speaks of cases.
pub(super) fn is_case(view: View<'_>, person: &Person) -> bool {
    // "DELACROIX - stage IIIB NSCLC - tumor board slot".
    let heads = person.first == 0 && view.gap(person.last.saturating_add(1)).has(Gap::HYPHEN);
    if person.form != Form::Full && !heads {
        return false;
    }
    let (from, to) = (person.first.saturating_sub(6), person.last.saturating_add(7));
    let tokens = || (from..to).filter_map(|index| view.token(index));
    tokens().any(|t| t.is(CONDITION | SYMPTOM | PSYCH | SUD))
        && tokens().any(|t| view.says(t, &cue::CASE_BOARD))
        && !tokens()
            .any(|t| t.is(AGENT | HR | SOCIAL | STAFF | DOCTOR) || view.says(t, &cue::PRESENTATION))
}

/// "rm 4 Haverford", "bed 12: Tanaka".
pub(crate) fn is_at_bed(view: View<'_>, person: &Person) -> bool {
    let place =
        |count: usize| view.before(person.first, count).is_some_and(|t| view.says(t, &cue::BED));
    let number = view
        .before(person.first, 1)
        .is_some_and(|t| t.len() <= 4 && matches!(t.shape, Shape::Number | Shape::Mixed));
    number && place(2)
}

/// "- Pettibone spiked to 102.4, cultured": a line of a list that starts with a name and goes on with health.
pub(crate) fn heads_line(view: View<'_>, person: &Person) -> bool {
    let line = Gap::LINE | Gap::PARAGRAPH | Gap::CELL;
    if !view.gap(person.first).has(line) {
        return false;
    }
    let next = person.last.saturating_add(1);
    let rest = || {
        (next..next.saturating_add(25))
            .take_while(|&i| i < view.tokens.len() && !view.gap(i).has(line))
    };
    let ill = rest().any(|i| view.is(i, STRONG & !MILD));
    let other = rest().any(|i| {
        view.is(i, AGENT | EVENT | HR | COMMERCE | ADMIN | TECH | SOCIAL | STAFF | CREDENTIAL)
            && !view.is(i, STRONG)
    });
    // The lines of a list say who they are of, not who writes.
    ill && !other && view.token(person.first).is_some_and(|t| t.shape != Shape::Lower)
}

/// "the Hendrickx lump", "the Oyelaran fall": a name between an article and an illness, where no disease bears it.
pub(crate) fn is_attribute(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    let article = view.before(person.first, 1).is_some_and(|t| view.says(t, &cue::THIS_OR_THE));
    let plain = view.token(person.first).is_some_and(|t| {
        t.shape == Shape::Capital
            && !t.is(EPONYM | ORGANISATION | PLACE)
            && (t.classes.surname_level() > 0 || t.classes.is_unknown())
    });
    article
        && plain
        && person.form == Form::Single
        && view.gap(next).only(Gap::SPACE)
        && view.token(next).is_some_and(|t| t.shape == Shape::Lower)
        && view.is(next, CONDITION | SYMPTOM | CARE | BODY | MILD)
        && !view.is(next, PLACE | EVENT)
        && !view.is(next.saturating_add(1), EVENT | ADMIN | COMMERCE | TECH | PLACE)
}

fn is_sex(view: View<'_>, token: &Token) -> bool {
    view.says(token, &cue::SEX_OR_AGE)
}

/// 72F, 54yo, 3mo.
fn is_age(word: &str) -> bool {
    let ending = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.len().saturating_sub(ending.len());
    (1..=3).contains(&digits) && cue::AGE_ENDING.has(ending)
}

pub(crate) fn is_care_verb(view: View<'_>, token: &Token) -> bool {
    view.says(token, &cue::CARE_VERB)
}

/// A job or credentials right at the name: "nurse Jackie", "Emilio (new MA)", "Paula Reed, CDE", "Rob from IT", "Dan at Abbott".
pub(super) fn is_staff(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    let second = next.saturating_add(1);
    let close = view.gap(next).has(Gap::OPEN) || view.gap(next).only(Gap::SPACE | Gap::COMMA);
    let upper = view.token(next).is_some_and(|t| t.shape == Shape::Upper || t.len() > 3);
    if close && view.is(next, CREDENTIAL) && upper {
        return true;
    }
    let vendor = |index: usize| view.is(index, ORGANISATION) && !view.is(index, PLACE);
    let job = |index: usize| {
        (view.is(index, STAFF | DOCTOR | HR | TECH | COMMERCE) || vendor(index))
            && !view.is(index, STRONG | PATIENT)
    };
    let bracketed =
        view.gap(next).has(Gap::OPEN) && (job(next) || job(second)) && !is_patient_of(view, next);
    // "Cho-Ramírez, chaplain requested": for, not by.
    let asked = view.token(second).is_some_and(|t| view.says(t, &cue::JOB_ASKED_FOR));
    let listed = !asked
        && !person.possessive
        && view.gap(next).has(Gap::COMMA)
        && (view.is(next, STAFF | DOCTOR) || view.is(second, STAFF))
        && (job(next)
            || job(second) && view.gap(second.saturating_add(1)).has(Gap::PARAGRAPH | Gap::COMMA));
    // "epipen for school nurse - Dashiell R".
    let receives = view.gap(person.first).has(Gap::HYPHEN)
        && (2..=4).any(|count| {
            view.before(person.first, count).is_some_and(|t| view.says(t, &cue::RECEIVES))
        });
    let before = !receives
        && view
            .before(person.first, 1)
            .is_some_and(|t| t.is(STAFF) && !t.is(STRONG | PATIENT) && !t.possessive)
        && view.gap(person.first).only(Gap::SPACE | Gap::COLON | Gap::COMMA | Gap::HYPHEN);
    let it = view
        .token(second)
        .is_some_and(|t| t.shape == Shape::Upper && view.says_exact(t, &cue::DEPARTMENT));
    let of = view.token(next).is_some_and(|t| view.says(t, &cue::EMPLOYED_AT));
    // "Kara from Dexcom": who makes what patients wear is a vendor too.
    let from = view.token(next).is_some_and(|t| view.says(t, &cue::FROM)) && vendor(second);
    super::duty::is_on_duty(view, person)
        || bracketed
        || listed
        || before
        || from
        || (of && (it || job(second)))
}

/// "please refill", "my": patients write so.
pub(super) fn asks_refill(view: View<'_>) -> bool {
    view.tokens.iter().take(40).any(|t| view.says(t, &cue::ASKS_REFILL))
}

/// What patients do or are told to do.
pub(super) fn do_patients(view: View<'_>, token: &Token) -> bool {
    view.says(token, &cue::PATIENT_DOES)
}

/// "tell Renee how many", "let Renee know when": what one says to a colleague.
pub(super) fn asks_how(view: View<'_>, next: usize) -> bool {
    (next..next.saturating_add(2))
        .filter_map(|index| view.token(index))
        .any(|t| view.says(t, &cue::HOW))
}

/// "Ivy will order", "Trent can fix", "Nora presents.", "Neil in pharmacy": what staff do, unless a patient does it too.
pub(super) fn is_agent(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    // "hold on J.T. runs out tonight", "Ezekiel runs out of Adderall".
    let ends = view.token(next.saturating_add(1)).is_some_and(|t| view.says(t, &cue::OUT))
        && view.token(next).is_some_and(|t| view.says(t, &cue::RUNS));
    // "R.T. is on day 3 of detox".
    let treated = view.token(next).is_some_and(|t| view.says(t, &cue::IS_OR_WAS))
        && (next..next.saturating_add(6)).any(|index| view.is(index, STRONG));
    // "O2 sats on Clementine dropping".
    let measured = view.before(person.first, 1).is_some_and(|t| view.says(t, &cue::MEASURED_ON))
        && (2..=3).any(|count| view.before(person.first, count).is_some_and(|t| t.is(STRONG)));
    // "letter for school … for Caleb Sandoval, out 3/4 to 3/8 with strep".
    let pupil = (1..=10)
        .any(|count| view.before(person.first, count).is_some_and(|t| view.says(t, &cue::SCHOOL)));
    if view.is(next, AGENT) && !ends && !treated && !measured && !pupil {
        return true;
    }
    // "Ron is the new MRI tech".
    let second = next.saturating_add(1);
    let introduced = view.token(next).is_some_and(|t| view.says(t, &cue::BECAME))
        && view.token(second).is_some_and(|t| view.says(t, &cue::BEFORE_JOB))
        && (second..next.saturating_add(6))
            .any(|index| view.is(index, STAFF) && !view.is(index, PATIENT));
    if introduced {
        return true;
    }
    let Some(verb) = view.token(next).filter(|t| t.gap.only(Gap::SPACE)) else { return false };
    if view.says(verb, &cue::WILL) {
        return view
            .token(second)
            .is_some_and(|t| t.gap.only(Gap::SPACE) && !do_patients(view, t) && !t.is(STRONG));
    }
    view.says(verb, &cue::PRESENTS)
        && view.gap(second).has(Gap::PERIOD | Gap::STOP | Gap::PARAGRAPH)
}

/// "Johnny's Pizza".
fn is_shop(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    person.possessive
        && person.form == Form::Single
        && view.gap(next).only(Gap::SPACE)
        && view.token(next).is_some_and(|t| {
            t.shape == Shape::Capital && t.is(PLACE | SOCIAL | COMMERCE) && !t.is(STRONG)
        })
}

/// "Parkinson Hall", "Huntington building", "Glasgow Coma Scale", "Lincoln High".
pub(super) fn is_place(view: View<'_>, person: &Person) -> bool {
    // "at St. Casimir's" is a church, a school or a hospital.
    let saint = view.before(person.first, 1).is_some_and(|t| view.says(t, &cue::SAINT))
        && view.gap(person.first).only(Gap::SPACE | Gap::PERIOD);
    if saint && person.form != Form::Full {
        return true;
    }
    let next = person.last.saturating_add(1);
    if is_shop(view, person) {
        return true;
    }
    if person.form == Form::Titled || person.possessive {
        return false;
    }
    // "Can Rasheed drive after seizure?"
    let asks = view.before(person.first, 1).is_some_and(|t| view.says(t, &cue::QUESTION_VERB));
    let place = |index: usize| {
        view.is(index, PLACE)
            && !(asks && view.token(index).is_some_and(|t| t.shape == Shape::Lower))
            && view.gap(index).only(Gap::SPACE)
            && view.token(index).is_some_and(|t| t.shape != Shape::Upper)
    };
    let capital = view.gap(next).only(Gap::SPACE)
        && view.token(next).is_some_and(|t| t.shape == Shape::Capital);
    place(next) || (capital && place(next.saturating_add(1)))
}
