//! Kinds of tokens: what stands for open classes of words (names, numbers, unknown words) and groups the words that the lexicon knows.

use super::hash;
use crate::finding::Category;
use crate::lexicon::class_bits::{
    ADMIN, AGE, AGENT, APPOINTMENT, BILLING, BODY, CARE, COMMERCE, CONDITION, CREDENTIAL, DOCTOR,
    DRUG, EPONYM, EVENT, HIV, HR, KEY_ACCOUNT, KEY_CLAIM, KEY_DEVICE, KEY_DOB, KEY_MEMBER, KEY_MRN,
    KEY_PATIENT, KEY_PHONE, KEY_PLATE, KEY_PROVIDER, KEY_SSN, KIN, MILD, MONTH, OFFICE,
    ORGANISATION, PATIENT, PLACE, PREDICATE, PROCEDURE, PRONOUN, PSYCH, REPRODUCTIVE, SOCIAL, SOFT,
    STAFF, STREET, SUD, SYMPTOM, TECH, TEST, TITLE, WEAK,
};
use crate::person::{Form, Person};
use crate::token::{Shape, Token};

/// A word of the features, with its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) text: &'static str,
    pub(crate) hash: u64,
}

impl Mark {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, hash: hash::of(text.as_bytes()) }
    }
}

macro_rules! kinds {
    ($($bits:ident $text:literal,)*) => {
        /// The classes in the order in which they name a token's kind.
        const CLASSES: &[(u64, Mark)] = &[$(($bits, const { Mark::new($text) })),*];
        /// All of them.
        const ANY: u64 = $($bits)|*;
    };
}

kinds! {
    HIV "hiv", SUD "sud", PSYCH "psych", REPRODUCTIVE "reproductive", CONDITION "condition", DRUG "drug",
    PROCEDURE "procedure", TEST "test", SYMPTOM "symptom", CARE "care", APPOINTMENT "appointment",
    BILLING "billing", EVENT "event", COMMERCE "commerce", HR "hr", ADMIN "admin", SOCIAL "social",
    TECH "tech", DOCTOR "doctor", TITLE "title", CREDENTIAL "credential", STAFF "staff",
    PATIENT "patient", KIN "kin", OFFICE "office", AGENT "agent", EPONYM "eponym", SOFT "soft",
    BODY "body", MILD "mild", WEAK "weak", ORGANISATION "organisation", PLACE "place", MONTH "month",
    STREET "street", AGE "age", PRONOUN "pronoun", PREDICATE "predicate", KEY_SSN "key_ssn",
    KEY_MRN "key_mrn", KEY_PATIENT "key_patient", KEY_DOB "key_dob", KEY_MEMBER "key_member",
    KEY_ACCOUNT "key_account", KEY_CLAIM "key_claim", KEY_DEVICE "key_device",
    KEY_PHONE "key_phone", KEY_PLATE "key_plate", KEY_PROVIDER "key_provider",
}

/// What a token is to the model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) mark: Mark,
    /// Stands for the word itself, which may be anything: a name, a number.
    pub(crate) word: Option<Mark>,
    /// An ordinary word that says nothing by its kind.
    pub(crate) plain: bool,
}

impl Kind {
    const fn classed(mark: Mark) -> Self {
        Self { mark, word: None, plain: false }
    }

    const fn plain(text: &'static str) -> Self {
        Self { mark: Mark::new(text), word: None, plain: true }
    }

    const fn open(text: &'static str, word: &'static str) -> Self {
        Self { mark: Mark::new(text), word: Some(Mark::new(word)), plain: false }
    }
}

const NUMBERS: [Kind; 7] = [
    Kind::open("d1", "<d1>"),
    Kind::open("d2", "<d2>"),
    Kind::open("d3", "<d3>"),
    Kind::open("d4", "<d4>"),
    Kind::open("d5", "<d5>"),
    Kind::open("d6", "<d6>"),
    Kind::open("d7", "<d7>"),
];
const MANY: Kind = Kind::open("d7", "<d7>");
const AGED: Kind = Kind::open("aged", "<aged>");
const MIXED: Kind = Kind::open("mixed", "<mixed>");
const INITIAL: Kind = Kind::open("initial", "<name>");
/// Given names, surnames and unknown words, with one capital and with capitals only.
const NAMES: [[Kind; 2]; 3] = [
    [Kind::open("Given", "<name>"), Kind::open("GIVEN", "<name>")],
    [Kind::open("Surname", "<name>"), Kind::open("SURNAME", "<name>")],
    [Kind::open("Unknown", "<name>"), Kind::open("UNKNOWN", "<name>")],
];
const SMALL_GIVEN: Kind = Kind::open("given", "<given>");
const SMALL_SURNAME: Kind = Kind::open("surname", "<surname>");
const SMALL_UNKNOWN: Kind = Kind::open("unknown", "<unknown>");
/// Words by how common they are, in small letters and with a capital.
const WORDS: [[Kind; 2]; 4] = [
    [Kind::plain("rare"), Kind::plain("Rare")],
    [Kind::plain("word1"), Kind::plain("Word1")],
    [Kind::plain("word2"), Kind::plain("Word2")],
    [Kind::plain("word3"), Kind::plain("Word3")],
];

