//! Owns how long anything may take and how much a server may say. Must not hold a clock.

use std::time::Duration;

/// How long each step may take. Every wait for the network ends at one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Name resolution.
    pub dns: Duration,
    /// Each TCP connection attempt, per address.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// The server's first line (and, in SMTP, its answer to EHLO).
    pub greeting: Duration,
    /// The whole login.
    pub login: Duration,
    /// One command up to its tagged reply; a transfer gets more, by its size at [`Deadlines::slowest`].
    pub command: Duration,
    /// The lowest transfer rate that is waited for, in bytes a second.
    pub slowest: u32,
    /// How long IDLE waits before it is renewed. RFC 2177 has servers drop a client after 30 minutes.
    pub idle_renew: Duration,
    /// The server's reply after the final dot. RFC 5321 section 4.5.3.2.6 asks for 10 minutes.
    pub final_reply: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(10),
            connect: Duration::from_secs(15),
            tls: Duration::from_secs(15),
            greeting: Duration::from_secs(30),
            login: Duration::from_mins(1),
            command: Duration::from_mins(1),
            slowest: 4096,
            idle_renew: Duration::from_mins(28),
            final_reply: Duration::from_mins(10),
        }
    }
}

impl Deadlines {
    /// The time that a command moving `bytes` may take.
    pub(crate) fn transfer(&self, bytes: u64) -> Duration {
        let seconds = bytes.checked_div(u64::from(self.slowest)).unwrap_or(bytes);
        self.command.saturating_add(Duration::from_secs(seconds))
    }
}
