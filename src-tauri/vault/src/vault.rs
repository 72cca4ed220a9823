//! The vault of one profile: open, unlock, and what is known without unlocking.
//!
//! Owns the order of things on the way to the mailbox key. Must never delete or replace what it can't open.

mod attempt;
mod change;
mod counts;
mod erasing;
mod error;
mod factors;
mod security_key;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use change::NewRecoveryCode;
pub(crate) use counts::begin_counting;
pub use error::{ChangeError, UnlockError, VaultError};
pub use security_key::Typed;

use crate::attempts::{AttemptLimits, Attempts, FailureKind, FailureState, PendingFailures};
use crate::clock::{Clock, Moment, SystemClock};
use crate::disk;
use crate::format::{self, Body};
use crate::kdf::Cost;
use crate::keyring::Keyring;
use crate::recovery::RecoveryCode;
use crate::seal::CryptoError;
use crate::sealed_box::PublicKey;
use crate::secret::{MailboxKey, Passphrase};
use crate::security_key::Touch;

/// The vault file's name in the profile directory.
/// The file without which a profile has no way in.
pub const FILE: &str = "vault.json";

/// The vault of one profile. The caller holds the profile's lock ([`crate::ProfileLock`]) while it has one.
#[derive(Debug)]
pub struct Vault {
    dir: PathBuf,
    body: Body,
    attempts: Attempts,
    limits: AttemptLimits,
    cost: Cost,
    clock: Arc<dyn Clock>,
    /// The count of openings as the keyring told it during the unlock, until somebody asks for it.
    told_epoch: Option<ToldEpoch>,
}

/// What the keyring said of the openings: nothing, if it holds no count.
#[derive(Debug)]
struct ToldEpoch(Option<u64>);

/// Whether unlocking needs the operating system's keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringMode {
    /// A device secret from the keyring is half of what opens the mailbox.
    Required,
    /// The passphrase stands alone.
    None,
}

impl Vault {
    /// Says whether a profile was set up in `dir`.
    pub fn exists(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    /// Reads the vault in `dir` with the default limits and the system's clock.
    ///
    /// # Errors
    /// [`VaultError`]; the file is left as it is.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        Self::open_with(dir, AttemptLimits::default(), Arc::new(SystemClock))
    }

    /// As [`Vault::open`], with the policy's limits and a clock.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_with(
        dir: &Path,
        limits: AttemptLimits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, VaultError> {
        let body = read_body(dir)?;
        let attempts = Attempts::load(dir, body.failure_log, &clock.now());
        let (dir, cost) = (dir.to_owned(), Cost::Calibrated);
        Ok(Self { dir, body, attempts, limits, cost, clock, told_epoch: None })
    }

    pub(crate) fn created(
        dir: PathBuf,
        body: Body,
        attempts: Attempts,
        cost: Cost,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let limits = AttemptLimits::default();
        Self { dir, body, attempts, limits, cost, clock, told_epoch: None }
    }

    /// Replaces the limits, when the policy changes them.
    pub const fn set_limits(&mut self, limits: AttemptLimits) {
        self.limits = limits;
    }

    /// Chooses how the cost of future wraps is found; tests take the floor.
    pub const fn set_cost(&mut self, cost: Cost) {
        self.cost = cost;
    }

    /// Returns the profile's random id: no secret, and the same for the profile's whole life.
    pub const fn profile_id(&self) -> &[u8; 16] {
        &self.body.profile
    }

    /// Says whether unlocking needs the keyring.
    pub fn keyring_mode(&self) -> KeyringMode {
        let required = self.body.passphrase.iter().any(|wrap| wrap.keyring.slot().is_some());
        if required { KeyringMode::Required } else { KeyringMode::None }
    }

    /// Returns how many wrong passphrases there were and how long the next attempt must wait.
    pub fn failures(&self) -> FailureState {
        self.attempts.state(&self.limits, &self.clock.now())
    }

    /// Returns the failures that the audit log hasn't taken yet. They are sealed until somebody was let in.
    ///
    /// # Errors
    /// Fails only when the crypto library does.
    pub fn pending_failures(&self, key: &MailboxKey) -> Result<PendingFailures, CryptoError> {
        self.attempts.pending(&*format::failure_secret(key)?)
    }

    /// Forgets pending failures: call it once the audit log holds them.
    ///
    /// # Errors
    /// Fails if the file can't be written; then they stay pending.
    pub fn drain_failures(&mut self, taken: &PendingFailures) -> Result<(), VaultError> {
        Ok(self.attempts.forget(taken)?)
    }

