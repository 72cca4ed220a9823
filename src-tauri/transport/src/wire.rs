//! Owns the connection beneath both protocols: DNS, TCP, TLS, and the limits on what comes in. Must not know a command.

mod connect;
mod error;
mod guard;
mod stream;

pub use error::{ConnectError, LimitExceeded};

pub(crate) use connect::{Connecting, connect};
pub(crate) use guard::Limits;
pub(crate) use stream::Wire;
