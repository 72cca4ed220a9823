//! One job: a caller's closure, boxed for the thread that runs it, and the channel for its answer.

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::super::connection;
use super::{Answer, Receiver, Urgency};
use crate::Error;
use crate::dao::{ReadDao, WriteDao};

/// How often, and how long, running reads are waited for: five seconds in all.
const TRUNCATIONS: u32 = 250;
const READERS_TAKE: std::time::Duration = std::time::Duration::from_millis(20);

/// What a job's outcome means for its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Good,
    /// The job failed: the connection may be in SQLCipher's error state.
    Doubtful,
    /// A commit failed in the file system: what the connection believes of the file may be wrong.
    Lost,
}

type Run = Box<dyn FnOnce(Result<&Connection, Error>) -> Health + Send>;

/// A job in a queue.
pub(super) struct Job {
    pub(super) urgency: Urgency,
    pub(super) run: Run,
    /// Held while the job waits in the queue.
    pub(super) slot: Option<OwnedSemaphorePermit>,
}

impl Job {
    pub(super) fn read<T, E, F>(
        job: F,
        slot: Option<OwnedSemaphorePermit>,
    ) -> (Self, Receiver<T, E>)
    where
        F: FnOnce(&ReadDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (run, receiver) = answering(move |conn| {
            let snapshot = begin::<E>(conn, TransactionBehavior::Deferred)?;
            Ok(job(&ReadDao::new(&snapshot))?)
        });
        (Self { urgency: Urgency::Interruptible, run, slot }, receiver)
    }

    pub(super) fn write<T, E, F>(
        job: F,
        urgency: Urgency,
        slot: Option<OwnedSemaphorePermit>,
    ) -> (Self, Receiver<T, E>)
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (run, receiver) = answering(move |conn| in_transaction(conn, urgency, job));
        (Self { urgency, run, slot }, receiver)
    }

    /// Folds the write-ahead log into the file, and runs `job` while nothing writes.
    pub(super) fn quiet<T, E, F>(job: F) -> (Self, Receiver<T, E>)
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (run, receiver) = answering(move |conn| {
            truncate_patiently(conn).map_err(E::from)?;
            // Holds everybody else off the file; nothing is written in it.
            let held = begin::<E>(conn, TransactionBehavior::Immediate)?;
            let done = job();
            held.rollback().map_err(|error| E::from(Error::from(error)))?;
            Ok(done?)
        });
        (Self { urgency: Urgency::Live, run, slot: None }, receiver)
    }

    pub(super) fn checkpoint() -> (Self, Receiver<bool, Error>) {
        let (run, receiver) = answering(|conn| Ok(connection::truncate_wal(conn)?));
        (Self { urgency: Urgency::Live, run, slot: None }, receiver)
    }
}

/// Truncates the write-ahead log as soon as no reader needs it any more.
fn truncate_patiently(conn: &Connection) -> Result<(), Error> {
    for _ in 0..TRUNCATIONS {
        if connection::truncate_wal(conn)? {
            return Ok(());
        }
        std::thread::sleep(READERS_TAKE);
    }
    Err(Error::Conflict)
}

/// Why the work inside a job failed, and whether its connection can be used again.
struct Failure<E> {
    error: E,
    health: Health,
}

impl<E> From<E> for Failure<E> {
    fn from(error: E) -> Self {
        Self { error, health: Health::Doubtful }
    }
}

fn answering<T, E>(
    work: impl FnOnce(&Connection) -> Result<T, Failure<E>> + Send + 'static,
) -> (Run, oneshot::Receiver<Answer<T, E>>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    let run = move |conn: Result<&Connection, Error>| {
        let outcome = match conn {
            Ok(conn) => work(conn),
            Err(error) => Err(E::from(error).into()),
        };
        let (outcome, health) = match outcome {
            Ok(value) => (Ok(value), Health::Good),
            Err(Failure { error, health }) => (Err(error), health),
        };
        // The caller may have gone; the answer goes with it.
        drop(answer.send(outcome));
        health
    };
    (Box::new(run), receiver)
}

fn begin<E: From<Error>>(
    conn: &Connection,
    behavior: TransactionBehavior,
) -> Result<Transaction<'_>, E> {
    Transaction::new_unchecked(conn, behavior).map_err(|error| Error::from(error).into())
}

/// Runs a write job in one transaction: everything of it is committed, or nothing.
fn in_transaction<T, E, F>(conn: &Connection, urgency: Urgency, job: F) -> Result<T, Failure<E>>
where
    F: FnOnce(&mut WriteDao<'_>) -> Result<T, E>,
    E: From<Error>,
{
    let transaction = begin::<E>(conn, TransactionBehavior::Immediate)?;
    let value = job(&mut WriteDao::new(&transaction))?;
    // SQLite itself rolls back on some errors (a full disk): a job that swallowed one must not be called a success.
    if conn.is_autocommit() {
        return Err(E::from(Error::Aborted).into());
    }
    fail_before_commit(urgency);
    transaction.commit().map_err(|error| {
        let error = Error::from(error);
        let health = if matches!(error, Error::Io(_)) { Health::Lost } else { Health::Doubtful };
        Failure { error: error.into(), health }
    })?;
    fail_after_commit(urgency);
    Ok(value)
}

/// For the kill tests: a process that stops here has not acknowledged the write, and must not have done it.
#[allow(clippy::if_same_then_else, reason = "fail points are empty without their feature")]
fn fail_before_commit(urgency: Urgency) {
    if urgency == Urgency::Live {
        fail::fail_point!("store-write-before-commit");
    } else {
        fail::fail_point!("store-bulk-before-commit");
    }
}

/// For the kill tests: a process that stops here has done the write and nobody knows yet.
#[allow(clippy::if_same_then_else, reason = "fail points are empty without their feature")]
fn fail_after_commit(urgency: Urgency) {
    if urgency == Urgency::Live {
        fail::fail_point!("store-write-after-commit");
    } else {
        fail::fail_point!("store-bulk-after-commit");
    }
}
