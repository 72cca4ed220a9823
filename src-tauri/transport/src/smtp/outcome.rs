//! Owns what is known after a submission. Must not say more than is known.

use std::fmt;

use crate::{ConnectError, TlsReport};

/// The step of a submission, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Checking the envelope and the bytes, before any connection.
    Check,
    /// DNS, TCP and TLS.
    Connect,
    /// The server's greeting and its answer to EHLO.
    Greeting,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO, one by one.
    Recipient,
    /// DATA, up to the server's go-ahead.
    Data,
    /// The message, before its final dot could have left.
    Content,
}

/// How a submission ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SubmitOutcome {
    /// The server answered yes to the whole message.
    Accepted {
        /// The reply code, 2xx.
        code: u16,
        /// The reply's text: evidence that may name a queue id. Addresses are cut out of it.
        reply: String,
        /// The connection that carried it.
        tls: Box<TlsReport>,
    },
    /// The server answered no to the whole message: it has not taken it.
    Rejected {
        /// The reply code, 4xx or 5xx.
        code: u16,
        /// Whether the same message would be refused again.
        permanent: bool,
    },
    /// The message was not handed over: trying again can't double it.
    NotSent(NotSent),
    /// The final dot may have left, and no reply came. The server may have the message: never send it again unasked.
    Uncertain,
}

/// Why a message was not handed over.
#[derive(Clone, thiserror::Error)]
#[error("not sent: stopped at {phase:?}")]
pub struct NotSent {
    /// Where it stopped; if it was cancelled, the latest that it can have come to.
    pub phase: Phase,
    /// Whether the same attempt would fail again: then a person has to change something.
    pub permanent: bool,
    /// The server's reply code, if it replied.
    pub code: Option<u16>,
    /// Which recipient was refused, as an index into the submission's.
    pub recipient: Option<usize>,
    /// The connection's failure, if it was that.
    #[source]
    pub cause: Option<ConnectError>,
}

impl fmt::Debug for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotSent")
            .field("phase", &self.phase)
            .field("permanent", &self.permanent)
            .field("code", &self.code)
            .field("recipient", &self.recipient)
            .field("cause", &self.cause)
            .finish()
    }
}

impl NotSent {
    /// The connection was lost.
    pub(super) fn lost(phase: Phase) -> Self {
        Self::connecting(phase, ConnectError::Lost)
    }

    /// No answer in time.
    pub(super) fn timed_out(phase: Phase) -> Self {
        Self::connecting(phase, ConnectError::TimedOut)
    }

    /// Given up before the final dot.
    pub(super) fn cancelled() -> Self {
        Self::connecting(Phase::Content, ConnectError::Cancelled)
    }

    /// There is no connection, or no more.
    pub(super) fn connecting(phase: Phase, cause: ConnectError) -> Self {
        let permanent = !cause.is_transient();
        Self { phase, permanent, code: None, recipient: None, cause: Some(cause) }
    }

    /// The server can't, or says what makes no sense here.
    pub(super) fn unfit(phase: Phase) -> Self {
        Self { phase, permanent: true, code: None, recipient: None, cause: None }
    }

    /// The server said no, or the connection broke. Nothing of the error's text is kept: it quotes addresses.
    pub(super) fn answered(phase: Phase, error: &lettre::transport::smtp::Error) -> Self {
        match error.status() {
            Some(code) => Self {
                phase,
                permanent: error.is_permanent(),
                code: Some(u16::from(code)),
                recipient: None,
                cause: None,
            },
            None if error.is_response() || error.is_client() => Self::unfit(phase),
            None => Self::lost(phase),
        }
    }
}

/// The most that is kept of a reply's text, in characters.
const MAX_REPLY: usize = 512;

/// A reply's text on one line, with every word that has an `@` in it cut out.
pub(super) fn redact<'r>(lines: impl Iterator<Item = &'r str>) -> String {
    let words = lines.flat_map(str::split_whitespace);
    let kept = words.map(|word| if word.contains('@') { "[address]" } else { word });
    let text = kept.collect::<Vec<_>>().join(" ");
    text.chars().filter(|character| !character.is_control()).take(MAX_REPLY).collect()
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn addresses_are_cut_out_of_a_reply() {
        let lines = ["2.0.0 <ann@clinic.example>... Ok:", "queued as 4F2A\u{7}"];
        assert_eq!(redact(lines.into_iter()), "2.0.0 [address] Ok: queued as 4F2A");
        assert_eq!(redact(["x".repeat(2000).as_str()].into_iter()).len(), super::MAX_REPLY);
    }
}
