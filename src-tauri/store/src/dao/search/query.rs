//! What the owner typed into the search field, understood.
//!
//! Anything may be typed: what isn't an operator is a word to look for. Nothing that was typed reaches FTS5's own query
//! language except as quoted strings without quotes in them, so that no input is a syntax error or means something else.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::types::Value;

use crate::dao::index::cut;
use crate::redact::log_safe_debug;
use crate::{FolderId, Security};

/// Longest input that is looked at, in bytes.
const MAX_INPUT_LEN: usize = 1024;

/// Words and phrases that are looked for at most.
const MAX_TERMS: usize = 24;

/// Where a term must stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Anywhere.
    #[default]
    Any,
    /// In the subject.
    Subject,
    /// In the sender's name or address.
    Sender,
    /// In To or Cc.
    Recipients,
    /// In the text.
    Body,
    /// In an attachment's name.
    Attachments,
}

/// A word, or several that must stand side by side.
#[derive(Clone, PartialEq, Eq)]
pub struct Term {
    /// Where it must stand.
    pub column: Column,
    /// The words.
    pub text: String,
    /// Whether the last word may go on: the owner is still typing it.
    pub prefix: bool,
}

log_safe_debug!(Term { column, prefix });

/// What to look for: every term and every condition must hold.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a box to tick, independent of the others"
)]
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words and phrases.
    pub terms: Vec<Term>,
    /// Dated before this.
    pub before_ms: Option<i64>,
    /// Dated at or after this.
    pub after_ms: Option<i64>,
    /// With attachments only.
    pub has_attachment: bool,
    /// Encrypted only, readable or not.
    pub is_sealed: bool,
    /// Not read only.
    pub is_unread: bool,
    /// Flagged only.
    pub is_flagged: bool,
    /// In one folder only.
    pub folder: Option<FolderId>,
}

log_safe_debug!(SearchQuery { terms, has_attachment, is_sealed, is_unread, is_flagged, folder });

