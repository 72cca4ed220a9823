//! Dates, and which of them are dates of birth.

use super::{Candidate, View};
use crate::cue;
use crate::finding::Category;
use crate::lexicon::class_bits::{KEY_DOB, MONTH};
use crate::token::{Gap, Shape};

/// Nobody alive was born before this year.
const EARLIEST: u32 = 1906;

/// A date in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    /// Last token.
    pub(crate) last: usize,
    /// The year, if one is written.
    pub(crate) year: Option<u32>,
}

/// Returns the date that starts at token `at`.
pub(crate) fn date_at(view: View<'_>, at: usize) -> Option<Date> {
    numeric(view, at)
        .or_else(|| compact(view, at))
        .or_else(|| spelled(view, at))
        .or_else(|| roman(view, at))
        .or_else(|| packed(view, at))
        .or_else(|| short_month(view, at))
        .or_else(|| year_first(view, at))
        .or_else(|| glued(view, at))
        .or_else(|| spanish(view, at))
        .or_else(|| announced_numbers(view, at))
}

fn value(view: View<'_>, at: usize) -> Option<(u32, usize)> {
    let token = view.token(at)?;
    if token.shape != Shape::Number || token.len() > 4 {
        return None;
    }
    Some((view.word(token).parse().ok()?, token.len()))
}

/// 3/14/62, 03-14-1962, 3.14.62, 1962-03-14, 3/14.
fn numeric(view: View<'_>, at: usize) -> Option<Date> {
    let (a, a_len) = value(view, at)?;
    let (second, third) = (at.saturating_add(1), at.saturating_add(2));
    let joint = view.gap(second);
    if !(joint.only(Gap::SLASH)
        || joint.only(Gap::HYPHEN)
        || joint.only(Gap::PERIOD)
        || joint.only(Gap::UNDERSCORE)
        || joint.only(Gap::OTHER)
        || piped(view, second)
        || joint.only(Gap::SLASH | Gap::SPACE)
        || joint.only(Gap::SPACE) && born(view, at))
    {
        return None;
    }
    let (b, _) = value(view, second)?;
    // 3/14/'62, 3.14.'62
    let short_year = |mark| joint.only(mark) && view.gap(third).only(mark | Gap::APOSTROPHE);
    let abbreviated = [Gap::SLASH, Gap::PERIOD, Gap::HYPHEN].into_iter().any(short_year);
    if view.gap(third) != joint && !abbreviated {
        let short = joint.only(Gap::SLASH) && a_len <= 2 && is_month_day(a, b);
        return short.then_some(Date { last: second, year: None });
    }
    let (c, c_len) = value(view, third)?;
    if view.gap(third.saturating_add(1)) == joint {
        return None;
    }
    let year = match (a_len, c_len) {
        (4, _) if is_month_day(b, c) => a,
        (..=2, 4) if is_month_day(a, b) || is_month_day(b, a) => c,
        (..=2, 2) if is_month_day(a, b) || is_month_day(b, a) => two_digit_year(c),
        // "48-07-22"
        (2, ..=2) if a > 31 && is_month_day(b, c) => two_digit_year(a),
        _ => return None,
    };
    is_year(year).then_some(Date { last: third, year: Some(year) })
}

/// "3|14|51", with no blanks, as columns have them.
fn piped(view: View<'_>, at: usize) -> bool {
    let Some(token) = view.token(at).filter(|token| token.gap.only(Gap::CELL)) else {
        return false;
    };
    view.text.get(..token.start).is_some_and(|text| text.ends_with('|'))
        && view.before(at, 1).is_some_and(|last| last.end.saturating_add(1) == token.start)
}

/// Right after "dob", so that blanks between the numbers make a date too: "DOB 05 17 2013".
fn born(view: View<'_>, at: usize) -> bool {
    view.before(at, 1).is_some_and(|t| t.is(KEY_DOB) && t.len() > 1)
}

