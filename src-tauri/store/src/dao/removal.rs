//! Removing messages from this computer: the owner's deletions while they can be taken back, removal for good, and what is
//! remembered of what went, so that it doesn't come back from the server.
//!
//! A message that the owner deleted lies in a folder that nothing lists until it is taken back or removed for good. Of what
//! was removed only its number on the server stays, and a mark by which the same message is known again when the server
//! numbers its folder anew: a hash under a salt of this mailbox.

use rusqlite::params;

use super::{ReadDao, WriteDao};
use crate::{
    AccountId, Error, FolderId, FolderRole, MessageId, OutboxState, RemovedBy, SentCopyState,
};

/// Messages whose words are taken out of the index one by one; of more the index is written anew afterwards.
const FEW: usize = 8;

/// Bytes of a mark.
const MARK_LEN: usize = 16;

/// A message that the owner deleted and can still take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The message.
    pub message: MessageId,
    /// The folder it lay in.
    pub folder: FolderId,
    /// Until when it can be taken back.
    pub due_ms: i64,
}

/// A message of the server's that isn't taken in.
#[derive(Clone)]
pub struct LeftOut {
    /// Its UID.
    pub uid: u32,
    /// The server's INTERNALDATE.
    pub received_ms: i64,
    /// Message-ID without angle brackets, or empty.
    pub message_id: String,
    /// RFC822.SIZE, in bytes.
    pub size: u64,
}

crate::redact::log_safe_debug!(LeftOut { uid, received_ms, size });

impl ReadDao<'_> {
    /// Returns whether the owner deleted a message and can still take that back.
    pub fn is_deleted(&self, id: MessageId) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM deletions WHERE message_id = ?1)";
        self.one(sql, [id], |row| row.get(0))
    }

    /// Returns deletions that can't be taken back any more at a time, the oldest first.
    pub fn due_deletions(&self, now_ms: i64, limit: u32) -> Result<Vec<Deletion>, Error> {
        let sql = "SELECT message_id, folder_id, due_ms FROM deletions WHERE due_ms <= ?1
                   ORDER BY due_ms, message_id LIMIT ?2";
        self.rows(sql, params![now_ms, limit], |row| {
            Ok(Deletion { message: row.get(0)?, folder: row.get(1)?, due_ms: row.get(2)? })
        })
    }

    /// Returns until when the next deletion can be taken back, if there is one.
    pub fn next_deletion(&self) -> Result<Option<i64>, Error> {
        self.one("SELECT min(due_ms) FROM deletions", [], |row| row.get(0))
    }

    /// Returns messages of a folder that the server took in before a time and that nobody keeps, the oldest first. What
    /// the server's date isn't known of, and what has no number there, isn't among them.
    pub fn outdated(
        &self,
        folder: FolderId,
        before_ms: i64,
        limit: u32,
    ) -> Result<Vec<MessageId>, Error> {
        let sql = "SELECT id FROM messages INDEXED BY messages_by_age
                   WHERE folder_id = ?1 AND received_ms > 0 AND received_ms < ?2 AND kept = 0 AND uid > 0
                   ORDER BY received_ms LIMIT ?3";
        self.rows(sql, params![folder, before_ms, limit], |row| row.get(0))
    }

    /// Returns messages of a folder whose own time is over and that nobody keeps.
    pub fn expired(
        &self,
        folder: FolderId,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<MessageId>, Error> {
        let sql = "SELECT id FROM messages INDEXED BY messages_expiring
                   WHERE folder_id = ?1 AND expires_ms IS NOT NULL AND expires_ms <= ?2 AND kept = 0
                   ORDER BY expires_ms LIMIT ?3";
        self.rows(sql, params![folder, now_ms, limit], |row| row.get(0))
    }

    /// Returns UIDs of a folder that the server is to delete too.
    pub fn removals_to_tell(&self, folder: FolderId, limit: u32) -> Result<Vec<u32>, Error> {
        let sql =
            "SELECT uid FROM removed WHERE folder_id = ?1 AND on_server = 1 AND uid IS NOT NULL
                   ORDER BY uid LIMIT ?2";
        self.rows(sql, params![folder, limit], |row| row.get(0))
    }

    fn salt(&self) -> Result<[u8; 32], Error> {
        self.one("SELECT salt FROM removed_salt", [], |row| row.get(0))
    }

    /// Returns by what a message is known again; none for one without a Message-ID.
    fn imprint(&self, message_id: &str, size: u64) -> Result<Option<[u8; MARK_LEN]>, Error> {
        let message_id = super::threads::trimmed(message_id);
        if message_id.is_empty() {
            return Ok(None);
        }
        let mut hash = openssl::sha::Sha256::new();
        hash.update(&self.salt()?);
        hash.update(&size.to_le_bytes());
        hash.update(message_id.as_bytes());
        Ok(hash.finish().first_chunk().copied())
    }
}

