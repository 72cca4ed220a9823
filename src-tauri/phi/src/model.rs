//! The fitted model beside the rules: a sum of weights over what a text says, fitted off line on labelled lines (`fit/fit.py`).
//!
//! It speaks only where the rules leave room: it may add a finding where they found nothing, and it may take back what they found by
//! names and context alone. What identifies by itself is never its business. A subject is weighed whole; a letter by runs of paragraphs, of
//! which the best counts, so that paragraphs around it never hide one.

mod features;
mod hash;
mod kinds;
mod slots;
mod weights;

use std::ops::Range;

use crate::finding::Kind;
use crate::ident::{Candidate, View};
use crate::person::Person;
use features::{Part, Sink};
use kinds::Mark;
use slots::Line;
pub(crate) use slots::{Near, Nearby, Slot};
use weights::Weights;

/// How many paragraphs a run has at most.
const RUN: usize = 4;
/// How many slots a run of several paragraphs has at most.
const REACH: usize = 150;

/// Stands in a list of features for a word that speaks of health.
const TOLD: &str = "#told";

/// The size of the weights in bytes.
pub(crate) const fn size() -> usize {
    Weights::size()
}

/// A text, weighed.
#[derive(Debug)]
pub(crate) struct Weighed<'a> {
    line: Line<'a>,
    weights: Weights,
    /// What each slot adds.
    sums: Vec<i32>,
    blocks: Vec<Block>,
}

/// A block, weighed.
#[derive(Clone, Debug)]
struct Block {
    slots: Range<usize>,
    sum: i32,
    /// Holds a word that speaks of health, care or payment.
    told: bool,
    /// Holds a candidate person or identifier.
    named: bool,
}

/// Blocks in a row, weighed together.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) weight: i32,
    pub(crate) slots: Range<usize>,
    /// Whether a word of it speaks of health, care or payment.
    pub(crate) told: bool,
}

/// Weighs a text; files are left to the rules.
pub(crate) fn weigh<'a>(
    view: View<'a>,
    people: &'a [Person],
    idents: &'a [Candidate],
    near: &'a Near,
    kind: Kind,
) -> Option<Weighed<'a>> {
    let weights = match kind {
        Kind::Subject => Weights::subject(),
        Kind::Body => Weights::body(),
        Kind::File => return None,
    };
    let line = Line::new(view, people, idents, near, kind == Kind::Subject);
    let mut sums = Adder {
        weights,
        sums: vec![0; line.slots.len()],
        seen: vec![0; weights.entries().div_ceil(64)],
        held: Vec::with_capacity(256),
        block: 0,
    };
    features::each(&line, &mut sums);
    let sums = sums.sums;
    let mut blocks: Vec<Block> = Vec::new();
    for (at, slot) in line.slots.iter().enumerate() {
        let block = line.block(slot);
        if blocks.len() <= block {
            let empty = Block { slots: at..at, sum: 0, told: false, named: false };
            blocks.resize(block.saturating_add(1), empty);
        }
        if let Some(block) = blocks.last_mut() {
            block.slots.end = at.saturating_add(1);
            block.sum = block.sum.saturating_add(sums.get(at).copied().unwrap_or(0));
            block.told |= line.tells(slot);
            block.named |= !slot.is_word();
        }
    }
    Some(Weighed { line, weights, sums, blocks })
}

/// Lists the features of a text with their block and unit, as the fit reads them.
pub(crate) fn list(
    view: View<'_>,
    people: &[Person],
    idents: &[Candidate],
    near: &Near,
    kind: Kind,
) -> Vec<(usize, usize, String)> {
    let line = Line::new(view, people, idents, near, kind == Kind::Subject);
    let mut listed = Lister(Vec::new());
    features::each(&line, &mut listed);
    for slot in line.slots.iter().filter(|slot| line.tells(slot)) {
        listed.0.push((line.block(slot), slot.unit, TOLD.to_owned()));
    }
    listed.0
}

