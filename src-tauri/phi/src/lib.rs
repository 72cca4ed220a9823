//! PHI detection: text → tokens → candidate identifiers and people → health, care and payment context → findings with reasons.
//!
//! A name alone is not protected health information, and neither is a diagnosis alone. PHI is the two together, or an identifier that
//! stands for a patient by itself (a record number, a social security number, a date of birth). The crate therefore looks for *roles*:
//! who is the patient here, and who is staff, a speaker, a vendor, or a disease that bears somebody's name.
//!
//! The tour, in the order in which text flows:
//! - `fold`: what the eye sees, with offsets into what was written (zero-width characters, look-alikes, full-width digits);
//! - `token`: words, numbers, what lies between them, sentences; every word is looked up once in the `lexicon`;
//! - `cue`: the words that the code asks for one by one, of every language, out of the rule files;
//! - `ident`: identifiers by shape, check and the words that announce them;
//! - `person`: candidate people; `role`: how likely each is to be a patient;
//! - `context`: words of health, care and payment near them;
//! - `detector`: the score, the verdict and the findings;
//! - `model`: weights fitted on labelled lines, asked where the rules leave room.
//!
//! Beside them: [`Knowledge`] (what the caller knows: staff, recipients, marks), [`SiteRules`] (an organisation's own rules),
//! [`neutral_subject`] (the one-click rewrite) and [`evaluate`] (figures with their confidence intervals).
//!
//! ```
//! use wardmail_phi::{Detector, Kind, Knowledge, neutral_subject};
//!
//! let subject = "Maria Lopez biopsy results";
//! let scan = Detector::standard().scan(subject, Kind::Subject, &Knowledge::new());
//! assert!(scan.is_phi());
//! assert_eq!((scan.findings[0].start, scan.findings[0].end), (0, 11));
//! assert_eq!(neutral_subject(subject, &scan).map(|s| s.subject).as_deref(), Some("Follow-up"));
//! ```
//!
//! Deterministic, linear in the text, without network, clock, files or globals. Nothing here logs, and no reason or error repeats
//! matched text.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)
)]

mod context;
mod cue;
mod detector;
mod finding;
mod fold;
mod ident;
mod knowledge;
mod lexicon;
mod model;
mod person;
mod reason;
mod rewrite;
mod role;
mod site;
mod token;

pub mod evaluate;

pub use detector::{Detector, MAX_TEXT_BYTES, RULESET_VERSION};
pub use finding::{
    Category, Considered, Explanation, Finding, Heavy, Kind, Leaning, Scan, SpecialCategory,
    Strength, Verdict, special_advice,
};
pub use knowledge::{Knowledge, KnownRole, Recipient};
pub use rewrite::{Suggestion, neutral_subject};
pub use site::{Action, Check, SiteRuleProblem, SiteRuleProblemKind, SiteRules};
