//! The log of failures while the mailbox is locked: sealed to the mailbox, chained, capped.
//!
//! Nobody who isn't let in reads it. Each entry is sealed with the chain's value before it as associated data, so that none
//! can be changed, moved or cut out of the middle; the keyring repeats how many there were and the chain's value, so that
//! the end can't be cut off either.

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::seal::CryptoError;
use crate::sealed_box::{self, PublicKey};

/// Failures remembered one by one until the audit log has taken them; more are only counted.
pub(super) const CAP: usize = 256;

/// One value of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Link(#[serde(with = "hex::serde")] pub(super) [u8; 32]);

/// One sealed failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Entry(#[serde(with = "hex::serde")] Vec<u8>);

/// The log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FailureLog {
    /// The chain before the oldest entry here.
    base: Link,
    /// The chain after the newest.
    head: Link,
    /// Entries ever made, those that the audit log took included.
    sealed: u64,
    /// Failures that there was no room for.
    pub(super) uncounted: u64,
    entries: Vec<Entry>,
}

/// Where the chain stands, as the keyring repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Position {
    pub(super) sealed: u64,
    pub(super) head: Link,
}

impl FailureLog {
    /// Adds a failure, sealed to the mailbox. One that can't be is counted.
    pub(super) fn append(&mut self, to: Option<&PublicKey>, failure: Failure) {
        let room = self.entries.len() < CAP;
        let sealed = to.filter(|_| room);
        let sealed = sealed.and_then(|to| to.seal(&self.head.0, &failure.to_bytes()).ok());
        if let Some(bytes) = sealed {
            self.head = self.head.after(&bytes);
            self.sealed = self.sealed.saturating_add(1);
            self.entries.push(Entry(bytes));
        } else {
            self.uncounted = self.uncounted.saturating_add(1);
        }
    }

    /// Opens all entries, oldest first; says whether all of them are there and as they were written.
    pub(super) fn open(&self, secret: &[u8; 32]) -> Result<(Vec<Failure>, bool), CryptoError> {
        let (mut failures, mut intact) = (Vec::with_capacity(self.entries.len()), true);
        let mut link = self.base;
        for Entry(bytes) in &self.entries {
            let opened = sealed_box::open(secret, &link.0, bytes)?;
            match opened.and_then(|plain| Failure::from_bytes(&plain)) {
                Some(failure) => failures.push(failure),
                None => intact = false,
            }
            link = link.after(bytes);
        }
        Ok((failures, intact && link == self.head))
    }

    /// How many entries are waiting.
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Forgets the `count` oldest entries and so many uncounted failures.
    pub(super) fn forget(&mut self, count: usize, uncounted: u64) {
        let count = count.min(self.entries.len());
        for Entry(bytes) in self.entries.drain(..count) {
            self.base = self.base.after(&bytes);
        }
        if self.entries.is_empty() {
            // What was altered has been told; the chain goes on from what it says now.
            self.base = self.head;
        }
        self.uncounted = self.uncounted.saturating_sub(uncounted);
    }

    pub(super) const fn position(&self) -> Position {
        Position { sealed: self.sealed, head: self.head }
    }

    /// Says whether this log can have come from one that stood at `earlier`.
    pub(super) fn follows(&self, earlier: &Position) -> bool {
        let Some(newer) = self.sealed.checked_sub(earlier.sealed) else { return false };
        let Some(index) =
            usize::try_from(newer).ok().and_then(|n| self.entries.len().checked_sub(n))
        else {
            // Entries since then were taken by the audit log already.
            return true;
        };
        let link = self.entries.iter().take(index).fold(self.base, |link, e| link.after(&e.0));
        link == earlier.head
    }
}

impl Link {
    fn after(self, bytes: &[u8]) -> Self {
        let mut hasher = openssl::sha::Sha256::new();
        hasher.update(&self.0);
        hasher.update(bytes);
        Self(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempts::FailureKind;
    use crate::clock::Moment;

    const SECRET: [u8; 32] = [9; 32];

    fn failure(n: u64) -> Failure {
        let at = Moment { boot_id: [1; 16], since_boot_ms: n, utc_ms: -1 };
        Failure { kind: FailureKind::WrongPassphrase, at }
    }

    fn log(length: u64) -> FailureLog {
        let public = PublicKey::of(&SECRET).unwrap();
        let mut log = FailureLog::default();
        (0..length).for_each(|n| log.append(Some(&public), failure(n)));
        log
    }

    #[test]
    fn all_that_was_written_is_read_in_order() {
        let expected: Vec<Failure> = (0..5).map(failure).collect();
        assert_eq!(log(5).open(&SECRET).unwrap(), (expected, true));
    }

    #[test]
    fn each_kind_of_tampering_shows() {
        let whole = log(5);
        let foreign = log(5);
        for name in ["cut", "swapped", "replaced", "doubled", "changed"] {
            let mut log = whole.clone();
            match name {
                "cut" => drop(log.entries.remove(2)),
                "swapped" => log.entries.swap(1, 3),
                "replaced" => log.entries[2] = foreign.entries[2].clone(),
                "doubled" => log.entries.insert(1, log.entries[1].clone()),
                _ => log.entries[4].0[40] ^= 1,
            }
            assert!(!log.open(&SECRET).unwrap().1, "{name}");
        }
    }

    /// Whoever writes the file can seal entries of their own and chain them; the keyring's copy is what tells.
    #[test]
    fn a_log_that_was_written_anew_does_not_follow() {
        let whole = log(5);
        let position = whole.position();
        assert!(whole.follows(&position));
        for length in [0, 4, 5, 9] {
            assert!(!log(length).follows(&position), "{length}");
        }
        let mut cut = whole.clone();
        cut.entries.truncate(3);
        cut.sealed = 3;
        assert!(!cut.follows(&position));
    }

    #[test]
    fn what_was_taken_may_go_and_what_came_since_follows() {
        let public = PublicKey::of(&SECRET).unwrap();
        let mut log = log(5);
        let position = log.position();
        log.forget(3, 0);
        assert!(log.follows(&position));
        log.append(Some(&public), failure(7));
        assert!(log.follows(&position));
        assert_eq!(log.open(&SECRET).unwrap(), (vec![failure(3), failure(4), failure(7)], true));
        log.forget(3, 0);
        log.append(Some(&public), failure(8));
        assert!(log.follows(&position));
        assert_eq!(log.open(&SECRET).unwrap(), (vec![failure(8)], true));
    }

    #[test]
    fn what_there_is_no_room_or_no_key_for_is_counted() {
        let mut log = log(CAP as u64 + 7);
        assert_eq!((log.len(), log.uncounted), (CAP, 7));
        assert!(log.open(&SECRET).unwrap().1);
        log.append(None, failure(0));
        assert_eq!((log.len(), log.uncounted), (CAP, 8));
        log.forget(CAP, 8);
        assert_eq!((log.len(), log.uncounted), (0, 0));
    }
}
