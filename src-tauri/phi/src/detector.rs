//! The detector: puts identifiers, people, context and roles together into a score, a verdict and findings, and asks the model.

mod leaning;
mod opinion;

use std::borrow::Cow;

use crate::context::{self, Context, Contexts};
use crate::cue;
use crate::finding::{Category, Considered, Explanation, Finding, Kind, Scan, Strength, Verdict};
use crate::fold::Folded;
use crate::ident::{self, Candidate, View};
use crate::knowledge::Knowledge;
use crate::lexicon::Lexicon;
use crate::lexicon::class_bits::{PATIENT, PREDICATE};
use crate::model::{self, Near, Nearby};
use crate::person::{Form, Person};
use crate::site::Vetoed;
use crate::token::{self, Gap, Shape};
use crate::{person, reason, role};

/// The version of rules, lists, weights and code, never 0: made of their content by the build, so that none of them changes
/// without it. A stored verdict of another version is stale, and stale counts as PHI.
pub const RULESET_VERSION: u32 = include!(concat!(env!("OUT_DIR"), "/ruleset.rs"));

/// How much of a text is looked at, in bytes: the first 2 MB.
pub const MAX_TEXT_BYTES: usize = 2 * 1024 * 1024;

/// The most findings that one scan lists; the verdict counts all.
const MAX_FINDINGS: usize = 1000;

/// Finds PHI. Holds nothing but a view of the built-in lexicon: cheap to make, free to share.
#[derive(Debug)]
pub struct Detector {
    lexicon: Lexicon,
    model: bool,
}

impl Detector {
    /// Makes the detector with the built-in rules. Reads nothing and builds nothing.
    #[must_use]
    pub fn standard() -> Self {
        Self { lexicon: Lexicon::standard(), model: true }
    }

    /// Makes the detector without the fitted model, to tell what the model adds.
    #[must_use]
    pub fn rules_alone() -> Self {
        Self { lexicon: Lexicon::standard(), model: false }
    }

    /// Returns the size of the built-in lexicon in bytes.
    #[must_use]
    pub const fn lexicon_bytes(&self) -> usize {
        Lexicon::size()
    }

    /// Returns the size of the fitted weights in bytes.
    #[must_use]
    pub const fn model_bytes(&self) -> usize {
        model::size()
    }

    /// Scans `text`. Deterministic; time and memory are linear in the text, of which [`MAX_TEXT_BYTES`] are looked at.
    #[must_use]
    pub fn scan(&self, text: &str, kind: Kind, knowledge: &Knowledge) -> Scan {
        self.judge(text, kind, knowledge, &mut |_| {})
    }

    /// Scans `text` and says of every candidate how it was weighed, also of those that came to nothing.
    #[must_use]
    pub fn explain(&self, text: &str, kind: Kind, knowledge: &Knowledge) -> Explanation {
        let mut considered = Vec::new();
        let scan = self.judge(text, kind, knowledge, &mut |candidate| {
            if considered.len() < MAX_FINDINGS {
                considered.push(candidate);
            }
        });
        considered.sort_by_key(|candidate| (candidate.start, candidate.end));
        let model = self.leaning(text, kind, knowledge);
        Explanation { scan, considered, threshold: threshold(kind), model }
    }

    fn judge(
        &self,
        text: &str,
        kind: Kind,
        knowledge: &Knowledge,
        note: &mut dyn FnMut(Considered),
    ) -> Scan {
        self.pass(text, kind, knowledge, note, |mut pass, people, idents, near| {
            if self.model {
                pass.ask_model(people, idents, near);
            }
            pass.finish(cap(text).1)
        })
    }