impl SearchQuery {
    /// Understands what was typed. Dates mean midnight in `zone`; `after:` includes its day, `before:` doesn't.
    ///
    /// Knows `from:`, `to:`, `subject:`, `file:`, `before:2026-01-31`, `after:2026-01-31`, `has:attachment`,
    /// `is:sealed`, `is:unread`, `is:starred` and quoted phrases; a value may be quoted too.
    pub fn parse(input: &str, zone: &TimeZone) -> Self {
        let input = cut(input, MAX_INPUT_LEN);
        let mut query = Self::default();
        for Piece { operator, text, quoted } in pieces(input) {
            let operator = operator.to_lowercase();
            if !operator.is_empty() && query.take_operator(&operator, &text, zone) {
                continue;
            }
            let text = if operator.is_empty() { text } else { format!("{operator} {text}") };
            query.take_term(Column::Any, &text, !quoted);
        }
        // Only the word under the cursor is unfinished.
        let unfinished = !input.ends_with(|c: char| c.is_whitespace() || c == '"');
        let last = query.terms.len().saturating_sub(1);
        for (at, term) in query.terms.iter_mut().enumerate() {
            term.prefix &= unfinished && at == last;
        }
        query
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn take_operator(&mut self, operator: &str, value: &str, zone: &TimeZone) -> bool {
        let flag = value.to_lowercase();
        match (operator, flag.as_str()) {
            (_, "") => return false,
            ("from", _) => self.take_term(Column::Sender, value, true),
            ("to" | "cc", _) => self.take_term(Column::Recipients, value, true),
            ("subject", _) => self.take_term(Column::Subject, value, true),
            ("file" | "filename", _) => self.take_term(Column::Attachments, value, true),
            ("has", "attachment" | "attachments") => self.has_attachment = true,
            ("is", "sealed" | "encrypted") => self.is_sealed = true,
            ("is", "unread") => self.is_unread = true,
            ("is", "starred" | "flagged") => self.is_flagged = true,
            ("before", date) => return set_date(&mut self.before_ms, date, zone, i64::min),
            ("after" | "since", date) => return set_date(&mut self.after_ms, date, zone, i64::max),
            _ => return false,
        }
        true
    }

    fn take_term(&mut self, column: Column, text: &str, prefix: bool) {
        // Words without a letter or digit aren't in the index: a term of nothing else would find nothing at all.
        if self.terms.len() < MAX_TERMS && text.chars().any(char::is_alphanumeric) {
            self.terms.push(Term { column, text: text.to_owned(), prefix });
        }
    }

    /// Returns the expression for FTS5, if words are looked for.
    pub(super) fn full_text(&self) -> Option<String> {
        let terms: Vec<String> = self.terms.iter().filter_map(Term::full_text).collect();
        if terms.is_empty() { None } else { Some(terms.join(" AND ")) }
    }

    /// Returns the conditions on `messages m`, each behind an AND, and their values from parameter 1 on.
    pub(super) fn conditions(&self) -> (String, Vec<Value>) {
        let mut sql = String::new();
        let mut values = Vec::new();
        let compared = [
            ("m.folder_id =", self.folder.map(FolderId::get)),
            ("m.date_ms <", self.before_ms),
            ("m.date_ms >=", self.after_ms),
        ];
        for (comparison, value) in compared {
            if let Some(value) = value {
                values.push(Value::from(value));
                sql.extend([" AND ", comparison, " ?", &values.len().to_string()]);
            }
        }
        let sealed =
            [Security::Sealed, Security::SealedAndSigned, Security::KeyMissing].map(Security::code);
        let sealed = format!(" AND m.security IN ({}, {}, {})", sealed[0], sealed[1], sealed[2]);
        let asked = [
            (self.has_attachment, " AND m.has_attachments = 1"),
            (self.is_unread, " AND m.seen = 0"),
            (self.is_flagged, " AND m.flagged = 1"),
            (self.is_sealed, sealed.as_str()),
        ];
        for (asked, condition) in asked {
            if asked {
                sql.push_str(condition);
            }
        }
        (sql, values)
    }
}

impl Term {
    /// One quoted string: a phrase to FTS5 if the tokenizer finds several words in it.
    fn full_text(&self) -> Option<String> {
        if !self.text.chars().any(char::is_alphanumeric) {
            return None;
        }
        let column = match self.column {
            Column::Any => "",
            Column::Subject => "subject : ",
            Column::Sender => "sender : ",
            Column::Recipients => "recipients : ",
            Column::Body => "body : ",
            Column::Attachments => "attachments : ",
        };
        // A quote would end the string, a NUL the whole expression; neither is part of any word.
        let words: String =
            self.text.chars().map(|c| if c == '"' || c.is_control() { ' ' } else { c }).collect();
        // One letter alone would be half the words there are, and is in no prefix index.
        let last = words.rsplit(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
        let long_enough = last.is_some_and(|word| word.chars().nth(1).is_some());
        let star = if self.prefix && long_enough { " *" } else { "" };
        Some(format!("{column}\"{words}\"{star}"))
    }
}

/// A blank-separated piece of the input: `operator:text`, `operator:"text"`, `"text"` or `text`.
struct Piece {
    operator: String,
    text: String,
    quoted: bool,
}

fn pieces(input: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = input.trim_start();
    while !rest.is_empty() {
        let word = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (operator, value) = match rest.split_at(word) {
            (operator, behind) if !operator.is_empty() && behind.starts_with(':') => {
                (operator, behind.get(1..).unwrap_or_default())
            }
            _ => ("", rest),
        };
        let (text, quoted, behind) = if let Some(phrase) = value.strip_prefix('"') {
            // A phrase that is still being typed has no end yet.
            let (text, behind) = phrase.split_once('"').unwrap_or((phrase, ""));
            (text, true, behind)
        } else {
            let end = value.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(value.len());
            let (text, behind) = value.split_at(end);
            (text, false, behind)
        };
        if !(operator.is_empty() && text.is_empty()) {
            pieces.push(Piece { operator: operator.to_owned(), text: text.to_owned(), quoted });
        }
        rest = behind.trim_start();
    }
    pieces
}

/// Narrows a bound to the beginning of a day; false if the text isn't a date.
fn set_date(
    bound: &mut Option<i64>,
    text: &str,
    zone: &TimeZone,
    narrower: fn(i64, i64) -> i64,
) -> bool {
    let Ok(midnight) = text.parse::<Date>().and_then(|date| date.to_zoned(zone.clone())) else {
        return false;
    };
    let midnight = midnight.timestamp().as_millisecond();
    *bound = Some(bound.map_or(midnight, |known| narrower(known, midnight)));
    true
}

#[cfg(test)]
mod tests;
