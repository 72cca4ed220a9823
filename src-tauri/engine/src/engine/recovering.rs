//! The way in with the printed recovery code.

use std::sync::Arc;

use wardmail_api::session::Notice;
use wardmail_vault::{MailboxKey, Passphrase, Vault};

use super::{ChangeOfWayIn, Engine, State, blocking};
use crate::{access::security_key::KeptKey, error::Error};

impl Engine {
    /// Opens the mailbox with the recovery code and makes `passphrase` the way in from now on. A security key is touched
    /// and stays, or is taken out.
    pub(crate) async fn recover(
        self: &Arc<Self>,
        code: String,
        passphrase: Passphrase,
        key: KeptKey,
    ) -> Result<(), Error> {
        let policy = self.policy().await?;
        policy.check_passphrase(&passphrase)?;
        let (touch, takes_key_out) = match key {
            KeptKey::Stays(pin) => (self.touch_at_once(pin).await?, false),
            KeptKey::TakenOut => (None, self.has_security_key().await?),
        };
        let open = move |vault: &mut Vault| Ok(vault.unlock_with_recovery(&code)?);
        let keyring = self.keyring.clone();
        let act = move |vault: &mut Vault, key: &MailboxKey| {
            let mut ended = Vec::new();
            if takes_key_out {
                vault.remove_security_key(key, &passphrase, Some(&keyring))?;
                ended.push(Notice::SecurityKeyOff);
            } else {
                vault.change_passphrase(key, &passphrase, touch.as_ref(), Some(&keyring))?;
            }
            // Whoever needs the code may have lost the authenticator too.
            if vault.asks_for_code() {
                vault.remove_one_time(key)?;
                ended.push(Notice::OneTimeCodesOff);
            }
            Ok(ended)
        };
        self.open_with(open, Some(ChangeOfWayIn { takes_key_out, act: Box::new(act) })).await
    }

    async fn has_security_key(&self) -> Result<bool, Error> {
        let vault = match &*self.state.read().await {
            State::Locked(vault) | State::Unlocked(vault, _) => Arc::clone(vault),
            State::SetUp(_) => return Ok(false),
        };
        blocking(move || Ok(vault.lock().map_err(|_| Error::Internal("vault"))?.has_security_key()))
            .await
    }
}
