//! The one door: every request of every front end comes through [`Engine::call`].
//!
//! Here, and only here, the lock is checked. A request that needs the open mailbox gets the
//! session; it is dropped the moment the mailbox locks, so that nothing it holds outlives the lock.

use std::{future::Future, sync::Arc};

use wardmail_api::{ApiError, Command};

use crate::{engine::Engine, error::Error, session::Session};

/// Whether the passphrase must have been given a short time ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// No.
    None,
    /// Yes: it changes what opens the mailbox, or takes all of it out.
    Owner,
    /// If policy says so: it takes decrypted content out.
    OwnerByPolicy,
    /// If policy says so: it deletes messages.
    DeletingByPolicy,
}

/// A request that the engine answers.
pub trait Answer: Command {
    /// Whether the passphrase must have been given a short time ago.
    const GUARD: Guard = Guard::None;

    /// Answers it.
    fn answer(
        self,
        engine: &Arc<Engine>,
    ) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

/// A request that needs the open mailbox.
pub(crate) trait InSession: Command {
    /// Whether the passphrase must have been given a short time ago.
    const GUARD: Guard = Guard::None;

    /// Answers it.
    fn answer_in(
        self,
        session: &Arc<Session>,
    ) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

impl<C: InSession + Send> Answer for C {
    const GUARD: Guard = <C as InSession>::GUARD;

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
        let answered = async {
            self.know_owner(C::GUARD).await?;
            request.answer(self).await
        };
        answered.await.map_err(|error| {
            error.log(C::NAME);
            error.to_api()
        })
    }

    /// Says whether something may be taken out of the mailbox now, by whoever is there: to be asked before a file is.
    ///
    /// # Errors
    /// Fails if policy wants the passphrase once more, and while locked then.
    pub async fn may_take_out(&self) -> Result<(), ApiError> {
        self.know_owner(Guard::OwnerByPolicy).await.map_err(|error| error.to_api())
    }

    /// Fails if the passphrase has to be given once more.
    pub(crate) async fn know_owner(&self, guard: Guard) -> Result<(), Error> {
        let asked = match guard {
            Guard::None => false,
            Guard::Owner => true,
            Guard::OwnerByPolicy => self.policy().await?.asks_again_for_content(),
            Guard::DeletingByPolicy => self.policy().await?.asks_again_to_delete(),
        };
        if asked { self.session().await?.reauth.check() } else { Ok(()) }
    }
}
