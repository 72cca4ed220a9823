//! Failed unlocks: counted before they are tried, kept outside the encrypted mailbox, and never forgotten by deleting a file.
//!
//! This guards the keyboard. Whoever copies the disk guesses elsewhere; the key derivation and the device secret guard
//! against that. Must not know passphrases or keys.

mod backoff;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use backoff::{AttemptLimits, wait_after};

use crate::clock::Moment;
use crate::disk;

const FILE: &str = "attempts.json";
const FORMAT: u32 = 1;
const MAX_BYTES: u64 = 256 * 1024;
/// Failures remembered one by one until the audit log has taken them; older ones are only counted.
const JOURNAL_CAP: usize = 256;

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// A wrong passphrase.
    WrongPassphrase,
    /// A well-formed recovery code that isn't this mailbox's.
    WrongRecoveryCode,
    /// An attempt that never came to its end: the program was killed meanwhile.
    Interrupted,
    /// The file of attempts was missing, damaged or older than it should be.
    CounterTampered,
}

impl FailureKind {
    /// Returns the stable code of this kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongPassphrase => "unlock.wrong_passphrase",
            Self::WrongRecoveryCode => "unlock.wrong_recovery_code",
            Self::Interrupted => "unlock.interrupted",
            Self::CounterTampered => "unlock.counter_tampered",
        }
    }
}

/// One failure, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What failed.
    pub kind: FailureKind,
    /// When.
    pub at: Moment,
}

/// The state for display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureState {
    /// Wrong passphrases in a row.
    pub failures: u32,
    /// How long until the next attempt is allowed; zero if at once.
    pub wait: Duration,
    /// Whether the limit was reached.
    pub locked_out: bool,
}

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    format: u32,
    /// Goes up with every write; its mirror in the keyring shows an older copy.
    generation: u64,
    failures: u32,
    /// When the last attempt began that hasn't succeeded.
    last: Option<Moment>,
    /// An attempt has begun and not ended.
    pending: bool,
    /// The counter was found missing or set back: the longest wait applies until the next success.
    tampered: bool,
    journal: Vec<Failure>,
    /// Failures that the journal had no room for.
    uncounted: u64,
}

/// What the keyring repeats of the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mirror {
    generation: u64,
    failures: u32,
}

/// The counter of one profile.
#[derive(Debug)]
pub(crate) struct Attempts {
    dir: PathBuf,
    record: Record,
}

impl Attempts {
    /// Makes the counter of a new profile.
    pub(crate) fn create(dir: &Path) -> std::io::Result<Self> {
        let mut attempts = Self { dir: dir.to_owned(), record: Record::new() };
        attempts.save()?;
        Ok(attempts)
    }

    /// Reads the counter of a profile that has one. If it is gone or damaged the longest wait begins at `now`.
    pub(crate) fn load(dir: &Path, now: &Moment) -> Self {
        let read = disk::read(dir, FILE, MAX_BYTES).ok().flatten();
        let read = read.and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
        let Some(record) = read.filter(|record| record.format == FORMAT) else {
            let mut attempts = Self { dir: dir.to_owned(), record: Record::new() };
            attempts.tampered(now);
            return attempts;
        };
        let mut attempts = Self { dir: dir.to_owned(), record };
        if attempts.record.pending {
            let at = attempts.record.last.unwrap_or(*now);
            attempts.record.pending = false;
            attempts.note(Failure { kind: FailureKind::Interrupted, at });
            attempts.save().ok();
        }
        attempts
    }

    /// Compares with the mirror in the keyring. A mirror of a later file means that an older one was put back; one that
    /// counts more failures, that the disk could not be written meanwhile.
    pub(crate) fn check_mirror(&mut self, mirror: &Mirror, now: &Moment) {
        if mirror.generation > self.record.generation {
            self.record.generation = mirror.generation;
            // A file that was deleted is behind too; its wait has begun already.
            if self.record.tampered {
                self.save().ok();
            } else {
                self.tampered(now);
            }
        } else if mirror.generation == self.record.generation
            && mirror.failures > self.record.failures
        {
            self.record.failures = mirror.failures;
            self.record.last = Some(*now);
            self.save().ok();
        }
    }

    /// Returns what the keyring is to repeat.
    pub(crate) const fn mirror(&self) -> Mirror {
        Mirror { generation: self.record.generation, failures: self.record.failures }
    }

