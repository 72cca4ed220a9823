//! The hold on a page, and how to take it again: the driver's session ends with the process that drew its page, and the
//! program ends that process whenever it locks.

use std::fs;
use std::process::Stdio;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use thirtyfour::Capabilities;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;

use super::driver::Driver;
use super::{START, Window};
use crate::process::contained_unprivileged;
use crate::wait::PAUSE;

/// How long one driver may look for the page before another tries.
const ATTEMPT: Duration = Duration::from_secs(20);

/// What drives the page that is there now.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) driver: WebDriver,
    /// Its process, if it isn't the one that has started the program.
    pub(super) _another: Option<Driver>,
}

impl Window {
    pub(super) fn held(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes hold of the page that came after one whose process has ended, as it does when the mailbox is locked: the
    /// driver gives up its session for good then, and the program goes on. Another driver finds it at its inspector.
    ///
    /// A driver that met the program while it was starting anew may wait for ever for a page of the old one: it is given
    /// up after a while, and the next one tries.
    pub(super) async fn take_hold_again(&self) -> Result<()> {
        let deadline = Instant::now() + START;
        loop {
            match tokio::time::timeout(ATTEMPT, self.attach()).await {
                Ok(Ok(hold)) => {
                    self.say_no_farewell();
                    *self.held() = hold;
                    return Ok(());
                }
                Ok(Err(error)) if Instant::now() >= deadline => return Err(error),
                Err(_) if Instant::now() >= deadline => {
                    bail!("the program shows no page any more that can be driven");
                }
                Ok(Err(_)) | Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// Starts a driver for the program that runs already, and waits for its page.
    async fn attach(&self) -> Result<Hold> {
        let target = self.inspector()?;
        let mut command = contained_unprivileged(None, "WebKitWebDriver");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.arg(format!("--target={target}")).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Driver::start(command)?;
        let mut capabilities = Capabilities::new();
        capabilities.set("webkitgtk:browserOptions", serde_json::json!({}))?;
        loop {
            // The new page may not be there yet; who waits for this says how long.
            if let Ok(driver) = WebDriver::new(process.address(), capabilities.clone()).await {
                return Ok(Hold { driver, _another: Some(process) });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Where the program listens for a driver: the first driver told it in its environment.
    fn inspector(&self) -> Result<String> {
        const NAME: &str = "WEBKIT_INSPECTOR_SERVER=";
        let told = |pid: u32| {
            let variables = fs::read(format!("/proc/{pid}/environ")).ok()?;
            let variables = String::from_utf8_lossy(&variables).into_owned();
            variables
                .split('\0')
                .find_map(|variable| variable.strip_prefix(NAME).map(str::to_owned))
        };
        self.pids()?.into_iter().find_map(told).context("the program has ended")
    }

    /// The driver's handle would otherwise say good-bye when it is dropped, and wait long for the answer.
    pub(super) fn say_no_farewell(&self) {
        // It may have been said already.
        drop(self.driver().leak());
    }
}

/// Whether the driver has lost its page for good.
pub(super) fn is_lost(error: &WebDriverError) -> bool {
    matches!(error.as_inner(), WebDriverErrorInner::InvalidSessionId(_))
}
