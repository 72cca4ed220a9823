//! Asking again who is there, before what takes mail or keys out of the mailbox.
//!
//! A right passphrase counts for a short time, on the clock that neither sleep nor a change of the date moves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use wardmail_api::session::Reauthenticate;
use wardmail_audit::{Code, Event, EventKind, Outcome};

use crate::{clock, door::Answer, engine::Engine, error::Error};

/// How long a right passphrase counts.
const COUNTS_FOR: Duration = Duration::from_mins(5);

/// Until when whoever is there is known to be the owner.
#[derive(Debug, Default)]
pub(crate) struct Reauthentication {
    until_ms: AtomicU64,
}

impl Reauthentication {
    /// For a mailbox that was opened just now.
    pub(crate) fn just_confirmed() -> Self {
        let reauth = Self::default();
        reauth.confirmed();
        reauth
    }

    /// Whoever is there knew the passphrase just now.
    pub(crate) fn confirmed(&self) {
        self.until_ms
            .store(millis(clock::since_boot().saturating_add(COUNTS_FOR)), Ordering::SeqCst);
    }

    /// As when the time is over.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.until_ms.store(millis(clock::since_boot()), Ordering::SeqCst);
    }

    /// Fails unless whoever is there gave the passphrase a short time ago.
    ///
    /// # Errors
    /// [`Error::ReauthenticationNeeded`].
    pub(crate) fn check(&self) -> Result<(), Error> {
        fail::fail_point!("engine::reauth::over", |_| Err(Error::ReauthenticationNeeded));
        if millis(clock::since_boot()) < self.until_ms.load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err(Error::ReauthenticationNeeded)
        }
    }
}

impl Answer for Reauthenticate {
    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        let (vault, session) = engine.open_vault().await?;
        let typed = crate::commands::passphrase(&self.passphrase)?;
        let touch = session.run(engine.touch(self.pin)).await?;
        let keyring = engine.keyring().clone();
        let confirmed = session
            .run(session.blocking(move || {
                let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
                Ok(vault.confirm_owner(&typed, touch.as_ref(), Some(&keyring))?)
            }))
            .await;
        let outcome = if confirmed.is_ok() { Outcome::Success } else { Outcome::Failure };
        session
            .note(Event::new(EventKind::Unlock, outcome).code(Code::new("reauthentication")))
            .await;
        confirmed?;
        session.reauth.confirmed();
        Ok(())
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_known_until_the_passphrase_was_given() {
        let reauth = Reauthentication::default();
        assert!(matches!(reauth.check(), Err(Error::ReauthenticationNeeded)));
        reauth.confirmed();
        assert!(reauth.check().is_ok());
        // The time is over.
        reauth.forget();
        assert!(reauth.check().is_err());
    }
}
