//! People who are written of in public or at work: authors by their papers, staff by their leave. Neither makes a patient.

use super::direct::is_word;
use crate::ident::View;
use crate::lexicon::class_bits::{CREDENTIAL, HR, PATIENT, STAFF};
use crate::person::{Form, Person};
use crate::token::{Gap, Shape};

/// What authors own.
const WORKS: [&str; 20] = [
    "paper",
    "papers",
    "chapter",
    "review",
    "article",
    "editorial",
    "book",
    "textbook",
    "column",
    "post",
    "blog",
    "podcast",
    "trial",
    "study",
    "lecture",
    "slides",
    "slide",
    "thesis",
    "tweet",
    "talk",
];

/// "Huang et al.", "Ferrante & Liu 2021", "reading Lindgren and Osei on", "Harrison's chapter on".
pub(crate) fn is_author(view: View<'_>, person: &Person) -> bool {
    if matches!(person.form, Form::Titled | Form::Kin | Form::Office) {
        return false;
    }
    let next = person.last.saturating_add(1);
    let word = |index: usize, words: &[&str]| {
        view.token(index).is_some_and(|token| is_word(view, token, words))
    };
    let and = |index: usize| view.gap(index).has(Gap::AND) || word(index, &["and"]);
    let year = |index: usize| {
        view.token(index).is_some_and(|t| {
            t.shape == Shape::Number
                && t.len() == 4
                && (view.word(t).starts_with("19") || view.word(t).starts_with("20"))
        })
    };
    if word(next, &["et"]) && word(next.saturating_add(1), &["al"]) {
        return true;
    }
    if person.possessive {
        // "Ferraro's review of systems", "Dalia's sleep study".
        let of = word(next.saturating_add(1), &["on", "about", "of", "in", "is", "for"]);
        return word(next, &WORKS) && of && !word(next.saturating_add(2), &["systems"]);
    }
    let paired = and(next) || and(person.first) || word(person.first.saturating_sub(1), &["and"]);
    let dated = paired && (year(next) || (next..next.saturating_add(3)).any(year));
    let back = |count: usize| view.before(person.first, count);
    // The words before: "paper by", "reading", "I read", past a first author and "and".
    let read = (1..=5_usize)
        .take_while(|&count| {
            count == 1
                || back(count.saturating_sub(1)).is_some_and(|t| {
                    t.shape == Shape::Capital || is_word(view, t, &["and", "by", "the"])
                })
        })
        .take_while(|&count| {
            let at = person.first.saturating_sub(count).saturating_add(1);
            !view.gap(at).has(Gap::PERIOD | Gap::STOP | Gap::LINE | Gap::PARAGRAPH)
        })
        .any(|count| {
            let Some(t) = back(count) else { return false };
            let by = (1..count).filter_map(back).any(|t| is_word(view, t, &["by"]));
            let wrote =
                by && is_word(view, t, &["paper", "article", "chapter", "editorial", "review"]);
            wrote || is_word(view, t, &["read", "reading"])
        });
    dated || read
}

/// "Dr. Whitlock's back surgery - who takes his call weeks", "RN Pham's FMLA", "Ben's titer for employee health".
pub(super) fn is_staff_matter(view: View<'_>, person: &Person) -> bool {
    let next = person.last.saturating_add(1);
    let after = || (next..next.saturating_add(14)).filter_map(|index| view.token(index));
    let employed = after().any(|t| {
        is_word(view, t, &["credentialing", "employee", "payroll", "onboarding", "privileges"])
            && !t.is(PATIENT)
    });
    let job = view.before(person.first, 1).is_some_and(|t| {
        t.is(CREDENTIAL | STAFF) && t.shape != Shape::Lower
            || is_word(view, t, &["nurse", "tech"])
            || matches!(view.word(t), "PA" | "NP" | "RN" | "MA" | "CNA" | "LPN")
    });
    let staffed = person.form == Form::Clinician || job;
    let line = view.tokens.iter().skip(person.first.saturating_sub(8)).take(30);
    let covered = staffed
        && line.into_iter().any(|t| {
            t.is(HR)
                || is_word(
                    view,
                    t,
                    &["fmla", "coverage", "duty", "comp", "covers", "schedule", "leave", "backup"],
                )
        });
    employed || covered
}
