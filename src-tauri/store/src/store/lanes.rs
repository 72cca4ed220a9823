//! The threads of an open mailbox: one writer, three readers, the queues in front of them, and their orderly end.
//!
//! A queue is bounded by slots: async callers wait for one. A blocking caller needs none, because it has one job in
//! flight at most. Senders never leave the lock, so that closing the queues is one assignment.

mod job;
mod worker;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::connection::Access;
use super::{Key, opening};
use crate::dao::{ReadDao, WriteDao};
use crate::{Error, OpenError};
use job::Job;
use worker::Worker;

/// Threads that read. More would not help: a list and a search run beside the sync, and the disk is one.
const READERS: usize = 3;

/// Jobs that may wait in front of the writer or of the readers.
const SLOTS: usize = 64;

/// What a job answers.
pub(super) type Answer<T, E> = Result<T, E>;

/// The receiving end of one job's answer.
pub(super) type Receiver<T, E> = oneshot::Receiver<Answer<T, E>>;

/// Where the queues stand.
enum Queues {
    Open { write: Sender<Job>, read: Sender<Job> },
    Closing { waiting: Vec<oneshot::Sender<Result<(), Error>>> },
    Closed,
}

/// The running threads and the queues in front of them.
pub(super) struct Lanes {
    queues: Arc<Mutex<Queues>>,
    write_slots: Arc<Semaphore>,
    read_slots: Arc<Semaphore>,
    closing: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Lanes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lanes").field("closing", &self.closing).finish_non_exhaustive()
    }
}

impl Lanes {
    /// Opens the reading connections and starts the threads. The writer has brought the schema up to date before.
    pub(super) fn start(path: &Path, key: &Key, writer: Connection) -> Result<Self, OpenError> {
        let closing = Arc::new(AtomicBool::new(false));
        let (write, write_jobs) = mpsc::channel();
        let (read, read_jobs) = mpsc::channel();
        let queues = Arc::new(Mutex::new(Queues::Open { write, read }));

        let read_jobs = Arc::new(Mutex::new(read_jobs));
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let conn = opening::open_reader(path, key)?;
            let worker = Worker::new(conn, Access::Read, path, key, &closing)?;
            let jobs = Arc::clone(&read_jobs);
            readers.push(spawn("mailbox-reader", move || read_on(worker, &jobs))?);
        }
        let worker = Worker::new(writer, Access::Write, path, key, &closing)?;
        let end = Arc::clone(&queues);
        let writer = spawn("mailbox-writer", move || {
            announce(&end, write_on(worker, &write_jobs, readers));
        })?;
        let slots = || Arc::new(Semaphore::new(SLOTS));
        Ok(Self {
            queues,
            write_slots: slots(),
            read_slots: slots(),
            closing,
            writer: Some(writer),
        })
    }

    pub(super) async fn read<T, E, F>(&self, job: F) -> Result<Receiver<T, E>, Error>
    where
        F: FnOnce(&ReadDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let slot = slot(&self.read_slots).await?;
        let (job, answer) = Job::read(job, Some(slot));
        self.send_read(job)?;
        Ok(answer)
    }

    pub(super) fn read_now<T, E, F>(&self, job: F) -> Result<Receiver<T, E>, Error>
    where
        F: FnOnce(&ReadDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Job::read(job, None);
        self.send_read(job)?;
        Ok(answer)
    }

    pub(super) async fn write<T, E, F>(
        &self,
        job: F,
        urgency: Urgency,
    ) -> Result<Receiver<T, E>, Error>
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let slot = slot(&self.write_slots).await?;
        let (job, answer) = Job::write(job, urgency, Some(slot));
        self.send_write(job)?;
        Ok(answer)
    }

    pub(super) fn write_now<T, E, F>(
        &self,
        job: F,
        urgency: Urgency,
    ) -> Result<Receiver<T, E>, Error>
    where
        F: FnOnce(&mut WriteDao<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Job::write(job, urgency, None);
        self.send_write(job)?;
        Ok(answer)
    }

    pub(super) fn quiet<T, E, F>(&self, job: F) -> Result<Receiver<T, E>, Error>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Job::quiet(job);
        self.send_write(job)?;
        Ok(answer)
    }

    pub(super) fn checkpoint(&self) -> Result<Receiver<bool, Error>, Error> {
        let (job, answer) = Job::checkpoint();
        self.send_write(job)?;
        Ok(answer)
    }

    /// Begins the end and returns where its outcome will be announced; `None` if it has come already.
    pub(super) fn close(&self) -> Option<oneshot::Receiver<Result<(), Error>>> {
        self.closing.store(true, Ordering::SeqCst);
        self.read_slots.close();
        self.write_slots.close();
        let (announce, outcome) = oneshot::channel();
        let mut queues = lock(&self.queues);
        match &mut *queues {
            // Dropping the senders lets the threads finish what is queued, and end.
            Queues::Open { .. } => *queues = Queues::Closing { waiting: vec![announce] },
            Queues::Closing { waiting } => waiting.push(announce),
            Queues::Closed => return None,
        }
        Some(outcome)
    }

    fn send_read(&self, job: Job) -> Result<(), Error> {
        match &*lock(&self.queues) {
            Queues::Open { read, .. } => read.send(job).map_err(|_| Error::Aborted),
            Queues::Closing { .. } | Queues::Closed => Err(Error::Closed),
        }
    }

    fn send_write(&self, job: Job) -> Result<(), Error> {
        match &*lock(&self.queues) {
            Queues::Open { write, .. } => write.send(job).map_err(|_| Error::Aborted),
            Queues::Closing { .. } | Queues::Closed => Err(Error::Closed),
        }
    }
}

impl Drop for Lanes {
    /// The last handle is gone: the mailbox closes, and nothing of it runs on afterwards.
    fn drop(&mut self) {
        drop(self.close());
        if let Some(writer) = self.writer.take() {
            // A job on the writer's own thread may have held the last handle: it can't wait for itself.
            if writer.thread().id() != std::thread::current().id() {
                drop(writer.join());
            }
        }
    }
}

/// How a write is made durable, and whether closing waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// On the disk when it is acknowledged; finished before the store closes.
    Live,
    /// A read, or a write of what can be fetched again; interrupted when the store closes.
    Interruptible,
}

/// The life of a reading thread: whichever is free takes the next job.
fn read_on(mut worker: Worker, jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = lock(jobs).recv();
        match job {
            Ok(job) => worker.run(job),
            Err(_) => return,
        }
    }
}

/// The life of the writing thread, which ends last: only when nobody reads can the write-ahead log be truncated.
fn write_on(
    mut worker: Worker,
    jobs: &mpsc::Receiver<Job>,
    readers: Vec<JoinHandle<()>>,
) -> Result<(), Error> {
    for job in jobs {
        worker.run(job);
    }
    for reader in readers {
        drop(reader.join());
    }
    worker.finish()
}

async fn slot(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    Arc::clone(slots).acquire_owned().await.map_err(|_| Error::Closed)
}

fn announce(queues: &Mutex<Queues>, outcome: Result<(), Error>) {
    let waiting = match std::mem::replace(&mut *lock(queues), Queues::Closed) {
        Queues::Closing { waiting } => waiting,
        Queues::Open { .. } | Queues::Closed => Vec::new(),
    };
    let mut outcome = Some(outcome);
    for waiter in waiting {
        // An error isn't cloneable: the first to ask learns why, and the mailbox is closed for all.
        drop(waiter.send(outcome.take().unwrap_or(Ok(()))));
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(body).map_err(OpenError::Io)
}

/// A poisoned lock is as good as any: every critical section here is one assignment or one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
