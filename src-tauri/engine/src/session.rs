//! The open mailbox: what is alive between unlock and lock, and nothing longer.

pub(crate) mod life;
#[cfg(test)]
pub(crate) mod testing;
mod work;

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::sync::{Notify, RwLock, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wardmail_api::{AppEvent, settings::ConnectionView};
use wardmail_audit::{Count, Event, EventKind, Outcome};
use wardmail_crypto::{SecretKey, sealed};
use wardmail_store::{MessageId, ReadDao, Store, WriteDao};
use wardmail_vault::{MailboxKey, NewOneTime, NewRecoveryCode};
use zeroize::Zeroizing;

use crate::{
    access::reauth::Reauthentication,
    anchors::{self, Told},
    clock,
    engine::Engine,
    error::Error,
    evidence::{Evidence, Unrecorded, ends_with_signature},
    frames::Frames,
    idle::IdleCountdown,
    people::CertificateBook,
    phi::site::{Compiled, CompiledRules},
    policy_source::PolicyState,
    reading::{Reader, Reading},
    subject::Typing,
};

/// What a session is made of.
pub(crate) struct SessionParts {
    pub(crate) engine: Weak<Engine>,
    pub(crate) store: Store,
    pub(crate) key: MailboxKey,
    pub(crate) policy: PolicyState,
    pub(crate) events: broadcast::Sender<AppEvent>,
    pub(crate) frames: Arc<Frames>,
    pub(crate) background: bool,
}

/// Own keys and everybody's certificates.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The owner's keys, the one that signs first.
    pub(crate) own: Vec<SecretKey>,
    /// Whether one signs. Without it all of them are only for reading old mail.
    pub(crate) has_signer: bool,
    /// All certificates.
    pub(crate) book: CertificateBook,
}

impl Keys {
    /// The key that signs, and that others seal for.
    pub(crate) fn signer(&self) -> Option<&SecretKey> {
        self.own.first().filter(|_| self.has_signer)
    }
}

/// The open mailbox.
pub(crate) struct Session {
    engine: Weak<Engine>,
    pub(crate) store: Store,
    key: MailboxKey,
    sealing: Zeroizing<[u8; 32]>,
    keys: RwLock<Arc<Keys>>,
    pub(crate) evidence: Evidence,
    /// What the system's log was told.
    pub(crate) told: Told,
    pub(crate) frames: Arc<Frames>,
    pub(crate) idle: IdleCountdown,
    pub(crate) reauth: Reauthentication,
    /// Whether the vault asks for a one-time code. Kept here, because whoever sends must not wait for the vault.
    asks_for_code: AtomicBool,
    /// One-time codes in the making.
    pub(crate) new_one_time: tokio::sync::Mutex<Option<NewOneTime>>,
    /// A recovery code in the making.
    pub(crate) new_recovery_code: tokio::sync::Mutex<Option<NewRecoveryCode>>,
    pub(crate) detector: Arc<wardmail_phi::Detector>,
    pub(crate) site_rules: CompiledRules,
    pub(crate) typing: Typing,
    /// Held by whoever has a file checked: one worker at a time.
    pub(crate) checking: tokio::sync::Mutex<()>,
    identities: Zeroizing<[u8; 32]>,
    pub(crate) connection: Mutex<ConnectionView>,
    /// Bodies that the owner waits for.
    pub(crate) wanted: Mutex<Vec<MessageId>>,
    /// Whether the next synchronisation is to look at every folder.
    pub(crate) everything: AtomicBool,
    pub(crate) wake_sync: Notify,
    /// Held by whoever talks to the IMAP server; told to let go by `leave_server`.
    pub(crate) syncing: tokio::sync::Mutex<()>,
    /// Whoever talks to the IMAP server is to hang up: it may not be the account's any more.
    pub(crate) leave_server: Notify,
    pub(crate) wake_outbox: Notify,
    /// Held by whoever sends: one at a time.
    pub(crate) sending: tokio::sync::Mutex<()>,
    /// Held by whoever removes mail whose time is over: one at a time.
    pub(crate) sweeping: tokio::sync::Mutex<()>,
    pub(crate) wake_retention: Notify,
    /// Stops the backup that is being written.
    pub(crate) backing_up: crate::backup::Stop,
    /// Events that could not be recorded since the last that was, and where their number outlasts this session.
    missed: AtomicU64,
    unrecorded: Option<Unrecorded>,
    events: broadcast::Sender<AppEvent>,
    tracker: TaskTracker,
    /// Cancelled when locking begins: requests and waits end.
    pub(crate) locking: CancellationToken,
    /// Cancelled when locking can't wait any longer for a message that is going out.
    pub(crate) locking_now: CancellationToken,
    background: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// Runs a request; it is dropped when the mailbox locks.
    pub(crate) async fn run<T>(
        &self,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let _counted = self.tracker.token();
        tokio::select! {
            biased;
            () = self.locking.cancelled() => Err(Error::Locked),
            answer = request => answer,
        }
    }

