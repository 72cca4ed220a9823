//! Whether anybody is at the computer: what the system says about screen lock, sleep, lid, user switch and idleness.
//!
//! A [`Watcher`] turns it into [`Signal`]s, one after the other. It decides nothing and locks nothing, and must not know
//! what is to be locked. There is no C code in it, so that it can be checked for every system.
//!
//! - Linux: logind (`Lock`, `LockedHint`, `Active`, `IdleHint`, `PrepareForSleep` with a delay inhibitor), `UPower` (lid),
//!   the desktops' screen savers (`ActiveChanged`). Tested against a mocked logind on a private bus.
//! - Windows: the session's lock and switch, suspension, lid and presence, told to a window that nobody sees. Checked by
//!   the compiler, run on no machine yet.
//! - macOS: the screen's lock and saver, sleep, and the session that leaves the front. Checked by the compiler, run on no
//!   machine yet.
//! - Elsewhere nothing is listened to, [`Coverage`] says so, and the idle countdown of the program itself is what locks.

#[cfg(any(windows, target_os = "macos", test))]
mod callback;
#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod win32;

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use win32 as system;

pub use system::Watcher;

/// Keeps the computer awake until it is dropped.
///
/// What it owns is what the system waits for: logind's pipe, or the end of the call by which the others tell.
pub struct SleepHold {
    _held: Box<dyn Send>,
}

impl SleepHold {
    fn of(held: impl Send + 'static) -> Self {
        Self { _held: Box::new(held) }
    }
}

impl std::fmt::Debug for SleepHold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SleepHold(..)")
    }
}

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
    /// The computer goes to sleep as soon as the hold is dropped, or the system's patience ends (Linux: 5 s by default,
    /// Windows and macOS: 2 s).
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
