//! Numbers known by their groups, whatever parts the groups: "3GN2/YT0/KA68", "soc. 338/62/7041", and the old Medicare number "229-70-4158B".

use super::{Candidate, View, check};
use crate::cue;
use crate::finding::Category;
use crate::lexicon::class_bits::{KEY_MEMBER, KEY_SSN};
use crate::token::{Gap, Token};

/// Returns the identifier whose first group is token `first`.
pub(super) fn at(view: View<'_>, first: usize) -> Option<Candidate> {
    let token = view.token(first)?;
    match token.len() {
        3 | 4 => three(view, first),
        9..=11 => claim_number(view, first, first, view.word(token)),
        _ => None,
    }
}

/// Three groups with the same marks between.
fn three(view: View<'_>, first: usize) -> Option<Candidate> {
    let (second, third) = (first.saturating_add(1), first.saturating_add(2));
    let joint = view.gap(second);
    let marks = Gap::SPACE | Gap::HYPHEN | Gap::PERIOD | Gap::SLASH | Gap::UNDERSCORE | Gap::OTHER;
    if !joint.only(marks) || view.gap(third) != joint {
        return None;
    }
    let word = |at: usize| view.token(at).map_or("", |token| view.word(token));
    let text: String = [word(first), word(second), word(third)].concat();
    let groups = (word(first).len(), word(second).len(), word(third).len());
    if groups == (4, 3, 4) && check::is_beneficiary(&text) {
        let usual = joint.only(Gap::HYPHEN) || joint.only(Gap::SPACE);
        return (!usual).then(|| candidate(first, third, Category::Mbi, "id.mbi"));
    }
    if !matches!(groups, (3, 2, 4..=6)) {
        return None;
    }
    let numbers = text.bytes().all(|byte| byte.is_ascii_digit());
    let dashed = joint.only(Gap::HYPHEN);
    if groups.2 == 4 && numbers && !dashed && announced(view, first, KEY_SSN) {
        return Some(candidate(first, third, Category::Ssn, "id.ssn"));
    }
    // "281-66-4075-D"
    let fourth = third.saturating_add(1);
    let suffix = groups.2 == 4 && view.gap(fourth).only(Gap::HYPHEN) && word(fourth).len() <= 2;
    if suffix {
        return claim_number(view, first, fourth, &[text.as_str(), word(fourth)].concat());
    }
    claim_number(view, first, third, &text)
}

/// A health insurance claim number, as Medicare gave out until 2018: a social security number and a letter, perhaps another place (CMS).
fn claim_number(view: View<'_>, first: usize, last: usize, text: &str) -> Option<Candidate> {
    let (number, suffix) = text.split_at_checked(9)?;
    let fits = number.bytes().all(|byte| byte.is_ascii_digit())
        && suffix.len() <= 2
        && suffix.bytes().next().is_some_and(|byte| b"ABCDEFHJKMTWabcdmtw".contains(&byte))
        && suffix.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric());
    // Dashed as a social security number, it is nothing else.
    let dashed = last > first
        && view.gap(first.saturating_add(1)).only(Gap::HYPHEN)
        && check::is_possible_ssn(number)
        && !(1..=3)
            .filter_map(|back| view.before(first, back))
            .any(|token| view.says(token, &cue::THING));
    (fits && (dashed || announced(view, first, KEY_MEMBER)))
        .then(|| candidate(first, last, Category::Mbi, "id.mbi"))
}

fn announced(view: View<'_>, first: usize, class: u64) -> bool {
    let key = |token: &Token| token.is(class) || class == KEY_MEMBER && view.says(token, &cue::HIC);
    let before = (1..=10).filter_map(|back| view.before(first, back)).any(key);
    before || (first..first.saturating_add(18)).filter_map(|at| view.token(at)).any(key)
}

const fn candidate(first: usize, last: usize, category: Category, rule: &'static str) -> Candidate {
    Candidate { first, last, category, certainty: 1.0, rule }
}
