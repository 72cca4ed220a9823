//! Flags of messages: the server's word, the owner's changes, and who wins while a change is under way.

use rusqlite::params;

use super::WriteDao;
use crate::{ActionId, Error, FolderId, MessageId};

/// The flags that are shown (RFC 9051, 2.3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `\Seen`.
    pub seen: bool,
    /// `\Answered`.
    pub answered: bool,
    /// `\Flagged`.
    pub flagged: bool,
}

/// One of the flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `\Seen`.
    Seen,
    /// `\Answered`.
    Answered,
    /// `\Flagged`.
    Flagged,
}

impl Mark {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Seen => 0,
            Self::Answered => 1,
            Self::Flagged => 2,
        }
    }

    pub(super) const fn of_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Seen),
            1 => Some(Self::Answered),
            2 => Some(Self::Flagged),
            _ => None,
        }
    }
}

/// What the server says about a message's flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerFlags {
    /// The message's UID.
    pub uid: u32,
    /// All its flags.
    pub flags: Flags,
}

impl WriteDao<'_> {
    /// Sets a message's flags here, without telling the server.
    pub fn set_flags(&mut self, id: MessageId, flags: Flags) -> Result<(), Error> {
        let Flags { seen, answered, flagged } = flags;
        let sql = "UPDATE messages SET seen = ?2, answered = ?3, flagged = ?4 WHERE id = ?1";
        self.execute_one(sql, params![id, seen, answered, flagged])
    }

    /// Takes over the server's flags for messages of a folder, except flags that the owner has changed and the server
    /// hasn't been told of. Returns how many messages changed. Unknown UIDs are passed over.
    pub fn apply_server_flags(
        &mut self,
        folder: FolderId,
        said: &[ServerFlags],
    ) -> Result<u64, Error> {
        let sql = "WITH pending (mark) AS (
                       SELECT a.mark FROM actions a JOIN messages m ON m.id = a.message_id
                       WHERE m.folder_id = ?1 AND m.uid = ?2 AND a.kind = 0)
                   UPDATE messages SET
                       seen = iif(0 IN pending, seen, ?3),
                       answered = iif(1 IN pending, answered, ?4),
                       flagged = iif(2 IN pending, flagged, ?5)
                   WHERE folder_id = ?1 AND uid = ?2 AND (seen, answered, flagged) <> (?3, ?4, ?5)";
        let mut changed = 0;
        for ServerFlags { uid, flags: Flags { seen, answered, flagged } } in said {
            changed += self.execute(sql, params![folder, uid, seen, answered, flagged])?;
        }
        Ok(changed)
    }

    /// Sets one flag as the owner's act and queues it for the server. `None` if it stood so already.
    pub fn mark(
        &mut self,
        id: MessageId,
        mark: Mark,
        on: bool,
        now_ms: i64,
    ) -> Result<Option<ActionId>, Error> {
        let row = self.message_row(id)?;
        let mut flags = row.flags;
        let flag = match mark {
            Mark::Seen => &mut flags.seen,
            Mark::Answered => &mut flags.answered,
            Mark::Flagged => &mut flags.flagged,
        };
        if *flag == on {
            return Ok(None);
        }
        *flag = on;
        self.set_flags(id, flags)?;
        self.queue_flag(&row, mark, now_ms).map(Some)
    }
}
