//! Roles: how likely a candidate person is to be a patient, rather than staff, a speaker, a vendor, a place or a disease.
//!
//! Three kinds of evidence, strongest first: what stands right at the name (a clinician's title, "RN", "pt", an age and sex, a possessive with
//! a condition), what the sentence around it is about (a lecture, a job, an order), and what the caller knows.

use crate::context::Context;
use crate::finding::Kind;
use crate::ident::{Candidate, View};
use crate::knowledge::{Knowledge, KnownRole};
use crate::lexicon::class_bits::{
    ADMIN, AGE, APPOINTMENT, BILLING, BODY, CARE, COMMERCE, CONDITION, CREDENTIAL, DOCTOR, DRUG,
    EPONYM, EVENT, HIV, HR, KIN, MILD, ORGANISATION, PATIENT, PLACE, PREDICATE, PROCEDURE, PRONOUN,
    PSYCH, REPRODUCTIVE, SOCIAL, STAFF, SUD, SYMPTOM, TECH, TEST, TITLE,
};
use crate::person::{Form, Person};
use crate::token::{Gap, Shape};

/// Classes that speak of one person's health.
const STRONG: u64 = MILD
    | CONDITION
    | SYMPTOM
    | DRUG
    | PROCEDURE
    | TEST
    | CARE
    | SUD
    | PSYCH
    | HIV
    | REPRODUCTIVE
    | BODY
    | EPONYM;
const CLINICAL: u64 = STRONG | APPOINTMENT | BILLING;

/// Returns how likely an identifier belongs to a patient: less beside words of trade and machines, unless a patient is named.
pub(crate) fn of_number(view: View<'_>, kind: Kind, candidate: &Candidate) -> f32 {
    let reach = if kind == Kind::Subject { 12 } else { 20 };
    let from = candidate.first.saturating_sub(reach);
    let to = candidate.last.saturating_add(reach);
    let mut business = false;
    for token in (from..=to).filter_map(|index| view.token(index)) {
        if token.is(PATIENT) {
            return 1.0;
        }
        business |= token.is(COMMERCE | TECH | ADMIN) && !token.is(CLINICAL);
    }
    if business { 0.5 } else { 1.0 }
}

/// Returns how likely the person is a patient: 1 leaves the score as it is.
pub(crate) fn of_person(
    view: View<'_>,
    kind: Kind,
    person: &Person,
    context: &Context,
    known: &Knowledge,
) -> f32 {
    let owns = owns_condition(view, person);
    let role = known_role(view, person, known);
    match role {
        Some(KnownRole::Patient) => return 1.3,
        Some(
            KnownRole::Staff | KnownRole::Provider | KnownRole::Business | KnownRole::NotPatient,
        ) if !owns => return 0.2,
        Some(_) | None => {}
    }
    if person.form == Form::Clinician || is_correspondent(view, kind, person, context) {
        return if owns { 0.6 } else { 0.1 };
    }
    // A role's visit, bill or speech is public life; only its health is not.
    if person.form == Form::Office && context.class & STRONG == 0 {
        return 0.3;
    }
    if owns {
        return 1.0;
    }
    let patient = is_called_patient(view, person);
    if !patient && (is_staff(view, person) || is_place(view, person)) {
        return 0.12;
    }
    let around = surroundings(view, kind, person);
    if patient || is_direct(view, person) {
        around.max(0.85)
    } else {
        around * agency(view, person)
    }
}

fn known_role(view: View<'_>, person: &Person, known: &Knowledge) -> Option<KnownRole> {
    if known.knows_nobody() {
        return None;
    }
    let fold =
        |index: usize| view.token(index).map(|token| crate::fold::fold_word(view.word(token)));
    let last = fold(person.last)?;
    let single = person.first == person.last
        || person.form == Form::Titled
        || person.form == Form::Clinician;
    if single {
        return known.role_of(None, Some(&last));
    }
    let first = fold(person.first)?;
    known.role_of(Some(&first), Some(&last)).or_else(|| known.role_of(Some(&last), Some(&first)))
}

/// "Bonnie's panic attacks": a possessive, and within three words something of one person's health.
fn owns_condition(view: View<'_>, person: &Person) -> bool {
    if !person.possessive {
        return false;
    }
    let clause = view.token(person.last).map_or(0, |token| token.clause);
    let from = person.last.saturating_add(1);
    let reached = (from..from.saturating_add(3))
        .take_while(|&i| view.token(i).is_some_and(|t| t.clause == clause && !t.is(EVENT | HR)));
    let mut owned = reached.filter(|&index| view.is(index, STRONG));
    owned.next().is_some_and(|index| {
        !view.is(index.saturating_add(1), EVENT | HR | PLACE)
            || view.is(index.saturating_add(1), STRONG)
    })
}

