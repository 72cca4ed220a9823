//! What the keyring repeats of the two counts beside it: failed attempts, and openings of the mailbox.
//!
//! Both are there before a wrap says so ([`Vault::is_counted`]); from then on one that is missing was deleted.

use super::Vault;
use crate::attempts::{Attempts, Mirror};
use crate::format::DeviceSecret;
use crate::keyring::{Item, Keyring, KeyringError, ProfileId};

impl Vault {
    /// Says whether the keyring must hold this profile's counts. A vault of an earlier version doesn't know, until what
    /// opens it is changed; one whose passphrase stands alone has none.
    pub fn is_counted(&self) -> bool {
        self.body.is_counted()
    }

    /// Returns how often this mailbox was opened according to the keyring; `None` if it holds no such count. What an unlock
    /// was told on its way isn't asked for again.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn epoch(&mut self, keyring: &Keyring) -> Result<Option<u64>, KeyringError> {
        match self.told_epoch.take() {
            Some(super::ToldEpoch(told)) => Ok(told),
            None => self.ask_epoch(keyring),
        }
    }

    pub(super) fn ask_epoch(&self, keyring: &Keyring) -> Result<Option<u64>, KeyringError> {
        openings(keyring, &self.body.profile)
    }

    /// Repeats the counter of attempts in the keyring. A keyring in trouble doesn't hinder the unlock; the file still counts.
    pub(super) fn mirror_attempts(&self, keyring: Option<&Keyring>) {
        if let Some(keyring) = keyring {
            write_mirror(keyring, &self.body.profile, &self.attempts).ok();
        }
    }

    /// As [`Vault::mirror_attempts`], without waiting for it.
    pub(super) fn mirror_later(&self, keyring: Option<&Keyring>) {
        if let Some(keyring) = keyring {
            let text = self.attempts.mirror().to_text();
            keyring.write_later(&Item::Attempts(self.body.profile), text.as_bytes());
        }
    }

    /// Compares the counter of attempts with what the keyring repeats. Where that must be there and isn't, it was deleted.
    pub(super) fn check_mirror(&mut self, keyring: &Keyring) {
        let mirror = match keyring.read(&Item::Attempts(self.body.profile)) {
            Ok(text) => Mirror::from_text(&text),
            Err(KeyringError::ItemMissing | KeyringError::ItemDamaged) => None,
            // It says nothing of the entry.
            Err(_) => return,
        };
        let now = self.clock.now();
        if let Some(mirror) = mirror {
            self.attempts.check_mirror(&mirror, &now);
        } else if self.is_counted() {
            self.attempts.mirror_is_gone(&now);
            // Written anew at once, so that the wait begins only once.
            self.mirror_attempts(Some(keyring));
        }
    }

    /// Sees to it that the keyring holds both counts, before a wrap with `device` says so.
    pub(super) fn begin_counting(
        &self,
        keyring: &Keyring,
        device: &DeviceSecret,
    ) -> Result<(), KeyringError> {
        let profile = &self.body.profile;
        // With the present secret still there the keyring is the one that held the counts: one of openings that was deleted
        // is told at the next opening, and must not be made up for here.
        if self.is_counted() && keyring.read_secret(profile, device.slot.other()).is_ok() {
            write_mirror(keyring, profile, &self.attempts)
        } else {
            begin_counting(keyring, profile, &self.attempts)
        }
    }
}

/// Writes both counts where there are none; one of openings that is there goes on.
pub(crate) fn begin_counting(
    keyring: &Keyring,
    profile: &ProfileId,
    attempts: &Attempts,
) -> Result<(), KeyringError> {
    write_mirror(keyring, profile, attempts)?;
    match openings(keyring, profile)? {
        Some(_) => Ok(()),
        None => keyring.set_epoch(profile, 0),
    }
}

fn write_mirror(
    keyring: &Keyring,
    profile: &ProfileId,
    attempts: &Attempts,
) -> Result<(), KeyringError> {
    keyring.write(&Item::Attempts(*profile), attempts.mirror().to_text().as_bytes())
}

/// A count that can't be read is none.
fn openings(keyring: &Keyring, profile: &ProfileId) -> Result<Option<u64>, KeyringError> {
    match keyring.read_counter(&Item::Epoch(*profile)) {
        Err(KeyringError::ItemDamaged) => Ok(None),
        read => read,
    }
}
