//! Addresses of every kind, and ages over 89.

use super::{Candidate, View};
use crate::cue::{self, Words};
use crate::finding::Category;
use crate::lexicon::class_bits::{AGE, KIN, PATIENT, STREET};
use crate::token::{Gap, Shape};

/// `local@domain.tld`, up to 12 tokens.
pub(super) fn email(view: View<'_>, at: usize) -> Option<Candidate> {
    let mut joined = at;
    let inner = Gap::PERIOD | Gap::HYPHEN | Gap::UNDERSCORE | Gap::AND;
    for next in at.saturating_add(1)..at.saturating_add(6) {
        if view.gap(next).only(Gap::AT) {
            joined = next;
            break;
        }
        if !view.gap(next).only(inner) {
            return None;
        }
    }
    if joined == at {
        return None;
    }
    let mut last = joined;
    for next in joined.saturating_add(1)..joined.saturating_add(6) {
        if !view.gap(next).only(Gap::PERIOD | Gap::HYPHEN) {
            break;
        }
        last = next;
    }
    (last > joined).then_some(Candidate {
        first: at,
        last,
        category: Category::Email,
        certainty: 0.7,
        rule: "id.email",
    })
}

/// A web address whose query or path carries a patient's number.
pub(super) fn url(view: View<'_>, at: usize) -> Option<Candidate> {
    let token = view.token(at)?;
    if !matches!(view.word(token), "http" | "https" | "www" | "HTTP" | "HTTPS" | "WWW") {
        return None;
    }
    let mut last = at;
    let (mut named, mut numbered) = (false, false);
    for next in at.saturating_add(1)..at.saturating_add(40) {
        let gap = view.gap(next);
        if gap.has(Gap::SPACE | Gap::LINE | Gap::PARAGRAPH | Gap::CELL | Gap::LESS) {
            break;
        }
        let Some(token) = view.token(next) else { break };
        let word = view.word(token).to_ascii_lowercase();
        if gap.has(Gap::EQUALS | Gap::SLASH)
            && named
            && token.len() >= 4
            && word.bytes().any(|b| b.is_ascii_digit())
        {
            numbered = true;
        }
        named |= matches!(
            word.as_str(),
            "mrn"
                | "patient"
                | "patientid"
                | "pid"
                | "ptid"
                | "pt"
                | "chart"
                | "dob"
                | "ssn"
                | "member"
        );
        last = next;
    }
    numbered.then_some(Candidate {
        first: at,
        last,
        category: Category::Url,
        certainty: 1.0,
        rule: "id.url",
    })
}

/// "198.51.100.27": four numbers up to 255, where somebody is a patient.
pub(super) fn internet(view: View<'_>, at: usize) -> Option<Candidate> {
    let last = at.saturating_add(3);
    let byte = |index: usize| {
        view.token(index).is_some_and(|t| {
            t.shape == Shape::Number && view.word(t).parse::<u16>().is_ok_and(|value| value < 256)
        })
    };
    let dotted = (at..=last).all(byte)
        && (at.saturating_add(1)..=last).all(|index| view.gap(index).only(Gap::PERIOD))
        && !view.gap(at).only(Gap::PERIOD);
    let patient =
        (at.saturating_sub(8)..last.saturating_add(9)).any(|index| view.is(index, PATIENT));
    (dotted && patient).then_some(Candidate {
        first: at,
        last,
        category: Category::OtherId,
        certainty: 0.65,
        rule: "id.internet",
    })
}

/// An age over 89: 97F, 92yo, 92 y/o, 101-year-old, age 93.
pub(super) fn age(view: View<'_>, at: usize) -> Option<Candidate> {
    let token = view.token(at)?;
    let word = view.word(token);
    let digits =
        word.len().saturating_sub(word.trim_start_matches(|c: char| c.is_ascii_digit()).len());
    let (number, ending) = (word.get(..digits)?, word.get(digits..)?);
    let years: u32 = number.parse().ok().filter(|years| (90..=119).contains(years))?;
    let next = at.saturating_add(1);
    let last = match ending {
        _ if years <= 112 && cue::SEX_LETTER.has_exact(ending) => at,
        _ if cue::YEARS_ENDING.has(ending) => at,
        "" if view.is(next, AGE) && view.gap(next).only(Gap::SPACE | Gap::HYPHEN) => next,
        "" if view.gap(next).only(Gap::SPACE)
            && view.token(next).is_some_and(|t| view.says_exact(t, &cue::SEX_LETTER)) =>
        {
            next
        }
        "" if view.before(at, 1).is_some_and(|t| t.is(AGE)) => at,
        "" if is_aged(view, at) => at,
        _ => return None,
    };
    // Temperatures, scores and counts: 98F and 101F are fevers unless an age follows sex or words of age.
    let fever = ending.eq_ignore_ascii_case("f")
        && (95..=107).contains(&years)
        && view.gap(at).has(Gap::PERIOD);
    (!fever).then_some(Candidate {
        first: at,
        last,
        category: Category::Age90,
        certainty: 0.8,
        rule: "id.age90",
    })
}

