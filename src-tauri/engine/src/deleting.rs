//! The owner deletes messages from this computer, takes that back, keeps messages, and says when they go.

use std::sync::Arc;

use wardmail_api::{
    MessageId,
    keeping::{DeleteMessages, DeletedView, KeepMessages, SetExpiry, UndoDelete},
};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome, Reason};
use wardmail_store as store;

use crate::{
    clock,
    door::{Guard, InSession},
    error::Error,
    evidence::opaque,
    retention::{self, Rules, count},
    session::Session,
};

/// Messages in one request.
const MOST: usize = 500;

/// Milliseconds in which a deletion can be taken back.
const UNDO_MS: i64 = 20_000;

/// The longest time that an owner gives a message, in days: a century.
const MOST_DAYS: u32 = 36_500;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn messages(ids: &[MessageId]) -> Result<Vec<store::MessageId>, Error> {
    if ids.is_empty() || ids.len() > MOST {
        return Err(Error::InvalidRequest);
    }
    let mut ids: Vec<store::MessageId> = ids.iter().map(|id| store::MessageId::new(id.0)).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Where messages lie; fails if one of them is gone, or deleted already.
fn rows(
    dao: &store::ReadDao<'_>,
    ids: &[store::MessageId],
) -> Result<Vec<store::MessageRow>, Error> {
    let there = |id: &store::MessageId| {
        if dao.is_deleted(*id)? { Err(Error::NotFound) } else { Ok(dao.message_row(*id)?) }
    };
    ids.iter().map(there).collect()
}

/// The folders of messages, once each.
fn folders(rows: &[store::MessageRow]) -> Vec<store::FolderId> {
    let mut folders: Vec<_> = rows.iter().map(|row| row.folder).collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// An event about messages: one by its name in the log, several by their number.
fn about(event: Event, rows: &[store::MessageRow]) -> Event {
    match rows {
        [row] => event.message(opaque(row.public_id)),
        rows => event.count(Count::Messages, count(rows.len())),
    }
}

/// Fails if one of the messages may not be deleted.
fn may_go(
    dao: &store::ReadDao<'_>,
    rows: &[store::MessageRow],
    rules: &Rules,
) -> Result<(), Error> {
    for folder in folders(rows) {
        if rules.is_held(&dao.folder(folder)?) {
            return Err(Error::Stopped(wardmail_api::ErrorCode::LegalHold));
        }
    }
    if rows.iter().any(|row| row.kept) {
        return Err(Error::Stopped(wardmail_api::ErrorCode::Kept));
    }
    Ok(())
}

impl InSession for DeleteMessages {
    const GUARD: Guard = Guard::DeletingByPolicy;

    async fn answer_in(self, session: &Arc<Session>) -> Result<DeletedView, Error> {
        let deleted = delete(session, &self.ids, UNDO_MS).await?;
        session.wake_retention.notify_one();
        Ok(deleted)
    }
}

/// Deletes messages at once and for good, for scripts.
pub(crate) async fn delete_at_once(
    session: &Arc<Session>,
    ids: &[MessageId],
) -> Result<DeletedView, Error> {
    let deleted = delete(session, ids, 0).await?;
    retention::finish_deletions(session).await?;
    Ok(deleted)
}

async fn delete(
    session: &Arc<Session>,
    ids: &[MessageId],
    undo_ms: i64,
) -> Result<DeletedView, Error> {
    let ids = messages(ids)?;
    let rules = Rules::now(session).await?;
    if let Some(trouble) = rules.trouble() {
        // What can't be read may hold these very messages.
        return Err(Error::Stopped(trouble));
    }
    if !rules.owner_may_delete() {
        return Err(Error::NotAllowed);
    }
    let (evidence, until) = (session.evidence, clock::now_ms().saturating_add(undo_ms));
    let deleted = session
        .write(move |dao| {
            let rows = rows(dao, &ids)?;
            may_go(dao, &rows, &rules)?;
            dao.delete_until(&ids, until)?;
            let event = Event::new(EventKind::Delete, Outcome::Success)
                .reason(Reason::OwnerRequest)
                .code(Code::new("delete.asked"));
            evidence.record(dao, about(event, &rows))?;
            Ok(rows)
        })
        .await;
    if let Err(Error::Stopped(code)) = &deleted {
        let event = Event::new(EventKind::Delete, Outcome::Refused);
        session.note(event.code(Code::new(code.slug()))).await;
    }
    let rows = deleted?;
    for folder in folders(&rows) {
        retention::tell(session, folder);
    }
    Ok(DeletedView { messages: u32::try_from(rows.len()).unwrap_or(u32::MAX), until })
}

impl InSession for UndoDelete {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let ids = messages(&self.ids)?;
        let evidence = session.evidence;
        let folders = session
            .write(move |dao| {
                let folders = dao.take_back(&ids)?;
                if folders.is_empty() {
                    return Err(Error::NotFound);
                }
                let back = ids.iter().filter_map(|id| dao.message_row(*id).ok());
                let event = Event::new(EventKind::Delete, Outcome::Success)
                    .reason(Reason::OwnerRequest)
                    .code(Code::new("delete.undone"));
                let rows: Vec<_> = back.collect();
                evidence.record(dao, about(event, &rows))?;
                Ok(folders)
            })
            .await?;
        for folder in folders {
            retention::tell(session, folder);
        }
        Ok(())
    }
}

/// Changes how long messages are kept, and records it.
async fn change(
    session: &Arc<Session>,
    ids: Vec<store::MessageId>,
    code: &'static str,
    job: impl FnOnce(&mut store::WriteDao<'_>, &[store::MessageId]) -> Result<u64, store::Error>
    + Send
    + 'static,
) -> Result<(), Error> {
    let evidence = session.evidence;
    let changed = session
        .write(move |dao| {
            let rows = rows(dao, &ids)?;
            if job(dao, &ids)? > 0 {
                let event = Event::new(EventKind::KeepingChange, Outcome::Success);
                evidence.record(dao, about(event.code(Code::new(code)), &rows))?;
            }
            Ok(folders(&rows))
        })
        .await?;
    for folder in changed {
        retention::tell(session, folder);
    }
    Ok(())
}

impl InSession for KeepMessages {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let (ids, keep) = (messages(&self.ids)?, self.keep);
        let code = if keep { "keep.on" } else { "keep.off" };
        change(session, ids, code, move |dao, ids| dao.keep(ids, keep)).await
    }
}

impl InSession for SetExpiry {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let ids = messages(&self.ids)?;
        if self.days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
            return Err(Error::InvalidRequest);
        }
        let at = self
            .days
            .map(|days| clock::now_ms().saturating_add(i64::from(days).saturating_mul(DAY_MS)));
        let code = if at.is_some() { "expiry.set" } else { "expiry.cleared" };
        change(session, ids, code, move |dao, ids| dao.set_expiry(ids, at)).await
    }
}

#[cfg(test)]
#[cfg(feature = "failpoints")]
mod tests;
