//! Roles: how likely a candidate person is to be a patient, rather than staff, a speaker, a vendor, a place or a disease.
//!
//! Three kinds of evidence, strongest first: what stands right at the name (`direct`, `letter`), what the sentence around it is about
//! (a lecture, a job, an order), and what the caller knows.

mod direct;
mod duty;
mod letter;
mod nobody;
mod public;
mod relation;
mod story;
mod writer;

pub(crate) use direct::{heads_line, is_at_bed, is_attribute, is_care_verb};
pub(crate) use nobody::{is_nobody, is_nobody_number};
pub(crate) use public::is_author;
pub(crate) use relation::relation;
pub(crate) use story::is_story;
pub(crate) use writer::{introduces, own_health, signs};

use crate::context::Context;
use crate::cue::{self, Words};
use crate::finding::{Category, Kind};
use crate::ident::{Candidate, View};
use crate::knowledge::{Knowledge, KnownRole};
use crate::lexicon::class_bits::{
    ADMIN, AGENT, APPOINTMENT, BILLING, BODY, CARE, COMMERCE, CONDITION, DRUG, EPONYM, EVENT, HIV,
    HR, KEY_MEMBER, KIN, MILD, ORGANISATION, PATIENT, PLACE, PROCEDURE, PRONOUN, PSYCH,
    REPRODUCTIVE, SOCIAL, STAFF, SUD, SYMPTOM, TECH, TEST, TITLE,
};
use crate::person::{Form, Person};
use crate::token::{Gap, Shape, Token};

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
    let sentence = view.token(candidate.first).map_or(0, |token| token.sentence);
    let (mut business, mut somebody, mut single) = (false, false, false);
    let line = |index: &usize| {
        let between = candidate.first.min(*index).saturating_add(1)..=candidate.last.max(*index);
        candidate.rule != "id.number"
            || !between.into_iter().any(|at| view.gap(at).has(Gap::LINE | Gap::PARAGRAPH))
    };
    for token in (from..=to).filter(line).filter_map(|index| view.token(index)) {
        if token.is(PATIENT) {
            return 1.0;
        }
        // A study's number is a board's.
        let trade = if candidate.rule == "id.number" {
            COMMERCE | TECH | ADMIN | EVENT | HR
        } else {
            COMMERCE | TECH | ADMIN
        };
        business |= token.is(trade) && !token.is(CLINICAL | KEY_MEMBER | STAFF)
            || view.says_exact(token, &cue::VENDOR);
        single |= candidate.category == Category::Vehicle && is_somebody(view, token);
        let pronoun = token.is(PRONOUN | KIN) || view.says_exact(token, &cue::HIS_OR_HER);
        somebody |= pronoun && token.sentence.abs_diff(sentence) <= 1;
        single |= candidate.category == Category::Device && token.is(KIN);
        single |= token.sentence.abs_diff(sentence) <= 1
            && (view.says_plain(token, &cue::HE_OR_SHE)
                || view.says_exact(token, &cue::HIS_OR_HER)
                || view.says_exact(token, &cue::HIM));
    }
    // "i ran out of my sertraline": the writer's own.
    let mine = (from..=to).any(|index| {
        view.token(index).is_some_and(|t| view.says(t, &cue::MY)) && {
            let next = index.saturating_add(1);
            let reach = if view.is(next, KIN) { 4 } else { 2 };
            (next..next.saturating_add(reach)).any(|at| view.is(at, STRONG))
        }
    });
    somebody |= mine;
    single |= mine;
    // In a letter, a telephone number or an address is the writer's unless it is somebody's.
    let contact =
        matches!(candidate.category, Category::Phone | Category::Email | Category::Address);
    // "843-555-0116, baby with barky cough": a line of a log.
    let own = candidate.category == Category::Phone
        && (candidate.last.saturating_add(1)..candidate.last.saturating_add(9))
            .take_while(|&index| !view.gap(index).has(Gap::LINE | Gap::PARAGRAPH))
            .filter_map(|index| view.token(index))
            .fold((false, false), |(kin, ill), t| {
                (kin || t.is(KIN | PATIENT), ill || t.is(STRONG & !MILD))
            })
            == (true, true);
    if own {
        return 1.0;
    }
    // "Voicemail from 555-0139, very short of breath".
    let caller = candidate.category == Category::Phone
        && (1..=6).any(|back| {
            view.before(candidate.first, back).is_some_and(|t| view.says(t, &cue::CALLER))
        })
        && (candidate.last.saturating_add(1)..candidate.last.saturating_add(16))
            .filter(|&index| {
                view.is(index, SYMPTOM | CONDITION | DRUG | PSYCH | SUD | REPRODUCTIVE)
            })
            .count()
            >= 1;
    if caller {
        return 1.0;
    }
    // "saw the wound at 22 Birchmont Ter".
    somebody |= candidate.category == Category::Address
        && (candidate.first.saturating_sub(8)..candidate.first)
            .any(|index| view.is(index, STRONG & !BODY & !EPONYM));
    match (business, contact && kind != Kind::Subject && !somebody) {
        (true, _) if single => 0.8,
        (true, _) => 0.5,
        (_, true) => 0.4,
        (false, false) => 1.0,
    }
}

