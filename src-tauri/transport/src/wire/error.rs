//! Owns why there is no connection. Must not carry host names or addresses in its text.

use std::io;

use crate::TlsError;

/// Why there is no verified connection to a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The host's name has no address.
    #[error("the server's name cannot be resolved")]
    Dns,
    /// The host answers, but nothing listens on the port.
    #[error("the server refused the connection")]
    Refused,
    /// The host can't be reached.
    #[error("the server cannot be reached")]
    Unreachable,
    /// No answer in time.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The connection was cut.
    #[error("the connection was lost")]
    Lost,
    /// The caller gave it up.
    #[error("the connection was given up")]
    Cancelled,
    /// The certificate or the handshake was refused.
    #[error("no trusted connection to the server")]
    Tls(#[from] TlsError),
}

impl ConnectError {
    /// Whether the same attempt, later, may succeed without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            // A name that doesn't resolve is what a computer without a network sees.
            Self::Dns
            | Self::Refused
            | Self::Unreachable
            | Self::TimedOut
            | Self::Lost
            | Self::Cancelled => true,
            Self::Tls(_) => false,
        }
    }

    /// Reads an error of a socket.
    pub(super) fn from_io(error: &io::Error) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "every other kind of a failed connect is an unreachable host"
        )]
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Self::Lost,
            _ => Self::Unreachable,
        }
    }
}

/// Which bound a server broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum LimitExceeded {
    /// A line is too long.
    #[error("a line is too long")]
    Line,
    /// A literal is announced as too large.
    #[error("a literal is too large")]
    Literal,
    /// Parentheses are nested too deeply.
    #[error("an answer is nested too deeply")]
    Nesting,
    /// The whole answer is too large.
    #[error("the answer is too large")]
    Answer,
}
