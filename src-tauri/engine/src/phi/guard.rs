//! What is asked before sending (R3.3): PHI in the open, quoted PHI to strangers, two patients in one message, PHI before many eyes.

use std::collections::BTreeSet;

use wardmail_api::compose::RecipientKind;
use wardmail_policy::{Concern, Raised};
use wardmail_store::{DraftAttachment, DraftContent, DraftKind, MessageRow, PhiMark, PhiVerdict};

use super::{
    known::{Known, domain},
    outcome::{Identity, Outcome},
};
use crate::plan::Typed;

/// More than so many in To and Cc are many.
const MANY: usize = 5;

/// The parts of a draft.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'p> {
    pub(super) subject: &'p Outcome,
    pub(super) body: &'p Outcome,
    pub(super) files: &'p [(DraftAttachment, Option<Outcome>)],
    pub(super) source: &'p Source,
}

/// What a draft answers or passes on.
#[derive(Debug)]
pub(super) enum Source {
    /// Nothing.
    None,
    /// A message that isn't here any more: nobody can say what it held.
    Gone,
    /// This.
    Message(Box<MessageRow>),
}

impl Source {
    /// Whether it counts as PHI: unless the rules in force, which are these, found nothing in it.
    pub(super) fn counts_as_phi(&self, ruleset: u32) -> bool {
        let clean = PhiMark { verdict: PhiVerdict::Clean, ruleset };
        match self {
            Self::None => false,
            Self::Gone => true,
            Self::Message(row) => row.phi != clean,
        }
    }

    /// Everybody whom it names.
    fn people(&self) -> String {
        match self {
            Self::None | Self::Gone => String::new(),
            Self::Message(row) => format!("{} {}", row.from.address, row.recipients),
        }
    }
}

impl<'p> Parts<'p> {
    /// Text and files.
    fn content(self) -> impl Iterator<Item = &'p Outcome> {
        self.files.iter().filter_map(|(_, outcome)| outcome.as_ref()).chain([self.body])
    }

    /// Whether anything in it is PHI, or may be: what couldn't be checked counts.
    fn count_as_phi(self) -> bool {
        let unread =
            |outcome: &Option<Outcome>| outcome.as_ref().is_none_or(|o| !o.unread.is_empty());
        self.all().any(|outcome| outcome.phi)
            || self.files.iter().any(|(_, outcome)| unread(outcome))
    }

    /// Subject, text and files.
    pub(super) fn all(self) -> impl Iterator<Item = &'p Outcome> {
        self.content().chain([self.subject])
    }
}

/// Everything that somebody may have to answer for.
pub(super) fn raised(
    parts: &Parts<'_>,
    content: &DraftContent,
    typed: &[Typed],
    known: &Known,
) -> Vec<Raised> {
    let mut raised = BTreeSet::new();
    found_in(parts.subject, Concern::PhiInSubject, &mut raised);
    for outcome in parts.content() {
        found_in(outcome, Concern::PhiInContent, &mut raised);
    }
    if touches_special(parts) {
        raised.insert(Concern::SpeciallyProtected.into());
    }
    if several_patients(parts) {
        raised.insert(Concern::SeveralPatients.into());
    }
    let seen = typed.iter().filter(|t| t.kind != RecipientKind::Bcc).count();
    if seen > MANY && parts.count_as_phi() {
        raised.insert(Concern::ManyRecipients.into());
    }
    if parts.source.counts_as_phi(known.ruleset)
        && quotes(content, parts.files)
        && somebody_new(&parts.source.people(), typed, |address| known.is_own(address))
    {
        raised.insert(Concern::NewDomain.into());
    }
    raised.into_iter().collect()
}

/// Whether subject, text or a file touches what law protects specially.
fn touches_special(parts: &Parts<'_>) -> bool {
    parts.all().any(|outcome| outcome.phi && outcome.is_special())
}

/// What a part asks for: by the setting for what the built-in rules found, by their own word for the organisation's rules.
pub(super) fn found_in(outcome: &Outcome, concern: Concern, raised: &mut BTreeSet<Raised>) {
    if outcome.built_in {
        raised.insert(concern.into());
    }
    let by_rule = |action| Raised { concern, by_rule: Some(action) };
    raised.extend(outcome.by_rules.iter().copied().map(by_rule));
}

/// Whether two different identifiers of a kind that each patient has once stand in it.
fn several_patients(parts: &Parts<'_>) -> bool {
    let identities: BTreeSet<(Identity, u64)> =
        parts.all().flat_map(|outcome| outcome.identities.iter().copied()).collect();
    let mut kinds: Vec<Identity> = identities.into_iter().map(|(kind, _)| kind).collect();
    let all = kinds.len();
    kinds.dedup();
    kinds.len() < all
}

