//! Message heads: what is known of a message without its body.

use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::flags::Flags;
use super::{ReadDao, WriteDao};
use crate::redact::log_safe_debug;
use crate::{BodyState, Error, FolderId, MessageId, PhiVerdict, PublicId, Security, ThreadId};

/// A mail address with the name beside it.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Display name, or empty.
    pub name: String,
    /// `local@domain`.
    pub address: String,
}

log_safe_debug!(Address {});

/// What the PHI detector said about a message, and by which rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhiMark {
    /// The verdict.
    pub verdict: PhiVerdict,
    /// Version of the ruleset, 0 for none.
    pub ruleset: u32,
}

impl Default for PhiMark {
    fn default() -> Self {
        Self { verdict: PhiVerdict::Unknown, ruleset: 0 }
    }
}

/// A head as the server gave it.
#[derive(Clone)]
pub struct NewMessage {
    /// The server's UID, not 0.
    pub uid: u32,
    /// The Date header, or when it arrived if that can't be read.
    pub date_ms: i64,
    /// The server's INTERNALDATE.
    pub received_ms: i64,
    /// The first author.
    pub from: Address,
    /// To and Cc, for display and search.
    pub recipients: String,
    /// The outer subject.
    pub subject: String,
    /// Message-ID without angle brackets, or empty.
    pub message_id: String,
    /// In-Reply-To's first id, or empty.
    pub in_reply_to: String,
    /// The ids in References, oldest first.
    pub references: Vec<String>,
    /// The server's flags.
    pub flags: Flags,
    /// As far as the head tells.
    pub has_attachments: bool,
    /// As far as the head tells.
    pub security: Security,
    /// RFC822.SIZE, in bytes.
    pub size: u64,
    /// The Expires header, if there is one.
    pub void_after_ms: Option<i64>,
}

log_safe_debug!(NewMessage { uid, flags, has_attachments, security, size });

/// Where new heads stand in time, which decides the order of search results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Newer than everything here: mail that has just arrived.
    Newest,
    /// Older than everything here: backfill.
    Older,
}

/// A message as a list shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its identity.
    pub id: MessageId,
    /// Its name in the audit log.
    pub public_id: PublicId,
    /// Where it lies.
    pub folder: FolderId,
    /// The thread it belongs to.
    pub thread: ThreadId,
    /// How many messages that thread has.
    pub thread_size: u64,
    /// The server's UID, if it is known.
    pub uid: Option<u32>,
    /// The Date header.
    pub date_ms: i64,
    /// The server's INTERNALDATE.
    pub received_ms: i64,
    /// The first author.
    pub from: Address,
    /// To and Cc, for display.
    pub recipients: String,
    /// The protected subject once it is known, else the outer one.
    pub subject: String,
    /// First words of the text, empty until the body is here.
    pub snippet: String,
    /// Its flags.
    pub flags: Flags,
    /// Whether it has attachments.
    pub has_attachments: bool,
    /// How it is protected.
    pub security: Security,
    /// What the PHI detector said.
    pub phi: PhiMark,
    /// RFC822.SIZE, in bytes.
    pub size: u64,
    /// How much of it is here.
    pub body_state: BodyState,
    /// Whether the owner keeps it from being removed.
    pub kept: bool,
    /// When it is removed by itself.
    pub expires_ms: Option<i64>,
    /// From when on it doesn't hold any more, as its sender says.
    pub void_after_ms: Option<i64>,
}

log_safe_debug!(MessageRow {
    id,
    public_id,
    folder,
    thread,
    uid,
    flags,
    security,
    size,
    body_state
});

/// A message's head with what stands behind the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// As a list shows it.
    pub row: MessageRow,
    /// Message-ID without angle brackets, or empty.
    pub message_id: String,
    /// In-Reply-To's first id, or empty.
    pub in_reply_to: String,
    /// The other ids it refers to, oldest first; of a very long list the first and the last ones.
    pub references: Vec<String>,
}

log_safe_debug!(Message { row });

/// The columns that [`message_row`] reads, from `messages m` joined with `threads t`.
macro_rules! row_columns {
    () => {
        "m.id, m.public_id, m.folder_id, m.thread_id, t.size, m.uid, m.date_ms, m.received_ms, m.from_name, \
         m.from_address, m.recipients, m.subject, m.snippet, m.seen, m.answered, m.flagged, m.has_attachments, \
         m.security, m.phi_verdict, m.phi_ruleset, m.size, m.body_state, m.kept, m.expires_ms, m.void_after_ms"
    };
}
pub(super) use row_columns;

/// How many columns [`row_columns`] has: what a query adds comes behind them.
pub(super) const ROW_COLUMNS: usize = 25;