/// "a man slumped in a blue sedan", "driver brought in".
fn is_somebody(view: View<'_>, token: &Token) -> bool {
    view.says_exact(token, &cue::STRANGER)
}

/// Returns how likely the person is a patient: 1 leaves the score as it is.
pub(crate) fn of_person(
    view: View<'_>,
    kind: Kind,
    person: &Person,
    context: &Context,
    known: &Knowledge,
) -> f32 {
    let owns = direct::owns_condition(view, person);
    match known_role(view, person, known) {
        Some(KnownRole::Patient) => return 1.3,
        Some(
            KnownRole::Staff | KnownRole::Provider | KnownRole::Business | KnownRole::NotPatient,
        ) if !owns => return 0.2,
        Some(_) | None => {}
    }
    let at_work = owns && public::is_staff_matter(view, person);
    if person.form == Form::Clinician || letter::is_correspondent(view, kind, person, context) {
        return if owns && !at_work { 0.6 } else { 0.1 };
    }
    // A role's visit, bill or speech is public life; only its health is not.
    if person.form == Form::Office && context.class & STRONG & !MILD == 0 {
        return 0.3;
    }
    let next = person.last.saturating_add(1);
    if owns {
        // "Owen's knee - out 6 weeks" is an employer's note.
        let away = (next..next.saturating_add(10))
            .any(|index| view.is(index, AGENT) && view.is(index, HR));
        return if away || at_work { 0.3 } else { 1.0 };
    }
    let patient = direct::is_called_patient(view, person) || person.form == Form::Kin;
    if !patient && (direct::is_staff(view, person) || direct::is_place(view, person)) {
        return 0.12;
    }
    if !patient && direct::is_agent(view, person) {
        return 0.25;
    }
    let around = surroundings(view, kind, person);
    if relation(view, person).is_some_and(|(strength, _)| strength >= 0.6) {
        return around.max(0.85);
    }
    if direct::is_case(view, person) {
        return around.max(0.85);
    }
    if kind != Kind::Subject && (heads_line(view, person) || is_attribute(view, person)) {
        return around.max(0.9);
    }
    if direct::is_ill(view, person) && around >= 0.34 {
        return around.max(0.85);
    }
    if patient || direct::is_direct(view, person) && !is_employed(view, person) {
        around.max(0.85)
    } else {
        around * agency(view, person)
    }
}

/// The one a letter is written to, who is not its patient.
pub(crate) fn is_greeted(view: View<'_>, kind: Kind, person: &Person) -> bool {
    kind == Kind::Body && letter::is_greeted(view, person)
}

/// Known as anybody but a patient, and not the owner of a condition.
pub(crate) fn is_silenced(view: View<'_>, person: &Person, known: &Knowledge) -> bool {
    known_role(view, person, known).is_some_and(|role| role != KnownRole::Patient)
        && !direct::owns_condition(view, person)
}

