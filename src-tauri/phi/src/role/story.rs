//! Stories: a text that tells of one person, "she" or "he", with no trade, training or office around it. What it says of health
//! anywhere is about that person.

use crate::cue;
use crate::ident::View;
use crate::lexicon::class_bits::{
    AGENT, COMMERCE, EVENT, HR, ORGANISATION, PRONOUN, SOCIAL, STAFF, TECH,
};
use crate::person::{Form, Person};

/// What turns a text into one about work.
const WORK: u64 = AGENT | COMMERCE | EVENT | HR | ORGANISATION | SOCIAL | TECH;

/// Returns whether a text tells of one or two people by pronouns and speaks of no work.
pub(crate) fn is_story(view: View<'_>, people: &[Person]) -> bool {
    let singular =
        view.tokens.iter().filter(|t| t.is(PRONOUN)).any(|t| view.says(t, &cue::SINGULAR_PRONOUN));
    let named = people.iter().filter(|p| p.form != Form::Clinician && p.certainty >= 0.6).count();
    let work = view.tokens.iter().filter(|t| t.is(WORK) || t.is(STAFF) && t.is(HR)).count();
    singular && (1..=3).contains(&named) && work == 0 && view.tokens.len() <= 120
}