pub(super) fn message_row(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        id: row.get(0)?,
        public_id: row.get(1)?,
        folder: row.get(2)?,
        thread: row.get(3)?,
        thread_size: row.get(4)?,
        uid: u32::try_from(row.get::<_, i64>(5)?).ok(),
        date_ms: row.get(6)?,
        received_ms: row.get(7)?,
        from: Address { name: row.get(8)?, address: row.get(9)? },
        recipients: row.get(10)?,
        subject: row.get(11)?,
        snippet: row.get(12)?,
        flags: Flags { seen: row.get(13)?, answered: row.get(14)?, flagged: row.get(15)? },
        has_attachments: row.get(16)?,
        security: row.get(17)?,
        phi: PhiMark { verdict: row.get(18)?, ruleset: row.get(19)? },
        size: row.get(20)?,
        body_state: row.get(21)?,
        kept: row.get(22)?,
        expires_ms: row.get(23)?,
        void_after_ms: row.get(24)?,
    })
}

impl ReadDao<'_> {
    /// Returns a message as a list shows it.
    pub fn message_row(&self, id: MessageId) -> Result<MessageRow, Error> {
        let sql = concat!(
            "SELECT ",
            row_columns!(),
            " FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.id = ?1"
        );
        self.one(sql, [id], message_row)
    }

    /// Returns a message's head.
    pub fn message(&self, id: MessageId) -> Result<Message, Error> {
        let sql = concat!(
            "SELECT ",
            row_columns!(),
            ", m.message_id, m.in_reply_to FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.id = ?1"
        );
        let (row, message_id, in_reply_to) = self.one(sql, [id], |row| {
            Ok((
                message_row(row)?,
                row.get::<_, String>(ROW_COLUMNS)?,
                row.get::<_, String>(ROW_COLUMNS + 1)?,
            ))
        })?;
        let sql = "SELECT reference FROM message_references WHERE message_id = ?1 AND reference <> ?2 ORDER BY position";
        let references = self.rows(sql, params![id, message_id], |row| row.get(0))?;
        Ok(Message { row, message_id, in_reply_to, references })
    }

    /// Returns the message with a name that the audit log knows.
    pub fn message_by_public_id(&self, public_id: PublicId) -> Result<MessageId, Error> {
        self.one("SELECT id FROM messages WHERE public_id = ?1", [public_id], |row| row.get(0))
    }

    /// Returns the messages (copies in several folders, mostly) with a Message-ID, the newest first.
    pub fn find_by_message_id(&self, message_id: &str) -> Result<Vec<MessageId>, Error> {
        if message_id.is_empty() {
            return Ok(Vec::new());
        }
        let sql =
            "SELECT id FROM messages WHERE message_id = ?1 AND message_id <> '' ORDER BY id DESC";
        self.rows(sql, [message_id], |row| row.get(0))
    }

    /// Returns the UIDs that are known in a folder, ascending: of messages here, and of those that were removed here.
    pub fn known_uids(&self, folder: FolderId) -> Result<Vec<u32>, Error> {
        let sql = "SELECT uid FROM messages WHERE folder_id = ?1 AND uid > 0
                   UNION SELECT uid FROM removed WHERE folder_id = ?1 AND uid IS NOT NULL
                   UNION SELECT uid FROM deletions WHERE folder_id = ?1 AND uid > 0 ORDER BY uid";
        self.rows(sql, [folder], |row| row.get(0))
    }

    /// Returns the highest UID that is known in a folder.
    pub fn highest_uid(&self, folder: FolderId) -> Result<Option<u32>, Error> {
        let sql = "SELECT max(uid) FROM messages WHERE folder_id = ?1 AND uid > 0";
        self.one(sql, [folder], |row| row.get(0))
    }

    /// Returns the message with a UID in a folder, if it is here.
    pub fn find_by_uid(&self, folder: FolderId, uid: u32) -> Result<Option<MessageId>, Error> {
        let sql = "SELECT id FROM messages WHERE folder_id = ?1 AND uid = ?2";
        self.maybe(sql, params![folder, uid], |row| row.get(0))
    }
}

