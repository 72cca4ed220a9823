//! The one thread that talks to the keyring, and the queue before it.
//!
//! A keyring call can't be interrupted: a locked Secret Service with no prompter blocks for good. So callers wait for an
//! answer, not for the call, and the calls are made one at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Item, KeyringError, Store};

/// What the thread is asked to do.
pub(super) enum Operation {
    Read(Item),
    Write(Item, Zeroizing<Vec<u8>>),
    Delete(Item),
    Unlock,
}

pub(super) type Answer = Result<Option<Zeroizing<Vec<u8>>>, KeyringError>;

struct Job {
    operation: Operation,
    state: Arc<AtomicU8>,
    reply: mpsc::SyncSender<Answer>,
}

/// A job in the queue; the caller may still give it up.
const WAITING: u8 = 0;
/// The thread has begun: it can no longer be given up.
const STARTED: u8 = 1;
/// The caller has gone; the thread skips it.
const ABANDONED: u8 = 2;

pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl Worker {
    /// Starts the thread. It ends by itself when the last handle is dropped and its call, if any, returns.
    pub(super) fn start(mut store: Store) -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let started = thread::Builder::new().name("keyring".into()).spawn(move || {
            for job in queue {
                if job
                    .state
                    .compare_exchange(WAITING, STARTED, Ordering::AcqRel, Ordering::Acquire)
                    .is_err()
                {
                    continue;
                }
                let answer = catch_unwind(AssertUnwindSafe(|| store.run(&job.operation)));
                // A store that panicked may hold a poisoned lock: build it anew.
                let answer = answer.unwrap_or_else(|_| {
                    store.forget();
                    Err(KeyringError::Failed(None))
                });
                // The caller may have timed out meanwhile; a read's answer is wiped by its drop.
                drop(job.reply.send(answer));
            }
        });
        // Without a thread the queue's end is dropped with the closure, and every call answers `Failed`.
        drop(started);
        Self { jobs }
    }

    /// Has the thread do one operation, before everything that it is asked for later. What comes of it is nobody's.
    pub(super) fn post(&self, operation: Operation) {
        let (reply, _nobody_hears) = mpsc::sync_channel(1);
        let job = Job { operation, state: Arc::new(AtomicU8::new(WAITING)), reply };
        // Without a thread every call fails, and this one has nobody to tell.
        drop(self.jobs.send(job));
    }

    /// Has the thread do one operation and waits up to `timeout` for its answer.
    pub(super) fn call(&self, operation: Operation, timeout: Duration) -> Answer {
        let state = Arc::new(AtomicU8::new(WAITING));
        let (reply, answer) = mpsc::sync_channel(1);
        let job = Job { operation, state: Arc::clone(&state), reply };
        if self.jobs.send(job).is_err() {
            return Err(KeyringError::Failed(None));
        }
        match answer.recv_timeout(timeout) {
            Ok(answer) => answer,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                state
                    .compare_exchange(WAITING, ABANDONED, Ordering::AcqRel, Ordering::Acquire)
                    .ok();
                Err(KeyringError::TimedOut)
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(KeyringError::Failed(None)),
        }
    }
}
