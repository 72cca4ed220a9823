//! Why the vault, an unlock or a change failed: each with a stable code and a sentence that says what to do.

use std::time::Duration;

use crate::kdf::KdfBoundsError;
use crate::keyring::KeyringError;
use crate::recovery::RecoveryCodeError;
use crate::seal::CryptoError;
use crate::security_key::SecurityKeyError;

/// Why the vault file can't be used. None of these changed anything on disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// There is none: no profile was made here.
    #[error("no mailbox was set up in this profile: set it up first")]
    Missing,
    /// It isn't what was written.
    #[error("the vault file is damaged: restore vault.json from a backup; nothing was changed")]
    Damaged,
    /// A later version of the program wrote it.
    #[error("the vault file was written by a newer version: install that version")]
    NewerFormat,
    /// Its key derivation is cheaper or dearer than any version writes.
    #[error(transparent)]
    Bounds(#[from] KdfBoundsError),
    /// The owner's ways in were to go and nobody else's would have stayed.
    #[error("the organisation has no way into this mailbox that could stay: nothing was erased")]
    NothingKept,
    /// It can't be read or written.
    #[error("the vault file can't be read or written: check the disk's permissions and free space")]
    Io(#[from] std::io::Error),
}

impl VaultError {
    /// Returns the stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "vault.missing",
            Self::Damaged | Self::Bounds(_) => "vault.damaged",
            Self::NewerFormat => "vault.newer_format",
            Self::NothingKept => "vault.nothing_kept",
            Self::Io(_) => "vault.io",
        }
    }
}

/// Why a mailbox wasn't unlocked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// The passphrase isn't the one.
    #[error("the passphrase is wrong: check the keyboard layout and Caps Lock")]
    WrongPassphrase {
        /// Wrong ones in a row.
        failures: u32,
        /// How long to wait before the next attempt.
        wait: Duration,
    },
    /// Too soon after the last wrong one; nothing was tried.
    #[error("too many wrong passphrases: wait before trying again")]
    Throttled {
        /// How long to wait.
        wait: Duration,
    },
    /// The limit of wrong passphrases was reached; nothing was tried.
    #[error("locked out after too many wrong passphrases: wait, or use the recovery code")]
    LockedOut {
        /// How long to wait.
        wait: Duration,
    },
    /// The limit of wrong passphrases was reached, and policy ends the owner's ways in then.
    #[error(
        "passphrase and recovery code no longer open this mailbox, after too many wrong passphrases: ask IT"
    )]
    Erased,
    /// The passphrase is right; a one-time code is asked for beside it.
    #[error("type the code that the authenticator app shows")]
    OneTimeCodeNeeded,
    /// The passphrase is right and the one-time code isn't, or was taken before.
    #[error(
        "the one-time code is wrong: wait for the next one, and check the clock of this computer"
    )]
    WrongOneTimeCode,
    /// The recovery code is well-formed and isn't this mailbox's.
    #[error(
        "the recovery code belongs to another mailbox or was replaced: look for the newest print-out"
    )]
    WrongRecoveryCode,
    /// What was typed isn't a recovery code.
    #[error(transparent)]
    RecoveryCode(#[from] RecoveryCodeError),
    /// This mailbox needs the keyring and none was given.
    #[error("this mailbox needs the computer's keyring to open: start the keyring and try again")]
    KeyringNeeded,
    /// The keyring stands in the way; it says nothing about the passphrase.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keyring answers with another secret than the one this mailbox was made with.
    #[error(
        "the keyring holds another secret than this mailbox needs: restore the keyring, or use the recovery code"
    )]
    DeviceSecretChanged,
    /// This mailbox needs its security key and no touch of it was given.
    #[error("this mailbox needs its security key to open: plug it in and touch it")]
    SecurityKeyNeeded,
    /// The security key stands in the way; it says nothing about the passphrase.
    #[error(transparent)]
    SecurityKey(#[from] SecurityKeyError),
    /// The vault file stands in the way.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The crypto library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl UnlockError {
    /// Returns the stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongPassphrase { .. } => "unlock.wrong_passphrase",
            Self::Throttled { .. } => "unlock.throttled",
            Self::LockedOut { .. } => "unlock.locked_out",
            Self::Erased => "unlock.erased",
            Self::OneTimeCodeNeeded => "unlock.one_time_code_needed",
            Self::WrongOneTimeCode => "unlock.wrong_one_time_code",
            Self::WrongRecoveryCode => "unlock.wrong_recovery_code",
            Self::RecoveryCode(RecoveryCodeError::Length) => "recovery_code.length",
            Self::RecoveryCode(RecoveryCodeError::Typo) => "recovery_code.typo",
            Self::KeyringNeeded => "keyring.needed",
            Self::Keyring(error) => error.code(),
            Self::DeviceSecretChanged => "keyring.secret_changed",
            Self::SecurityKeyNeeded => "security_key.needed",
            Self::SecurityKey(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Crypto(_) => "vault.crypto",
        }
    }

    /// Says whether a device secret is gone for good, as opposed to out of reach.
    pub(super) const fn means_lost(&self) -> bool {
        matches!(
            self,
            Self::DeviceSecretChanged
                | Self::Keyring(KeyringError::ItemMissing | KeyringError::ItemDamaged)
        )
    }
}

/// Why a change wasn't made. The old way in still works.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// What was typed isn't the present code of the new authenticator.
    #[error("this is not the code that the authenticator shows: check the clock of this computer")]
    NotTheOneTimeCode,
    /// More wraps for the organisation than a vault holds.
    #[error("the policy names too many recovery certificates")]
    TooManyWraps,
    /// The key isn't this vault's.
    #[error("this key belongs to another mailbox: unlock this one first")]
    WrongKey,
    /// This mailbox needs the keyring and none was given.
    #[error("this mailbox needs the computer's keyring: start the keyring and try again")]
    KeyringNeeded,
    /// This mailbox has a security key, and the change takes a touch of it.
    #[error("this mailbox needs its security key: plug it in and touch it")]
    SecurityKeyNeeded,
    /// The security key stands in the way.
    #[error(transparent)]
    SecurityKey(#[from] SecurityKeyError),
    /// The new way in didn't open what was written; the old one was kept.
    #[error("the new passphrase could not be verified, the old one stays in force: try again")]
    NotVerified,
    /// The recovery code wasn't typed back correctly.
    #[error("this is not the recovery code that was shown: type the new code from the paper")]
    NotTheCode,
    /// What was typed isn't a recovery code.
    #[error(transparent)]
    RecoveryCode(#[from] RecoveryCodeError),
    /// The keyring stands in the way.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The vault file can't be written.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The crypto library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl ChangeError {
    /// Returns the stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotTheOneTimeCode => "one_time_code.not_the_code",
            Self::TooManyWraps => "emergency.too_many",
            Self::WrongKey => "vault.wrong_key",
            Self::KeyringNeeded => "keyring.needed",
            Self::SecurityKeyNeeded => "security_key.needed",
            Self::SecurityKey(error) => error.code(),
            Self::NotVerified => "vault.not_verified",
            Self::NotTheCode => "recovery_code.not_the_code",
            Self::RecoveryCode(RecoveryCodeError::Length) => "recovery_code.length",
            Self::RecoveryCode(RecoveryCodeError::Typo) => "recovery_code.typo",
            Self::Keyring(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Crypto(_) => "vault.crypto",
        }
    }
}
