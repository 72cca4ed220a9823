//! Identifiers by shape, check and announcing words: numbers, dates, addresses. Judges shapes only; who is meant is for [`crate::role`].

mod chain;
mod check;
mod date;
mod grouped;
mod number;
mod place;
mod plan;
mod spoken;

pub(crate) use check::is_published_example;
pub(crate) use date::date_at;

use crate::cue::Words;
use crate::finding::Category;
use crate::lexicon::class_bits::{KEY_DOB, KEY_PLATE, MONTH};
use crate::token::{Gap, Token};

/// Folded text and its tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
}

impl<'a> View<'a> {
    pub(crate) fn token(&self, index: usize) -> Option<&'a Token> {
        self.tokens.get(index)
    }

    /// Returns the token `count` places before `index`.
    pub(crate) fn before(&self, index: usize, count: usize) -> Option<&'a Token> {
        self.tokens.get(index.checked_sub(count)?)
    }

    pub(crate) fn word(&self, token: &Token) -> &'a str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    /// One of these words, in whatever case.
    #[inline]
    pub(crate) fn says(&self, token: &Token, words: &Words) -> bool {
        words.has(self.word(token))
    }

    /// One of these words as the rule file writes it.
    #[inline]
    pub(crate) fn says_exact(&self, token: &Token, words: &Words) -> bool {
        words.has_exact(self.word(token))
    }

    /// One of these words as the rule file writes it, or with a capital first.
    #[inline]
    pub(crate) fn says_plain(&self, token: &Token, words: &Words) -> bool {
        words.has_plain(self.word(token))
    }

    /// Returns what lies before token `index`; at the end of the text a paragraph does.
    pub(crate) fn gap(&self, index: usize) -> Gap {
        self.tokens.get(index).map_or(Gap::END, |token| token.gap)
    }

    pub(crate) fn is(&self, index: usize, class: u64) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is(class))
    }
}

/// An identifier by shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// First token.
    pub(crate) first: usize,
    /// Last token.
    pub(crate) last: usize,
    pub(crate) category: Category,
    /// How sure the shape and its announcement are, 0 to 1. At 1 it stands alone.
    pub(crate) certainty: f32,
    pub(crate) rule: &'static str,
}

/// Returns the domain of an e-mail address.
pub(crate) fn domain<'a>(view: View<'a>, candidate: &Candidate) -> Option<&'a str> {
    let at = (candidate.first..=candidate.last).find(|&index| view.gap(index).has(Gap::AT))?;
    view.text.get(view.token(at)?.start..view.token(candidate.last)?.end)
}

/// Returns the identifiers in the order of the text; no two overlap.
pub(crate) fn find(view: View<'_>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut at = 0_usize;
    while at < view.tokens.len() {
        let candidate = candidate_at(view, at);
        at = match candidate {
            Some(candidate) => {
                found.push(candidate);
                candidate.last.max(at).saturating_add(1)
            }
            None => at.saturating_add(1),
        };
    }
    found
}

fn candidate_at(view: View<'_>, at: usize) -> Option<Candidate> {
    if let Some(candidate) = place::email(view, at).or_else(|| place::url(view, at)) {
        return Some(candidate);
    }
    let token = view.token(at)?;
    if token.is(spoken::ANNOUNCING)
        && let Some(candidate) = spoken::after(view, at)
    {
        return Some(candidate);
    }
    if let Some(candidate) = spoken::before(view, at) {
        return Some(candidate);
    }
    if token.is(MONTH) {
        return date::birth(view, at);
    }
    if let Some(candidate) = place::spoken_age(view, at) {
        return Some(candidate);
    }
    if !view.word(token).bytes().any(|byte| byte.is_ascii_digit()) {
        // A prefix of letters may open a number: "SM-987654".
        let next = view.gap(at.saturating_add(1));
        let plate = view.before(at, 1).is_some_and(|t| t.is(KEY_PLATE)) && next.only(Gap::SPACE);
        let member = next.only(Gap::SPACE) && chain::is_member_head(view, at);
        // The "DOB" of "DOB-1968-04-12" opens no number.
        let opens = token.len() <= 4 && !token.is(KEY_DOB);
        return if opens && (next.only(Gap::HYPHEN) || plate || member) {
            number::at(view, at)
        } else {
            plan::at(view, at)
        };
    }
    place::internet(view, at)
        .or_else(|| grouped::at(view, at))
        .or_else(|| date::birth(view, at))
        .or_else(|| place::age(view, at))
        .or_else(|| place::address(view, at))
        .or_else(|| plan::at(view, at))
        .or_else(|| number::at(view, at))
}
