//! `WebKitWebDriver`, which drives a page: a process of its own, and the port that it listens on.

use std::net::TcpStream;
use std::process::{Command, Stdio};

use anyhow::Result;

use super::START;
use crate::port::{Port, loopback};
use crate::process::Running;
use crate::wait::until_true;

/// One that runs and answers.
#[derive(Debug)]
pub(super) struct Driver {
    // Before its port: that must stay ours until it has ended.
    process: Running,
    port: Port,
}

impl Driver {
    /// Starts it by a command that lacks only where to listen, and returns when it answers.
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let port = Port::take()?;
        command.arg(format!("--port={}", port.number())).arg("--host=127.0.0.1");
        command.stdin(Stdio::null());
        let mut process = Running::start("WebKitWebDriver", command)?;
        until_true("WebKitWebDriver", START, || {
            process.still_runs()?;
            Ok(TcpStream::connect(loopback(port.number())).is_ok())
        })?;
        Ok(Self { process, port })
    }

    /// Where a client finds it.
    pub(super) fn address(&self) -> String {
        format!("http://{}", loopback(self.port.number()))
    }

    /// Its process, for what else is asked of it.
    pub(super) fn process(&self) -> &Running {
        &self.process
    }
}