fn known_role(view: View<'_>, person: &Person, known: &Knowledge) -> Option<KnownRole> {
    if known.knows_nobody() {
        return None;
    }
    let fold =
        |index: usize| view.token(index).map(|token| crate::fold::fold_word(view.word(token)));
    let last = fold(person.last)?;
    if person.first == person.last || person.form == Form::Clinician {
        return known.role_of(None, Some(&last));
    }
    let first = fold(person.first)?;
    if person.form == Form::Titled {
        return known.role_of_titled(&first, &last);
    }
    known.role_of(Some(&first), Some(&last)).or_else(|| known.role_of(Some(&last), Some(&first)))
}

/// "ask Rhonda", "from Angela", "thanks to Rosa": those who act rather than those who are cared for.
fn agency(view: View<'_>, person: &Person) -> f32 {
    if person.form == Form::Kin {
        return 1.0;
    }
    let word = |count: usize, words: &Words| {
        view.before(person.first, count).is_some_and(|token| view.says(token, words))
    };
    let is_given = view.token(person.first).is_some_and(|token| token.classes.given_level() >= 3);
    let single = person.form == Form::Single && !person.possessive;
    let ends = view.token(person.last.saturating_add(1)).is_none();
    let after = view.gap(person.last.saturating_add(1));
    let ends_clause = after.has(Gap::PERIOD | Gap::STOP | Gap::PARAGRAPH | Gap::LINE | Gap::COMMA);
    let next = person.last.saturating_add(1);
    let told_to = view.token(next).is_some_and(|t| view.says_exact(t, &cue::TO))
        && view.token(next.saturating_add(1)).is_some_and(|t| direct::do_patients(view, t));
    let before = view.before(person.first, 2);
    if person.form == Form::Titled && word(1, &cue::BEFORE_TITLED) {
        return 0.85;
    }
    // "thanks Beth and Carlos for".
    if word(1, &cue::AND) && word(3, &cue::THANKS_TO_TWO) {
        return 0.45;
    }
    let said = |words: &Words| word(1, words);
    // "ask Fitz to come in fasting", "please refill synthroid!! thanks, Maribeth Quigley".
    let cared_for = said(&cue::TOLD_TO) && told_to
        || said(&cue::THANKS) && person.form == Form::Full && ends && direct::asks_refill(view);
    // "TB contact Dawit Tesfaye" is no colleague.
    let acts = said(&cue::PER) && view.gap(next).has(Gap::COMMA)
        || said(&cue::BEFORE_ACTOR)
        || said(&cue::CONTACT) && before.is_none_or(|t| !t.is(STRONG))
        || said(&cue::FOR) && word(2, &cue::ASK_FOR);
    // "Send additions to Kim."
    let receives = (2..=4).any(|count| word(count, &cue::SEND_TO)) && ends_clause;
    if cared_for {
        1.0
    } else if acts {
        0.45
    } else if said(&cue::TELL) && direct::asks_how(view, next) {
        0.5
    } else if said(&cue::TO) && word(2, &cue::GOES_TO) {
        0.4
    } else if said(&cue::TO) && receives {
        0.5
    } else if said(&cue::FROM) {
        if ends { 0.75 } else { 0.7 }
    } else if said(&cue::WITH) {
        0.85
    } else if said(&cue::BEFORE_PLACE) && single && !is_given {
        0.45
    } else {
        1.0
    }
}

/// "Gwen fell on the ice and will be out through Wednesday": the sentence is about a job.
fn is_employed(view: View<'_>, person: &Person) -> bool {
    let sentence = view.token(person.first).map_or(0, |token| token.sentence);
    let near = person.first.saturating_sub(25)..person.last.saturating_add(25);
    near.filter_map(|index| view.token(index))
        .any(|token| token.sentence == sentence && token.is(HR) && !token.is(CLINICAL))
}

