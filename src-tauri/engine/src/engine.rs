//! The engine: set up, unlock, lock. It outlives every session.

mod opening;
mod recovering;
mod status;

use std::{
    path::Path,
    sync::{
        Arc, Mutex as BlockingMutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Mutex, RwLock, broadcast};
use wardmail_api::{
    AppEvent, Secret,
    session::{LockOutcome, LockReason, Notice},
};
use wardmail_vault::{
    Authenticator, Keyring, MailboxKey, Passphrase, ProfileLock, Protection, Setup, Typed, Vault,
};

use crate::{
    access::epoch,
    backup, erasing,
    error::Error,
    frames::Frames,
    options::{LastLock, Options, StartError},
    policy_source::{PolicySource, PolicyState, Remembered},
    session::Session,
    watching,
};

/// The mailbox file in the profile.
const MAILBOX: &str = "mailbox.db";

/// The files of a profile that hold what the owner would miss, beside the vault.
pub(crate) const PROFILE_FILES: &[&str] = &[MAILBOX, "mailbox.db.check", "managed"];

/// Lies in the profile from before the vault is written until the mailbox is: a mailbox that is
/// missing then was never there, and is made; one that is missing without it was lost.
const BEGUN: &str = "mailbox.begun";

/// Events that a front end may be behind before it misses some.
const EVENT_BACKLOG: usize = 256;

/// How long the window has to save a draft before a lock that it couldn't see coming. Nothing tells when it has: a window
/// with no draft, or none at all, says nothing. The system waits five seconds with sleep.
pub(crate) const NOTICE: Duration = Duration::from_millis(300);

/// What the engine is doing.
pub(crate) enum State {
    /// No profile yet; perhaps one in the making.
    SetUp(Option<Box<Setup>>),
    /// A profile, closed.
    Locked(SharedVault),
    /// A profile, open.
    Unlocked(SharedVault, Arc<Session>),
}

/// The vault's calls block, so it is only ever locked on a blocking thread.
pub(crate) type SharedVault = Arc<BlockingMutex<Vault>>;

/// Wraps the mailbox key anew.
pub(crate) type Rewrap = dyn FnOnce(&mut Vault, &MailboxKey) -> Result<Vec<Notice>, Error> + Send;

/// Makes another way in of the recovery code's.
pub(crate) struct ChangeOfWayIn {
    /// Whether it takes the security key out, which is recorded too.
    pub(crate) takes_key_out: bool,
    /// Does it; says what the owner must be told of what ended with it.
    pub(crate) act: Box<Rewrap>,
}

/// The engine.
pub struct Engine {
    options: Options,
    keyring: Keyring,
    policy: Arc<PolicySource>,
    pub(crate) state: RwLock<State>,
    last_lock: Mutex<LastLock>,
    events: broadcast::Sender<AppEvent>,
    frames: Arc<Frames>,
    /// Whether the mailbox didn't open though its vault did: it may be set aside then.
    pub(crate) damaged: AtomicBool,
    /// The restore that is going on, if one is.
    pub(crate) restoring: backup::Stop,
    _profile_lock: ProfileLock,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("profile", &"..").finish_non_exhaustive()
    }
}

impl Engine {
    /// Takes the profile for this program. Nothing is opened yet.
    ///
    /// # Errors
    /// Fails if another program has it.
    pub fn start(options: Options) -> Result<Arc<Self>, StartError> {
        wardmail_store::install_zeroing_allocator()?;
        let profile_lock = ProfileLock::acquire(&options.profile)?;
        let keyring = Keyring::system_with_timeout(options.keyring_patience);
        if let Err(error) = erasing::finish(&options.profile, &keyring) {
            // The order stands; what is left is told by whatever needs it.
            error.log("erase");
        }
        let state = match Vault::open(&options.profile) {
            Ok(vault) => State::Locked(Arc::new(BlockingMutex::new(vault))),
            // A damaged vault is told at the first command that needs it; nothing is overwritten.
            Err(_) => State::SetUp(None),
        };
        let (events, _) = broadcast::channel(EVENT_BACKLOG);
        let engine = Arc::new(Self {
            keyring,
            policy: Arc::new(PolicySource::new(
                options.installed_policy.clone(),
                options.named_policy.clone(),
                &options.profile,
            )),
            state: RwLock::new(state),
            last_lock: Mutex::new(options.locked_before.unwrap_or_default()),
            events,
            frames: Arc::default(),
            damaged: AtomicBool::default(),
            restoring: backup::Stop::default(),
            options,
            _profile_lock: profile_lock,
        });
        if engine.options.background {
            watching::begin(&engine, engine.options.buses.clone());
        }
        Ok(engine)
    }

