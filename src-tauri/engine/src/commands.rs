//! The requests of the lock screen and of set-up.

use std::sync::Arc;

use wardmail_api::{
    Secret,
    session::{
        Activity, AppStatus, BeginProfile, CancelProfile, ChangePassphrase, ConfirmRecovery,
        GetStatus, Lock, LockCountdown, LockOutcome, Recover, RecoveryCodeView, SetAside, Unlock,
    },
};
use wardmail_audit::{Event, EventKind, Outcome};
use wardmail_vault::Passphrase;

use crate::{
    access::security_key::KeptKey,
    clock,
    door::{Answer, InSession},
    engine::Engine,
    error::Error,
    session::Session,
};

/// What was typed, as a passphrase.
pub(crate) fn passphrase(typed: &Secret) -> Result<Passphrase, Error> {
    Passphrase::new(typed.expose().to_owned()).map_err(|_| Error::PassphraseWeak)
}

impl Answer for GetStatus {
    async fn answer(self, engine: &Arc<Engine>) -> Result<AppStatus, Error> {
        engine.status().await
    }
}

impl Answer for BeginProfile {
    async fn answer(self, engine: &Arc<Engine>) -> Result<RecoveryCodeView, Error> {
        let code =
            engine.begin_profile(passphrase(&self.passphrase)?, self.passphrase_only).await?;
        Ok(RecoveryCodeView { code: Secret::new(code) })
    }
}

impl Answer for ConfirmRecovery {
    async fn answer(self, engine: &Arc<Engine>) -> Result<AppStatus, Error> {
        engine.confirm_recovery(self.code.expose().to_owned()).await?;
        engine.status().await
    }
}

impl Answer for CancelProfile {
    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        engine.cancel_profile().await;
        Ok(())
    }
}

impl Answer for SetAside {
    async fn answer(self, engine: &Arc<Engine>) -> Result<AppStatus, Error> {
        engine.set_aside().await?;
        engine.status().await
    }
}

impl Answer for Unlock {
    async fn answer(self, engine: &Arc<Engine>) -> Result<AppStatus, Error> {
        // Too long or empty can't be right; it is not worth a try that counts.
        let typed = Passphrase::new(self.passphrase.expose().to_owned())
            .map_err(|_| Error::InvalidRequest)?;
        engine.unlock(typed, self.code, self.pin).await?;
        engine.status().await
    }
}

impl Answer for Recover {
    async fn answer(self, engine: &Arc<Engine>) -> Result<AppStatus, Error> {
        let key =
            if self.without_security_key { KeptKey::TakenOut } else { KeptKey::Stays(self.pin) };
        engine.recover(self.code.expose().to_owned(), passphrase(&self.passphrase)?, key).await?;
        engine.status().await
    }
}

impl Answer for Lock {
    async fn answer(self, engine: &Arc<Engine>) -> Result<LockOutcome, Error> {
        engine.lock_asking(self.force).await
    }
}

impl Answer for ChangePassphrase {
    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        let (vault, session) = engine.open_vault().await?;
        let new = passphrase(&self.new)?;
        engine.policy().await?.check_passphrase(&new)?;
        let current = passphrase(&self.current)?;
        let touch = session.run(engine.touch(self.pin)).await?;
        let keyring = engine.keyring().clone();
        let held = Arc::clone(&session);
        let change = session.blocking(move || {
            let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            vault.confirm_owner(&current, touch.as_ref(), Some(&keyring))?;
            Ok(vault.change_passphrase(held.mailbox_key(), &new, touch.as_ref(), Some(&keyring))?)
        });
        let event = Event::new(EventKind::AccessChange, Outcome::Success);
        session.run(session.recorded_first(event, change)).await
    }
}

impl InSession for Activity {
    async fn answer_in(self, session: &Arc<Session>) -> Result<LockCountdown, Error> {
        session.idle.touch();
        Ok(LockCountdown { seconds: session.idle.left().as_secs(), now: clock::now_ms() })
    }
}
