//! The words around a hit. FTS5 can't cut them itself, because the index doesn't keep the text.

use std::ops::Range;

use super::query::{Column, Term};
use crate::dao::index::cut;

/// How much of a long text is looked at, in bytes: a page of hits must not cost seconds.
const MAX_SCANNED_LEN: usize = 64 * 1024;

/// How much stands before and behind the hit, in bytes.
const BEFORE: usize = 60;
const BEHIND: usize = 120;

/// A word that is looked for, folded.
struct Wanted {
    word: String,
    prefix: bool,
}

/// Returns the text around the first hit, and where all hits in it stand; `None` if the text has none.
pub(super) fn around_hits(text: &str, terms: &[Term]) -> Option<(String, Vec<Range<usize>>)> {
    let text = cut(text, MAX_SCANNED_LEN);
    let wanted = wanted(terms);
    let first =
        words(text).find(|range| is_hit(text.get(range.clone()).unwrap_or_default(), &wanted))?;
    let start = text.floor_char_boundary(first.start.saturating_sub(BEFORE));
    let end = text.ceil_char_boundary(text.len().min(first.end + BEHIND));
    let around = text.get(start..end)?.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(mark(around, terms))
}

/// Returns an excerpt with where the hits in it stand.
pub(super) fn mark(excerpt: String, terms: &[Term]) -> (String, Vec<Range<usize>>) {
    let wanted = wanted(terms);
    let hits = words(&excerpt)
        .filter(|range| is_hit(excerpt.get(range.clone()).unwrap_or_default(), &wanted));
    let hits = hits.collect();
    (excerpt, hits)
}

fn wanted(terms: &[Term]) -> Vec<Wanted> {
    let in_text = terms.iter().filter(|term| matches!(term.column, Column::Any | Column::Body));
    let mut wanted = Vec::new();
    for term in in_text {
        let mut of_term: Vec<Wanted> = words(&term.text)
            .map(|range| Wanted {
                word: folded(term.text.get(range).unwrap_or_default()),
                prefix: false,
            })
            .collect();
        if let Some(last) = of_term.last_mut() {
            last.prefix = term.prefix;
        }
        wanted.append(&mut of_term);
    }
    wanted
}

fn is_hit(word: &str, wanted: &[Wanted]) -> bool {
    let word = folded(word);
    wanted.iter().any(|w| if w.prefix { word.starts_with(&w.word) } else { word == w.word })
}

fn folded(word: &str) -> String {
    word.to_lowercase()
}

/// Returns where the words of a text stand.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(char::is_alphanumeric)?;
        let rest = text.get(start..)?;
        let end = start + rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        at = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str, prefix: bool) -> Term {
        Term { column: Column::Any, text: text.to_owned(), prefix }
    }

    #[test]
    fn the_words_around_the_first_hit_are_shown_with_every_hit_marked() {
        let text = format!(
            "{} The Biopsy was\r\n\r\nsent; a biopsy report follows. {}",
            "before ".repeat(50),
            "after ".repeat(50)
        );
        let (excerpt, hits) =
            around_hits(&text, &[term("biopsy", false), term("rep", true)]).unwrap();
        assert!(excerpt.len() < 240 && excerpt.contains("Biopsy was sent"), "cut and on one line");
        let marked: Vec<&str> = hits.into_iter().map(|hit| &excerpt[hit]).collect();
        assert_eq!(marked, ["Biopsy", "biopsy", "report"]);
    }

    #[test]
    fn a_text_without_the_word_has_no_excerpt() {
        assert!(around_hits("nothing here", &[term("biopsy", false)]).is_none());
        assert!(around_hits("", &[term("x", true)]).is_none());
    }

    #[test]
    fn characters_stay_whole_at_both_ends() {
        let text = "ß€𝄞".repeat(40) + " needle " + &"𝄞€ß".repeat(60);
        let (excerpt, hits) = around_hits(&text, &[term("needle", false)]).unwrap();
        assert_eq!(&excerpt[hits[0].clone()], "needle");
    }
}
