//! Context: how strongly the words near an identifier speak of health, care or payment. Doesn't judge whose.

use crate::cue;
use crate::finding::{Kind, SpecialCategory};
use crate::ident::View;
use crate::lexicon::class_bits::{
    ABBREVIATION, APPOINTMENT, BILLING, BODY, CARE, CONDITION, DRUG, EPONYM, HIV, MILD, PATIENT,
    PLACE, PROCEDURE, PRONOUN, PSYCH, REPRODUCTIVE, SOFT, SUD, SYMPTOM, TEST, WEAK,
};
use crate::token::{Gap, Shape, Token};

/// What a scan found near an identifier.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Context {
    /// How strongly it speaks of health, care or payment, 0 to 1.
    pub(crate) strength: f32,
    /// The same without words that other trades use too.
    sober: f32,
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
    (EPONYM, 0.8),
    (SOFT, 0.5),
    (BODY, 0.66),
    (PATIENT, 0.6),
    (MILD, 0.64),
    (WEAK, 0.3),
];

impl Context {
    /// "Mrs. Boudreaux 8:45": in a clinic's mail, whom one calls by title is a patient unless something says otherwise.
    pub(crate) const fn at_least(self, strength: f32) -> Self {
        Self { strength: self.strength.max(strength), ..self }
    }

    /// The class, if no word near has one.
    pub(crate) const fn or_class(self, class: u64) -> Self {
        Self { class: if self.class == 0 { class } else { self.class }, ..self }
    }

    /// At least this word of a story about one person.
    pub(crate) fn told(self, (strength, class, token): (f32, u64, Option<usize>)) -> Self {
        if strength <= self.strength {
            return self;
        }
        Self { strength, class, token, ..self }
    }

    /// The writer's own health, at token `index`.
    pub(crate) fn own(index: usize) -> Self {
        Self { strength: 0.8, class: PATIENT, token: Some(index), ..Self::default() }
    }

    /// Context that needs no words near.
    pub(crate) fn certain() -> Self {
        Self { strength: 1.0, ..Self::default() }
    }

    /// Leaves out the words that other trades use too: in a long text they turn up by themselves.
    pub(crate) fn sober(self) -> Self {
        Self { strength: self.sober, ..self }
    }
}

/// Returns for each sentence whether it says a pronoun.
fn continued(text: &str, tokens: &[Token]) -> Vec<bool> {
    let mut starts: Vec<bool> = Vec::new();
    let mut count = 0_usize;
    for token in tokens {
        let sentence = token.sentence as usize;
        if sentence >= starts.len() {
            starts.resize(sentence.saturating_add(1), false);
            count = 0;
        }
        count = count.saturating_add(1);
        if let Some(start) = starts.get_mut(sentence) {
            *start |= count <= 5 && token.is(PRONOUN) || is_singular(text, token);
        }
    }
    starts
}

/// One person's pronoun.
fn is_singular(text: &str, token: &Token) -> bool {
    token.is(PRONOUN)
        && token.len() <= 4
        && text.get(token.start..token.end).is_some_and(|word| cue::SINGULAR_PRONOUN.has(word))
}

/// Any word of health, care or payment.
const ANY: u64 = APPOINTMENT
    | BILLING
    | BODY
    | CARE
    | CONDITION
    | DRUG
    | EPONYM
    | HIV
    | MILD
    | PATIENT
    | PROCEDURE
    | PSYCH
    | REPRODUCTIVE
    | SOFT
    | SUD
    | SYMPTOM
    | TEST
    | WEAK;

fn weight(view: View<'_>, index: usize, token: &Token) -> (f32, u64) {
    if !token.is(ANY) {
        return reading(view, index);
    }
    if is_part_of_address(view, index) {
        return (0.0, 0);
    }
    let found = WEIGHTS.iter().find(|(class, _)| token.is(*class));
    let (class, weight) = found.copied().unwrap_or_default();
    // A disease's name without its disease may be a street.
    if class == EPONYM && view.is(index.saturating_add(1), PLACE) && !token.possessive {
        return (0.0, 0);
    }
    // Two letters are an abbreviation in capitals, and otherwise hardly.
    let short = (token.len() <= 2 || token.is(ABBREVIATION) && token.len() <= 4)
        && !matches!(token.shape, Shape::Upper | Shape::Mixed)
        && token.classes.word_level() > 0;
    // ", TX" is a state.
    let state = token.len() == 2
        && token.shape == Shape::Upper
        && token.gap.has(Gap::COMMA)
        && view.before(index, 1).is_some_and(|t| t.shape == Shape::Capital)
        && view.says_exact(token, &cue::STATE);
    if state {
        return (0.0, 0);
    }
    (if short { weight * 0.3 } else { weight }, class)
}

