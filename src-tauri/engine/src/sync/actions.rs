//! What the owner did here and the server doesn't know yet: flags, and copies for Sent.

use std::sync::Arc;

use wardmail_audit::{Code, Count, Event, EventKind, Outcome, Reason};
use wardmail_store::{self as store, Action, Mark, PendingAction};
use wardmail_transport::{
    AppendedUid, Flag, FlagChange, FolderName, ImapClient, ImapError, Uid, UidSet,
};

use super::folder_name;
use crate::{
    clock,
    error::Error,
    lists,
    retention::{Rules, count},
    session::Session,
};

/// Changes told in one round.
const ACTIONS: u32 = 1000;
/// Copies appended in one round.
const COPIES: u32 = 50;
/// A change that the server refused so often is given up; its own state wins.
const TRIES: u32 = 5;
/// The wait after a failed copy.
const RETRY_MS: i64 = 60_000;

/// Tells the server what the owner did, in order.
pub(super) async fn replay(
    session: &Arc<Session>,
    account: &store::Account,
    client: &mut ImapClient,
) -> Result<(), Error> {
    let id = account.id;
    let pending = session.read(move |dao| Ok(dao.pending_actions(id, ACTIONS)?)).await?;
    let mut open: Option<store::FolderId> = None;
    for action in pending {
        let (Some(uid), Action::SetFlag { mark, on }) =
            (action.uid.and_then(Uid::new), action.action)
        else {
            continue;
        };
        if open != Some(action.folder) {
            let folder_id = action.folder;
            let folder = session.read(move |dao| Ok(dao.folder(folder_id)?)).await?;
            match client.select(&folder_name(&folder)?).await {
                Ok(_) => open = Some(action.folder),
                Err(refused @ ImapError::No { .. }) => {
                    settle(session, &action, Err(refused)).await?;
                    open = None;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let flag = match mark {
            Mark::Seen => Flag::Seen,
            Mark::Answered => Flag::Answered,
            Mark::Flagged => Flag::Flagged,
        };
        let change = if on { FlagChange::Add } else { FlagChange::Remove };
        let Some(set) = UidSet::of([uid]) else { continue };
        settle(session, &action, client.store_flags(&set, change, &[flag]).await).await?;
    }
    Ok(())
}

/// Has the server delete what retention removed, where policy says so. A server that can't delete single messages is left
/// alone.
pub(super) async fn remove(
    session: &Arc<Session>,
    account: &store::Account,
    client: &mut ImapClient,
) -> Result<(), Error> {
    let (id, rules) = (account.id, Rules::now(session).await?);
    for folder in session.read(move |dao| Ok(dao.folders(id)?)).await? {
        let from = folder.id;
        let told = session.read(move |dao| Ok(dao.removals_to_tell(from, ACTIONS)?)).await?;
        if told.is_empty() {
            continue;
        }
        if rules.is_held(&folder) || !rules.on_server() {
            // Policy changed its mind: the server's copy stays.
            session.write(move |dao| Ok(dao.removals_told(from, &told)?)).await?;
            continue;
        }
        let Some(set) = UidSet::of(told.iter().filter_map(|uid| Uid::new(*uid))) else { continue };
        if !client.capabilities().offers("UIDPLUS") {
            continue;
        }
        let gone = match client.select(&folder_name(&folder)?).await {
            Ok(_) => client.expunge(&set).await,
            Err(error) => Err(error),
        };
        match gone {
            Ok(()) => {}
            Err(ImapError::No { .. } | ImapError::Bad { .. }) => continue,
            Err(error) => return Err(error.into()),
        }
        let event = Event::new(EventKind::Delete, Outcome::Success)
            .reason(Reason::Policy)
            .code(Code::new("retention.server"))
            .count(Count::Messages, count(told.len()));
        session.write_recorded(event, move |dao| Ok(dao.removals_told(from, &told)?)).await?;
    }
    Ok(())
}

async fn settle(
    session: &Session,
    action: &PendingAction,
    told: Result<(), ImapError>,
) -> Result<(), Error> {
    let (id, tries) = (action.id, action.attempts);
    match told {
        // Toggled again meanwhile: another action took its place.
        Ok(()) => {
            session
                .write(move |dao| match dao.finish_action(id) {
                    Err(store::Error::NotFound) => Ok(()),
                    done => Ok(done?),
                })
                .await
        }
        Err(ImapError::No { .. } | ImapError::Bad { .. }) => {
            session
                .write(move |dao| {
                    dao.action_failed(id)?;
                    if tries + 1 >= TRIES {
                        dao.finish_action(id)?;
                    }
                    Ok(())
                })
                .await
        }
        Err(error) => Err(error.into()),
    }
}

/// Appends copies of sent messages. A copy that is there already (the answer was lost last time) is
/// found by its Message-ID at the next sync of the folder, so it is looked for before it is appended.
pub(super) async fn append_copies(
    session: &Arc<Session>,
    account: &store::Account,
    client: &mut ImapClient,
) -> Result<(), Error> {
    let id = account.id;
    let copies = session.read(move |dao| Ok(dao.sent_copies(id, clock::now_ms(), COPIES)?)).await?;
    for copy in copies {
        let (copy_id, folder_id) = (copy.id, copy.folder);
        let folder = session.read(move |dao| Ok(dao.folder(folder_id)?)).await?;
        if copy.attempts > 0 {
            // A try that broke off may have got through: what the server has now decides.
            match super::folder::heads(session, &folder, client).await {
                Err(error) if super::is_refused(&error) => error.log("sync folder"),
                done => drop(done?),
            }
            let message_id = copy.message_id.clone();
            let found = session.read(move |dao| lists::is_in(dao, folder_id, &message_id)).await?;
            if found {
                session.write(move |dao| Ok(dao.sent_copy_done(copy_id)?)).await?;
                continue;
            }
        }
        let bytes = session.read(move |dao| Ok(dao.sent_copy_bytes(copy_id)?)).await?;
        // Counted before: a program that dies in the middle looks first, next time.
        session.write(move |dao| Ok(dao.sent_copy_failed(copy_id, 0)?)).await?;
        fail::fail_point!("engine::sent_copy::append");
        match append(client, &folder_name(&folder)?, &bytes).await {
            Ok(_) => session.write(move |dao| Ok(dao.sent_copy_done(copy_id)?)).await?,
            Err(ImapError::No { .. } | ImapError::Bad { .. } | ImapError::TooLarge) => {
                let next = clock::now_ms() + RETRY_MS;
                session.write(move |dao| Ok(dao.sent_copy_failed(copy_id, next)?)).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Appends a copy; where the server has no such folder, it is made.
async fn append(
    client: &mut ImapClient,
    folder: &FolderName,
    bytes: &[u8],
) -> Result<Option<AppendedUid>, ImapError> {
    match client.append(folder, &[Flag::Seen], bytes).await {
        Err(ImapError::No { missing: true, .. }) => {
            client.create(folder).await?;
            client.append(folder, &[Flag::Seen], bytes).await
        }
        done => done,
    }
}
