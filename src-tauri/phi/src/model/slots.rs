//! The text as the model sees it: one slot per word, candidate person or identifier, grouped into units (sentences and lines) and blocks
//! (paragraphs). What is in another block never changes what a slot says, but for what the rules made of a candidate there.

use super::hash;
use super::kinds::{self, Mark};
use crate::ident::{Candidate, View};
use crate::person::Person;
use crate::token::{Gap, Token, lower_into};

/// A unit ends here at the latest, in slots.
const UNIT: usize = 100;
/// A block ends with the unit that reaches this, in slots.
const BLOCK: usize = 120;
/// A line shorter than this was ended by its writer and not by a margin, in bytes.
const MARGIN: usize = 50;

/// How strongly a word speaks of health if it is more than a hint.
const TOLD: f32 = 0.6;

/// One word, person or identifier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// First token.
    pub(crate) first: usize,
    /// Last token.
    pub(crate) last: usize,
    /// The hash of its word, or of what stands for it.
    pub(crate) word: u64,
    /// What stands for the word, if it isn't itself.
    pub(crate) stands: Option<Mark>,
    /// Its kind.
    pub(crate) kind: Mark,
    /// An ordinary word.
    pub(crate) plain: bool,
    /// Ends in `'s`, and is no person.
    pub(crate) possessive: bool,
    /// Index of the candidate person.
    pub(crate) person: Option<usize>,
    /// Index of the candidate identifier.
    pub(crate) ident: Option<usize>,
    /// Index of its unit.
    pub(crate) unit: usize,
}

impl Slot {
    /// Neither person nor identifier.
    pub(crate) const fn is_word(&self) -> bool {
        self.person.is_none() && self.ident.is_none()
    }
}

/// A sentence, or a line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unit {
    /// Slots before this unit.
    pub(crate) from: usize,
    /// The block that it stands in.
    pub(crate) block: usize,
}

/// What the rules say of a candidate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Nearby {
    /// How strongly the words near it speak of health, care or payment, 0 to 1.
    pub(crate) context: f32,
    /// How far it is a patient's, as the rules see it: 1 unless something speaks against.
    pub(crate) role: f32,
    /// What came of it, 0 to 1; 0 if it wasn't weighed at all.
    pub(crate) score: f32,
}

/// What the rules say of each candidate, and of each token.
#[derive(Debug, Default)]
pub(crate) struct Near {
    pub(crate) people: Vec<Nearby>,
    pub(crate) idents: Vec<Nearby>,
    /// How strongly each token speaks of it.
    pub(crate) tokens: Vec<f32>,
}

impl Near {
    /// Notes what came of the person that was added last.
    pub(crate) fn judged(&mut self, role: f32, score: f32) {
        if let Some(last) = self.people.last_mut() {
            (last.role, last.score) = (role, score);
        }
    }
}

/// A whole text.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) view: View<'a>,
    pub(crate) people: &'a [Person],
    pub(crate) idents: &'a [Candidate],
    /// How strongly the words near each person, and each identifier, speak of health.
    pub(crate) near: &'a Near,
    pub(crate) slots: Vec<Slot>,
    pub(crate) units: Vec<Unit>,
    /// For each block: whether a candidate person stands in it.
    pub(crate) peopled: Vec<bool>,
    /// A subject is one unit, and its length and case say something.
    pub(crate) whole: bool,
}

impl<'a> Line<'a> {
    pub(crate) fn new(
        view: View<'a>,
        people: &'a [Person],
        idents: &'a [Candidate],
        near: &'a Near,
        whole: bool,
    ) -> Self {
        let mut line = Self {
            view,
            people,
            idents,
            near,
            slots: Vec::with_capacity(view.tokens.len()),
            units: vec![Unit::default()],
            peopled: vec![false],
            whole,
        };
        line.fill();
        line
    }

