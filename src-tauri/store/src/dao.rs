//! What a job may do with the mailbox, in the words of mail: [`ReadDao`] reads, [`WriteDao`] also writes. The functions
//! stand in one module per concern.

pub(crate) mod accounts;
pub(crate) mod actions;
pub(crate) mod audit;
pub(crate) mod bodies;
pub(crate) mod census;
pub(crate) mod certificates;
mod checks;
pub(crate) mod drafts;
pub(crate) mod flags;
pub(crate) mod folders;
mod index;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod messages;
pub(crate) mod outbox;
pub(crate) mod removal;
pub(crate) mod search;
mod sent;
mod settings;
pub(crate) mod sync;
mod threads;

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::Error;

/// Reads the mailbox, on one snapshot for as long as the job runs.
#[derive(Debug)]
pub struct ReadDao<'c> {
    conn: &'c Connection,
}

/// Reads and writes the mailbox inside one transaction.
#[derive(Debug)]
pub struct WriteDao<'c> {
    read: ReadDao<'c>,
}

impl<'c> std::ops::Deref for WriteDao<'c> {
    type Target = ReadDao<'c>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl<'c> ReadDao<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }

    pub(crate) fn connection(&self) -> &'c Connection {
        self.conn
    }

    /// Returns every row of a query.
    fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params, map)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Returns the one row of a query, or [`Error::NotFound`].
    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        Ok(self.conn.prepare_cached(sql)?.query_row(params, map)?)
    }

    /// Returns the one row of a query, if there is one.
    fn maybe<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        Ok(self.conn.prepare_cached(sql)?.query_row(params, map).optional()?)
    }
}

impl<'c> WriteDao<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Self {
        Self { read: ReadDao::new(conn) }
    }

    /// Runs a statement and returns how many rows it changed.
    fn execute(&mut self, sql: &str, params: impl Params) -> Result<u64, Error> {
        // SQLite rolls back by itself on some errors. What a job that ignored one writes next would stand alone.
        if self.conn.is_autocommit() {
            return Err(Error::Aborted);
        }
        let changed = self.conn.prepare_cached(sql)?.execute(params)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    /// Runs a statement that must change a row.
    fn execute_one(&mut self, sql: &str, params: impl Params) -> Result<(), Error> {
        match self.execute(sql, params)? {
            0 => Err(Error::NotFound),
            _ => Ok(()),
        }
    }

    /// Runs an insertion and returns the new row's id.
    fn insert(&mut self, sql: &str, params: impl Params) -> Result<i64, Error> {
        self.execute(sql, params)?;
        Ok(self.conn.last_insert_rowid())
    }
}

/// JSON that this program wrote: what can't be read back is damage.
fn from_json<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|_| Error::Damaged)
}

fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Aborted)
}

/// Requires text to be JSON before it reaches a column that says so.
fn require_json(json: &str) -> Result<(), Error> {
    serde_json::from_str::<serde::de::IgnoredAny>(json).map(drop).map_err(|_| Error::Conflict)
}