/// Soon after "birth date" three numbers are a date, whatever parts them: "3 . 17 . 1990", "09'14'2001", "04-17_63", "(09)(21)(1967)".
fn announced_numbers(view: View<'_>, at: usize) -> Option<Date> {
    let born = (1..=3).any(|back| {
        let key = view.before(at, back).filter(|t| t.is(KEY_DOB));
        let spelled = view.before(at, back.saturating_add(1)).is_some_and(|t| t.is(KEY_DOB));
        let marked = back == 1 && view.gap(at).has(Gap::PERIOD | Gap::COLON);
        key.is_some_and(|t| t.len() > 1 || spelled || marked)
    });
    let third = at.saturating_add(2);
    let parted = |at: usize| !view.gap(at).has(Gap::LINE | Gap::PARAGRAPH | Gap::COMMA);
    if !born || !parted(third) || !parted(third.saturating_sub(1)) {
        return None;
    }
    let (a, _) = value(view, at)?;
    let (b, _) = value(view, third.saturating_sub(1))?;
    let year = year_of(value(view, third)?)?;
    let fits = is_month_day(a, b) || is_month_day(b, a);
    fits.then_some(Date { last: third, year: Some(year) })
}

/// 03141962, 19620314 and 031462; only an announcement makes them dates of birth.
fn compact(view: View<'_>, at: usize) -> Option<Date> {
    let token = view.token(at)?;
    let word = view.word(token);
    if token.shape != Shape::Number || !matches!(word.len(), 6 | 8) {
        return None;
    }
    Some(Date { last: at, year: Some(compact_year(word)?) })
}

/// The year of six or eight digits that are a date.
fn compact_year(word: &str) -> Option<u32> {
    let part = |range: std::ops::Range<usize>| {
        word.get(range).and_then(|digits| digits.parse::<u32>().ok())
    };
    match word.len() {
        6 => is_month_day(part(0..2)?, part(2..4)?).then_some(two_digit_year(part(4..6)?)),
        8 => {
            let american = is_month_day(part(0..2)?, part(2..4)?).then_some(part(4..8)?);
            let iso = is_month_day(part(4..6)?, part(6..8)?).then_some(part(0..4)?);
            american.filter(|y| is_year(*y)).or(iso.filter(|y| is_year(*y)))
        }
        _ => None,
    }
}

/// A month in roman numbers, between two like marks: "04.IX.2018".
fn roman(view: View<'_>, at: usize) -> Option<Date> {
    const MONTHS: [&str; 12] =
        ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
    let (second, third) = (at.saturating_add(1), at.saturating_add(2));
    let joint = view.gap(second);
    let marks = [Gap::PERIOD, Gap::HYPHEN, Gap::SLASH].iter().any(|mark| joint.only(*mark));
    if !marks || view.gap(third) != joint || !day(view, at) {
        return None;
    }
    let month = view.word(view.token(second)?);
    let year = year_of(value(view, third)?)?;
    MONTHS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(month))
        .then_some(Date { last: third, year: Some(year) })
}

/// "22JUL1948", "22jul48": written together.
fn packed(view: View<'_>, at: usize) -> Option<Date> {
    let word = view.token(at).map(|token| view.word(token)).filter(|word| word.is_ascii())?;
    // "dob03Jan1954"
    let word = if glued_key(word) {
        word.trim_start_matches(|c: char| c.is_ascii_alphabetic())
    } else {
        word
    };
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = word.split_at(digits);
    let (month, year) = (rest.get(..3)?, rest.get(3..)?);
    let fits = day.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day))
        && cue::MONTH_SHORT.has(month)
        && year.bytes().all(|byte| byte.is_ascii_digit());
    let year = year_of((year.parse().ok().filter(|_| fits)?, year.len()))?;
    Some(Date { last: at, year: Some(year) })
}

