//! A security key as a third factor: waiting for its touch, adding it and taking it out.
//!
//! Nothing is locked while a touch is waited for: the window asks how things stand meanwhile, and may cancel.

#[cfg(test)]
#[cfg(feature = "failpoints")]
mod tests;

use std::sync::Arc;

use wardmail_api::{
    ErrorCode, Secret,
    session::{AddSecurityKey, AllowSecurityKeys, CancelTouch, RemoveSecurityKey},
};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_vault::{NewSecurityKey, Pin, Touch, UnlockError, Vault};

use crate::{
    commands::passphrase,
    door::{Answer, InSession},
    engine::{Engine, State, blocking},
    error::Error,
    session::Session,
    settings::choose,
};

/// What is recorded when a key is taken out.
pub(crate) const REMOVED: &str = "security_key.removed";
const ALLOWED: &str = "unlock.allowSecurityKey";

/// What becomes of a security key when the recovery code opens the mailbox.
pub(crate) enum KeptKey {
    /// It is touched, with its PIN where it asks for one.
    Stays(Option<Secret>),
    /// It was lost.
    TakenOut,
}

impl Engine {
    /// Waits for the touch of the security key, if the mailbox has one. While an attempt would be refused anyway nobody is
    /// asked to touch anything.
    pub(crate) async fn touch(&self, pin: Option<Secret>) -> Result<Option<Touch>, Error> {
        self.touch_unless(|vault| !vault.failures().wait.is_zero(), pin).await
    }

    /// As [`Engine::touch`], for the recovery code, which waits for nothing.
    pub(crate) async fn touch_at_once(&self, pin: Option<Secret>) -> Result<Option<Touch>, Error> {
        self.touch_unless(|_| false, pin).await
    }

    async fn touch_unless(
        &self,
        refused: impl FnOnce(&Vault) -> bool + Send + 'static,
        pin: Option<Secret>,
    ) -> Result<Option<Touch>, Error> {
        let vault = match &*self.state.read().await {
            State::Locked(vault) | State::Unlocked(vault, _) => Arc::clone(vault),
            // Whatever needs it says what is wrong.
            State::SetUp(_) => return Ok(None),
        };
        let keys = Arc::clone(self.security_keys());
        blocking(move || {
            let held = || vault.lock().map_err(|_| Error::Internal("vault"));
            let request = {
                let vault = held()?;
                if refused(&vault) { None } else { vault.touch_request() }
            };
            let Some(request) = request else { return Ok(None) };
            let asked = typed_pin(pin).and_then(|pin| request.ask(&*keys, pin.as_ref()));
            if let Err(error) = &asked {
                held()?.note_security_key(*error);
            }
            Ok(Some(asked.map_err(UnlockError::from)?))
        })
        .await
    }
}

fn typed_pin(pin: Option<Secret>) -> Result<Option<Pin>, wardmail_vault::SecurityKeyError> {
    pin.filter(|pin| !pin.expose().is_empty())
        .map(|pin| Pin::new(pin.expose().to_owned()))
        .transpose()
}

pub(crate) fn change(code: &'static str) -> Event {
    Event::new(EventKind::AccessChange, Outcome::Success).code(Code::new(code))
}

impl InSession for AllowSecurityKeys {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let value = serde_json::json!(self.allowed);
        choose(session, ALLOWED, value, Code::new("security_key")).await?;
        // Policy may have the last word.
        let allowed = session.policy().await?.security_keys_allowed();
        if allowed == self.allowed { Ok(()) } else { Err(Error::NotAllowed) }
    }
}

impl Answer for AddSecurityKey {
    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        let (vault, session) = engine.open_vault().await?;
        if !engine.policy().await?.security_keys_allowed() {
            return Err(Error::NotAllowed);
        }
        let typed = passphrase(&self.passphrase)?;
        let (keyring, keys) = (engine.keyring().clone(), Arc::clone(engine.security_keys()));
        let shared = Arc::clone(&vault);
        let enrol = session.blocking(move || {
            let profile = {
                let mut vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
                if vault.has_security_key() {
                    return Err(Error::Stopped(ErrorCode::SecurityKeyPresent));
                }
                vault.confirm_owner(&typed, None, Some(&keyring))?;
                *vault.profile_id()
            };
            let new = typed_pin(self.pin)
                .and_then(|pin| NewSecurityKey::enrol(&profile, &*keys, pin.as_ref()))
                .map_err(UnlockError::from)?;
            Ok((new, typed, keyring))
        });
        let (new, typed, keyring) = session.run(enrol).await?;
        let held = Arc::clone(&session);
        let add = session.blocking(move || {
            let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            Ok(vault.set_security_key(held.mailbox_key(), &typed, &new, Some(&keyring))?)
        });
        session.run(session.recorded_first(change("security_key.added"), add)).await
    }
}

impl Answer for RemoveSecurityKey {
    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        let (vault, session) = engine.open_vault().await?;
        let typed = passphrase(&self.passphrase)?;
        let touch = session.run(engine.touch(self.pin)).await?;
        let touch = touch.ok_or(Error::NotFound)?;
        let (keyring, held) = (engine.keyring().clone(), Arc::clone(&session));
        let remove = session.blocking(move || {
            let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            vault.confirm_owner(&typed, Some(&touch), Some(&keyring))?;
            Ok(vault.remove_security_key(held.mailbox_key(), &typed, Some(&keyring))?)
        });
        session.run(session.recorded_first(change(REMOVED), remove)).await
    }
}

impl Answer for CancelTouch {
    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        engine.security_keys().cancel();
        Ok(())
    }
}
