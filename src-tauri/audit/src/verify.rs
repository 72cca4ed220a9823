//! Verification of a chain: the first entry that isn't as it was written, and what was done there.
//!
//! Pure and streaming: memory is bounded by the look-ahead, whatever the length of the log.

use std::collections::BTreeMap;

use crate::event::OpaqueId;
use crate::record::{Head, LineError, Link, Record};

/// How many entries after the first bad one are looked at to say what was done.
const LOOK_AHEAD: usize = 4096;

/// What was done to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tampering {
    /// The entry's content was changed.
    Edited,
    /// The entry was put in.
    Inserted,
    /// So many entries before this one were taken out.
    Cut {
        /// How many.
        missing: u64,
    },
    /// The entry stands in another place than it was written.
    Reordered,
    /// So many entries at the end are missing: cut off, or an older copy was put back.
    Shortened {
        /// How many.
        missing: u64,
    },
    /// The chain holds together and isn't the one that was vouched for: it was written anew up to here.
    Rewritten,
    /// The entries belong to another log.
    ForeignLog,
    /// The entry was written by a later version of the program; nothing is said about it.
    NewerVersion,
    /// The file has no trailer: its end is missing, or it isn't a complete export.
    NoTrailer,
    /// The trailer doesn't fit the entries.
    TrailerMismatch,
    /// There is something after the trailer.
    AfterTrailer,
    /// A checkpoint isn't signed by the key that was announced, or stands in a wrong place.
    BadCheckpoint,
    /// The trailer isn't signed by the key that was announced last.
    BadSignature,
    /// All is signed, by another key than the one asked for.
    ForeignKey,
}

impl Tampering {
    /// Returns the stable code of this kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Edited => "audit.edited",
            Self::Inserted => "audit.inserted",
            Self::Cut { .. } => "audit.cut",
            Self::Reordered => "audit.reordered",
            Self::Shortened { .. } => "audit.shortened",
            Self::Rewritten => "audit.rewritten",
            Self::ForeignLog => "audit.foreign_log",
            Self::NewerVersion => "audit.newer_version",
            Self::NoTrailer => "audit.no_trailer",
            Self::TrailerMismatch => "audit.trailer_mismatch",
            Self::AfterTrailer => "audit.after_trailer",
            Self::BadCheckpoint => "audit.bad_checkpoint",
            Self::BadSignature => "audit.bad_signature",
            Self::ForeignKey => "audit.foreign_key",
        }
    }
}

/// The first bad entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Its place among the entries given, from 1; for what is missing at the end, one past the last.
    pub position: u64,
    /// The number that should stand there.
    pub seq: u64,
    /// What was done.
    pub tampering: Tampering,
}

/// What the verifier is told beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The log's id: ties the first entry to it.
    pub log: Option<OpaqueId>,
    /// Heads known from outside: from the database, a checkpoint mail, an earlier export.
    pub anchors: Vec<Head>,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries are good, from the first.
    pub good: u64,
    /// Number of the first entry.
    pub first: Option<u64>,
    /// The last good entry.
    pub head: Option<Head>,
    /// The first bad one.
    pub finding: Option<Finding>,
    /// Up to which entry an anchor vouches for the chain.
    pub vouched: Option<u64>,
}

impl Report {
    /// Says whether nothing was found.
    pub const fn is_clean(&self) -> bool {
        self.finding.is_none()
    }
}

type Entry = Result<Link, LineError>;

/// Verifies entries one by one.
#[derive(Debug)]
pub struct Verifier {
    log: Option<OpaqueId>,
    /// The hashes that are known from outside, by the number of their entry.
    anchors: BTreeMap<u64, Vec<[u8; 32]>>,
    good: u64,
    first: Option<u64>,
    /// What the next entry must be tied to.
    head: Option<Head>,
    /// What the last good entry was tied to.
    before: Option<Head>,
    vouched: Option<u64>,
    finding: Option<Finding>,
    /// The first entry that doesn't fit, and those after it.
    suspects: Vec<Entry>,
}

/// Verifies a whole chain, in the order given.
pub fn verify(records: impl IntoIterator<Item = Record>, expected: Expected) -> Report {
    let mut verifier = Verifier::new(expected);
    for record in records {
        if !verifier.push(Ok(Link::from(&record))) {
            break;
        }
    }
    verifier.finish()
}

impl Verifier {
    /// Begins.
    pub fn new(expected: Expected) -> Self {
        let mut anchors: BTreeMap<u64, Vec<[u8; 32]>> = BTreeMap::new();
        for anchor in expected.anchors {
            anchors.entry(anchor.seq).or_default().push(anchor.hash);
        }
        Self {
            log: expected.log,
            anchors,
            good: 0,
            first: None,
            head: None,
            before: None,
            vouched: None,
            finding: None,
            suspects: Vec::new(),
        }
    }