    pub(crate) fn state(&self, limits: &AttemptLimits, now: &Moment) -> FailureState {
        let locked_out = self.record.tampered
            || (self.record.failures > 0 && self.record.failures >= limits.max);
        let whole =
            if locked_out { limits.lockout } else { wait_after(self.record.failures, limits) };
        let wait =
            self.record.last.map_or(Duration::ZERO, |last| backoff::remaining(whole, &last, now));
        FailureState {
            failures: self.record.failures,
            wait,
            locked_out: locked_out && !wait.is_zero(),
        }
    }

    /// Counts an attempt before it is made, so that killing the program doesn't undo it.
    ///
    /// A disk that can't be written doesn't stop an unlock: the count goes on in memory and in the keyring's mirror.
    pub(crate) fn begin(&mut self, now: &Moment) {
        self.record.failures = self.record.failures.saturating_add(1);
        self.record.last = Some(*now);
        self.record.pending = true;
        self.save().ok();
    }

    /// The attempt that began was a wrong passphrase.
    pub(crate) fn failed(&mut self, now: &Moment) {
        self.record.pending = false;
        self.note(Failure { kind: FailureKind::WrongPassphrase, at: *now });
        self.save().ok();
    }

    /// The attempt that began ended for a reason that says nothing about the passphrase.
    pub(crate) fn withdrawn(&mut self) {
        self.record.pending = false;
        self.record.failures = self.record.failures.saturating_sub(1);
        self.save().ok();
    }

    /// The mailbox was opened. Says whether that could be written: if not, the mirror has to know.
    pub(crate) fn succeeded(&mut self) -> bool {
        self.record.pending = false;
        self.record.tampered = false;
        self.record.failures = 0;
        self.record.last = None;
        self.save().is_ok()
    }

    /// Notes a wrong recovery code. It isn't throttled: nobody guesses 128 bits at a keyboard.
    pub(crate) fn wrong_recovery_code(&mut self, now: &Moment) {
        self.note(Failure { kind: FailureKind::WrongRecoveryCode, at: *now });
        self.save().ok();
    }

    pub(crate) fn journal(&self) -> (&[Failure], u64) {
        (&self.record.journal, self.record.uncounted)
    }

    /// Forgets the `count` oldest failures and the number of uncounted ones, once the audit log has them.
    pub(crate) fn forget(&mut self, count: usize, uncounted: u64) -> std::io::Result<()> {
        let count = count.min(self.record.journal.len());
        self.record.journal.drain(..count);
        self.record.uncounted = self.record.uncounted.saturating_sub(uncounted);
        self.save()
    }

    fn tampered(&mut self, now: &Moment) {
        self.record.tampered = true;
        self.record.last = Some(*now);
        self.note(Failure { kind: FailureKind::CounterTampered, at: *now });
        self.save().ok();
    }

    fn note(&mut self, failure: Failure) {
        if self.record.journal.len() < JOURNAL_CAP {
            self.record.journal.push(failure);
        } else {
            self.record.uncounted = self.record.uncounted.saturating_add(1);
        }
    }

    /// The generation goes up only with a file that was written: the mirror must never be ahead of an honest one.
    fn save(&mut self) -> std::io::Result<()> {
        self.record.generation = self.record.generation.saturating_add(1);
        let written = serde_json::to_vec(&self.record).map_err(std::io::Error::from);
        let written = written.and_then(|bytes| disk::replace(&self.dir, FILE, &bytes));
        if written.is_err() {
            self.record.generation = self.record.generation.saturating_sub(1);
        }
        written
    }
}

impl Mirror {
    /// Returns the text that the keyring keeps.
    pub(crate) fn to_text(self) -> String {
        format!("{} {}", self.generation, self.failures)
    }

    /// Reads it back; `None` if it isn't one.
    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        let (generation, failures) = std::str::from_utf8(text).ok()?.split_once(' ')?;
        Some(Self { generation: generation.parse().ok()?, failures: failures.parse().ok()? })
    }
}

impl Record {
    const fn new() -> Self {
        Self {
            format: FORMAT,
            generation: 0,
            failures: 0,
            last: None,
            pending: false,
            tampered: false,
            journal: Vec::new(),
            uncounted: 0,
        }
    }
}

#[cfg(test)]
mod tests;
