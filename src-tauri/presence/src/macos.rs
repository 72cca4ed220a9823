//! macOS: the workspace's notifications, and those of the screen's lock and saver. Run on no machine yet.
//!
//! They come on the program's main thread, in its run loop, which the window has. The system waits with sleep until the
//! function that it calls returns.
#![expect(unsafe_code, reason = "the system's notification centres take a block of ours")]

use std::ptr::NonNull;
use std::time::Duration;

use async_channel::Receiver;
use block2::RcBlock;
use objc2_app_kit::{
    NSWorkspace, NSWorkspaceScreensDidSleepNotification,
    NSWorkspaceSessionDidResignActiveNotification, NSWorkspaceWillSleepNotification,
};
use objc2_foundation::{
    NSDistributedNotificationCenter, NSNotification, NSNotificationCenter, NSNotificationName,
    ns_string,
};

use crate::callback::{self, Ear};
use crate::{Buses, Coverage, Signal};

/// How long sleep waits for the lock. The main thread waits too, and the lock must not need it that long.
const PATIENCE: Duration = Duration::from_secs(2);

/// Listens as long as the program lives; what it hears after it was dropped is dropped too.
#[derive(Debug)]
pub struct Watcher {
    signals: Receiver<Signal>,
}

impl Watcher {
    /// Starts to listen. It never fails.
    pub fn start(_: Buses) -> Self {
        let (ear, signals) = callback::line();
        let distributed = NSDistributedNotificationCenter::defaultCenter();
        for name in
            [ns_string!("com.apple.screenIsLocked"), ns_string!("com.apple.screensaver.didstart")]
        {
            observe(&distributed, name, &ear, |ear| ear.say(Signal::ScreenLocked));
        }
        let workspace = NSWorkspace::sharedWorkspace().notificationCenter();
        // SAFETY: the names are constants of AppKit, which is linked, and are never written.
        let (sleep, screens, session) = unsafe {
            (
                NSWorkspaceWillSleepNotification,
                NSWorkspaceScreensDidSleepNotification,
                NSWorkspaceSessionDidResignActiveNotification,
            )
        };
        observe(&workspace, sleep, &ear, |ear| ear.say_sleep(PATIENCE));
        // A closed lid turns the screens off, or begins sleep.
        observe(&workspace, screens, &ear, |ear| ear.say(Signal::Idle));
        observe(&workspace, session, &ear, |ear| ear.say(Signal::UserSwitched));
        Self { signals }
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> Option<Signal> {
        self.signals.recv().await.ok()
    }

    /// Says what is listened to.
    pub fn coverage(&self) -> Coverage {
        Coverage { session: true, screen_saver: true, sleep: true, lid: true }
    }
}

/// Calls `say` at each notification of that name. The centre keeps the block, and what it returned isn't needed.
fn observe(center: &NSNotificationCenter, name: &NSNotificationName, ear: &Ear, say: fn(&Ear)) {
    let ear = ear.clone();
    let block = RcBlock::new(move |_: NonNull<NSNotification>| say(&ear));
    // SAFETY: no object and no queue are named; the block owns what it uses, which may be used from any thread.
    let _observer = unsafe {
        center.addObserverForName_object_queue_usingBlock(Some(name), None, None, &block)
    };
}