/// "mifepristone order for": ordered for somebody, not from somebody.
fn is_clinical_order(view: View<'_>, index: usize) -> bool {
    let next = index.saturating_add(1);
    let word = |at: usize, words: &Words| view.token(at).is_some_and(|t| view.says_exact(t, words));
    if !view.token(index).is_some_and(|t| view.says_plain(t, &cue::ORDER)) {
        return false;
    }
    // "MRI brain w/wo order missing", "order for CT head never placed".
    let counted = view.token(next).is_some_and(|t| t.shape == Shape::Number)
        || word(next, &cue::ORDER_OF_GOODS);
    let examined = |at: usize| view.is(at, TEST | PROCEDURE) && !view.is(at, COMMERCE);
    let test = (index.saturating_sub(4)..index).any(examined)
        || word(next, &cue::FOR) && (next..next.saturating_add(4)).any(examined);
    if test && !counted {
        return true;
    }
    view.before(index, 1).is_some_and(|t| t.is(DRUG | TEST | PROCEDURE | CARE | SUD | REPRODUCTIVE))
        && word(next, &cue::FOR)
}

/// "two molars out on Thursday": what is taken out isn't away from work.
fn is_taken_out(view: View<'_>, index: usize) -> bool {
    (0..=1_usize).any(|back| {
        view.before(index, back).is_some_and(|t| view.says_exact(t, &cue::OUT))
            && view
                .before(index, back.saturating_add(1))
                .is_some_and(|t| t.is(BODY | PROCEDURE | CONDITION))
    })
}

/// What the line, or the sentence, is about besides health.
fn surroundings(view: View<'_>, kind: Kind, person: &Person) -> f32 {
    let (sentence, clause) =
        view.token(person.first).map_or((0, 0), |token| (token.sentence, token.clause));
    let mut topics = [
        (EVENT, 0.35_f32, 1.0_f32),
        (HR, 0.35, 1.0),
        (SOCIAL, 0.4, 1.0),
        (COMMERCE | ORGANISATION, 0.6, 1.0),
        (ADMIN | TECH, 0.6, 1.0),
        (STAFF, 0.5, 1.0),
        (AGENT, 0.6, 1.0),
    ];
    let from = person.first.saturating_sub(25);
    let to = person.last.saturating_add(25).min(view.tokens.len().saturating_sub(1));
    for index in (from..person.first).chain(person.last.saturating_add(1)..=to) {
        let Some(token) = view.token(index) else { continue };
        let apart = if kind == Kind::Subject { 0 } else { token.sentence.abs_diff(sentence) };
        // Hospitals and payers take part in care.
        let care = token.is(ORGANISATION) && token.is(PLACE | KEY_MEMBER);
        let attends = view.says_exact(token, &cue::ATTENDING)
            && view.before(index, 1).is_some_and(|t| view.says_exact(t, &cue::DOES_ATTEND));
        // "expired overnight" is a death.
        let dies = view.says_exact(token, &cue::EXPIRED)
            && view.token(index.saturating_add(1)).is_some_and(|t| {
                t.shape == Shape::Number && t.len() == 4 || view.says_exact(t, &cue::DIED_WHEN)
            });
        if attends
            || dies
            || is_taken_out(view, index)
            || apart > 1
            || care
            || token.is(CLINICAL | TITLE | KIN | PATIENT)
            || is_clinical_order(view, index)
        {
            continue;
        }
        for (class, weight, worst) in &mut topics {
            // What the next sentence is about counts only where it makes the whole letter another.
            if token.is(*class) && (apart == 0 || *class & (EVENT | HR) != 0) {
                let job = view.says_plain(token, &cue::INTERVIEW)
                    || view.says_exact(token, &cue::APPLICANTS);
                let far = if apart > 0 && job {
                    0.1
                } else if apart > 0 {
                    0.25
                } else if token.clause == clause {
                    0.0
                } else {
                    0.15
                };
                *worst = worst.min(*weight + far);
            }
        }
    }
    // "the pharmacist called about Ida Brandt": the one spoken about isn't the one who speaks.
    let about = view.before(person.first, 1).is_some_and(|token| {
        view.says_exact(token, &cue::ABOUT) || view.says_plain(token, &cue::RE)
    });
    if about && let Some((_, _, worst)) = topics.iter_mut().find(|(class, _, _)| *class == STAFF) {
        *worst = 1.0;
    }
    let all: f32 = topics.iter().map(|(_, _, worst)| *worst).product();
    match person.form {
        Form::Titled | Form::Kin => all.max(0.45),
        Form::Office => all.max(0.7),
        Form::Full | Form::Single | Form::Plain | Form::Initials | Form::Clinician => all,
    }
}