/// Whether something of the source is still in the draft.
fn quotes(content: &DraftContent, files: &[(DraftAttachment, Option<Outcome>)]) -> bool {
    let passed_on = content.kind == DraftKind::Forward;
    let text = if passed_on {
        !content.body.trim().is_empty()
    } else {
        content.body.lines().any(|line| line.starts_with('>'))
    };
    text || (passed_on && !files.is_empty())
}

/// Whether a recipient's organisation was not in the conversation.
fn somebody_new(people: &str, typed: &[Typed], is_own: impl Fn(&str) -> bool) -> bool {
    let part = |c: char| !(c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+'));
    let there: BTreeSet<String> = people.split(part).filter_map(domain).collect();
    let addresses = typed.iter().filter_map(|t| t.address.as_ref()).map(|a| a.email.as_str());
    addresses
        .filter(|address| !is_own(address))
        .filter_map(domain)
        .any(|domain| !there.contains(&domain))
}

#[cfg(test)]
mod tests {
    use wardmail_extract::{Unread, Why};
    use wardmail_message::Address;
    use wardmail_phi::{Detector, Knowledge};

    use super::{super::outcome::text_outcome, quotes as quotes_of, *};

    fn outcome(text: &str) -> Outcome {
        text_outcome(&Detector::standard(), text, &Knowledge::new(), &[7; 32])
    }

    fn several(subject: &str, body: &str) -> bool {
        let (subject, body) = (outcome(subject), outcome(body));
        several_patients(&Parts {
            subject: &subject,
            body: &body,
            files: &[],
            source: &Source::None,
        })
    }

    #[test]
    fn what_law_protects_specially_is_asked_about_wherever_it_stands() {
        let asks = |subject: &str, body: &str| {
            let (subject, body) = (outcome(subject), outcome(body));
            touches_special(&Parts {
                subject: &subject,
                body: &body,
                files: &[],
                source: &Source::None,
            })
        };
        assert!(asks("Tyrell's suboxone refill", ""));
        assert!(asks("", "Ignacio R. has a viral load of 40."));
        assert!(!asks("Maria Lopez biopsy results", "HIV awareness week is in June."));
    }

    #[test]
    fn what_could_not_be_checked_counts_as_phi_before_many() {
        let clean = outcome("The room is free.");
        let file = |found| {
            let file = DraftAttachment {
                id: wardmail_store::AttachmentId::new(1),
                name: String::new(),
                mime_type: String::new(),
                size: 0,
            };
            [(file, found)]
        };
        let counts = |files: &[(DraftAttachment, Option<Outcome>)]| {
            let source = &Source::None;
            Parts { subject: &clean, body: &clean, files, source }.count_as_phi()
        };
        let unread = Unread { part: "a.pdf".to_owned(), why: Why::Encrypted };
        let mut damaged = clean.clone();
        damaged.unread.push(unread);
        assert!(counts(&file(None)) && counts(&file(Some(damaged))));
        assert!(!counts(&file(Some(clean.clone()))) && !counts(&[]));
    }

    #[test]
    fn two_records_are_two_patients_and_one_twice_is_one() {
        assert!(several("", "MRN 48291300 and MRN 48291377"));
        assert!(several("MRN 48291300", "Also MRN 48291377."));
        assert!(!several("MRN 48291300", "MRN 4829-1300, again MRN 48291300"));
        assert!(several("", "Maria Lopez's biopsy is back.\nAgatha Lindqvist's asthma is worse."));
        assert!(!several("", "Maria Lopez's biopsy is back. Mrs. Lopez has asthma, MRN 48291300."));
    }

    #[test]
    fn a_stranger_is_whose_domain_was_not_there() {
        let typed = |address: &str| Typed {
            text: address.to_owned(),
            kind: RecipientKind::To,
            address: Address::new(None, address).ok(),
        };
        let there = "ann@north.example \"Bo B.\" <bo@south.example>, dr@clinic.example";
        let new = |to: &str| {
            somebody_new(there, &[typed(to)], |address| address.ends_with("@clinic.example"))
        };
        assert!(!new("cara@north.example") && !new("bo@SOUTH.example") && !new("x@clinic.example"));
        assert!(new("eve@elsewhere.example") && new("eve@sub.north.example"));
    }

    #[test]
    fn what_was_deleted_from_an_answer_is_not_quoted() {
        let quotes = |kind, body: &str| {
            let content = DraftContent { body: body.to_owned(), ..DraftContent::new(kind) };
            quotes_of(&content, &[])
        };
        assert!(quotes(DraftKind::Reply, "Thanks\n> Agatha called"));
        assert!(!quotes(DraftKind::Reply, "Thanks"));
        assert!(quotes(DraftKind::Forward, "Agatha called") && !quotes(DraftKind::Forward, " \n"));
    }
}
