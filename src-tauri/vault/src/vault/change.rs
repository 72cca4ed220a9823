//! Changing what opens the mailbox. The old way in stays until the new one has opened the file.
//!
//! Order: new device secret into the free keyring slot, and the counts beside it → vault file with both wraps → both read back and opened with the
//! new passphrase → vault file with the new wrap alone → old slot emptied. A kill after any step leaves a vault that opens,
//! and the next unlock or change tidies what is left over.

use super::{ChangeError, KeyringMode, Vault, read_body};
use crate::format::{Beside, Body, DeviceSecret, PassphraseWrap, RecoveryWrap};
use crate::keyring::{Item, Keyring, Slot};
use crate::recovery::RecoveryCode;
use crate::secret::{MailboxKey, Passphrase};
use crate::security_key::{SecurityKey, Touch};
use crate::setup::Protection;

/// A recovery code that was made and isn't in force yet: it must be typed back first.
#[derive(Debug)]
pub struct NewRecoveryCode {
    code: RecoveryCode,
    wrap: RecoveryWrap,
}

impl NewRecoveryCode {
    /// Returns the code to be printed.
    pub const fn code(&self) -> &RecoveryCode {
        &self.code
    }
}

impl Vault {
    /// Changes the passphrase; what protects the mailbox beside it (keyring or nothing, a security key or none) stays as it
    /// is. The device secret is replaced too. A vault with a security key needs a touch of it.
    ///
    /// # Errors
    /// [`ChangeError`]; the old passphrase then still works.
    pub fn change_passphrase(
        &mut self,
        key: &MailboxKey,
        new: &Passphrase,
        touch: Option<&Touch>,
        keyring: Option<&Keyring>,
    ) -> Result<(), ChangeError> {
        let protection = self.present_protection(keyring)?;
        if !self.has_security_key() {
            return self.wrap_anew(key, new, &protection, None);
        }
        let touch = touch.ok_or(ChangeError::SecurityKeyNeeded)?;
        let part = self.security_key_of(touch)?.ok_or(ChangeError::SecurityKeyNeeded)?;
        self.wrap_anew(key, new, &protection, Some(SecurityKey { part: &part, touch }))
    }

