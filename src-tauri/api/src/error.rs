//! The errors a front end can be told: few, stable, free of any text that came from mail.
//!
//! Each code has a name on the wire, an exit code for `wardctl`, a sentence that says what
//! happened and one that says what to do. They are the only place where these are written.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($name:ident $slug:literal $exit:literal $what:literal $next:literal;)*) => {
        /// What went wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ErrorCode {
            $(#[doc = $what] #[serde(rename = $slug)] $name,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name on the wire and in the audit log.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// `wardctl` ends with this (1 and 2 are kept for panics and usage).
            pub const fn exit_code(self) -> u8 {
                match self { $(Self::$name => $exit,)* }
            }

            /// What happened, in one sentence.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)* }
            }

            /// What to do, in one sentence.
            pub const fn next(self) -> &'static str {
                match self { $(Self::$name => $next,)* }
            }
        }
    };
}

codes! {
    Locked "locked" 10
        "The mailbox is locked."
        "Unlock it and try again.";
    WrongPassphrase "wrong_passphrase" 11
        "That passphrase does not open this mailbox."
        "Check Caps Lock and the keyboard layout, then try again.";
    TryLater "try_later" 12
        "Too many wrong passphrases."
        "Wait until the time shown has passed, then try again.";
    RecoveryCodeMistyped "recovery_code_mistyped" 13
        "The recovery code has a typing mistake."
        "Compare it with what you wrote down, group by group.";
    RecoveryCodeWrong "recovery_code_wrong" 13
        "This is not the recovery code of this mailbox."
        "Look for the code that was made when this mailbox was set up.";
    NothingToConfirm "nothing_to_confirm" 14
        "There is no set-up to finish."
        "Start the set-up again.";
    PassphraseWeak "passphrase_weak" 15
        "That passphrase is too easy to guess."
        "Use at least 12 characters: several unrelated words work well.";
    PassphraseOnlyNotAllowed "passphrase_only_not_allowed" 16
        "Policy does not allow a mailbox without the system's keyring."
        "Start the keyring of this computer, or ask IT.";
    OneTimeCodeNeeded "one_time_code_needed" 17
        "This mailbox asks for a one-time code beside the passphrase."
        "Type the six digits that your authenticator shows.";
    OneTimeCodeWrong "one_time_code_wrong" 18
        "That one-time code is wrong or was used already."
        "Wait for the next one, and check this computer's clock.";
    ReauthenticationNeeded "reauthentication_needed" 19
        "This needs your passphrase once more."
        "Type it and try again.";
    KeyringAbsent "keyring_absent" 20
        "This computer has no keyring service running."
        "Start it (for example GNOME Keyring or KWallet) and try again; nothing was changed.";
    KeyringLocked "keyring_locked" 21
        "The keyring of this computer is locked."
        "Unlock it and try again; nothing was changed.";
    KeyringDenied "keyring_denied" 22
        "The keyring refused to give out Wardmail's secret."
        "Allow the access when the system asks, then try again.";
    KeyringTimedOut "keyring_timed_out" 23
        "The keyring did not answer in time."
        "See whether it waits for a password, then try again.";
    KeyringItemMissing "keyring_item_missing" 24
        "Wardmail's secret is not in this computer's keyring any more."
        "Open the mailbox with the recovery code; it will be put back.";
    KeyringFailed "keyring_failed" 25
        "The keyring of this computer failed."
        "Restart the session and try again; if it stays so, use the recovery code.";
    EmergencyNotPrepared "emergency_not_prepared" 26
        "Your organisation has no way into this mailbox."
        "Use the recovery code: policy named no recovery certificate when it was last open.";
    EmergencyKeyWrong "emergency_key_wrong" 27
        "The keys that were given do not open this mailbox."
        "Give the keys of the certificates that policy names; where it asks for two people, both.";
    AccessErased "access_erased" 28
        "Passphrase and recovery code no longer open this mailbox: too many wrong passphrases were typed, or its owner had it erased under a legal hold."
        "Ask IT: what your organisation holds still opens it.";
    EmergencyTwoPeople "emergency_two_people" 29
        "Policy asks for two people to open this mailbox."
        "Give the keys of two certificates that policy names; with one nothing was opened.";
    ProfileMissing "profile_missing" 30
        "There is no mailbox here yet."
        "Set one up first.";
    ProfileExists "profile_exists" 31
        "There is a mailbox here already."
        "Unlock it, or choose another folder.";
    ProfileInUse "profile_in_use" 32
        "Wardmail has this mailbox open already."
        "Go to the window that is open, or close it first.";
    VaultDamaged "vault_damaged" 33
        "The file that guards this mailbox is damaged."
        "Keep it aside, then restore a backup; nothing was changed or deleted.";
    VaultNewer "vault_newer" 34
        "This mailbox was last opened by a newer Wardmail."
        "Update Wardmail on this computer.";
    MailboxMissing "mailbox_missing" 35
        "The mailbox file is not where it should be."
        "Put it back, or keep the rest aside and restore a backup; nothing was changed.";
    MailboxNotEncrypted "mailbox_not_encrypted" 36
        "The mailbox file is not encrypted, so it was not opened."
        "Ask IT: somebody replaced the file.";
    MailboxWrongKey "mailbox_wrong_key" 37
        "The mailbox file does not belong to this profile."
        "Put the file that belongs to it back, or keep this one aside; nothing was changed.";
    MailboxCorrupt "mailbox_corrupt" 38
        "The mailbox file is damaged."
        "Keep it aside, then restore a backup or set up anew; nothing was deleted.";
    MailboxNewer "mailbox_newer" 39
        "The mailbox was made by a newer Wardmail."
        "Update Wardmail on this computer.";
    DiskFull "disk_full" 40
        "The disk is full, so nothing could be saved."
        "Free some space and try again; what was there is unharmed.";
    DiskFailed "disk_failed" 41
        "The disk could not be read or written."
        "Check the disk and its permissions, then try again.";
    AuditUnavailable "audit_unavailable" 42
        "The audit log cannot be written, so this was not done."
        "Free some disk space or ask IT; reading still works.";
    BackupDamaged "backup_damaged" 43
        "The backup is damaged or not complete."
        "Use another one; nothing was changed.";
    BackupNewer "backup_newer" 44
        "The backup was made by a newer Wardmail."
        "Update Wardmail on this computer.";
    NotABackup "not_a_backup" 45
        "This file is not a backup of Wardmail."
        "Choose the file that a backup was written to.";
    BackupStopped "backup_stopped" 46
        "It was stopped before it was done."
        "Nothing of it was kept; start it again when there is time.";
    PolicyMissing "policy_missing" 50
        "This mailbox is managed, but its policy is not there."
        "Nothing is sent until IT restores it; reading still works.";
    PolicyUnreadable "policy_unreadable" 51
        "The policy of this computer cannot be read."
        "Nothing is sent until IT repairs it; reading still works.";
    PolicyInvalid "policy_invalid" 52
        "The policy of this computer has a mistake."
        "Nothing is sent until IT repairs it; reading still works.";
    ProviderNotAttested "provider_not_attested" 53
        "No provider with a Business Associate Agreement is recorded."
        "Record it under Settings, then send again.";
    ProviderNotCovered "provider_not_covered" 54
        "This provider is not covered by a Business Associate Agreement."
        "Use the provider that your organisation has an agreement with, or ask IT.";
    BaaExpired "baa_expired" 55
        "The Business Associate Agreement with this provider has ended."
        "Ask IT to renew it; the message stays in the outbox.";
    NotAllowed "not_allowed" 56
        "Policy does not allow this."
        "Ask IT if you need it.";
    LegalHold "legal_hold" 57
        "This mail is under legal hold, so it stays."
        "Ask whoever set the hold; the message says who it was.";
    Kept "kept" 58
        "This message is marked to be kept, so it stays."
        "Take the mark Keep away if it may go.";
    EraseNotConfirmed "erase_not_confirmed" 59
        "The word that confirms it was not typed."
        "Type ERASE if everything on this computer is to go; nothing was erased.";
    HostNotFound "host_not_found" 60
        "There is no server of that name."
        "Check the spelling of the server's name, and the network.";
    ConnectionRefused "connection_refused" 61
        "The server does not accept connections there."
        "Check the server's name and port, or try again later.";
    Offline "offline" 62
        "The provider cannot be reached."
        "Everything else works; mail goes out and comes in when the connection is back.";
    TimedOut "timed_out" 63
        "The server did not answer in time."
        "Try again later; nothing was lost.";
    TlsUntrusted "tls_untrusted" 64
        "The server's certificate was not issued by anybody this computer trusts."
        "Do not go on. Ask IT to add the authority to the policy if the server is yours.";
    TlsWrongHost "tls_wrong_host" 65
        "The server's certificate belongs to another name."
        "Check the server's name; if it is right, do not go on and ask IT.";
    TlsExpired "tls_expired" 66
        "The server's certificate is out of date."
        "Check this computer's clock; otherwise ask the provider.";
    TlsFailed "tls_failed" 67
        "A safe connection to the server could not be made."
        "Nothing was sent. Ask IT.";
    AuthRejected "auth_rejected" 68
        "The server refused the name or the password."
        "Check both; some providers want an app password.";
    ServerProtocol "server_protocol" 69
        "The server answered in a way that makes no sense."
        "Try again later; nothing was lost.";
    ServerRefused "server_refused" 70
        "The server refused."
        "Try again later; if it stays so, ask the provider.";
    RecipientRefused "recipient_refused" 71
        "The provider does not accept one of the recipients."
        "Check the addresses; nothing was sent to anybody.";
    MessageRefused "message_refused" 72
        "The provider refused the message."
        "Nothing was sent. The message stays in the outbox.";
    SendUncertain "send_uncertain" 73
        "The connection broke after the message was handed over, so it may or may not have arrived."
        "Ask the recipient or look in Sent, then say so in the outbox; it is not sent twice by itself.";
    PartlySent "partly_sent" 74
        "The provider took the message for some of the recipients and refused it for others."
        "Check the addresses and try again: whoever has it does not get it twice.";
    LoginUnsupported "login_unsupported" 75
        "The server offers no login that Wardmail can use."
        "Ask the provider for a server that takes a name and a password.";
    NotFound "not_found" 80
        "That is not there any more."
        "It may have been moved or deleted; the list shows what is there.";
    BodyNotFetched "body_not_fetched" 81
        "The text of this message is not on this computer yet."
        "It is fetched when the provider can be reached.";
    NotDecryptable "not_decryptable" 82
        "This message is sealed for a key that is not here."
        "Import the key, or ask the sender to send it again.";
    MessageDamaged "message_damaged" 83
        "This message was damaged or changed on its way, so it is not shown."
        "Ask the sender to send it again.";
    TooLarge "too_large" 84
        "That is too large."
        "Use a smaller file, or several messages.";
    SealUnsupported "seal_unsupported" 85
        "This message is sealed in a way that Wardmail cannot open."
        "Ask the sender to use OpenPGP with current settings.";
    MessageTooLarge "message_too_large" 86
        "This message is too large to be opened safely."
        "Ask the sender for a smaller one.";
    FileNotFound "file_not_found" 87
        "There is no file or folder of that name."
        "Check the path; nothing was done.";
    FileExists "file_exists" 88
        "There is a file of that name already."
        "Choose another name; nothing was overwritten.";
    NoRecipients "no_recipients" 90
        "There is nobody to send it to."
        "Add a recipient.";
    RecipientInvalid "recipient_invalid" 91
        "This is not a complete e-mail address."
        "Correct it.";
    RecipientKeyMissing "recipient_key_missing" 92
        "There is no key for this person, so the message cannot be sealed."
        "Import their certificate under People and keys.";
    RecipientKeyUnusable "recipient_key_unusable" 93
        "The key of this person can no longer be used."
        "Ask them for their new certificate.";
    RecipientKeyRejected "recipient_key_rejected" 94
        "You said that the key of this person is not theirs."
        "Check it with them under People and keys.";
    OwnKeyMissing "own_key_missing" 95
        "You have no key yet, so nothing can be sealed."
        "Make or import one under People and keys.";
    OwnKeyUnusable "own_key_unusable" 96
        "Your key can no longer be used."
        "Make a new one under People and keys.";
    AccountMissing "account_missing" 97
        "There is no account yet."
        "Add one under Settings.";
    ReasonNeeded "reason_needed" 98
        "The message is about a patient in a way that needs a reason."
        "Use a neutral subject and check text, files and recipients, or give a reason.";
    SubjectBlocked "subject_blocked" 99
        "The subject seems to name a patient, and policy does not let that out."
        "Use the neutral subject.";
    UndoTooLate "undo_too_late" 100
        "It is too late to take this message back."
        "It is on its way or was sent.";
    NotWaiting "not_waiting" 101
        "This message does not wait in the outbox."
        "Look at its state in the outbox.";
    KeyPasswordWrong "key_password_wrong" 102
        "The password does not open this key."
        "Check it and try again.";
    KeyPasswordNeeded "key_password_needed" 103
        "This key is protected with a password."
        "Type it to import the key.";
    KeyUnusable "key_unusable" 104
        "There is no secret key in this that can open mail."
        "Export the whole secret key from where you have it.";
    CertificateUnreadable "certificate_unreadable" 105
        "There is no certificate in this text."
        "Paste the whole block, from BEGIN to END.";
    RecipientKeyChanged "recipient_key_changed" 106
        "The key of this person has changed."
        "Compare it with them under People and keys, then send the message again.";
    TooManyRecipients "too_many_recipients" 107
        "That is too many recipients for one message."
        "Send it as several messages.";
    DraftChanged "draft_changed" 108
        "The draft was changed after it was checked, so it was not sent."
        "Look at it, then send it again.";
    DraftQueued "draft_queued" 109
        "This draft is in the outbox already."
        "Take it back from the outbox to change it.";
    InvalidRequest "invalid_request" 110
        "Something that was typed is not complete or not allowed."
        "Check it and try again.";
    Internal "internal" 111
        "Something went wrong inside Wardmail."
        "Try again; if it stays so, restart Wardmail. Nothing was lost.";
    ContentBlocked "content_blocked" 112
        "What the message says of patients is not allowed out by policy."
        "Change the text, the files or the recipients as the composer says.";
    KeyNotForSigning "key_not_for_signing" 113
        "This key cannot sign the mail of your account."
        "Choose one that is valid and names your address, or make a new one.";
    OneTimeCodesRequired "one_time_codes_required" 114
        "Policy wants one-time codes before anything is sent."
        "Set them up under Settings; what waits in the outbox is sent then.";
    SecurityKeyMissing "security_key_missing" 120
        "This needs a security key, and none is plugged in."
        "Plug it in and try again; if it is lost, use the recovery code.";
    SecurityKeyNotTouched "security_key_not_touched" 121
        "The security key was not touched in time."
        "Try again, and touch it when it blinks.";
    SecurityKeyCancelled "security_key_cancelled" 122
        "The security key is no longer waited for."
        "Try again when it is at hand.";
    SecurityKeyWrong "security_key_wrong" 123
        "This is not the security key of this mailbox."
        "Plug in the right one; if it is lost, use the recovery code.";
    SecurityKeyUnusable "security_key_unusable" 124
        "This security key cannot guard a mailbox on this computer."
        "Use one with FIDO2 hmac-secret, on Linux, and leave no other plugged in.";
    SecurityKeyPinNeeded "security_key_pin_needed" 125
        "The security key asks for its PIN."
        "Type the PIN of the key and try again.";
    SecurityKeyPinWrong "security_key_pin_wrong" 126
        "That is not the PIN of the security key."
        "Check it and try again: after a few wrong ones the key locks itself.";
    SecurityKeyPinLocked "security_key_pin_locked" 127
        "The security key is locked after too many wrong PINs."
        "Unplug it, plug it in and try again; if it stays locked, use the recovery code.";
    SecurityKeyDenied "security_key_denied" 128
        "Wardmail may not speak to the security key."
        "Ask IT for the udev rule that lets the person at the screen use it.";
    SecurityKeyFailed "security_key_failed" 129
        "The security key failed."
        "Unplug it, plug it in and try again.";
    SecurityKeyPresent "security_key_present" 130
        "This mailbox has a security key already."
        "Remove that one first.";
}

