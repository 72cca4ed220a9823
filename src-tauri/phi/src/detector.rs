//! The detector: puts identifiers, people, context and roles together into a score, a verdict and findings.

use std::borrow::Cow;

use crate::context::{self, Context};
use crate::finding::{Category, Finding, Kind, Scan, SpecialCategory, Strength, Verdict};
use crate::fold::Folded;
use crate::ident::{self, Candidate, View};
use crate::knowledge::Knowledge;
use crate::lexicon::Lexicon;
use crate::lexicon::class_bits::{
    APPOINTMENT, BILLING, BODY, CARE, COMMERCE, CONDITION, DRUG, HIV, PATIENT, PROCEDURE, PSYCH,
    REPRODUCTIVE, SUD, SYMPTOM, TECH, TEST,
};
use crate::person::{self, Form, Person};
use crate::{role, token};

/// The version of the rules and lists; a stored verdict of another version is stale, and stale counts as PHI.
pub const RULESET_VERSION: u32 = 1;

/// How much of a text is looked at, in bytes: the first 2 MB.
pub const MAX_TEXT_BYTES: usize = 2 * 1024 * 1024;

/// The most findings that one scan lists; the verdict counts all.
const MAX_FINDINGS: usize = 1000;

/// Finds PHI. Holds nothing but a view of the built-in lexicon: cheap to make, free to share.
#[derive(Debug)]
pub struct Detector {
    lexicon: Lexicon,
}

impl Detector {
    /// Makes the detector with the built-in rules. Reads nothing and builds nothing.
    #[must_use]
    pub fn standard() -> Self {
        Self { lexicon: Lexicon::standard() }
    }

    /// Returns the size of the built-in lexicon in bytes.
    #[must_use]
    pub const fn lexicon_bytes(&self) -> usize {
        Lexicon::size()
    }

    /// Scans `text`. Deterministic; time and memory are linear in the text, of which [`MAX_TEXT_BYTES`] are looked at.
    #[must_use]
    pub fn scan(&self, text: &str, kind: Kind, knowledge: &Knowledge) -> Scan {
        let (looked_at, truncated) = cap(text);
        let folded = Folded::new(looked_at);
        let tokens = token::tokenize(folded.as_str(), &self.lexicon);
        let view = View { text: folded.as_str(), tokens: &tokens };
        let mut found = Findings {
            folded: &folded,
            view,
            kind,
            score: 0.0,
            all: Vec::new(),
            special: Vec::new(),
        };
        found.identifiers(knowledge);
        found.people(knowledge);
        found.site(knowledge);
        found.finish(truncated)
    }
}

/// Cuts a text at the cap, on a boundary of characters.
fn cap(text: &str) -> (&str, bool) {
    if text.len() <= MAX_TEXT_BYTES {
        return (text, false);
    }
    let end = (0..=MAX_TEXT_BYTES).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    (text.get(..end).unwrap_or_default(), true)
}

/// The score from which a text counts as PHI.
const fn threshold(kind: Kind) -> f32 {
    match kind {
        Kind::Subject => 0.45,
        Kind::Body | Kind::File => 0.45,
    }
}

struct Findings<'a> {
    folded: &'a Folded<'a>,
    view: View<'a>,
    kind: Kind,
    score: f32,
    all: Vec<Finding>,
    special: Vec<SpecialCategory>,
}

