//! Cues: the words that the code asks for one by one, by the part they play. The words of each language stand in `data/rules/cues`, and the
//! build makes one static per section of them. Knows nothing of texts and tokens.

// A section that no code asks for is a mistake in the rule files.
#![deny(dead_code)]

/// The words of one part, in all languages.
#[derive(Debug)]
pub(crate) struct Words {
    terms: &'static [&'static str],
    /// The marks of the terms: most words are none of them, and told so by theirs.
    marks: u64,
    /// One bit per last letter of a term.
    tails: u32,
}

include!(concat!(env!("OUT_DIR"), "/cues.rs"));

impl Words {
    const fn new(terms: &'static [&'static str]) -> Self {
        let (mut marks, mut tails, mut rest) = (0, 0, terms);
        while let [term, others @ ..] = rest {
            marks |= mark(term.as_bytes());
            tails |= tail(term.as_bytes());
            rest = others;
        }
        Self { terms, marks, tails }
    }

    #[inline]
    const fn may_have(&self, word: &str) -> bool {
        self.marks & mark(word.as_bytes()) != 0
    }

    /// One of these words, in whatever case.
    #[inline]
    pub(crate) fn has(&self, word: &str) -> bool {
        self.may_have(word) && self.terms.iter().any(|term| term.eq_ignore_ascii_case(word))
    }

    /// One of these words as the rule file writes it.
    #[inline]
    pub(crate) fn has_exact(&self, word: &str) -> bool {
        self.may_have(word) && self.terms.contains(&word)
    }

    /// One of these words as the rule file writes it, or with a capital first as at the head of a sentence.
    #[inline]
    pub(crate) fn has_plain(&self, word: &str) -> bool {
        self.may_have(word) && self.terms.iter().any(|term| is_plain(term, word))
    }

    /// One of these pairs of words, in whatever case.
    pub(crate) fn has_pair(&self, first: &str, second: &str) -> bool {
        let length = first.len().saturating_add(second.len()).saturating_add(1);
        self.terms.iter().filter(|term| term.len() == length).any(|term| {
            term.split_once(' ').is_some_and(|(a, b)| {
                a.eq_ignore_ascii_case(first) && b.eq_ignore_ascii_case(second)
            })
        })
    }

    /// A word that starts with one of these, in whatever case.
    pub(crate) fn start(&self, word: &str) -> bool {
        self.terms
            .iter()
            .any(|term| word.get(..term.len()).is_some_and(|head| head.eq_ignore_ascii_case(term)))
    }

    /// A word that ends in one of these, as the rule file writes them.
    pub(crate) fn end(&self, word: &[u8]) -> bool {
        self.tails & tail(word) != 0
            && self.terms.iter().any(|term| {
                term.as_bytes().last() == word.last() && word.ends_with(term.as_bytes())
            })
    }
}

/// One bit of 64 by a word's first and last letter and its length, the same in capitals; none if it is empty.
#[inline]
const fn mark(word: &[u8]) -> u64 {
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return 0 };
    let first = ((*first & 31) as usize).wrapping_mul(7);
    let last = ((*last & 31) as usize).wrapping_mul(11);
    let length = word.len().wrapping_mul(19);
    1 << (first.wrapping_add(last).wrapping_add(length) & 63)
}

/// One bit by a word's last letter; none if it is empty.
#[inline]
const fn tail(word: &[u8]) -> u32 {
    match word.last() {
        Some(last) => 1 << (*last & 31),
        None => 0,
    }
}

fn is_plain(term: &str, word: &str) -> bool {
    match (term.as_bytes().split_first(), word.as_bytes().split_first()) {
        (Some((known, tail)), Some((head, rest))) => {
            (known == head || known.to_ascii_uppercase() == *head) && tail == rest
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_counts_only_where_it_is_asked_for() {
        for (word, any, exact, plain) in [
            ("he", true, true, true),
            ("He", true, false, true),
            ("HE", true, false, false),
            ("her", false, false, false),
            ("", false, false, false),
        ] {
            let found = (HE_OR_SHE.has(word), HE_OR_SHE.has_exact(word), HE_OR_SHE.has_plain(word));
            assert_eq!(found, (any, exact, plain), "{word}");
        }
        assert!(STATE.has_exact("IN") && !STATE.has_exact("in"));
    }

    #[test]
    fn every_language_of_a_section_counts() {
        assert!(GREETING.has("Dear") && GREETING.has("Estimada"));
    }

    #[test]
    fn pairs_starts_and_endings_are_found() {
        assert!(ET_AL.has_pair("et", "al") && !ET_AL.has_pair("et", "et"));
        assert!(MOCK_NAME_START.start("TestPatient3") && !MOCK_NAME_START.start("test"));
        assert!(DRUG_ENDING.end(b"lisinostatin") && !DRUG_ENDING.end(b"statins"));
    }
}
