//! A security key as a third factor: added, replaced, removed, and asked for. Each change is a re-wrap like any other.

use super::{ChangeError, Vault};
use crate::attempts::FailureKind;
use crate::keyring::Keyring;
use crate::seal::CryptoError;
use crate::secret::{MailboxKey, Passphrase};
use crate::security_key::{NewSecurityKey, SecurityKeyError, SecurityKeyPart, Touch, TouchRequest};

/// What somebody gives to be let in.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// The passphrase.
    pub passphrase: &'a Passphrase,
    /// The one-time code, where the vault asks for one.
    pub code: Option<&'a str>,
    /// The touch of the security key, where the vault has one.
    pub touch: Option<&'a Touch>,
}

impl Vault {
    /// Says whether a security key is part of what opens the mailbox. Half-way through a change it isn't: then a wrap
    /// without it opens, and the next unlock keeps that one alone.
    pub fn has_security_key(&self) -> bool {
        self.body.passphrase.iter().all(|wrap| wrap.security_key.is_some())
    }

    /// Returns what the security key is to be asked before an unlock, or before anything else that takes a touch; `None`
    /// if the vault opens without.
    pub fn touch_request(&self) -> Option<TouchRequest> {
        if !self.has_security_key() {
            return None;
        }
        let newest_first = self.body.passphrase.iter().rev();
        let parts = newest_first.filter_map(|wrap| wrap.security_key.clone()).collect();
        Some(TouchRequest::new(self.body.profile, parts))
    }

    /// Makes `new` a part of what opens the mailbox, in place of any security key before. `passphrase` becomes the
    /// passphrase: let the caller make sure that it is the present one ([`Vault::confirm_owner`]).
    ///
    /// # Errors
    /// [`ChangeError`]; the old way in then still works.
    pub fn set_security_key(
        &mut self,
        key: &MailboxKey,
        passphrase: &Passphrase,
        new: &NewSecurityKey,
        keyring: Option<&Keyring>,
    ) -> Result<(), ChangeError> {
        if !new.is_for(&self.body.profile) {
            return Err(ChangeError::WrongKey);
        }
        let protection = self.present_protection(keyring)?;
        self.wrap_anew(key, passphrase, &protection, Some(new.factor()))
    }

    /// Opens without a security key from now on: it was lost, or is no longer wanted. `passphrase` becomes the passphrase.
    ///
    /// # Errors
    /// [`ChangeError`]; the old way in then still works.
    pub fn remove_security_key(
        &mut self,
        key: &MailboxKey,
        passphrase: &Passphrase,
        keyring: Option<&Keyring>,
    ) -> Result<(), ChangeError> {
        let protection = self.present_protection(keyring)?;
        self.wrap_anew(key, passphrase, &protection, None)
    }

    /// Notes that a key or a PIN was tried that isn't this mailbox's. It isn't counted: it says nothing about the
    /// passphrase, and the key counts its PINs itself.
    pub fn note_security_key(&mut self, error: SecurityKeyError) {
        if error.is_a_failed_try() {
            self.attempts.note_uncounted(FailureKind::WrongSecurityKey, &self.clock.now());
        }
    }

    /// Finds the part that `touch` answers.
    pub(super) fn security_key_of(
        &self,
        touch: &Touch,
    ) -> Result<Option<SecurityKeyPart>, CryptoError> {
        for part in self.body.passphrase.iter().filter_map(|wrap| wrap.security_key.as_ref()) {
            if part.is_secret(&self.body.profile, touch)? {
                return Ok(Some(part.clone()));
            }
        }
        Ok(None)
    }
}
