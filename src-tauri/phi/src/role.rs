//! Roles: how likely a candidate person is to be a patient, rather than staff, a speaker, a vendor, a place or a disease.

use crate::context::Context;
use crate::finding::Kind;
use crate::ident::View;
use crate::knowledge::{Knowledge, KnownRole};
use crate::lexicon::class_bits::{
    ADMIN, APPOINTMENT, BILLING, CARE, COMMERCE, CONDITION, CREDENTIAL, DRUG, EVENT, HR,
    ORGANISATION, PATIENT, PLACE, PREDICATE, PROCEDURE, SOCIAL, STAFF, SYMPTOM, TECH, TEST,
};
use crate::person::{Form, Person};
use crate::token::Gap;

const CLINICAL: u64 = CONDITION | SYMPTOM | DRUG | PROCEDURE | TEST | CARE | APPOINTMENT | BILLING;

/// Returns how likely the person is a patient: 1 leaves the score as it is.
pub(crate) fn factor(
    view: View<'_>,
    kind: Kind,
    person: &Person,
    context: &Context,
    known: &Knowledge,
) -> f32 {
    let next = person.last.saturating_add(1);
    let possessive = person.possessive && context.distance <= 3 && context.class & CLINICAL != 0;
    let mut factor = 1.0_f32;
    if let Some(role) = known_role(view, person, known) {
        factor *= match role {
            KnownRole::Patient => 1.5,
            _ if possessive => 1.0,
            KnownRole::Staff
            | KnownRole::Provider
            | KnownRole::Business
            | KnownRole::NotPatient => 0.2,
        };
    }
    if person.form == Form::Clinician {
        return factor * 0.1;
    }
    if view.is(next, CREDENTIAL) && view.gap(next).has(Gap::COMMA | Gap::SPACE) && !possessive {
        return factor * 0.15;
    }
    if !possessive
        && view.is(next, PLACE)
        && view.gap(next).only(Gap::SPACE)
        && person.form != Form::Titled
    {
        return factor * 0.15;
    }
    let patient = view.before(person.first, 1).is_some_and(|token| token.is(PATIENT));
    if patient {
        return factor;
    }
    factor * surroundings(view, kind, person, possessive)
}

fn known_role(view: View<'_>, person: &Person, known: &Knowledge) -> Option<KnownRole> {
    let fold = |index: usize| view.token(index).map(|token| view.word(token).to_lowercase());
    let last = fold(person.last)?;
    if person.first == person.last {
        return known.role_of(None, Some(&last));
    }
    let first = fold(person.first)?;
    known.role_of(Some(&first), Some(&last)).or_else(|| known.role_of(Some(&last), Some(&first)))
}

/// What the line, or the sentence, is about besides health.
fn surroundings(view: View<'_>, kind: Kind, person: &Person, possessive: bool) -> f32 {
    let sentence = view.token(person.first).map_or(0, |token| token.sentence);
    let (mut event, mut hr, mut social, mut commerce, mut admin, mut staff) =
        (1.0_f32, 1.0_f32, 1.0_f32, 1.0_f32, 1.0_f32, 1.0_f32);
    let from = person.first.saturating_sub(25);
    let to = person.last.saturating_add(25).min(view.tokens.len().saturating_sub(1));
    for index in (from..person.first).chain(person.last.saturating_add(1)..=to) {
        let Some(token) = view.token(index) else { continue };
        if (kind != Kind::Subject && token.sentence != sentence) || token.is(CLINICAL) {
            continue;
        }
        let near = |weight: f32| weight;
        if token.is(EVENT) {
            event = event.min(near(0.35));
        }
        if token.is(HR) {
            hr = hr.min(near(0.35));
        }
        if token.is(SOCIAL) {
            social = social.min(near(0.4));
        }
        if token.is(COMMERCE | ORGANISATION) {
            commerce = commerce.min(near(0.55));
        }
        if token.is(ADMIN | TECH) {
            admin = admin.min(near(0.6));
        }
        if token.is(STAFF) {
            staff = staff.min(near(0.5));
        }
    }
    let all = event * hr * social * commerce * admin * staff;
    let predicate = view.is(person.last.saturating_add(1), PREDICATE);
    match (possessive, person.form == Form::Titled || person.form == Form::Kin, predicate) {
        (true, _, _) => all.max(0.7),
        (_, true, _) => all.max(0.4),
        _ => all,
    }
}
