//! Owns the settings: each with its type, default, key, who may choose it, and which value is the stricter. The policy
//! document, the settings screen, the JSON Schema and the person's choices all come from this one table.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{ChoiceError, Chooser, Resolved, Row, Rule, Stated, text};
use crate::document::{Taken, take_stated};
use crate::load::PolicyError;
use crate::value::{
    AfterLockout, AllowPlaintext, ArmoredCertificate, CryptoDefault, Domain, FolderDays,
    FolderWord, MailAddress, NoKeyFallback, PersonName, PhiAction, RemoteContent, TlsMinimum,
    Value, Within, agreed, common, either, installed, least, most,
};

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $field:ident: $type:ty = $default:expr, $key:literal, $who:ident, $stricter:path;)+) => {
        /// What a policy says of each setting.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub(crate) struct StatedSettings {
            $(pub(crate) $field: Option<Stated<$type>>,)+
        }

        impl StatedSettings {
            /// Takes all settings out of the document.
            pub(crate) fn take(
                document: &mut Map<String, Json>,
                taken: &mut Taken,
            ) -> Result<Self, PolicyError> {
                Ok(Self { $($field: take_stated(document, $key, taken)?,)+ })
            }
        }

        /// What the person chose. Stored as JSON by key; what is absent was not chosen.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct UserChoices {
            $(#[serde(rename = $key, skip_serializing_if = "Option::is_none")]
            $field: Option<$type>,)+
        }

        impl UserChoices {
            /// Chooses a value by its key, or takes the choice back.
            ///
            /// # Errors
            /// [`ChoiceError`]: no such key, not the person's to choose, or no such value.
            pub fn set(&mut self, key: &str, value: Option<Json>) -> Result<(), ChoiceError> {
                match key {
                    $($key if Chooser::$who == Chooser::Policy => {
                        Err(ChoiceError::PolicyOnly)
                    }
                    $key => {
                        self.$field = value
                            .map(serde_json::from_value)
                            .transpose()
                            .map_err(|_| ChoiceError::BadValue)?;
                        Ok(())
                    })+
                    _ => Err(ChoiceError::UnknownKey),
                }
            }
        }

        /// Every setting's value in force.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $field: Resolved<$type>,)+
        }

        impl Settings {
            pub(crate) fn resolve(
                base: Option<&StatedSettings>,
                named: Option<&StatedSettings>,
                choices: &UserChoices,
            ) -> Self {
                Self {
                    $($field: Rule::<$type> {
                        default: $default,
                        chooser: Chooser::$who,
                        stricter: $stricter,
                    }
                    .resolve(
                        base.and_then(|stated| stated.$field.as_ref()),
                        named.and_then(|stated| stated.$field.as_ref()),
                        choices.$field.as_ref(),
                    ),)+
                }
            }

            /// Every setting as a line of the settings screen, in the table's order.
            pub(crate) fn rows(&self) -> Vec<Row> {
                vec![$(Row {
                    key: $key,
                    value: text(&self.$field.value),
                    set_by: self.$field.set_by,
                    reason: self.$field.reason.clone(),
                    locked: self.$field.locked,
                    choosable: Chooser::$who == Chooser::Person,
                },)+]
            }
        }

        /// Each setting's key, what it is, and its type's JSON Schema.
        pub(crate) fn entries() -> Vec<(&'static str, String, Json)> {
            vec![$(($key, concat!($($doc),+).trim().to_owned(), <$type>::schema()),)+]
        }
    };
}

