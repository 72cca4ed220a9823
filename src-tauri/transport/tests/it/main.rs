//! The wire against servers: a scripted one that misbehaves, over real TLS, and a real Dovecot. Loopback only.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test binary: what goes wrong ends the test"
)]

mod authority;
mod dovecot;
mod fail_points;
mod imap_hostile;
mod imap_protocol;
mod logging;
mod probe;
mod provider;
mod script;
mod smtp;
mod tls;
