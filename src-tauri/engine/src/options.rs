//! What a front end starts the engine with, and why it may not start.

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use wardmail_api::session::LockReason;
use wardmail_presence::Buses;
use wardmail_vault::{Authenticator, ProfileLockError};

/// Where everything is, and how patient to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile's directory.
    pub profile: PathBuf,
    /// The policy that IT installed.
    pub installed_policy: PathBuf,
    /// A policy named by hand; it can only tighten.
    pub named_policy: Option<PathBuf>,
    /// How long to wait for the OS keyring.
    pub keyring_patience: Duration,
    /// Whether mail is fetched and sent by itself while unlocked (`wardctl` asks for it instead), and whether the
    /// mailbox locks by itself.
    pub background: bool,
    /// Where the system says that nobody is at the computer.
    pub buses: Buses,
    /// How the last session ended, if this program started anew because of it.
    pub locked_before: Option<LastLock>,
    /// Where the system's log listens.
    pub system_log: PathBuf,
    /// What speaks to security keys.
    pub security_keys: Arc<dyn Authenticator>,
}

/// Where the system's log listens, as every C library has it.
const SYSTEM_LOG: &str = "/dev/log";

impl Options {
    /// The usual places, for a profile.
    pub fn from_environment(profile: PathBuf) -> Self {
        Self {
            profile,
            installed_policy: PathBuf::from(crate::policy_source::INSTALLED),
            named_policy: std::env::var_os("WARDMAIL_POLICY").map(PathBuf::from),
            keyring_patience: wardmail_vault::DEFAULT_TIMEOUT,
            background: true,
            buses: Buses::default(),
            locked_before: None,
            system_log: PathBuf::from(SYSTEM_LOG),
            security_keys: wardmail_vault::system_authenticator(),
        }
    }
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program has the profile open, or it can't be written.
    #[error(transparent)]
    Profile(#[from] ProfileLockError),
    /// The allocator that wipes SQLite's memory could not be installed.
    #[error(
        "the database library was used before it could be made to wipe its memory; restart Wardmail"
    )]
    Allocator(#[from] wardmail_store::AllocatorError),
}

impl StartError {
    /// The code a front end shows or ends with.
    pub const fn code(&self) -> wardmail_api::ErrorCode {
        use wardmail_api::ErrorCode;
        match self {
            Self::Profile(ProfileLockError::InUse) => ErrorCode::ProfileInUse,
            Self::Profile(_) => ErrorCode::DiskFailed,
            Self::Allocator(_) => ErrorCode::Internal,
        }
    }
}

/// How the last session ended: what the lock screen says beside the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLock {
    /// Why it was locked.
    pub reason: Option<LockReason>,
    /// How many messages wait in the outbox.
    pub waiting: u32,
}
