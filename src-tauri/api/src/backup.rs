//! The whole profile as one encrypted file, back again, and its end.

use serde::{Deserialize, Serialize};

use crate::{Secret, UnixMs, session::AppStatus};

/// What must be typed before a mailbox is erased.
pub const ERASE_WORD: &str = "ERASE";

/// Writes the profile into a file: the shell asks for the place. The mailbox stays open; nothing is written to it
/// meanwhile.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackUp {}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackedUpView {
    /// When it was made; none if the user changed their mind.
    pub made_at: Option<UnixMs>,
    /// Bytes of mail and settings in it.
    pub bytes: u64,
}

/// Stops the backup that is being written, if one is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelBackup {}

/// Makes the profile from a backup: the shell asks for the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RestoreBackup {
    /// The recovery code that was in force when the backup was made.
    pub code: Secret,
    /// The passphrase from now on.
    pub passphrase: Secret,
    /// Do without the OS keyring (only where policy allows it).
    pub passphrase_only: bool,
}

/// Stops the restore that is going on, if one is: no profile is made then.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelRestore {}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestoredView {
    /// The state of the program; none if the user changed their mind.
    pub status: Option<AppStatus>,
}

/// Erases the mailbox on this computer, after its log was exported: the shell asks where to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EraseProfile {
    /// [`ERASE_WORD`], typed.
    pub confirmation: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasedView {
    /// False when the user changed their mind.
    pub erased: bool,
    /// Whether a legal hold left the organisation's way in, and the mailbox with it.
    pub kept_for_organisation: bool,
    /// Entries of the exported log.
    pub log_entries: u64,
}
