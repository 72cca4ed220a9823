//! Setting one-time codes up, replacing and removing them.

use std::sync::Arc;

use wardmail_api::{
    Secret,
    session::{BeginOneTime, ConfirmOneTime, OneTimeView, RemoveOneTime},
};
use wardmail_audit::{Code, Event, EventKind, Outcome};

use crate::{
    door::{Answer, Guard},
    engine::Engine,
    error::Error,
};

impl Answer for BeginOneTime {
    const GUARD: Guard = Guard::Owner;

    async fn answer(self, engine: &Arc<Engine>) -> Result<OneTimeView, Error> {
        let (vault, session) = engine.open_vault().await?;
        let held = Arc::clone(&session);
        let new = session
            .run(session.blocking(move || {
                let vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
                Ok(vault.begin_one_time(held.mailbox_key())?)
            }))
            .await?;
        let view = OneTimeView {
            url: Secret::new(new.url().to_string()),
            text: Secret::new(new.text().to_string()),
        };
        *session.new_one_time.lock().await = Some(new);
        Ok(view)
    }
}

impl Answer for ConfirmOneTime {
    const GUARD: Guard = Guard::Owner;

    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        let (vault, session) = engine.open_vault().await?;
        let held = Arc::clone(&session);
        let event = Event::new(EventKind::AccessChange, Outcome::Success);
        session
            .run(async {
                let new = session.new_one_time.lock().await.take();
                let new = new.ok_or(Error::NothingToConfirm)?;
                // Recorded first: what can't be recorded is not done.
                session.record(event.code(Code::new("one_time_codes.on"))).await?;
                let (new, confirmed) = session
                    .blocking(move || {
                        let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
                        let typed = self.code.expose();
                        let confirmed = vault.confirm_one_time(held.mailbox_key(), &new, typed);
                        Ok((new, confirmed))
                    })
                    .await?;
                if confirmed.is_err() {
                    // A slip: the same picture can be tried again.
                    *session.new_one_time.lock().await = Some(new);
                }
                Ok(confirmed?)
            })
            .await
    }
}

impl Answer for RemoveOneTime {
    const GUARD: Guard = Guard::Owner;

    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        let (vault, session) = engine.open_vault().await?;
        if engine.policy().await?.one_time_codes_required() {
            return Err(Error::NotAllowed);
        }
        let held = Arc::clone(&session);
        let event = Event::new(EventKind::AccessChange, Outcome::Success);
        session
            .run(async {
                session.record(event.code(Code::new("one_time_codes.off"))).await?;
                session
                    .blocking(move || {
                        let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
                        Ok(vault.remove_one_time(held.mailbox_key())?)
                    })
                    .await
            })
            .await
    }
}
