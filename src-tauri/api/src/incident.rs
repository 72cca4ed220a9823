//! The incident kit: what happened, as the user says it, and the facts that the mailbox has on it.
//!
//! It gathers facts. It never says that there was no breach: that is for a person to decide (45 CFR 164.402).

use serde::{Deserialize, Serialize};

use crate::{OutboxId, UnixMs, audit::AuditVerdict, keys::Trust};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Incident {
    /// The computer is gone.
    LostComputer {
        /// When the owner last had it, if known.
        last_seen: Option<UnixMs>,
    },
    /// A message went to somebody whom it was not for.
    WrongRecipient {
        /// The message, as it stands in the outbox.
        message: OutboxId,
        /// Whom it was not for.
        wrong: Vec<String>,
    },
}

/// An incident, with what only people know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct IncidentStatement {
    /// What happened.
    pub incident: Incident,
    /// The first day on which anybody of the organisation knew, `YYYY-MM-DD`.
    pub discovered: String,
    /// How many individuals are affected, as far as people know by now.
    pub individuals: Option<u32>,
}

/// Asks for the facts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DescribeIncident {
    /// The incident.
    pub statement: IncidentStatement,
}

/// Writes the report as PDF, and as JSON beside it, where the user picks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaveIncident {
    /// The incident.
    pub statement: IncidentStatement,
}

/// The facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IncidentReport {
    /// The version of this form.
    pub version: u32,
    /// When it was made, RFC 3339 in UTC.
    pub made: String,
    /// What it is about, as the user said it.
    pub statement: IncidentStatement,
    /// The limits that run.
    pub limits: Limits,
    /// What the mailbox holds.
    pub holdings: Holdings,
    /// Who stands in its messages; for a wrong recipient, who got this one.
    pub people: Vec<PersonAffected>,
    /// How many there are in all, where the list is cut.
    pub people_in_all: u64,
    /// How the mailbox was closed.
    pub protection: Protection,
    /// For a lost computer: what the log says of the time.
    pub last_seen: Option<AroundLastSeen>,
    /// For a wrong recipient: the message.
    pub message: Option<MessageSent>,
    /// What stands in the log about it, oldest first.
    pub entries: Vec<String>,
    /// Whether the log holds, with its last hash.
    pub audit: AuditVerdict,
}

/// What runs from the day of discovery (45 CFR 164.404–408).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The last day to tell the individuals, `YYYY-MM-DD`: 60 calendar days after discovery. States may want it earlier.
    pub outer_limit: String,
    /// Days left until then; below zero when it has passed.
    pub days_left: i64,
    /// The last day to tell the Secretary where fewer than 500 individuals are affected: 60 days after the year's end.
    pub yearly_limit: String,
    /// Whether 500 or more individuals are affected: then the Secretary is told with them. None if nobody knows yet.
    pub tell_secretary_now: Option<bool>,
    /// Whether more than 500 are: then, if they live in one State, its media are told. None if nobody knows yet.
    pub maybe_media: Option<bool>,
}

/// What the mailbox holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Holdings {
    /// Messages.
    pub messages: u64,
    /// Of them with their text here.
    pub with_text: u64,
    /// Of them sealed end to end.
    pub sealed: u64,
    /// Of them with files.
    pub with_files: u64,
    /// Of them in which the detector found health information.
    pub with_findings: u64,
    /// Of them not looked at by the detector, which count as if it had found some.
    pub not_scanned: u64,
    /// Drafts.
    pub drafts: u64,
    /// Messages that wait to be sent.
    pub waiting: u64,
    /// The oldest message's date.
    pub oldest: Option<UnixMs>,
    /// The newest message's date.
    pub newest: Option<UnixMs>,
}

/// Somebody who stands in messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonAffected {
    /// The address.
    pub address: String,
    /// The name, if it is known.
    pub name: String,
    /// Messages that name this address.
    pub messages: u64,
    /// Of them with health information, found or not scanned.
    pub with_findings: u64,
}

/// How the mailbox was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Protection {
    /// Whether a secret in the computer's keyring is needed beside the passphrase.
    pub needs_keyring: bool,
    /// Seconds without input until it locks itself.
    pub locks_after_seconds: u64,
    /// Wrong passphrases until a lock-out.
    pub tries: u32,
    /// Whether the disk under the mailbox is encrypted, as this computer says now.
    pub disk: DiskState,
    /// Whether what memory is paged out to is encrypted, as this computer says now.
    pub swap: DiskState,
}

/// Whether a disk is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DiskState {
    /// It lies on an encrypted device (dm-crypt, LUKS) or file system.
    Encrypted,
    /// It lies in memory, or there is none.
    None,
    /// No encryption was found below it.
    NotFound,
    /// It can't be told.
    Unknown,
}

/// What the log says of the time when the computer was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AroundLastSeen {
    /// Whether the mailbox was open then.
    pub open: Option<bool>,
    /// When it was locked after that, RFC 3339 in UTC, if the log at hand says.
    pub locked_after: Option<String>,
    /// How often it was opened after that.
    pub unlocks_after: u64,
    /// Failed tries after that.
    pub failures_after: u64,
    /// The last entry of the log at hand, RFC 3339 in UTC.
    pub log_ends: Option<String>,
}

/// The message that went to somebody whom it was not for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageSent {
    /// When it was queued.
    pub created: UnixMs,
    /// Where it stands.
    pub state: crate::compose::OutboxState,
    /// Its subject.
    pub subject: String,
    /// Whether the detector found health information in the subject.
    pub subject_findings: bool,
    /// What the detector found in text and subject, and how often.
    pub findings: Vec<(String, u64)>,
    /// The files that it carries.
    pub files: Vec<String>,
    /// Who could open it.
    pub readers: Vec<ReaderOf>,
}

/// Somebody for whom a message was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReaderOf {
    /// The address.
    pub address: String,
    /// Whether the user says that it was not for them.
    pub wrong: bool,
    /// The certificate it was sealed for, if it was.
    pub fingerprint: Option<String>,
    /// How far that certificate was checked.
    pub trust: Option<Trust>,
}
