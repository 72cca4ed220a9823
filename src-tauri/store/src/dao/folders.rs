//! Folders, and what happens to their messages when the server numbers them anew.

use rusqlite::{Row, params};

use super::{ReadDao, WriteDao};
use crate::redact::log_safe_debug;
use crate::{AccountId, Error, FolderId, FolderRole, MessageId};

/// A folder as the server lists it.
#[derive(Clone)]
pub struct NewFolder {
    /// The account it belongs to.
    pub account: AccountId,
    /// As shown.
    pub name: String,
    /// As the server spells it.
    pub wire_name: String,
    /// What it is for.
    pub role: FolderRole,
}

log_safe_debug!(NewFolder { account, role });

/// What the server last said about a folder; `None` where it said nothing yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderState {
    /// `UIDVALIDITY` (RFC 9051, 2.3.1.1).
    pub uidvalidity: Option<u32>,
    /// `UIDNEXT`.
    pub uidnext: Option<u32>,
    /// `HIGHESTMODSEQ` (RFC 7162).
    pub highestmodseq: Option<u64>,
}

/// A folder.
#[derive(Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its identity.
    pub id: FolderId,
    /// The account it belongs to.
    pub account: AccountId,
    /// As shown.
    pub name: String,
    /// As the server spells it.
    pub wire_name: String,
    /// What it is for.
    pub role: FolderRole,
    /// What the server last said.
    pub state: FolderState,
    /// Messages here.
    pub total: u64,
    /// Messages here that were not read.
    pub unread: u64,
}

log_safe_debug!(Folder { id, account, role, state, total, unread });

const COLUMNS: &str =
    "id, account_id, name, wire_name, role, uidvalidity, uidnext, highestmodseq, total, unread";

fn folder(row: &Row<'_>) -> rusqlite::Result<Folder> {
    Ok(Folder {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        wire_name: row.get(3)?,
        role: row.get(4)?,
        state: FolderState {
            uidvalidity: row.get(5)?,
            uidnext: row.get(6)?,
            highestmodseq: row.get(7)?,
        },
        total: row.get(8)?,
        unread: row.get(9)?,
    })
}

impl ReadDao<'_> {
    /// Returns the folders of an account, by name; not the hidden one.
    pub fn folders(&self, account: AccountId) -> Result<Vec<Folder>, Error> {
        self.rows(
            &format!(
                "SELECT {COLUMNS} FROM folders WHERE account_id = ?1 AND role <> ?2 ORDER BY name, id"
            ),
            params![account, FolderRole::Hidden],
            folder,
        )
    }

    /// Returns a folder.
    pub fn folder(&self, id: FolderId) -> Result<Folder, Error> {
        self.one(&format!("SELECT {COLUMNS} FROM folders WHERE id = ?1"), [id], folder)
    }

    /// Returns the account's folder for a use; the first, if the server has several.
    pub fn folder_by_role(
        &self,
        account: AccountId,
        role: FolderRole,
    ) -> Result<Option<Folder>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM folders WHERE account_id = ?1 AND role = ?2 ORDER BY id LIMIT 1"
        );
        self.maybe(&sql, params![account, role], folder)
    }
}

