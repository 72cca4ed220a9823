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
    // What a signal holds is let go after the lock: the computer sleeps only then. A program that starts anew at lock lets
    // go by that, with nothing left in its memory; one that doesn't, at the next signal.
    let mut _held = None;
    while let Some(signal) = watcher.next().await {
        let Some(engine) = engine.upgrade() else { return };
        let reason = match engine.policy().await {
            Ok(policy) => reason(&signal, &policy.effective().settings),
            // What can't be known is taken for the stricter.
            Err(_) => Some(LockReason::ScreenLocked),
        };
        _held = match reason {
            Some(reason) if engine.lock_after_notice(reason).await => Some(signal),
            _ => None,
        };
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy_source::{PolicySource, Remembered};

    /// The settings of a profile without a policy, whose owner switched these off.
    fn settings(off: &[&str]) -> Settings {
        let nowhere = std::path::PathBuf::from("/nonexistent/policy.json");
        let source = PolicySource::new(nowhere.clone(), None, &nowhere);
        let mut remembered = Remembered::default();
        for key in off {
            remembered.choices.set(key, Some(json!(false))).unwrap();
        }
        source.remember(remembered);
        source.load().effective().settings.clone()
    }

    #[test]
    fn every_sign_locks_unless_it_was_switched_off() {
        let signs = [
            (Signal::ScreenLocked, "lock.onSessionLock", LockReason::ScreenLocked),
            (Signal::UserSwitched, "lock.onUserSwitch", LockReason::UserSwitched),
            (Signal::Idle, "lock.onSystemIdle", LockReason::SystemIdle),
            (Signal::LidClosed, "lock.onLidClose", LockReason::LidClosed),
        ];
        let all = signs.each_ref().map(|(_, key, _)| *key);
        for (signal, key, expected) in &signs {
            assert_eq!(reason(signal, &settings(&[])), Some(*expected));
            assert_eq!(reason(signal, &settings(&[key])), None);
            let others: Vec<&str> = all.iter().copied().filter(|other| other != key).collect();
            assert_eq!(reason(signal, &settings(&others)), Some(*expected));
        }
    }
}
