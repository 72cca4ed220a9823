//! Words that no list holds, by their endings: how medicines, diseases and operations are named (USAN and INN stems, Greek and Latin endings).

use crate::cue;
use crate::lexicon::class_bits::{CONDITION, DRUG, PROCEDURE};

/// Long enough that an ending says something.
const LEAST: usize = 7;

/// The class that the ending of a word in small letters gives it; 0 if none.
pub(super) fn class(word: &[u8]) -> u64 {
    let word = word
        .strip_suffix(b"s")
        .filter(|w| !w.ends_with(b"i") && !w.ends_with(b"s"))
        .unwrap_or(word);

    if word.len() < LEAST {
        0
    } else if cue::DRUG_ENDING.end(word) {
        DRUG
    } else if cue::CONDITION_ENDING.end(word) {
        CONDITION
    } else if cue::PROCEDURE_ENDING.end(word) {
        PROCEDURE
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_medicines_diseases_and_operations() {
        for (word, expected) in [
            ("zanubrutinib", DRUG),
            ("tezepelumab", DRUG),
            ("sialadenitis", CONDITION),
            ("neuropathies", 0),
            ("chondrosarcoma", CONDITION),
            ("fundoplasty", PROCEDURE),
            ("arthrodesis", PROCEDURE),
            ("olga", 0),
            ("nostalgia", 0),
            ("paloma", 0),
        ] {
            assert_eq!(class(word.as_bytes()), expected, "{word}");
        }
    }
}
