//! What the model sees of a text, for the fit and for explanations.

use super::{Detector, cap, span};
use crate::context::Contexts;
use crate::finding::{Heavy, Kind, Leaning};
use crate::fold::Folded;
use crate::ident::{self, Candidate, View};
use crate::model::{self, Near, Slot};
use crate::person::{self, Person};
use crate::token;

/// How many words an explanation names.
const HEAVY: usize = 8;

impl Detector {
    /// Lists what the model sees of `text`: block, unit and name of each feature. For the fit (`examples/features.rs`).
    #[must_use]
    pub fn features(&self, text: &str, kind: Kind) -> Vec<(usize, usize, String)> {
        self.seen(text, kind, |_, view, people, idents, near| {
            model::list(view, people, idents, near, kind)
        })
    }

    /// Says what the model makes of `text`.
    pub(super) fn leaning(&self, text: &str, kind: Kind) -> Option<Leaning> {
        self.seen(text, kind, |folded, view, people, idents, near| {
            let weighed = model::weigh(view, people, idents, near, kind)?;
            let (weight, slots) = weighed.heaviest_run()?;
            let heavy = |slot: &Slot, weight: i32| {
                let (start, end) = span(folded, view, slot.first, slot.last);
                Heavy { start, end, weight }
            };
            let mut words: Vec<Heavy> =
                weighed.slots(slots).map(|(slot, weight)| heavy(slot, weight)).collect();
            words.sort_by_key(|word| (std::cmp::Reverse(word.weight.unsigned_abs()), word.start));
            words.truncate(HEAVY);
            Some(Leaning { weight, add: weighed.add(), clear: weighed.clear(), words })
        })
    }

    /// Gives `text` as the model sees it to `take`.
    fn seen<R>(
        &self,
        text: &str,
        kind: Kind,
        take: impl FnOnce(&Folded<'_>, View<'_>, &[Person], &[Candidate], &Near) -> R,
    ) -> R {
        let (looked_at, _) = cap(text);
        let folded = Folded::new(looked_at);
        let tokens = token::tokenize(folded.as_str(), &self.lexicon);
        let view = View { text: folded.as_str(), tokens: &tokens };
        let (people, idents) = (person::find(view, kind), ident::find(view));
        let mut contexts = Contexts::new(view, kind);
        let strength = |contexts: &Contexts<'_>, first, last| contexts.near(first, last).strength;
        let mut near = Near::default();
        near.idents.extend(idents.iter().map(|i| strength(&contexts, i.first, i.last)));
        people.iter().filter(|p| p.is_sure()).for_each(|p| contexts.mask(p.first, p.last));
        near.people.extend(people.iter().map(|p| strength(&contexts, p.first, p.last)));
        near.tokens.extend(contexts.each());
        take(&folded, view, &people, &idents, &near)
    }
}
