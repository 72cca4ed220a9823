//! What the keyring repeats of the counter, as text.

use super::log::{Link, Position};
use crate::clock::Moment;

/// An attempt was under way when it was written.
const PENDING: u8 = 1;
/// The longest wait applied.
const TAMPERED: u8 = 2;

/// The counter as it was when the keyring was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mirror {
    pub(super) generation: u64,
    pub(super) failures: u32,
    pub(super) last: Option<Moment>,
    pub(super) pending: bool,
    pub(super) tampered: bool,
    pub(super) log: Position,
}

impl Mirror {
    /// How many failures it vouches for against a file of `generation`. In a later file an attempt that was under way has
    /// ended: it may have been the unlock that set the count back, and a kill have kept the keyring from hearing of it.
    pub(super) const fn failures_told(&self, generation: u64) -> u32 {
        if self.pending && self.generation < generation {
            self.failures.saturating_sub(1)
        } else {
            self.failures
        }
    }

    /// Returns the text that the keyring keeps: generation, failures, entries of the log, its chain's value, flags, and when
    /// the last attempt began.
    pub(crate) fn to_text(self) -> String {
        let Self { generation, failures, last, pending, tampered, log } = self;
        let Position { sealed, head } = log;
        let flags = if pending { PENDING } else { 0 } | if tampered { TAMPERED } else { 0 };
        let last = last.map_or_else(|| "-".to_owned(), moment_text);
        format!("{generation} {failures} {sealed} {} {flags} {last}", hex::encode(head.0))
    }

    /// Reads it back; `None` if it isn't one. An earlier version ended after the chain's value.
    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        let mut words = std::str::from_utf8(text).ok()?.split(' ');
        let (generation, failures) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let sealed = words.next()?.parse().ok()?;
        let mut head = [0; 32];
        hex::decode_to_slice(words.next()?, &mut head).ok()?;
        let (flags, last) = match words.next() {
            None => (0, None),
            Some(flags) => {
                let flags: u8 = flags.parse().ok().filter(|flags| *flags <= PENDING | TAMPERED)?;
                let last = words.next()?;
                (flags, if last == "-" { None } else { Some(moment(last)?) })
            }
        };
        let mirror = Self {
            generation,
            failures,
            last,
            pending: flags & PENDING != 0,
            tampered: flags & TAMPERED != 0,
            log: Position { sealed, head: Link(head) },
        };
        words.next().is_none().then_some(mirror)
    }
}

fn moment_text(moment: Moment) -> String {
    let Moment { boot_id, since_boot_ms, utc_ms } = moment;
    format!("{}:{since_boot_ms}:{utc_ms}", hex::encode(boot_id))
}

fn moment(text: &str) -> Option<Moment> {
    let mut parts = text.split(':');
    let mut boot_id = [0; 16];
    hex::decode_to_slice(parts.next()?, &mut boot_id).ok()?;
    let (since_boot_ms, utc_ms) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(Moment { boot_id, since_boot_ms, utc_ms })
}
