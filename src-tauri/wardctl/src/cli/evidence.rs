//! The audit log and incidents.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify an exported log, or the profile's own.
    Verify(VerifyArguments),
    /// Write the profile's log into a file.
    Export {
        /// In which form.
        #[arg(long, default_value = "jsonl")]
        format: FormatWord,
        /// The file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// List the newest entries.
    List {
        /// Entries at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The exported log; the profile's own if absent.
    pub(crate) file: Option<PathBuf>,
    /// The fingerprint that the log's first key must have.
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) key: Option<String>,
    /// A text with anchors that were kept outside: a checkpoint mail, a system log; again for more.
    #[arg(long, visible_alias = "anchors", value_name = "FILE")]
    pub(crate) anchor: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatWord {
    /// JSON Lines with signatures and a signed end: the form that can be verified.
    Jsonl,
    /// A table for spreadsheets.
    Csv,
    /// Syslog messages (RFC 5424).
    Syslog,
    /// FHIR R4 `AuditEvent`, one a line.
    Fhir,
}

/// Reports of incidents: they gather facts, and conclude nothing.
#[derive(Debug, Subcommand)]
pub(crate) enum IncidentCommand {
    /// The computer is gone.
    LostComputer {
        #[command(flatten)]
        about: IncidentArguments,
        /// When the owner last had it, such as 2026-11-20T17:30:00-05:00.
        #[arg(long, value_name = "TIME")]
        last_seen: Option<String>,
    },
    /// A message went to somebody whom it was not for.
    WrongRecipient {
        #[command(flatten)]
        about: IncidentArguments,
        /// The message's number in the outbox.
        #[arg(long, value_name = "ID")]
        message: i64,
        /// Whom it was not for; again for more.
        #[arg(long, required = true)]
        recipient: Vec<String>,
    },
}

/// What only people know of an incident.
#[derive(Debug, Args)]
pub(crate) struct IncidentArguments {
    /// The first day on which anybody of the organisation knew.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) discovered: String,
    /// How many individuals are affected, as far as it is known.
    #[arg(long, value_name = "N")]
    pub(crate) individuals: Option<u32>,
    /// Write the report here, as PDF, and as JSON beside it.
    #[arg(long, value_name = "FILE.pdf")]
    pub(crate) out: Option<PathBuf>,
}
