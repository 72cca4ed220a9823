//! What stands beside the passphrase: one-time codes, and the organisation's way in.

use super::{ChangeError, UnlockError, Vault, VaultError};
use crate::format::{Body, EmergencyWrap, MAX_EMERGENCY_WRAPS};
use crate::one_time::NewOneTime;
use crate::secret::MailboxKey;

impl Vault {
    /// Says whether a one-time code is asked for beside the passphrase.
    pub const fn asks_for_code(&self) -> bool {
        self.body.one_time.is_some()
    }

    /// Makes the secret of one-time codes; nothing is asked for until a code of it was typed.
    ///
    /// # Errors
    /// [`ChangeError::WrongKey`], or a failure of the crypto library.
    pub fn begin_one_time(&self, key: &MailboxKey) -> Result<NewOneTime, ChangeError> {
        self.only_with(key)?;
        Ok(NewOneTime::generate()?)
    }

    /// Asks for codes of `new` from now on, in place of any before, if `typed` is its present code.
    ///
    /// # Errors
    /// [`ChangeError::NotTheOneTimeCode`]; what was asked for before still is.
    pub fn confirm_one_time(
        &mut self,
        key: &MailboxKey,
        new: &NewOneTime,
        typed: &str,
    ) -> Result<(), ChangeError> {
        self.only_with(key)?;
        let part = new.confirm(key, typed, self.clock.now().utc_ms)?;
        let part = part.ok_or(ChangeError::NotTheOneTimeCode)?;
        Ok(self.rewrite(|body| body.one_time = Some(part))?)
    }

    /// Asks for no codes any more: the authenticator was lost, or is no longer wanted.
    ///
    /// # Errors
    /// [`ChangeError::WrongKey`], or the file can't be written.
    pub fn remove_one_time(&mut self, key: &MailboxKey) -> Result<(), ChangeError> {
        self.only_with(key)?;
        Ok(self.rewrite(|body| body.one_time = None)?)
    }

    /// Returns the wraps for the organisation.
    pub fn emergency(&self) -> &[EmergencyWrap] {
        &self.body.emergency
    }

    /// Replaces the wraps for the organisation.
    ///
    /// # Errors
    /// [`ChangeError::TooManyWraps`], [`ChangeError::WrongKey`], or the file can't be written.
    pub fn set_emergency(
        &mut self,
        key: &MailboxKey,
        wraps: Vec<EmergencyWrap>,
    ) -> Result<(), ChangeError> {
        self.only_with(key)?;
        if wraps.len() > MAX_EMERGENCY_WRAPS {
            return Err(ChangeError::TooManyWraps);
        }
        Ok(self.rewrite(|body| body.emergency = wraps)?)
    }

    /// Takes the key that one of the wraps for the organisation held, and nobody's word for it.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if it isn't this mailbox's key.
    pub fn unlock_with_emergency(&self, opened: &[u8; 32]) -> Result<MailboxKey, UnlockError> {
        let key = MailboxKey::from_bytes(opened)?;
        if self.body.is_key(&key)? { Ok(key) } else { Err(VaultError::Damaged.into()) }
    }

    fn only_with(&self, key: &MailboxKey) -> Result<(), ChangeError> {
        if self.body.is_key(key)? { Ok(()) } else { Err(ChangeError::WrongKey) }
    }

    /// Lets a code through once. The step is written before anybody is let in.
    pub(super) fn pass_code(
        &mut self,
        key: &MailboxKey,
        typed: Option<&str>,
    ) -> Result<(), UnlockError> {
        let Some(part) = &self.body.one_time else { return Ok(()) };
        let typed = typed.ok_or(UnlockError::OneTimeCodeNeeded)?;
        let now = self.clock.now();
        let Some(step) = part.check(key, typed, now.utc_ms)? else {
            return Err(UnlockError::WrongOneTimeCode);
        };
        let taken = |body: &mut Body| {
            if let Some(part) = &mut body.one_time {
                part.last_step = step;
            }
        };
        Ok(self.rewrite(taken)?)
    }
}
