//! A mocked logind: no test has a systemd that it could put to sleep. It speaks on the session's own bus, and gives out real
//! pipes, so that a test sees when the program lets the computer sleep.
#![expect(clippy::unused_self, reason = "the signatures are logind's")]

use std::io::{PipeReader, Read as _, pipe};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use zbus::blocking::{Connection, connection};
use zbus::fdo;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};

use super::DesktopSession;

const LOGIN: &str = "org.freedesktop.login1";
const LOGIN_PATH: &str = "/org/freedesktop/login1";
const SESSION_PATH: &str = "/org/freedesktop/login1/session/_1";

/// How long the program may take to ask for the delay.
const PATIENCE: Duration = Duration::from_mins(1);

/// The mock; it leaves the bus when it is dropped.
#[derive(Debug)]
pub struct MockLogin {
    connection: Connection,
    delays: Receiver<Delay>,
}

/// The other end of what a program holds to keep the computer awake.
#[derive(Debug)]
pub struct Delay(PipeReader);

impl Delay {
    /// Waits until the program lets the computer sleep.
    ///
    /// # Errors
    /// If the pipe says something, which nobody does.
    pub fn wait_released(mut self) -> Result<()> {
        ensure!(self.0.read(&mut [0])? == 0, "the pipe is for closing");
        Ok(())
    }
}

struct Manager(Sender<Delay>);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> fdo::Result<OwnedFd> {
        if (what, mode) != ("sleep", "delay") || who.is_empty() || why.is_empty() {
            return Err(fdo::Error::InvalidArgs("only sleep is delayed, for a reason".to_owned()));
        }
        let (reading, writing) = pipe().map_err(|error| fdo::Error::IOError(error.to_string()))?;
        // Nobody may be waiting for it.
        drop(self.0.send(Delay(reading)));
        Ok(OwnedFd::from(std::os::fd::OwnedFd::from(writing)))
    }

    #[zbus(name = "GetSessionByPID")]
    fn get_session_by_pid(&self, pid: u32) -> fdo::Result<OwnedObjectPath> {
        let unknown = |_| fdo::Error::Failed(format!("{pid} is of no session"));
        OwnedObjectPath::try_from(SESSION_PATH).map_err(unknown)
    }
}

impl DesktopSession {
    /// A logind on this session's bus; a program that is to hear it finds [`DesktopSession::system_bus`] in its
    /// environment.
    ///
    /// # Errors
    /// If the bus doesn't take it.
    pub fn mock_login(&self) -> Result<MockLogin> {
        let (tell, delays) = channel();
        let (_, address) = self.system_bus()?;
        let connection = connection::Builder::address(address)?
            .serve_at(LOGIN_PATH, Manager(tell))?
            .name(LOGIN)?
            .build()?;
        Ok(MockLogin { connection, delays })
    }

    /// The variable by which a program takes the session's bus for the system's too.
    ///
    /// # Errors
    /// If there is no bus.
    pub fn system_bus(&self) -> Result<(&str, &str)> {
        let bus = self.variables.iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS");
        Ok(("DBUS_SYSTEM_BUS_ADDRESS", bus.context("no bus")?.1.as_str()))
    }
}

impl MockLogin {
    /// Waits until the program has asked to be waited for.
    ///
    /// # Errors
    /// If it doesn't ask.
    pub fn delay(&self) -> Result<Delay> {
        Ok(self.delays.recv_timeout(PATIENCE)?)
    }

    /// Says that the computer is about to sleep, or that it woke up.
    ///
    /// # Errors
    /// If the bus is gone.
    pub fn sleep(&self, start: bool) -> Result<()> {
        let manager = "org.freedesktop.login1.Manager";
        let nobody = None::<&str>;
        Ok(self.connection.emit_signal(nobody, LOGIN_PATH, manager, "PrepareForSleep", &start)?)
    }

    /// Says that the session is to be locked.
    ///
    /// # Errors
    /// If the bus is gone.
    pub fn lock(&self) -> Result<()> {
        let session = "org.freedesktop.login1.Session";
        Ok(self.connection.emit_signal(None::<&str>, SESSION_PATH, session, "Lock", &())?)
    }
}