/// "sapo.pt", "/etc/crypto.conf": part of an address, and no word. A file's name has words: "labs.pdf".
fn is_part_of_address(view: View<'_>, index: usize) -> bool {
    const FILES: [&str; 12] =
        ["pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "jpg", "jpeg", "png", "zip", "eml"];
    let classes = view.token(index).map(|token| token.classes);
    let other = |at: usize| {
        view.token(at).is_some_and(|t| {
            Some(t.classes) != classes
                && t.shape != Shape::Number
                && !FILES.iter().any(|file| view.word(t).eq_ignore_ascii_case(file))
        })
    };
    let tight = |gap: Gap| gap.only(Gap::PERIOD) || gap.only(Gap::AT);
    let next = index.saturating_add(1);
    let before = index.checked_sub(1).is_some_and(other) && tight(view.gap(index));
    before || tight(view.gap(next)) && other(next)
}

/// "3pm", "11:20", "10/4": a time beside a name is a visit rather than not.
fn is_clock(view: View<'_>, index: usize) -> bool {
    let Some(token) = view.token(index) else { return false };
    let word = view.word(token);
    let (digits, ending) = word.split_at(word.bytes().take_while(u8::is_ascii_digit).count());
    let spoken = (1..=4).contains(&digits.len()) && cue::CLOCK.has_exact(ending);
    let written = digits.len() <= 2
        && token.shape == Shape::Number
        && view.gap(index.saturating_add(1)).only(Gap::COLON)
        && view
            .token(index.saturating_add(1))
            .is_some_and(|t| t.shape == Shape::Number && t.len() == 2);
    let day = digits.len() <= 2
        && token.shape == Shape::Number
        && view.gap(index.saturating_add(1)).only(Gap::SLASH)
        && view
            .token(index.saturating_add(1))
            .is_some_and(|t| t.shape == Shape::Number && t.len() <= 2);
    spoken || written || day
}

/// A laboratory value that needs no word: "K 6.1", "Na 118", "Hgb 5.9".
fn reading(view: View<'_>, index: usize) -> (f32, u64) {
    let Some(token) = view.token(index) else { return (0.0, 0) };
    let analyte = view.says_exact(token, &cue::ANALYTE);
    let next = index.saturating_add(1);
    let value = view.token(next).is_some_and(|t| t.shape == Shape::Number)
        && view.gap(next).only(Gap::SPACE | Gap::AND);
    if analyte && value {
        return (0.85, TEST);
    }
    // "expired 0340": a time of death.
    let clock = view.token(next).is_some_and(|t| t.shape == Shape::Number && t.len() == 4);
    if clock && view.says(token, &cue::EXPIRED) {
        return (0.85, CARE);
    }
    // "rm 7", "bed 12", "in bay 4": where patients lie.
    let lies = view.says(token, &cue::BED)
        && view
            .token(next)
            .is_some_and(|t| t.len() <= 4 && matches!(t.shape, Shape::Number | Shape::Mixed));
    if lies {
        return (0.5, CARE);
    }
    // Holds by the section of the law.
    if matches!(view.word(token), "5150" | "5250" | "5585") {
        return (0.85, PSYCH);
    }
    // "10w2d": a pregnancy by weeks and days.
    if is_gestation(view.word(token)) {
        return (0.85, REPRODUCTIVE);
    }
    let code = diagnosis_code(view, index);
    if code.is_some() {
        return code.unwrap_or_default();
    }
    // "Bjorn's back" is a part of the body only so.
    if view.says_exact(token, &cue::BACK) && view.before(index, 1).is_some_and(|t| t.possessive) {
        return (0.55, BODY);
    }
    if is_clock(view, index) { (0.2, WEAK) } else { (0.0, 0) }
}

fn is_gestation(word: &str) -> bool {
    let Some((weeks, days)) = word.split_once(['w', 'W']) else { return false };
    let number =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    number(weeks) && days.strip_suffix(['d', 'D']).is_some_and(number)
}

/// "E11.9", "dx F32", "99214": codes of diagnoses and visits.
fn diagnosis_code(view: View<'_>, index: usize) -> Option<(f32, u64)> {
    let token = view.token(index)?;
    let (word, next) = (view.word(token).as_bytes(), index.saturating_add(1));
    if token.shape == Shape::Number && word.len() == 5 && word.starts_with(b"99") {
        return Some((0.6, BILLING));
    }
    let form = matches!(word, [b'A'..=b'T' | b'V'..=b'Z', b'0'..=b'9', b'0'..=b'9' | b'A' | b'B']);
    let dotted = view.gap(next).only(Gap::PERIOD)
        && view
            .token(next)
            .is_some_and(|t| t.len() <= 4 && matches!(t.shape, Shape::Number | Shape::Mixed));
    let named = view.before(index, 1).is_some_and(|t| view.says_exact(t, &cue::BEFORE_CODE));
    (form && (dotted || named)).then_some((0.85, CONDITION))
}

/// How far context reaches, in tokens.
const fn reach(kind: Kind) -> usize {
    match kind {
        Kind::Subject => 40,
        Kind::Body | Kind::File => 30,
    }
}

/// The words of health, care and payment in one text, weighed once.
#[derive(Debug)]
pub(crate) struct Contexts<'a> {
    view: View<'a>,
    kind: Kind,
    /// Weight and class of each token.
    weights: Vec<(f32, u64)>,
    /// For each sentence: whether it says "he", "her" and the like, and so goes on about the one before.
    goes_on: Vec<bool>,
}