    /// Tells the front ends.
    pub(crate) fn tell(&self, event: AppEvent) {
        let _nobody_listens = self.events.send(event);
    }

    /// Forgets the pages that were shown.
    pub(crate) async fn forget_pages(&self) {
        self.frames.forget().await;
    }

    /// Hears what changes.
    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.events.subscribe()
    }

    /// The page of an opened message, by its token.
    pub async fn frame(&self, token: &str) -> Option<Vec<u8>> {
        self.frames.get(token).await
    }

    /// How the last session ended.
    pub async fn last_lock(&self) -> LastLock {
        *self.last_lock.lock().await
    }

    /// Messages that wait in the undo window; none while locked.
    pub async fn in_undo_window(&self) -> u32 {
        match self.session().await {
            // A mailbox that can't be read must still lock, and close.
            Ok(session) => session.in_undo_window().await.unwrap_or(0),
            Err(_) => 0,
        }
    }

    /// Whether the mailbox is open.
    pub async fn is_unlocked(&self) -> bool {
        self.session().await.is_ok()
    }

    /// The open session.
    ///
    /// # Errors
    /// Fails with [`Error::Locked`] while there is none.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, Error> {
        match &*self.state.read().await {
            State::Unlocked(_, session) => Ok(Arc::clone(session)),
            State::SetUp(_) | State::Locked(_) => Err(Error::Locked),
        }
    }

    /// The vault of the open session, for a change of what opens it.
    pub(crate) async fn open_vault(&self) -> Result<(SharedVault, Arc<Session>), Error> {
        match &*self.state.read().await {
            State::Unlocked(vault, session) => Ok((Arc::clone(vault), Arc::clone(session))),
            State::SetUp(_) | State::Locked(_) => Err(Error::Locked),
        }
    }

    /// The vault of the closed mailbox.
    ///
    /// # Errors
    /// Fails if the mailbox is open or there is none.
    pub(crate) async fn locked_vault(&self) -> Result<SharedVault, Error> {
        match &*self.state.read().await {
            State::Locked(vault) => Ok(Arc::clone(vault)),
            State::SetUp(_) => Err(Error::Stopped(wardmail_api::ErrorCode::ProfileMissing)),
            State::Unlocked(..) => Err(Error::Stopped(wardmail_api::ErrorCode::ProfileInUse)),
        }
    }

    /// The keyring of this computer.
    pub(crate) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// What speaks to security keys.
    pub(crate) fn security_keys(&self) -> &Arc<dyn Authenticator> {
        &self.options.security_keys
    }

    /// The policy as it is now, read from its files.
    pub(crate) async fn policy(&self) -> Result<PolicyState, Error> {
        let source = Arc::clone(&self.policy);
        blocking(move || Ok(source.load())).await
    }

    /// How long what was copied out of the window stays in the clipboard; no time at all where the policy can't be read.
    pub async fn clipboard_time(&self) -> Duration {
        self.policy().await.map_or(Duration::ZERO, |policy| policy.clipboard_time())
    }

    /// Whether the policy is another than the last time this was asked.
    pub(crate) fn is_news(&self, policy: &PolicyState) -> bool {
        self.policy.is_news(policy)
    }

    /// Takes over what the mailbox remembers of policies.
    pub(crate) fn remember_policy(&self, remembered: Remembered) {
        self.policy.remember(remembered);
    }

    /// Marks the profile as managed, so that it stays so while locked.
    pub(crate) fn mark_managed(&self) -> std::io::Result<()> {
        self.policy.mark_managed()
    }

    /// A vault file that is there but can't be used is an error, not a first start; so is a mailbox
    /// whose vault is gone, because a new vault would stand in the way of restoring the lost one.
    pub(crate) fn existing_vault_is_readable(&self) -> Result<(), Error> {
        let profile = &self.options.profile;
        if Vault::exists(profile) {
            Vault::open(profile)?;
        } else if profile.join(MAILBOX).exists() {
            return Err(Error::Stopped(wardmail_api::ErrorCode::VaultDamaged));
        }
        Ok(())
    }

    /// Whether a profile may be made here, with this passphrase.
    pub(crate) async fn may_make_profile(
        &self,
        state: &State,
        passphrase: &Passphrase,
        passphrase_only: bool,
    ) -> Result<(), Error> {
        if !matches!(state, State::SetUp(_)) {
            return Err(Error::ProfileExists);
        }
        self.existing_vault_is_readable()?;
        let policy = self.policy().await?;
        if passphrase_only && !policy.passphrase_only_allowed() {
            return Err(Error::PassphraseOnlyNotAllowed);
        }
        policy.check_passphrase(passphrase)
    }

    /// Begins a profile: makes its key and its recovery code, in memory only.
    pub(crate) async fn begin_profile(
        &self,
        passphrase: Passphrase,
        passphrase_only: bool,
    ) -> Result<String, Error> {
        let mut state = self.state.write().await;
        self.may_make_profile(&state, &passphrase, passphrase_only).await?;
        let (dir, keyring) = (self.options.profile.clone(), self.keyring.clone());
        let setup = blocking(move || {
            let protection = if passphrase_only {
                Protection::PassphraseAloneAllowedByPolicy
            } else {
                Protection::KeyringAndPassphrase(&keyring)
            };
            Ok(Vault::begin(&dir, &passphrase, &protection)?)
        })
        .await?;
        let code = setup.recovery_code().printed().to_string();
        *state = State::SetUp(Some(Box::new(setup)));
        Ok(code)
    }

    /// Drops a profile that was not confirmed; nothing of it is on disk.
    pub(crate) async fn cancel_profile(&self) {
        let mut state = self.state.write().await;
        if let State::SetUp(setup) = &mut *state {
            *setup = None;
        }
    }

    /// Ends set-up: the recovery code was typed back, so the profile is written and opened.
    pub(crate) async fn confirm_recovery(self: &Arc<Self>, typed: String) -> Result<(), Error> {
        let mut state = self.state.write().await;
        let State::SetUp(slot) = &mut *state else { return Err(Error::ProfileExists) };
        let setup = slot.take().ok_or(Error::NothingToConfirm)?;
        std::fs::write(self.options.profile.join(BEGUN), b"")?;
        let confirmed = blocking(move || Ok(setup.confirm(&typed))).await?;
        let (vault, key) = match confirmed {
            Ok(confirmed) => confirmed,
            Err(unconfirmed) => {
                *slot = Some(Box::new(unconfirmed.setup));
                return Err(unconfirmed.error.into());
            }
        };
        let vault = Arc::new(BlockingMutex::new(vault));
        *state = State::Locked(Arc::clone(&vault));
        let (store, _) = self.open_mailbox(&key).await?;
        let session = self.begin_session(store, key).await?;
        session.record_profile_created().await?;
        session.record_opened().await?;
        session.take_up().await;
        self.prepare_emergency(&session, &vault).await;
        *state = State::Unlocked(vault, Arc::clone(&session));
        drop(state);
        session.begin_work();
        Ok(())
    }

    /// Opens the mailbox with the passphrase.
    pub(crate) async fn unlock(
        self: &Arc<Self>,
        passphrase: Passphrase,
        code: Option<Secret>,
        pin: Option<Secret>,
    ) -> Result<(), Error> {
        let touch = self.touch(pin).await?;
        let keyring = self.keyring.clone();
        let open = move |vault: &mut Vault| {
            let code = code.as_ref().map(Secret::expose);
            let typed = Typed { passphrase: &passphrase, code, touch: touch.as_ref() };
            Ok(vault.unlock_with(&typed, Some(&keyring))?)
        };
        self.open_with(open, None).await
    }

    /// Opens the mailbox one way or the other; `change` makes another way in of the recovery code's, once its use is
    /// recorded.
    pub(super) async fn open_with(
        self: &Arc<Self>,
        open: impl FnOnce(&mut Vault) -> Result<MailboxKey, Error> + Send + 'static,
        change: Option<ChangeOfWayIn>,
    ) -> Result<(), Error> {
        let mut state = self.state.write().await;
        let vault = match &*state {
            State::Locked(vault) => Arc::clone(vault),
            State::Unlocked(..) => return Ok(()),
            State::SetUp(_) => {
                // The vault may have come since the start (a restore), or be damaged: say which.
                let vault = Arc::new(BlockingMutex::new(Vault::open(&self.options.profile)?));
                *state = State::Locked(Arc::clone(&vault));
                vault
            }
        };
        let limits = self.policy().await?.attempt_limits();
        let shared = Arc::clone(&vault);
        let key = blocking(move || {
            let mut vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            vault.set_limits(limits);
            open(&mut vault)
        })
        .await?;
        let opened = self.open_session(key).await;
        // A mailbox that opens is not damaged, whatever was found before.
        let damaged = opened.as_ref().is_err_and(|error| error.code().may_be_set_aside());
        self.damaged.store(damaged, Ordering::SeqCst);
        let (session, is_new) = opened?;
        session.enter(&vault, is_new, change).await?;
        if let Err(error) = session.record_failures(&vault).await {
            // The failures stay with the vault until they can be recorded; the owner may read.
            error.log("unlock");
        }
        session.take_up().await;
        if let Err(error) = epoch::count_opening(&session, &vault, &self.keyring).await {
            error.log("count openings");
        }
        self.prepare_emergency(&session, &vault).await;
        *state = State::Unlocked(vault, Arc::clone(&session));
        drop(state);
        *self.last_lock.lock().await = LastLock::default();
        session.begin_work();
        Ok(())
    }

    /// Where the system's log listens.
    pub(crate) fn system_log(&self) -> &Path {
        &self.options.system_log
    }

    /// The profile's directory.
    pub fn profile(&self) -> &Path {
        &self.options.profile
    }

    /// Locks if the owner agrees to leave what waits in the undo window.
    pub(crate) async fn lock_asking(&self, force: bool) -> Result<LockOutcome, Error> {
        if !force {
            let count = self.in_undo_window().await;
            if count > 0 {
                return Ok(LockOutcome::MessagesWait { count });
            }
        }
        self.lock(LockReason::Asked).await;
        Ok(LockOutcome::Locked)
    }

    /// As [`Engine::lock`], after a moment in which the window saves what is being written. Says whether it was open.
    pub(crate) async fn lock_after_notice(&self, reason: LockReason) -> bool {
        let open = self.session().await.is_ok();
        if open {
            let _nobody_listens = self.events.send(AppEvent::LockSoon { seconds: 0 });
            tokio::time::sleep(NOTICE).await;
        }
        self.lock(reason).await;
        open
    }

    /// Closes the mailbox: requests are dropped, work is stopped, the store is closed, keys are
    /// wiped. It can't fail: what goes wrong on the way is logged and passed over.
    pub async fn lock(&self, reason: LockReason) {
        let mut state = self.state.write().await;
        let State::Unlocked(vault, session) = &*state else { return };
        let (vault, session) = (Arc::clone(vault), Arc::clone(session));
        *state = State::Locked(vault);
        // Whoever waits for a touch holds keys of the session, and would wait for its whole time.
        self.security_keys().cancel();
        let waiting = session.close(reason).await;
        self.forget_pages().await;
        *self.last_lock.lock().await = LastLock { reason: Some(reason), waiting };
        drop(session);
        drop(state);
        let _nobody_listens = self.events.send(AppEvent::Locked { reason });
    }

    /// Ends the engine's own work; the mailbox is locked by now.
    pub async fn stop(&self) {
        self.lock(LockReason::Quit).await;
    }
}

/// Runs work that blocks (the key derivation, the keyring, opening a file) off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal("worker"))?
}
