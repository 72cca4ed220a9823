//! Keeps the mailbox and the provider alike: one connection, folder by folder, then waiting for news.

mod actions;
mod batch;
mod bodies;
mod folder;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use wardmail_api::{AppEvent, ErrorCode};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_policy::ProviderStatus;
use wardmail_store as store;
use wardmail_transport::{self as transport, FolderName, ImapClient};

use crate::{accounts, clock, error::Error, session::Session};

/// The first wait after a failed connection; it doubles up to the last.
const FIRST_RETRY: Duration = Duration::from_secs(2);
const LAST_RETRY: Duration = Duration::from_mins(2);

/// How often everything is looked at again, news or not.
const ROUND: Duration = Duration::from_mins(5);

/// How often a server that can't tell of news is asked for it.
const POLL: Duration = Duration::from_mins(1);

/// How many short rounds follow a round at most, each for what came during the one before.
const MORE_ROUNDS: u32 = 10;

/// Heads put into the search index at once.
const HEADS_INDEXED: u32 = 500;

/// Messages that came with one round.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gained {
    pub(crate) added: u64,
    pub(crate) removed: u64,
}

/// Synchronises until the mailbox locks.
pub(crate) async fn work(session: Arc<Session>) {
    let mut wait = FIRST_RETRY;
    while !session.locking.is_cancelled() {
        let result = tokio::select! {
            () = session.locking.cancelled() => return,
            () = session.leave_server.notified() => continue,
            result = stay_connected(&session, &mut wait) => result,
        };
        let Err(error) = result else { continue };
        match error {
            Error::Locked => return,
            Error::AccountMissing => {
                tokio::select! {
                    () = session.locking.cancelled() => return,
                    () = session.wake_sync.notified() => continue,
                }
            }
            error => failed(&session, &error).await,
        }
        tokio::select! {
            () = session.locking.cancelled() => return,
            () = session.wake_sync.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
        wait = wait.saturating_mul(2).min(LAST_RETRY);
    }
}

async fn failed(session: &Session, error: &Error) {
    error.log("sync");
    let code = error.code();
    let news = session.connection.lock().is_ok_and(|c| c.online || c.trouble != Some(code));
    session.note_connection(|c| {
        c.online = false;
        c.trouble = Some(code);
    });
    session.tell(AppEvent::Offline { reason: code });
    // Once per outage, not once per try.
    if news {
        let event = Event::new(EventKind::SyncError, Outcome::Failure).code(Code::new(code.slug()));
        session.note(event).await;
    }
}

/// One connection: a round, then waiting for news, again and again.
async fn stay_connected(session: &Arc<Session>, wait: &mut Duration) -> Result<(), Error> {
    let _alone = session.syncing.lock().await;
    let account = accounts::first(session).await?;
    let was_online = session.connection.lock().is_ok_and(|c| c.online);
    let mut client = connect(session, &account).await?;
    if !was_online {
        crate::outbox::hurry(session).await?;
    }
    round(session, &account, &mut client).await?;
    // Only a connection that was good for a whole round makes the next failure wait little.
    *wait = FIRST_RETRY;
    loop {
        settle(session, &account, &mut client).await?;
        wait_for_news(session, &mut client).await?;
        // Another server or an ended agreement holds from now on, not from the next connection.
        if accounts::first(session).await? != account {
            return Ok(());
        }
        check_covered(session, &account).await?;
        if session.everything.swap(false, Ordering::Relaxed) {
            round(session, &account, &mut client).await?;
        } else {
            short_round(session, &account, &mut client).await?;
        }
    }
}

/// Ends a round with the inbox open and nothing in it that isn't here. A server that waits tells of what comes while it
/// does: what came since the round looked at the inbox, it counts as known.
async fn settle(
    session: &Arc<Session>,
    account: &store::Account,
    client: &mut ImapClient,
) -> Result<(), Error> {
    for _ in 0..MORE_ROUNDS {
        finished(session).await?;
        fail::fail_point!("engine::sync::before_waiting");
        let selected = client.select(&FolderName::inbox()).await?;
        let id = account.id;
        let inbox =
            session.read(move |dao| Ok(dao.folder_by_role(id, store::FolderRole::Inbox)?)).await?;
        if inbox.is_none_or(|inbox| folder::is_as_selected(&inbox, &selected)) {
            return Ok(());
        }
        short_round(session, account, client).await?;
    }
    finished(session).await?;
    client.select(&FolderName::inbox()).await?;
    Ok(())
}

/// Waits for news, for the owner's wish (a flag to tell, a sent copy), and for the next round at most.
async fn wait_for_news(session: &Session, client: &mut ImapClient) -> Result<(), Error> {
    let wished = async {
        tokio::select! {
            () = session.wake_sync.notified() => {}
            () = tokio::time::sleep(ROUND) => session.everything.store(true, Ordering::Relaxed),
        }
    };
    if client.capabilities().offers("IDLE") {
        client.idle(wished).await?;
        return Ok(());
    }
    tokio::pin!(wished);
    loop {
        tokio::select! {
            () = &mut wished => return Ok(()),
            () = tokio::time::sleep(POLL) => {}
        }
        // The server is asked beside the clocks, not instead of them: a command must not be given up half-way.
        if client.poll().await? {
            return Ok(());
        }
    }
}

/// What news and the owner's own acts touch: the inbox, Sent, and where a body is waited for.
async fn short_round(
    session: &Arc<Session>,
    account: &store::Account,
    client: &mut ImapClient,
) -> Result<Gained, Error> {
    actions::replay(session, account, client).await?;
    actions::remove(session, account, client).await?;
    actions::append_copies(session, account, client).await?;
    let id = account.id;
    let wanted = session.wanted.lock().map(|wanted| wanted.clone()).unwrap_or_default();
    let folders = session
        .read(move |dao| {
            let waited_for: Vec<store::FolderId> = wanted
                .iter()
                .filter_map(|&id| dao.message_row(id).ok())
                .map(|row| row.folder)
                .collect();
            let mut folders = dao.folders(id)?;
            folders.retain(|folder| {
                matches!(folder.role, store::FolderRole::Inbox | store::FolderRole::Sent)
                    || waited_for.contains(&folder.id)
            });
            Ok(folders)
        })
        .await?;
    through(session, account, &folders, client).await
}

/// Fails if the account's provider may not be used.
async fn check_covered(session: &Session, account: &store::Account) -> Result<(), Error> {
    if let ProviderStatus::NotCovered(block) =
        accounts::provider_status(session, &account.settings).await?
    {
        return Err(Error::Stopped(crate::plan::block_code(block)));
    }
    Ok(())
}

/// Connects, if the provider may be used at all.
pub(crate) async fn connect(
    session: &Session,
    account: &store::Account,
) -> Result<ImapClient, Error> {
    check_covered(session, account).await?;
    let route = accounts::route(session, account).await?;
    let client =
        ImapClient::connect(&route.imap, &route.login, &route.trust, &route.deadlines).await?;
    let tls = accounts::tls_name(client.tls());
    session.note_connection(|c| {
        c.online = true;
        c.trouble = None;
        c.tls = Some(tls);
    });
    Ok(client)
}

/// One round through everything: what the owner did, folders, heads, bodies, copies.
pub(crate) async fn round(
    session: &Arc<Session>,
    account: &store::Account,
    client: &mut ImapClient,
) -> Result<Gained, Error> {
    // Before the copies: only the server's list says where they belong.
    let folders = folders(session, account, client).await?;
    actions::replay(session, account, client).await?;
    actions::remove(session, account, client).await?;
    actions::append_copies(session, account, client).await?;
    through(session, account, &folders, client).await
}

/// Heads and bodies of these folders. However it ends, what came is found.
async fn through(
    session: &Arc<Session>,
    account: &store::Account,
    folders: &[store::Folder],
    client: &mut ImapClient,
) -> Result<Gained, Error> {
    let fetched = fetch(session, account, folders, client).await;
    index_heads(session).await?;
    fetched
}

async fn fetch(
    session: &Arc<Session>,
    account: &store::Account,
    folders: &[store::Folder],
    client: &mut ImapClient,
) -> Result<Gained, Error> {
    let mut gained = Gained::default();
    // Heads of every folder first: the list fills at once, and bodies follow, newest first.
    let mut readable = Vec::with_capacity(folders.len());
    for folder in folders {
        match folder::heads(session, folder, client).await {
            Ok(of_folder) => {
                gained.added += of_folder.added;
                gained.removed += of_folder.removed;
                readable.push(folder);
            }
            // One folder that can't be opened (renamed meanwhile, not ours to read) doesn't stop the others.
            Err(error) if is_refused(&error) => error.log("sync folder"),
            Err(error) => return Err(error),
        }
    }
    let wanted = session.wanted.lock().map(|mut w| std::mem::take(&mut *w)).unwrap_or_default();
    for folder in readable {
        match bodies::fetch(bodies::From { session, account, folder }, &wanted, client).await {
            Err(error) if is_refused(&error) => error.log("sync folder"),
            Err(error) => {
                // They are waited for still.
                if let Ok(mut waiting) = session.wanted.lock() {
                    waiting.extend(wanted);
                }
                return Err(error);
            }
            Ok(()) => {}
        }
    }
    Ok(gained)
}

/// Whether the server refused this one thing, and the connection is good for others.
pub(crate) const fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Imap(transport::ImapError::No { .. }))
}

