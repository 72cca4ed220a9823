//! Owns the exchange of one command for its answer: tags, deadlines, limits, and the rule that a connection which
//! failed in mid-command is dead. Must not know what a command means.
//!
//! The parser and its buffer are async-imap's. Its own commands aren't used: they log what they send, wait for ever,
//! drop untagged data that matters, fail an APPEND when news come before the go-ahead, and can't be pipelined.

use std::collections::VecDeque;
use std::future::Future;
use std::ops::RangeInclusive;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Outcome, Response, ResponseCode, Status};
use futures_util::FutureExt;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::ImapError;
use crate::wire::{Limits, Wire};
use crate::{Deadlines, LimitExceeded};

/// One IMAP connection.
#[derive(Debug)]
pub(super) struct Session {
    io: async_imap::Client<Wire>,
    pub(super) deadlines: Deadlines,
    next_tag: u64,
    in_flight: VecDeque<(String, &'static str)>,
    /// Set around every write and wait: what finds it set was cut off there.
    broken: bool,
    /// Whether the server has told of a change that nobody has looked at.
    pub(super) changed: bool,
    /// How many messages the selected folder holds, as last told.
    pub(super) exists: u32,
    /// How often messages were expunged, so that sequence numbers moved.
    pub(super) expunges: u64,
}

/// What a command's answer may and should amount to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// What the server may send at most.
    pub(super) limits: Limits,
    /// How many bytes are expected: the deadline is reckoned from these.
    pub(super) expected: u64,
}

impl Budget {
    /// For a command with a short answer.
    pub(super) const SMALL: Self = Self { limits: Limits::IMAP, expected: 0 };
}

/// What the tagged reply said beside OK.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) highest_mod_seq: Option<u64>,
    pub(super) read_only: bool,
    pub(super) appended: Option<(u32, u32)>,
    pub(super) capabilities: Option<Vec<String>>,
}

impl Session {
    pub(super) fn new(wire: Wire, deadlines: Deadlines) -> Self {
        Self {
            io: async_imap::Client::new(wire),
            deadlines,
            next_tag: 1,
            in_flight: VecDeque::new(),
            broken: false,
            changed: false,
            exists: 0,
            expunges: 0,
        }
    }

    /// Whether only a new connection helps.
    pub(super) fn is_poisoned(&self) -> bool {
        self.broken || !self.in_flight.is_empty()
    }

    /// Gives the connection up.
    pub(super) fn poison(&mut self) {
        self.broken = true;
    }

    /// Reads the greeting (RFC 3501 section 7.1): OK, or why not.
    pub(super) async fn greeting(&mut self) -> Result<Done, ImapError> {
        let limit = self.deadlines.greeting;
        let judged = within(
            limit,
            self.read(|response| match response {
                Response::Data { status: Status::Ok, outcome } => Ok(Done::of(outcome)),
                Response::Data { status: Status::PreAuth, .. } => Err(ImapError::PreAuthenticated),
                Response::Data { status: Status::Bye, .. } => Err(ImapError::Bye),
                _ => Err(ImapError::Greeting),
            }),
        )
        .await;
        match judged {
            Ok(greeting) => greeting,
            Err(ImapError::Protocol) => Err(ImapError::Greeting),
            Err(error) => Err(error),
        }
    }

