//! Whether anybody is at the computer: what the system says about screen lock, sleep, lid, user switch and idleness.
//!
//! A [`Watcher`] turns it into [`Signal`]s, one after the other. It decides nothing and locks nothing, and must not know
//! what is to be locked. There is no C code in it, so that it can be checked for every system.
//!
//! - Linux: logind (`Lock`, `LockedHint`, `Active`, `IdleHint`, `PrepareForSleep` with a delay inhibitor), `UPower` (lid),
//!   the desktops' screen savers (`ActiveChanged`). Tested against a mocked logind on a private bus.
//! - Windows and macOS: not run. There nothing is listened to, [`Coverage`] says so, and the idle countdown of the program
//!   itself is what locks.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
use elsewhere as system;

pub use system::{SleepHold, Watcher};

/// Something happened after which nobody may be at the computer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Signal {
    /// The screen was locked, or is about to be.
    ScreenLocked,
    /// Another person's session came to the front.
    UserSwitched,
    /// The desktop found that nobody has touched the computer for the time it was told.
    Idle,
    /// The lid was closed.
    LidClosed,
    /// The computer goes to sleep as soon as the hold is dropped, or the system's patience ends (5 s by default).
    GoingToSleep(SleepHold),
}

/// Where to listen; by default to the buses that the environment names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buses {
    /// The D-Bus address of the system bus.
    pub system: Option<String>,
    /// The D-Bus address of the session bus.
    pub session: Option<String>,
}

/// What is listened to at present.
#[expect(clippy::struct_excessive_bools, reason = "four sources, each there or not")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The login session: its lock, its switch to the background, its idleness.
    pub session: bool,
    /// The desktop's screen saver.
    pub screen_saver: bool,
    /// Sleep, and the system waits until the mailbox is locked.
    pub sleep: bool,
    /// The lid.
    pub lid: bool,
}
