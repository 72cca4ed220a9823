//! Windows: a thread with a window that nobody sees, to which the system tells of session and power. Run on no machine
//! yet.
//!
//! The system waits up to two seconds with suspension until the window's procedure returns.
#![expect(unsafe_code, reason = "the system's functions are called, and call one of ours")]

use std::cell::RefCell;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use async_channel::Receiver;
use windows::Win32::Foundation::{HANDLE, HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::System::LibraryLoader::GetModuleHandleW;
use windows::Win32::System::Power::{
    HPOWERNOTIFY, POWERBROADCAST_SETTING, RegisterPowerSettingNotification,
    RegisterSuspendResumeNotification,
};
use windows::Win32::System::RemoteDesktop::{
    NOTIFY_FOR_THIS_SESSION, WTSRegisterSessionNotification,
};
use windows::Win32::System::SystemServices::{
    GUID_LIDSWITCH_STATE_CHANGE, GUID_SESSION_USER_PRESENCE,
};
use windows::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DEVICE_NOTIFY_WINDOW_HANDLE, DefWindowProcW, DispatchMessageW, GetMessageW,
    HWND_MESSAGE, MSG, PBT_APMSUSPEND, PBT_POWERSETTINGCHANGE, PostMessageW, PostQuitMessage,
    RegisterClassW, WINDOW_EX_STYLE, WINDOW_STYLE, WM_CLOSE, WM_DESTROY, WM_POWERBROADCAST,
    WM_WTSSESSION_CHANGE, WNDCLASSW, WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT,
    WTS_SESSION_LOCK,
};
use windows::core::{GUID, PCWSTR, Result, w};

use crate::callback::{self, Ear};
use crate::{Buses, Coverage, Signal};

/// How long suspension waits for the lock: a little less than the system waits for us.
const PATIENCE: Duration = Duration::from_millis(1_800);

/// The window's class.
const CLASS: PCWSTR = w!("WardmailPresence");

/// What a lid switch says when it is closed.
const LID_CLOSED: u8 = 0;
/// What the session's presence says when nobody has touched the computer (`PowerUserInactive`).
const USER_INACTIVE: u8 = 2;

thread_local! {
    /// Who hears what the window of this thread is told.
    static EAR: RefCell<Option<Ear>> = const { RefCell::new(None) };
}

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    signals: Receiver<Signal>,
    listening: Option<Listening>,
}

/// A window that is told, and of what. The handle is a number here: it is only used to ask the window to close.
#[derive(Debug, Clone, Copy)]
struct Listening {
    window: isize,
    coverage: Coverage,
}

impl Watcher {
    /// Starts to listen. It never fails; [`Watcher::coverage`] tells what is listened to.
    pub fn start(_: Buses) -> Self {
        let (ear, signals) = callback::line();
        let (ready, made) = mpsc::channel();
        let started =
            thread::Builder::new().name("presence".to_owned()).spawn(move || listen(ear, &ready));
        if let Err(error) = started {
            tracing::error!(%error, "no thread to listen on");
        }
        // Without a window the thread ends, and with it the other end of this.
        Self { signals, listening: made.recv().ok() }
    }

    /// Waits for the next signal; `None` if nothing listens.
    pub async fn next(&mut self) -> Option<Signal> {
        self.signals.recv().await.ok()
    }

    /// Says what is listened to.
    pub fn coverage(&self) -> Coverage {
        self.listening.map_or_else(Coverage::default, |listening| listening.coverage)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let Some(listening) = self.listening else { return };
        let window = HWND(std::ptr::without_provenance_mut(listening.window.cast_unsigned()));
        // SAFETY: a message may be posted to a window of any thread, even to one that is gone.
        let _gone = unsafe { PostMessageW(Some(window), WM_CLOSE, WPARAM(0), LPARAM(0)) };
    }
}

