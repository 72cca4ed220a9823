//! How far each folder is synced, and how the last try ended.

use rusqlite::params;

use super::{ReadDao, WriteDao};
use crate::{Error, FolderId};

/// How far a folder is synced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// How far back the heads are here.
    pub lowest_uid: Option<u32>,
    /// When the last sync succeeded.
    pub last_sync_ms: Option<i64>,
    /// Code of the last failure (never its text), empty after a success.
    pub failure: String,
    /// Failures in a row.
    pub failures: u32,
}

impl ReadDao<'_> {
    /// Returns how far a folder is synced; the default if it never was.
    pub fn sync_state(&self, folder: FolderId) -> Result<SyncState, Error> {
        let sql = "SELECT lowest_uid, last_sync_ms, failure, failures FROM sync_states WHERE folder_id = ?1";
        let state = self.maybe(sql, [folder], |row| {
            Ok(SyncState {
                lowest_uid: row.get(0)?,
                last_sync_ms: row.get(1)?,
                failure: row.get(2)?,
                failures: row.get(3)?,
            })
        })?;
        Ok(state.unwrap_or_default())
    }
}

impl WriteDao<'_> {
    /// Records how far a folder is synced.
    pub fn set_sync_state(&mut self, folder: FolderId, state: &SyncState) -> Result<(), Error> {
        let sql = "INSERT INTO sync_states (folder_id, lowest_uid, last_sync_ms, failure, failures)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (folder_id) DO UPDATE SET lowest_uid = excluded.lowest_uid,
                       last_sync_ms = excluded.last_sync_ms, failure = excluded.failure, failures = excluded.failures";
        let values =
            params![folder, state.lowest_uid, state.last_sync_ms, state.failure, state.failures];
        self.execute(sql, values).map(drop)
    }
}
