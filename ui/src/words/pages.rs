//! Words of the settings and of the audit log.

pub(crate) const ACCOUNT: &str = "Account";
pub(crate) const LOCK: &str = "Lock";
pub(crate) const IDLE: &str = "Lock when nobody uses it for";
pub(crate) const PROVIDER: &str = "Provider and agreement";
pub(crate) const PROVIDER_CHANGE: &str = "Record another provider or agreement";
pub(crate) const POLICY: &str = "Policy in force";
pub(crate) const POLICY_TEXT: &str = "A value with a lock is set by your organisation. Where both you and a policy set one, the stricter holds.";
pub(crate) const SETTING: &str = "Setting";
pub(crate) const VALUE: &str = "Value";
pub(crate) const SET_BY: &str = "Set by";
pub(crate) const LOCKED: &str = "Cannot be changed here";
pub(crate) const PASSPHRASE: &str = "Passphrase";
pub(crate) const RECOVERY_CODE: &str = "Recovery code";
pub(crate) const RECOVERY_CODE_WHY: &str = "Make a new one if the paper was lost or somebody else saw it. The old code then opens nothing on this computer; backups made before still open with it.";
pub(crate) const RECOVERY_CODE_MAKE: &str = "Make a new recovery code";
pub(crate) const RECOVERY_CODE_WRITE: &str =
    "Write it down and keep it safe, then type it back. Until then the old code counts.";
pub(crate) const RECOVERY_CODE_CONFIRM: &str = "Use this code from now on";
pub(crate) const RECOVERY_CODE_DONE: &str =
    "The new recovery code is in force. Destroy the paper with the old one.";
pub(crate) const SECURITY_KEY: &str = "Security key";
pub(crate) const SECURITY_KEY_WHY: &str = "A FIDO2 key that is plugged in and touched becomes a third part of what opens the mailbox, beside the passphrase and this computer's keyring. The recovery code still opens it without the key.";
pub(crate) const SECURITY_KEY_ALLOW: &str = "Use a security key with this mailbox";
pub(crate) const SECURITY_KEY_ADD: &str = "Add the key that is plugged in";
pub(crate) const SECURITY_KEY_REMOVE: &str = "Remove the key";
pub(crate) const SECURITY_KEY_PIN_HINT: &str =
    "Only if the key has one. It is asked for at each unlock then.";
pub(crate) const SECURITY_KEY_ADDED: &str = "From the next unlock on, the key is asked for.";
pub(crate) const SECURITY_KEY_REMOVED: &str = "The mailbox opens without a key again.";
pub(crate) const ONE_TIME: &str = "One-time codes";
pub(crate) const ONE_TIME_WHY: &str = "Ask for six digits of an authenticator app beside the passphrase. It keeps somebody at this keyboard out who learned the passphrase; it does not make a copied disk harder to open.";
pub(crate) const ONE_TIME_ON: &str = "Set up one-time codes";
pub(crate) const ONE_TIME_OFF: &str = "Switch one-time codes off";
pub(crate) const ONE_TIME_BUSY: &str = "One moment…";
pub(crate) const ONE_TIME_SECRET: &str =
    "Add this to your authenticator app, then type the code that it shows.";
pub(crate) const ONE_TIME_CONFIRM: &str = "Ask for codes from now on";
pub(crate) const ONE_TIME_ON_DONE: &str = "From the next unlock on, a code is asked for. The recovery code still opens the mailbox without one.";
pub(crate) const ONE_TIME_OFF_DONE: &str = "No code is asked for any more.";
pub(crate) const PASSPHRASE_CURRENT: &str = "Passphrase now";
pub(crate) const PASSPHRASE_CHANGE: &str = "Change the passphrase";
pub(crate) const PASSPHRASE_CHANGING: &str = "Changing it…";
pub(crate) const PASSPHRASE_CHANGED: &str =
    "The passphrase was changed. The recovery code is still the same.";
pub(crate) const AUDIT_LEAD: &str = "Who did what and when, chained so that a change shows. It holds no patient information and no addresses.";
pub(crate) const AUDIT_INTACT: &str =
    "The log is whole: each of these entries fits the one before.";
pub(crate) const AUDIT_BROKEN: &str = "The log was changed from outside: an entry does not fit the one before. Tell your privacy officer, and change nothing on this computer.";
pub(crate) const AUDIT_EMPTY: &str = "Nothing recorded yet";
pub(crate) const AUDIT_EMPTY_TEXT: &str = "What happens from now on is recorded here.";
pub(crate) const AUDIT_MORE: &str = "Show older entries";

