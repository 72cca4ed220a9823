//! The vault of one profile: open, unlock, and what is known without unlocking.
//!
//! Owns the order of things on the way to the mailbox key. Must never delete or replace what it can't open.

mod change;
mod erasing;
mod error;
mod factors;
mod security_key;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

pub use change::NewRecoveryCode;
pub use error::{ChangeError, UnlockError, VaultError};
pub use security_key::Typed;

use crate::attempts::{
    AttemptLimits, Attempts, FailureKind, FailureState, Mirror, PendingFailures,
};
use crate::clock::{Clock, Moment, SystemClock};
use crate::disk;
use crate::format::{self, Beside, Body, KeyringPart, PassphraseWrap};
use crate::kdf::Cost;
use crate::keyring::{Item, Keyring, KeyringError};
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
}

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
        Ok(Self { dir: dir.to_owned(), body, attempts, limits, cost: Cost::Calibrated, clock })
    }

    pub(crate) fn created(
        dir: PathBuf,
        body: Body,
        attempts: Attempts,
        cost: Cost,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { dir, body, attempts, limits: AttemptLimits::default(), cost, clock }
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
        self.attempt(&typed, keyring, |_, _| Ok(())).map(drop)
    }

    fn attempt(
        &mut self,
        typed: &Typed<'_>,
        keyring: Option<&Keyring>,
        gate: impl FnOnce(&mut Self, &MailboxKey) -> Result<(), UnlockError>,
    ) -> Result<MailboxKey, UnlockError> {
        self.refuse_once_erased(keyring)?;
        self.refuse_while_waiting()?;
        let (ways, trouble) = match self.ways(keyring, typed.touch) {
            Ok(found) => found,
            Err(UnlockError::SecurityKeyNeeded) => return Err(UnlockError::SecurityKeyNeeded),
            Err(trouble) => {
                // Not counted, for it says nothing about the passphrase; and not passed over in silence.
                self.attempts.note_uncounted(FailureKind::KeyringTrouble, &self.clock.now());
                return Err(trouble);
            }
        };
        let keyring = keyring.filter(|_| self.keyring_mode() == KeyringMode::Required);
        if let Some(keyring) = keyring {
            self.check_mirror(keyring);
            self.refuse_while_waiting()?;
        }
        self.attempts.begin(&self.clock.now());
        // The keyring writes while the passphrase is tried. The file counts already, and the outcome is nobody's before both
        // do.
        let opened = std::thread::scope(|scope| {
            scope.spawn(|| self.mirror_attempts(keyring));
            fail::fail_point!("vault::unlock::attempt_counted");
            self.try_wraps(typed.passphrase, &ways)
        });
        let opened = opened.and_then(|(index, key)| gate(self, &key).map(|()| (index, key)));
        match opened {
            Ok((index, key)) => {
                // The mirror of an attempt is behind the file once that is written; a second write would only cost time.
                if !self.attempts.succeeded() {
                    self.mirror_attempts(keyring);
                }
                self.settle(index, keyring);
                self.name_failure_log(&key);
                Ok(key)
            }
            Err(UnlockError::WrongPassphrase { .. }) => {
                self.attempts.failed(FailureKind::WrongPassphrase, &self.clock.now());
                self.mirror_attempts(keyring);
                if let Some(trouble) = trouble {
                    return Err(trouble);
                }
                self.erase_at_the_limit(keyring)?;
                let FailureState { failures, wait, .. } = self.failures();
                Err(UnlockError::WrongPassphrase { failures, wait })
            }
            Err(UnlockError::WrongOneTimeCode) => {
                self.attempts.failed(FailureKind::WrongOneTimeCode, &self.clock.now());
                self.mirror_attempts(keyring);
                self.erase_at_the_limit(keyring)?;
                Err(UnlockError::WrongOneTimeCode)
            }
            Err(other) => {
                self.attempts.withdrawn();
                self.mirror_attempts(keyring);
                Err(other)
            }
        }
    }

    /// Unlocks with the printed recovery code, which needs neither keyring nor passphrase and isn't throttled.
    ///
    /// # Errors
    /// [`UnlockError::RecoveryCode`] for a typing mistake, [`UnlockError::WrongRecoveryCode`] for another mailbox's code.
    pub fn unlock_with_recovery(&mut self, typed: &str) -> Result<MailboxKey, UnlockError> {
        let code = RecoveryCode::parse(typed)?;
        self.refuse_once_erased(None)?;
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

    /// Returns how often this mailbox was opened according to the keyring; `None` if it never counted.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn epoch(&self, keyring: &Keyring) -> Result<Option<u64>, KeyringError> {
        keyring.read_counter(&Item::Epoch(self.body.profile))
    }

    /// Writes the epoch, after the mailbox itself has recorded it.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn set_epoch(&self, keyring: &Keyring, epoch: u64) -> Result<(), KeyringError> {
        keyring.write_counter(&Item::Epoch(self.body.profile), epoch)
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

    fn refuse_while_waiting(&self) -> Result<(), UnlockError> {
        let FailureState { wait, locked_out, .. } = self.failures();
        if wait.is_zero() {
            Ok(())
        } else if locked_out {
            Err(UnlockError::LockedOut { wait })
        } else {
            Err(UnlockError::Throttled { wait })
        }
    }

    /// Finds what each wrap needs beside the passphrase; `None` for a wrap that can't be tried. Fails only if none can be:
    /// during a change one of two slots may well be empty, or one wrap alone need the security key. Beside the ways it says
    /// whether one was kept back that may well be there: then a passphrase that fits no other wrap isn't known to be wrong.
    fn ways(
        &self,
        keyring: Option<&Keyring>,
        touch: Option<&Touch>,
    ) -> Result<(Vec<Option<Way>>, Option<UnlockError>), UnlockError> {
        let mut ways = Vec::with_capacity(self.body.passphrase.len());
        let mut trouble = None;
        for wrap in &self.body.passphrase {
            ways.push(match self.way(wrap, keyring, touch) {
                Ok(way) => Some(way),
                Err(error) => {
                    trouble.get_or_insert(error);
                    None
                }
            });
        }
        if ways.iter().all(Option::is_none)
            && let Some(trouble) = trouble
        {
            return Err(trouble);
        }
        Ok((ways, trouble.filter(|error| !error.means_lost())))
    }

    fn way(
        &self,
        wrap: &PassphraseWrap,
        keyring: Option<&Keyring>,
        touch: Option<&Touch>,
    ) -> Result<Way, UnlockError> {
        let security_key = match (&wrap.security_key, touch) {
            (None, _) => None,
            (Some(part), Some(touch)) if part.is_secret(&self.body.profile, touch)? => {
                Some(Zeroizing::new(*touch.expose()))
            }
            (Some(_), _) => return Err(UnlockError::SecurityKeyNeeded),
        };
        Ok(Way { device: self.device_secret(wrap, keyring)?, security_key })
    }

    fn device_secret(
        &self,
        wrap: &PassphraseWrap,
        keyring: Option<&Keyring>,
    ) -> Result<Option<Zeroizing<[u8; 32]>>, UnlockError> {
        let KeyringPart::Required { slot, .. } = wrap.keyring else { return Ok(None) };
        let secret =
            keyring.ok_or(UnlockError::KeyringNeeded)?.read_secret(&self.body.profile, slot)?;
        if wrap.keyring.is_secret(&self.body.profile, &secret)? {
            Ok(Some(secret))
        } else {
            Err(UnlockError::DeviceSecretChanged)
        }
    }

    fn try_wraps(
        &self,
        passphrase: &Passphrase,
        ways: &[Option<Way>],
    ) -> Result<(usize, MailboxKey), UnlockError> {
        for (index, (wrap, way)) in self.body.passphrase.iter().zip(ways).enumerate() {
            let Some(way) = way else { continue };
            let beside =
                Beside { device: way.device.as_deref(), security_key: way.security_key.as_deref() };
            if let Some(key) = wrap.open(&self.body.profile, passphrase, beside)? {
                return if self.body.is_key(&key)? {
                    Ok((index, key))
                } else {
                    Err(VaultError::Damaged.into())
                };
            }
        }
        Err(UnlockError::WrongPassphrase { failures: 0, wait: Duration::ZERO })
    }

    /// Repeats the counter in the keyring. A keyring in trouble doesn't hinder the unlock; the file still counts.
    fn mirror_attempts(&self, keyring: Option<&Keyring>) {
        if let Some(keyring) = keyring {
            let text = self.attempts.mirror().to_text();
            keyring.write(&Item::Attempts(self.body.profile), text.as_bytes()).ok();
        }
    }

    fn check_mirror(&mut self, keyring: &Keyring) {
        let text = keyring.read(&Item::Attempts(self.body.profile)).ok();
        if let Some(mirror) = text.and_then(|text| Mirror::from_text(&text)) {
            self.attempts.check_mirror(&mirror, &self.clock.now());
        }
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

/// What was found for one wrap beside the passphrase.
struct Way {
    device: Option<Zeroizing<[u8; 32]>>,
    security_key: Option<Zeroizing<[u8; 32]>>,
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