settings! {
    /// The oldest TLS version that is spoken.
    tls_min: TlsMinimum = TlsMinimum::V1_2, "tls.min", Policy, most;
    /// Seconds without input until the mailbox locks.
    lock_idle_seconds: Within<30, 3600> = Within::nearest(600), "lock.idleSeconds", Person, least;
    /// Whether the mailbox locks before the computer sleeps.
    lock_on_suspend: bool = true, "lock.onSuspend", Person, most;
    /// Whether the mailbox locks with the session.
    lock_on_session_lock: bool = true, "lock.onSessionLock", Person, most;
    /// Whether the mailbox locks when another person's session comes to the front.
    lock_on_user_switch: bool = true, "lock.onUserSwitch", Person, most;
    /// Whether the mailbox locks when the desktop finds that nobody touches the computer.
    lock_on_system_idle: bool = true, "lock.onSystemIdle", Person, most;
    /// Whether the mailbox locks when the lid is closed.
    lock_on_lid_close: bool = true, "lock.onLidClose", Person, most;
    /// Whether a profile may be made without an OS keyring, on a passphrase alone.
    unlock_allow_passphrase_only: bool = false, "unlock.allowPassphraseOnly", Policy, least;
    /// Failed unlocks until the profile is locked out for a time.
    unlock_max_failures: Within<3, 100> = Within::nearest(10), "unlock.maxFailures", Policy, least;
    /// Seconds that a lock-out lasts.
    unlock_lockout_seconds: Within<30, 86400> = Within::nearest(900), "unlock.lockoutSeconds", Policy, most;
    /// What the lock-out does: it lasts its time, or it ends the owner's ways in for good. Only the installed policy can
    /// say so.
    unlock_after_lockout: AfterLockout = AfterLockout::Wait, "unlock.afterLockout", Policy, installed;
    /// The fewest characters of a passphrase.
    unlock_passphrase_min_length: Within<8, 128> = Within::nearest(12), "unlock.passphraseMinLength", Policy, most;
    /// The lowest zxcvbn score of a passphrase.
    unlock_passphrase_min_score: Within<0, 4> = Within::nearest(3), "unlock.passphraseMinScore", Policy, most;
    /// Whether nothing is sent until one-time codes are set up, and the owner can't switch them off. They guard the keyboard
    /// and are no key material.
    unlock_require_one_time_code: bool = false, "unlock.requireOneTimeCode", Policy, most;
    /// Whether a security key may be made a part of what opens the mailbox. One that is, stays one.
    unlock_allow_security_key: bool = false, "unlock.allowSecurityKey", Person, least;
    /// Whether saving attachments, reports of incidents and the audit log outside the mailbox needs the passphrase once more.
    reauth_content: bool = false, "reauth.content", Person, most;
    /// Seconds after which what was copied out of the window is taken out of the clipboard again; locking does it at once.
    clipboard_clear_seconds: Within<5, 600> = Within::nearest(60), "clipboard.clearSeconds", Person, least;
    /// Certificates of the organisation that open a mailbox in an emergency; the owner is told. Only the installed policy
    /// can name them.
    emergency_certificates: BTreeSet<ArmoredCertificate> = BTreeSet::new(), "emergency.certificates", Policy, installed;
    /// Whether an emergency opening takes two of the certificates' holders together.
    emergency_two_people: bool = true, "emergency.twoPeople", Policy, most;
    /// Whether messages are encrypted when they could do without.
    crypto_default: CryptoDefault = CryptoDefault::Require, "crypto.default", Policy, most;
    /// When a message may leave unencrypted. This version never sends one, whatever stands here.
    crypto_allow_plaintext: AllowPlaintext = AllowPlaintext::Never, "crypto.allowPlaintext", Policy, agreed;
    /// What happens with a recipient whose key is not usable.
    crypto_no_key_fallback: NoKeyFallback = NoKeyFallback::Block, "crypto.noKeyFallback", Policy, most;
    /// The organisation's own mail domains.
    internal_domains: BTreeSet<Domain> = BTreeSet::new(), "internalDomains", Policy, common;
    /// Seconds in which a sent message can be taken back.
    send_undo_seconds: Within<0, 120> = Within::nearest(10), "send.undoSeconds", Person, most;
    /// What happens when the subject has PHI in it.
    phi_subject_action: PhiAction = PhiAction::Justify, "phi.subjectAction", Person, most;
    /// What happens when the text or a file has PHI in it: they are always encrypted.
    phi_content_action: PhiAction = PhiAction::Warn, "phi.contentAction", Person, most;
    /// What happens when text or files touch what law protects specially: substance use, psychotherapy, HIV, reproductive health.
    phi_special_action: PhiAction = PhiAction::Justify, "phi.specialAction", Person, most;
    /// What happens when quoted PHI goes to a new domain, two patients stand in one message, or many see each other's addresses on PHI.
    phi_guard_action: PhiAction = PhiAction::Justify, "phi.guardAction", Person, most;
    /// The names of the organisation's staff: beside health words they are taken for staff, unless it is plain that they are the patient.
    phi_staff: BTreeSet<PersonName> = BTreeSet::new(), "phi.staff", Policy, common;
    /// The compliance office's address: once a day, and after many entries, the state of the audit log is mailed there, sealed
    /// like all mail. Only the installed policy can name it.
    audit_anchor_mail: MailAddress = MailAddress::default(), "audit.anchorMail", Policy, installed;
    /// Whether each signature over the audit log is told to the log of the system that Wardmail runs on.
    audit_anchor_syslog: bool = false, "audit.anchorSyslog", Policy, most;
    /// Whether mail may load remote content.
    remote_content: RemoteContent = RemoteContent::Ask, "remoteContent", Person, most;
    /// Days after which mail is removed from this computer, counted from when the provider took it in; 0 for never. Only the
    /// installed policy can say it, and a legal hold counts before it.
    retention_days: Within<0, 36500> = Within::nearest(0), "retention.days", Policy, installed;
    /// The same for single folders: by name, or by use as `inbox`, `sent`, `drafts`, `trash`, `archive`, `junk`.
    retention_folders: FolderDays = FolderDays::default(), "retention.folders", Policy, installed;
    /// Whether the provider's server is to delete what retention removes, too.
    retention_on_server: bool = false, "retention.onServer", Policy, installed;
    /// Whether nothing at all may be deleted from this mailbox.
    legal_hold_everything: bool = false, "legalHold.everything", Policy, most;
    /// Folders from which nothing may be deleted, named as for retention.
    legal_hold_folders: BTreeSet<FolderWord> = BTreeSet::new(), "legalHold.folders", Policy, either;
    /// Whether the owner may delete messages from this computer.
    delete_allowed: bool = true, "delete.allowed", Policy, least;
    /// Whether deleting messages needs the passphrase once more.
    reauth_delete: bool = false, "reauth.delete", Person, most;
    /// Whether the owner may have the whole mailbox on this computer erased. Only the installed policy can allow it.
    erase_allowed: bool = false, "erase.allowed", Policy, installed;
}