/// "9-dic-1952": a month in three letters, in any language, between two like marks.
fn short_month(view: View<'_>, at: usize) -> Option<Date> {
    let (second, third) = (at.saturating_add(1), at.saturating_add(2));
    let joint = view.gap(second);
    let marks = [Gap::PERIOD, Gap::HYPHEN, Gap::SLASH].iter().any(|mark| joint.only(*mark));
    let month = view.token(second).is_some_and(|t| view.says(t, &cue::MONTH_SHORT));
    if !marks || !month || view.gap(third) != joint || !day(view, at) {
        return None;
    }
    Some(Date { last: third, year: Some(year_of(value(view, third)?)?) })
}

/// "1986 Dec 11", "1986-Dec-11".
fn year_first(view: View<'_>, at: usize) -> Option<Date> {
    let (second, third) = (at.saturating_add(1), at.saturating_add(2));
    let (year, length) = value(view, at).filter(|_| view.is(second, MONTH))?;
    let joint = view.gap(second);
    let fits = length == 4
        && is_year(year)
        && (joint.only(Gap::SPACE) || joint.only(Gap::HYPHEN))
        && view.gap(third) == joint
        && day(view, third);
    fits.then_some(Date { last: third, year: Some(year) })
}

/// "DOB09171947", "DOB10.25.1939": written together with the word for it.
fn glued(view: View<'_>, at: usize) -> Option<Date> {
    let number = glued_number(view, at)?;
    if number.len() >= 6 {
        let year = compact_year(number)?;
        return Some(Date { last: at, year: Some(year) });
    }
    let (second, third) = (at.saturating_add(1), at.saturating_add(2));
    let (a, (b, _)) = (number.parse().ok()?, value(view, second)?);
    let year = year_of(value(view, third)?)?;
    let fits = (is_month_day(a, b) || is_month_day(b, a))
        && !view.gap(second).has(Gap::SPACE)
        && view.gap(second) == view.gap(third);
    fits.then_some(Date { last: third, year: Some(year) })
}

/// The digits of "DOB09171947".
fn glued_number(view: View<'_>, at: usize) -> Option<&str> {
    let word = view.word(view.token(at).filter(|token| token.shape == Shape::Mixed)?);
    // "19540612dob"
    let last = word.len().saturating_sub(3);
    if let Some((number, key)) = word.split_at_checked(last)
        && cue::DOB.has(key)
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(number);
    }
    let number = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (digits && glued_key(word)).then_some(number)
}

/// A word of letters and digits that starts with the word for a date of birth.
fn glued_key(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    letters < word.len() && word.get(..letters).is_some_and(|key| cue::DOB.has(key))
}

/// "22 de julio de 1948".
fn spanish(view: View<'_>, at: usize) -> Option<Date> {
    let of = |ahead: usize| {
        view.token(at.saturating_add(ahead)).is_some_and(|t| view.says_exact(t, &cue::DATE_OF))
    };
    let month = usize::from(of(1)).saturating_add(1);
    let year = month.saturating_add(1).saturating_add(usize::from(of(month.saturating_add(1))));
    let word = view.word(view.token(at.saturating_add(month))?);
    let last = at.saturating_add(year);
    let (number, _) = value(view, last).filter(|_| day(view, at))?;
    let fits = is_year(number) && cue::MONTH_OF.has(word);
    fits.then_some(Date { last, year: Some(number) })
}

