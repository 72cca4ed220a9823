//! How a session begins and ends.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Duration,
};

use wardmail_api::{
    AppEvent, ErrorCode,
    keys::Trust,
    session::{LockReason, Notice, SetUpStep},
};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome, Reason};
use wardmail_crypto::{Certificate, SecretKey};
use wardmail_store as store;
use wardmail_vault::PendingFailures;

use tokio::sync::{Notify, RwLock};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Keys, Session, SessionParts};
use crate::{
    access::{notices, reauth::Reauthentication, security_key},
    anchors::Told,
    clock,
    engine::{ChangeOfWayIn, SharedVault},
    error::Error,
    evidence::{Evidence, Unrecorded},
    idle::IdleCountdown,
    people::{CertificateBook, Known},
    phi::site::CompiledRules,
    policy_source::Remembered,
    provider, set_aside,
    subject::Typing,
};

/// What the mailbox key becomes for secrets inside the mailbox.
const SEALING_LABEL: &str = "wardmail secrets in the mailbox v1";

/// What the mailbox key becomes to compare identifiers of patients without keeping them.
const IDENTITIES_LABEL: &str = "wardmail identities of patients v1";

/// How long locking waits for requests, and then for a message that is going out.
const PATIENCE: Duration = Duration::from_secs(3);

/// The same before the computer sleeps. The system gives five seconds to everybody together; keys and mailbox are to be gone
/// after one, with the notice before it.
const PATIENCE_BEFORE_SLEEP: Duration = Duration::from_millis(300);

const fn patience(reason: LockReason) -> Duration {
    match reason {
        LockReason::Sleep => PATIENCE_BEFORE_SLEEP,
        _ => PATIENCE,
    }
}

/// Settings of the mailbox that outlive a session.
pub(crate) const CHOICES: &str = "choices";
const WAS_MANAGED: &str = "policy.was_managed";
const LAST_POLICY: &str = "policy.last_verified";
const POLICY_TROUBLE: &str = "policy.trouble";

impl Session {
    /// Opens everything that lies in the mailbox.
    pub(crate) async fn begin(parts: SessionParts) -> Result<Arc<Self>, Error> {
        let sealing = parts.key.derive(SEALING_LABEL)?;
        let identities = parts.key.derive(IDENTITIES_LABEL)?;
        let profile = parts.engine.upgrade().map(|engine| engine.profile().to_owned());
        let (unrecorded, missed) = match profile {
            Some(profile) => {
                let kept = crate::engine::blocking(move || Ok(Unrecorded::of(&profile)));
                let (unrecorded, missed) = kept.await?;
                (Some(unrecorded), missed)
            }
            None => (None, 0),
        };
        let session = Self {
            engine: parts.engine,
            store: parts.store,
            key: parts.key,
            sealing,
            keys: RwLock::default(),
            evidence: Evidence::begin(),
            told: Told::default(),
            frames: parts.frames,
            idle: IdleCountdown::new(parts.policy.idle_limit()),
            // Whoever opened it just now gave the passphrase or the code.
            reauth: Reauthentication::just_confirmed(),
            asks_for_code: AtomicBool::default(),
            new_one_time: tokio::sync::Mutex::default(),
            new_recovery_code: tokio::sync::Mutex::default(),
            detector: Arc::new(wardmail_phi::Detector::standard()),
            site_rules: CompiledRules::default(),
            typing: Typing::default(),
            checking: tokio::sync::Mutex::default(),
            identities,
            connection: Mutex::default(),
            wanted: Mutex::default(),
            everything: AtomicBool::default(),
            wake_sync: Notify::default(),
            syncing: tokio::sync::Mutex::default(),
            leave_server: Notify::default(),
            wake_outbox: Notify::default(),
            sending: tokio::sync::Mutex::default(),
            sweeping: tokio::sync::Mutex::default(),
            wake_retention: Notify::default(),
            backing_up: Mutex::default(),
            missed: AtomicU64::new(missed),
            unrecorded,
            events: parts.events,
            tracker: TaskTracker::default(),
            locking: CancellationToken::default(),
            locking_now: CancellationToken::default(),
            background: parts.background,
        };
        session.load_keys().await?;
        Ok(Arc::new(session))
    }

