//! Words about deleting and keeping messages, backups, and the end of a mailbox.

use wardmail_api::UnixMs;

use crate::time;

pub(crate) const AGAIN: &str = "Your passphrase once more";
pub(crate) const AGAIN_WHY: &str = "This takes something out of the mailbox or deletes it, so Wardmail makes sure that it is you. The answer counts for five minutes.";
pub(crate) const AGAIN_GO: &str = "Go on";

pub(crate) const DELETE: &str = "Delete from this computer";
pub(crate) const DELETED: &str = "Deleted from this computer.";
pub(crate) const KEEP: &str = "Keep";
pub(crate) const KEPT: &str = "Kept: nothing deletes it";
pub(crate) const HOLD: &str = "Legal hold";
pub(crate) const VOID: &str = "No longer valid";
pub(crate) const VOID_TITLE: &str = "Its sender says that this message is no longer valid";
pub(crate) const VOID_SHOW: &str = "Show it all the same";
pub(crate) const EXPIRY: &str = "Delete from this computer by itself";
pub(crate) const EXPIRY_NEVER: &str = "Never";
pub(crate) const EXPIRY_SET: &str = "On the day shown above";

/// The times that a message can be given, in days.
pub(crate) const EXPIRY_CHOICES: [(u32, &str); 5] = [
    (7, "In a week"),
    (30, "In 30 days"),
    (90, "In 90 days"),
    (365, "In a year"),
    (2_190, "In six years"),
];

/// When a message goes by itself.
pub(crate) fn expires(at: UnixMs) -> String {
    format!("Is deleted from this computer on {}.", time::day(at))
}

/// Who holds a message.
pub(crate) fn held(by: &str) -> String {
    format!("Set by {by}: nothing deletes this message.")
}

/// Since when a message doesn't hold any more.
pub(crate) fn void_since(at: UnixMs) -> String {
    format!("Since {}. Nothing was deleted.", time::day(at))
}

pub(crate) const BACKUP: &str = "Backup";
pub(crate) const BACKUP_WHY: &str = "One encrypted file with everything of this mailbox, read back after writing. It is opened with the recovery code that you have now, on this or another computer, so keep that code elsewhere.";
pub(crate) const BACKUP_NOW: &str = "Back up now…";
pub(crate) const BACKUP_STOP: &str = "Stop";
pub(crate) const BACKUP_DONE: &str = "The backup was written and read back: it is whole.";
pub(crate) const BACKUP_NEVER: &str = "No backup was made from here yet.";

/// When the last backup was made.
pub(crate) fn last_backup(at: UnixMs) -> String {
    format!("The last backup from here: {}.", time::in_full(at))
}

/// How far a backup is.
pub(crate) fn backing_up(percent: u32) -> String {
    format!("Writing and reading back: {percent} %")
}

pub(crate) const ERASE: &str = "Erase this mailbox";
pub(crate) const ERASE_WHY: &str = "For the day you leave. First the audit log is saved where you say; if that fails, nothing is erased. Then what opens the mailbox on this computer is destroyed, and the mailbox with it. Mail on the provider's server stays, and so does every backup: the recovery code opens those still. Under a legal hold your ways in go and your organisation's stays.";
pub(crate) const ERASE_TYPE: &str = "Type ERASE to confirm";
pub(crate) const ERASE_GO: &str = "Save the log and erase…";
pub(crate) const ERASING: &str = "Erasing…";

pub(crate) const RESTORE_OPEN: &str = "Restore a backup instead";
pub(crate) const RESTORE_TITLE: &str = "Restore a backup";
pub(crate) const RESTORE_TEXT: &str = "Type the recovery code that you had when the backup was made, and choose a passphrase for this computer. Then choose the file.";
pub(crate) const RESTORE_GO: &str = "Choose the file and restore…";
pub(crate) const RESTORING: &str = "Restoring; large mailboxes take minutes…";
pub(crate) const RESTORE_STOP: &str = "Stop";
pub(crate) const RESTORE_BACK: &str = "Set up a new mailbox instead";

pub(crate) fn restoring(percent: u32) -> String {
    format!("Restoring: {percent} %")
}
