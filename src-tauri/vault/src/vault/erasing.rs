//! The end of the owner's ways in, where policy wants it after too many wrong passphrases.
//!
//! Only where the organisation has a way in: mail that somebody must keep, under a legal hold or without, must not become
//! mail that nobody can read because somebody typed at the keyboard. Without one the limit is the longest wait.
//!
//! Order: the vault file without the key in the wraps of passphrase and recovery code → the device secrets out of the
//! keyring. A kill between the two leaves a vault that says so, and the next attempt empties the keyring. The wraps for
//! the organisation stay. The mailbox itself is not touched.

use super::{UnlockError, Vault};
use crate::attempts::FailureKind;
use crate::format::Body;
use crate::keyring::{Item, Keyring, Slot};

impl Vault {
    /// Says whether the owner's ways in were erased.
    pub const fn is_erased(&self) -> bool {
        self.body.erased
    }

    /// Says whether the limit of wrong passphrases ends the owner's ways in, and isn't only the longest wait: policy wants
    /// it, and the organisation's way in would stay.
    pub const fn erases_at_the_limit(&self) -> bool {
        self.limits.erases && !self.body.emergency.is_empty()
    }

    /// Erases the owner's ways in if the limit was reached and is to have that end.
    ///
    /// # Errors
    /// [`UnlockError::Erased`] once it is done; or the file can't be written, and everything stayed as it was.
    pub(super) fn erase_at_the_limit(
        &mut self,
        keyring: Option<&Keyring>,
    ) -> Result<(), UnlockError> {
        if !self.erases_at_the_limit() || self.failures().failures < self.limits.max {
            return Ok(());
        }
        self.rewrite(Body::erase_owner)?;
        fail::fail_point!("vault::erase::wraps_gone");
        self.attempts.note_uncounted(FailureKind::WaysErased, &self.clock.now());
        self.mirror_attempts(keyring);
        self.refuse_once_erased(keyring)
    }

    /// Refuses an erased vault, and finishes what a kill has left.
    pub(super) fn refuse_once_erased(&self, keyring: Option<&Keyring>) -> Result<(), UnlockError> {
        if !self.body.erased {
            return Ok(());
        }
        if let Some(keyring) = keyring {
            for slot in [Slot::A, Slot::B] {
                // A keyring in trouble keeps a secret that opens nothing any more.
                keyring.delete(&Item::DeviceSecret(self.body.profile, slot)).ok();
            }
        }
        Err(UnlockError::Erased)
    }
}
