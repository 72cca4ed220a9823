//! Windows and macOS: nothing is listened to yet. Not run on either.

use std::future::pending;

use crate::{Buses, Coverage, Signal};

/// Keeps the computer awake until it is dropped; there is none on this system.
#[derive(Debug)]
pub struct SleepHold(());

/// Listens to nothing.
#[derive(Debug)]
pub struct Watcher(());

impl Watcher {
    /// Starts.
    pub fn start(_: Buses) -> Self {
        Self(())
    }

    /// Never answers: there is nothing to tell.
    pub async fn next(&mut self) -> Option<Signal> {
        pending().await
    }

    /// Nothing.
    pub fn coverage(&self) -> Coverage {
        Coverage::default()
    }
}