/// Lets a search find the heads of messages whose bodies did not come.
async fn index_heads(session: &Session) -> Result<(), Error> {
    let job = |dao: &mut store::WriteDao<'_>| -> Result<u64, Error> {
        Ok(dao.index_heads(HEADS_INDEXED)?)
    };
    while session.store.write_bulk(job).await? > 0 {}
    Ok(())
}

async fn finished(session: &Session) -> Result<(), Error> {
    let coverage = session.read(|dao| Ok(dao.coverage()?)).await?;
    session.note_connection(|c| {
        c.synced = Some(clock::now_ms());
        c.indexed = u32::try_from(coverage.indexed).unwrap_or(u32::MAX);
        c.total = u32::try_from(coverage.total).unwrap_or(u32::MAX);
    });
    session.tell(AppEvent::Synced);
    batch::record(session).await
}

/// The folders in the order they matter, as the mailbox knows them.
async fn folders(
    session: &Session,
    account: &store::Account,
    client: &mut ImapClient,
) -> Result<Vec<store::Folder>, Error> {
    let listed = client.folders().await?;
    let id = account.id;
    let mut folders = session
        .write(move |dao| {
            let mut known = Vec::new();
            for folder in listed.into_iter().filter(|f| f.selectable) {
                let Some(role) = role(folder.role) else { continue };
                let new = store::NewFolder {
                    account: id,
                    name: folder.shown,
                    wire_name: folder.name.as_str().to_owned(),
                    role,
                };
                let folder = dao.upsert_folder(&new)?;
                known.push(dao.folder(folder)?);
            }
            follow(dao, id, &known)?;
            Ok(known)
        })
        .await?;
    folders.sort_by_key(|folder| match folder.role {
        store::FolderRole::Inbox => 0,
        store::FolderRole::Sent => 1,
        store::FolderRole::Other => 2,
        store::FolderRole::Archive => 3,
        store::FolderRole::Drafts
        | store::FolderRole::Trash
        | store::FolderRole::Junk
        | store::FolderRole::Hidden => 4,
    });
    session.tell(AppEvent::FoldersChanged);
    Ok(folders)
}