    fn fill(&mut self) {
        let (mut at, mut person, mut ident) = (0_usize, 0_usize, 0_usize);
        let mut key = Vec::with_capacity(32);
        let mut ends = Ends::default();
        while let Some(token) = self.view.token(at) {
            while self.people.get(person).is_some_and(|p| p.first < at) {
                person = person.saturating_add(1);
            }
            while self.idents.get(ident).is_some_and(|i| i.first < at) {
                ident = ident.saturating_add(1);
            }
            if !self.whole {
                self.end_units(&mut ends, token);
            }
            let unit = self.units.len().saturating_sub(1);
            let slot = if let Some(found) = self.idents.get(ident).filter(|i| i.first == at) {
                let mark = kinds::of_category(found.category);
                stand_in(at, found.last.max(at), mark, (None, Some(ident)), unit)
            } else if let Some(found) = self.people.get(person).filter(|p| p.first == at) {
                if let Some(last) = self.peopled.last_mut() {
                    *last = true;
                }
                let mark = kinds::of_person(found);
                stand_in(at, found.last.max(at), mark, (Some(person), None), unit)
            } else {
                self.word(at, token, unit, &mut key)
            };
            at = slot.last.saturating_add(1);
            self.slots.push(slot);
        }
    }

    fn word(&self, at: usize, token: &Token, unit: usize, key: &mut Vec<u8>) -> Slot {
        let kind = kinds::of_token(token, self.view.word(token));
        let mut word = kind.word.map_or(0, |mark| mark.hash);
        if kind.word.is_none() {
            lower_into(self.view.text, token, key);
            word = hash::of(key);
        }
        if token.possessive {
            word = hash::feed(word, b"'s");
        }
        Slot {
            first: at,
            last: at,
            word,
            stands: kind.word,
            kind: kind.mark,
            plain: kind.plain,
            possessive: token.possessive,
            person: None,
            ident: None,
            unit,
        }
    }

    /// Opens a unit, and a block, where `token` starts one.
    fn end_units(&mut self, ends: &mut Ends, token: &Token) {
        let held = self.units.last().copied().unwrap_or_default();
        let here = self.slots.len();
        let line = token.gap.has(Gap::LINE | Gap::PARAGRAPH);
        ends.cell |= token.gap.has(Gap::CELL);
        let long = here.saturating_sub(held.from) >= UNIT;
        if here > 0 && (line || token.sentence != ends.sentence || long) {
            let marked = !token.gap.only(Gap::SPACE | Gap::LINE | Gap::APOSTROPHE | Gap::COMMA);
            let short = token.start.saturating_sub(ends.line) < MARGIN;
            let ended = token.gap.has(Gap::PARAGRAPH) || line && (marked || ends.cell || short);
            let full = here.saturating_sub(ends.block) >= BLOCK;
            let block = held.block.saturating_add(usize::from(ended || full));
            if block > held.block {
                ends.block = here;
                self.peopled.push(false);
            }
            self.units.push(Unit { from: here, block });
        }
        if line || here == 0 {
            ends.line = token.start;
            ends.cell = false;
        }
        ends.sentence = token.sentence;
    }

    /// Returns the block that a slot stands in.
    pub(crate) fn block(&self, slot: &Slot) -> usize {
        self.units.get(slot.unit).map_or(0, |unit| unit.block)
    }

    /// Returns whether a slot speaks of health, care or payment by more than a hint.
    pub(crate) fn tells(&self, slot: &Slot) -> bool {
        let strong = |index: usize| self.near.tokens.get(index).is_some_and(|told| *told >= TOLD);
        (slot.first..=slot.last).any(strong)
    }

    /// The word of a slot as features name it.
    pub(crate) fn word_text(&self, slot: &Slot) -> String {
        let mut text = if let Some(mark) = slot.stands {
            mark.text.to_owned()
        } else {
            let mut key = Vec::new();
            if let Some(token) = self.view.token(slot.first) {
                lower_into(self.view.text, token, &mut key);
            }
            String::from_utf8_lossy(&key).into_owned()
        };
        if slot.possessive {
            text.push_str("'s");
        }
        text
    }
}

/// Where the line, the block and the sentence before began.
#[derive(Debug, Default)]
struct Ends {
    line: usize,
    block: usize,
    sentence: u32,
    cell: bool,
}

fn stand_in(
    first: usize,
    last: usize,
    mark: Mark,
    (person, ident): (Option<usize>, Option<usize>),
    unit: usize,
) -> Slot {
    Slot {
        first,
        last,
        word: mark.hash,
        stands: Some(mark),
        kind: mark,
        plain: false,
        possessive: false,
        person,
        ident,
        unit,
    }
}