/// "ninety-three year old", "a hundred and one year old", "she is ninety-six".
pub(super) fn spoken_age(view: View<'_>, at: usize) -> Option<Candidate> {
    let is = |index: usize, words: &Words| view.token(index).is_some_and(|t| view.says(t, words));
    let hundred = is(at, &cue::HUNDRED);
    if !hundred && !is(at, &cue::NINETY) {
        return None;
    }
    let mut last = at;
    let mut next = at.saturating_add(1);
    if hundred && is(next, &cue::AND) {
        next = next.saturating_add(1);
    }
    if is(next, &cue::ONES) {
        last = next;
    }
    let next = last.saturating_add(1);
    let aged = view.is(next, AGE) && view.gap(next).only(Gap::SPACE | Gap::HYPHEN)
        || is(next, &cue::YEAR) && is(next.saturating_add(1), &cue::OLD);
    let told = !hundred
        && view.before(at, 1).is_some_and(|t| view.says_exact(t, &cue::AGE_TOLD))
        && view
            .before(at, 2)
            .is_some_and(|t| t.is(KIN | PATIENT) || view.says_plain(t, &cue::HE_OR_SHE));
    (aged || told).then_some(Candidate {
        first: at,
        last: if aged { next } else { last },
        category: Category::Age90,
        certainty: 0.8,
        rule: "id.age90",
    })
}

/// "Mother is 98, heart failure", "Ida, 97, fell": a bare number that can only be an age.
fn is_aged(view: View<'_>, at: usize) -> bool {
    let next = at.saturating_add(1);
    let after = view.gap(next);
    let ends = after.has(Gap::COMMA | Gap::STOP | Gap::PERIOD | Gap::CLOSE | Gap::PARAGRAPH)
        && !(after.only(Gap::PERIOD) || after.has(Gap::PERCENT))
        || view.token(next).is_some_and(|t| view.says_exact(t, &cue::AGE_GOES_ON));
    let somebody = |back: usize| {
        view.before(at, back).is_some_and(|t| {
            t.is(KIN | PATIENT)
                || view.says_plain(t, &cue::HE_OR_SHE)
                || view.says_plain(t, &cue::LADY)
                || view.says_exact(t, &cue::MAN_OR_WOMAN)
        })
    };
    let is = view.before(at, 1).is_some_and(|t| view.says_exact(t, &cue::AGE_IS));
    let named = view.gap(at).only(Gap::COMMA | Gap::SPACE)
        && view.gap(at).has(Gap::COMMA)
        && after.has(Gap::COMMA)
        && view
            .before(at, 1)
            .is_some_and(|t| t.shape == Shape::Capital && t.classes.given_level() >= 3);
    // "a gentleman, 96, end stage CHF".
    let sexed = view.gap(at).has(Gap::COMMA)
        && after.has(Gap::COMMA)
        && view
            .before(at, 1)
            .is_some_and(|t| t.is(PATIENT | KIN) || view.says_exact(t, &cue::AGED_SOMEBODY));
    ends && (is && somebody(2) || named || sexed)
}

/// Number, one to three words, and a word such as "Street".
pub(super) fn address(view: View<'_>, at: usize) -> Option<Candidate> {
    let house = view.token(at)?;
    if house.shape != Shape::Number || house.len() > 5 {
        return None;
    }
    for length in 1..=3_usize {
        let index = at.saturating_add(length);
        let token = view.token(index)?;
        if !token.gap.only(Gap::SPACE | Gap::PERIOD) || token.shape == Shape::Number {
            return None;
        }
        let end = index.saturating_add(1);
        let street = view.token(end)?;
        if street.is(STREET) && street.gap.only(Gap::SPACE) && token.shape != Shape::Lower {
            return Some(Candidate {
                first: at,
                last: end,
                category: Category::Address,
                certainty: 0.7,
                rule: "id.address",
            });
        }
    }
    None
}
