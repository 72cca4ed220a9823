//! What a reading and a writing thread have in common: one connection, the jobs that run on it, and its replacement
//! when it can't be trusted any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

use super::super::connection::{self, Access};
use super::super::{Key, opening};
use super::Urgency;
use super::job::{Health, Job};
use crate::{Error, OpenError};

/// Virtual-machine steps of SQLite between two looks at whether the store is closing: well under a millisecond.
const STEPS_BETWEEN_LOOKS: i32 = 2_000;

/// One connection and the thread's view of the store.
pub(super) struct Worker {
    /// `None` after it failed; the next job opens a new one.
    conn: Option<Connection>,
    access: Access,
    path: PathBuf,
    key: Key,
    closing: Arc<AtomicBool>,
    /// Whether the running job may be interrupted when the store closes.
    interruptible: Arc<AtomicBool>,
    /// What `PRAGMA synchronous` stands at.
    durability: Urgency,
}

impl Worker {
    pub(super) fn new(
        conn: Connection,
        access: Access,
        path: &Path,
        key: &Key,
        closing: &Arc<AtomicBool>,
    ) -> Result<Self, OpenError> {
        let mut worker = Self {
            conn: None,
            access,
            path: path.to_owned(),
            key: Arc::clone(key),
            closing: Arc::clone(closing),
            interruptible: Arc::new(AtomicBool::new(false)),
            durability: Urgency::Live,
        };
        worker.adopt(conn)?;
        Ok(worker)
    }

    /// Runs one job and keeps the connection if it is still good.
    pub(super) fn run(&mut self, job: Job) {
        let Job { urgency, run, slot } = job;
        drop(slot);
        let interruptible = urgency == Urgency::Interruptible;
        if interruptible && self.closing.load(Ordering::SeqCst) {
            run(Err(Error::Closed));
            return;
        }
        let conn = self.connection(urgency);
        // A panic belongs to the job: its answer is dropped, its transaction rolled back, the thread goes on.
        let health = catch_unwind(AssertUnwindSafe(|| run(conn))).unwrap_or(Health::Doubtful);
        self.interruptible.store(false, Ordering::SeqCst);
        let keep = match health {
            Health::Good => true,
            Health::Doubtful => self.conn.as_ref().is_some_and(connection::responds),
            Health::Lost => false,
        };
        if !keep {
            self.conn = None;
        }
    }

    /// Truncates the write-ahead log and closes the connection. The readers' connections are closed already.
    ///
    /// # Errors
    /// If the log could not be folded in; the connection is closed all the same.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        let truncated = connection::truncate_wal(self.connection(Urgency::Live)?)?;
        if let Some(conn) = self.conn.take() {
            conn.close().map_err(|(_, error)| Error::from(error))?;
        }
        if truncated { Ok(()) } else { Err(Error::Conflict) }
    }

    fn connection(&mut self, urgency: Urgency) -> Result<&Connection, Error> {
        if self.conn.is_none() {
            let reopened = match self.access {
                Access::Read => opening::open_reader(&self.path, &self.key),
                Access::Write => opening::open_writer(&self.path, &self.key),
            };
            reopened
                .and_then(|conn| self.adopt(conn))
                .map_err(|error| Error::Unavailable(Box::new(error)))?;
        }
        let conn = self.conn.as_ref().ok_or(Error::Aborted)?;
        if self.access == Access::Write && self.durability != urgency {
            conn.execute_batch(match urgency {
                Urgency::Live => "PRAGMA synchronous = FULL",
                Urgency::Interruptible => "PRAGMA synchronous = NORMAL",
            })?;
            self.durability = urgency;
        }
        self.interruptible.store(urgency == Urgency::Interruptible, Ordering::SeqCst);
        Ok(conn)
    }

    /// Takes a new connection, which knows nothing of closing yet and stands at full durability.
    fn adopt(&mut self, mut conn: Connection) -> Result<(), OpenError> {
        let (closing, interruptible) = (Arc::clone(&self.closing), Arc::clone(&self.interruptible));
        let interrupted =
            move || closing.load(Ordering::SeqCst) && interruptible.load(Ordering::SeqCst);
        conn.progress_handler(STEPS_BETWEEN_LOOKS, Some(interrupted))?;
        self.durability = Urgency::Live;
        self.conn = Some(conn);
        Ok(())
    }
}
