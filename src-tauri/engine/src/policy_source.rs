//! Where the policy comes from, and what the session asks of it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use wardmail_api::{ErrorCode, session::PolicySummary};
use wardmail_policy::{
    AfterLockout, Authority, Closed, Effective, Origin, Policy, PolicyError, Sources, UserChoices,
};
use wardmail_vault::{AttemptLimits, Passphrase, PassphraseRules, passphrase_strength};

use crate::error::Error;

/// Where IT installs the policy.
pub(crate) const INSTALLED: &str = wardmail_policy::INSTALLED_PATH;

/// What the mailbox remembers of policies; known while it is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remembered {
    /// The owner's own choices.
    pub(crate) choices: UserChoices,
    /// Whether the profile was ever managed.
    pub(crate) was_managed: bool,
    /// The bytes of the last installed policy that was verified.
    pub(crate) last_verified: Option<Vec<u8>>,
}

/// The places of the policy files, and what the open mailbox remembers.
#[derive(Debug)]
pub(crate) struct PolicySource {
    installed: PathBuf,
    named: Option<PathBuf>,
    managed_mark: PathBuf,
    remembered: Mutex<Remembered>,
    /// What was in force when it was last asked whether that changed.
    last: Mutex<Option<PolicyState>>,
}

/// The policy in force.
#[derive(Clone, Debug)]
pub(crate) struct PolicyState {
    effective: Arc<Effective>,
    installed_bytes: Option<Arc<Vec<u8>>>,
    trouble: Option<ErrorCode>,
    idle_bound: Option<Duration>,
}

/// What marks a profile as managed. Beside the mailbox, so that it stays so while it is locked too.
pub(crate) fn managed_mark(profile: &Path) -> PathBuf {
    profile.join("managed")
}

impl PolicySource {
    /// Policies at these places.
    pub(crate) fn new(installed: PathBuf, named: Option<PathBuf>, profile: &Path) -> Self {
        Self {
            installed,
            named,
            managed_mark: managed_mark(profile),
            remembered: Mutex::default(),
            last: Mutex::default(),
        }
    }

    /// Takes over what the mailbox remembers.
    pub(crate) fn remember(&self, remembered: Remembered) {
        if let Ok(mut slot) = self.remembered.lock() {
            *slot = remembered;
        }
    }

    /// Marks the profile as managed, outside the mailbox too.
    pub(crate) fn mark_managed(&self) -> std::io::Result<()> {
        if self.managed_mark.exists() { Ok(()) } else { std::fs::write(&self.managed_mark, b"") }
    }

    /// Whether this is another policy than the last that was asked about; the first is no news.
    pub(crate) fn is_news(&self, now: &PolicyState) -> bool {
        let Ok(mut last) = self.last.lock() else { return false };
        let before = last.replace(now.clone());
        before.is_some_and(|before| {
            before.effective != now.effective || before.trouble != now.trouble
        })
    }

    /// Reads the policy as it is now.
    pub(crate) fn load(&self) -> PolicyState {
        let remembered = self.remembered.lock().map(|r| r.clone()).unwrap_or_default();
        let installed = Policy::load(&self.installed, Origin::Installed);
        let named = self.named.as_ref().map(|path| Policy::load(path, Origin::Named));
        let last_verified =
            remembered.last_verified.and_then(|bytes| Policy::recall(bytes, &self.installed).ok());
        let was_managed = remembered.was_managed || self.managed_mark.exists();
        let resolve = |choices: &UserChoices| {
            Effective::resolve(&Sources {
                installed: installed.as_ref(),
                last_verified: last_verified.as_ref(),
                named: named.as_ref().map(Result::as_ref),
                was_managed,
                choices,
            })
        };
        let effective = resolve(&remembered.choices);
        let unchosen = resolve(&UserChoices::default()).settings.lock_idle_seconds;
        let idle_bound = unchosen.locked.then(|| Duration::from_secs(unchosen.value.get().into()));
        let trouble = trouble(&effective, installed.as_ref().err(), named.as_ref());
        let installed_bytes = installed.ok().map(|policy| Arc::new(policy.bytes().to_vec()));
        PolicyState { effective: Arc::new(effective), installed_bytes, trouble, idle_bound }
    }
}

fn trouble(
    effective: &Effective,
    installed: Option<&PolicyError>,
    named: Option<&Result<Policy, PolicyError>>,
) -> Option<ErrorCode> {
    let first = effective.closed().first()?;
    Some(match first {
        Closed::PolicyMissing => ErrorCode::PolicyMissing,
        Closed::PolicyInvalid => ErrorCode::PolicyInvalid,
        Closed::NamedPolicyUnusable => match named {
            Some(Err(error)) => crate::error::policy_code(error),
            _ => ErrorCode::PolicyInvalid,
        },
        _ => installed.map_or(ErrorCode::PolicyUnreadable, crate::error::policy_code),
    })
}

impl PolicyState {
    /// The policy in force.
    pub(crate) fn effective(&self) -> &Effective {
        &self.effective
    }

    /// The policy in force, for whoever keeps it for a while.
    pub(crate) fn shared(&self) -> Arc<Effective> {
        Arc::clone(&self.effective)
    }

    /// Whether deleting messages needs the passphrase once more.
    pub(crate) fn asks_again_to_delete(&self) -> bool {
        self.effective.settings.reauth_delete.value
    }

    /// The bytes of the installed policy, if it was read and verified.
    pub(crate) fn installed_bytes(&self) -> Option<&[u8]> {
        self.installed_bytes.as_ref().map(|bytes| bytes.as_slice())
    }

