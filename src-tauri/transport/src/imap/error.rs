//! Owns why an IMAP command failed. Must not carry what the server said: it may quote addresses or mail.

use crate::{ConnectError, LimitExceeded};

/// Why an IMAP step failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImapError {
    /// No verified connection.
    #[error("cannot connect to the mail server")]
    Connect(#[from] ConnectError),
    /// The server's first line was no greeting of IMAP.
    #[error("the server's greeting is not IMAP")]
    Greeting,
    /// The server says that it authenticated us already (PREAUTH): refused, since that skips the login.
    #[error("the server skips the login, which is not acceptable")]
    PreAuthenticated,
    /// The server turned us away (BYE).
    #[error("the server ended the connection")]
    Bye,
    /// The server offers no login that we speak, or none that can carry this user name and password.
    #[error("the server offers no usable login")]
    NoLogin,
    /// User name or password are wrong.
    #[error("the server refused the user name or the password")]
    LoginRejected,
    /// The server can't check the login now (RFC 5530 `UNAVAILABLE`, `LIMIT`, `INUSE`).
    #[error("the server cannot log in now")]
    LoginUnavailable,
    /// The server answered NO.
    #[error("the server refused {command}")]
    No {
        /// Which command.
        command: &'static str,
        /// Whether it says that the folder doesn't exist (`NONEXISTENT`, `TRYCREATE`).
        missing: bool,
        /// Whether it says that it can't do so now (`UNAVAILABLE`, `INUSE`, `LIMIT` of RFC 5530).
        busy: bool,
    },
    /// The server answered BAD.
    #[error("the server did not understand {command}")]
    Bad {
        /// Which command.
        command: &'static str,
    },
    /// The connection ended in mid-command.
    #[error("the connection to the mail server was lost")]
    Lost,
    /// A deadline passed.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// The server sent more than is allowed.
    #[error("the mail server sent too much")]
    Limit(#[from] LimitExceeded),
    /// What the server sent is no IMAP, or answers another question.
    #[error("the mail server's answer makes no sense")]
    Protocol,
    /// An earlier command failed or was given up half-way: only a new connection helps.
    #[error("this connection can no longer be used")]
    Poisoned,
    /// No folder is selected.
    #[error("no folder is selected")]
    NotSelected,
    /// The folder changed during the command, again and again.
    #[error("the folder keeps changing")]
    Unstable,
    /// The message is larger than the server said that it takes, or than we send.
    #[error("the message is too large")]
    TooLarge,
}

impl ImapError {
    /// Whether the same attempt, later, may succeed without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect(error) => error.is_transient(),
            Self::No { busy, .. } => *busy,
            Self::Bye
            | Self::LoginUnavailable
            | Self::Lost
            | Self::TimedOut
            | Self::Poisoned
            | Self::Unstable => true,
            Self::Greeting
            | Self::PreAuthenticated
            | Self::NoLogin
            | Self::LoginRejected
            | Self::Bad { .. }
            | Self::Limit(_)
            | Self::Protocol
            | Self::NotSelected
            | Self::TooLarge => false,
        }
    }
}

/// A value that can't stand in a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidArgument {
    /// A folder name.
    #[error("not a folder name")]
    FolderName,
    /// A keyword.
    #[error("not a keyword")]
    Keyword,
}