/// Greeted or signing: who writes and who is written to.
fn is_correspondent(view: View<'_>, kind: Kind, person: &Person, context: &Context) -> bool {
    if kind != Kind::Body {
        return false;
    }
    let head = view.before(person.first, 1);
    let starts = person.first == 0 || view.gap(person.first).has(Gap::LINE | Gap::PARAGRAPH);
    let greeting = |word: &str| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "hi" | "hello" | "hey" | "dear" | "morning" | "afternoon" | "hola"
        )
    };
    let greeted = head.is_some_and(|token| greeting(view.word(token)))
        && view.before(person.first, 2).is_none_or(|_| {
            view.gap(person.first.saturating_sub(1)).has(Gap::LINE | Gap::PARAGRAPH)
                || person.first <= 2
        });
    let next = view.gap(person.last.saturating_add(1));
    let ends = next.has(Gap::LINE | Gap::PARAGRAPH | Gap::CELL)
        || (starts && next.has(Gap::COMMA) && context.distance > 3);
    let opening = starts
        && (person.first == 0 && next.has(Gap::COMMA | Gap::HYPHEN | Gap::COLON | Gap::PARAGRAPH));
    let closing = |word: &str| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "thanks"
                | "thx"
                | "regards"
                | "best"
                | "sincerely"
                | "cheers"
                | "gracias"
                | "you"
                | "love"
                | "ty"
        )
    };
    let signed = ends
        && (starts || head.is_some_and(|token| closing(view.word(token))))
        && is_signature(view, person);
    greeted && !to_patient(view, person) || opening && !to_patient(view, person) || signed
}

/// A name on a line of its own near the end of the text.
fn is_signature(view: View<'_>, person: &Person) -> bool {
    let rest = view.tokens.len().saturating_sub(person.last.saturating_add(1));
    let closing = (1..=3).any(|back| {
        view.before(person.first, back).is_some_and(|token| {
            matches!(
                view.word(token).to_ascii_lowercase().as_str(),
                "thanks"
                    | "thx"
                    | "regards"
                    | "best"
                    | "sincerely"
                    | "cheers"
                    | "gracias"
                    | "you"
                    | "ty"
            )
        })
    });
    rest <= 25 && (closing || rest <= 2 || view.gap(person.first).has(Gap::PARAGRAPH))
}

/// "Dear Mrs. Lopez, your biopsy": the recipient is the patient.
fn to_patient(view: View<'_>, person: &Person) -> bool {
    let from = person.last.saturating_add(1);
    person.form != Form::Clinician
        && (from..from.saturating_add(30)).any(|index| {
            view.token(index)
                .is_some_and(|t| matches!(view.word(t), "your" | "Your" | "you" | "You"))
                && (index..=index.saturating_add(4)).any(|near| view.is(near, STRONG | APPOINTMENT))
        })
}

/// A job or credentials right at the name: "nurse Jackie", "Emilio (new MA)", "Paula Reed, CDE".
fn is_staff(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    let close =
        view.gap(next).only(Gap::SPACE | Gap::COMMA | Gap::OPEN) || view.gap(next).has(Gap::OPEN);
    let upper = view.token(next).is_some_and(|t| t.shape == Shape::Upper || t.len() > 3);
    if close && view.is(next, CREDENTIAL) && upper {
        return true;
    }
    let job = |index: usize| {
        view.is(index, STAFF | DOCTOR | ORGANISATION | HR) && !view.is(index, STRONG | PATIENT)
    };
    let after =
        view.gap(next).has(Gap::OPEN | Gap::COMMA) && (job(next) || job(next.saturating_add(1)));
    let before = view
        .before(person.first, 1)
        .is_some_and(|t| t.is(STAFF) && !t.is(STRONG | PATIENT) && !t.possessive)
        && view.gap(person.first).only(Gap::SPACE | Gap::COLON | Gap::COMMA | Gap::HYPHEN);
    let from = view.token(next).is_some_and(|t| view.word(t).eq_ignore_ascii_case("from"))
        && view.is(next.saturating_add(1), STAFF | TECH | HR);
    after || before || from
}

/// "Parkinson Hall", "Huntington building", "McGill Pain Index".
fn is_place(view: View<'_>, person: &Person) -> bool {
    if person.form == Form::Titled || person.possessive {
        return false;
    }
    let next = person.last.saturating_add(1);
    let place = |index: usize| {
        view.is(index, PLACE)
            && view.gap(index).only(Gap::SPACE)
            && view.token(index).is_some_and(|t| t.shape != Shape::Upper)
    };
    place(next)
        || (place(next.saturating_add(1))
            && view.gap(next).only(Gap::SPACE)
            && view.token(next).is_some_and(|t| t.shape == Shape::Capital))
}

/// "pt Agatha", "patient, Jane D.", "patient name Mary W.", "paciente Ramiro".
fn is_called_patient(view: View<'_>, person: &Person) -> bool {
    let before = |count: usize| view.before(person.first, count);
    let called = (1..=3).find(|&count| before(count).is_some_and(|t| t.is(PATIENT)));
    called.is_some_and(|found| {
        (1..found).all(|count| {
            before(count).is_some_and(|t| {
                matches!(view.word(t), "name" | "named" | "is" | "like" | "called" | "Name")
            })
        })
    })
}

