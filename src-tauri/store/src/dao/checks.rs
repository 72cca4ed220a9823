//! What the PHI check found in the files of drafts. It is PHI itself: it goes with its file.

use rusqlite::params;

use super::{ReadDao, WriteDao, require_json};
use crate::{AttachmentId, Error};

impl ReadDao<'_> {
    /// Returns what a check under these rules and this knowledge found in a file; `None` if there was none, or under others.
    pub fn attachment_check(&self, id: AttachmentId, stamp: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT found FROM attachment_checks WHERE attachment_id = ?1 AND stamp = ?2";
        self.maybe(sql, params![id, stamp], |row| row.get(0))
    }
}

impl WriteDao<'_> {
    /// Keeps what a check found in a file, in place of an earlier one; nothing if the file is gone.
    ///
    /// # Errors
    /// [`Error::Conflict`] if `found` isn't JSON.
    pub fn keep_attachment_check(
        &mut self,
        id: AttachmentId,
        stamp: &str,
        found: &str,
    ) -> Result<(), Error> {
        require_json(found)?;
        let sql = "INSERT INTO attachment_checks (attachment_id, stamp, found)
                   SELECT id, ?2, ?3 FROM draft_attachments WHERE id = ?1
                   ON CONFLICT (attachment_id) DO UPDATE SET stamp = excluded.stamp, found = excluded.found";
        self.execute(sql, params![id, stamp, found]).map(drop)
    }
}
