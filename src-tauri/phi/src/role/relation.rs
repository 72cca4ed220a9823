//! Relations that make somebody a patient without a word of care: whose mother calls, whose therapist writes.

use super::STRONG;
use crate::ident::View;
use crate::lexicon::class_bits::{
    ADMIN, AGENT, COMMERCE, CREDENTIAL, EVENT, HR, KIN, MILD, PATIENT, SOCIAL, STAFF, TECH,
};
use crate::person::{Form, Person};
use crate::token::Gap;

/// Who care for one person, as possessions of that person.
const CARERS: [&str; 25] = [
    "therapist",
    "counselor",
    "psychologist",
    "psychiatrist",
    "surgeon",
    "oncologist",
    "cardiologist",
    "neurologist",
    "nephrologist",
    "urologist",
    "dermatologist",
    "orthodontist",
    "dentist",
    "pediatrician",
    "midwife",
    "doula",
    "obgyn",
    "pcp",
    "caseworker",
    "caregiver",
    "aide",
    "doctor",
    "specialist",
    "sponsor",
    "surrogate",
];

/// What families do when they write to a clinic about somebody.
const SPEAK: [&str; 16] = [
    "called",
    "calls",
    "calling",
    "says",
    "said",
    "asking",
    "asks",
    "asked",
    "wants",
    "worried",
    "upset",
    "requests",
    "phoned",
    "reports",
    "insists",
    "concerned",
];

/// What else people are written about for.
const BUSINESS: u64 = ADMIN | AGENT | COMMERCE | CREDENTIAL | EVENT | HR | SOCIAL | STAFF | TECH;

/// Kin that clinics speak of by the family's name.
const CHILDREN: [&str; 9] =
    ["baby", "boy", "girl", "newborn", "infant", "toddler", "bb", "bg", "bebe"];

/// "Daycare phoned about little Ozzie", "grandma called re Benji", "worried about Marguerite".
fn is_reported(view: View<'_>, person: &Person) -> bool {
    const CALLERS: [&str; 9] = [
        "daycare",
        "school",
        "camp",
        "preschool",
        "teacher",
        "kindergarten",
        "coach",
        "grandma",
        "mom",
    ];
    let back = |count: usize| view.before(person.first, count);
    let word = |count: usize| back(count).map(|t| view.word(t).to_ascii_lowercase());
    // "please look at Lysander", "can someone check on Imogen".
    let looked = matches!(word(2).as_deref(), Some("look" | "peek"))
        && word(1).as_deref() == Some("at")
        || matches!(word(2).as_deref(), Some("check" | "checked" | "round" | "rounded" | "in"))
            && word(1).as_deref() == Some("on");
    if looked && view.token(person.first).is_some_and(|t| t.classes.given_level() > 0) {
        return true;
    }
    let at = if matches!(word(1).as_deref(), Some("little" | "young")) { 2 } else { 1 };
    if !matches!(word(at).as_deref(), Some("about" | "re" | "regarding")) {
        return false;
    }
    let verb = word(at.saturating_add(1));
    if matches!(verb.as_deref(), Some("worried" | "concerned")) {
        return true;
    }
    let spoke = matches!(verb.as_deref(), Some("called" | "phoned" | "calling" | "calls" | "rang"));
    let caller = (at.saturating_add(2)..=at.saturating_add(4)).any(|count| {
        back(count).is_some_and(|t| t.is(KIN))
            || word(count).is_some_and(|word| CALLERS.contains(&word.as_str()))
    });
    spoke && caller
}

/// How strongly a relation at the name speaks of care, and the class that stands for it.
pub(crate) fn relation(view: View<'_>, person: &Person) -> Option<(f32, u64)> {
    let next = person.last.saturating_add(1);
    let word = |index: usize| view.token(index).map(|t| view.word(t).to_ascii_lowercase());
    let speaks = || {
        (next..next.saturating_add(6))
            .any(|index| word(index).is_some_and(|word| SPEAK.contains(&word.as_str())))
    };
    let social = || (next..next.saturating_add(12)).any(|index| view.is(index, SOCIAL));
    // "Mirabel's therapist".
    if person.possessive && word(next).is_some_and(|word| CARERS.contains(&word.as_str())) {
        return Some((0.72, PATIENT));
    }
    // "Zaire's mom called", "mom of Zaire called".
    let of = view.before(person.first, 1).is_some_and(|t| view.word(t) == "of")
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
    let child = (person.first..=person.last)
        .any(|index| word(index).is_some_and(|word| CHILDREN.contains(&word.as_str())));
    let alone = person.form == Form::Kin && child && !view.gap(next).has(Gap::STOP) && !social();
    alone.then_some((0.58, PATIENT))
}
