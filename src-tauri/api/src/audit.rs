//! The audit log as shown, verified and taken out.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, UnixMs};

/// Asks for a page of the audit log, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ListAudit {
    /// Only entries before this one.
    pub before: Option<u64>,
    /// Rows wanted, 200 at most.
    pub limit: u32,
    /// Which entries.
    #[serde(default)]
    pub filter: AuditFilter,
}

/// Which entries of the audit log are wanted; the default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct AuditFilter {
    /// What they are about.
    pub about: AuditAbout,
    /// Not before this moment.
    pub from: Option<UnixMs>,
    /// Before this moment.
    pub until: Option<UnixMs>,
    /// A text that stands in the sentence, in any case of letters.
    pub text: String,
}

/// What entries of the audit log are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditAbout {
    /// Anything.
    #[default]
    All,
    /// Opening and locking the mailbox, and what opens it.
    Access,
    /// Messages opened, searches.
    Reading,
    /// Decisions, messages sent, warnings overridden.
    Sending,
    /// What left the mailbox: files, exports, prints, backups.
    TakenOut,
    /// Keys, certificates, accounts, policy, provider.
    Settings,
    /// Mail fetched.
    Fetching,
    /// What failed, was refused or is unknown.
    Trouble,
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRow {
    /// Its number.
    pub seq: u64,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// Kind, such as `unlock` or `send`.
    pub kind: String,
    /// Outcome, such as `success` or `refused`.
    pub outcome: String,
    /// A plain sentence.
    pub sentence: String,
}

/// A page of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Entries in all.
    pub total: u64,
    /// Whether the chain holds, as far as was looked for this page.
    pub intact: bool,
    /// Where the next page begins: its `before`. None when the first entry was looked at.
    pub next: Option<u64>,
    /// Who outside is told of the log's state.
    #[serde(default)]
    pub outside: OutsideView,
}

/// Who outside is told of the log's state, as policy asks: they can vouch for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutsideView {
    /// Whether the system's log is told of each signature.
    pub system_log: bool,
    /// Whether it did not listen when it was told last.
    pub system_log_deaf: bool,
    /// Whom the state is mailed to.
    pub mail: Option<String>,
    /// When it was last mailed, and up to which entry.
    pub mailed: Option<(UnixMs, u64)>,
    /// Why the next mail waits.
    pub held: Option<ErrorCode>,
}

/// Asks whether the whole log is as it was written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyAudit {}

/// Whether signatures stand behind a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditSignature {
    /// Nothing is signed.
    Unsigned,
    /// Signed by the key that is given, or by those that it announced.
    Signed,
    /// Not as it should be.
    Broken,
}

/// Whether a log holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerdict {
    /// Whether every entry and signature is as it was written.
    pub intact: bool,
    /// Good entries, from the first.
    pub entries: u64,
    /// Hash of the last good entry, in hexadecimal.
    pub head: Option<String>,
    /// The number of the first bad entry, and what was done to it.
    pub first_bad: Option<(u64, String)>,
    /// Whether it is signed.
    pub signature: AuditSignature,
    /// Fingerprint of the first key that signed: what somebody outside writes down once.
    pub key: Option<String>,
    /// The last entry that a signature covers.
    pub signed_to: Option<u64>,
    /// The last entry that an anchor from outside vouches for.
    pub vouched_to: Option<u64>,
}

/// The form of an exported log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditFormat {
    /// JSON Lines with signatures and a signed end: the form that can be verified.
    Jsonl,
    /// A table for spreadsheets.
    Csv,
    /// Syslog messages (RFC 5424).
    Syslog,
    /// FHIR R4 `AuditEvent`, one a line.
    Fhir,
}

impl AuditFormat {
    /// The usual ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Syslog => "log",
            Self::Fhir => "ndjson",
        }
    }
}

/// Writes the log into a file that the user picks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExportAudit {
    /// In which form.
    pub format: AuditFormat,
}
