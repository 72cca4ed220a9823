//! The vault on a real GNOME Keyring, on a private D-Bus session with its own HOME; and on services that fail on purpose.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_in_result,
    reason = "all of this is test code; the lints know only functions marked as tests"
)]

mod crash;
mod faults;
mod real;
mod security_key;
mod session;
mod soak;
