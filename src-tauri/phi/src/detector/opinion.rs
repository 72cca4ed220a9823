//! The model's say: it adds a finding where the rules found nothing, and takes back what they found by context alone.

use std::borrow::Cow;
use std::ops::Range;

use super::{MAX_FINDINGS, Pass, threshold};
use crate::finding::{Category, Considered, Finding, Strength};
use crate::ident::{self, Candidate};
use crate::model::{self, Near, Run, Slot, Weighed};
use crate::person::{Form, Person};
use crate::{reason, role};

/// The rule of a finding that points at nobody but by what is said.
const WORDS: &str = "model.words";

/// Whom or what a finding of the model points at.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    first: usize,
    last: usize,
    category: Category,
    rule: &'static str,
}

impl Pass<'_> {
    /// Asks the model, unless something was found that it has no say in.
    pub(super) fn ask_model(&mut self, people: &[Person], idents: &[Candidate], near: &Near) {
        if self.usual.len() < self.found.len() || self.found.len() >= MAX_FINDINGS {
            return;
        }
        let Some(weighed) = model::weigh(self.view, people, idents, near, self.kind) else {
            return;
        };
        if self.found.is_empty() {
            if let Some(run) = weighed.best() {
                self.add(&weighed, &run, people, idents);
            }
        } else if self.usual.iter().all(|&at| weighed.around(at) <= weighed.clear()) {
            self.found.clear();
            self.score = self.score.min(threshold(self.kind) - 0.01);
        }
    }

    fn add(&mut self, weighed: &Weighed<'_>, run: &Run, people: &[Person], idents: &[Candidate]) {
        let Run { weight, slots, told } = run;
        let Some((anchor, named)) = self.anchor(weighed, slots, people, idents) else { return };
        if *weight < weighed.add(*told, named) {
            return;
        }
        if self.is_vetoed(anchor.first, anchor.last) {
            return;
        }
        // One more in weight counts as an eighth more.
        let beyond = weight.saturating_sub(weighed.add(true, true)).clamp(0, 8000);
        let beyond = f32::from(i16::try_from(beyond).unwrap_or(i16::MAX)) / 8000.0;
        let score = (threshold(self.kind) + beyond).min(0.99);
        let (start, end) = self.code_points(anchor.first, anchor.last);
        let Anchor { category, rule, .. } = anchor;
        let (context, role) = (1.0, 1.0);
        (self.note)(Considered {
            start,
            end,
            category,
            rule,
            certainty: score,
            context,
            role,
            score,
        });
        self.score = self.score.max(score);
        let telling = weighed
            .slots(slots.clone())
            .filter(|(slot, _)| slot.first > anchor.last || slot.last < anchor.first)
            .filter(|(slot, weight)| *weight > 0 && slot.is_word())
            .max_by_key(|(slot, weight)| (*weight, std::cmp::Reverse(slot.first)));
        self.found.push(Finding {
            start,
            end,
            category,
            strength: Strength::Usual,
            rule: Cow::Borrowed(rule),
            reason: Cow::Borrowed(reason::OF_MODEL),
            context: telling.map(|(slot, _)| self.code_points(slot.first, slot.last)),
            action: None,
        });
    }

    /// The person, else the number, else the word that weighs most, and whether somebody is named at all; `None` if all the
    /// people are known not to be patients. Whoever is greeted counts as named, and is not whom the letter is about.
    fn anchor(
        &self,
        weighed: &Weighed<'_>,
        slots: &Range<usize>,
        people: &[Person],
        idents: &[Candidate],
    ) -> Option<(Anchor, bool)> {
        let within = || weighed.slots(slots.clone());
        let heaviest = |best: Option<(i32, Anchor)>, weight: i32, anchor: Anchor| match best {
            Some((held, _)) if held >= weight => best,
            _ => Some((weight, anchor)),
        };
        let (mut silenced, mut greeted) = (false, false);
        let (mut person, mut number, mut word) = (None, None, None);
        for (slot, weight) in within() {
            let Slot { first, last, .. } = *slot;
            if let Some(found) = slot.person.and_then(|index| people.get(index)) {
                if role::is_silenced(self.view, found, self.knowledge) {
                    silenced = true;
                } else if role::is_greeted(self.view, self.kind, found) {
                    greeted = true;
                } else if found.form != Form::Clinician {
                    let (category, rule) = (found.category(), "model.person");
                    person = heaviest(person, weight, Anchor { first, last, category, rule });
                }
            } else if let Some(found) = slot.ident.and_then(|index| idents.get(index)) {
                if !self.is_own_address(found) {
                    let (category, rule) = (found.category, "model.number");
                    number = heaviest(number, weight, Anchor { first, last, category, rule });
                }
            } else {
                let (category, rule) = (Category::Role, WORDS);
                word = heaviest(word, weight, Anchor { first, last, category, rule });
            }
        }
        let word = if silenced { None } else { word };
        let named = greeted || person.is_some() || number.is_some();
        person.or(number).or(word).map(|(_, anchor)| (anchor, named))
    }

    pub(super) fn is_own_address(&self, candidate: &Candidate) -> bool {
        candidate.category == Category::Email
            && ident::domain(self.view, candidate)
                .is_some_and(|domain| self.knowledge.is_own_domain(domain))
    }
}