impl<'a> Contexts<'a> {
    pub(crate) fn new(view: View<'a>, kind: Kind) -> Self {
        let weights = view
            .tokens
            .iter()
            .enumerate()
            .map(|(index, token)| weight(view, index, token))
            .collect();
        Self { view, kind, weights, goes_on: continued(view.text, view.tokens) }
    }

    /// Makes the words of a name mean nothing else: "Bill Fulton" bills nobody.
    pub(crate) fn mask(&mut self, first: usize, last: usize) {
        let words = self.weights.iter_mut().take(last.saturating_add(1)).skip(first);
        words.for_each(|weight| *weight = (0.0, 0));
    }

    /// Returns how strongly each token speaks of health, care or payment.
    pub(crate) fn each(&self) -> impl Iterator<Item = f32> {
        self.weights.iter().map(|(weight, _)| *weight)
    }

    /// Returns the tokens that speak of health, care or payment at least as strongly as `least`.
    pub(crate) fn strong(&self, least: f32) -> impl Iterator<Item = usize> {
        self.weights
            .iter()
            .enumerate()
            .filter(move |(_, (weight, _))| *weight >= least)
            .map(|(i, _)| i)
    }

    /// The strongest sober word anywhere within 90 tokens, as far as a story about one person goes.
    pub(crate) fn anywhere(&self, first: usize, last: usize) -> (f32, u64, Option<usize>) {
        let from = first.saturating_sub(90);
        let to = last.saturating_add(90);
        let mut best = (0.0_f32, 0, None);
        for (index, &(weight, class)) in self.weights.iter().enumerate().take(to).skip(from) {
            let own = (first..=last).contains(&index);
            if !own
                && class & (MILD | SOFT | WEAK | BODY | PATIENT | BILLING) == 0
                && weight > best.0
            {
                best = (weight, class, Some(index));
            }
        }
        best
    }

    /// Combines the words near tokens `first..=last`.
    pub(crate) fn near(&self, first: usize, last: usize) -> Context {
        let view = self.view;
        let mut context = Context::default();
        let mut best = 0.0_f32;
        let (mut missing, mut sober) = (1.0_f32, 1.0_f32);
        let sentence = view.token(first).map_or(0, |token| token.sentence);
        let from = first.saturating_sub(reach(self.kind));
        let to = last.saturating_add(reach(self.kind)).min(view.tokens.len().saturating_sub(1));
        for index in (from..first).chain(last.saturating_add(1)..=to) {
            let Some(&(mut strength, class)) = self.weights.get(index) else { continue };
            if class == 0 {
                continue;
            }
            let distance = if index < first {
                first.saturating_sub(index)
            } else {
                index.saturating_sub(last)
            };
            let other = view.token(index).map_or(0, |token| token.sentence);
            strength *= self.fade((sentence, other), distance);
            if class & (MILD | SOFT | WEAK | BODY) == 0 {
                sober *= 1.0 - strength;
            }
            missing *= 1.0 - strength;
            if strength > best {
                best = strength;
                context.class = class;
                context.token = Some(index);
                context.distance = distance;
            }
        }
        context.strength = 1.0 - missing;
        context.sober = 1.0 - sober;
        context
    }

    /// Context fades with every sentence between, less if that goes on about the same person; inside a subject it hardly does.
    fn fade(&self, (own, other): (u32, u32), distance: usize) -> f32 {
        let says = |sentence: u32| self.goes_on.get(sentence as usize).copied().unwrap_or(false);
        // What goes on says so in each sentence between; what comes before says so itself.
        let goes_on = own.abs_diff(other) <= 3
            && if other >= own { (own.saturating_add(1)..=other).all(says) } else { says(other) };
        let between = match (self.kind, own.abs_diff(other), goes_on) {
            (Kind::Subject, _, _) | (_, 0, _) => 1.0,
            (_, 1, true) => 0.8,
            (_, 1, false) => 0.6,
            (_, 2, true) => 0.65,
            (_, 2, false) => 0.25,
            (_, 3, true) => 0.5,
            _ => 0.1,
        };
        if distance > 20 { between * 0.7 } else { between }
    }
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
