//! Text out of files, so that it can be checked for PHI: plain text, HTML, CSV, PDF, Word, Excel, `OpenDocument`, archives, mail in mail.
//!
//! Documents are the most hostile bytes that a mail program meets, and their parsers the largest. They are therefore read in a
//! *worker*: the same program, started again with [`WORKER_ARGUMENT`] (see [`run_if_worker`]), that has no key, no environment, no
//! open file, no right to open one or to reach the network, and limits on memory and time that the system enforces. It is fed by
//! standard input and answers on standard output in the frames of `wire`. It may crash, be killed or lie: the caller then knows
//! less text, never more, and says that the file was not checked.
//!
//! The tour:
//! - [`Extractor`]: the caller's side. Starts the worker, feeds it, reads what it answers, ends it on time;
//! - `worker`: the other side. `worker::confine` gives up every right before the first byte is read;
//! - `parse`: which kind of file it is, and its text, part by part, within [`Limits`].
//!
//! This crate knows nothing of PHI, mail or the mailbox: bytes in, text out. It logs nothing.
#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)
)]

mod caller;
mod limits;
mod parse;
mod wire;
mod worker;

pub use caller::{Extraction, Extractor, Progress, Text};
pub use limits::Limits;
pub use parse::{Unread, Why};
#[doc(hidden)]
pub use worker::give_up_rights;
pub use worker::{WORKER_ARGUMENT, run_if_worker};