impl ErrorCode {
    /// Whether a profile in this state may be kept aside: its files are damaged, lost, or others in their place.
    pub const fn may_be_set_aside(self) -> bool {
        matches!(
            self,
            Self::VaultDamaged
                | Self::MailboxMissing
                | Self::MailboxNotEncrypted
                | Self::MailboxWrongKey
                | Self::MailboxCorrupt
        )
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what(), self.next())
    }
}

/// What a command answers when it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// What went wrong.
    pub code: ErrorCode,
    /// A number that belongs to it: seconds to wait, or which recipient.
    pub detail: Option<u64>,
}

impl ApiError {
    /// An error with a number that belongs to it.
    pub const fn with_detail(code: ErrorCode, detail: u64) -> Self {
        Self { code, detail: Some(detail) }
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self { code, detail: None }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(f)
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn slugs_are_unique_and_each_sentence_is_one() {
        let slugs: BTreeSet<_> = ErrorCode::ALL.iter().map(|c| c.slug()).collect();
        assert_eq!(slugs.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(code.what().ends_with('.') && code.next().ends_with('.'), "{}", code.slug());
            assert!(code.exit_code() > 2, "{}", code.slug());
            assert_eq!(serde_json::to_value(code).unwrap(), code.slug());
        }
    }
}
