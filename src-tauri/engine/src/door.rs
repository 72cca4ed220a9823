//! The one door: every request of every front end comes through [`Engine::call`].
//!
//! Here, and only here, the lock is checked. A request that needs the open mailbox gets the
//! session; it is dropped the moment the mailbox locks, so that nothing it holds outlives the lock.

use std::{future::Future, sync::Arc};

use wardmail_api::{ApiError, Command};

use crate::{engine::Engine, error::Error, session::Session};

/// A request that the engine answers.
pub trait Answer: Command {
    /// Answers it.
    fn answer(
        self,
        engine: &Arc<Engine>,
    ) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

/// A request that needs the open mailbox.
pub(crate) trait InSession: Command {
    /// Answers it.
    fn answer_in(
        self,
        session: &Arc<Session>,
    ) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

impl<C: InSession + Send> Answer for C {
    async fn answer(self, engine: &Arc<Engine>) -> Result<Self::Output, Error> {
        let session = engine.session().await?;
        session.run(self.answer_in(&session)).await
    }
}

impl Engine {
    /// Answers a request.
    ///
    /// # Errors
    /// Fails with the code of what went wrong; the text that belongs to it lives in `api`.
    pub async fn call<C: Answer>(self: &Arc<Self>, request: C) -> Result<C::Output, ApiError> {
        request.answer(self).await.map_err(|error| {
            error.log(C::NAME);
            error.to_api()
        })
    }
}
