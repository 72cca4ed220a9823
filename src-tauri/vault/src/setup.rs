//! Setting a profile up: nothing is usable on disk until the recovery code was typed back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::attempts::Attempts;
use crate::clock::{Clock, SystemClock};
use crate::disk;
use crate::erase;
use crate::format::{Body, DeviceSecret, PassphraseWrap, RecoveryWrap};
use crate::kdf::Cost;
use crate::keyring::{Keyring, KeyringError, Slot};
use crate::recovery::{RecoveryCode, RecoveryCodeError};
use crate::seal::{self, CryptoError};
use crate::secret::{MailboxKey, Passphrase};
use crate::vault::{FILE, Vault, VaultError, begin_counting};

/// What protects the mailbox beside the passphrase. There is no third choice, and no falling back from one to the other.
#[derive(Debug)]
pub enum Protection<'a> {
    /// A device secret in this keyring.
    KeyringAndPassphrase(&'a Keyring),
    /// Nothing: a dearer key derivation makes up for some of it. To be chosen only where the policy allows it.
    PassphraseAloneAllowedByPolicy,
}

/// A profile in the making; dropping it leaves nothing behind.
#[derive(Debug)]
pub struct Setup {
    dir: PathBuf,
    key: MailboxKey,
    code: RecoveryCode,
    body: Body,
    device: Option<(Keyring, DeviceSecret)>,
    cost: Cost,
    clock: Arc<dyn Clock>,
}

/// Why a profile can't be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// There is a vault already.
    #[error("a mailbox is set up in this profile already: unlock it, or choose another profile")]
    AlreadyExists,
    /// The recovery code isn't the one that was shown.
    #[error("this is not the recovery code that was shown: type the code from the paper")]
    NotTheCode,
    /// What was typed isn't a recovery code.
    #[error(transparent)]
    RecoveryCode(#[from] RecoveryCodeError),
    /// The keyring can't be relied on; nothing was made.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The vault can't be written.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The crypto library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl SetupError {
    /// Returns the stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyExists => "vault.already_exists",
            Self::NotTheCode => "recovery_code.not_the_code",
            Self::RecoveryCode(RecoveryCodeError::Length) => "recovery_code.length",
            Self::RecoveryCode(RecoveryCodeError::Typo) => "recovery_code.typo",
            Self::Keyring(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Crypto(_) => "vault.crypto",
        }
    }
}

/// A set-up that wasn't confirmed: it can be tried again with the same code.
#[derive(Debug)]
pub struct Unconfirmed {
    /// The set-up, unchanged.
    pub setup: Setup,
    /// Why.
    pub error: SetupError,
}

impl Vault {
    /// Begins a profile in `dir`, which may exist but must hold no vault. Probes the keyring, and blocks for the
    /// calibration and one key derivation (one to two seconds).
    ///
    /// # Errors
    /// [`SetupError`]; nothing was made.
    pub fn begin(
        dir: &Path,
        passphrase: &Passphrase,
        protection: &Protection<'_>,
    ) -> Result<Setup, SetupError> {
        Self::begin_with(dir, passphrase, protection, Cost::Calibrated, Arc::new(SystemClock))
    }

    /// As [`Vault::begin`], with a given cost and clock.
    ///
    /// # Errors
    /// As [`Vault::begin`].
    pub fn begin_with(
        dir: &Path,
        passphrase: &Passphrase,
        protection: &Protection<'_>,
        cost: Cost,
        clock: Arc<dyn Clock>,
    ) -> Result<Setup, SetupError> {
        if Self::exists(dir) {
            return Err(SetupError::AlreadyExists);
        }
        let device = device(protection)?;
        let place = Place { dir, cost, clock };
        Self::prepare(place, MailboxKey::generate()?, RecoveryCode::generate()?, passphrase, device)
    }