    /// Takes up what the last session left, once the log says that this one began.
    pub(crate) async fn take_up(&self) {
        if let Err(error) = self.recall_policy().await {
            // Nothing is sent under a policy that can't be remembered; reading goes on.
            error.log("policy");
        }
        if let Err(error) = crate::outbox::recover(self).await {
            // A full disk must not keep the owner from reading; nothing is sent before this worked.
            error.log("recover");
        }
    }

    /// Reads own keys and certificates again, after they changed.
    pub(crate) async fn load_keys(&self) -> Result<(), Error> {
        // Held from before the reading: of two that overlap, the one that reads later has the last word.
        let mut slot = self.keys.write().await;
        let (own, others) = self.read(|dao| Ok((dao.keys()?, dao.certificates()?))).await?;
        let mut keys: Vec<(bool, SecretKey)> = Vec::new();
        for key in own {
            let bytes = self.open_sealed(&sealed_key_name(&key.fingerprint), &key.secret_sealed)?;
            keys.push((key.is_default, SecretKey::from_bytes(&bytes)?));
        }
        keys.sort_by_key(|(is_default, _)| !is_default);
        let has_signer = keys.first().is_some_and(|(is_default, _)| *is_default);
        let own: Vec<SecretKey> = keys.into_iter().map(|(_, key)| key).collect();
        let now = clock::now();
        let known = others
            .into_iter()
            .filter_map(|row| {
                let certificate = Certificate::from_bytes(&row.bytes).ok()?;
                Some(Known::from_certificate(certificate, trust_of(row.trust), now))
            })
            .collect();
        let book = CertificateBook::new(known, &own.iter().collect::<Vec<_>>(), now);
        *slot = Arc::new(Keys { own, has_signer, book });
        Ok(())
    }