    /// Lets the rules judge `text`, and gives `then` what they made of it.
    fn pass<R>(
        &self,
        text: &str,
        kind: Kind,
        knowledge: &Knowledge,
        note: &mut dyn FnMut(Considered),
        then: impl FnOnce(Pass<'_>, &[Person], &[Candidate], &Near) -> R,
    ) -> R {
        let folded = Folded::new(cap(text).0);
        let tokens = token::tokenize(folded.as_str(), &self.lexicon);
        let view = View { text: folded.as_str(), tokens: &tokens };
        let idents = ident::find(view);
        let people = person::find(view, kind);
        let mut pass = Pass {
            folded: &folded,
            view,
            kind,
            knowledge,
            vetoed: knowledge.site_rules().vetoed(view.text),
            note,
            score: 0.0,
            found: Vec::new(),
            usual: Vec::new(),
        };
        let mut contexts = Contexts::new(view, kind);
        let mut near = Near::default();
        pass.identifiers(&idents, &contexts, &mut near);
        pass.recipient(&contexts);
        pass.people(&people, &mut contexts, &mut near);
        pass.site();
        near.tokens.extend(contexts.each());
        then(pass, &people, &idents, &near)
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

/// The code points of the original that tokens `first..=last` come from.
fn span(folded: &Folded<'_>, view: View<'_>, first: usize, last: usize) -> (usize, usize) {
    let start = view.token(first).map_or(0, |token| token.start);
    let end = view.token(last).map_or(start, |token| token.end);
    folded.code_points(start, end)
}

/// The score from which a text counts as PHI.
const fn threshold(kind: Kind) -> f32 {
    match kind {
        Kind::Subject => 0.46,
        Kind::Body | Kind::File => 0.375,
    }
}

/// One candidate as weighed.
#[derive(Clone, Copy, Debug)]
struct Weighed {
    first: usize,
    last: usize,
    category: Category,
    rule: &'static str,
    reason: &'static str,
    certainty: f32,
    role: f32,
}

/// One pass over one text.
struct Pass<'a> {
    folded: &'a Folded<'a>,
    view: View<'a>,
    kind: Kind,
    knowledge: &'a Knowledge,
    vetoed: Vetoed,
    note: &'a mut dyn FnMut(Considered),
    score: f32,
    found: Vec<Finding>,
    /// The first tokens of the findings that the model may take back.
    usual: Vec<usize>,
}

impl Pass<'_> {
    fn identifiers(&mut self, idents: &[Candidate], contexts: &Contexts<'_>, near: &mut Near) {
        for candidate in idents {
            let context = contexts.near(candidate.first, candidate.last);
            let role = self.role_of_number(candidate);
            let score = candidate.certainty * context.strength * role;
            near.idents.push(Nearby { context: context.strength, role, score });
            let counts = candidate.certainty >= 1.0 || score >= threshold(self.kind);
            let mock = counts
                && role::is_nobody_number(self.view, self.kind, candidate.first, candidate.last);
            self.weigh(
                &Weighed {
                    first: candidate.first,
                    last: candidate.last,
                    category: candidate.category,
                    rule: candidate.rule,
                    reason: reason::of_identifier(candidate.category),
                    certainty: if mock { 0.2 } else { candidate.certainty },
                    role,
                },
                &context,
            );
        }
    }

    fn role_of_number(&self, candidate: &Candidate) -> f32 {
        if self.is_own_address(candidate) {
            return 0.0;
        }
        role::of_number(self.view, self.kind, candidate)
    }

    fn people(&mut self, people: &[Person], contexts: &mut Contexts<'_>, near: &mut Near) {
        for person in people.iter().filter(|person| person.is_sure()) {
            contexts.mask(person.first, person.last);
        }
        for person in
            people.iter().filter(|person| person.is_sure() && person.form != Form::Clinician)
        {
            self.birth_beside(person, contexts);
        }
        let own = if self.kind == Kind::Body { role::own_health(self.view) } else { None };
        let story = self.kind == Kind::Body && role::is_story(self.view, people);
        for person in people {
            let mut context = contexts.near(person.first, person.last);
            near.people.push(Nearby { context: context.strength, role: 1.0, score: 0.0 });
            if let Some(token) = own
                && (role::signs(self.view, person) || role::introduces(self.view, person))
            {
                self.writer(person, token);
                near.judged(1.0, person.certainty);
                continue;
            }
            if self.kind != Kind::Subject
                && !person.is_patient_like()
                && !role::is_attribute(self.view, person)
            {
                context = context.sober();
                if story && person.form != Form::Clinician {
                    let (strength, class, token) = contexts.anywhere(person.first, person.last);
                    context = context.told((strength * 0.62, class, token));
                }
            } else if self.kind == Kind::Subject && person.form == Form::Titled {
                context = context.at_least(0.5);
            }
            // In a long text a relation counts where some word of health is near too.
            let short = self.kind == Kind::Subject;
            if (short || context.strength >= 0.1)
                && let Some((strength, class)) = role::relation(self.view, person)
            {
                let strength = if short { strength } else { strength.min(0.66) };
                context = context.at_least(strength).or_class(class);
            }
            if context.class == 0 {
                continue;
            }
            let role = role::of_person(self.view, self.kind, person, &context, self.knowledge);
            let certainty = self.certainty(person);
            let counts = certainty * context.strength * role >= threshold(self.kind);
            let nobody = counts
                && (role::is_author(self.view, person)
                    || role::is_nobody(self.view, self.kind, person.first, person.last));
            let role = if nobody { 0.2 } else { role };
            near.judged(role, certainty * context.strength * role);
            let (rule, why) = reason::of_person(person.form, context.class);
            self.weigh(
                &Weighed {
                    first: person.first,
                    last: person.last,
                    category: person.category(),
                    rule,
                    reason: why,
                    certainty,
                    role,
                },
                &context,
            );
        }
    }

    /// "Is my biopsy back? Bernard Tillinghast": the one who signs is the patient.
    fn writer(&mut self, person: &Person, token: usize) {
        let context = Context::own(token);
        let (rule, reason) = reason::of_person(person.form, PATIENT);
        let certainty = person.certainty.min(0.99);
        let (first, last, category) = (person.first, person.last, person.category());
        self.weigh(
            &Weighed { first, last, category, rule, reason, certainty, role: 1.0 },
            &context,
        );
    }

    /// "Lopez, A. (10/31/1976)": a full date of some years ago right beside a name needs no announcement.
    fn birth_beside(&mut self, person: &Person, contexts: &Contexts<'_>) {
        let at = person.last.saturating_add(1);
        let Some(date) = ident::date_at(self.view, at) else { return };
        let close = self
            .view
            .gap(at)
            .only(Gap::SPACE | Gap::OPEN | Gap::SLASH | Gap::COMMA | Gap::CELL | Gap::PERIOD);
        let grown = date.year.is_some_and(|year| (1900..=2020).contains(&year));
        // "Andrew Wells 11/30/2000 03:00 PM": when a letter came.
        let next = date.last.saturating_add(1);
        let time = self.view.token(next).is_some_and(|t| t.shape == Shape::Number)
            && self.view.gap(next.saturating_add(1)).only(Gap::COLON);
        if close && grown && !time && (date.last > at || self.kind == Kind::Subject) {
            let (category, rule) = (Category::Dob, "id.dob.name");
            let reason = reason::of_identifier(category);
            let context = contexts.near(at, date.last);
            self.weigh(
                &Weighed {
                    first: at,
                    last: date.last,
                    category,
                    rule,
                    reason,
                    certainty: 1.0,
                    role: 1.0,
                },
                &context,
            );
        }
    }

    /// In a long text an unlisted word with a capital is rather anything than a patient.
    fn certainty(&self, person: &Person) -> f32 {
        let listed = self.view.token(person.first).is_some_and(|token| {
            token.classes.given_level() > 0 || token.classes.surname_level() > 0
        });
        let bare = matches!(person.form, Form::Single | Form::Plain | Form::Initials)
            && !role::is_at_bed(self.view, person);
        let long = self.kind != Kind::Subject
            && bare
            && !person.possessive
            && !role::heads_line(self.view, person)
            && !role::is_attribute(self.view, person);
        // "the lady in suite 4 (Odile) … makes her shaky": who goes on as "she" is a person.
        let after = person.last.saturating_add(1);
        let goes_on =
            (after..after.saturating_add(15)).filter_map(|i| self.view.token(i)).any(|t| {
                self.view.says_plain(t, &cue::HE_OR_SHE)
                    || self.view.says_exact(t, &cue::HIS_OR_HER)
                    || self.view.says_exact(t, &cue::HIM)
                    || self.view.says_exact(t, &cue::HERS)
            });
        // "Zebulon is 6 weeks out from the transplant".
        let suffers = |t| role::is_care_verb(self.view, t);
        let opens = self.view.gap(after).only(Gap::SPACE)
            && (self.view.is(after, PREDICATE) || self.view.token(after).is_some_and(suffers));
        let doubt = match (long, listed, goes_on) {
            (false, ..) | (true, true, true) => 1.0,
            (true, false, _) if opens => 0.9,
            (true, true, false) => 0.9,
            (true, false, true) => 0.85,
            (true, false, false) => 0.65,
        };
        person.certainty.min(0.99) * doubt
    }

    /// The recipient tells who it is: "your biopsy" to a patient, and hardly less to anybody outside.
    fn recipient(&mut self, contexts: &Contexts<'_>) {
        let (certainty, needs_you) =
            match (self.knowledge.goes_to_patient(), self.knowledge.goes_outside()) {
                (true, _) => (0.95, false),
                (false, true) if self.kind == Kind::Subject => (0.65, true),
                (false, _) => return,
            };
        let you =
            |index: usize| self.view.token(index).is_some_and(|t| self.view.says(t, &cue::YOUR));
        let told = contexts
            .strong(0.72)
            .find(|&index| !needs_you || (index.saturating_sub(4)..index).any(you));
        let Some(index) = told else { return };
        let context = Context::certain();
        let (category, rule) = (Category::Recipient, "recipient.health");
        let reason = reason::of_identifier(category);
        self.weigh(
            &Weighed { first: index, last: index, category, rule, reason, certainty, role: 1.0 },
            &context,
        );
    }

    fn site(&mut self) {
        let vetoed = std::mem::take(&mut self.vetoed);
        for hit in self.knowledge.site_rules().find(self.view.text, &vetoed) {
            let (start, end) = self.folded.code_points(hit.start, hit.end);
            self.score = 1.0;
            self.list(Finding {
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
        self.vetoed = vetoed;
    }

    /// Scores one candidate; from the threshold on it is a finding.
    fn weigh(&mut self, weighed: &Weighed, context: &Context) {
        let alone = weighed.certainty >= 1.0;
        let score = if alone {
            1.0
        } else {
            (weighed.certainty * context.strength * weighed.role).min(0.99)
        };
        let (start, end) = self.code_points(weighed.first, weighed.last);
        (self.note)(Considered {
            start,
            end,
            category: weighed.category,
            rule: weighed.rule,
            certainty: weighed.certainty,
            context: context.strength,
            role: weighed.role,
            score,
        });
        if score >= threshold(self.kind) && !alone && self.is_vetoed(weighed.first, weighed.last) {
            return;
        }
        self.score = self.score.max(score);
        if score < threshold(self.kind) {
            return;
        }
        // A record's number or a birth's date that nothing announces is one once its context makes it PHI.
        let strong = alone || matches!(weighed.rule, "id.number" | "id.dob.date" | "id.ssn.spaced");
        // Whom the caller knows as a patient, the model doesn't doubt.
        if !strong && weighed.role <= 1.0 && weighed.category != Category::Recipient {
            self.usual.push(weighed.first);
        }
        self.list(Finding {
            start,
            end,
            category: weighed.category,
            strength: if strong { Strength::Strong } else { Strength::Usual },
            rule: Cow::Borrowed(weighed.rule),
            reason: Cow::Borrowed(weighed.reason),
            context: context.token.map(|index| self.code_points(index, index)),
            action: None,
        });
    }

    /// Lists a finding. Of more than are listed, a strong one takes the place of a usual one: what a text is sealed for
    /// must not depend on where in it that stands.
    fn list(&mut self, finding: Finding) {
        if self.found.len() < MAX_FINDINGS {
            self.found.push(finding);
        } else if finding.strength == Strength::Strong
            && let Some(place) =
                self.found.iter_mut().rev().find(|other| other.strength != Strength::Strong)
        {
            *place = finding;
        }
    }

    fn is_vetoed(&self, first: usize, last: usize) -> bool {
        let start = self.view.token(first).map_or(0, |token| token.start);
        let end = self.view.token(last).map_or(start, |token| token.end);
        self.vetoed.covers(start, end)
    }

    fn code_points(&self, first: usize, last: usize) -> (usize, usize) {
        span(self.folded, self.view, first, last)
    }

    fn finish(mut self, truncated: bool) -> Scan {
        let phi = !self.found.is_empty();
        let mut special: Vec<_> = if phi {
            self.view.tokens.iter().filter_map(context::special).collect()
        } else {
            Vec::new()
        };
        special.sort_unstable();
        special.dedup();
        self.found.sort_by_key(|finding| (finding.start, finding.end));
        Scan {
            verdict: if phi { Verdict::Phi } else { Verdict::Clean },
            score: self.score,
            findings: self.found,
            special,
            truncated,
            ruleset: RULESET_VERSION,
        }
    }
}
