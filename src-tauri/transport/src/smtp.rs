//! Owns submission (RFC 6409, implicit TLS by RFC 8314): one message, one outcome. Must not retry and must not guess.
//!
//! The protocol is lettre's connection over our own stream: our TLS, our limits on lines (its reader has none), and a
//! watch for the final dot, because lettre has one error for "the dot never left" and "the reply never came".

mod envelope;
mod outcome;
mod session;

use std::fmt;
use std::future::{Future, pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::timeout;

pub use outcome::{NotSent, Phase, SubmitOutcome};

pub(crate) use session::Session;

use crate::fail_points::hit;
use crate::wire::Connecting;
use crate::{Credentials, Deadlines, Server, TlsTrust};
use envelope::Envelope;

/// A message as it goes out: the envelope and the final bytes.
#[derive(Clone, Copy)]
pub struct Submission<'a> {
    /// The envelope sender, as `local@domain`.
    pub from: &'a str,
    /// The envelope recipients, at most 1 000. All are accepted, or nothing is sent.
    pub recipients: &'a [String],
    /// The whole message: 7-bit lines of at most 998 bytes, each ended by CRLF (RFC 5321 section 4.5.3.1.6).
    pub bytes: &'a [u8],
}

impl fmt::Debug for Submission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("recipients", &self.recipients.len())
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What goes on beside a submission.
pub struct Beside<S, B> {
    /// Ready when the submission is to be given up.
    pub stop: S,
    /// Awaited when the server has agreed to everything but the message itself, right before its first byte is written:
    /// whatever ends the program earlier has sent nothing. `false` ends the submission there.
    pub before_content: B,
}

impl<S, B> fmt::Debug for Beside<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").finish_non_exhaustive()
    }
}

/// Submits one message over a connection of its own and says what became of it.
///
/// Every recipient is accepted by the server before the message is sent, or nothing is sent. Dropping the future
/// half-way leaves the outcome unknown: [`submit_beside`] can be stopped with a known one.
pub async fn submit(
    server: &Server,
    credentials: &Credentials,
    trust: &TlsTrust,
    deadlines: &Deadlines,
    submission: &Submission<'_>,
) -> SubmitOutcome {
    let beside = Beside { stop: pending(), before_content: ready(true) };
    submit_beside(server, credentials, trust, deadlines, submission, beside).await
}

/// As [`submit`], but gives up when it is told to: [`SubmitOutcome::NotSent`] as [cancelled](crate::ConnectError::Cancelled)
/// if the final dot had not been written, else [`SubmitOutcome::Uncertain`].
pub async fn submit_beside(
    server: &Server,
    credentials: &Credentials,
    trust: &TlsTrust,
    deadlines: &Deadlines,
    submission: &Submission<'_>,
    beside: Beside<impl Future<Output = ()>, impl Future<Output = bool>>,
) -> SubmitOutcome {
    let final_dot = Arc::new(AtomicBool::new(false));
    let with = Connecting { server, trust, deadlines };
    tokio::select! {
        biased;
        outcome = hand_over(with, credentials, submission, &final_dot, beside.before_content) => {
            outcome.unwrap_or_else(SubmitOutcome::NotSent)
        }
        () = beside.stop => given_up(final_dot.load(Ordering::SeqCst)),
    }
}

/// The connection goes with the future: without the final dot, the server drops what it has.
fn given_up(dot_left: bool) -> SubmitOutcome {
    if dot_left { SubmitOutcome::Uncertain } else { SubmitOutcome::NotSent(NotSent::cancelled()) }
}

async fn hand_over(
    with: Connecting<'_>,
    credentials: &Credentials,
    submission: &Submission<'_>,
    final_dot: &Arc<AtomicBool>,
    before_content: impl Future<Output = bool>,
) -> Result<SubmitOutcome, NotSent> {
    let envelope = Envelope::check(submission)?;
    let mut session = Session::open(with, credentials, Arc::clone(final_dot)).await?;
    session.envelope(&envelope).await?;
    if !before_content.await {
        return Err(NotSent::cancelled());
    }
    session.content(envelope.content).await
}

/// Runs one step of a phase up to its deadline.
async fn step<T>(
    phase: Phase,
    limit: Duration,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, NotSent> {
    reach(phase)?;
    match timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(NotSent::answered(phase, &error)),
        Err(_) => Err(NotSent::timed_out(phase)),
    }
}

/// Goes on to a phase, unless a test armed its point.
fn reach(phase: Phase) -> Result<(), NotSent> {
    let armed = match phase {
        Phase::Check => false,
        Phase::Connect => hit("smtp::connect"),
        Phase::Greeting => hit("smtp::greeting"),
        Phase::Login => hit("smtp::login"),
        Phase::Sender => hit("smtp::sender"),
        Phase::Recipient => hit("smtp::recipient"),
        Phase::Data => hit("smtp::data"),
        Phase::Content => hit("smtp::content"),
    };
    if armed { Err(NotSent::lost(phase)) } else { Ok(()) }
}