impl Findings<'_> {
    fn identifiers(&mut self, knowledge: &Knowledge) {
        for candidate in ident::find(self.view) {
            let context = context::near(self.view, self.kind, candidate.first, candidate.last);
            let alone = candidate.certainty >= 1.0;
            let score = if alone { 1.0 } else { self.weigh(&candidate, &context, knowledge) };
            if alone || score >= threshold(self.kind) {
                let strength = if alone { Strength::Strong } else { Strength::Usual };
                let span = (candidate.first, candidate.last);
                self.push(
                    span,
                    candidate.category,
                    strength,
                    Cow::Borrowed(candidate.rule),
                    reason(candidate.category).into(),
                    &context,
                    score,
                );
            }
        }
    }

    fn weigh(&self, candidate: &Candidate, context: &Context, knowledge: &Knowledge) -> f32 {
        let business =
            self.view.tokens.iter().skip(candidate.first.saturating_sub(12)).take(24).any(|t| {
                t.is(COMMERCE | TECH) && !t.is(CONDITION | DRUG | PROCEDURE | TEST | BILLING | CARE)
            });
        let factor = if business { 0.5 } else { 1.0 };
        let own = candidate.category == Category::Email
            && self.view.token(candidate.last).is_some_and(|_| {
                let domain = (candidate.first..=candidate.last)
                    .find(|&i| self.view.gap(i).has(token::Gap::AT));
                domain.is_some_and(|at| {
                    let start = self.view.token(at).map_or(0, |t| t.start);
                    let end = self.view.token(candidate.last).map_or(0, |t| t.end);
                    knowledge.is_own_domain(self.view.text.get(start..end).unwrap_or_default())
                })
            });
        if own {
            return 0.0;
        }
        candidate.certainty * context.strength * factor
    }

    fn people(&mut self, knowledge: &Knowledge) {
        for person in person::find(self.view) {
            let context = context::near(self.view, self.kind, person.first, person.last);
            if context.strength == 0.0 {
                continue;
            }
            let factor = role::factor(self.view, self.kind, &person, &context, knowledge);
            let score = (person.certainty * context.strength * factor).min(0.99);
            if score >= threshold(self.kind) {
                let (rule, why) = person_rule(&person, context.class);
                self.push(
                    (person.first, person.last),
                    person.category(),
                    Strength::Usual,
                    rule.into(),
                    why.into(),
                    &context,
                    score,
                );
            }
        }
    }

    fn site(&mut self, knowledge: &Knowledge) {
        for hit in knowledge.site_rules().find(self.view.text) {
            let (start, end) = self.folded.code_points(hit.start, hit.end);
            self.score = self.score.max(1.0);
            self.all.push(Finding {
                start,
                end,
                category: hit.category,
                strength: hit.strength,
                rule: Cow::Owned(hit.rule.to_owned()),
                reason: Cow::Owned(hit.reason.to_owned()),
                context: None,
                action: Some(hit.action),
            });
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one private place where a finding is put together"
    )]
    fn push(
        &mut self,
        span: (usize, usize),
        category: Category,
        strength: Strength,
        rule: Cow<'static, str>,
        reason: Cow<'static, str>,
        context: &Context,
        score: f32,
    ) {
        self.score = self.score.max(score);
        if self.all.len() >= MAX_FINDINGS {
            return;
        }
        let bytes = |first: usize, last: usize| {
            let start = self.view.token(first).map_or(0, |token| token.start);
            let end = self.view.token(last).map_or(start, |token| token.end);
            self.folded.code_points(start, end)
        };
        let (start, end) = bytes(span.0, span.1);
        let context = context.token.map(|index| bytes(index, index));
        self.all.push(Finding {
            start,
            end,
            category,
            strength,
            rule,
            reason,
            context,
            action: None,
        });
    }

    fn finish(mut self, truncated: bool) -> Scan {
        let verdict = if self.all.is_empty() { Verdict::Clean } else { Verdict::Phi };
        if verdict == Verdict::Phi {
            self.special = self.view.tokens.iter().filter_map(context::special).collect();
            self.special.sort_unstable();
            self.special.dedup();
        }
        self.all.sort_by_key(|finding| (finding.start, finding.end));
        Scan {
            verdict,
            score: self.score,
            findings: self.all,
            special: self.special,
            truncated,
            ruleset: RULESET_VERSION,
        }
    }
}