/// The account's servers.
pub(crate) fn servers(imap: &str, smtp: &str) -> String {
    format!("Incoming {imap} · outgoing {smtp}")
}

/// Whether the account's provider is covered.
pub(crate) fn covered(covered: bool) -> &'static str {
    if covered { "covered by a BAA" } else { "no BAA recorded" }
}

/// A time to the lock.
pub(crate) fn minutes(seconds: u64) -> String {
    match seconds {
        60 => "1 minute".to_owned(),
        _ if seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} seconds"),
    }
}

/// The most that policy allows.
pub(crate) fn idle_most(seconds: u64) -> String {
    format!("{} at most", minutes(seconds))
}

/// When the agreement ends, where it is near.
pub(crate) fn baa_days(days: i64) -> String {
    match days {
        ..0 => "It has ended: nothing is sent.".to_owned(),
        0 => "It ends today.".to_owned(),
        1 => "It ends tomorrow.".to_owned(),
        _ => format!("It ends in {days} days: have it renewed."),
    }
}

/// The version.
pub(crate) fn version(version: &str) -> String {
    format!("Wardmail {version}")
}

/// A policy key in plain words; the key itself stands beside it.
pub(crate) fn policy_key(key: &str) -> &str {
    match key {
        "tls.min" => "Oldest TLS version",
        "lock.idleSeconds" => "Lock when nobody uses it for",
        "lock.onSuspend" => "Lock before the computer sleeps",
        "lock.onSystemIdle" => "Lock when nobody touches the computer",
        "lock.onLidClose" => "Lock when the lid is closed",
        "lock.onUserSwitch" => "Lock when another person's session comes to the front",
        "lock.onSessionLock" => "Lock with the session",
        "unlock.allowPassphraseOnly" => "Mailbox without the system's keyring",
        "unlock.allowSecurityKey" => "Security key beside the passphrase",
        "unlock.requireOneTimeCode" => "One-time code beside the passphrase",
        "emergency.certificates" => "Who in the organisation opens it in an emergency",
        "emergency.twoPeople" => "An emergency takes two people",
        "clipboard.clearSeconds" => "Take what was copied out of the clipboard after",
        "retention.days" => "Days that mail stays on this computer (0: for good)",
        "retention.folders" => "Days in single folders",
        "retention.onServer" => "Retention deletes on the provider's server too",
        "legalHold.everything" => "Legal hold on all mail",
        "legalHold.folders" => "Legal hold on folders",
        "delete.allowed" => "You may delete messages from this computer",
        "reauth.delete" => "Ask for the passphrase before messages are deleted",
        "erase.allowed" => "This mailbox may be erased from this computer",
        "reauth.content" => "Ask for the passphrase before a file is saved",
        "unlock.maxFailures" => "Wrong passphrases before a long wait",
        "unlock.afterLockout" => "After too many wrong passphrases",
        "unlock.lockoutSeconds" => "Length of the long wait",
        "unlock.passphraseMinLength" => "Shortest passphrase",
        "unlock.passphraseMinScore" => "Weakest passphrase (0 to 4)",
        "crypto.default" => "Sealing",
        "crypto.allowPlaintext" => "Sending without a seal",
        "crypto.noKeyFallback" => "Recipient without a key",
        "internalDomains" => "Own mail domains",
        "send.undoSeconds" => "Time to undo sending",
        "phi.subjectAction" => "Subject that names a patient",
        "remoteContent" => "Pictures from elsewhere",
        other => other,
    }
}

/// A policy value in plain words.
pub(crate) fn policy_value(key: &str, value: &str) -> String {
    if key.ends_with("Seconds") {
        return value.parse().map_or_else(|_| value.to_owned(), minutes);
    }
    let plain = match (key, value) {
        (_, "true") => "yes",
        (_, "false") => "no",
        (_, "") => "none",
        ("unlock.afterLockout", "wait") => "a wait",
        ("unlock.afterLockout", "erase") => "passphrase and recovery code end",
        ("crypto.default", "require") => "always, or not sent",
        ("crypto.default", "prefer") => "whenever possible",
        ("crypto.allowPlaintext", "never") => "never",
        ("crypto.noKeyFallback", "block") => "not sent",
        ("phi.subjectAction", "off") => "nothing",
        ("phi.subjectAction", "warn") => "warned",
        ("phi.subjectAction", "justify") => "stopped unless a reason is given",
        ("phi.subjectAction", "block") => "stopped",
        ("remoteContent", "never") => "never loaded",
        ("remoteContent", "ask") => "not loaded unasked",
        (_, other) => other,
    };
    plain.to_owned()
}
