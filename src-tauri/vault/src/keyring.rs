//! The operating system's keyring, never waited for longer than the caller allows.
//!
//! Owns the one thread that talks to the keyring and what may be stored there: base64 text of a random device secret, and
//! two counters. Must not know what the device secret opens.

mod item;
mod store;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use keyring_core::CredentialStore;
use zeroize::{Zeroize as _, Zeroizing};

pub(crate) use item::{Item, ProfileId, Slot};
use store::Store;
use worker::{Operation, Worker};

/// How long a call waits for the keyring unless the caller says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(8);

/// A handle to the keyring's thread; clones share it.
///
/// Every call blocks for at most the time-out. Calls of several callers wait in line: the keyring never sees two at once,
/// and a call that its caller gave up on before it began is not made later.
#[derive(Clone)]
pub struct Keyring {
    worker: Arc<Worker>,
    timeout: Duration,
}

/// Why the keyring didn't do what was asked. None of these says anything about the passphrase.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// No keyring service runs in this session, or it has no default collection.
    #[error(
        "no keyring service is running: start the desktop's keyring (for example GNOME Keyring or KWallet) and try again"
    )]
    Absent,
    /// The keyring's collection is locked, and asking it would open a prompt or wait for ever.
    #[error("the keyring is locked: unlock it with its own password and try again")]
    Locked,
    /// The keyring, or the person at its prompt, refused.
    #[error("the keyring refused access: allow it when the system asks, and try again")]
    Denied,
    /// No answer in time; a locked keyring that can't ask for its password behaves like this too.
    #[error(
        "the keyring did not answer in time: see whether it is locked or asking for a password, and try again"
    )]
    TimedOut,
    /// The keyring works and doesn't hold this mailbox's entry.
    #[error(
        "the keyring has no entry for this mailbox: use the computer account it was made with, or the recovery code"
    )]
    ItemMissing,
    /// Something stands in the entry that isn't ours.
    #[error("the keyring's entry for this mailbox is damaged: use the recovery code")]
    ItemDamaged,
    /// Any other failure; the source has the keyring's own words.
    #[error("the keyring failed: log out and in again, and try again")]
    Failed(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
}

impl KeyringError {
    /// Returns the stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Absent => "keyring.absent",
            Self::Locked => "keyring.locked",
            Self::Denied => "keyring.denied",
            Self::TimedOut => "keyring.timed_out",
            Self::ItemMissing => "keyring.item_missing",
            Self::ItemDamaged => "keyring.item_damaged",
            Self::Failed(_) => "keyring.failed",
        }
    }
}

impl Keyring {
    /// Connects to the system's keyring: Secret Service, Keychain, or Credential Manager. Nothing is asked of it yet.
    pub fn system() -> Self {
        Self::system_with_timeout(DEFAULT_TIMEOUT)
    }

    /// As [`Keyring::system`], with another limit for each call.
    pub fn system_with_timeout(timeout: Duration) -> Self {
        Self { worker: Arc::new(Worker::start(Store::system())), timeout }
    }

    /// Uses a given store of the keyring-core family instead of the system's, for example its in-memory one.
    pub fn with_store(store: Arc<CredentialStore>, timeout: Duration) -> Self {
        Self { worker: Arc::new(Worker::start(Store::given(store))), timeout }
    }

    /// Finds out whether the keyring can be relied on: writes, reads and deletes an entry.
    ///
    /// # Errors
    /// What stands in the way, see [`KeyringError`].
    pub fn probe(&self) -> Result<(), KeyringError> {
        let mut token = BASE64.encode(crate::seal::random_public::<16>().map_err(failed)?);
        self.write(&Item::Probe, token.as_bytes())?;
        let back = self.read(&Item::Probe)?;
        self.delete(&Item::Probe)?;
        let same = back.as_slice() == token.as_bytes();
        token.zeroize();
        if same { Ok(()) } else { Err(KeyringError::ItemDamaged) }
    }

    /// Asks the system to let the person unlock the keyring, and waits up to `patience` for them.
    ///
    /// # Errors
    /// [`KeyringError::Denied`] if the prompt was dismissed, [`KeyringError::TimedOut`] if nobody answered it.
    pub fn ask_unlock(&self, patience: Duration) -> Result<(), KeyringError> {
        self.worker.call(Operation::Unlock, patience).map(drop)
    }

    /// Writes how often the mailbox of a profile was opened, after the mailbox itself has recorded it.
    ///
    /// # Errors
    /// What stands in the way, see [`KeyringError`].
    pub fn set_epoch(&self, profile: &[u8; 16], epoch: u64) -> Result<(), KeyringError> {
        self.write_counter(&Item::Epoch(*profile), epoch)
    }

    pub(crate) fn read(&self, item: &Item) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let answer = self.worker.call(Operation::Read(*item), self.timeout)?;
        answer.ok_or(KeyringError::ItemMissing)
    }

    pub(crate) fn write(&self, item: &Item, value: &[u8]) -> Result<(), KeyringError> {
        let value = Zeroizing::new(value.to_vec());
        self.worker.call(Operation::Write(*item, value), self.timeout).map(drop)
    }

    /// Deletes an entry; one that isn't there is as good as deleted.
    pub(crate) fn delete(&self, item: &Item) -> Result<(), KeyringError> {
        match self.worker.call(Operation::Delete(*item), self.timeout) {
            Ok(_) | Err(KeyringError::ItemMissing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Writes an entry by and by, before anything that is asked for later; the caller can do without knowing whether it
    /// worked.
    pub(crate) fn write_later(&self, item: &Item, value: &[u8]) {
        self.worker.post(Operation::Write(*item, Zeroizing::new(value.to_vec())));
    }

    /// Deletes an entry by and by; the caller can do without knowing whether it worked.
    pub(crate) fn delete_later(&self, item: &Item) {
        self.worker.post(Operation::Delete(*item));
    }

    pub(crate) fn read_secret(
        &self,
        profile: &ProfileId,
        slot: Slot,
    ) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        let text = self.read(&Item::DeviceSecret(*profile, slot))?;
        let mut secret = Zeroizing::new([0; 32]);
        match BASE64.decode_slice(text.as_slice(), secret.as_mut()) {
            Ok(32) => Ok(secret),
            Ok(_) | Err(_) => Err(KeyringError::ItemDamaged),
        }
    }

    pub(crate) fn write_secret(
        &self,
        profile: &ProfileId,
        slot: Slot,
        secret: &[u8; 32],
    ) -> Result<(), KeyringError> {
        let text = Zeroizing::new(BASE64.encode(secret));
        self.write(&Item::DeviceSecret(*profile, slot), text.as_bytes())?;
        // A keyring that says yes and keeps something else would cost the mailbox: look before relying on it.
        let back = self.read_secret(profile, slot)?;
        if openssl::memcmp::eq(back.as_ref(), secret) {
            Ok(())
        } else {
            Err(KeyringError::ItemDamaged)
        }
    }

    /// Reads a counter; `None` if it was never written.
    pub(crate) fn read_counter(&self, item: &Item) -> Result<Option<u64>, KeyringError> {
        match self.read(item) {
            Ok(text) => {
                let text = std::str::from_utf8(&text).map_err(|_| KeyringError::ItemDamaged)?;
                text.parse().map(Some).map_err(|_| KeyringError::ItemDamaged)
            }
            Err(KeyringError::ItemMissing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn write_counter(&self, item: &Item, value: u64) -> Result<(), KeyringError> {
        self.write(item, value.to_string().as_bytes())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> KeyringError {
    KeyringError::Failed(Some(Box::new(error)))
}

#[cfg(test)]
mod tests;