fn pick<const N: usize>(kinds: &[Kind; N], index: usize) -> Kind {
    kinds.get(index).copied().unwrap_or(MANY)
}

/// The kind of a token; `word` is the token as written.
pub(crate) fn of_token(token: &Token, word: &str) -> Kind {
    let classes = token.classes;
    if token.shape == Shape::Number {
        return pick(&NUMBERS, token.len().saturating_sub(1));
    }
    if classes.has(ANY)
        && let Some((_, mark)) = CLASSES.iter().find(|(class, _)| classes.has(*class))
    {
        return Kind::classed(*mark);
    }
    let capital = match token.shape {
        Shape::Mixed => return if is_aged(word) { AGED } else { MIXED },
        Shape::Initial => return INITIAL,
        Shape::Lower => 0,
        Shape::Capital | Shape::Upper | Shape::Number => 1,
    };
    let (common, given, surname) =
        (classes.word_level(), classes.given_level(), classes.surname_level());
    let upper = usize::from(token.shape == Shape::Upper);
    let name = |index: usize| NAMES.get(index).map_or(MANY, |pair| pick(pair, upper));
    let by_name = given >= 1 && (common <= 2 || given >= 4);
    match capital {
        1 if by_name => name(0),
        1 if surname >= 1 && common <= 2 => name(1),
        1 if classes.is_unknown() => name(2),
        0 if classes.is_unknown() => SMALL_UNKNOWN,
        0 if common == 0 && given >= 3 => SMALL_GIVEN,
        0 if common == 0 && surname >= 2 => SMALL_SURNAME,
        _ => {
            let level = usize::try_from(common).unwrap_or(3).min(3);
            WORDS.get(level).map_or(MANY, |pair| pick(pair, capital))
        }
    }
}

/// 72F, 54yo, 3mo.
fn is_aged(word: &str) -> bool {
    let ending = word.trim_start_matches(|c: char| c.is_ascii_digit());
    ending.len() < word.len()
        && ["f", "m", "yo", "y", "mo", "yr", "yrs", "yof", "yom"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The mark that stands for a person, by form and possessive.
pub(crate) const fn of_person(person: &Person) -> Mark {
    macro_rules! forms {
        ($($form:ident $plain:literal $owner:literal,)*) => {
            match (person.form, person.possessive) {
                $((Form::$form, false) => const { Mark::new($plain) },
                  (Form::$form, true) => const { Mark::new($owner) },)*
            }
        };
    }
    forms! {
        Titled "<titled>" "<titled>'s",
        Full "<full>" "<full>'s",
        Single "<single>" "<single>'s",
        Plain "<plain>" "<plain>'s",
        Initials "<initials>" "<initials>'s",
        Kin "<kin>" "<kin>'s",
        Office "<office>" "<office>'s",
        Clinician "<clinician>" "<clinician>'s",
    }
}

/// The mark that stands for an identifier.
pub(crate) const fn of_category(category: Category) -> Mark {
    match category {
        Category::Ssn => const { Mark::new("<ssn>") },
        Category::Mbi => const { Mark::new("<mbi>") },
        Category::Mrn => const { Mark::new("<mrn>") },
        Category::Dob => const { Mark::new("<dob>") },
        Category::Age90 => const { Mark::new("<age90>") },
        Category::MemberId => const { Mark::new("<member_id>") },
        Category::Account => const { Mark::new("<account>") },
        Category::Claim => const { Mark::new("<claim>") },
        Category::Phone => const { Mark::new("<phone>") },
        Category::Email => const { Mark::new("<email>") },
        Category::Address => const { Mark::new("<address>") },
        Category::Device => const { Mark::new("<device>") },
        Category::Vehicle => const { Mark::new("<vehicle>") },
        Category::Url => const { Mark::new("<url>") },
        Category::OtherId
        | Category::Recipient
        | Category::Site
        | Category::Name
        | Category::Initials
        | Category::Role => const { Mark::new("<other_id>") },
    }
}
