//! Words that no list holds, by their endings: how medicines, diseases and operations are named (USAN and INN stems, Greek and Latin endings).

use crate::lexicon::class_bits::{CONDITION, DRUG, PROCEDURE};

const DRUGS: [&[u8]; 38] = [
    b"mab",
    b"tinib",
    b"ciclib",
    b"rafenib",
    b"parib",
    b"sartan",
    b"statin",
    b"olol",
    b"azole",
    b"cillin",
    b"mycin",
    b"floxacin",
    b"prazole",
    b"gliptin",
    b"gliflozin",
    b"glutide",
    b"triptan",
    b"setron",
    b"vudine",
    b"navir",
    b"tegravir",
    b"buvir",
    b"ciclovir",
    b"xaban",
    b"gatran",
    b"parin",
    b"dipine",
    b"zepam",
    b"zolam",
    b"barbital",
    b"cycline",
    b"oxetine",
    b"semide",
    b"thiazide",
    b"profen",
    b"lukast",
    b"gepant",
    b"platin",
];

const CONDITIONS: [&[u8]; 30] = [
    b"itis",
    b"osis",
    b"aemia",
    b"cemia",
    b"kemia",
    b"nemia",
    b"remia",
    b"uria",
    b"ralgia",
    b"yalgia",
    b"plegia",
    b"paresis",
    b"penia",
    b"megaly",
    b"phagia",
    b"rrhea",
    b"rrhagia",
    b"rrhage",
    b"ropathy",
    b"opathy",
    b"blastoma",
    b"sarcoma",
    b"carcinoma",
    b"denoma",
    b"cytoma",
    b"phobia",
    b"ectasia",
    b"plasia",
    b"stenosis",
    b"ptysis",
];

const PROCEDURES: [&[u8]; 12] = [
    b"ectomy",
    b"ostomy",
    b"otomy",
    b"plasty",
    b"scopy",
    b"centesis",
    b"odesis",
    b"opexy",
    b"ogram",
    b"orrhaphy",
    b"therapy",
    b"lysis",
];

/// Long enough that an ending says something.
const LEAST: usize = 7;

/// The class that the ending of a word in small letters gives it; 0 if none.
pub(super) fn class(word: &[u8]) -> u64 {
    let word = word
        .strip_suffix(b"s")
        .filter(|w| !w.ends_with(b"i") && !w.ends_with(b"s"))
        .unwrap_or(word);
    let ends = |endings: &[&[u8]]| endings.iter().any(|ending| word.ends_with(ending));
    if word.len() < LEAST {
        0
    } else if ends(&DRUGS) {
        DRUG
    } else if ends(&CONDITIONS) {
        CONDITION
    } else if ends(&PROCEDURES) {
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
