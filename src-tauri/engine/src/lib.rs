//! The session: unlock, run, lock. The only place where the leaves meet.
//!
//! A tour:
//! - [`Engine`] takes a profile and answers requests through one door, [`Engine::call`]; it tells
//!   what changed through [`Engine::subscribe`]. Front ends (the window, `wardctl`) know no more.
//! - `session` is what is alive while the mailbox is open. Requests that need it implement
//!   `InSession`; they are dropped the moment it locks.
//! - In: `sync` fetches, `index` derives, `reading` decides what may be shown, `open` shows it.
//! - Out: `drafts`, `subject`, `phi` (what a draft holds), `plan` (the decision), `letter` (the seal), `sending`, `outbox`.
//! - Gone: `deleting` by the owner, `retention` by policy, `erasing` of all of it; `backup` before that.
//! - `access`: what stands around the way in. `watching`: the system says that nobody is there.
//! - `policy_source`, `provider`: what IT or the owner allows. `evidence`: the audit log. `anchors`: its
//!   state, told outside.
//! - [`tools`] are the jobs that need no profile.
//!
//! What this crate must not do: know a window, or keep anything of the mailbox past the lock.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the leaves' enums are non-exhaustive; each default arm is the strict one, so that a variant added there is refused here until it is thought about"
)]

mod access;
mod accounts;
mod anchors;
mod audit_log;
mod audit_view;
mod backup;
mod certificates;
mod clock;
mod commands;
mod deleting;
mod door;
mod drafts;
mod engine;
mod erasing;
mod error;
mod evidence;
mod files;
mod frames;
mod idle;
mod incident;
mod index;
mod letter;
mod lists;
mod network;
mod open;
mod options;
mod outbox;
mod own_keys;
mod people;
mod phi;
mod plan;
mod policy_source;
mod provider;
mod reading;
mod retention;
mod script;
mod sending;
mod session;
mod set_aside;
mod settings;
mod subject;
mod sync;
#[cfg(test)]
#[cfg(feature = "failpoints")]
mod testing;
pub mod tools;
mod watching;

/// Makes panics speak of their place only: their text may quote what was being read.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}

/// Runs as the worker that reads files iff the program was started as one; with what it returns the program ends.
///
/// To be called first thing in `main`: nothing may have been opened, read or started before.
#[must_use]
pub fn run_if_worker() -> Option<std::process::ExitCode> {
    wardmail_extract::run_if_worker()
}

/// Arms the fail points that the environment names, in builds made for tests; nothing in others.
/// What it returns is to be held until the program ends.
#[must_use]
pub fn fail_points() -> impl Sized {
    #[cfg(feature = "failpoints")]
    {
        fail::FailScenario::setup()
    }
}

pub use access::emergency::{EmergencyKey, EmergencyRequest, OpenedCopy};
pub use backup::{BackupView, verify_backup};
pub use clock::today;
pub use door::Answer;
pub use engine::Engine;
pub use error::Error;
pub use incident::{parse_moment, show_moment};
pub use options::{LastLock, Options, StartError};
pub use script::{Delivered, Synced};
pub use wardmail_presence::Buses;
pub use wardmail_vault::{WipingAllocator, keep_memory_private};