    /// Whether IT manages this profile.
    pub(crate) fn is_managed(&self) -> bool {
        self.effective.authority() != Authority::Defaults
    }

    /// It in one line.
    pub(crate) fn summary(&self) -> PolicySummary {
        PolicySummary {
            managed: self.is_managed(),
            issuer: self.effective.issuer().map(str::to_owned),
            serial: self.effective.serial(),
            trouble: self.trouble,
        }
    }

    /// Whether a profile may do without the OS keyring.
    pub(crate) fn passphrase_only_allowed(&self) -> bool {
        self.effective.settings.unlock_allow_passphrase_only.value
    }

    /// How many wrong passphrases, and what then.
    pub(crate) fn attempt_limits(&self) -> AttemptLimits {
        let settings = &self.effective.settings;
        AttemptLimits {
            max: settings.unlock_max_failures.value.get(),
            lockout: Duration::from_secs(settings.unlock_lockout_seconds.value.get().into()),
            // Under a policy in trouble nothing is erased. A legal hold needs no look: the vault erases nothing that the
            // organisation could not open afterwards.
            erases: self.trouble.is_none()
                && settings.unlock_after_lockout.value == AfterLockout::Erase,
        }
    }

    /// Whether a new passphrase is strong enough.
    pub(crate) fn check_passphrase(&self, passphrase: &Passphrase) -> Result<(), Error> {
        let settings = &self.effective.settings;
        let rules = PassphraseRules {
            min_chars: settings.unlock_passphrase_min_length.value.get() as usize,
            min_score: u8::try_from(settings.unlock_passphrase_min_score.value.get()).unwrap_or(4),
        };
        let strong = passphrase_strength(passphrase, &rules, &["wardmail"]).ok;
        if strong { Ok(()) } else { Err(Error::PassphraseWeak) }
    }

    /// How long the mailbox stays open untouched.
    pub(crate) fn idle_limit(&self) -> Duration {
        Duration::from_secs(self.effective.settings.lock_idle_seconds.value.get().into())
    }

    /// The longest that policy lets anybody choose for that, whatever was chosen; none if it doesn't say.
    pub(crate) fn idle_bound(&self) -> Option<Duration> {
        self.idle_bound
    }

    /// Whether a one-time code must be set up.
    pub(crate) fn one_time_codes_required(&self) -> bool {
        self.effective.settings.unlock_require_one_time_code.value
    }

    /// Whether a security key may be added.
    pub(crate) fn security_keys_allowed(&self) -> bool {
        self.effective.settings.unlock_allow_security_key.value
    }

    /// Whether taking decrypted content out needs the passphrase once more.
    pub(crate) fn asks_again_for_content(&self) -> bool {
        self.effective.settings.reauth_content.value
    }

    /// How long what was copied out of the window stays in the clipboard.
    pub(crate) fn clipboard_time(&self) -> Duration {
        Duration::from_secs(self.effective.settings.clipboard_clear_seconds.value.get().into())
    }

    /// Where the state of the audit log is mailed, if anywhere.
    pub(crate) fn anchor_mail(&self) -> Option<&str> {
        self.effective.settings.audit_anchor_mail.value.get()
    }

    /// Whether the system's log is told of each signature over the audit log.
    pub(crate) fn anchors_in_system_log(&self) -> bool {
        self.effective.settings.audit_anchor_syslog.value
    }

    /// Seconds in which sending can be undone.
    pub(crate) fn undo_seconds(&self) -> u32 {
        self.effective.settings.send_undo_seconds.value.get()
    }
}

#[cfg(test)]
#[cfg(feature = "failpoints")]
mod lock_out_tests;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_news_once_each_time_it_changes() {
        let dir = tempfile::tempdir().unwrap();
        let named = dir.path().join("named.json");
        let source =
            PolicySource::new(dir.path().join("none.json"), Some(named.clone()), dir.path());
        let write = |idle: u32| {
            let policy = serde_json::json!({
                "schema": 1, "serial": 1, "issuer": "IT", "providers": [],
                "lock": { "idleSeconds": idle },
            });
            std::fs::write(&named, policy.to_string()).unwrap();
        };
        write(300);
        assert!(!source.is_news(&source.load()), "the first is no news");
        assert!(!source.is_news(&source.load()));
        write(120);
        assert!(source.is_news(&source.load()));
        assert!(!source.is_news(&source.load()));
        std::fs::write(&named, "{ this is no policy").unwrap();
        assert!(source.is_news(&source.load()));
        write(120);
        assert!(source.is_news(&source.load()), "repaired");
    }

    #[test]
    fn what_the_owner_chose_doesnt_narrow_what_can_be_chosen() {
        let dir = tempfile::tempdir().unwrap();
        let named = dir.path().join("named.json");
        let policy = serde_json::json!({
            "schema": 1, "serial": 1, "issuer": "IT", "providers": [],
            "lock": { "idleSeconds": 300 },
        });
        std::fs::write(&named, policy.to_string()).unwrap();
        let source = PolicySource::new(dir.path().join("none.json"), Some(named), dir.path());
        let mut choices = UserChoices::default();
        choices.set("lock.idleSeconds", Some(serde_json::json!(60))).unwrap();
        source.remember(Remembered { choices, ..Remembered::default() });
        let state = source.load();
        assert_eq!(state.idle_limit(), Duration::from_mins(1));
        assert_eq!(state.idle_bound(), Some(Duration::from_mins(5)));
    }
}