/// March 14, 1962; Mar 14 62; 14 March 1962; 14-Mar-62.
fn spelled(view: View<'_>, at: usize) -> Option<Date> {
    let second = at.saturating_add(1);
    let month_first = view.is(at, MONTH) && day(view, second);
    let day_first = day(view, at)
        && view.is(second, MONTH)
        && view.gap(second).only(Gap::SPACE | Gap::HYPHEN | Gap::SLASH | Gap::PERIOD);
    if !month_first && !day_first {
        return None;
    }
    let third = at.saturating_add(2);
    let near = view
        .gap(third)
        .only(Gap::SPACE | Gap::COMMA | Gap::HYPHEN | Gap::PERIOD | Gap::APOSTROPHE | Gap::SLASH);
    // "Wednesday, November 14, 06:54", "Oct. 15 -31"
    let clock = view.gap(third.saturating_add(1)).only(Gap::COLON);
    let until = view.gap(third).has(Gap::HYPHEN) && view.gap(third).has(Gap::SPACE);
    let year =
        value(view, third).filter(|_| near && !clock && !until).and_then(|(year, length)| {
            match length {
                4 if is_year(year) => Some(year),
                // "b. 9 Jan 61"
                2 if view
                    .gap(third)
                    .has(Gap::COMMA | Gap::HYPHEN | Gap::APOSTROPHE | Gap::SLASH)
                    || announced(view, at, third) =>
                {
                    Some(two_digit_year(year))
                }
                _ => None,
            }
        });
    Some(Date { last: if year.is_some() { third } else { second }, year })
}

/// A day of the month: 14, 14th.
pub(super) fn day(view: View<'_>, at: usize) -> bool {
    let Some(token) = view.token(at) else { return false };
    let word = view.word(token);
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word.get(digits.len()..).unwrap_or_default();
    (ending.is_empty() || cue::ORDINAL_ENDING.has_exact(ending))
        && digits.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day))
}

const fn is_month_day(month: u32, day: u32) -> bool {
    month >= 1 && month <= 12 && day >= 1 && day <= 31
}

const fn is_year(year: u32) -> bool {
    year >= 1900 && year <= 2099
}

/// The year that a number of two or four digits says.
const fn year_of((number, length): (u32, usize)) -> Option<u32> {
    match length {
        2 => Some(two_digit_year(number)),
        4 if is_year(number) => Some(number),
        _ => None,
    }
}

const fn two_digit_year(year: u32) -> u32 {
    if year <= 30 { year.saturating_add(2000) } else { year.saturating_add(1900) }
}

/// A date of birth: announced as such, before or just after, or a full date that can hardly be another.
pub(super) fn birth(view: View<'_>, at: usize) -> Option<Candidate> {
    // "01/01/1900" is what forms and training systems put where no date is known.
    let date = date_at(view, at).filter(|date| date.year.is_none_or(|year| year >= EARLIEST))?;
    let (certainty, rule) = if announced(view, at, date.last)
        || announced_afar(view, at, &date)
        || is_under_heading(view, at, &date)
    {
        (if date.year.is_some() { 1.0 } else { 0.5 }, "id.dob")
    } else {
        (unannounced(view, at, &date)?, "id.dob.date")
    };
    Some(Candidate { first: at, last: date.last, category: Category::Dob, certainty, rule })
}

/// A full date of the last century: with a sex beside it ("7/30/1988 F") surely of birth, otherwise perhaps.
fn unannounced(view: View<'_>, at: usize, date: &Date) -> Option<f32> {
    // "she started here on 06/26/1989"
    let event =
        (1..=3).filter_map(|back| view.before(at, back)).any(|token| view.says(token, &cue::DATED));
    if event {
        return None;
    }
    // "One says 10.04.2016, both with leukemia. Mother swears …": a child's.
    let child = date.last > at
        && date.year.is_some_and(|year| (2000..=2020).contains(&year))
        && (at.saturating_sub(14)..date.last.saturating_add(14)).any(|i| {
            view.token(i).is_some_and(|t| {
                view.says_exact(t, &cue::CHILD) || view.says_plain(t, &cue::MOTHER)
            })
        });
    if child {
        return Some(0.55);
    }
    let full = date.last > at && date.year.is_some_and(|year| (1900..=1999).contains(&year));
    let next = date.last.saturating_add(1);
    let beside = |at| view.gap(at).only(Gap::SPACE | Gap::COMMA | Gap::SLASH);
    let sexed = beside(next)
        && view.token(next).is_some_and(|t| {
            view.says_exact(t, &cue::SEX_LETTER) || view.says_exact(t, &cue::MALE_OR_FEMALE)
        })
        || beside(at)
            && view.before(at, 1).is_some_and(|t| view.says_exact(t, &cue::MALE_OR_FEMALE));
    full.then_some(if sexed { 1.0 } else { 0.6 })
}

