//! The message list of a folder, page by page, at the same cost wherever the page stands.
//!
//! An offset is turned into a key on the covering index alone, without touching a message; the rows follow from the key.

use rusqlite::params;

use super::ReadDao;
use super::messages::{MessageRow, message_row, row_columns};
use crate::{Error, FolderId, MessageId};

/// Rows of one page at most.
pub(super) const MAX_PAGE: u32 = 500;

/// What a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Everything.
    #[default]
    All,
    /// What was not read.
    Unread,
    /// What is flagged.
    Flagged,
    /// What has attachments.
    Attachments,
    /// What is encrypted, readable or not.
    Sealed,
}

impl Filter {
    /// The condition on `messages m`, in columns of the covering index only.
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Unread => " AND m.seen = 0",
            Self::Flagged => " AND m.flagged = 1",
            Self::Attachments => " AND m.has_attachments = 1",
            Self::Sealed => " AND m.security IN (3, 4, 5)",
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many messages the whole list has.
    pub total: u64,
    /// The page's rows, the newest first.
    pub rows: Vec<MessageRow>,
}

impl ReadDao<'_> {
    /// Returns a page of a folder's list, the newest first; at most 500 rows.
    pub fn list_page(
        &self,
        folder: FolderId,
        filter: Filter,
        offset: u64,
        limit: u32,
    ) -> Result<Page, Error> {
        let total = self.list_len(folder, filter)?;
        let condition = filter.condition();
        let sql = format!(
            "SELECT m.date_ms, m.id FROM messages m INDEXED BY messages_listed WHERE m.folder_id = ?1{condition}
             ORDER BY m.date_ms DESC, m.id DESC LIMIT 1 OFFSET ?2"
        );
        let first =
            self.maybe(&sql, params![folder, offset], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((date_ms, id)): Option<(i64, MessageId)> = first else {
            return Ok(Page { total, rows: Vec::new() });
        };
        let columns = row_columns!();
        let sql = format!(
            "SELECT {columns} FROM messages m INDEXED BY messages_listed CROSS JOIN threads t ON t.id = m.thread_id
             WHERE m.folder_id = ?1 AND (m.date_ms, m.id) <= (?2, ?3){condition}
             ORDER BY m.date_ms DESC, m.id DESC LIMIT ?4"
        );
        let rows =
            self.rows(&sql, params![folder, date_ms, id, limit.min(MAX_PAGE)], message_row)?;
        Ok(Page { total, rows })
    }

    /// Returns where a message stands in a folder's list: how many come before it.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the message doesn't lie in the folder. Whether it passes the filter isn't asked.
    pub fn offset_of(&self, folder: FolderId, filter: Filter, id: MessageId) -> Result<u64, Error> {
        let sql = "SELECT date_ms FROM messages WHERE id = ?1 AND folder_id = ?2";
        let date_ms: i64 = self.one(sql, params![id, folder], |row| row.get(0))?;
        let sql = format!(
            "SELECT count(*) FROM messages m INDEXED BY messages_listed
             WHERE m.folder_id = ?1 AND (m.date_ms, m.id) > (?2, ?3){}",
            filter.condition()
        );
        self.one(&sql, params![folder, date_ms, id], |row| row.get(0))
    }

    /// Counts a list: kept counters where there are any, the covering index otherwise.
    fn list_len(&self, folder: FolderId, filter: Filter) -> Result<u64, Error> {
        let sql = match filter {
            Filter::All => "SELECT total FROM folders WHERE id = ?1".to_owned(),
            Filter::Unread => "SELECT unread FROM folders WHERE id = ?1".to_owned(),
            Filter::Flagged | Filter::Attachments | Filter::Sealed => format!(
                "SELECT count(*) FROM messages m INDEXED BY messages_listed WHERE m.folder_id = ?1{}",
                filter.condition()
            ),
        };
        self.one(&sql, [folder], |row| row.get(0))
    }
}
