//! What was found in one part: kinds and counts, never words. It is kept in the mailbox, and is PHI itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wardmail_api::{
    compose::Finding as FindingView,
    phi::{ContentCheck, PhiKind, Unchecked, UnreadPart},
};
use wardmail_extract::Unread;
use wardmail_phi::{
    Category, Detector, Finding, Kind, Knowledge, Scan, SpecialCategory, Strength, special_advice,
};
use wardmail_policy::PhiAction;

use super::demanded;

/// The most text that one scan is given, in bytes: the detector looks at no more than 2 MB.
const PIECE: usize = 1 << 20;
/// The most places of a text that are shown.
const PLACES: usize = 20;
/// The most identities that are kept of one part: two are enough to ask.
const IDENTITIES: usize = 8;

/// What makes identities of patients comparable, and worthless outside this mailbox.
pub(crate) type IdentityKey = [u8; 32];

/// What was found in one part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(super) phi: bool,
    pub(super) strong: bool,
    kinds: Vec<PhiKind>,
    special: BTreeSet<SpecialCategory>,
    /// Whether something was found that no organisation's own rule answers for.
    pub(super) built_in: bool,
    /// What the organisation's own rules demand.
    pub(super) by_rules: BTreeSet<PhiAction>,
    /// Whose identifiers: a kind, and a keyed hash.
    pub(super) identities: BTreeSet<(Identity, u64)>,
    pub(super) unread: Vec<Unread>,
    /// Where in the text: never kept.
    #[serde(skip)]
    places: Vec<FindingView>,
}

/// Which identifiers tell patients apart: those that one patient has once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Identity {
    Name,
    Record,
    SocialSecurity,
    Medicare,
}

impl Outcome {
    /// What a scan of a text found.
    pub(crate) fn of(text: &str, scan: &Scan, key: &IdentityKey) -> Self {
        let mut outcome = Self::default();
        outcome.add(text, 0, scan, key);
        outcome
    }

    fn add(&mut self, text: &str, offset: usize, scan: &Scan, key: &IdentityKey) {
        self.phi |= scan.is_phi();
        self.strong |= scan.has_strong();
        self.special.extend(scan.special.iter().copied());
        for (finding, words) in scan.findings.iter().zip(words(text, &scan.findings)) {
            match finding.action {
                Some(action) => drop(self.by_rules.insert(demanded(action))),
                None => self.built_in = true,
            }
            self.count_kind(finding);
            if self.places.len() < PLACES {
                self.places.push(place(finding, offset));
            }
            if self.identities.len() < IDENTITIES
                && let Some(identity) = identity(finding.category, words, key)
            {
                self.identities.insert(identity);
            }
        }
    }

    /// What another part of the same file found.
    pub(super) fn merge(&mut self, other: Self) {
        self.phi |= other.phi;
        self.strong |= other.strong;
        self.built_in |= other.built_in;
        self.special.extend(other.special);
        self.by_rules.extend(other.by_rules);
        self.identities.extend(other.identities);
        self.unread.extend(other.unread);
        for kind in other.kinds {
            self.kind(&kind.category, kind.strong, &kind.reason, kind.count);
        }
    }

    fn count_kind(&mut self, finding: &Finding) {
        let strong = finding.strength == Strength::Strong;
        self.kind(finding.category.as_str(), strong, &finding.reason, 1);
    }

    fn kind(&mut self, category: &str, strong: bool, reason: &str, count: u32) {
        let same = |kind: &&mut PhiKind| kind.category == category && kind.strong == strong;
        match self.kinds.iter_mut().find(same) {
            Some(kind) => kind.count = kind.count.saturating_add(count),
            None => self.kinds.push(PhiKind {
                category: category.to_owned(),
                strong,
                count,
                reason: reason.to_owned(),
            }),
        }
    }

    /// Whether it touches what law protects specially.
    pub(super) fn is_special(&self) -> bool {
        !self.special.is_empty()
    }

    /// How many findings there are.
    pub(super) fn count(&self) -> u64 {
        self.kinds.iter().map(|kind| u64::from(kind.count)).sum()
    }

    /// It as shown.
    pub(super) fn view(&self) -> ContentCheck {
        let mut kinds = self.kinds.clone();
        kinds.sort_by_key(|kind| !kind.strong);
        ContentCheck {
            phi: self.phi,
            strong: self.strong,
            kinds,
            special: special_advice(self.special.iter().copied()),
            findings: self.places.clone(),
        }
    }

    /// What could not be read, as shown.
    pub(super) fn unread_view(&self) -> Vec<UnreadPart> {
        let view = |unread: &Unread| UnreadPart { part: unread.part.clone(), why: why(unread.why) };
        self.unread.iter().map(view).collect()
    }
}

