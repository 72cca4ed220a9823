//! The vault on a real GNOME Keyring, on a private D-Bus session with its own HOME; and on services that fail on purpose.

#![cfg(target_os = "linux")]

mod crash;
mod faults;
mod real;
mod session;