/// Sends the copies that wait to the folder that the server has for them, and drops what it doesn't have
/// any more. Every server has an INBOX: a list without one is no list to go by.
fn follow(
    dao: &mut store::WriteDao<'_>,
    account: store::AccountId,
    known: &[store::Folder],
) -> Result<(), Error> {
    let of = |role| known.iter().find(|folder| folder.role == role);
    if of(store::FolderRole::Inbox).is_none() {
        return Ok(());
    }
    if let Some(sent) = of(store::FolderRole::Sent) {
        dao.move_sent_copies(sent.id)?;
    }
    let there: Vec<store::FolderId> = known.iter().map(|folder| folder.id).collect();
    dao.keep_folders(account, &there)?;
    Ok(())
}

/// What a folder is for; views of all messages are left out, or each message would come twice.
const fn role(role: Option<transport::FolderRole>) -> Option<store::FolderRole> {
    Some(match role {
        Some(transport::FolderRole::Inbox) => store::FolderRole::Inbox,
        Some(transport::FolderRole::Sent) => store::FolderRole::Sent,
        Some(transport::FolderRole::Drafts) => store::FolderRole::Drafts,
        Some(transport::FolderRole::Trash) => store::FolderRole::Trash,
        Some(transport::FolderRole::Junk) => store::FolderRole::Junk,
        Some(transport::FolderRole::Archive) => store::FolderRole::Archive,
        Some(transport::FolderRole::All | transport::FolderRole::Flagged) => return None,
        Some(_) | None => store::FolderRole::Other,
    })
}

/// Fetches and sends once, for front ends that work without background tasks.
pub(crate) async fn once(session: &Arc<Session>) -> Result<Gained, Error> {
    // Somebody asked for it now: that counts for what waits for its next try, too.
    crate::outbox::hurry(session).await?;
    crate::outbox::send_due(session).await?;
    crate::retention::run(session).await?;
    let _alone = session.syncing.lock().await;
    let account = accounts::first(session).await?;
    let mut client = connect(session, &account).await?;
    let gained = round(session, &account, &mut client).await?;
    finished(session).await?;
    // A good-bye is a courtesy: all that was asked is answered.
    let _courtesy = client.logout().await;
    Ok(gained)
}

/// A code for what the transport said about a name that the mailbox kept.
pub(crate) fn folder_name(folder: &store::Folder) -> Result<FolderName, Error> {
    FolderName::new(folder.wire_name.clone()).map_err(|_| Error::Stopped(ErrorCode::ServerProtocol))
}
