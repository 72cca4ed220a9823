//! What crosses the boundary between the engine and its front ends (the window, `wardctl`).
//!
//! Requests, views, events and error codes: plain values in the user's words. `serde` only, no
//! logic, compiles to wasm. The texts that every front end shares (the sentence of each error
//! code, the line that says who can read a message) live here once, in [`words`] and [`error`].
//!
//! Each request is a struct that implements [`Command`]; [`COMMANDS`] lists them all, once.

pub mod account;
pub mod audit;
pub mod backup;
pub mod command;
pub mod compose;
pub mod error;
pub mod event;
pub mod incident;
pub mod keeping;
pub mod keys;
pub mod mail;
pub mod phi;
pub mod secret;
pub mod session;
pub mod settings;
pub mod words;

pub use command::{COMMANDS, Command};
pub use error::{ApiError, ErrorCode};
pub use event::AppEvent;
pub use secret::Secret;

/// Milliseconds since the Unix epoch, UTC.
pub type UnixMs = i64;

/// Declares a number that identifies one row, distinct from every other kind of row.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    };
}

id!(
    /// One account: an address with its servers.
    AccountId
);
id!(
    /// One mailbox folder.
    FolderId
);
id!(
    /// One message.
    MessageId
);
id!(
    /// One draft.
    DraftId
);
id!(
    /// One file attached to a draft.
    DraftAttachmentId
);
id!(
    /// One message in the outbox.
    OutboxId
);
