//! Setting one-time codes up, replacing and removing them.

use std::sync::Arc;

use wardmail_api::{
    ErrorCode, Secret,
    session::{BeginOneTime, ConfirmOneTime, OneTimeView, RemoveOneTime},
};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_vault::Vault;

use crate::{
    door::{Answer, Guard},
    engine::Engine,
    error::Error,
    policy_source::PolicyState,
    session::Session,
};

/// Why nothing is sent from this mailbox: policy wants one-time codes, and it asks for none. Reading goes on, so that the
/// owner gets to where they are set up.
pub(crate) fn refusal(session: &Session, policy: &PolicyState) -> Option<Error> {
    let wanted = policy.one_time_codes_required() && !session.asks_for_code();
    wanted.then_some(Error::Stopped(ErrorCode::OneTimeCodesRequired))
}

/// Tells the session whether its vault asks for codes.
fn note(session: &Session, vault: &Vault) {
    session.note_code(vault.asks_for_code());
}

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
        if session.new_one_time.lock().await.is_none() {
            return Err(Error::NothingToConfirm);
        }
        let confirm = async {
            let new = session.new_one_time.lock().await.take().ok_or(Error::NothingToConfirm)?;
            let (new, confirmed) = session
                .blocking(move || {
                    let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
                    let typed = self.code.expose();
                    let confirmed = vault.confirm_one_time(held.mailbox_key(), &new, typed);
                    note(&held, &vault);
                    Ok((new, confirmed))
                })
                .await?;
            if confirmed.is_err() {
                // A slip: the same picture can be tried again.
                *session.new_one_time.lock().await = Some(new);
            }
            Ok(confirmed?)
        };
        let event = event.code(Code::new("one_time_codes.on"));
        session.run(session.recorded_first(event, confirm)).await?;
        // What waited for them goes out.
        session.wake_outbox.notify_one();
        Ok(())
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
        let remove = session.blocking(move || {
            let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            let removed = vault.remove_one_time(held.mailbox_key());
            note(&held, &vault);
            Ok(removed?)
        });
        let event = event.code(Code::new("one_time_codes.off"));
        session.run(session.recorded_first(event, remove)).await
    }
}
