//! Locks the mailbox when the system says that nobody is at the computer any more.
//!
//! The idle countdown goes on beside it: where the system says nothing, that is what locks.

use std::sync::{Arc, Weak};

use wardmail_api::session::LockReason;
use wardmail_policy::Settings;
use wardmail_presence::{Buses, Signal, Watcher};

use crate::engine::Engine;

/// Begins to listen. It ends with the program.
pub(crate) fn begin(engine: &Arc<Engine>, buses: Buses) {
    tokio::spawn(watch(Arc::downgrade(engine), Watcher::start(buses)));
}

async fn watch(engine: Weak<Engine>, mut watcher: Watcher) {
    while let Some(signal) = watcher.next().await {
        let Some(engine) = engine.upgrade() else { return };
        if let Some(reason) = reason(&signal, &engine.policy().effective().settings) {
            engine.lock(reason).await;
        }
        // What it holds is let go only now: the computer sleeps after the lock.
        drop(signal);
    }
}

/// Why the mailbox locks at this sign; `None` where policy or owner left it out.
fn reason(signal: &Signal, settings: &Settings) -> Option<LockReason> {
    let (wanted, reason) = match signal {
        Signal::ScreenLocked => (settings.lock_on_session_lock.value, LockReason::ScreenLocked),
        Signal::UserSwitched => (settings.lock_on_user_switch.value, LockReason::UserSwitched),
        Signal::Idle => (settings.lock_on_system_idle.value, LockReason::SystemIdle),
        Signal::LidClosed => (settings.lock_on_lid_close.value, LockReason::LidClosed),
        Signal::GoingToSleep(_) => (settings.lock_on_suspend.value, LockReason::Sleep),
        _ => (true, LockReason::ScreenLocked),
    };
    wanted.then_some(reason)
}