    /// Takes the next entry, or what stood in its place. `false` means that more would not change the result.
    pub fn push(&mut self, entry: Entry) -> bool {
        if self.finding.is_some() || self.suspects.len() > LOOK_AHEAD {
            return false;
        }
        match entry {
            Ok(link) if self.suspects.is_empty() && self.fits(&link) => self.accept(&link),
            other => self.suspects.push(other),
        }
        self.finding.is_none() && self.suspects.len() <= LOOK_AHEAD
    }

    /// Returns the last good entry so far, if all entries so far are good.
    pub fn head(&self) -> Option<Head> {
        self.head.filter(|_| self.suspects.is_empty() && self.finding.is_none())
    }

    /// Says what was found.
    pub fn finish(mut self) -> Report {
        if self.finding.is_none() {
            self.finding = self.classify().or_else(|| self.missing_end());
        }
        let head = self.head.filter(|_| self.good > 0);
        Report {
            good: self.good,
            first: self.first,
            head,
            finding: self.finding,
            vouched: self.vouched,
        }
    }

    fn fits(&self, record: &Link) -> bool {
        match self.link(record) {
            Some(head) => is_next(&head, record) && record.intact,
            None => false,
        }
    }

    /// Returns what `record` must be tied to: the head so far; for the first entry its own word, or the log's beginning.
    fn link(&self, record: &Link) -> Option<Head> {
        if let Some(head) = self.head {
            return Some(head);
        }
        match (record.seq.checked_sub(1), self.log) {
            (Some(0), Some(log)) => Some(Head::genesis(&log)),
            (Some(seq), _) => Some(Head { seq, hash: record.prev }),
            (None, _) => None,
        }
    }

    fn accept(&mut self, record: &Link) {
        let before = self.link(record);
        self.good = self.good.saturating_add(1);
        self.first.get_or_insert(record.seq);
        self.before = before;
        self.head = Some(record.head());
        let Some(known) = self.anchors.get(&record.seq) else { return };
        if known.iter().all(|hash| *hash == record.hash) {
            self.vouched = Some(record.seq);
        } else {
            let tampering = Tampering::Rewritten;
            self.finding.get_or_insert(Finding { position: self.good, seq: record.seq, tampering });
        }
    }

    /// Says what was done at the first entry that doesn't fit.
    fn classify(&self) -> Option<Finding> {
        let (suspect, later) = self.suspects.split_first()?;
        let position = self.good.saturating_add(1);
        let expected = self.head.map_or(1, |head| head.seq.saturating_add(1));
        let here = |tampering| Some(Finding { position, seq: expected, tampering });
        let last = |tampering| {
            Some(Finding { position: self.good, seq: expected.saturating_sub(1), tampering })
        };
        let record = match suspect {
            Ok(record) => record,
            Err(LineError::NewerVersion) => return here(Tampering::NewerVersion),
            Err(_) if self.continues(later) => return here(Tampering::Inserted),
            Err(_) => return here(Tampering::Edited),
        };
        if self.continues(later) {
            let genuine = record.intact && is_linked(record, later);
            return here(if genuine { Tampering::Reordered } else { Tampering::Inserted });
        }
        if self.head.is_none() && record.intact {
            // Only a first entry that isn't tied to the beginning of the log asked for comes here.
            return here(Tampering::ForeignLog);
        }
        if !record.intact {
            return here(Tampering::Edited);
        }
        if self.before.is_some_and(|before| is_next(&before, record)) {
            return last(Tampering::Inserted);
        }
        match record.seq.checked_sub(expected) {
            // The entry is sound and tied to another one than the last: that one was written anew.
            Some(0) => last(Tampering::Edited),
            Some(missing) => here(Tampering::Cut { missing }),
            None => here(Tampering::Inserted),
        }
    }

    /// Says whether the entry that belongs here comes later.
    fn continues(&self, later: &[Entry]) -> bool {
        self.head.is_some_and(|head| {
            later.iter().flatten().any(|record| is_next(&head, record) && record.intact)
        })
    }

    fn missing_end(&self) -> Option<Finding> {
        let last = self.head.map_or(0, |head| head.seq);
        let (known, _) = self.anchors.last_key_value()?;
        let missing = known.checked_sub(last).filter(|missing| *missing > 0)?;
        Some(Finding {
            position: self.good.saturating_add(1),
            seq: last.saturating_add(1),
            tampering: Tampering::Shortened { missing },
        })
    }
}

fn is_next(head: &Head, record: &Link) -> bool {
    Some(record.seq) == head.seq.checked_add(1) && record.prev == head.hash
}

/// Says whether another entry is tied to `record`, or it to another.
fn is_linked(record: &Link, others: &[Entry]) -> bool {
    others.iter().flatten().any(|other| other.prev == record.hash || other.hash == record.prev)
}

#[cfg(test)]
mod tests;
