//! The open mailbox: a handle that runs jobs on one writing and three reading threads, and closes for good.
//!
//! Every connection belongs to one thread and never leaves it. Reads run beside the writer on snapshots (WAL), so that
//! nobody ever waits for a lock: the busy timeout is zero, and a lock conflict is a bug that shows at once.

mod connection;
mod creation;
mod key_check;
mod lanes;
mod opening;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::dao::{ReadDao, WriteDao};
use crate::{Error, OpenError, install_zeroing_allocator};
use lanes::{Answer, Lanes, Urgency};

/// Length of the mailbox key, in bytes.
pub const KEY_LEN: usize = 32;

/// The mailbox key, shared by the threads that may have to open a connection again; wiped when the last one ends.
type Key = Arc<Zeroizing<[u8; KEY_LEN]>>;

/// A handle on an open mailbox. Clones share the mailbox; when the last one is dropped it closes.
#[derive(Clone, Debug)]
pub struct Store {
    lanes: Arc<Lanes>,
}

/// What [`Store::check_integrity`] found, as counts: the details would name content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IntegrityReport {
    /// Pages whose authentication code is wrong.
    pub damaged_pages: u64,
    /// Faults in the structure of tables and indexes.
    pub structure_faults: u64,
    /// Rows that refer to rows which don't exist.
    pub orphaned_rows: u64,
}

impl IntegrityReport {
    /// Whether nothing was found.
    pub fn is_sound(self) -> bool {
        self == Self::default()
    }
}

impl Store {
    /// Creates an empty mailbox at `path` under `key` and opens it. Blocking.
    ///
    /// The file appears at `path` only when it is complete: an interrupted creation leaves nothing there. Beside it lies
    /// a small file that lets [`Store::open`] tell a wrong key from a damaged mailbox.
    ///
    /// # Errors
    /// [`OpenError::AlreadyExists`] if there is a file at `path`; it is not touched.
    pub fn create(path: &Path, key: &[u8; KEY_LEN]) -> Result<Self, OpenError> {
        install_zeroing_allocator().map_err(OpenError::Allocator)?;
        creation::create(path, key)?;
        Self::open(path, key)
    }

    /// Opens the mailbox at `path` with `key`, bringing an older schema up to date first. Blocking.
    ///
    /// # Errors
    /// See [`OpenError`]. Whatever it is, nothing is deleted, replaced or repaired.
    pub fn open(path: &Path, key: &[u8; KEY_LEN]) -> Result<Self, OpenError> {
        install_zeroing_allocator().map_err(OpenError::Allocator)?;
        let key = shared(key);
        let writer = opening::open_writer(path, &key)?;
        let lanes = Lanes::start(path, &key, writer)?;
        Ok(Self { lanes: Arc::new(lanes) })
    }

    /// Runs a job on a read-only connection, on one snapshot of the mailbox.
    ///
    /// # Errors
    /// The job's own, or [`Error::Closed`] or [`Error::Aborted`] from here.
    pub async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&ReadDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answer(self.lanes.read(job).await?.await)
    }

    /// Runs a job like [`Store::read`] and blocks the thread until it is done. Never from async code.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&ReadDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answer(self.lanes.read_now(job)?.blocking_recv())
    }

    /// Runs a job in one transaction on the writing connection. When this returns `Ok`, the change is on the disk; when
    /// the job fails, nothing of it happened. Dropping the future doesn't take a job back that is queued.
    ///
    /// # Errors
    /// The job's own, or from here [`Error::Closed`], [`Error::DiskFull`], [`Error::Io`] or [`Error::Aborted`].
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answer(self.lanes.write(job, Urgency::Live).await?.await)
    }

    /// Runs a job like [`Store::write`] and blocks the thread until it is done. Never from async code.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answer(self.lanes.write_now(job, Urgency::Live)?.blocking_recv())
    }

    /// Runs a job like [`Store::write`], for backfill that can be fetched again: a power cut may take the last ones
    /// back (never damage the file), and closing the store interrupts it.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_bulk<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answer(self.lanes.write(job, Urgency::Interruptible).await?.await)
    }

    /// Runs a job like [`Store::write_bulk`] and blocks the thread until it is done. Never from async code.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_bulk_blocking<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answer(self.lanes.write_now(job, Urgency::Interruptible)?.blocking_recv())
    }

    /// Runs `job` while the file holds all that was committed, and nothing is written into it: reading goes on. For whoever
    /// copies the file. Closing the store waits for it.
    ///
    /// # Errors
    /// The job's own, [`Error::Conflict`] if a read kept part of the write-ahead log for too long, or as [`Store::write`].
    pub async fn while_quiet<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        answer(self.lanes.quiet(job)?.await)
    }

    /// Folds the write-ahead log into the file and truncates it; false if a running read keeps part of it.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn checkpoint(&self) -> Result<bool, Error> {
        answer(self.lanes.checkpoint()?.await)
    }

    /// Runs [`Store::checkpoint`] and blocks the thread until it is done. Never from async code.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn checkpoint_blocking(&self) -> Result<bool, Error> {
        answer(self.lanes.checkpoint()?.blocking_recv())
    }

    /// Reads the whole file and counts what is wrong with it. Takes seconds on a large mailbox.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn check_integrity(&self) -> Result<IntegrityReport, Error> {
        self.read(|dao| connection::check_integrity(dao.connection())).await
    }

    /// Closes the mailbox: refuses new jobs, interrupts reads and bulk writes, finishes the writes that were accepted,
    /// truncates the write-ahead log, closes every connection, wipes the key and ends the threads.
    ///
    /// # Errors
    /// The mailbox is closed in any case; an error says that the write-ahead log (encrypted as the rest) was left beside
    /// it, to be folded in at the next opening.
    pub async fn close(&self) -> Result<(), Error> {
        let Some(closed) = self.lanes.close() else { return Ok(()) };
        closed.await.unwrap_or(Err(Error::Aborted))
    }

    /// Runs [`Store::close`] and blocks the thread until it is done. Never from async code.
    ///
    /// # Errors
    /// As [`Store::close`].
    pub fn close_blocking(&self) -> Result<(), Error> {
        let Some(closed) = self.lanes.close() else { return Ok(()) };
        closed.blocking_recv().unwrap_or(Err(Error::Aborted))
    }
}

/// Copies the key straight to where it stays, so that none is left on the stack.
fn shared(key: &[u8; KEY_LEN]) -> Key {
    let mut shared = Arc::new(Zeroizing::new([0; KEY_LEN]));
    if let Some(bytes) = Arc::get_mut(&mut shared) {
        bytes.copy_from_slice(key);
    }
    shared
}

/// A dropped answer means that the job panicked: its thread goes on, its transaction is rolled back.
fn answer<T, E: From<Error>>(
    answer: Result<Answer<T, E>, oneshot::error::RecvError>,
) -> Result<T, E> {
    answer.unwrap_or_else(|_| Err(Error::Aborted.into()))
}

#[cfg(test)]
mod tests;
