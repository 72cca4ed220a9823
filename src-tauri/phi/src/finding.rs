//! What a scan says: verdict, findings with offsets and reasons, specially protected categories. Never holds matched text.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::Action;

/// What the text is; decides the threshold and how far context reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A subject line: one short line, seen by every relay on the way.
    Subject,
    /// A message body.
    Body,
    /// Text taken out of a file, or a file's name.
    File,
}

/// Whether the text holds PHI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Somebody's health, care or payment can be told from the text.
    Phi,
    /// Nothing was found. Never a licence to send in the clear: a scan can miss.
    Clean,
}

/// How much a finding proves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Needs its context to be PHI: a name beside a condition.
    Usual,
    /// Identifies a patient by itself: a record number, a social security number.
    Strong,
}

/// The kind of identifier (after 45 CFR 164.514(b)(2)(i)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Category {
    /// A person's name.
    Name,
    /// A person's initials.
    Initials,
    /// A description that fits one person only, such as an office held.
    Role,
    /// A US social security or taxpayer number.
    Ssn,
    /// A Medicare beneficiary identifier.
    Mbi,
    /// A medical record or chart number.
    Mrn,
    /// A date of birth.
    Dob,
    /// An age over 89.
    Age90,
    /// A health plan's member, subscriber or group number.
    MemberId,
    /// A patient's account number.
    Account,
    /// A claim, authorisation, referral or prescription number.
    Claim,
    /// A telephone or fax number.
    Phone,
    /// An e-mail address.
    Email,
    /// A street address.
    Address,
    /// A device's serial number.
    Device,
    /// A vehicle's number or plate.
    Vehicle,
    /// A web address that carries an identifier.
    Url,
    /// Another number that belongs to one patient.
    OtherId,
    /// Health words to a recipient who thereby is known.
    Recipient,
    /// Found by an organisation's own rule.
    Site,
}

impl Category {
    /// Returns the name used in reports and in stored verdicts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Initials => "initials",
            Self::Role => "role",
            Self::Ssn => "ssn",
            Self::Mbi => "mbi",
            Self::Mrn => "mrn",
            Self::Dob => "dob",
            Self::Age90 => "age90",
            Self::MemberId => "member_id",
            Self::Account => "account",
            Self::Claim => "claim",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
            Self::Device => "device",
            Self::Vehicle => "vehicle",
            Self::Url => "url",
            Self::OtherId => "other_id",
            Self::Recipient => "recipient",
            Self::Site => "site",
        }
    }
}

/// One identifier that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// First code point of the identifier in the text as given.
    pub start: usize,
    /// One past its last code point.
    pub end: usize,
    /// What it is.
    pub category: Category,
    /// Whether it stands alone.
    pub strength: Strength,
    /// Id of the rule that found it, stable within a ruleset version.
    pub rule: Cow<'static, str>,
    /// Why, in one plain sentence that never repeats the matched text.
    pub reason: Cow<'static, str>,
    /// The code points of the health, care or payment words that made it PHI, if it needed some.
    pub context: Option<(usize, usize)>,
    /// What an organisation's own rule demands; `None` leaves it to policy.
    pub action: Option<Action>,
}

/// Information that law protects beyond ordinary PHI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpecialCategory {
    /// Treatment for substance use (42 CFR Part 2).
    SubstanceUse,
    /// Mental health and psychotherapy notes (45 CFR 164.508(a)(2)).
    Psychotherapy,
    /// HIV status, test or treatment (state law).
    Hiv,
    /// Reproductive health.
    Reproductive,
}

impl SpecialCategory {
    /// Returns the name used in reports and in stored verdicts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SubstanceUse => "substance_use",
            Self::Psychotherapy => "psychotherapy",
            Self::Hiv => "hiv",
            Self::Reproductive => "reproductive",
        }
    }

    /// Returns the sentence that says how this category is protected.
    #[must_use]
    pub const fn protection(self) -> &'static str {
        match self {
            Self::SubstanceUse => {
                "Substance use treatment is protected by 42 CFR Part 2: passing it on needs the patient's written consent."
            }
            Self::Psychotherapy => {
                "Mental health information is specially protected, and psychotherapy notes need an authorisation of their own."
            }
            Self::Hiv => "HIV information is specially protected by state law.",
            Self::Reproductive => "Reproductive health information is specially protected.",
        }
    }
}

/// Says how each of these categories is protected, and names the better way; `None` of no category.
#[must_use]
pub fn special_advice(categories: impl IntoIterator<Item = SpecialCategory>) -> Option<String> {
    /// Another channel than mail.
    const BETTER: &str = "Call or use the portal instead of e-mail.";
    let mut said: Vec<&str> = categories.into_iter().map(SpecialCategory::protection).collect();
    if said.is_empty() {
        return None;
    }
    said.push(BETTER);
    Some(said.join(" "))
}

/// The outcome of one scan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Scan {
    /// Whether the text holds PHI.
    pub verdict: Verdict,
    /// From 0 to 1: how likely it is that somebody's health can be told from the text.
    pub score: f32,
    /// The identifiers found, in the order of the text. A clean text has none.
    pub findings: Vec<Finding>,
    /// Specially protected categories touched by the findings; empty when clean.
    pub special: Vec<SpecialCategory>,
    /// True if the text was longer than [`crate::MAX_TEXT_BYTES`] and its rest was not looked at.
    pub truncated: bool,
    /// The version of the rules that said so ([`crate::RULESET_VERSION`]).
    pub ruleset: u32,
}

impl Scan {
    /// Returns true iff some finding stands alone, so that encryption can't be turned off.
    #[must_use]
    pub fn has_strong(&self) -> bool {
        self.findings.iter().any(|finding| finding.strength == Strength::Strong)
    }

    /// Returns the strictest action demanded by an organisation's own rules.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        self.findings.iter().filter_map(|finding| finding.action).max()
    }

    /// Returns true iff the text holds PHI.
    #[must_use]
    pub fn is_phi(&self) -> bool {
        self.verdict == Verdict::Phi
    }
}

/// A candidate and how it was weighed: `score = certainty × context × role`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Considered {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// What it would be.
    pub category: Category,
    /// The rule that proposed it.
    pub rule: &'static str,
    /// How sure its form is, 0 to 1. At 1 it stands alone.
    pub certainty: f32,
    /// How strongly the words near it speak of health, care or payment, 0 to 1.
    pub context: f32,
    /// How likely it belongs to a patient: 1 leaves the score as it is.
    pub role: f32,
    /// The score.
    pub score: f32,
}

/// What the fitted model makes of a text, in thousandths of a weight; more speaks for PHI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Leaning {
    /// What the text weighs: of a letter, its heaviest run of paragraphs.
    pub weight: i32,
    /// From here on the model adds a finding where the rules found nothing.
    pub add: i32,
    /// Up to here it takes back what the rules found by context alone.
    pub clear: i32,
    /// The words that weigh most, heaviest first, whichever way.
    pub words: Vec<Heavy>,
}

/// A word, name or number, and what it adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Heavy {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// What it adds, together with what stands beside it.
    pub weight: i32,
}

/// A scan with every candidate that was weighed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The outcome.
    pub scan: Scan,
    /// The candidates, in the order of the text.
    pub considered: Vec<Considered>,
    /// The score from which a candidate becomes a finding.
    pub threshold: f32,
    /// What the model makes of the text; `None` of files, which it doesn't judge.
    pub model: Option<Leaning>,
}