impl WriteDao<'_> {
    /// Takes messages out of everything that is listed or found, until the owner takes that back or they are removed at
    /// a time; returns how many.
    pub fn delete_until(&mut self, ids: &[MessageId], due_ms: i64) -> Result<u64, Error> {
        let mut deleted = 0;
        for &id in ids {
            if self.is_deleted(id)? {
                continue;
            }
            let row = self.message_row(id)?;
            let hidden = self.hidden_folder(self.folder(row.folder)?.account)?;
            let sql = "INSERT INTO deletions (message_id, folder_id, uid, due_ms) VALUES (?1, ?2, ?3, ?4)";
            self.execute(sql, params![id, row.folder, row.uid.unwrap_or(0), due_ms])?;
            let sql = "UPDATE messages SET folder_id = ?2, uid = -id WHERE id = ?1";
            self.execute_one(sql, params![id, hidden])?;
            deleted += 1;
        }
        Ok(deleted)
    }

    /// Takes a deletion back: the messages lie where they lay. Returns the folders concerned; what is gone is passed over.
    pub fn take_back(&mut self, ids: &[MessageId]) -> Result<Vec<FolderId>, Error> {
        let mut folders = Vec::new();
        for &id in ids {
            let sql = "SELECT folder_id, uid FROM deletions WHERE message_id = ?1";
            let found: Option<(FolderId, i64)> =
                self.maybe(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let Some((folder, uid)) = found else { continue };
            // The number may be void by now, or another's.
            let known = u32::try_from(uid).ok().filter(|uid| *uid > 0);
            let free = match known {
                Some(uid) => self.find_by_uid(folder, uid)?.is_none(),
                None => false,
            };
            let uid = if free { uid } else { -id.get() };
            let sql = "UPDATE messages SET folder_id = ?2, uid = ?3 WHERE id = ?1";
            self.execute_one(sql, params![id, folder, uid])?;
            self.execute_one("DELETE FROM deletions WHERE message_id = ?1", [id])?;
            folders.push(folder);
        }
        folders.sort_unstable();
        folders.dedup();
        Ok(folders)
    }

    /// Removes messages for good, with what the outbox still says of them, and remembers that they aren't to come back;
    /// returns how many. What is gone already is passed over. [`WriteDao::settle_index`] must follow until it is done.
    pub fn remove(
        &mut self,
        ids: &[MessageId],
        by: RemovedBy,
        on_server: bool,
    ) -> Result<u64, Error> {
        let mut there = Vec::with_capacity(ids.len());
        for &id in ids {
            let Some((folder, uid)) = self.place_of(id)? else { continue };
            let sql = "SELECT message_id, size, received_ms FROM messages WHERE id = ?1";
            let (message_id, size, received_ms) = self
                .one(sql, [id], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
            let known = u32::try_from(uid).ok().filter(|uid| *uid > 0);
            let left = LeftOut { uid: known.unwrap_or(0), received_ms, message_id, size };
            self.remember(folder, &left, by, on_server)?;
            there.push((id, left.message_id));
        }
        let ids: Vec<MessageId> = there.iter().map(|(id, _)| *id).collect();
        if ids.len() > FEW {
            self.unindex_for_later(&ids)?;
        } else {
            self.unindex_all(&ids)?;
        }
        for (id, message_id) in &there {
            self.execute_one("DELETE FROM messages WHERE id = ?1", [id])?;
            self.forget_sent(message_id)?;
        }
        Ok(ids.len() as u64)
    }

    /// Remembers messages of the server's that aren't to be taken in.
    pub fn leave_out(
        &mut self,
        folder: FolderId,
        left: &[LeftOut],
        by: RemovedBy,
        on_server: bool,
    ) -> Result<(), Error> {
        left.iter().try_for_each(|one| self.remember(folder, one, by, on_server))
    }

    /// Lets what policy removed from a folder come back: what the server took in from a time on, or all of it. Returns how
    /// many that are.
    pub fn let_come_back(&mut self, folder: FolderId, from_ms: Option<i64>) -> Result<u64, Error> {
        let sql =
            "DELETE FROM removed WHERE folder_id = ?1 AND removed_by = ?2 AND received_ms >= ?3";
        self.execute(sql, params![folder, RemovedBy::Policy, from_ms.unwrap_or(i64::MIN)])
    }

    /// Takes note that the server deleted messages too, or isn't to any more.
    pub fn removals_told(&mut self, folder: FolderId, uids: &[u32]) -> Result<(), Error> {
        let sql = "UPDATE removed SET on_server = 0 WHERE folder_id = ?1 AND uid = ?2";
        uids.iter().try_for_each(|uid| self.execute(sql, params![folder, uid]).map(drop))
    }

    /// Keeps messages from being removed, or lets them; returns how many changed.
    pub fn keep(&mut self, ids: &[MessageId], kept: bool) -> Result<u64, Error> {
        let sql = "UPDATE messages SET kept = ?2 WHERE id = ?1 AND kept <> ?2";
        ids.iter().try_fold(0, |changed, id| Ok(changed + self.execute(sql, params![id, kept])?))
    }

    /// Sets when messages are removed by themselves, or that they aren't; returns how many changed.
    pub fn set_expiry(&mut self, ids: &[MessageId], at_ms: Option<i64>) -> Result<u64, Error> {
        let sql = "UPDATE messages SET expires_ms = ?2 WHERE id = ?1 AND expires_ms IS NOT ?2";
        ids.iter().try_fold(0, |changed, id| Ok(changed + self.execute(sql, params![id, at_ms])?))
    }

    /// Says whether a head is of a message that was deleted or removed here.
    pub(super) fn is_removed(
        &mut self,
        folder: FolderId,
        new: &super::messages::NewMessage,
    ) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM removed WHERE folder_id = ?1 AND uid = ?2)
                       OR EXISTS (SELECT 1 FROM deletions WHERE folder_id = ?1 AND uid = ?2)";
        if self.one(sql, params![folder, new.uid], |row| row.get(0))? {
            return Ok(true);
        }
        let numbered_anew =
            "SELECT EXISTS (SELECT 1 FROM removed WHERE folder_id = ?1 AND uid IS NULL)";
        if !self.one(numbered_anew, [folder], |row| row.get(0))? {
            return Ok(false);
        }
        let Some(mark) = self.imprint(&new.message_id, new.size)? else { return Ok(false) };
        let sql = "UPDATE removed SET uid = ?3 WHERE id =
                       (SELECT id FROM removed WHERE folder_id = ?1 AND uid IS NULL AND mark = ?2 LIMIT 1)";
        Ok(self.execute(sql, params![folder, mark, new.uid])? > 0)
    }

    /// The server numbers a folder anew: what was removed is known by its mark from now on.
    pub(super) fn detach_removed(&mut self, folder: FolderId) -> Result<(), Error> {
        self.execute("DELETE FROM removed WHERE folder_id = ?1 AND mark IS NULL", [folder])?;
        self.execute("UPDATE removed SET uid = NULL WHERE folder_id = ?1", [folder])?;
        self.execute("UPDATE deletions SET uid = 0 WHERE folder_id = ?1", [folder]).map(drop)
    }

    /// Forgets what was removed and what the server no longer has.
    pub(super) fn forget_removed(&mut self, folder: FolderId, gone: &[u32]) -> Result<(), Error> {
        let sql = "DELETE FROM removed WHERE folder_id = ?1 AND uid = ?2";
        gone.iter().try_for_each(|uid| self.execute(sql, params![folder, uid]).map(drop))
    }

    /// Where a message lies, or lay before it was deleted.
    fn place_of(&self, id: MessageId) -> Result<Option<(FolderId, i64)>, Error> {
        let sql = "SELECT coalesce(d.folder_id, m.folder_id), coalesce(d.uid, m.uid)
                   FROM messages m LEFT JOIN deletions d ON d.message_id = m.id WHERE m.id = ?1";
        self.maybe(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn remember(
        &mut self,
        folder: FolderId,
        left: &LeftOut,
        by: RemovedBy,
        on_server: bool,
    ) -> Result<(), Error> {
        let mark = self.imprint(&left.message_id, left.size)?;
        let uid = (left.uid > 0).then_some(left.uid);
        if uid.is_none() && mark.is_none() {
            return Ok(());
        }
        let sql = "INSERT OR IGNORE INTO removed (folder_id, uid, mark, removed_by, received_ms, on_server)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![folder, uid, mark, by, left.received_ms, on_server];
        self.execute(sql, values).map(drop)
    }

    /// Forgets what the outbox still says of a message of which no copy is left here.
    fn forget_sent(&mut self, message_id: &str) -> Result<(), Error> {
        if message_id.is_empty() || !self.find_by_message_id(message_id)?.is_empty() {
            return Ok(());
        }
        let sql = "DELETE FROM outbox WHERE message_id = ?1 AND state = ?2
                       AND NOT EXISTS (SELECT 1 FROM sent_copies c WHERE c.outbox_id = outbox.id AND c.state = ?3)";
        self.execute(sql, params![message_id, OutboxState::Sent, SentCopyState::Pending])?;
        let sql = "DELETE FROM sent_copies WHERE message_id = ?1 AND state = ?2";
        self.execute(sql, params![message_id, SentCopyState::Done]).map(drop)
    }

    /// The folder of an account that nothing lists. The server can't have one without a name.
    fn hidden_folder(&mut self, account: AccountId) -> Result<FolderId, Error> {
        let name = String::new();
        let role = FolderRole::Hidden;
        self.upsert_folder(&super::folders::NewFolder {
            account,
            wire_name: name.clone(),
            name,
            role,
        })
    }
}
