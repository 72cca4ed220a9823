//! The way in and out of a large mailbox: what unlocking takes beside its key derivation, and what locking takes.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use wardmail_tests::{Provider, clinic};

use crate::desk::Desk;
use crate::{line, median_of, peers, took};

/// How many messages the mailbox has.
pub(crate) const MESSAGES: usize = 100_000;

/// How much unlocking may take beside Argon2id: opening the file, asking the keyring, recording it.
const BESIDE: Duration = Duration::from_millis(50);

/// How often each of the two is done.
const TURNS: usize = 12;

/// How long locking may take: work stopped, the log closed, the write-ahead log folded in, handles dropped.
const LOCK_LIMIT: Duration = Duration::from_millis(200);

/// Measures both on a mailbox of so many messages.
pub(crate) fn measure(program: &Path, messages: usize) -> Result<()> {
    let provider = Provider::start()?;
    provider.import(clinic::OWNER, clinic::bulk(messages))?;
    let desk = Desk::new(program, &provider)?;
    desk.sync_until(messages)?;
    let cost = peers::Argon2id::of(&desk.vault()?)?;
    // In turns, so that a busy moment falls on both; and the least of each, to which the machine's other work adds least.
    let (mut unlock, mut alone) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        unlock = unlock.min(desk.times(&["folders"])?.unlock);
        alone = alone.min(took(|| cost.spend())?);
    }
    line("unlocking beside Argon2id, by the limit", unlock.saturating_sub(alone), BESIDE);
    let lock = median_of(|| Ok(desk.times(&["folders"])?.lock))?;
    line(&format!("locking {messages} messages, by the limit"), lock, LOCK_LIMIT);
    Ok(())
}
