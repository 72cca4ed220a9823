//! The audit log as pure code: events, the hash chain over them, signed checkpoints, verification, export.
//!
//! No database, no clock, no files of its own: the caller gives the time and keeps the lines. What can be written is closed:
//! kinds, outcomes, reasons and counts are enumerations, identifiers are random, codes are fixed texts of the program. So
//! no address, no Message-ID and no free text gets in, whoever calls.
//!
//! A way through the crate:
//! - [`Event`] says what happened; [`Chain::append`] ties it to the [`Head`] and a [`Stamp`] and gives a [`Record`].
//! - [`Record::to_line`] is its one canonical form, in the mailbox and in an export; the `record` module documents it.
//! - [`Signer::checkpoint`] signs a head with a key that then is replaced: who takes today's key can't rewrite yesterday.
//! - [`Export`] writes JSON Lines with a closing trailer; [`verify_file()`] reads them back, [`LogVerifier`] the lines that
//!   a profile keeps, and [`verify()`] records: each names the first bad entry and what was done to it ([`Tampering`]).
//! - [`Conversion`] writes what other programs read: CSV, syslog (RFC 5424), FHIR R4 `AuditEvent`.
//! - An [`Anchor`] is a head as it is told to somebody outside, who can vouch for the log up to there.
#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)
)]

mod anchor;
mod checkpoint;
mod event;
mod export;
mod record;
mod verify;
mod verify_file;
mod words;

pub use anchor::{Anchor, anchors_in};
pub use checkpoint::{Checkpoint, Fingerprint, PublicKey, SignError, Signer};
pub use event::{
    Code, Count, Event, EventKind, KeyMark, ObjectKind, OpaqueId, Outcome, Reason, Route,
};
pub use export::conversion::{Conversion, Form};
pub use export::{Export, ExportError};
pub use record::{Chain, Head, LineError, Link, MAX_LINE_BYTES, Record, Stamp};
pub use verify::{Expected, Finding, Report, Tampering, Verifier, verify};
pub use verify_file::{
    LogReport, LogVerifier, SignatureState, VerifyFileError, log_of, verify_file,
};
