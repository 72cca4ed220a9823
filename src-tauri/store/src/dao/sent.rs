//! Copies of sent messages that the server's folder doesn't have yet.

use rusqlite::params;

use super::{ReadDao, WriteDao};
use crate::pack::{pack, unpack};
use crate::redact::log_safe_debug;
use crate::{AccountId, Error, FolderId, OutboxId, SentCopyId, SentCopyState};

/// A copy to append, without its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SentCopy {
    /// Its identity.
    pub id: SentCopyId,
    /// The submission it is of, while that is here.
    pub submission: Option<OutboxId>,
    /// Where to append it.
    pub folder: FolderId,
    /// To recognise it on the server, so that a lost answer doesn't double it.
    pub message_id: String,
    /// Tries that failed.
    pub attempts: u32,
    /// When it was sent.
    pub created_ms: i64,
}

log_safe_debug!(SentCopy { id, submission, folder, attempts });

impl ReadDao<'_> {
    /// Returns copies that an account's server doesn't have and that are due, the oldest first.
    pub fn sent_copies(
        &self,
        account: AccountId,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<SentCopy>, Error> {
        let sql = "SELECT c.id, c.outbox_id, c.folder_id, c.message_id, c.attempts, c.created_ms
                   FROM sent_copies c JOIN folders f ON f.id = c.folder_id
                   WHERE f.account_id = ?1 AND c.state = 0 AND c.next_attempt_ms <= ?2 ORDER BY c.id LIMIT ?3";
        self.rows(sql, params![account, now_ms, limit], |row| {
            Ok(SentCopy {
                id: row.get(0)?,
                submission: row.get(1)?,
                folder: row.get(2)?,
                message_id: row.get(3)?,
                attempts: row.get(4)?,
                created_ms: row.get(5)?,
            })
        })
    }

    /// Returns whether copies wait to be appended to a folder.
    pub fn awaits_sent_copies(&self, folder: FolderId) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sent_copies WHERE folder_id = ?1 AND state = 0)";
        self.one(sql, [folder], |row| row.get(0))
    }

    /// Returns a copy's bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`] once it is appended.
    pub fn sent_copy_bytes(&self, id: SentCopyId) -> Result<Vec<u8>, Error> {
        let sql = "SELECT packed FROM sent_copies WHERE id = ?1 AND state = 0";
        let packed: Vec<u8> = self.one(sql, [id], |row| row.get(0))?;
        unpack(&packed)
    }
}

impl WriteDao<'_> {
    /// Keeps a copy of a sent message until it is appended to a folder of the server.
    pub fn queue_sent_copy(
        &mut self,
        submission: Option<OutboxId>,
        folder: FolderId,
        message_id: &str,
        bytes: &[u8],
        now_ms: i64,
    ) -> Result<SentCopyId, Error> {
        let sql = "INSERT INTO sent_copies (outbox_id, folder_id, message_id, packed, created_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        self.insert(sql, params![submission, folder, message_id, pack(bytes)?, now_ms])
            .map(SentCopyId::new)
    }

    /// Has every copy that waits be appended to a folder of the same account instead of where it was to go.
    pub fn move_sent_copies(&mut self, to: FolderId) -> Result<u64, Error> {
        let sql = "UPDATE sent_copies SET folder_id = ?1 WHERE state = 0 AND folder_id <> ?1 AND folder_id IN
                       (SELECT f.id FROM folders f JOIN folders t ON t.account_id = f.account_id WHERE t.id = ?1)";
        self.execute(sql, [to])
    }

    /// Records that the server has a copy; its bytes go.
    pub fn sent_copy_done(&mut self, id: SentCopyId) -> Result<(), Error> {
        let sql = "UPDATE sent_copies SET state = ?2, packed = zeroblob(0) WHERE id = ?1";
        self.execute_one(sql, params![id, SentCopyState::Done])
    }

    /// Counts a failed try; the copy is due again at a time.
    pub fn sent_copy_failed(&mut self, id: SentCopyId, next_attempt_ms: i64) -> Result<(), Error> {
        let sql =
            "UPDATE sent_copies SET attempts = attempts + 1, next_attempt_ms = ?2 WHERE id = ?1";
        self.execute_one(sql, params![id, next_attempt_ms])
    }
}
