//! People who are written of in public or at work: authors by their papers, staff by their leave. Neither makes a patient.

use crate::cue::{self, Words};
use crate::ident::View;
use crate::lexicon::class_bits::{CREDENTIAL, HR, PATIENT, STAFF};
use crate::person::{Form, Person};
use crate::token::{Gap, Shape};

/// "Huang et al.", "Ferrante & Liu 2021", "reading Lindgren and Osei on", "Harrison's chapter on".
pub(crate) fn is_author(view: View<'_>, person: &Person) -> bool {
    if matches!(person.form, Form::Titled | Form::Kin | Form::Office) {
        return false;
    }
    let next = person.last.saturating_add(1);
    let word = |index: usize, words: &Words| {
        view.token(index).is_some_and(|token| view.says(token, words))
    };
    let and = |index: usize| view.gap(index).has(Gap::AND) || word(index, &cue::AND);
    let year = |index: usize| {
        view.token(index).is_some_and(|t| {
            t.shape == Shape::Number
                && t.len() == 4
                && (view.word(t).starts_with("19") || view.word(t).starts_with("20"))
        })
    };
    let said = |index: usize| view.token(index).map_or("", |token| view.word(token));
    if cue::ET_AL.has_pair(said(next), said(next.saturating_add(1))) {
        return true;
    }
    if person.possessive {
        // "Ferraro's review of systems", "Dalia's sleep study".
        let of = word(next.saturating_add(1), &cue::WORK_ABOUT);
        return word(next, &cue::WORK) && of && !word(next.saturating_add(2), &cue::SYSTEMS);
    }
    let paired = and(next) || and(person.first) || word(person.first.saturating_sub(1), &cue::AND);
    let dated = paired && (year(next) || (next..next.saturating_add(3)).any(year));
    let back = |count: usize| view.before(person.first, count);
    // The words before: "paper by", "reading", "I read", past a first author and "and".
    let read = (1..=5_usize)
        .take_while(|&count| {
            count == 1
                || back(count.saturating_sub(1)).is_some_and(|t| {
                    t.shape == Shape::Capital || view.says(t, &cue::BETWEEN_AUTHORS)
                })
        })
        .take_while(|&count| {
            let at = person.first.saturating_sub(count).saturating_add(1);
            !view.gap(at).has(Gap::PERIOD | Gap::STOP | Gap::LINE | Gap::PARAGRAPH)
        })
        .any(|count| {
            let Some(t) = back(count) else { return false };
            let by = (1..count).filter_map(back).any(|t| view.says(t, &cue::BY));
            let wrote = by && view.says(t, &cue::WRITTEN_BY);
            wrote || view.says(t, &cue::READING)
        });
    dated || read
}

/// "Dr. Whitlock's back surgery - who takes his call weeks", "RN Pham's FMLA", "Ben's titer for employee health".
pub(super) fn is_staff_matter(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    let after = || (next..next.saturating_add(14)).filter_map(|index| view.token(index));
    let employed = after().any(|t| view.says(t, &cue::EMPLOYMENT) && !t.is(PATIENT));
    let job = view.before(person.first, 1).is_some_and(|t| {
        t.is(CREDENTIAL | STAFF) && t.shape != Shape::Lower
            || view.says(t, &cue::JOB_BEFORE_NAME)
            || view.says_exact(t, &cue::JOB_LETTERS)
    });
    let staffed = person.form == Form::Clinician || job;
    let line = view.tokens.iter().skip(person.first.saturating_sub(8)).take(30);
    let covered = staffed && line.into_iter().any(|t| t.is(HR) || view.says(t, &cue::STAFFING));
    employed || covered
}