/// Words right at the name that make it a patient's.
fn is_direct(view: View<'_>, person: &Person) -> bool {
    let before = |count: usize| view.before(person.first, count);
    // "pt Agatha", "patient, Jane D.", "patient name Mary W.", "paciente Ramiro".
    // "a 34-year-old female, Sarah P."; "52yo man named"; "Adelaide (72F)".
    let sexed = (1..=3)
        .any(|count| before(count).is_some_and(|t| is_sex(view.word(t)) || is_age(view.word(t))));
    let next = person.last.saturating_add(1);
    let aged = (next..next.saturating_add(3))
        .any(|index| view.token(index).is_some_and(|t| is_age(view.word(t)) || t.is(AGE)))
        && view.gap(next).has(Gap::COMMA | Gap::OPEN | Gap::SPACE);
    // "seen at", "admitted", "needs insulin", "w/ chest pain".
    let verb = next..next.saturating_add(6);
    let done =
        verb.clone().any(|index| view.token(index).is_some_and(|t| is_care_verb(view.word(t))));
    let needs = view.is(next, PREDICATE)
        && (next.saturating_add(1)..next.saturating_add(5)).any(|index| view.is(index, STRONG));
    let pronoun = (next..next.saturating_add(8)).any(|i| {
        view.is(i, PRONOUN) && (i..=i.saturating_add(3)).any(|near| view.is(near, STRONG))
    });
    sexed || aged || done || needs || pronoun || person.form == Form::Kin
}

fn is_sex(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "male" | "female" | "man" | "woman" | "gentleman" | "lady" | "yo" | "old"
    )
}

/// 72F, 54yo, 3mo.
fn is_age(word: &str) -> bool {
    let ending = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.len().saturating_sub(ending.len());
    (1..=3).contains(&digits)
        && matches!(
            ending.to_ascii_lowercase().as_str(),
            "f" | "m" | "yo" | "yof" | "yom" | "y" | "mo" | "yr" | "yrs"
        )
}

fn is_care_verb(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "seen"
            | "admitted"
            | "diagnosed"
            | "dx'd"
            | "dxd"
            | "hospitalized"
            | "presented"
            | "presenting"
            | "presents"
            | "discharged"
            | "treated"
            | "evaluated"
            | "complains"
            | "complaining"
            | "readmitted"
            | "intubated"
            | "died"
            | "coded"
            | "fell"
            | "transferred"
    )
}

/// "ask Rhonda", "from Angela", "thanks to Rosa": those who act rather than those who are cared for.
fn agency(view: View<'_>, person: &Person) -> f32 {
    if matches!(person.form, Form::Titled | Form::Kin) {
        return 1.0;
    }
    let word = |count: usize| {
        view.before(person.first, count)
            .map(|token| view.word(token).to_ascii_lowercase())
            .unwrap_or_default()
    };
    let is_given = view.token(person.first).is_some_and(|token| token.classes.given_level() >= 3);
    match word(1).as_str() {
        "by" | "via" | "thanks" | "ask" | "cc" | "email" | "contact" | "meet" => 0.5,
        "to" if matches!(
            word(2).as_str(),
            "thanks" | "goes" | "go" | "questions" | "rsvp" | "talk" | "speak" | "report"
        ) =>
        {
            0.4
        }
        "from" => 0.7,
        "with" | "w" => 0.85,
        "at" | "near" | "in" if person.form == Form::Single && !person.possessive && !is_given => {
            0.45
        }
        _ => 1.0,
    }
}

/// What the line, or the sentence, is about besides health.
fn surroundings(view: View<'_>, kind: Kind, person: &Person) -> f32 {
    let (sentence, clause) =
        view.token(person.first).map_or((0, 0), |token| (token.sentence, token.clause));
    let mut topics = [
        (EVENT, 0.35_f32, 1.0_f32),
        (HR, 0.35, 1.0),
        (SOCIAL, 0.5, 1.0),
        (COMMERCE, 0.6, 1.0),
        (ADMIN | TECH, 0.6, 1.0),
        (STAFF, 0.6, 1.0),
    ];
    let from = person.first.saturating_sub(25);
    let to = person.last.saturating_add(25).min(view.tokens.len().saturating_sub(1));
    for index in (from..person.first).chain(person.last.saturating_add(1)..=to) {
        let Some(token) = view.token(index) else { continue };
        if (kind != Kind::Subject && token.sentence != sentence)
            || token.is(CLINICAL | TITLE | KIN | PATIENT)
        {
            continue;
        }
        for (class, weight, worst) in &mut topics {
            if token.is(*class) {
                let weight = if token.clause == clause {
                    *weight
                } else {
                    weight.sqrt().min(*weight + 0.15)
                };
                *worst = worst.min(weight);
            }
        }
    }
    let all: f32 = topics.iter().map(|(_, _, worst)| *worst).product();
    match person.form {
        Form::Titled | Form::Kin => all.max(0.6),
        Form::Office => all.max(0.7),
        Form::Full | Form::Single | Form::Plain | Form::Initials | Form::Clinician => all,
    }
}
