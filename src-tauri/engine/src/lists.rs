//! Folder lists, message lists, flags and search.

use std::sync::Arc;

use wardmail_api::{
    AppEvent, FolderId, MessageId,
    mail::{
        Filter, FolderRole, FolderView, ListFolders, ListMessages, MessagePage, MessageRow,
        RowMark, SearchMessages, SearchPage, SetFlags, SyncNow,
    },
};
use wardmail_audit::{Count, Event, EventKind, Outcome};
use wardmail_store::{self as store, Mark, SearchQuery};

use crate::{clock, door::InSession, error::Error, session::Session};

/// Rows of one page.
const PAGE: u32 = 200;
/// Messages marked at once.
const MARKED: usize = 500;

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

const fn role(role: store::FolderRole) -> FolderRole {
    match role {
        store::FolderRole::Inbox => FolderRole::Inbox,
        store::FolderRole::Sent => FolderRole::Sent,
        store::FolderRole::Drafts => FolderRole::Drafts,
        store::FolderRole::Trash => FolderRole::Trash,
        store::FolderRole::Archive => FolderRole::Archive,
        store::FolderRole::Junk => FolderRole::Junk,
        store::FolderRole::Other | store::FolderRole::Hidden => FolderRole::Other,
    }
}

const fn mark(row: &store::MessageRow) -> RowMark {
    match row.body_state {
        store::BodyState::HeaderOnly => RowMark::NotFetched,
        store::BodyState::TooLarge | store::BodyState::Failed => RowMark::Broken,
        store::BodyState::Fetched => match row.security {
            store::Security::Signed => RowMark::Signed,
            store::Security::Sealed | store::Security::SealedAndSigned => RowMark::Sealed,
            store::Security::KeyMissing => RowMark::KeyMissing,
            store::Security::Broken => RowMark::Broken,
            store::Security::Plain | store::Security::Unknown => RowMark::Plain,
        },
    }
}

/// A row as shown; in Sent it says whom the message is to.
pub(crate) fn row(row: store::MessageRow, folder: store::FolderRole) -> MessageRow {
    let mark = mark(&row);
    let sender = if row.from.name.is_empty() { row.from.address } else { row.from.name };
    let who = if folder == store::FolderRole::Sent && !row.recipients.is_empty() {
        row.recipients
    } else {
        sender
    };
    MessageRow {
        id: MessageId(row.id.get()),
        folder: FolderId(row.folder.get()),
        who,
        subject: row.subject,
        snippet: row.snippet,
        date: row.date_ms,
        seen: row.flags.seen,
        flagged: row.flags.flagged,
        answered: row.flags.answered,
        has_attachments: row.has_attachments,
        mark,
        kept: row.kept,
        expires: row.expires_ms,
        void: row.void_after_ms.is_some_and(|at| at <= clock::now_ms()),
    }
}

/// Whether a folder holds a message of this Message-ID. Another folder's doesn't count: somebody who
/// writes to themselves has the same message in INBOX.
pub(crate) fn is_in(
    dao: &store::ReadDao<'_>,
    folder: store::FolderId,
    message_id: &str,
) -> Result<bool, Error> {
    for id in dao.find_by_message_id(message_id)? {
        if dao.message_row(id)?.folder == folder {
            return Ok(true);
        }
    }
    Ok(false)
}

impl InSession for ListFolders {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<FolderView>, Error> {
        session
            .read(|dao| {
                let mut views = Vec::new();
                for account in dao.accounts()? {
                    for folder in dao.folders(account.id)? {
                        views.push(FolderView {
                            id: FolderId(folder.id.get()),
                            name: folder.name,
                            role: role(folder.role),
                            total: small(folder.total),
                            unread: small(folder.unread),
                        });
                    }
                }
                Ok(views)
            })
            .await
    }
}

impl InSession for ListMessages {
    async fn answer_in(self, session: &Arc<Session>) -> Result<MessagePage, Error> {
        let filter = match self.filter {
            Filter::All => store::Filter::All,
            Filter::Unread => store::Filter::Unread,
            Filter::Starred => store::Filter::Flagged,
            Filter::WithFiles => store::Filter::Attachments,
            Filter::Sealed => store::Filter::Sealed,
        };
        let folder = store::FolderId::new(self.folder.0);
        session
            .read(move |dao| {
                let place = dao.folder(folder)?.role;
                let page =
                    dao.list_page(folder, filter, self.offset.into(), self.limit.min(PAGE))?;
                Ok(MessagePage {
                    offset: self.offset,
                    total: small(page.total),
                    rows: page.rows.into_iter().map(|r| row(r, place)).collect(),
                })
            })
            .await
    }
}

impl InSession for SearchMessages {
    async fn answer_in(self, session: &Arc<Session>) -> Result<SearchPage, Error> {
        let query = SearchQuery::parse(&self.query, &jiff::tz::TimeZone::system());
        let before = self.before.map(|id| store::MessageId::new(id.0));
        let page = session
            .read(move |dao| {
                let found = dao.search(&query, self.limit.min(PAGE), before)?;
                let coverage = dao.coverage()?;
                let mut rows = Vec::with_capacity(found.hits.len());
                for hit in found.hits {
                    let place = dao.folder(hit.row.folder)?.role;
                    rows.push(MessageRow { snippet: hit.snippet, ..row(hit.row, place) });
                }
                Ok(SearchPage {
                    rows,
                    more: found.next.is_some(),
                    indexed: small(coverage.indexed),
                    total: small(coverage.total),
                    unreadable: small(coverage.unreadable),
                })
            })
            .await?;
        let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        session
            .note(Event::new(EventKind::Search, Outcome::Success).count(Count::Results, count))
            .await;
        Ok(page)
    }
}

impl InSession for SetFlags {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        if self.ids.len() > MARKED {
            return Err(Error::InvalidRequest);
        }
        let folders = session
            .write(move |dao| {
                let mut folders = Vec::new();
                for id in &self.ids {
                    let id = store::MessageId::new(id.0);
                    if let Some(on) = self.seen {
                        dao.mark(id, Mark::Seen, on, clock::now_ms())?;
                    }
                    if let Some(on) = self.flagged {
                        dao.mark(id, Mark::Flagged, on, clock::now_ms())?;
                    }
                    folders.push(dao.message_row(id)?.folder);
                }
                folders.sort_unstable();
                folders.dedup();
                Ok(folders)
            })
            .await?;
        for folder in folders {
            session.tell(AppEvent::FolderChanged { folder: FolderId(folder.get()) });
        }
        session.tell(AppEvent::FoldersChanged);
        session.wake_sync.notify_one();
        Ok(())
    }
}

impl InSession for SyncNow {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        session.everything.store(true, std::sync::atomic::Ordering::Relaxed);
        session.wake_sync.notify_one();
        session.wake_outbox.notify_one();
        Ok(())
    }
}