impl Weighed<'_> {
    /// From here on the model speaks of PHI where the rules found none: more is asked of what names nobody, and of what speaks of health
    /// in no word that the lists know.
    pub(crate) fn add(&self, told: bool, named: bool) -> i32 {
        let untold = if told { 0 } else { self.weights.untold() };
        let unnamed = if named { 0 } else { self.weights.unnamed() };
        self.weights.add().saturating_add(untold).saturating_add(unnamed)
    }

    /// Up to here the model takes back what the rules found.
    pub(crate) fn clear(&self) -> i32 {
        self.weights.clear()
    }

    /// The run of blocks that goes furthest beyond what is asked of it.
    pub(crate) fn best(&self) -> Option<Run> {
        let beyond = |run: &Run, blocks: &[Block]| {
            let named = blocks.iter().any(|block| block.named);
            Some(run.weight.saturating_sub(self.add(run.told, named)))
        };
        self.first_of(0..self.blocks.len(), beyond)
    }

    /// The heaviest run of blocks.
    pub(crate) fn heaviest(&self) -> Option<Run> {
        self.first_of(0..self.blocks.len(), |run, _| Some(run.weight))
    }

    /// The weight of the heaviest run of blocks that holds a token.
    pub(crate) fn around(&self, token: usize) -> i32 {
        let ends = |block: &Block| self.tokens(&block.slots).end;
        let holder = self.blocks.partition_point(|block| ends(block) <= token);
        let first = holder.saturating_sub(RUN.saturating_sub(1));
        let holds = |run: &Run| self.tokens(&run.slots).contains(&token);
        let best = self
            .first_of(first..holder.saturating_add(1), |run, _| holds(run).then_some(run.weight));
        best.map_or(self.weights.bias(), |run| run.weight)
    }

    /// The run that starts in `starts` and ranks highest; the first of equals.
    fn first_of(
        &self,
        starts: Range<usize>,
        rank: impl Fn(&Run, &[Block]) -> Option<i32>,
    ) -> Option<Run> {
        let mut best: Option<(i32, Run)> = None;
        for first in starts {
            let rest = self.blocks.get(first..).unwrap_or_default();
            let from = rest.first().map_or(0, |block| block.slots.start);
            let mut run = Run { weight: self.weights.bias(), slots: from..from, told: false };
            for (index, block) in rest.iter().take(RUN).enumerate() {
                if index > 0 && block.slots.end.saturating_sub(from) > REACH {
                    break;
                }
                run.weight = run.weight.saturating_add(block.sum);
                run.slots.end = block.slots.end;
                run.told |= block.told;
                let rank = rank(&run, rest.get(..=index).unwrap_or_default());
                if let Some(rank) = rank
                    && best.as_ref().is_none_or(|(held, _)| rank > *held)
                {
                    best = Some((rank, run.clone()));
                }
            }
        }
        best.map(|(_, run)| run)
    }

    fn tokens(&self, slots: &Range<usize>) -> Range<usize> {
        let first = self.line.slots.get(slots.start).map_or(0, |slot| slot.first);
        let last = slots.end.checked_sub(1).and_then(|at| self.line.slots.get(at));
        first..last.map_or(first, |slot| slot.last.saturating_add(1))
    }

    /// The slots of a range with what each adds.
    pub(crate) fn slots(&self, range: Range<usize>) -> impl Iterator<Item = (&Slot, i32)> {
        let sums = self.sums.iter().copied();
        let length = range.end.saturating_sub(range.start);
        self.line.slots.iter().zip(sums).skip(range.start).take(length)
    }
}

/// Adds up weights, each feature once in a block.
struct Adder {
    weights: Weights,
    sums: Vec<i32>,
    /// One bit per entry of the table: had in this block.
    seen: Vec<u64>,
    /// The entries had in this block.
    held: Vec<usize>,
    block: usize,
}

