//! The work that goes on by itself while the mailbox is open.

use std::{sync::Arc, time::Duration};

use wardmail_api::{AppEvent, session::LockReason};

use super::Session;
use crate::{outbox, retention, sync};

/// How often the idle countdown is looked at: sleep doesn't stop its clock but stops timers.
const LOOK: Duration = Duration::from_secs(2);

impl Session {
    /// Starts the idle countdown, the outbox, the synchronisation and the retention.
    pub(crate) fn begin_work(self: &Arc<Self>) {
        if !self.background {
            return;
        }
        self.idle.touch();
        // Not counted by the tracker: it is what calls the lock, and the lock waits for the tracker.
        tokio::spawn(Arc::clone(self).watch_idle());
        self.tracker.spawn(outbox::work(Arc::clone(self)));
        self.tracker.spawn(sync::work(Arc::clone(self)));
        self.tracker.spawn(retention::work(Arc::clone(self)));
    }

    async fn watch_idle(self: Arc<Self>) {
        let mut warned = false;
        loop {
            let left = self.idle.left();
            if left.is_zero() {
                break;
            }
            let near = left <= self.idle.warns_at();
            if near && !warned {
                self.tell(AppEvent::LockSoon { seconds: left.as_secs() });
            }
            warned = near;
            tokio::select! {
                () = self.locking.cancelled() => return,
                () = tokio::time::sleep(left.min(LOOK)) => {}
            }
        }
        let engine = self.engine.upgrade();
        drop(self);
        if let Some(engine) = engine {
            engine.lock(LockReason::Idle).await;
        }
    }
}
