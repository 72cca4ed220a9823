//! One running program per profile.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use crate::disk;

const FILE: &str = "profile.lock";

/// Held for as long as a program uses a profile; the system releases it when the program ends, however it ends.
#[derive(Debug)]
pub struct ProfileLock {
    /// Its lock is the point; dropping it releases the lock.
    _file: File,
}

/// Why a profile can't be used now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileLockError {
    /// Another program has it open.
    #[error("this profile is open in another window or program: use that one, or close it first")]
    InUse,
    /// The directory or the lock file can't be made.
    #[error("the profile directory can't be written: check its permissions and the free space")]
    Io(#[from] io::Error),
}

impl ProfileLockError {
    /// Returns the stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse => "profile.in_use",
            Self::Io(_) => "profile.io",
        }
    }
}

impl ProfileLock {
    /// Takes the profile in `dir` for this program, making the directory if need be. Never waits.
    ///
    /// # Errors
    /// [`ProfileLockError::InUse`] if another program, or another place in this one, holds it.
    pub fn acquire(dir: &Path) -> Result<Self, ProfileLockError> {
        disk::private_dir(dir)?;
        let file =
            disk::private_file().create(true).truncate(false).write(true).open(dir.join(FILE))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ProfileLockError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let held = ProfileLock::acquire(dir.path()).unwrap();
        assert!(matches!(ProfileLock::acquire(dir.path()), Err(ProfileLockError::InUse)));
        drop(held);
        ProfileLock::acquire(dir.path()).unwrap();
    }
}
