//! The features of a text. The same code serves the detector, which adds up weights, and the fit, which writes the features down.

use super::hash;
use super::kinds::{self, Mark};
use super::slots::{Line, Slot};
use crate::token::Shape;

/// How many of the telling slots before it a slot is paired with.
const PAIRS: usize = 7;

/// A part of a feature.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// The word of a slot.
    Word(usize),
    /// A kind or another fixed word.
    Mark(Mark),
    /// An id of a rule.
    Rule(&'static str),
    /// A count from 0 to 9.
    Count(u8),
}

/// Takes features.
pub(crate) trait Sink {
    /// Takes the feature that `template` and `parts` make, found at slot `at`.
    fn feature(&mut self, line: &Line<'_>, at: usize, template: Mark, parts: &[Part]);
}

macro_rules! templates {
    ($($name:ident $text:literal;)*) => { $(const $name: Mark = Mark::new($text);)* };
}

templates! {
    WORD "w"; KIND "k"; WORD_KIND "wk"; KIND_WORD "kw"; SKIP "sk"; PAIR "sp"; NAME "pk"; SURE "pc";
    WITH_PERSON "pw"; RULE "ir"; BESIDE "px"; RULE_BESIDE "ix"; ROLE "pr"; SCORE "ps"; CASE "case"; LENGTH "len"; PEOPLE "np"; EDGE "^"; END "$";
}

/// Hashes a feature.
pub(crate) fn hash(line: &Line<'_>, template: Mark, parts: &[Part]) -> u64 {
    parts.iter().fold(template.hash, |hash, part| {
        hash::join(
            hash,
            match part {
                Part::Word(slot) => line.slots.get(*slot).map_or(0, |slot| slot.word),
                Part::Mark(mark) => mark.hash,
                Part::Rule(text) => hash::of(text.as_bytes()),
                Part::Count(count) => hash::of(&[b'0'.saturating_add(*count)]),
            },
        )
    })
}

/// Writes a feature: its template and parts, with a blank before each part.
pub(crate) fn text(line: &Line<'_>, template: Mark, parts: &[Part]) -> String {
    let mut text = template.text.to_owned();
    for part in parts {
        text.push(' ');
        match part {
            Part::Word(slot) => {
                let word = line.slots.get(*slot).map(|slot| line.word_text(slot));
                text.push_str(&word.unwrap_or_default());
            }
            Part::Mark(mark) => text.push_str(mark.text),
            Part::Rule(rule) => text.push_str(rule),
            Part::Count(count) => text.push(char::from(b'0'.saturating_add(*count))),
        }
    }
    text
}

/// Gives every feature of the text to `sink`, slot by slot.
pub(crate) fn each(line: &Line<'_>, sink: &mut impl Sink) {
    let mut telling: Vec<usize> = Vec::with_capacity(PAIRS);
    for (at, slot) in line.slots.iter().enumerate() {
        neighbours(line, at, slot, sink);
        pairs(line, at, slot, &mut telling, sink);
        who(line, at, slot, sink);
    }
    if line.whole && !line.slots.is_empty() {
        shape(line, sink);
    }
}

/// The slot `back` places before, if it stands in the same unit.
fn before<'a>(line: &'a Line<'_>, at: usize, slot: &Slot, back: usize) -> Option<&'a Slot> {
    line.slots.get(at.checked_sub(back)?).filter(|other| other.unit == slot.unit)
}

/// A word with what stands right before it.
fn neighbours(line: &Line<'_>, at: usize, slot: &Slot, sink: &mut impl Sink) {
    let kind = Part::Mark(slot.kind);
    sink.feature(line, at, WORD, &[Part::Word(at)]);
    sink.feature(line, at, KIND, &[kind]);
    let first = before(line, at, slot, 1);
    let (word, before_kind) = first.map_or((Part::Mark(EDGE), Part::Mark(EDGE)), |first| {
        (Part::Word(at.saturating_sub(1)), Part::Mark(first.kind))
    });
    sink.feature(line, at, WORD_KIND, &[word, kind]);
    sink.feature(line, at, KIND_WORD, &[before_kind, Part::Word(at)]);
    if before(line, at, slot, 2).is_some() {
        sink.feature(line, at, SKIP, &[Part::Word(at.saturating_sub(2)), Part::Word(at)]);
    }
    let next = line.slots.get(at.saturating_add(1));
    if next.is_none_or(|next| next.unit != slot.unit) {
        sink.feature(line, at, KIND_WORD, &[kind, Part::Mark(END)]);
    }
}

/// A telling slot with the telling slots before it, within the block.
fn pairs(line: &Line<'_>, at: usize, slot: &Slot, telling: &mut Vec<usize>, sink: &mut impl Sink) {
    if slot.plain {
        return;
    }
    for other in telling.iter().rev().filter_map(|&index| line.slots.get(index)) {
        if line.block(other) != line.block(slot) {
            break;
        }
        sink.feature(line, at, PAIR, &[Part::Mark(other.kind), Part::Mark(slot.kind)]);
    }
    if telling.len() == PAIRS {
        telling.remove(0);
    }
    telling.push(at);
}

/// How a candidate is written, and which words stand with one.
fn who(line: &Line<'_>, at: usize, slot: &Slot, sink: &mut impl Sink) {
    if let Some(person) = slot.person.and_then(|index| line.people.get(index)) {
        if let Some(token) = line.view.token(slot.first) {
            let kind = kinds::of_token(token, line.view.word(token));
            sink.feature(line, at, NAME, &[Part::Mark(kind.mark)]);
        }
        let sure = level(person.certainty);
        sink.feature(line, at, SURE, &[Part::Count(sure)]);
        let near = slot.person.and_then(|index| line.near.people.get(index)).copied();
        let near = near.unwrap_or_default();
        let beside = level(near.context * person.certainty);
        sink.feature(line, at, BESIDE, &[Part::Count(beside)]);
        sink.feature(line, at, ROLE, &[Part::Mark(slot.kind), Part::Count(level(near.role))]);
        sink.feature(line, at, SCORE, &[Part::Count(scored(near.score))]);
        return;
    }
    if let Some(ident) = slot.ident.and_then(|index| line.idents.get(index)) {
        sink.feature(line, at, RULE, &[Part::Rule(ident.rule)]);
        let near = slot.ident.and_then(|index| line.near.idents.get(index)).copied();
        let near = near.unwrap_or_default();
        let beside = level(near.context);
        sink.feature(line, at, RULE_BESIDE, &[Part::Rule(ident.rule), Part::Count(beside)]);
        sink.feature(line, at, SCORE, &[Part::Count(scored(near.score))]);
        return;
    }
    if line.peopled.get(line.block(slot)).is_some_and(|peopled| *peopled) {
        sink.feature(line, at, WITH_PERSON, &[Part::Word(at)]);
    }
}

/// A share from 0 to 1 as one of seven levels.
fn level(share: f32) -> u8 {
    let passed = [0.2, 0.35, 0.5, 0.65, 0.8, 0.9].iter().filter(|&&least| share >= least);
    u8::try_from(passed.count()).unwrap_or(0)
}

/// A score of the rules as one of eight levels; 0 stands for none at all.
fn scored(score: f32) -> u8 {
    let passed = [0.01, 0.1, 0.2, 0.3, 0.375, 0.5, 0.7].iter().filter(|&&least| score >= least);
    u8::try_from(passed.count()).unwrap_or(0)
}

/// A subject's length, capitals and number of people.
fn shape(line: &Line<'_>, sink: &mut impl Sink) {
    let count = |shape: Shape| line.view.tokens.iter().filter(|t| t.shape == shape).count();
    let (small, capital) = (count(Shape::Lower), count(Shape::Capital));
    let case = match (small, capital) {
        (_, 0) => const { Mark::new("small") },
        (0, _) => const { Mark::new("capital") },
        _ if capital < small => const { Mark::new("some") },
        _ => const { Mark::new("many") },
    };
    let people = line.slots.iter().filter(|slot| slot.person.is_some()).count();
    let up_to = |count: usize, most: usize| u8::try_from(count.min(most)).unwrap_or(9);
    let last = line.slots.len().saturating_sub(1);
    sink.feature(line, last, CASE, &[Part::Mark(case)]);
    let length = up_to(line.view.tokens.len().div_euclid(3), 6);
    sink.feature(line, last, LENGTH, &[Part::Count(length)]);
    sink.feature(line, last, PEOPLE, &[Part::Count(up_to(people, 3))]);
}
