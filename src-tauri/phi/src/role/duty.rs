//! Who is on duty: those welcomed to a job, who attend a meeting, who stand in a roster.

use crate::cue;
use crate::ident::View;
use crate::lexicon::class_bits::STAFF;
use crate::person::Person;
use crate::token::Gap;

/// "New PT aide: Reuben Achterberg", "Present: Dr. Iturbe, K. Voss", "Mon - Ottilie".
pub(super) fn is_on_duty(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    // "New PT aide: Reuben Achterberg".
    let hired = view.gap(person.first).has(Gap::COLON | Gap::COMMA)
        && (1..=4).any(|count| view.before(person.first, count).is_some_and(|t| t.is(STAFF)))
        && (2..=5).any(|count| {
            view.before(person.first, count).is_some_and(|t| view.says(t, &cue::WELCOME))
        });
    // "Present: Dr. Iturbe, Dr. Pennington, K. Voss."
    let sentence = view.token(person.first).map_or(0, |t| t.sentence);
    let attends = (1..=14).any(|count| {
        let at = person.first.saturating_sub(count);
        view.before(person.first, count).is_some_and(|t| {
            t.sentence == sentence
                && view.says(t, &cue::ATTENDEES)
                && view.gap(at.saturating_add(1)).has(Gap::COLON)
        })
    });
    // "Mon - Ottilie": who is on duty.
    let rostered = view.gap(person.first).has(Gap::HYPHEN | Gap::COLON)
        && !view.gap(person.first).has(Gap::LESS)
        && view.gap(person.first.saturating_sub(1)).has(Gap::LINE | Gap::PARAGRAPH)
        && view.before(person.first, 1).is_some_and(|t| view.says(t, &cue::WEEKDAY))
        && view.gap(next).has(Gap::LINE | Gap::PARAGRAPH | Gap::COMMA);
    hired || attends || rostered
}