/// "name;sex;dob" and, a line or more later, "HOLLIS J;M;19520930": a cell of a table with such a column.
fn is_under_heading(view: View<'_>, at: usize, date: &Date) -> bool {
    const EDGE: u32 = Gap::COMMA | Gap::STOP | Gap::CELL | Gap::LINE;
    let edge = |index: usize| view.gap(index).has(EDGE) && !view.gap(index).has(Gap::SPACE);
    let past = date.year.is_some_and(|year| year <= 2020);
    if !past || !edge(at) || !edge(date.last.saturating_add(1)) {
        return false;
    }
    let mut lines = false;
    (1..=60).map_while(|back| at.checked_sub(back)).any(|index| {
        lines |= view.gap(index.saturating_add(1)).has(Gap::LINE | Gap::PARAGRAPH);
        let heading = view.token(index).is_some_and(|t| t.is(KEY_DOB) && t.len() > 1);
        lines && heading && edge(index) && edge(index.saturating_add(1))
    })
}

/// A full date, of a year that is past, announced farther off: "DOB conflict for …: 1/22/83", "7-19-48 the right DOB"; by "DOB"
/// also from the sentence before: "DOB is wrong. Should be 4/1/1956".
fn announced_afar(view: View<'_>, first: usize, date: &Date) -> bool {
    if date.last == first || date.year.is_none_or(|year| year > 2020) {
        return false;
    }
    let key = |token: &&crate::token::Token| token.is(KEY_DOB) && token.len() > 1;
    let ends = Gap::LINE | Gap::PARAGRAPH;
    let mut crossed = false;
    for back in 1..=9_usize {
        let next = first.saturating_sub(back).saturating_add(1);
        let Some(token) = view.before(first, back).filter(|_| !view.gap(next).has(ends)) else {
            break;
        };
        crossed |= view.gap(next).has(Gap::STOP);
        if key(&token) && (!crossed || view.says(token, &cue::DOB)) {
            return true;
        }
    }
    let after = date.last.saturating_add(1);
    (after..after.saturating_add(4))
        .take_while(|&at| view.gap(at).only(Gap::SPACE))
        .filter_map(|at| view.token(at))
        .any(|token| key(&token))
}

/// Announced as a date of birth by a word before it, or just after.
fn announced(view: View<'_>, first: usize, last: usize) -> bool {
    // "Birth: 06.17.2025"; "birth control 3/4/25" is none.
    let label = view.gap(first).has(Gap::COLON)
        && view.before(first, 1).is_some_and(|t| view.says(t, &cue::BIRTH));
    let glued = glued_number(view, first).is_some()
        || view.token(first).is_some_and(|t| t.shape == Shape::Mixed && glued_key(view.word(t)));
    if label || glued {
        return true;
    }
    for back in 1..=4_usize {
        let Some(token) = view.before(first, back) else { break };
        if token.is(KEY_DOB) {
            let spelled = view.before(first, back.saturating_add(1)).is_some_and(|t| t.is(KEY_DOB));
            let letter = token.len() == 1 && !spelled;
            // A lone "b" announces only as "b." or "b:" right before the date.
            if !letter || (back == 1 && view.gap(first).has(Gap::PERIOD | Gap::COLON)) {
                return true;
            }
        }
        if token.shape == Shape::Number && back > 1 {
            break;
        }
    }
    let after = last.saturating_add(1);
    view.is(after, KEY_DOB)
        && view.gap(after).only(Gap::SPACE | Gap::OPEN)
        && view.token(after).is_some_and(|t| t.len() > 1)
}
