//! Settings: what the program remembers for its user, as JSON under dotted names.

use super::{ReadDao, WriteDao, require_json};
use crate::Error;

impl ReadDao<'_> {
    /// Returns a setting's JSON, if it was ever set.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        self.maybe("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0))
    }
}

impl WriteDao<'_> {
    /// Sets a setting to a JSON value.
    ///
    /// # Errors
    /// [`Error::Conflict`] if `json` isn't JSON.
    pub fn set_setting(&mut self, key: &str, json: &str) -> Result<(), Error> {
        require_json(json)?;
        let sql = "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.execute(sql, [key, json]).map(drop)
    }

    /// Forgets a setting.
    pub fn remove_setting(&mut self, key: &str) -> Result<(), Error> {
        self.execute("DELETE FROM settings WHERE key = ?1", [key]).map(drop)
    }
}
