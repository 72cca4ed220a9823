//! An organisation's own rules: patterns with checks, dictionaries, vetoes, each with its action. Linear engine only, size-limited.
//!
//! The form is JSON, so that the rules can stand in the managed policy or in a file of their own:
//! `{"rules": [{"id", "pattern" | "words", "category"?, "strength"?, "action"?, "near"?, "check"?, "reason"?}], "vetoes": [{"id", "pattern" | "words"}]}`.
//! A rule that can't be used is named with its line; the others load.

mod compile;

use serde::{Deserialize, Serialize};

pub use compile::{SiteRuleProblem, SiteRuleProblemKind};
use regex_automata::meta::Regex;

use crate::finding::{Category, Strength};

/// What policy demands where a rule matched, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The rule is switched off.
    Off,
    /// Shown, and may be sent.
    Warn,
    /// May be sent with a reason.
    Justify,
    /// May not be sent so.
    Block,
}

/// A check beyond the pattern, on the digits of the match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The Luhn sum of all digits is 0.
    Luhn,
    /// The last digit is the sum of the others modulo 10.
    Mod10,
    /// The last digit is the number before it modulo 11 (10 never occurs).
    Mod11,
}

/// The compiled rules. The default holds none.
#[derive(Clone, Debug, Default)]
pub struct SiteRules {
    rules: Vec<Rule>,
    vetoes: Vec<Regex>,
}

#[derive(Clone, Debug)]
struct Rule {
    id: String,
    regex: Regex,
    near: Option<Regex>,
    check: Option<Check>,
    category: Category,
    strength: Strength,
    action: Action,
    reason: String,
}

/// One match, in bytes of the folded text.
#[derive(Debug)]
pub(crate) struct Hit<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) rule: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) category: Category,
    pub(crate) strength: Strength,
    pub(crate) action: Action,
}

/// How many matches of one rule a scan lists.
const MAX_HITS: usize = 100;
/// How many matches of one veto count; what comes after them is not silenced.
const MAX_VETOED: usize = 100_000;
/// How far a rule's `near` words may stand, in bytes.
const NEAR: usize = 80;

impl SiteRules {
    /// Reads rules from JSON. Whatever can't be used is returned as a problem with its line; the rest is compiled.
    #[must_use]
    pub fn parse(json: &str) -> (Self, Vec<SiteRuleProblem>) {
        compile::parse(json)
    }

    /// Adds the rules of another policy. Its vetoes are left out: a second policy can only tighten.
    #[must_use]
    pub fn tightened_by(mut self, other: Self) -> Self {
        self.rules.extend(other.rules);
        self
    }

    /// Returns the number of rules and vetoes that are in use.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len().saturating_add(self.vetoes.len())
    }

    /// Returns true iff there is no rule at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.vetoes.is_empty()
    }

    /// The rules' matches. A veto silences those of a usual strength.
    pub(crate) fn find<'a>(
        &'a self,
        text: &'a str,
        vetoed: &'a Vetoed,
    ) -> impl Iterator<Item = Hit<'a>> {
        self.rules.iter().flat_map(move |rule| {
            rule.find(text).filter(|hit| {
                hit.strength == Strength::Strong || !vetoed.covers(hit.start, hit.end)
            })
        })
    }

    /// Where the vetoes match: looked for once in a text, however many findings ask.
    pub(crate) fn vetoed(&self, text: &str) -> Vetoed {
        let spans = |veto: &Regex| {
            let matches = veto.find_iter(text).take(MAX_VETOED);
            matches.map(|found| (found.start(), found.end())).collect()
        };
        Vetoed(self.vetoes.iter().map(spans).collect())
    }
}

/// What an organisation's vetoes cover in one text, in bytes: for each veto its matches, in order and apart.
#[derive(Debug, Default)]
pub(crate) struct Vetoed(Vec<Vec<(usize, usize)>>);

impl Vetoed {
    /// Returns true iff one match covers all of these bytes.
    pub(crate) fn covers(&self, start: usize, end: usize) -> bool {
        self.0.iter().any(|spans| {
            let until = spans.partition_point(|&(from, _)| from <= start);
            let last = until.checked_sub(1).and_then(|at| spans.get(at));
            last.is_some_and(|&(_, to)| end <= to)
        })
    }
}

impl Rule {
    fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Hit<'a>> {
        let matches = self.regex.find_iter(text).filter(|m| !m.is_empty());
        let passing = matches.filter(move |m| {
            let digits = text.get(m.range()).unwrap_or_default();
            self.check.is_none_or(|check| check.passes(digits))
                && self.is_near(text, m.start(), m.end())
        });
        passing.take(MAX_HITS).map(|m| Hit {
            start: m.start(),
            end: m.end(),
            rule: &self.id,
            reason: &self.reason,
            category: self.category,
            strength: self.strength,
            action: self.action,
        })
    }

    fn is_near(&self, text: &str, start: usize, end: usize) -> bool {
        let Some(near) = &self.near else { return true };
        let (from, to) = (start.saturating_sub(NEAR), end.saturating_add(NEAR).min(text.len()));
        let from = (from..=start).find(|&at| text.is_char_boundary(at)).unwrap_or(start);
        let to = (end..=to).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(end);
        near.is_match(text.get(from..to).unwrap_or_default())
    }
}

impl Check {
    fn passes(self, text: &str) -> bool {
        let digits: Vec<u32> = text.chars().filter_map(|ch| ch.to_digit(10)).collect();
        let Some((last, rest)) = digits.split_last() else { return false };
        match self {
            Self::Luhn => {
                let sum: u32 = digits
                    .iter()
                    .rev()
                    .enumerate()
                    .map(|(place, &digit)| luhn_digit(place, digit))
                    .sum();
                sum.is_multiple_of(10)
            }
            Self::Mod10 => rest.iter().sum::<u32>() % 10 == *last,
            Self::Mod11 => {
                rest.iter().fold(0_u32, |value, digit| {
                    value.saturating_mul(10).saturating_add(*digit) % 11
                }) == *last
            }
        }
    }
}

fn luhn_digit(place: usize, digit: u32) -> u32 {
    let doubled = digit.saturating_mul(2);
    if place.is_multiple_of(2) {
        digit
    } else if doubled > 9 {
        doubled.saturating_sub(9)
    } else {
        doubled
    }
}

#[cfg(test)]
mod tests;
