//! What the system says becomes signals: against a mocked logind, `UPower` and screen saver on a private bus.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "all of this is test code; the lints know only functions marked as tests"
)]

mod mock;
mod signals;
