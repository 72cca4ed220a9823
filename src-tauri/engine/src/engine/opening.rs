//! Opening the mailbox's file with its key, and beginning a session in it.

use std::sync::Arc;

use wardmail_store::Store;
use wardmail_vault::MailboxKey;
use zeroize::Zeroizing;

use super::{BEGUN, Engine, MAILBOX, blocking};
use crate::{
    error::Error,
    session::{Session, SessionParts},
};

impl Engine {
    /// Begins a session in an open mailbox.
    pub(crate) async fn begin_session(
        self: &Arc<Self>,
        store: Store,
        key: MailboxKey,
    ) -> Result<Arc<Session>, Error> {
        let parts = SessionParts {
            engine: Arc::downgrade(self),
            store,
            key,
            policy: self.policy().await?,
            events: self.events.clone(),
            frames: Arc::clone(&self.frames),
            background: self.options.background,
        };
        Session::begin(parts).await
    }

    /// Opens the mailbox and everything that lies in it; says whether it was made now.
    pub(super) async fn open_session(
        self: &Arc<Self>,
        key: MailboxKey,
    ) -> Result<(Arc<Session>, bool), Error> {
        let (store, is_new) = self.open_mailbox(&key).await?;
        Ok((self.begin_session(store, key).await?, is_new))
    }

    /// Opens the mailbox, or makes it if set-up was cut off before it was made; says which.
    pub(crate) async fn open_mailbox(&self, key: &MailboxKey) -> Result<(Store, bool), Error> {
        let path = self.options.profile.join(MAILBOX);
        let begun = self.options.profile.join(BEGUN);
        let bytes = Zeroizing::new(*key.expose());
        blocking(move || {
            if begun.exists() && !path.exists() {
                let store = Store::create(&path, &bytes)?;
                std::fs::remove_file(&begun)?;
                return Ok((store, true));
            }
            let store = Store::open(&path, &bytes)?;
            // Set-up was cut off after the mailbox was made: it counts as made from now on.
            let _absent = std::fs::remove_file(&begun);
            Ok((store, false))
        })
        .await
    }
}
