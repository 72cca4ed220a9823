//! Words of the audit log's filters and checks.

use wardmail_api::audit::{AuditAbout, AuditFormat};

pub(crate) const FILTERS: &str = "Which entries";
pub(crate) const ABOUT: &str = "About";
pub(crate) const DAY: &str = "Day";
pub(crate) const WORDS: &str = "With these words";
pub(crate) const NONE: &str = "No such entries";
pub(crate) const NONE_TEXT: &str = "Choose another day, other words, or everything.";
pub(crate) const CHECK: &str = "Check and export";
pub(crate) const CHECK_TEXT: &str = "The whole log can be checked from its first entry, and given to your compliance office. Only JSON Lines can be checked again by others.";
pub(crate) const VERIFY: &str = "Check the whole log";
pub(crate) const FORMAT: &str = "Form of the export";
pub(crate) const EXPORT: &str = "Export…";
pub(crate) const EXPORTED: &str = "The log was exported, and that was recorded.";
pub(crate) const KEY: &str = "First key's fingerprint:";

/// What entries are about.
pub(crate) const fn about(about: AuditAbout) -> &'static str {
    match about {
        AuditAbout::All => "Everything",
        AuditAbout::Access => "Unlocking and locking",
        AuditAbout::Reading => "Reading and searching",
        AuditAbout::Sending => "Sending",
        AuditAbout::TakenOut => "Taken out or deleted",
        AuditAbout::Settings => "Keys, accounts, policy",
        AuditAbout::Fetching => "Fetching mail",
        AuditAbout::Trouble => "What went wrong",
    }
}

/// The form of an export.
pub(crate) const fn format(format: AuditFormat) -> &'static str {
    match format {
        AuditFormat::Jsonl => "JSON Lines, signed",
        AuditFormat::Csv => "Table (CSV)",
        AuditFormat::Syslog => "Syslog (RFC 5424)",
        AuditFormat::Fhir => "FHIR AuditEvent",
    }
}
