//! Failed unlocks: counted before they are tried, kept outside the encrypted mailbox, and never forgotten by deleting a file.
//!
//! The keyring repeats the count, where there is one, and the worse of the two counts: whoever can write the file alone
//! takes nothing back. A passphrase that stands alone has no such witness.
//!
//! This guards the keyboard. Whoever copies the disk guesses elsewhere; the key derivation and the device secret guard
//! against that. Must not know passphrases or keys.

mod backoff;
mod failure;
mod log;
mod mirror;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use backoff::{AttemptLimits, wait_after};
pub use failure::{Failure, FailureKind};

use crate::clock::Moment;
use crate::disk;
use crate::seal::CryptoError;
use crate::sealed_box::PublicKey;
use log::FailureLog;
pub(crate) use mirror::Mirror;

const FILE: &str = "attempts.json";
const FORMAT: u32 = 2;
const MAX_BYTES: u64 = 256 * 1024;

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
    /// The keyring's copy showed that the log of failures isn't the one that was written.
    log_altered: bool,
    log: FailureLog,
}

/// Failures that the audit log hasn't taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingFailures {
    /// Oldest first.
    pub failures: Vec<Failure>,
    /// How many more there were than could be kept one by one.
    pub uncounted: u64,
    /// Whether the log of them was changed or cut.
    pub altered: bool,
    entries: usize,
}

/// The counter of one profile.
#[derive(Debug)]
pub(crate) struct Attempts {
    dir: PathBuf,
    /// To whom failures are sealed; a vault of an earlier version names nobody.
    seal_to: Option<PublicKey>,
    record: Record,
}

impl Attempts {
    /// Makes the counter of a new profile.
    pub(crate) fn create(dir: &Path, seal_to: Option<PublicKey>) -> std::io::Result<Self> {
        let mut attempts = Self { dir: dir.to_owned(), seal_to, record: Record::new() };
        attempts.save()?;
        Ok(attempts)
    }

    /// Reads the counter of a profile that has one. If it is gone or damaged the longest wait begins at `now`.
    pub(crate) fn load(dir: &Path, seal_to: Option<PublicKey>, now: &Moment) -> Self {
        let read = disk::read(dir, FILE, MAX_BYTES).ok().flatten();
        let read = read.and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
        let Some(record) = read.filter(|record| record.format == FORMAT) else {
            let mut attempts = Self { dir: dir.to_owned(), seal_to, record: Record::new() };
            attempts.tampered(now);
            return attempts;
        };
        let mut attempts = Self { dir: dir.to_owned(), seal_to, record };
        if attempts.record.pending {
            let at = attempts.record.last.unwrap_or(*now);
            attempts.record.pending = false;
            attempts.note(Failure { kind: FailureKind::Interrupted, at });
            attempts.save().ok();
        }
        attempts
    }

    /// Compares with the mirror in the keyring. A mirror of a later file means that an older one was put back; one that
    /// tells worse, that the disk could not be written meanwhile, or that the file was edited.
    pub(crate) fn check_mirror(&mut self, mirror: &Mirror, now: &Moment) {
        self.record.log_altered |= !self.record.log.follows(&mirror.log);
        let known = self.record.tampered;
        let took_worse = self.take_the_worse(mirror, now);
        if mirror.generation > self.record.generation {
            self.record.generation = mirror.generation;
            // A file that was deleted is behind too; its wait has begun already.
            if known {
                self.save().ok();
            } else {
                self.tampered(now);
            }
        } else if took_worse {
            self.save().ok();
        }
    }

    /// The keyring doesn't hold what was written there: as for a missing file the longest wait begins. The caller writes the
    /// mirror anew.
    pub(crate) fn mirror_is_gone(&mut self, now: &Moment) {
        self.tampered(now);
    }

    /// Only an unlock makes the count better, and it tells the keyring so: whatever else stands in the file, what the
    /// keyring was told holds. Says whether that changed anything.
    fn take_the_worse(&mut self, mirror: &Mirror, now: &Moment) -> bool {
        let before = (self.record.failures, self.record.last, self.record.tampered);
        let told = mirror.failures_told(self.record.generation);
        if told > 0 || mirror.tampered {
            self.record.failures = self.record.failures.max(told);
            self.record.tampered |= mirror.tampered;
            let lasts = [self.record.last, mirror.last].into_iter().flatten();
            let latest = lasts.max_by_key(|last| backoff::remaining(Duration::MAX, last, now));
            self.record.last = Some(latest.unwrap_or(*now));
        }
        before != (self.record.failures, self.record.last, self.record.tampered)
    }

    /// Returns what the keyring is to repeat.
    pub(crate) const fn mirror(&self) -> Mirror {
        let Record { generation, failures, last, pending, tampered, ref log, .. } = self.record;
        Mirror { generation, failures, last, pending, tampered, log: log.position() }
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

    /// The attempt that began was not let in.
    pub(crate) fn failed(&mut self, kind: FailureKind, now: &Moment) {
        self.record.pending = false;
        self.note(Failure { kind, at: *now });
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

    /// Notes what isn't counted: a wrong recovery code, for nobody guesses 128 bits at a keyboard; a keyring in trouble; the
    /// end of the owner's ways in.
    pub(crate) fn note_uncounted(&mut self, kind: FailureKind, now: &Moment) {
        self.note(Failure { kind, at: *now });
        self.save().ok();
    }

    /// Begins to seal failures to the mailbox.
    pub(crate) const fn seal_to(&mut self, public: PublicKey) {
        self.seal_to = Some(public);
    }

    /// Opens the log of failures with the secret that belongs to it.
    pub(crate) fn pending(&self, secret: &[u8; 32]) -> Result<PendingFailures, CryptoError> {
        let log = &self.record.log;
        let (failures, intact) = log.open(secret)?;
        let altered = !intact || self.record.log_altered;
        Ok(PendingFailures { failures, uncounted: log.uncounted, altered, entries: log.len() })
    }

    /// Forgets what was pending, once the audit log has it.
    pub(crate) fn forget(&mut self, taken: &PendingFailures) -> std::io::Result<()> {
        self.record.log.forget(taken.entries, taken.uncounted);
        self.record.log_altered = false;
        self.save()
    }

    fn tampered(&mut self, now: &Moment) {
        self.record.tampered = true;
        self.record.last = Some(*now);
        self.note(Failure { kind: FailureKind::CounterTampered, at: *now });
        self.save().ok();
    }

    fn note(&mut self, failure: Failure) {
        self.record.log.append(self.seal_to.as_ref(), failure);
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

impl Record {
    fn new() -> Self {
        Self {
            format: FORMAT,
            generation: 0,
            failures: 0,
            last: None,
            pending: false,
            tampered: false,
            log_altered: false,
            log: FailureLog::default(),
        }
    }
}

#[cfg(test)]
mod tests;
