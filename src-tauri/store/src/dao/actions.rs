//! The owner's changes that the server doesn't know yet, kept until it does, so that everything works offline.

use rusqlite::{Row, params};

use super::flags::Mark;
use super::messages::MessageRow;
use super::{ReadDao, WriteDao};
use crate::{AccountId, ActionId, Error, FolderId, MessageId};

/// What the server has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Store or remove a flag.
    SetFlag {
        /// Which.
        mark: Mark,
        /// Its value now.
        on: bool,
    },
    /// Move the message to a folder; here it lies there already.
    Move {
        /// Where to.
        to: FolderId,
    },
    /// Delete the message for good; here it is still listed.
    Expunge,
}

/// A change that the server doesn't know yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingAction {
    /// Its identity; smaller ones come first.
    pub id: ActionId,
    /// The message.
    pub message: MessageId,
    /// Where the server has the message.
    pub folder: FolderId,
    /// Its UID there. `None`: not known (any more); it becomes known when the folder's heads are synced, or the message
    /// is looked for by its Message-ID.
    pub uid: Option<u32>,
    /// What to tell.
    pub action: Action,
    /// Tries that failed.
    pub attempts: u32,
    /// When the owner did it.
    pub created_ms: i64,
}

const SET_FLAG: i64 = 0;
const MOVE: i64 = 1;
const EXPUNGE: i64 = 2;

fn pending(row: &Row<'_>) -> rusqlite::Result<PendingAction> {
    let unknown = |column, code| rusqlite::Error::IntegralValueOutOfRange(column, code);
    let action = match row.get(4)? {
        SET_FLAG => {
            let code = row.get(5)?;
            let mark = Mark::of_code(code).ok_or_else(|| unknown(5, code))?;
            let on = match mark {
                Mark::Seen => row.get(7)?,
                Mark::Answered => row.get(8)?,
                Mark::Flagged => row.get(9)?,
            };
            Action::SetFlag { mark, on }
        }
        MOVE => Action::Move { to: row.get(6)? },
        EXPUNGE => Action::Expunge,
        other => return Err(unknown(4, other)),
    };
    Ok(PendingAction {
        id: row.get(0)?,
        message: row.get(1)?,
        folder: row.get(2)?,
        uid: u32::try_from(row.get::<_, i64>(3)?).ok().filter(|uid| *uid > 0),
        action,
        attempts: row.get(10)?,
        created_ms: row.get(11)?,
    })
}

impl ReadDao<'_> {
    /// Returns changes to tell an account's server, in the order in which the owner made them.
    pub fn pending_actions(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<PendingAction>, Error> {
        // A move is told where the message came from; everything else where it is now.
        let sql = "SELECT a.id, a.message_id, iif(a.kind = 1, a.folder_id, m.folder_id), iif(a.kind = 1, a.uid, m.uid),
                       a.kind, a.mark, a.target_folder_id, m.seen, m.answered, m.flagged, a.attempts, a.created_ms
                   FROM actions a JOIN messages m ON m.id = a.message_id JOIN folders f ON f.id = a.folder_id
                   WHERE f.account_id = ?1 ORDER BY a.id LIMIT ?2";
        self.rows(sql, params![account, limit], pending)
    }
}

impl WriteDao<'_> {
    /// Moves a message to another folder of its account and queues the move for the server.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the folder belongs to another account.
    pub fn move_message(
        &mut self,
        id: MessageId,
        to: FolderId,
        now_ms: i64,
    ) -> Result<ActionId, Error> {
        let row = self.message_row(id)?;
        if self.folder(row.folder)?.account != self.folder(to)?.account {
            return Err(Error::Conflict);
        }
        self.execute_one(
            "UPDATE messages SET folder_id = ?2, uid = -id WHERE id = ?1",
            params![id, to],
        )?;
        self.queue(&row, MOVE, None, Some(to), now_ms)
    }

    /// Queues a message's deletion for good. When the server has confirmed it, [`WriteDao::delete_message`] follows.
    pub fn queue_expunge(&mut self, id: MessageId, now_ms: i64) -> Result<ActionId, Error> {
        let row = self.message_row(id)?;
        self.queue(&row, EXPUNGE, None, None, now_ms)
    }

    /// Forgets a change: the server knows it, or it has become void.
    pub fn finish_action(&mut self, id: ActionId) -> Result<(), Error> {
        self.execute_one("DELETE FROM actions WHERE id = ?1", [id])
    }

    /// Counts a failed try and returns how many there were.
    pub fn action_failed(&mut self, id: ActionId) -> Result<u32, Error> {
        self.execute_one("UPDATE actions SET attempts = attempts + 1 WHERE id = ?1", [id])?;
        self.one("SELECT attempts FROM actions WHERE id = ?1", [id], |row| row.get(0))
    }

    /// Queues a flag's present value, in place of an earlier change of the same flag.
    pub(super) fn queue_flag(
        &mut self,
        row: &MessageRow,
        mark: Mark,
        now_ms: i64,
    ) -> Result<ActionId, Error> {
        let sql = "DELETE FROM actions WHERE message_id = ?1 AND kind = 0 AND mark = ?2";
        self.execute(sql, params![row.id, mark.code()])?;
        self.queue(row, SET_FLAG, Some(mark), None, now_ms)
    }

    fn queue(
        &mut self,
        row: &MessageRow,
        kind: i64,
        mark: Option<Mark>,
        target: Option<FolderId>,
        now_ms: i64,
    ) -> Result<ActionId, Error> {
        let sql = "INSERT INTO actions (message_id, folder_id, uid, kind, mark, target_folder_id, created_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let uid = row.uid.unwrap_or(0);
        self.insert(
            sql,
            params![row.id, row.folder, uid, kind, mark.map(Mark::code), target, now_ms],
        )
        .map(ActionId::new)
    }
}