impl WriteDao<'_> {
    /// Adds a folder, or brings name and role of the account's folder with this wire name up to date.
    pub fn upsert_folder(&mut self, new: &NewFolder) -> Result<FolderId, Error> {
        let sql = "INSERT INTO folders (account_id, name, wire_name, role) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (account_id, wire_name) DO UPDATE SET name = excluded.name, role = excluded.role";
        self.execute(sql, params![new.account, new.name, new.wire_name, new.role])?;
        let sql = "SELECT id FROM folders WHERE account_id = ?1 AND wire_name = ?2";
        self.one(sql, params![new.account, new.wire_name], |row| row.get(0))
    }

    /// Records what the server said about a folder.
    pub fn set_folder_state(&mut self, id: FolderId, state: &FolderState) -> Result<(), Error> {
        let sql =
            "UPDATE folders SET uidvalidity = ?2, uidnext = ?3, highestmodseq = ?4 WHERE id = ?1";
        self.execute_one(sql, params![id, state.uidvalidity, state.uidnext, state.highestmodseq])
    }

    /// Deletes a folder and every message in it, leaving nothing of them behind.
    pub fn delete_folder(&mut self, id: FolderId) -> Result<(), Error> {
        self.delete_where(
            "folder_id = ?1 OR id IN (SELECT message_id FROM deletions d WHERE d.folder_id = ?1)",
            id,
        )?;
        self.execute_one("DELETE FROM folders WHERE id = ?1", [id])
    }

    /// Takes note that the server numbers a folder's messages anew, and returns how many messages are detached by it.
    ///
    /// A detached message stays listed and readable, with its body and everything known about it, but has no UID. When
    /// [`WriteDao::insert_headers`] meets a head with the same Message-ID and size in this folder, the detached message
    /// gets that head's UID instead of a second message being made; if several would fit, none is taken, so that no body
    /// is ever crossed over. When all heads are in, [`WriteDao::drop_detached`] deletes what the server no longer has.
    pub fn uidvalidity_changed(&mut self, id: FolderId, uidvalidity: u32) -> Result<u64, Error> {
        self.detach(id, Some(uidvalidity))
    }

    /// Takes note that an account's mail lies on another server, or is another person's there: what was known of any
    /// folder's numbers means nothing any more. Returns how many messages are detached by it, as
    /// [`WriteDao::uidvalidity_changed`] does.
    pub fn server_changed(&mut self, account: AccountId) -> Result<u64, Error> {
        let mut detached = 0;
        for folder in self.folders(account)? {
            detached += self.detach(folder.id, None)?;
        }
        Ok(detached)
    }

    fn detach(&mut self, id: FolderId, uidvalidity: Option<u32>) -> Result<u64, Error> {
        let sql = "UPDATE folders SET uidvalidity = ?2, uidnext = NULL, highestmodseq = NULL WHERE id = ?1";
        self.execute_one(sql, params![id, uidvalidity])?;
        self.execute("DELETE FROM sync_states WHERE folder_id = ?1", [id])?;
        self.execute("UPDATE actions SET uid = 0 WHERE folder_id = ?1", [id])?;
        self.detach_removed(id)?;
        self.execute("UPDATE messages SET uid = -id WHERE folder_id = ?1 AND uid > 0", [id])
    }

    /// Deletes the folders of an account that are not among those that its server has, with every message in them;
    /// returns how many. A folder that copies of sent messages still wait for stays: see [`WriteDao::move_sent_copies`].
    pub fn keep_folders(&mut self, account: AccountId, there: &[FolderId]) -> Result<u64, Error> {
        let mut dropped = 0;
        for folder in self.folders(account)? {
            if !there.contains(&folder.id) && !self.awaits_sent_copies(folder.id)? {
                self.delete_folder(folder.id)?;
                dropped += 1;
            }
        }
        Ok(dropped)
    }

    /// Deletes the messages of a folder that have no UID and no change waiting for the server; returns how many.
    pub fn drop_detached(&mut self, id: FolderId) -> Result<u64, Error> {
        self.execute("DELETE FROM removed WHERE folder_id = ?1 AND uid IS NULL", [id])?;
        self.delete_where(
            "folder_id = ?1 AND uid < 0 AND NOT EXISTS (SELECT 1 FROM actions WHERE actions.message_id = messages.id)",
            id,
        )
    }

    /// Deletes the messages of a folder that fit a condition on `messages`.
    fn delete_where(&mut self, condition: &str, id: FolderId) -> Result<u64, Error> {
        let ids: Vec<MessageId> =
            self.rows(&format!("SELECT id FROM messages WHERE {condition}"), [id], |row| {
                row.get(0)
            })?;
        self.delete_messages(&ids)?;
        Ok(ids.len() as u64)
    }
}