    /// Begins a profile around a mailbox that is there already: restored, or opened by the organisation. Its recovery
    /// code is `code`, or a fresh one.
    ///
    /// # Errors
    /// As [`Vault::begin`].
    pub fn begin_for_key(
        dir: &Path,
        key: MailboxKey,
        code: Option<RecoveryCode>,
        passphrase: &Passphrase,
        protection: &Protection<'_>,
        cost: Cost,
    ) -> Result<Setup, SetupError> {
        if Self::exists(dir) {
            return Err(SetupError::AlreadyExists);
        }
        let device = device(protection)?;
        let code = code.map_or_else(RecoveryCode::generate, Ok)?;
        let place = Place { dir, cost, clock: Arc::new(SystemClock) };
        Self::prepare(place, key, code, passphrase, device)
    }

    fn prepare(
        Place { dir, cost, clock }: Place<'_>,
        key: MailboxKey,
        code: RecoveryCode,
        passphrase: &Passphrase,
        device: Option<(Keyring, DeviceSecret)>,
    ) -> Result<Setup, SetupError> {
        let profile = seal::random_public()?;
        let secret = device.as_ref().map(|(_, secret)| secret);
        let passphrase = PassphraseWrap::seal(&profile, &key, passphrase, secret, None, cost)?;
        let recovery = RecoveryWrap::seal(&profile, &key, &code)?;
        let body = Body::new(profile, &key, passphrase, recovery)?;
        Ok(Setup { dir: dir.to_owned(), key, code, body, device, cost, clock })
    }
}

/// Where a profile comes, and how.
struct Place<'a> {
    dir: &'a Path,
    cost: Cost,
    clock: Arc<dyn Clock>,
}

/// A fresh device secret for a keyring that works.
fn device(protection: &Protection<'_>) -> Result<Option<(Keyring, DeviceSecret)>, SetupError> {
    match protection {
        Protection::KeyringAndPassphrase(keyring) => {
            keyring.probe()?;
            Ok(Some(((*keyring).clone(), DeviceSecret::generate(Slot::A)?)))
        }
        Protection::PassphraseAloneAllowedByPolicy => Ok(None),
    }
}

impl Setup {
    /// Returns the recovery code to be printed.
    pub const fn recovery_code(&self) -> &RecoveryCode {
        &self.code
    }

    /// Writes the profile if `typed` is the recovery code.
    ///
    /// # Errors
    /// Gives the set-up back with the reason; it can be confirmed again, and the code stays the same.
    pub fn confirm(self, typed: &str) -> Result<(Vault, MailboxKey), Box<Unconfirmed>> {
        match self.write(typed) {
            Ok(attempts) => {
                Ok((Vault::created(self.dir, self.body, attempts, self.cost, self.clock), self.key))
            }
            Err(error) => Err(Box::new(Unconfirmed { setup: self, error })),
        }
    }

    /// The vault file comes last: it is what makes the rest count.
    fn write(&self, typed: &str) -> Result<Attempts, SetupError> {
        if !RecoveryCode::parse(typed)?.is_same(&self.code) {
            return Err(SetupError::NotTheCode);
        }
        if Vault::exists(&self.dir) {
            return Err(SetupError::AlreadyExists);
        }
        if let Some((keyring, secret)) = &self.device {
            keyring.write_secret(&self.body.profile, secret.slot, &secret.bytes)?;
        }
        fail::fail_point!("vault::setup::secret_written");
        disk::private_dir(&self.dir).map_err(VaultError::Io)?;
        // An erasure that could not be ended must not end this profile.
        erase::settle(&self.dir)?;
        let attempts =
            Attempts::create(&self.dir, self.body.failure_log).map_err(VaultError::Io)?;
        if let Some((keyring, _)) = &self.device {
            begin_counting(keyring, &self.body.profile, &attempts)?;
        }
        fail::fail_point!("vault::setup::attempts_written");
        disk::replace(&self.dir, FILE, &self.body.to_bytes()?).map_err(VaultError::Io)?;
        Ok(attempts)
    }
}