    /// Runs one command and gives every untagged response to `on`.
    pub(super) async fn run(
        &mut self,
        name: &'static str,
        line: &str,
        budget: Budget,
        on: impl FnMut(&Response<'_>) -> Result<(), ImapError>,
    ) -> Result<Done, ImapError> {
        if self.is_poisoned() {
            return Err(ImapError::Poisoned);
        }
        self.start(name, line, budget).await?;
        self.finish(budget, on).await
    }

    /// Sends one command without waiting for its answer. Answers come in the order of the commands.
    pub(super) async fn start(
        &mut self,
        name: &'static str,
        line: &str,
        budget: Budget,
    ) -> Result<(), ImapError> {
        if self.broken {
            return Err(ImapError::Poisoned);
        }
        let tag = format!("w{}", self.next_tag);
        self.next_tag = self.next_tag.saturating_add(1);
        let text = Zeroizing::new(format!("{tag} {line}\r\n"));
        self.in_flight.push_back((tag, name));
        self.io.get_mut().allow(budget.limits);
        self.write(text.as_bytes()).await
    }

    /// Reads up to the tagged reply of the oldest command that is in flight.
    pub(super) async fn finish(
        &mut self,
        budget: Budget,
        mut on: impl FnMut(&Response<'_>) -> Result<(), ImapError>,
    ) -> Result<Done, ImapError> {
        if self.broken {
            return Err(ImapError::Poisoned);
        }
        self.broken = true;
        let limit = self.deadlines.transfer(budget.expected);
        let (tag, name) = self.in_flight.front().cloned().ok_or(ImapError::Protocol)?;
        let answer = within(limit, self.until_tagged(&tag, name, &mut on)).await?;
        self.in_flight.pop_front();
        self.broken = false;
        answer
    }

    /// Reads up to the tagged reply or a `+`; `true` if it was the `+`, and the command stays in flight.
    pub(super) async fn until_go_ahead(&mut self) -> Result<bool, ImapError> {
        self.broken = true;
        let limit = self.deadlines.command;
        let (tag, name) = self.in_flight.front().cloned().ok_or(ImapError::Protocol)?;
        let go_ahead = within(limit, self.until_continue(&tag, name)).await?;
        self.broken = false;
        let Some(answer) = go_ahead else { return Ok(true) };
        self.in_flight.pop_front();
        answer.map(|_| false)
    }

    /// Reads the next response whatever it is, without a deadline; for IDLE. Safe to drop while it waits.
    pub(super) async fn next_untagged(&mut self) -> Result<(), ImapError> {
        let (news, fetch) = self
            .read(|response| (News::of(response), matches!(response, Response::Fetch(..))))
            .await?;
        self.changed |= fetch;
        self.learn(news?);
        Ok(())
    }

    /// Writes bytes that belong to the command in flight: a literal, or the end of IDLE.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), ImapError> {
        self.broken = true;
        let limit = self.deadlines.transfer(bytes.len() as u64);
        let wire = self.io.get_mut();
        let work = async {
            wire.write_all(bytes).await?;
            wire.flush().await
        };
        timeout(limit, work)
            .await
            .map_err(|_| ImapError::TimedOut)?
            .map_err(|_| ImapError::Lost)?;
        self.broken = false;
        Ok(())
    }

    async fn until_tagged(
        &mut self,
        tag: &str,
        name: &'static str,
        on: &mut impl FnMut(&Response<'_>) -> Result<(), ImapError>,
    ) -> Result<Result<Done, ImapError>, ImapError> {
        loop {
            let heard = self
                .read(|response| match reply(response, tag, name) {
                    Some(answer) => Ok(Heard::Reply(answer)),
                    None => News::of(response).and_then(|news| {
                        on(response)?;
                        Ok(Heard::News(news))
                    }),
                })
                .await??;
            match heard {
                Heard::Reply(answer) => return Ok(answer),
                Heard::News(news) => self.learn(news),
            }
        }
    }

    /// `None` for the go-ahead, else the reply that came instead.
    async fn until_continue(
        &mut self,
        tag: &str,
        name: &'static str,
    ) -> Result<Option<Result<Done, ImapError>>, ImapError> {
        loop {
            let heard = self
                .read(|response| match reply(response, tag, name) {
                    Some(answer) => Ok(Some(Heard::Reply(answer))),
                    None if matches!(response, Response::Continue(_)) => Ok(None),
                    None => News::of(response).map(|news| Some(Heard::News(news))),
                })
                .await??;
            match heard {
                None => return Ok(None),
                Some(Heard::Reply(answer)) => return Ok(Some(answer)),
                Some(Heard::News(news)) => self.learn(news),
            }
        }
    }

    fn learn(&mut self, news: News) {
        match news {
            News::None => {}
            News::Exists(count) => {
                self.exists = count;
                self.changed = true;
            }
            News::Gone(count) => {
                self.exists = self.exists.saturating_sub(count);
                self.expunges = self.expunges.saturating_add(1);
                self.changed = true;
            }
        }
    }

    /// Reads one response and gives it to `look`; its type has no public name, so it can't be returned.
    async fn read<T>(&mut self, look: impl FnOnce(&Response<'_>) -> T) -> Result<T, ImapError> {
        // The parser slices strings at fixed bytes: hostile text can make it panic.
        let read = AssertUnwindSafe(self.io.read_response()).catch_unwind().await;
        match read {
            Ok(Ok(Some(response))) => Ok(look(response.parsed())),
            Ok(Ok(None)) => Err(ImapError::Lost),
            Ok(Err(error)) => Err(read_error(&error)),
            Err(_panic) => Err(ImapError::Protocol),
        }
    }
}

/// What one response is to the command that waits.
enum Heard {
    Reply(Result<Done, ImapError>),
    News(News),
}

/// What a response says of the selected folder.
#[derive(Debug, Clone, Copy)]
enum News {
    None,
    Exists(u32),
    Gone(u32),
}

impl News {
    /// Reads what any command's answer may hold, and refuses what none may.
    fn of(response: &Response<'_>) -> Result<Self, ImapError> {
        match response {
            Response::MailboxData(MailboxDatum::Exists(count)) => Ok(Self::Exists(*count)),
            Response::Expunge(_) => Ok(Self::Gone(1)),
            Response::Vanished { earlier: false, uids } => {
                let count = |range: &RangeInclusive<u32>| {
                    range.end().abs_diff(*range.start()).saturating_add(1)
                };
                Ok(Self::Gone(uids.iter().map(count).fold(0, u32::saturating_add)))
            }
            Response::Data { status: Status::Bye, .. } => Err(ImapError::Bye),
            // A tag that isn't ours, a go-ahead that nobody asked for, a login that nobody made.
            Response::Done { .. }
            | Response::Continue(_)
            | Response::Data { status: Status::PreAuth, .. } => Err(ImapError::Protocol),
            _ => Ok(Self::None),
        }
    }
}

pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, ImapError>>,
) -> Result<T, ImapError> {
    timeout(limit, work).await.unwrap_or(Err(ImapError::TimedOut))
}

fn read_error(error: &std::io::Error) -> ImapError {
    if let Some(limit) = error.get_ref().and_then(|inner| inner.downcast_ref::<LimitExceeded>()) {
        return ImapError::Limit(*limit);
    }
    // The parser's complaint has the kind `Other` and quotes what it read: it is dropped here.
    if error.kind() == std::io::ErrorKind::Other { ImapError::Protocol } else { ImapError::Lost }
}

/// The answer, if the response is the tagged reply.
fn reply(
    response: &Response<'_>,
    expected: &str,
    command: &'static str,
) -> Option<Result<Done, ImapError>> {
    let Response::Done { tag, status, outcome } = response else { return None };
    if tag.0 != expected || matches!(status, Status::PreAuth | Status::Bye) {
        return None;
    }
    Some(match status {
        Status::Ok => Ok(Done::of(outcome)),
        Status::No => Err(ImapError::No {
            command,
            missing: outcome.code == Some(ResponseCode::TryCreate) || says(outcome, "NONEXISTENT"),
            busy: ["UNAVAILABLE", "INUSE", "LIMIT"].iter().any(|code| says(outcome, code)),
        }),
        Status::Bad => Err(ImapError::Bad { command }),
        Status::PreAuth | Status::Bye => Err(ImapError::Protocol),
    })
}

/// The codes of RFC 5530 are unknown to the parser, which leaves them in the text.
fn says(outcome: &Outcome<'_>, code: &str) -> bool {
    let text = outcome.information.as_deref().unwrap_or_default();
    let inner = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    inner.is_some_and(|(inner, _)| inner.eq_ignore_ascii_case(code))
}

impl Done {
    fn of(outcome: &Outcome<'_>) -> Self {
        let mut done = Self::default();
        match &outcome.code {
            Some(ResponseCode::HighestModSeq(value)) => done.highest_mod_seq = Some(*value),
            Some(ResponseCode::ReadOnly) => done.read_only = true,
            Some(ResponseCode::AppendUid(validity, uids)) => {
                done.appended = super::append::only_uid(uids).map(|uid| (*validity, uid));
            }
            Some(ResponseCode::Capabilities(list)) => {
                done.capabilities = Some(super::login::names(list));
            }
            _ => {}
        }
        done
    }
}