const fn why(why: wardmail_extract::Why) -> Unchecked {
    use wardmail_extract::Why;
    match why {
        Why::Encrypted => Unchecked::Encrypted,
        Why::Damaged => Unchecked::Damaged,
        Why::TooLarge => Unchecked::TooLarge,
        Why::TooMany => Unchecked::TooMany,
        Why::TooDeep => Unchecked::TooDeep,
        Why::UnknownKind => Unchecked::UnknownKind,
        Why::OnlyPictures => Unchecked::OnlyPictures,
        Why::TooSlow => Unchecked::TooSlow,
        Why::NotStarted => Unchecked::NotStarted,
        _ => Unchecked::BrokeDown,
    }
}

/// Scans a text of any length, piece by piece.
pub(super) fn text_outcome(
    detector: &Detector,
    text: &str,
    knowledge: &Knowledge,
    key: &IdentityKey,
) -> Outcome {
    let mut outcome = Outcome::default();
    let (mut rest, mut offset) = (text, 0);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(cut(rest));
        outcome.add(piece, offset, &detector.scan(piece, Kind::Body, knowledge), key);
        offset = offset.saturating_add(piece.chars().count());
        rest = after;
    }
    outcome
}

/// Where a piece ends: at a line if there is one, else between characters.
fn cut(text: &str) -> usize {
    if text.len() <= PIECE {
        return text.len();
    }
    let edge = text.floor_char_boundary(PIECE);
    text.get(..edge).and_then(|head| head.rfind('\n')).map_or(edge, |line| line.saturating_add(1))
}

fn place(finding: &Finding, offset: usize) -> FindingView {
    let at = |at: usize| u32::try_from(at.saturating_add(offset)).unwrap_or(u32::MAX);
    FindingView {
        start: at(finding.start),
        end: at(finding.end),
        category: finding.category.as_str().to_owned(),
        rule: finding.rule.to_string(),
        reason: finding.reason.to_string(),
    }
}

/// The words of each finding; findings come in the order of the text.
fn words<'t>(text: &'t str, findings: &[Finding]) -> Vec<&'t str> {
    let mut letters = text.char_indices().map(|(at, _)| at).chain([text.len()]).enumerate();
    let (mut place, mut byte) = (0, 0);
    let mut found = Vec::with_capacity(findings.len());
    for finding in findings {
        while place < finding.start {
            let Some((next, at)) = letters.next() else { break };
            (place, byte) = (next, at);
        }
        let rest = text.get(byte..).unwrap_or_default();
        let length = finding.end.saturating_sub(finding.start);
        let end = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
        found.push(rest.get(..end).unwrap_or_default());
    }
    found
}

/// Whose identifier a finding is, if it is one that tells patients apart.
fn identity(category: Category, words: &str, key: &IdentityKey) -> Option<(Identity, u64)> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (kind, value) = match category {
        Category::Mrn => (Identity::Record, plain(words)),
        Category::Ssn => (Identity::SocialSecurity, plain(words)),
        Category::Mbi => (Identity::Medicare, plain(words)),
        // A single word may be the same patient's first name.
        Category::Name => {
            let last = match words.split_once(',') {
                Some((last, _)) => last.split_whitespace().next_back()?,
                None if words.split_whitespace().count() > 1 => {
                    words.split_whitespace().next_back()?
                }
                None => return None,
            };
            (Identity::Name, plain(last.trim_end_matches("'s").trim_end_matches("’s")))
        }
        _ => return None,
    };
    let mut hash = Sha256::new();
    hash.update(key);
    hash.update([u8::try_from(kind as usize).unwrap_or(u8::MAX)]);
    hash.update(value.as_bytes());
    let digest = hash.finalize();
    let first = digest.first_chunk::<8>()?;
    Some((kind, u64::from_be_bytes(*first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text: &str) -> Outcome {
        text_outcome(&Detector::standard(), text, &Knowledge::new(), &[7; 32])
    }

    #[test]
    fn what_is_kept_has_none_of_the_words() {
        let found = outcome("Agatha Lindqvist has atrial fibrillation, MRN 48291300.");
        assert!(found.phi && found.strong && found.built_in);
        let kept = serde_json::to_string(&found).unwrap();
        for word in ["Agatha", "Lindqvist", "fibrillation", "48291300"] {
            assert!(!kept.contains(word), "{kept}");
        }
        let again: Outcome = serde_json::from_str(&kept).unwrap();
        assert_eq!(
            (again.count(), again.identities.len()),
            (found.count(), found.identities.len())
        );
    }

    #[test]
    fn the_same_patient_is_one_however_written() {
        let one = "MRN 4829-1300: Lindqvist, Agatha has asthma. Mrs. Agatha Lindqvist's asthma. MRN: 48291300";
        let kinds =
            |text: &str| outcome(text).identities.iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
        assert_eq!(kinds(one), [Identity::Name, Identity::Record]);
        let two = "MRN 48291300 and MRN 48291377";
        assert_eq!(kinds(two), [Identity::Record, Identity::Record]);
    }

    #[test]
    fn places_behind_a_long_beginning_are_right() {
        let text = "é quiet line\n".repeat(200_000) + "MRN 48291300";
        let found = outcome(&text);
        let place = &found.places[0];
        let words: String = text
            .chars()
            .skip(place.start as usize)
            .take((place.end - place.start) as usize)
            .collect();
        assert_eq!(words, "48291300");
    }
}