impl Adder {
    /// Marks an entry; false if it was had before.
    fn mark(&mut self, entry: usize) -> bool {
        let bit = 1_u64 << (entry & 63);
        let Some(word) = self.seen.get_mut(entry >> 6) else { return false };
        let fresh = *word & bit == 0;
        if fresh {
            *word |= bit;
            self.held.push(entry);
        }
        fresh
    }

    fn forget(&mut self) {
        for entry in self.held.drain(..) {
            if let Some(word) = self.seen.get_mut(entry >> 6) {
                *word = 0;
            }
        }
    }
}

impl Sink for Adder {
    fn feature(&mut self, line: &Line<'_>, at: usize, template: Mark, parts: &[Part]) {
        let hash = features::hash(line, template, parts);
        let Some((entry, weight)) = self.weights.get(hash) else { return };
        let block = line.slots.get(at).map_or(0, |slot| line.block(slot));
        if block != self.block {
            self.block = block;
            self.forget();
        }
        if self.mark(entry)
            && let Some(sum) = self.sums.get_mut(at)
        {
            *sum = sum.saturating_add(weight);
        }
    }
}

/// Writes features down.
struct Lister(Vec<(usize, usize, String)>);

impl Sink for Lister {
    fn feature(&mut self, line: &Line<'_>, at: usize, template: Mark, parts: &[Part]) {
        let Some(slot) = line.slots.get(at) else { return };
        self.0.push((line.block(slot), slot.unit, features::text(line, template, parts)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ident, lexicon::Lexicon, person, token};

    /// Hashes the text of each feature as build.rs does, and compares it with what the detector looks up.
    #[derive(Default)]
    struct Comparer(usize);

    impl Sink for Comparer {
        fn feature(&mut self, line: &Line<'_>, _: usize, template: Mark, parts: &[Part]) {
            let text = features::text(line, template, parts);
            let mut parts_of_text = text.split(' ').map(|part| hash::of(part.as_bytes()));
            let first = parts_of_text.next().unwrap_or_default();
            let hashed = parts_of_text.fold(first, hash::join);
            assert_eq!(hashed, features::hash(line, template, parts), "{text}");
            self.0 += 1;
        }
    }

    #[test]
    fn the_fit_and_the_detector_name_features_alike() {
        let text = "Dear Dr. Kim,\nMrs. O'Brien's A1c is 9.2 (DOB 3/4/1961)! José, 72F, wants L.P.'s résumé.\n\nMRN 00482913";
        let folded = crate::fold::Folded::new(text);
        let tokens = token::tokenize(folded.as_str(), &Lexicon::standard());
        let view = View { text: folded.as_str(), tokens: &tokens };
        for kind in [Kind::Subject, Kind::Body] {
            let (people, idents) = (person::find(view, kind), ident::find(view));
            let near = Near::default();
            let line = Line::new(view, &people, &idents, &near, kind == Kind::Subject);
            let mut comparer = Comparer::default();
            features::each(&line, &mut comparer);
            assert!(comparer.0 > 100, "{}", comparer.0);
        }
    }

    #[test]
    fn paragraphs_and_short_lines_are_blocks_and_a_margin_is_none() {
        let blocks = |text: &str| {
            let tokens = token::tokenize(text, &Lexicon::standard());
            let view = View { text, tokens: &tokens };
            let near = Near::default();
            let line = Line::new(view, &[], &[], &near, false);
            line.slots.last().map_or(0, |slot| line.block(slot))
        };
        assert_eq!(blocks("The first paragraph\n\nthe second"), 1);
        assert_eq!(blocks("Hi Tess,\nthe scan is back.\nThanks"), 2);
        assert_eq!(
            blocks("This is a long line that some program broke at its own margin\nand went on"),
            0
        );
        assert_eq!(blocks("One sentence. Another one."), 0);
    }
}
