//! Words of the locked screen.

use wardmail_api::session::{LockReason, PolicySummary};

use super::count;

pub(crate) const TITLE: &str = "Locked";
pub(crate) const TEXT: &str =
    "Your mail is sealed on this computer. Nothing is readable until you unlock it.";
pub(crate) const PASSPHRASE: &str = "Passphrase";
pub(crate) const ONE_TIME_CODE: &str = "Code from your authenticator";
pub(crate) const KEY_PIN: &str = "PIN of the security key";
pub(crate) const TOUCH: &str = "Touch your security key when it blinks.";
pub(crate) const TOUCH_TWICE: &str =
    "Touch your security key when it blinks, and once more when it blinks again.";
pub(crate) const TOUCH_CANCEL: &str = "Stop waiting for it";
pub(crate) const KEY_LOST: &str = "The security key is lost: open without it from now on";
pub(crate) const UNLOCK: &str = "Unlock";
pub(crate) const UNLOCKING: &str = "Unlocking…";
pub(crate) const USE_RECOVERY: &str = "Forgot it? Use the recovery code";
pub(crate) const USE_PASSPHRASE: &str = "Back to the passphrase";
pub(crate) const RECOVER_TITLE: &str = "Open with the recovery code";
pub(crate) const RECOVER_TEXT: &str =
    "Type the code that you wrote down at set-up, and choose a new passphrase.";
pub(crate) const NEW_PASSPHRASE: &str = "New passphrase";
pub(crate) const NEW_PASSPHRASE_AGAIN: &str = "New passphrase again";
pub(crate) const SET_ASIDE: &str = "Keep the damaged files aside…";
pub(crate) const SET_ASIDE_QUESTION: &str = "Keep the damaged mailbox aside?";
pub(crate) const SET_ASIDE_WHAT: &str = "Its files go into a folder of their own on this computer; nothing of them is \
     deleted. Then you can restore a backup, or set Wardmail up anew and fetch your mail from your provider again. What \
     was only here, such as drafts and your own key, comes back only with a backup.";
pub(crate) const SET_ASIDE_GO: &str = "Keep it aside and go on";
pub(crate) const SET_ASIDE_NOT: &str = "Leave it as it is";
pub(crate) const RECOVER: &str = "Open and set the new passphrase";

/// Why it is locked.
pub(crate) fn reason(reason: LockReason) -> &'static str {
    match reason {
        LockReason::Asked => "You locked it.",
        LockReason::Idle => {
            "It locked itself because nobody used it for a while. Your draft was saved."
        }
        LockReason::Quit => "Wardmail was closed.",
        LockReason::WindowLost => {
            "Its window failed, so it locked itself. Nothing that was saved is lost."
        }
        LockReason::ScreenLocked => "It locked with the screen.",
        LockReason::UserSwitched => "It locked when somebody else's session came to the front.",
        LockReason::SystemIdle => "It locked because nobody touched the computer for a while.",
        LockReason::LidClosed => "It locked when the lid was closed.",
        LockReason::Sleep => "It locked before the computer went to sleep.",
    }
}

/// What waits in the outbox.
pub(crate) fn waiting(number: u32) -> String {
    let waits = if number == 1 { "waits" } else { "wait" };
    format!(
        "{} {waits} in the outbox. Nothing is sent or fetched while Wardmail is locked.",
        count(number, "message", "messages")
    )
}

/// How many tries are left, and what follows the last.
pub(crate) fn tries_left(number: u32, erases: bool) -> String {
    let tries = count(number, "try", "tries");
    if erases {
        format!(
            "{tries} left. After that, passphrase and recovery code no longer open this mailbox."
        )
    } else {
        format!("{tries} left before a longer wait.")
    }
}

/// How long to wait.
pub(crate) fn wait(span: &str) -> String {
    format!("Too many wrong passphrases. The next try is possible in {span}.")
}

/// Who set the policy.
pub(crate) fn policy(policy: &PolicySummary) -> String {
    match (&policy.issuer, policy.serial) {
        _ if !policy.managed => "No policy by IT: Wardmail's strict defaults hold".to_owned(),
        (Some(issuer), Some(serial)) => format!("Policy {serial}, set by {issuer}"),
        (Some(issuer), None) => format!("Policy set by {issuer}"),
        (None, Some(serial)) => format!("Policy {serial}"),
        (None, None) => "Managed by policy".to_owned(),
    }
}
