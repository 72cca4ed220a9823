//! A mock of logind: there is no systemd to lock, suspend or switch in a test. It speaks on a private bus of its own,
//! and its inhibitor is a real pipe, so that a test sees when the watcher lets the computer sleep.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, PipeReader, Read as _, pipe};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedFd, OwnedObjectPath, Value};

pub(crate) const SESSION: &str = "/org/freedesktop/login1/session/_4711";

/// A bus of its own; it ends when it is dropped.
pub(crate) struct Bus {
    daemon: Child,
    pub(crate) address: String,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

/// What the mock answers.
struct Manager {
    session: OwnedObjectPath,
    inhibitors: Sender<Inhibitor>,
}

/// The other end of a pipe that logind gave out.
pub(crate) struct Inhibitor {
    pub(crate) what: String,
    pub(crate) mode: String,
    pipe: PipeReader,
}

impl Inhibitor {
    /// Waits until the other end is closed.
    pub(crate) fn wait_released(mut self) {
        assert_eq!(self.pipe.read(&mut [0; 1]).unwrap(), 0);
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(&self, what: String, who: &str, why: &str, mode: String) -> OwnedFd {
        assert!(!who.is_empty() && !why.is_empty());
        let (reading, writing) = pipe().unwrap();
        self.inhibitors.send(Inhibitor { what, mode, pipe: reading }).unwrap();
        OwnedFd::from(std::os::fd::OwnedFd::from(writing))
    }

    fn get_session(&self, id: &str) -> OwnedObjectPath {
        assert!(!id.is_empty());
        self.session.clone()
    }

    #[zbus(name = "GetSessionByPID")]
    fn get_session_by_pid(&self, pid: u32) -> OwnedObjectPath {
        assert_eq!(pid, std::process::id());
        self.session.clone()
    }
}

/// The mocked system.
pub(crate) struct MockLogin {
    connection: Connection,
    pub(crate) inhibitors: Receiver<Inhibitor>,
}

impl MockLogin {
    pub(crate) fn start(bus: &Bus) -> Self {
        let (tell, inhibitors) = channel();
        let connection = connection::Builder::address(bus.address.as_str())
            .unwrap()
            .name("org.freedesktop.login1")
            .unwrap()
            .serve_at(
                "/org/freedesktop/login1",
                Manager { session: SESSION.try_into().unwrap(), inhibitors: tell },
            )
            .unwrap()
            .build()
            .unwrap();
        Self { connection, inhibitors }
    }

    pub(crate) fn lock(&self) {
        self.emit(SESSION, "org.freedesktop.login1.Session", "Lock", &());
    }

    pub(crate) fn sleep(&self, start: bool) {
        let path = "/org/freedesktop/login1";
        self.emit(path, "org.freedesktop.login1.Manager", "PrepareForSleep", &start);
    }

    pub(crate) fn session(&self, property: &str, value: bool) {
        self.change(SESSION, "org.freedesktop.login1.Session", property, value);
    }

    pub(crate) fn lid(&self, closed: bool) {
        self.change("/org/freedesktop/UPower", "org.freedesktop.UPower", "LidIsClosed", closed);
    }

    pub(crate) fn screen_saver(&self, interface: &str, active: bool) {
        self.emit("/ScreenSaver", interface, "ActiveChanged", &active);
    }

    /// Says that something else of the session changed, which is nobody's absence.
    pub(crate) fn other_session_locks(&self) {
        let other = "/org/freedesktop/login1/session/other";
        self.emit(other, "org.freedesktop.login1.Session", "Lock", &());
    }

    fn change(&self, path: &str, interface: &str, property: &str, value: bool) {
        let changed = HashMap::from([(property, Value::from(value))]);
        let body = (interface, changed, Vec::<&str>::new());
        self.emit(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", &body);
    }

    fn emit<B>(&self, path: &str, interface: &str, member: &str, body: &B)
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        self.connection.emit_signal(None::<&str>, path, interface, member, body).unwrap();
    }
}
