//! Relations that make somebody a patient without a word of care: whose mother calls, whose therapist writes.

use super::STRONG;
use crate::cue::{self, Words};
use crate::ident::View;
use crate::lexicon::class_bits::{
    ADMIN, AGENT, COMMERCE, CREDENTIAL, EVENT, HR, KIN, MILD, PATIENT, SOCIAL, STAFF, TECH,
};
use crate::person::{Form, Person};
use crate::token::Gap;

/// What else people are written about for.
const BUSINESS: u64 = ADMIN | AGENT | COMMERCE | CREDENTIAL | EVENT | HR | SOCIAL | STAFF | TECH;

/// "Daycare phoned about little Ozzie", "grandma called re Benji", "worried about Marguerite".
fn is_reported(view: View<'_>, person: &Person) -> bool {
    let back = |count: usize| view.before(person.first, count);
    let word = |count: usize, words: &Words| back(count).is_some_and(|t| view.says(t, words));
    // "please look at Lysander", "can someone check on Imogen".
    let looked =
        word(2, &cue::LOOK) && word(1, &cue::AT) || word(2, &cue::CHECK) && word(1, &cue::ON);
    if looked && view.token(person.first).is_some_and(|t| t.classes.given_level() > 0) {
        return true;
    }
    let at = if word(1, &cue::LITTLE) { 2 } else { 1 };
    if !word(at, &cue::CALLED_ABOUT) {
        return false;
    }
    let verb = at.saturating_add(1);
    if word(verb, &cue::WORRIED) {
        return true;
    }
    let spoke = word(verb, &cue::PHONED);
    let caller = (at.saturating_add(2)..=at.saturating_add(4))
        .any(|count| back(count).is_some_and(|t| t.is(KIN)) || word(count, &cue::CALLS_FOR_CHILD));
    spoke && caller
}

/// How strongly a relation at the name speaks of care, and the class that stands for it.
pub(crate) fn relation(view: View<'_>, person: &Person) -> Option<(f32, u64)> {
    let next = person.last.saturating_add(1);
    let word = |index: usize, words: &Words| view.token(index).is_some_and(|t| view.says(t, words));
    let speaks = || (next..next.saturating_add(6)).any(|index| word(index, &cue::FAMILY_SPEAKS));
    let social = || (next..next.saturating_add(12)).any(|index| view.is(index, SOCIAL));
    // "Mirabel's therapist".
    if person.possessive && word(next, &cue::CARER) {
        return Some((0.72, PATIENT));
    }
    // "Zaire's mom called", "mom of Zaire called".
    let of = view.before(person.first, 1).is_some_and(|t| view.says_exact(t, &cue::OF))
        && view.before(person.first, 2).is_some_and(|t| t.is(KIN));
    if (of || person.possessive && view.is(next, KIN)) && speaks() && !social() {
        return Some((0.6, PATIENT));
    }
    // "mtg w/ parents of Caspian, autism", "spoke with the daughter of Winifred".
    let ill = || (next..next.saturating_add(12)).any(|index| view.is(index, STRONG & !MILD));
    if of && ill() && !social() {
        return Some((0.6, PATIENT));
    }
    if is_reported(view, person) && !social() {
        return Some((0.62, PATIENT));
    }
    // "(pt Hargreaves-Lindh)": whom one calls a patient is one.
    if super::direct::is_called_patient(view, person) {
        return Some((0.62, PATIENT));
    }
    // "Lopez, Ana - tori removal": filed as charts are.
    let filed = person.form == Form::Full
        && person.first == 0
        && view.gap(person.first.saturating_add(1)).has(Gap::COMMA)
        && view.gap(next).has(Gap::HYPHEN | Gap::COLON | Gap::SLASH)
        && view.token(next).is_some();
    let business = || (next..next.saturating_add(16)).any(|index| view.is(index, BUSINESS));
    if filed && !business() {
        return Some((0.55, PATIENT));
    }
    // "the Petrov baby is still yellow".
    let child = (person.first..=person.last).any(|index| word(index, &cue::FAMILY_CHILD));
    let alone = person.form == Form::Kin && child && !view.gap(next).has(Gap::STOP) && !social();
    alone.then_some((0.58, PATIENT))
}
