//! Numbers and dates of birth as people say them, in transcripts of voice mail: "my social is four three one, six eight, …", "birthday
//! January second nineteen fifty".

use super::{Candidate, View, date};
use crate::cue;
use crate::finding::Category;
use crate::lexicon::class_bits::{
    KEY_ACCOUNT, KEY_DOB, KEY_MEMBER, KEY_MRN, KEY_PATIENT, KEY_PHONE, KEY_SSN, MONTH,
};
use crate::token::{Gap, Shape, Token};

/// What announces a number or a date that may be spoken.
pub(super) const ANNOUNCING: u64 =
    KEY_SSN | KEY_MRN | KEY_MEMBER | KEY_PATIENT | KEY_ACCOUNT | KEY_DOB;

/// How many words may stand between the announcement and what it announces.
const REACH: usize = 9;

/// How many words a number or a date may take: what is longer is none, and a page of digits is still read in linear time.
const LONGEST: usize = 40;

/// Returns what is spelled out soon after the announcement at token `key`.
pub(super) fn after(view: View<'_>, key: usize) -> Option<Candidate> {
    let classes = view.token(key)?.classes.0;
    let from = key.saturating_add(1);
    for first in from..from.saturating_add(REACH) {
        let token = view.token(first)?;
        // Another announcement speaks for what comes after it.
        if token.is(KEY_PHONE) && classes & KEY_PHONE == 0 || view.gap(first).has(Gap::PARAGRAPH) {
            return None;
        }
        let found = if classes & KEY_DOB == 0 {
            number(view, first, classes)
        } else {
            said_date(view, first)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// "five eight four, one seven, two two six oh, that's my social": what is spelled out at token `at`, and called by its name right after.
pub(super) fn before(view: View<'_>, at: usize) -> Option<Candidate> {
    // The letters of "d.o.b." are no digits.
    let token = view.token(at).filter(|token| !token.is(ANNOUNCING))?;
    let opens = if token.shape == Shape::Number {
        token.len() == 1 && view.token(at.saturating_add(1)).is_some_and(|t| t.len() == 1)
    } else if token.shape == Shape::Initial {
        view.token(at.saturating_add(1)).is_some_and(|t| {
            view.says_exact(t, &cue::LETTER_AS) || view.says_exact(t, &cue::LETTER_LIKE)
        })
    } else {
        view.says(token, &cue::DIGIT)
    };
    if !opens {
        return None;
    }
    if let Some(born) = said_date(view, at) {
        let next = born.last.saturating_add(1);
        let called = (next..next.saturating_add(6)).any(|index| view.is(index, KEY_DOB));
        return called.then_some(born);
    }
    let last = number(view, at, KEY_ACCOUNT)?.last;
    let next = last.saturating_add(1);
    let key = (next..next.saturating_add(6)).find_map(|index| {
        view.token(index).filter(|t| t.is(ANNOUNCING & !KEY_DOB & !KEY_ACCOUNT))
    })?;
    number(view, at, key.classes.0)
}

/// Said digit by digit, letters perhaps with a word for each: "six, D as in dog, V as in Victor, zero".
fn number(view: View<'_>, first: usize, classes: u64) -> Option<Candidate> {
    let (mut at, mut said, mut places) = (first, 0_usize, 0_usize);
    let end = first.saturating_add(LONGEST);
    while let Some(token) = view.token(at).filter(|_| at == first || at < end && goes_on(view, at))
    {
        let spoken = digits(view, token);
        let word = view.says(token, &cue::LETTER_WORD);
        let letter = token.len() == 1 && token.shape != Shape::Number && places > 0
            || token.shape == Shape::Initial
            || word;
        if spoken == 0 && said > 0 && view.says_exact(token, &cue::SAID_JOINT) {
            at = at.saturating_add(1);
            continue;
        }
        if spoken == 0 && !letter && !(token.shape == Shape::Number && token.len() <= 4) {
            break;
        }
        said = said.saturating_add(usize::from(spoken > 0));
        places = places.saturating_add(match spoken {
            0 if word => 1,
            0 => token.len(),
            _ => spoken,
        });
        at = at.saturating_add(1);
        // "D as in dog", "M like Mary"
        if let Some(next) = view.token(at).filter(|_| letter) {
            let words = if view.says_exact(next, &cue::LETTER_AS) {
                3
            } else if view.says_exact(next, &cue::LETTER_LIKE) {
                2
            } else {
                0
            };
            at = at.saturating_add(words);
        }
    }
    let last = at.checked_sub(1)?;
    let (category, rule, least) = match classes {
        _ if classes & KEY_SSN != 0 => (Category::Ssn, "id.ssn", 9),
        _ if classes & KEY_MRN != 0 => (Category::Mrn, "id.mrn", 5),
        _ if classes & KEY_MEMBER != 0 => (Category::MemberId, "id.member", 7),
        _ if classes & KEY_PATIENT != 0 => (Category::OtherId, "id.patient", 6),
        _ => (Category::Account, "id.account", 6),
    };
    let certainty = if classes & (KEY_SSN | KEY_MRN | KEY_MEMBER) == 0 { 0.8 } else { 1.0 };
    (said >= 3 && places >= least).then_some(Candidate { first, last, category, certainty, rule })
}

/// How many digits a word says: one, or two ("forty", "nineteen"); one digit that stands alone counts, too.
fn digits(view: View<'_>, token: &Token) -> usize {
    if token.shape == Shape::Number {
        usize::from(token.len() == 1)
    } else if view.says(token, &cue::DIGIT) {
        1
    } else if view.says(token, &cue::TEEN) || view.says(token, &cue::TENS) {
        2
    } else {
        0
    }
}

fn goes_on(view: View<'_>, at: usize) -> bool {
    let gap = view.gap(at);
    gap.only(Gap::SPACE | Gap::COMMA | Gap::HYPHEN | Gap::PERIOD | Gap::OTHER | Gap::LINE)
}

/// "January second nineteen fifty", "the fourth of July nineteen sixty three", "the 9th of April, 1938", "four, twenty-two, nineteen
/// fifty-one": three parts at least, the last of them a year.
fn said_date(view: View<'_>, first: usize) -> Option<Candidate> {
    let (mut at, mut parts, mut said) = (first, 0_usize, 0_usize);
    let (mut last, mut year) = (first, false);
    let end = first.saturating_add(LONGEST);
    while let Some(token) = view.token(at).filter(|_| at == first || at < end && goes_on(view, at))
    {
        let number = token.shape == Shape::Number || date::day(view, at);
        let word = digits(view, token) > 0 && token.shape != Shape::Number
            || view.says(token, &cue::ORDINAL)
            || view.says(token, &cue::HUNDREDS);
        if token.is(MONTH) || number || word {
            parts = parts.saturating_add(1);
            said = said.saturating_add(usize::from(word));
            year = ends_in_year(view, at, parts);
            last = at;
        } else if parts == 0 || !view.says(token, &cue::DATE_JOINT) {
            break;
        } else {
            said = said.saturating_add(1);
        }
        at = at.saturating_add(1);
        if year && token.shape == Shape::Number {
            break;
        }
    }
    (said >= 1 && parts >= 3 && year).then_some(Candidate {
        first,
        last,
        category: Category::Dob,
        certainty: 1.0,
        rule: "id.dob",
    })
}

/// The number, or the last words of it, can be a year: 1938, "nineteen fifty", "sixty three", "two thousand nine".
fn ends_in_year(view: View<'_>, at: usize, parts: usize) -> bool {
    let Some(token) = view.token(at).filter(|_| parts >= 3) else { return false };
    if token.shape == Shape::Number {
        let value = view.word(token).parse::<u32>().unwrap_or_default();
        return (1900..=2099).contains(&value);
    }
    let before = |back: usize, words: &cue::Words| {
        view.before(at, back).is_some_and(|t| view.says(t, words))
    };
    let tens = view.says(token, &cue::TENS);
    let ones = view.says(token, &cue::DIGIT);
    let century = |back: usize| before(back, &cue::TEEN) || before(back, &cue::TENS);
    let thousand = before(1, &cue::HUNDREDS) || before(2, &cue::HUNDREDS);
    // "June third, twenty people"
    let ends = !view.gap(at.saturating_add(1)).only(Gap::SPACE);
    tens && (century(1) || ends)
        || ones && before(1, &cue::TENS) && parts >= 4
        || view.says(token, &cue::TEEN) && (century(1) || thousand)
        || ones && thousand
}
