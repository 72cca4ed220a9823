//! What the system says becomes signals: against a mocked logind, `UPower` and screen saver on a private bus.
#![cfg(target_os = "linux")]

mod mock;
mod signals;
