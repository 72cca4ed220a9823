//! Owns IMAP (RFC 3501) as a client of one server. Must not know how a mailbox is stored or what a message says.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's enums grow: a response that nobody asked for is passed over, as RFC 3501 has it"
)]

mod append;
mod client;
mod error;
mod fetch;
mod flags;
mod folders;
mod idle;
mod login;
mod search;
mod select;
mod session;
mod types;
mod utf7;

pub use append::AppendedUid;
pub use client::ImapClient;
pub use error::{ImapError, InvalidArgument};
pub use fetch::{Body, BodyBytes, BodyFetch, HeaderFetch, Headers, Wanted};
pub use flags::{FlagChange, FlagState};
pub use folders::{Folder, FolderRole};
pub use idle::IdleEnd;
pub use login::Capabilities;
pub use select::Selected;
pub use types::{Flag, FolderName, Keyword, ModSeq, Uid, UidSet, UidValidity};
