//! Settings with the policy in force.

use serde::{Deserialize, Serialize};

use crate::{UnixMs, session::PolicySummary};

/// Asks for the settings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetSettings {}

/// One setting as policy and user leave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRow {
    /// Its key in the policy document.
    pub key: String,
    /// Its value in plain words.
    pub value: String,
    /// Who set it.
    pub set_by: String,
    /// Why, if the policy says.
    pub reason: Option<String>,
    /// Whether the user can change it.
    pub locked: bool,
}

/// The state of provider and connection, for the status line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// The provider's name.
    pub provider: Option<String>,
    /// The last day of the BAA, `YYYY-MM-DD`.
    pub baa_until: Option<String>,
    /// Days to the end of the BAA, when it is near.
    pub baa_days_left: Option<i64>,
    /// Connected now.
    pub online: bool,
    /// Why not, if not.
    pub trouble: Option<crate::ErrorCode>,
    /// TLS version, such as "TLS 1.3".
    pub tls: Option<String>,
    /// When everything was last up to date.
    pub synced: Option<UnixMs>,
    /// Messages whose text search covers.
    pub indexed: u32,
    /// All messages here.
    pub total: u32,
}

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// The policy in one line.
    pub policy: PolicySummary,
    /// Every bounded value.
    pub rows: Vec<PolicyRow>,
    /// Seconds until the mailbox locks itself.
    pub idle_seconds: u64,
    /// The most that policy allows.
    pub idle_max_seconds: u64,
    /// Provider and connection.
    pub connection: ConnectionView,
    /// When the last backup was made from here.
    pub last_backup: Option<UnixMs>,
    /// Whether policy lets the mailbox on this computer be erased.
    pub erase_allowed: bool,
}

/// Sets the idle time; policy bounds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetIdleLock {
    /// Seconds.
    pub seconds: u64,
}