fn person_rule(person: &Person, class: u64) -> (&'static str, &'static str) {
    let who = match person.form {
        Form::Initials => 0,
        Form::Office => 1,
        _ => 2,
    };
    let what = [
        (
            CONDITION | SYMPTOM | BODY,
            ["initials.condition", "role.condition", "name.condition"],
            "a condition or symptom",
        ),
        (DRUG, ["initials.medicine", "role.medicine", "name.medicine"], "a medicine"),
        (
            PROCEDURE,
            ["initials.procedure", "role.procedure", "name.procedure"],
            "a procedure or treatment",
        ),
        (TEST, ["initials.test", "role.test", "name.test"], "a test or result"),
        (
            SUD | PSYCH | HIV | REPRODUCTIVE,
            ["initials.special", "role.special", "name.special"],
            "specially protected health information",
        ),
        (APPOINTMENT, ["initials.appointment", "role.appointment", "name.appointment"], "a visit"),
        (BILLING, ["initials.billing", "role.billing", "name.billing"], "payment for care"),
        (CARE | PATIENT, ["initials.care", "role.care", "name.care"], "care received"),
    ]
    .into_iter()
    .find(|(classes, _, _)| class & classes != 0);
    let Some((classes, rules, _)) = what else { return ("name.care", REASONS[2][7]) };
    let rule = rules.get(who).copied().unwrap_or("name.care");
    let row = REASON_CLASSES.iter().position(|c| *c == classes).unwrap_or(7);
    (rule, REASONS.get(who).and_then(|reasons| reasons.get(row)).copied().unwrap_or_default())
}

const REASON_CLASSES: [u64; 8] = [
    CONDITION | SYMPTOM | BODY,
    DRUG,
    PROCEDURE,
    TEST,
    SUD | PSYCH | HIV | REPRODUCTIVE,
    APPOINTMENT,
    BILLING,
    CARE | PATIENT,
];

const REASONS: [[&str; 8]; 3] = [
    [
        "Initials beside a condition or symptom can identify a patient.",
        "Initials beside a medicine can identify a patient.",
        "Initials beside a procedure or treatment can identify a patient.",
        "Initials beside a test or result can identify a patient.",
        "Initials beside specially protected health information can identify a patient.",
        "Initials beside a visit can identify a patient.",
        "Initials beside payment for care can identify a patient.",
        "Initials beside care received can identify a patient.",
    ],
    [
        "A role that one person holds, beside a condition or symptom, identifies a patient.",
        "A role that one person holds, beside a medicine, identifies a patient.",
        "A role that one person holds, beside a procedure or treatment, identifies a patient.",
        "A role that one person holds, beside a test or result, identifies a patient.",
        "A role that one person holds, beside specially protected health information, identifies a patient.",
        "A role that one person holds, beside a visit, identifies a patient.",
        "A role that one person holds, beside payment for care, identifies a patient.",
        "A role that one person holds, beside care received, identifies a patient.",
    ],
    [
        "A name beside a condition or symptom identifies a patient.",
        "A name beside a medicine identifies a patient.",
        "A name beside a procedure or treatment identifies a patient.",
        "A name beside a test or result identifies a patient.",
        "A name beside specially protected health information identifies a patient.",
        "A name beside a visit identifies a patient.",
        "A name beside payment for care identifies a patient.",
        "A name beside care received identifies a patient.",
    ],
];

const fn reason(category: Category) -> &'static str {
    match category {
        Category::Ssn => "This has the form of a social security number.",
        Category::Mbi => "This has the form of a Medicare beneficiary number.",
        Category::Mrn => "A medical record number identifies a patient.",
        Category::Dob => "A date of birth identifies a patient.",
        Category::Age90 => "An age over 89 with health information counts as an identifier.",
        Category::MemberId => "A health plan's member number identifies a patient.",
        Category::Account => "An account number with payment for care identifies a patient.",
        Category::Claim => "A claim, authorisation or prescription number identifies a patient.",
        Category::Phone => "A telephone number beside health information identifies a patient.",
        Category::Email => "An e-mail address beside health information identifies a patient.",
        Category::Address => "A street address beside health information identifies a patient.",
        Category::Device => {
            "A device's serial number beside health information identifies a patient."
        }
        Category::Vehicle => "A vehicle's number beside health information identifies a patient.",
        Category::Url => "A web address that carries a patient's number identifies a patient.",
        Category::OtherId
        | Category::Site
        | Category::Name
        | Category::Initials
        | Category::Role => "A number that belongs to one patient identifies a patient.",
    }
}