    /// Unlocks with the passphrase and, where the vault needs it, the keyring's device secret.
    ///
    /// Blocks for the key derivation (about half a second) and for the keyring's time-out at most a few times.
    ///
    /// # Errors
    /// [`UnlockError`]. Only [`UnlockError::WrongPassphrase`] counts as a failed attempt. A vault that asks for one-time
    /// codes answers [`UnlockError::OneTimeCodeNeeded`] to the right passphrase.
    pub fn unlock(
        &mut self,
        passphrase: &Passphrase,
        keyring: Option<&Keyring>,
    ) -> Result<MailboxKey, UnlockError> {
        self.unlock_with_code(passphrase, None, keyring)
    }

    /// As [`Vault::unlock`], with a one-time code.
    ///
    /// # Errors
    /// As [`Vault::unlock`]; [`UnlockError::WrongOneTimeCode`] counts too.
    pub fn unlock_with_code(
        &mut self,
        passphrase: &Passphrase,
        code: Option<&str>,
        keyring: Option<&Keyring>,
    ) -> Result<MailboxKey, UnlockError> {
        self.unlock_with(&Typed { passphrase, code, touch: None }, keyring)
    }

    /// As [`Vault::unlock`], with everything that may stand beside the passphrase.
    ///
    /// # Errors
    /// As [`Vault::unlock_with_code`]; [`UnlockError::SecurityKeyNeeded`] if the vault has a security key and no touch of it
    /// is given.
    pub fn unlock_with(
        &mut self,
        typed: &Typed<'_>,
        keyring: Option<&Keyring>,
    ) -> Result<MailboxKey, UnlockError> {
        self.attempt(typed, keyring, |vault, key| vault.pass_code(key, typed.code))
    }

    /// Makes sure that whoever is at the open mailbox knows its passphrase. Wrong ones count as for an unlock.
    ///
    /// # Errors
    /// As [`Vault::unlock`]; no one-time code is asked for.
    pub fn confirm_owner(
        &mut self,
        passphrase: &Passphrase,
        touch: Option<&Touch>,
        keyring: Option<&Keyring>,
    ) -> Result<(), UnlockError> {
        let typed = Typed { passphrase, code: None, touch };
        let confirmed = self.attempt(&typed, keyring, |_, _| Ok(())).map(drop);
        self.told_epoch = None;
        confirmed
    }

    /// Unlocks with the printed recovery code, which needs neither keyring nor passphrase and isn't throttled.
    ///
    /// # Errors
    /// [`UnlockError::RecoveryCode`] for a typing mistake, [`UnlockError::WrongRecoveryCode`] for another mailbox's code.
    pub fn unlock_with_recovery(&mut self, typed: &str) -> Result<MailboxKey, UnlockError> {
        let code = RecoveryCode::parse(typed)?;
        self.refuse_once_erased(None)?;
        self.told_epoch = None;
        match self.body.recovery.open(&self.body.profile, &code)? {
            Some(key) if self.body.is_key(&key)? => {
                self.attempts.succeeded();
                Ok(key)
            }
            Some(_) => Err(VaultError::Damaged.into()),
            None => {
                self.attempts.note_uncounted(FailureKind::WrongRecoveryCode, &self.clock.now());
                Err(UnlockError::WrongRecoveryCode)
            }
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) const fn body(&self) -> &Body {
        &self.body
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Gives a vault of an earlier version its log of failures. What can't be written now is by the next unlock.
    fn name_failure_log(&mut self, key: &MailboxKey) {
        if self.body.failure_log.is_some() {
            return;
        }
        let public = format::failure_secret(key).and_then(|secret| PublicKey::of(&secret));
        if let Ok(public) = public
            && self.rewrite(|body| body.failure_log = Some(public)).is_ok()
        {
            self.attempts.seal_to(public);
        }
    }

    /// Changes the vault file in one step.
    fn rewrite(&mut self, change: impl FnOnce(&mut Body)) -> Result<(), VaultError> {
        let mut body = self.body.clone();
        change(&mut body);
        self.store(body)
    }

    /// Writes `body` as the vault file and takes it over once it is on disk.
    fn store(&mut self, body: Body) -> Result<(), VaultError> {
        disk::replace(&self.dir, FILE, &body.to_bytes()?)?;
        self.body = body;
        Ok(())
    }
}

pub(crate) fn read_body(dir: &Path) -> Result<Body, VaultError> {
    match disk::read(dir, FILE, format::MAX_BYTES) {
        Ok(Some(bytes)) => Body::from_bytes(&bytes),
        Ok(None) => Err(VaultError::Damaged),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(VaultError::Missing),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
