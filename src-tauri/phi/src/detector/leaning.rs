//! What the model sees of a text, for the fit and for explanations.

use super::{Detector, span};
use crate::finding::{Heavy, Kind, Leaning};
use crate::fold::Folded;
use crate::ident::{Candidate, View};
use crate::knowledge::Knowledge;
use crate::model::{self, Near, Run, Slot};
use crate::person::Person;

/// How many words an explanation names.
const HEAVY: usize = 8;

impl Detector {
    /// Lists what the model sees of `text`: block, unit and name of each feature. For the fit (`examples/features.rs`).
    #[must_use]
    pub fn features(&self, text: &str, kind: Kind) -> Vec<(usize, usize, String)> {
        let nobody = Knowledge::new();
        self.seen(text, kind, &nobody, |_, view, people, idents, near| {
            model::list(view, people, idents, near, kind)
        })
    }

    /// Says what the model makes of `text`; the rules' judgement, which it sees, rests on `knowledge`.
    pub(super) fn leaning(&self, text: &str, kind: Kind, knowledge: &Knowledge) -> Option<Leaning> {
        self.seen(text, kind, knowledge, |folded, view, people, idents, near| {
            let weighed = model::weigh(view, people, idents, near, kind)?;
            let Run { weight, slots, .. } = weighed.heaviest()?;
            let heavy = |slot: &Slot, weight: i32| {
                let (start, end) = span(folded, view, slot.first, slot.last);
                Heavy { start, end, weight }
            };
            let mut words: Vec<Heavy> =
                weighed.slots(slots).map(|(slot, weight)| heavy(slot, weight)).collect();
            words.sort_by_key(|word| (std::cmp::Reverse(word.weight.unsigned_abs()), word.start));
            words.truncate(HEAVY);
            Some(Leaning { weight, add: weighed.add(true, true), clear: weighed.clear(), words })
        })
    }

    /// Gives `text` as the model sees it to `take`.
    fn seen<R>(
        &self,
        text: &str,
        kind: Kind,
        knowledge: &Knowledge,
        take: impl FnOnce(&Folded<'_>, View<'_>, &[Person], &[Candidate], &Near) -> R,
    ) -> R {
        self.pass(text, kind, knowledge, &mut |_| {}, |pass, people, idents, near| {
            take(pass.folded, pass.view, people, idents, near)
        })
    }
}
