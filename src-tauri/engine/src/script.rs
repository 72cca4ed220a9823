//! What scripts ask for and a window doesn't: one synchronisation, one delivery, the log as a file.

use std::{path::PathBuf, sync::Arc};

use serde::Serialize;
use wardmail_api::{
    ApiError, MessageId, OutboxId,
    audit::{AuditFormat, AuditVerdict},
    compose::OutboxState,
    keeping::{DeletedView, SweptView},
};
use wardmail_store as store;

use crate::{
    audit_log, clock, deleting,
    door::Guard,
    engine::Engine,
    error::Error,
    files::Standing,
    retention,
    session::Session,
    sync,
    tools::{self, InspectWith, Inspected, KnownOutside},
};

/// What one synchronisation brought.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Synced {
    /// New messages.
    pub added: u64,
    /// Messages that the server no longer has.
    pub removed: u64,
}

/// What became of one message.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Delivered {
    /// Its place in the outbox.
    pub id: OutboxId,
    /// Where it stands.
    pub state: OutboxState,
    /// Why, if it was not sent.
    pub reason: Option<wardmail_api::ErrorCode>,
}

impl Engine {
    /// Sends what is due and fetches what is new, once.
    ///
    /// # Errors
    /// Fails while locked, or with what stopped the connection.
    pub async fn sync_once(self: &Arc<Self>) -> Result<Synced, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        // Boxed: it holds whole conversations with two servers.
        let once = Box::pin(sync::once(&session));
        let gained = session.run(once).await.map_err(|e| e.to_api())?;
        Ok(Synced { added: gained.added, removed: gained.removed })
    }

    /// Removes mail whose time is over, now.
    ///
    /// # Errors
    /// Fails while locked, or if it can't be recorded.
    pub async fn run_retention(self: &Arc<Self>) -> Result<SweptView, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        retention::run(&session).await.map_err(|e| e.to_api())
    }

    /// Deletes messages from this computer for good, without a time to take that back.
    ///
    /// # Errors
    /// Fails while locked, or if one of them may not be deleted: then none is.
    pub async fn delete_at_once(
        self: &Arc<Self>,
        ids: Vec<MessageId>,
    ) -> Result<DeletedView, ApiError> {
        self.know_owner(Guard::DeletingByPolicy).await.map_err(|e| e.to_api())?;
        let session = self.session().await.map_err(|e| e.to_api())?;
        session.run(deleting::delete_at_once(&session, &ids)).await.map_err(|e| e.to_api())
    }

    /// Delivers a queued message without waiting for the undo window.
    ///
    /// # Errors
    /// Fails while locked, or if there is no such message.
    pub async fn deliver_now(self: &Arc<Self>, id: OutboxId) -> Result<Delivered, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        // Boxed: it holds a whole conversation with a server.
        session.run(Box::pin(deliver(&session, id))).await.map_err(|e| e.to_api())
    }

    /// Reads a message as the reader would, with the profile's keys and those that are given; one that was sealed is
    /// recorded.
    ///
    /// # Errors
    /// Fails while locked.
    pub async fn inspect(
        self: &Arc<Self>,
        raw: Vec<u8>,
        with: InspectWith,
    ) -> Result<Inspected, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        let reading = session.run(async {
            let keys = session.keys().await;
            let read = session.cpu(move || tools::inspect_in_session(&raw, &with, &keys));
            let (inspected, event) = read.await?;
            if let Some(event) = event {
                session.note(event).await;
            }
            Ok(inspected)
        });
        reading.await.map_err(|e| e.to_api())
    }

    /// Checks the profile's audit log from its first entry to its last, against what is known outside.
    ///
    /// # Errors
    /// Fails while locked.
    pub async fn verify_audit(
        self: &Arc<Self>,
        outside: KnownOutside,
    ) -> Result<AuditVerdict, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        let verified = session.run(audit_log::verify(&session, outside));
        verified.await.map_err(|e| e.to_api())
    }

    /// Writes the profile's audit log into a file that only its owner can read, and records that; returns how many
    /// entries were written. A file that stands there is replaced, as whoever chose it was asked.
    ///
    /// # Errors
    /// Fails while locked, if policy wants the passphrase once more, or if it can't be written.
    pub async fn export_audit_to(
        self: &Arc<Self>,
        format: AuditFormat,
        path: PathBuf,
    ) -> Result<u64, ApiError> {
        self.export_audit(format, path, Standing::Replaced).await
    }

    /// As [`Engine::export_audit_to`], but never over another file.
    ///
    /// # Errors
    /// As [`Engine::export_audit_to`], or if there is a file of that name.
    pub async fn export_audit_new(
        self: &Arc<Self>,
        format: AuditFormat,
        path: PathBuf,
    ) -> Result<u64, ApiError> {
        self.export_audit(format, path, Standing::Stays).await
    }

    async fn export_audit(
        self: &Arc<Self>,
        format: AuditFormat,
        path: PathBuf,
        standing: Standing,
    ) -> Result<u64, ApiError> {
        self.may_take_out().await?;
        let session = self.session().await.map_err(|e| e.to_api())?;
        let exported = session.run(audit_log::export_to(&session, format, path, standing));
        exported.await.map_err(|e| e.to_api())
    }
}

async fn deliver(session: &Arc<Session>, id: OutboxId) -> Result<Delivered, Error> {
    let outbox = store::OutboxId::new(id.0);
    session
        .write(move |dao| {
            let entry = dao.outbox_entry(outbox)?;
            if entry.state != store::OutboxState::Queued {
                return Err(Error::NotWaiting);
            }
            let status = store::SubmissionStatus {
                state: store::OutboxState::Queued,
                reason: String::new(),
                not_before_ms: clock::now_ms(),
                next_attempt_ms: 0,
            };
            Ok(dao.set_submission(outbox, &status)?)
        })
        .await?;
    crate::outbox::send_due(session).await?;
    let rows = wardmail_api::compose::ListOutbox {};
    let rows = crate::door::InSession::answer_in(rows, session).await?;
    let row = rows.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
    Ok(Delivered { id, state: row.state, reason: row.reason })
}