    /// Tells the policy source what the mailbox remembers, and remembers what is installed now.
    pub(crate) async fn recall_policy(&self) -> Result<(), Error> {
        let Some(engine) = self.engine.upgrade() else { return Err(Error::Locked) };
        let remembered = self
            .read(|dao| {
                let choices =
                    dao.setting(CHOICES)?.and_then(|json| serde_json::from_str(&json).ok());
                let last = dao.setting(LAST_POLICY)?;
                let last: Option<String> = last.and_then(|json| serde_json::from_str(&json).ok());
                Ok(Remembered {
                    choices: choices.unwrap_or_default(),
                    was_managed: dao.setting(WAS_MANAGED)?.is_some(),
                    last_verified: last.map(String::into_bytes),
                })
            })
            .await?;
        engine.remember_policy(remembered.clone());
        let policy = engine.policy().await?;
        self.idle.set_limit(policy.idle_limit());
        if engine.is_news(&policy) {
            self.tell(AppEvent::PolicyChanged);
        }
        self.record_trouble(policy.summary().trouble).await?;
        let Some(bytes) = policy.installed_bytes() else { return Ok(()) };
        if remembered.was_managed && remembered.last_verified.as_deref() == Some(bytes) {
            return Ok(());
        }
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| Error::Internal("policy"))?;
        let json = serde_json::to_string(&text).map_err(|_| Error::Internal("policy"))?;
        let serial = policy.effective().serial().unwrap_or(0);
        let event =
            Event::new(EventKind::PolicyChange, Outcome::Success).count(Count::Serial, serial);
        self.write_recorded(event, move |dao| {
            dao.set_setting(WAS_MANAGED, "true")?;
            Ok(dao.set_setting(LAST_POLICY, &json)?)
        })
        .await?;
        engine.remember_policy(Remembered {
            was_managed: true,
            last_verified: Some(text.into_bytes()),
            ..remembered
        });
        Ok(engine.mark_managed()?)
    }

    /// Records that the policy can't be followed, and that it can be again: once each.
    async fn record_trouble(&self, trouble: Option<ErrorCode>) -> Result<(), Error> {
        let told = self.read(|dao| Ok(dao.setting(POLICY_TROUBLE)?)).await?;
        let now = trouble.map(|code| format!("\"{}\"", code.slug()));
        if told == now {
            return Ok(());
        }
        let event = match trouble {
            Some(code) => {
                Event::new(EventKind::PolicyChange, Outcome::Refused).code(Code::new(code.slug()))
            }
            None => Event::new(EventKind::PolicyChange, Outcome::Success)
                .code(Code::new("policy_in_force")),
        };
        let keep = move |dao: &mut store::WriteDao<'_>| match now {
            Some(json) => Ok(dao.set_setting(POLICY_TROUBLE, &json)?),
            None => Ok(dao.remove_setting(POLICY_TROUBLE)?),
        };
        self.write_recorded(event, keep).await
    }

    /// Records that the profile was made.
    pub(crate) async fn record_profile_created(&self) -> Result<(), Error> {
        let mut event = Event::new(EventKind::ProfileCreated, Outcome::Success);
        if let Some(engine) = self.engine.upgrade()
            && set_aside::has_been(engine.profile())
        {
            event = event.code(Code::new("profile.set_aside"));
        }
        self.record(event).await
    }

    /// Records that the profile which was just made is open.
    pub(crate) async fn record_opened(&self) -> Result<(), Error> {
        self.record(Event::new(EventKind::Unlock, Outcome::Success)).await
    }

    /// Records how the owner came in, and makes another way in where the recovery code opened it. A session that can't begin
    /// ends here.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        vault: &SharedVault,
        is_new: bool,
        change: Option<ChangeOfWayIn>,
    ) -> Result<(), Error> {
        if is_new && let Err(error) = self.record_profile_created().await {
            self.end(LockReason::Quit).await;
            return Err(error);
        }
        match change {
            Some(change) => self.recovered(vault, change).await?,
            None => self.unlocked().await,
        }
        let (shared, held) = (Arc::clone(vault), Arc::clone(self));
        crate::engine::blocking(move || {
            let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            held.note_code(vault.asks_for_code());
            Ok(())
        })
        .await
    }

    /// Records that the owner came in.
    async fn unlocked(&self) {
        self.note(Event::new(EventKind::Unlock, Outcome::Success)).await;
    }

    /// Makes another way in for whoever came with the recovery code. What can't be recorded is not done: the mailbox stays
    /// closed then, and the ways in are what they were.
    async fn recovered(
        self: &Arc<Self>,
        vault: &SharedVault,
        change: ChangeOfWayIn,
    ) -> Result<(), Error> {
        let (vault, held) = (Arc::clone(vault), Arc::clone(self));
        let ChangeOfWayIn { takes_key_out, act } = change;
        let changed = crate::engine::blocking(move || {
            let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            act(&mut vault, held.mailbox_key())
        });
        let changed = async {
            if takes_key_out {
                self.recorded_first(security_key::change(security_key::REMOVED), changed).await
            } else {
                changed.await
            }
        };
        let used = Event::new(EventKind::RecoveryUsed, Outcome::Success);
        if let Err(error) = self.record(used.clone()).await {
            // No session began in the log, so none ends in it.
            self.end(LockReason::Quit).await;
            return Err(error);
        }
        let told = async {
            let ended = match changed.await {
                Ok(ended) => ended,
                Err(error) => {
                    self.note(used.failed()).await;
                    return Err(error);
                }
            };
            for ended in ended {
                self.write(move |dao| notices::add(dao, ended)).await?;
            }
            Ok(())
        };
        let told = told.await;
        if told.is_err() {
            self.close(LockReason::Quit).await;
        }
        told
    }

    /// Records the failed unlocks that the vault has kept, and lets it forget them.
    pub(crate) async fn record_failures(
        self: &Arc<Self>,
        vault: &SharedVault,
    ) -> Result<(), Error> {
        let shared = Arc::clone(vault);
        let held = Arc::clone(self);
        let pending = crate::engine::blocking(move || {
            let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            Ok(vault.pending_failures(held.mailbox_key())?)
        })
        .await?;
        let PendingFailures { failures, uncounted, altered, .. } = pending.clone();
        if failures.is_empty() && uncounted == 0 && !altered {
            return Ok(());
        }
        let evidence = self.evidence;
        self.write(move |dao| {
            if altered {
                let event = Event::new(EventKind::AuditNotice, Outcome::Failure);
                evidence.record(dao, event.code(Code::new("unlock.failure_log_altered")))?;
                notices::add(dao, Notice::FailureLogAltered)?;
            }
            for failure in &failures {
                let at = u64::try_from(failure.at.utc_ms / 1000).unwrap_or(0);
                let event = Event::new(EventKind::UnlockFailed, Outcome::Failure)
                    .code(Code::new(failure.kind.code()))
                    .count(Count::AtSeconds, at);
                evidence.record(dao, event)?;
            }
            if uncounted > 0 {
                let event = Event::new(EventKind::UnlockFailed, Outcome::Failure)
                    .count(Count::Attempts, uncounted);
                evidence.record(dao, event)?;
            }
            Ok(())
        })
        .await?;
        let shared = Arc::clone(vault);
        crate::engine::blocking(move || {
            let mut vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            Ok(vault.drain_failures(&pending)?)
        })
        .await
    }

    /// The step of set-up that is still open.
    pub(crate) async fn next_step(&self) -> Result<Option<SetUpStep>, Error> {
        let accounts = self.read(|dao| Ok(dao.accounts()?)).await?;
        if accounts.is_empty() {
            return Ok(Some(SetUpStep::Account));
        }
        let attested = self.read(provider::attestation).await?.is_some();
        if !self.policy().await?.is_managed() && !attested {
            return Ok(Some(SetUpStep::Provider));
        }
        Ok(self.keys().await.signer().is_none().then_some(SetUpStep::Key))
    }

    /// Messages that wait to be sent.
    pub(crate) async fn waiting(&self) -> Result<u32, Error> {
        let waits = |entry: &store::OutboxEntry| {
            matches!(entry.state, store::OutboxState::Queued | store::OutboxState::Held)
        };
        let count =
            self.read(move |dao| Ok(dao.outbox()?.iter().filter(|e| waits(e)).count())).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Messages that can still be taken back.
    pub(crate) async fn in_undo_window(&self) -> Result<u32, Error> {
        let now = clock::now_ms();
        let fresh = move |entry: &store::OutboxEntry| {
            entry.state == store::OutboxState::Queued && entry.not_before_ms > now
        };
        let count =
            self.read(move |dao| Ok(dao.outbox()?.iter().filter(|e| fresh(e)).count())).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Ends the session; returns how many messages wait. Nothing that goes wrong stops it.
    pub(crate) async fn close(&self, reason: LockReason) -> u32 {
        let waiting = self.waiting().await.unwrap_or(0);
        self.stop_work(patience(reason)).await;
        let event = Event::new(EventKind::Lock, Outcome::Success).reason(match reason {
            LockReason::Idle | LockReason::SystemIdle => Reason::Idle,
            LockReason::Asked => Reason::OwnerRequest,
            LockReason::Quit
            | LockReason::WindowLost
            | LockReason::ScreenLocked
            | LockReason::UserSwitched
            | LockReason::LidClosed
            | LockReason::Sleep => Reason::SystemRequest,
        });
        self.note(event).await;
        self.let_go().await;
        waiting
    }

    /// As [`Session::close`], for a session whose beginning the log doesn't have: its end is no entry either.
    pub(crate) async fn end(&self, reason: LockReason) {
        self.stop_work(patience(reason)).await;
        self.let_go().await;
    }

    async fn stop_work(&self, patience: Duration) {
        self.locking.cancel();
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait()).await.is_err() {
            // A message that is going out right now is cut off; it comes back as uncertain.
            self.locking_now.cancel();
            if tokio::time::timeout(patience, self.tracker.wait()).await.is_err() {
                tracing::error!("work outlived the lock");
            }
        }
    }

    async fn let_go(&self) {
        *self.keys.write().await = Arc::default();
        if self.store.close().await.is_err() {
            tracing::error!("the mailbox was not closed cleanly");
        }
    }
}

/// The name under which an own key is sealed.
pub(crate) fn sealed_key_name(fingerprint: &str) -> String {
    format!("key/{fingerprint}")
}

/// The trust of a stored certificate, as shown.
pub(crate) const fn trust_of(trust: store::Trust) -> Trust {
    match trust {
        store::Trust::Verified => Trust::Verified,
        store::Trust::Rejected => Trust::Rejected,
        store::Trust::Unknown | store::Trust::Seen => Trust::Seen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::NOTICE;

    #[test]
    fn before_sleep_everything_is_gone_in_a_second() {
        let sleeps = NOTICE + patience(LockReason::Sleep) * 2;
        assert!(sleeps <= Duration::from_secs(1), "{sleeps:?}");
        assert_eq!(patience(LockReason::Asked), PATIENCE);
    }
}
