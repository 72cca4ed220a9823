//! What scripts ask for and a window doesn't: one synchronisation, one delivery, the log as a file.

use std::{io::Write, sync::Arc};

use serde::Serialize;
use wardmail_api::{ApiError, OutboxId, compose::OutboxState};
use wardmail_audit::{
    Event, EventKind, Expected, Export, ExportError, Head, Outcome, Record, verify as audit_verify,
};
use wardmail_store as store;

use crate::{
    clock,
    engine::Engine,
    error::Error,
    evidence,
    session::Session,
    sync,
    tools::{self, InspectWith, Inspected},
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

/// Whether the log of the profile holds.
#[derive(Clone, Debug, Serialize)]
pub struct AuditVerdict {
    /// Whether every entry is as it was written.
    pub intact: bool,
    /// Good entries, from the first.
    pub entries: u64,
    /// Hash of the last good entry, in hexadecimal.
    pub head: Option<String>,
    /// The number of the first bad entry, and what was done to it.
    pub first_bad: Option<(u64, String)>,
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

    /// Delivers a queued message without waiting for the undo window.
    ///
    /// # Errors
    /// Fails while locked, or if there is no such message.
    pub async fn deliver_now(self: &Arc<Self>, id: OutboxId) -> Result<Delivered, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        session.run(deliver(&session, id)).await.map_err(|e| e.to_api())
    }

    /// Reads a message as the reader would, with the profile's keys and those that are given.
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
            session.cpu(move || tools::inspect_in_session(&raw, &with, &keys)).await
        });
        reading.await.map_err(|e| e.to_api())
    }

    /// Checks the profile's audit log from its first entry to its last.
    ///
    /// # Errors
    /// Fails while locked.
    pub async fn verify_audit(self: &Arc<Self>) -> Result<AuditVerdict, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        session.run(verify(&session)).await.map_err(|e| e.to_api())
    }

    /// Writes the profile's audit log as JSON Lines, closed by a trailer, and records that.
    ///
    /// # Errors
    /// Fails while locked, or if it can't be written.
    pub async fn export_audit(
        self: &Arc<Self>,
        out: impl Write + Send + 'static,
    ) -> Result<u64, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        session.run(export(&session, out)).await.map_err(|e| e.to_api())
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

/// An entry as stored: what can be read of it, and its hash.
type Stored = (Option<Record>, [u8; 32]);

fn records(dao: &store::ReadDao<'_>) -> Result<(Option<Head>, Vec<Stored>), Error> {
    const PAGE: u32 = 1000;
    let genesis = evidence::known_log_id(dao)?.map(|id| Head::genesis(&id));
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let page = dao.audit_page(after, PAGE)?;
        let Some(last) = page.last() else { return Ok((genesis, all)) };
        after = last.seq;
        for stored in page {
            let line = String::from_utf8(stored.record).unwrap_or_default();
            all.push((Record::from_line(&line).ok(), stored.hash));
        }
    }
}

async fn verify(session: &Session) -> Result<AuditVerdict, Error> {
    let (stored, log, (_, records)) = session
        .read(|dao| Ok((dao.audit_head()?, evidence::known_log_id(dao)?, records(dao)?)))
        .await?;
    let anchor = Head { seq: stored.seq, hash: stored.hash };
    let readable: Vec<Record> = records.iter().map_while(|(record, _)| record.clone()).collect();
    let unreadable = readable.len() < records.len();
    let report = audit_verify(readable, Expected { log, anchors: vec![anchor] });
    let first_bad = match report.finding {
        Some(found) => Some((found.seq, found.tampering.code().to_owned())),
        None if unreadable => Some((report.good + 1, "audit.edited".to_owned())),
        None => None,
    };
    Ok(AuditVerdict {
        intact: first_bad.is_none(),
        entries: report.good,
        head: report.head.map(|head| tools::hex(&head.hash)),
        first_bad,
    })
}

async fn export(session: &Arc<Session>, out: impl Write + Send + 'static) -> Result<u64, Error> {
    session.record(Event::new(EventKind::Export, Outcome::Success)).await?;
    let (log, (_, records)) =
        session.read(|dao| Ok((evidence::known_log_id(dao)?, records(dao)?))).await?;
    let log = log.ok_or(Error::NotFound)?;
    session
        .cpu(move || {
            let failed = |error: ExportError| match error {
                ExportError::Io(error) => Error::File(error),
                _ => Error::Internal("export"),
            };
            let mut export = Export::new(out, log);
            let mut count = 0;
            for (record, _) in &records {
                let record = record.as_ref().ok_or(Error::Internal("audit entry"))?;
                export.record(record).map_err(failed)?;
                count += 1;
            }
            export.finish(clock::now_ms(), None).map_err(failed)?;
            Ok(count)
        })
        .await?
}
