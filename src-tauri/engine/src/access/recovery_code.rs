//! A new printed recovery code, for one that was lost or seen by others. The present one counts until the new one was
//! typed back.

use std::sync::Arc;

use wardmail_api::{
    Secret,
    session::{BeginRecoveryCode, ConfirmRecoveryCode, RecoveryCodeView},
};
use wardmail_audit::{Code, Event, EventKind, Outcome};

use crate::{
    door::{Answer, Guard},
    engine::Engine,
    error::Error,
};

impl Answer for BeginRecoveryCode {
    const GUARD: Guard = Guard::Owner;

    async fn answer(self, engine: &Arc<Engine>) -> Result<RecoveryCodeView, Error> {
        let (vault, session) = engine.open_vault().await?;
        let held = Arc::clone(&session);
        let new = session
            .run(session.blocking(move || {
                let vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
                Ok(vault.begin_recovery_code(held.mailbox_key())?)
            }))
            .await?;
        let view = RecoveryCodeView { code: Secret::new(new.code().printed().to_string()) };
        *session.new_recovery_code.lock().await = Some(new);
        Ok(view)
    }
}

impl Answer for ConfirmRecoveryCode {
    const GUARD: Guard = Guard::Owner;

    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        let (vault, session) = engine.open_vault().await?;
        let event = Event::new(EventKind::AccessChange, Outcome::Success);
        session
            .run(async {
                let new = session.new_recovery_code.lock().await.take();
                let new = new.ok_or(Error::NothingToConfirm)?;
                let confirm = async {
                    let (new, confirmed) = session
                        .blocking(move || {
                            let mut vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
                            let confirmed = vault.confirm_recovery_code(&new, self.code.expose());
                            Ok((new, confirmed))
                        })
                        .await?;
                    if confirmed.is_err() {
                        // A slip: the same code can be tried again.
                        *session.new_recovery_code.lock().await = Some(new);
                    }
                    Ok(confirmed?)
                };
                let event = event.code(Code::new("recovery_code.replaced"));
                session.recorded_first(event, confirm).await
            })
            .await
    }
}
