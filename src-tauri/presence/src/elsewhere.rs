//! Systems that nobody wrote a listener for: nothing is heard.

use std::future::pending;

use crate::{Buses, Coverage, Signal};

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
