//! Context: how strongly the words near an identifier speak of health, care or payment. Doesn't judge whose.

use crate::finding::{Kind, SpecialCategory};
use crate::ident::View;
use crate::lexicon::class_bits::{
    APPOINTMENT, BILLING, BODY, CARE, CONDITION, DRUG, HIV, PATIENT, PROCEDURE, PSYCH,
    REPRODUCTIVE, SUD, SYMPTOM, TEST, WEAK,
};
use crate::token::Token;

/// What a scan found near an identifier.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Context {
    /// How strongly it speaks of health, care or payment, 0 to 1.
    pub(crate) strength: f32,
    /// The strongest class.
    pub(crate) class: u64,
    /// The token that bears it.
    pub(crate) token: Option<usize>,
    /// Tokens between the identifier and it.
    pub(crate) distance: usize,
}

const WEIGHTS: &[(u64, f32)] = &[
    (HIV, 0.95),
    (SUD, 0.9),
    (PSYCH, 0.9),
    (REPRODUCTIVE, 0.9),
    (CONDITION, 0.92),
    (DRUG, 0.9),
    (PROCEDURE, 0.9),
    (TEST, 0.88),
    (SYMPTOM, 0.85),
    (CARE, 0.8),
    (APPOINTMENT, 0.72),
    (BILLING, 0.72),
    (BODY, 0.6),
    (PATIENT, 0.6),
    (WEAK, 0.3),
];

fn weight(token: &Token) -> (f32, u64) {
    WEIGHTS
        .iter()
        .find(|(class, _)| token.is(*class))
        .map_or((0.0, 0), |(class, weight)| (*weight, *class))
}

/// How far context reaches, in tokens.
const fn reach(kind: Kind) -> usize {
    match kind {
        Kind::Subject => 40,
        Kind::Body | Kind::File => 30,
    }
}

/// Combines the words near tokens `first..=last`.
pub(crate) fn near(view: View<'_>, kind: Kind, first: usize, last: usize) -> Context {
    let mut context = Context::default();
    let mut best = 0.0_f32;
    let mut missing = 1.0_f32;
    let sentence = view.token(first).map_or(0, |token| token.sentence);
    let from = first.saturating_sub(reach(kind));
    let to = last.saturating_add(reach(kind)).min(view.tokens.len().saturating_sub(1));
    for index in (from..first).chain(last.saturating_add(1)..=to) {
        let Some(token) = view.token(index) else { continue };
        let (mut strength, class) = weight(token);
        if class == 0 {
            continue;
        }
        let distance =
            if index < first { first.saturating_sub(index) } else { index.saturating_sub(last) };
        strength *= fade(kind, token.sentence.abs_diff(sentence), distance);
        missing *= 1.0 - strength;
        if strength > best {
            best = strength;
            context.class = class;
            context.token = Some(index);
            context.distance = distance;
        }
    }
    context.strength = 1.0 - missing;
    context
}

/// Context fades with every sentence between; inside a subject it hardly does.
fn fade(kind: Kind, sentences: u32, distance: usize) -> f32 {
    let between = match (kind, sentences) {
        (Kind::Subject, _) | (_, 0) => 1.0,
        (_, 1) => 0.6,
        (_, 2) => 0.35,
        _ => 0.1,
    };
    if distance > 20 { between * 0.7 } else { between }
}

/// Returns the specially protected category of a class.
pub(crate) const fn special(token: &Token) -> Option<SpecialCategory> {
    let classes = token.classes;
    if classes.has(HIV) {
        Some(SpecialCategory::Hiv)
    } else if classes.has(SUD) {
        Some(SpecialCategory::SubstanceUse)
    } else if classes.has(PSYCH) {
        Some(SpecialCategory::Psychotherapy)
    } else if classes.has(REPRODUCTIVE) {
        Some(SpecialCategory::Reproductive)
    } else {
        None
    }
}
