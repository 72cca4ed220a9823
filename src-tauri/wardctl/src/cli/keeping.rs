//! Deleting and keeping messages.

use clap::Subcommand;

/// How long messages stay on this computer.
#[derive(Debug, Subcommand)]
pub(crate) enum KeepingCommand {
    /// Delete messages from this computer; the provider's server is left alone.
    Delete {
        /// Their numbers, as `list` gives them.
        #[arg(required = true)]
        ids: Vec<i64>,
        /// For good, without a time to take it back.
        #[arg(long)]
        at_once: bool,
    },
    /// Take a deletion back.
    Undelete {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Keep messages from being deleted by anybody.
    Keep {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
        /// Don't keep them any more.
        #[arg(long)]
        off: bool,
    },
    /// Have messages removed from this computer after a time.
    Expire {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
        /// In so many days.
        #[arg(long, required_unless_present = "never")]
        days: Option<u32>,
        /// Never.
        #[arg(long, conflicts_with = "days")]
        never: bool,
    },
    /// Remove what may stay no longer: deleted, expired, or by policy's retention.
    Sweep,
}