    /// Reads from the mailbox.
    pub(crate) async fn read<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&ReadDao<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.store.read(job).await
    }

    /// Changes the mailbox.
    pub(crate) async fn write<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.store.write(job).await
    }

    /// Changes the mailbox and records it, both or neither.
    pub(crate) async fn write_recorded<T, F>(&self, event: Event, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, Error> + Send + 'static,
    {
        let evidence = self.evidence;
        let signed = ends_with_signature(event.kind());
        let done = self
            .write(move |dao| {
                let done = job(dao)?;
                evidence.record(dao, event)?;
                Ok(done)
            })
            .await?;
        if signed {
            anchors::tell_system_log(self).await;
        }
        Ok(done)
    }

    /// Records something that changes nothing else.
    pub(crate) async fn record(&self, event: Event) -> Result<(), Error> {
        self.write_recorded(event, |_| Ok(())).await
    }

    /// Records something and then does it, where the two can't be one transaction: what can't be recorded is not done, and
    /// what fails then is recorded as failed.
    pub(crate) async fn recorded_first<T>(
        &self,
        event: Event,
        act: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.record(event.clone()).await?;
        let done = act.await;
        if done.is_err() {
            self.note(event.failed()).await;
        }
        done
    }

    /// Records something that happens whether or not it can be recorded (reading, locking) with the
    /// change that goes with it. What could not be recorded is counted and told with the next entry.
    pub(crate) async fn write_noted<F>(&self, event: Event, job: F)
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<(), Error> + Send + 'static,
    {
        let evidence = self.evidence;
        let signed = ends_with_signature(event.kind());
        let missed = self.missed.swap(0, Ordering::SeqCst);
        let noted = self
            .write(move |dao| {
                if missed > 0 {
                    let gap = Event::new(EventKind::Gap, Outcome::Failure);
                    evidence.record(dao, gap.count(Count::Missing, missed))?;
                }
                job(dao)?;
                evidence.record(dao, event)
            })
            .await;
        if let Err(error) = &noted {
            error.log("record");
            let more = missed.saturating_add(1);
            self.keep_missed(self.missed.fetch_add(more, Ordering::SeqCst).saturating_add(more))
                .await;
        } else if missed > 0 {
            self.keep_missed(self.missed.load(Ordering::SeqCst)).await;
        }
        if noted.is_ok() && signed {
            anchors::tell_system_log(self).await;
        }
    }

    /// Keeps how many events could not be recorded, for a session after this one.
    async fn keep_missed(&self, count: u64) {
        let Some(unrecorded) = self.unrecorded.clone() else { return };
        let kept = crate::engine::blocking(move || {
            unrecorded.keep(count);
            Ok(())
        });
        if let Err(error) = kept.await {
            error.log("unrecorded");
        }
    }

    /// As [`Session::write_noted`], where nothing changes.
    pub(crate) async fn note(&self, event: Event) {
        self.write_noted(event, |_| Ok(())).await;
    }

    /// Own keys and certificates, as they are now.
    pub(crate) async fn keys(&self) -> Arc<Keys> {
        Arc::clone(&*self.keys.read().await)
    }

    /// Runs CPU work on the worker pool.
    pub(crate) async fn cpu<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, asked) = tokio::sync::oneshot::channel();
        let counted = self.tracker.token();
        rayon::spawn(move || {
            // A parser that panics on hostile bytes costs its message, not the program.
            if let Ok(done) = catch_unwind(AssertUnwindSafe(work)) {
                let _nobody_waits = answer.send(done);
            }
            drop(counted);
        });
        asked.await.map_err(|_| Error::Internal("worker"))
    }

    /// Runs work that blocks; the lock waits for it.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let counted = self.tracker.token();
        crate::engine::blocking(move || {
            let done = work();
            drop(counted);
            done
        })
        .await
    }

    /// Opens the bytes of a message.
    pub(crate) async fn read_message(&self, raw: Vec<u8>) -> Result<Reading, Error> {
        let keys = self.keys().await;
        let raw = Zeroizing::new(raw);
        self.cpu(move || {
            let own: Vec<&SecretKey> = keys.own.iter().collect();
            crate::reading::read(&raw, Reader { keys: &own, book: &keys.book, now: clock::now() })
        })
        .await
    }

    /// Does work that nobody waits for; it is dropped when the mailbox locks.
    pub(crate) fn beside(
        self: &Arc<Self>,
        name: &'static str,
        work: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) {
        let session = Arc::clone(self);
        self.tracker.spawn(async move {
            if let Err(error) = session.run(work).await {
                error.log(name);
            }
        });
    }

    /// What makes identities of patients comparable within this mailbox, and worthless outside it.
    pub(crate) fn identity_key(&self) -> [u8; 32] {
        *self.identities
    }

    /// Seals a secret for the mailbox.
    pub(crate) fn seal(&self, what: &str, secret: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(sealed::seal(&self.sealing, what.as_bytes(), secret)?)
    }

    /// Opens a secret of the mailbox.
    pub(crate) fn open_sealed(
        &self,
        what: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        Ok(sealed::open(&self.sealing, what.as_bytes(), sealed)?)
    }

    /// The mailbox key, for a change of what opens the vault.
    pub(crate) const fn mailbox_key(&self) -> &MailboxKey {
        &self.key
    }

    /// The engine that it belongs to.
    pub(crate) fn engine(&self) -> Result<Arc<Engine>, Error> {
        self.engine.upgrade().ok_or(Error::Locked)
    }

    /// The policy as it is now.
    pub(crate) async fn policy(&self) -> Result<PolicyState, Error> {
        let policy = self.engine()?.policy().await?;
        self.site_rules.of(&policy);
        Ok(policy)
    }

    /// The organisation's own rules, of the policy as it was looked at last: each turn of the synchronisation and each message
    /// that is opened look at it.
    pub(crate) async fn site(&self) -> Result<Compiled, Error> {
        match self.site_rules.latest() {
            Some(site) => Ok(site),
            None => Ok(self.site_rules.of(&self.policy().await?)),
        }
    }

    /// Whether a one-time code is asked for beside the passphrase.
    pub(crate) fn asks_for_code(&self) -> bool {
        self.asks_for_code.load(Ordering::SeqCst)
    }

    /// Takes over what the vault says of that.
    pub(crate) fn note_code(&self, asks: bool) {
        self.asks_for_code.store(asks, Ordering::SeqCst);
    }

    /// Tells the front ends.
    pub(crate) fn tell(&self, event: AppEvent) {
        let _nobody_listens = self.events.send(event);
    }

    /// Changes what is known of the connection.
    pub(crate) fn note_connection(&self, change: impl FnOnce(&mut ConnectionView)) {
        if let Ok(mut connection) = self.connection.lock() {
            change(&mut connection);
        }
    }
}