impl WriteDao<'_> {
    /// Adds heads to a folder and returns their ids in the order given: threaded and counted. A search finds them when
    /// their bodies come, or by [`WriteDao::index_heads`].
    ///
    /// A head whose UID is here already changes nothing, so that a batch can be given again; nor does one that the owner
    /// has moved away while the server doesn't know it yet. One that was removed here stays away and has no id. One that fits a detached
    /// message (see [`WriteDao::uidvalidity_changed`]) gives it its UID and flags. Give a batch oldest first.
    pub fn insert_headers(
        &mut self,
        folder: FolderId,
        batch: &[NewMessage],
        placement: Placement,
    ) -> Result<Vec<MessageId>, Error> {
        let mut next = match placement {
            Placement::Newest => None,
            Placement::Older => Some(self.reserve_older_ids(batch.len())?),
        };
        let mut ids = Vec::with_capacity(batch.len());
        for new in batch {
            let id = if let Some(known) = self.find_by_uid(folder, new.uid)? {
                known
            } else if let Some(moved) = self.moved_away(folder, new.uid)? {
                moved
            } else if self.is_removed(folder, new)? {
                continue;
            } else if let Some(detached) = self.detached_twin(folder, new)? {
                self.reattach(detached, new)?;
                detached
            } else {
                self.insert_message(folder, new, next)?
            };
            next = next.map(|id| id + 1);
            ids.push(id);
        }
        Ok(ids)
    }

    /// Deletes a message: head, body, text, its words in the search index, its part in a thread.
    pub fn delete_message(&mut self, id: MessageId) -> Result<(), Error> {
        self.delete_messages(&[id])
    }

    /// Deletes messages as [`WriteDao::delete_message`] does; many at once cost less than one by one.
    pub fn delete_messages(&mut self, ids: &[MessageId]) -> Result<(), Error> {
        self.unindex_all(ids)?;
        ids.iter().try_for_each(|id| self.execute_one("DELETE FROM messages WHERE id = ?1", [id]))
    }

    /// Deletes the messages with these UIDs from a folder as [`WriteDao::delete_message`] does; returns how many.
    pub fn expunge(&mut self, folder: FolderId, uids: &[u32]) -> Result<u64, Error> {
        let mut ids = Vec::with_capacity(uids.len());
        for &uid in uids {
            ids.extend(self.find_by_uid(folder, uid)?);
        }
        self.delete_messages(&ids)?;
        self.forget_removed(folder, uids)?;
        Ok(ids.len() as u64)
    }

    /// Records the UID that the server gave to a message, for example in the answer to a move.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another message of the folder has it.
    pub fn set_uid(&mut self, id: MessageId, uid: u32) -> Result<(), Error> {
        let folder = self.message_row(id)?.folder;
        match self.find_by_uid(folder, uid)? {
            Some(other) if other != id => Err(Error::Conflict),
            _ => self.execute_one("UPDATE messages SET uid = ?2 WHERE id = ?1", params![id, uid]),
        }
    }

    /// Takes a block of ids below every id given so far and returns its first.
    fn reserve_older_ids(&mut self, count: usize) -> Result<i64, Error> {
        let count = i64::try_from(count).map_err(|_| Error::TooLarge)?;
        self.execute_one("UPDATE message_id_floor SET lowest = lowest - ?1", [count])?;
        self.one("SELECT lowest FROM message_id_floor", [], |row| row.get(0))
    }

    fn insert_message(
        &mut self,
        folder: FolderId,
        new: &NewMessage,
        id: Option<i64>,
    ) -> Result<MessageId, Error> {
        if new.uid == 0 {
            return Err(Error::Conflict);
        }
        let references = super::threads::references(new);
        let thread = self.thread_of(&references)?;
        let sql = "INSERT INTO messages (id, folder_id, uid, thread_id, date_ms, received_ms, from_name, from_address,
                       recipients, subject, message_id, in_reply_to, seen, answered, flagged, has_attachments, security,
                       size, void_after_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";
        let Flags { seen, answered, flagged } = new.flags;
        let values = params![
            id,
            folder,
            new.uid,
            thread,
            new.date_ms,
            new.received_ms,
            new.from.name,
            new.from.address,
            new.recipients,
            new.subject,
            super::threads::trimmed(&new.message_id),
            super::threads::trimmed(&new.in_reply_to),
            seen,
            answered,
            flagged,
            new.has_attachments,
            new.security,
            new.size,
            new.void_after_ms,
        ];
        let id = MessageId::new(self.insert(sql, values)?);
        for (position, reference) in references.iter().enumerate() {
            let sql = "INSERT INTO message_references (message_id, position, reference) VALUES (?1, ?2, ?3)";
            self.execute(sql, params![id, position, reference])?;
        }
        Ok(id)
    }

    /// Returns the message that the server still has under this UID, and that lies in another folder here.
    fn moved_away(&self, folder: FolderId, uid: u32) -> Result<Option<MessageId>, Error> {
        let sql = "SELECT message_id FROM actions WHERE kind = 1 AND folder_id = ?1 AND uid = ?2";
        self.maybe(sql, params![folder, uid], |row| row.get(0))
    }

    /// Returns the one detached message of a folder that a head describes.
    fn detached_twin(
        &self,
        folder: FolderId,
        new: &NewMessage,
    ) -> Result<Option<MessageId>, Error> {
        let message_id = super::threads::trimmed(&new.message_id);
        if message_id.is_empty() {
            return Ok(None);
        }
        let sql = "SELECT id FROM messages WHERE message_id = ?1 AND message_id <> '' AND folder_id = ?2 AND uid < 0
                       AND size = ?3 LIMIT 2";
        let twins: Vec<MessageId> =
            self.rows(sql, params![message_id, folder, new.size], |row| row.get(0))?;
        match twins[..] {
            [twin] => Ok(Some(twin)),
            _ => Ok(None),
        }
    }

    fn reattach(&mut self, id: MessageId, new: &NewMessage) -> Result<(), Error> {
        self.execute_one("UPDATE messages SET uid = ?2 WHERE id = ?1", params![id, new.uid])?;
        let folder = self.message_row(id)?.folder;
        self.apply_server_flags(
            folder,
            &[super::flags::ServerFlags { uid: new.uid, flags: new.flags }],
        )
        .map(drop)
    }
}