/// Makes the window, asks to be told, and hands messages to the window until it is closed.
fn listen(ear: Ear, ready: &mpsc::Sender<Listening>) {
    let Ok(window) = make_window() else {
        tracing::error!("no window to listen with");
        return;
    };
    EAR.with_borrow_mut(|slot| *slot = Some(ear));
    // SAFETY: the window is this thread's own and lives; the flag is one of the two that the function knows.
    let session = unsafe { WTSRegisterSessionNotification(window, NOTIFY_FOR_THIS_SESSION) };
    let recipient = HANDLE(window.0);
    // SAFETY: as above; the registration ends with the window.
    let sleep =
        unsafe { RegisterSuspendResumeNotification(recipient, DEVICE_NOTIFY_WINDOW_HANDLE) };
    let lid = ask_for(recipient, &GUID_LIDSWITCH_STATE_CHANGE);
    let presence = ask_for(recipient, &GUID_SESSION_USER_PRESENCE);
    if presence.is_err() {
        tracing::debug!("the system does not tell of presence");
    }
    let coverage = Coverage {
        session: session.is_ok(),
        // A screen saver that asks for a password locks the session.
        screen_saver: session.is_ok(),
        sleep: sleep.is_ok(),
        lid: lid.is_ok(),
    };
    let listening = Listening { window: window.0.addr().cast_signed(), coverage };
    if ready.send(listening).is_err() {
        return;
    }
    let mut message = MSG::default();
    // SAFETY: `message` is ours to write; the result is positive until the window is closed or the call fails.
    while unsafe { GetMessageW(&raw mut message, None, 0, 0) }.0 > 0 {
        // SAFETY: the message was filled just now.
        unsafe { DispatchMessageW(&raw const message) };
    }
}

fn make_window() -> Result<HWND> {
    // SAFETY: without a name it is the program's own module, which outlives everything here.
    let module = unsafe { GetModuleHandleW(None) }?;
    let class = WNDCLASSW {
        lpfnWndProc: Some(procedure),
        hInstance: module.into(),
        lpszClassName: CLASS,
        ..WNDCLASSW::default()
    };
    // SAFETY: the class names a procedure and a text that live as long as the program. A second registration is refused,
    // and the first stays.
    unsafe { RegisterClassW(&raw const class) };
    // SAFETY: the class is registered; nothing is passed to the window.
    unsafe {
        CreateWindowExW(
            WINDOW_EX_STYLE::default(),
            CLASS,
            PCWSTR::null(),
            WINDOW_STYLE::default(),
            0,
            0,
            0,
            0,
            Some(HWND_MESSAGE),
            None,
            Some(module.into()),
            None,
        )
    }
}

fn ask_for(recipient: HANDLE, setting: &GUID) -> Result<HPOWERNOTIFY> {
    // SAFETY: the recipient is a window of this thread, as the flag says, and lives.
    unsafe { RegisterPowerSettingNotification(recipient, setting, DEVICE_NOTIFY_WINDOW_HANDLE) }
}

/// What the system calls, on the thread of the window.
extern "system" fn procedure(window: HWND, message: u32, what: WPARAM, more: LPARAM) -> LRESULT {
    let kind = u32::try_from(what.0).unwrap_or(0);
    match message {
        WM_WTSSESSION_CHANGE => session_changed(kind),
        WM_POWERBROADCAST if kind == PBT_APMSUSPEND => {
            // Not held while it waits: what takes the signal may make the system call again.
            let ear = EAR.with_borrow(Clone::clone);
            ear.inspect(|ear| ear.say_sleep(PATIENCE));
        }
        WM_POWERBROADCAST if kind == PBT_POWERSETTINGCHANGE => {
            let setting = std::ptr::with_exposed_provenance(more.0.cast_unsigned());
            // SAFETY: with this message the system passes a setting that lives until the procedure returns. Those that
            // were asked for carry four bytes of data, so that it is as long as the type.
            let setting: POWERBROADCAST_SETTING = unsafe { std::ptr::read_unaligned(setting) };
            setting_changed(&setting);
        }
        WM_DESTROY => {
            // SAFETY: it ends the loop of this thread, as it should.
            unsafe { PostQuitMessage(0) };
        }
        // SAFETY: the system's own arguments are passed on.
        _ => return unsafe { DefWindowProcW(window, message, what, more) },
    }
    // TRUE, which for a power message means that it was taken.
    LRESULT(1)
}

fn session_changed(kind: u32) {
    match kind {
        WTS_SESSION_LOCK => say(Signal::ScreenLocked),
        WTS_CONSOLE_DISCONNECT | WTS_REMOTE_DISCONNECT => say(Signal::UserSwitched),
        _ => {}
    }
}

fn setting_changed(setting: &POWERBROADCAST_SETTING) {
    let [value] = setting.Data;
    match setting.PowerSetting {
        GUID_LIDSWITCH_STATE_CHANGE if value == LID_CLOSED => say(Signal::LidClosed),
        GUID_SESSION_USER_PRESENCE if value == USER_INACTIVE => say(Signal::Idle),
        _ => {}
    }
}

fn say(signal: Signal) {
    EAR.with_borrow(|ear| {
        if let Some(ear) = ear {
            ear.say(signal);
        }
    });
}
