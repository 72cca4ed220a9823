//! The wire: verified TLS, IMAP and SMTP submission to one provider. Knows nothing of mailboxes, keys, policy or windows.
//!
//! ```text
//! TlsTrust ─┐                       ┌─ ImapClient  select, headers, bodies, flags, append, idle
//! Server ───┼─ connect (DNS, TCP,   ┤
//! Deadlines ┘   TLS, limits)        └─ submit      one message, one outcome that says what is known
//! ```
//!
//! What holds here:
//! - Nothing is sent before the certificate is verified; there is no way to accept another one ([`TlsError`]).
//! - Every wait has an end ([`Deadlines`]), and what a server may send is bounded in lines, literals and bytes.
//! - A connection that failed in mid-command is never used again ([`ImapError::Poisoned`]).
//! - [`submit`] never guesses: what is not known to be sent or refused is [`SubmitOutcome::Uncertain`].
//! - No error, and nothing logged, has a password, an address or a byte of mail in it.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)
)]

mod command;
mod deadlines;
mod fail_points;
mod imap;
mod probe;
mod server;
mod smtp;
mod tls;
mod wire;

pub use deadlines::Deadlines;
pub use imap::{
    AppendedUid, Body, BodyBytes, BodyFetch, Capabilities, Flag, FlagChange, FlagState, Folder,
    FolderName, FolderRole, HeaderFetch, Headers, IdleEnd, ImapClient, ImapError, InvalidArgument,
    Keyword, ModSeq, Selected, Uid, UidSet, UidValidity, Wanted,
};
pub use probe::{AccountForm, Outcome, Step, StepKind, probe};
pub use server::{Credentials, InvalidCredentials, InvalidServer, Server};
pub use smtp::{Beside, NotSent, Phase, Submission, SubmitOutcome, submit, submit_beside};
pub use tls::{CertificateSummary, TlsError, TlsReport, TlsTrust, TlsVersion};
pub use wire::{ConnectError, LimitExceeded};