    /// What protects the mailbox beside passphrase and security key.
    pub(super) fn present_protection<'a>(
        &self,
        keyring: Option<&'a Keyring>,
    ) -> Result<Protection<'a>, ChangeError> {
        match (self.keyring_mode(), keyring) {
            (KeyringMode::Required, Some(keyring)) => Ok(Protection::KeyringAndPassphrase(keyring)),
            (KeyringMode::Required, None) => Err(ChangeError::KeyringNeeded),
            (KeyringMode::None, _) => Ok(Protection::PassphraseAloneAllowedByPolicy),
        }
    }

    /// Puts a fresh device secret into the keyring, for one that was lost or for a mailbox that had none.
    ///
    /// `passphrase` becomes the passphrase: after a loss nothing is left to compare it with.
    ///
    /// # Errors
    /// [`ChangeError`]; the old way in then still works, as far as it did.
    pub fn replace_device_secret(
        &mut self,
        key: &MailboxKey,
        passphrase: &Passphrase,
        keyring: &Keyring,
    ) -> Result<(), ChangeError> {
        self.protect(key, passphrase, &Protection::KeyringAndPassphrase(keyring))
    }

    /// Makes `passphrase` and `protection` the way in, in place of the present ones.
    ///
    /// # Errors
    /// [`ChangeError`]; the old way in then still works. A vault with a security key is refused: it is taken out by
    /// [`Vault::remove_security_key`], and by nothing else on the side.
    pub fn protect(
        &mut self,
        key: &MailboxKey,
        passphrase: &Passphrase,
        protection: &Protection<'_>,
    ) -> Result<(), ChangeError> {
        if self.has_security_key() {
            return Err(ChangeError::SecurityKeyNeeded);
        }
        self.wrap_anew(key, passphrase, protection, None)
    }

    /// Makes these the way in, in place of the present ones.
    pub(super) fn wrap_anew(
        &mut self,
        key: &MailboxKey,
        passphrase: &Passphrase,
        protection: &Protection<'_>,
        security_key: Option<SecurityKey<'_>>,
    ) -> Result<(), ChangeError> {
        if !self.body.is_key(key)? {
            return Err(ChangeError::WrongKey);
        }
        let mut body = self.body.clone();
        // What an interrupted change left was never confirmed to anybody.
        body.passphrase.truncate(1);
        let old_slot = body.passphrase.first().and_then(|wrap| wrap.keyring.slot());
        let device = match protection {
            Protection::KeyringAndPassphrase(_) => {
                Some(DeviceSecret::generate(old_slot.map_or(Slot::A, Slot::other))?)
            }
            Protection::PassphraseAloneAllowedByPolicy => None,
        };
        if body.passphrase != self.body.passphrase {
            // The free slot may still be named by the left-over wrap: take that out before the slot is filled anew.
            self.store(body.clone())?;
        }
        let device_secret = device.as_ref();
        let wrap = PassphraseWrap::seal(
            &body.profile,
            key,
            passphrase,
            device_secret,
            security_key,
            self.cost,
        )?;
        if let (Protection::KeyringAndPassphrase(keyring), Some(device)) = (protection, &device) {
            keyring.write_secret(&body.profile, device.slot, &device.bytes)?;
            self.begin_counting(keyring, device)?;
        }
        fail::fail_point!("vault::change::secret_written");
        let old = body.clone();
        body.passphrase.push(wrap);
        self.switch_over(body, passphrase, protection, security_key).inspect_err(|_| {
            // Whoever is told that the change failed must not find both ways open; if even this can't be written, the
            // next unlock settles it.
            self.store(old).ok();
        })?;
        if let Protection::KeyringAndPassphrase(keyring) = protection {
            self.empty_other_slot(keyring);
        }
        Ok(())
    }

    /// Writes both wraps, opens the new one from disk and keyring, and gives up the old one.
    fn switch_over(
        &mut self,
        mut body: Body,
        passphrase: &Passphrase,
        protection: &Protection<'_>,
        security_key: Option<SecurityKey<'_>>,
    ) -> Result<(), ChangeError> {
        self.store(body.clone())?;
        fail::fail_point!("vault::change::both_wraps");
        self.verify_newest(passphrase, protection, security_key)?;
        fail::fail_point!("vault::change::verified");
        body.passphrase.remove(0);
        self.store(body)?;
        fail::fail_point!("vault::change::new_wrap_alone");
        Ok(())
    }

    /// Makes a new recovery code; the present one stays in force until the new one was typed back.
    ///
    /// # Errors
    /// [`ChangeError::WrongKey`], or a failure of the crypto library.
    pub fn begin_recovery_code(&self, key: &MailboxKey) -> Result<NewRecoveryCode, ChangeError> {
        if !self.body.is_key(key)? {
            return Err(ChangeError::WrongKey);
        }
        let code = RecoveryCode::generate()?;
        let wrap = RecoveryWrap::seal(&self.body.profile, key, &code)?;
        Ok(NewRecoveryCode { code, wrap })
    }

    /// Puts a new recovery code in force if `typed` is that code.
    ///
    /// # Errors
    /// [`ChangeError::RecoveryCode`] for a typing mistake, [`ChangeError::NotTheCode`] for another code.
    pub fn confirm_recovery_code(
        &mut self,
        new: &NewRecoveryCode,
        typed: &str,
    ) -> Result<(), ChangeError> {
        if !RecoveryCode::parse(typed)?.is_same(&new.code) {
            return Err(ChangeError::NotTheCode);
        }
        let mut body = self.body.clone();
        body.recovery = new.wrap.clone();
        Ok(self.store(body)?)
    }

    /// Opens the newest wrap from what disk and keyring really hold.
    fn verify_newest(
        &self,
        passphrase: &Passphrase,
        protection: &Protection<'_>,
        security_key: Option<SecurityKey<'_>>,
    ) -> Result<(), ChangeError> {
        let written: Body = read_body(&self.dir)?;
        let newest = written.passphrase.last().ok_or(ChangeError::NotVerified)?;
        let secret = match (protection, newest.keyring.slot()) {
            (Protection::KeyringAndPassphrase(keyring), Some(slot)) => {
                Some(keyring.read_secret(&written.profile, slot)?)
            }
            (Protection::PassphraseAloneAllowedByPolicy, None) => None,
            _ => return Err(ChangeError::NotVerified),
        };
        if newest.security_key.as_ref() != security_key.map(|key| key.part) {
            return Err(ChangeError::NotVerified);
        }
        let beside = Beside {
            device: secret.as_deref(),
            security_key: security_key.map(|key| key.touch.expose()),
        };
        let opened = newest.open(&written.profile, passphrase, beside)?;
        match opened {
            Some(key) if written.is_key(&key)? => Ok(()),
            _ => Err(ChangeError::NotVerified),
        }
    }

    /// Finishes what an interrupted change left: keeps the wrap that has just opened the mailbox, empties the slot that
    /// no wrap names. What can't be tidied now is tidied by the next unlock.
    pub(super) fn settle(&mut self, opened: usize, keyring: Option<&Keyring>) {
        if self.body.passphrase.len() > 1 {
            let mut body = self.body.clone();
            if opened < body.passphrase.len() {
                let wrap = body.passphrase.swap_remove(opened);
                body.passphrase = vec![wrap];
            }
            if self.store(body).is_err() {
                return;
            }
        }
        if let Some(keyring) = keyring {
            self.empty_other_slot(keyring);
        }
    }

    fn empty_other_slot(&self, keyring: &Keyring) {
        if let Some(slot) = self.body.passphrase.first().and_then(|wrap| wrap.keyring.slot()) {
            keyring.delete_later(&Item::DeviceSecret(self.body.profile, slot.other()));
        }
    }
}
