//! Passphrase, OS keyring and recovery code to the mailbox key.
//!
//! The mailbox key is 32 random bytes. It lies on disk only wrapped, in `vault.json`:
//!
//! ```text
//! passphrase ──Argon2id──┐
//!                        ├─HKDF─▶ key-encryption key ──AES-256-GCM──▶ passphrase wrap ─┐
//! device secret (keyring)┤                                                             ├─ the mailbox key
//! security key (if any)──┘                                                             │
//! recovery code ─────────HKDF───▶ key-encryption key ──AES-256-GCM──▶ recovery wrap ───┘
//! ```
//!
//! A way through the crate:
//! - [`Vault::begin`] makes a [`Setup`] with a [`RecoveryCode`]; [`Setup::confirm`] writes the profile once the code was typed back.
//! - [`Vault::open`] reads it again; [`Vault::unlock`] and [`Vault::unlock_with_recovery`] give the [`MailboxKey`].
//! - [`Vault::change_passphrase`], [`Vault::replace_device_secret`], [`Vault::begin_recovery_code`] change what opens it; a
//!   kill at any point leaves a vault that opens.
//! - [`NewSecurityKey::enrol`] and [`Vault::set_security_key`] add a FIDO2 key; [`Vault::touch_request`] says what it is asked.
//! - [`Vault::failures`] and [`Vault::pending_failures`] tell of wrong passphrases, which are counted outside the mailbox.
//! - [`Vault::write_backup`] makes one encrypted file of a profile, [`OpenBackup`] reads it, [`Vault::begin_for_key`] makes a
//!   profile of it again.
//! - [`Vault::order_erasure`] and [`carry_out_erasure`] destroy what opens a mailbox, and the mailbox.
//! - [`Keyring`] is the operating system's keyring with a time-out; [`ProfileLock`] keeps a second program away.
//! - [`keep_memory_private`] is what a program that holds keys calls first.
//! - [`passphrase_strength`] judges a new passphrase.
//!
//! Everything here blocks, for half a second of key derivation or for the keyring's time-out: call it off the async runtime.
//! Nothing here knows the mailbox, the policy or the window. No error carries a secret, and none deletes anything.
#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)
)]

mod attempts;
mod backup;
mod clock;
mod disk;
mod erase;
mod format;
mod kdf;
mod keyring;
mod locked;
mod one_time;
mod process;
mod profile_lock;
mod recovery;
mod seal;
mod sealed_box;
mod secret;
mod security_key;
mod setup;
mod strength;
mod vault;
mod wiping;

pub use attempts::{
    AttemptLimits, Failure, FailureKind, FailureState, PendingFailures, wait_after,
};
pub use backup::{BackupError, BackupInfo, OpenBackup, RestoredFiles, Watch, WrittenBackup};
pub use clock::{Clock, Moment, SystemClock};
pub use erase::{Erased, OWN_FILES as PRIVATE_FILES, carry_out_erasure};
pub use format::EmergencyWrap;
pub use kdf::{
    CEILING_MEMORY_KIB, CEILING_WORK_KIB, Cost, FLOOR_MEMORY_ALONE_KIB, FLOOR_MEMORY_KIB,
    FLOOR_PASSES, KdfBoundsError,
};
pub use keyring::{DEFAULT_TIMEOUT, Keyring, KeyringError};
pub use one_time::NewOneTime;
pub use process::keep_memory_private;
pub use profile_lock::{ProfileLock, ProfileLockError};
pub use recovery::{RecoveryCode, RecoveryCodeError};
pub use seal::CryptoError;
pub use secret::{MAX_PASSPHRASE_BYTES, MailboxKey, Passphrase, PassphraseError};
#[cfg(any(test, feature = "failpoints"))]
pub use security_key::mock;
pub use security_key::{
    Authenticator, NewSecurityKey, Pin, SecretAsk, SecurityKeyError, Touch, TouchRequest,
    system_authenticator,
};
pub use setup::{Protection, Setup, SetupError, Unconfirmed};
pub use strength::{Advice, PassphraseRules, Strength, passphrase_strength};
pub use vault::{
    ChangeError, FILE as VAULT_FILE, KeyringMode, NewRecoveryCode, Typed, UnlockError, Vault,
    VaultError,
};
pub use wiping::WipingAllocator;
