//! Owns fetching headers. Must not read a header's meaning.

use std::collections::{BTreeMap, VecDeque};

use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use jiff::Timestamp;
use jiff::fmt::strtime;

use super::DEPTH;
use crate::fail_points::hit;
use crate::imap::session::{Budget, Session};
use crate::imap::{Flag, ImapError, ModSeq, Uid, UidSet, flags};
use crate::wire::Limits;

/// How many headers one command asks for.
const BATCH: usize = 100;
/// How much of a header is asked for: a sender can make it any length.
const MAX_HEADER: u32 = 256 * 1024;
/// What a header and its fields usually take, in bytes, generously.
const USUAL_HEADER: u64 = 8 * 1024;

/// A message's header and what the server knows of the message.
#[derive(Clone, PartialEq, Eq)]
pub struct Headers {
    /// Which message.
    pub uid: Uid,
    /// Its flags, in order, without `\Recent`.
    pub flags: Vec<Flag>,
    /// When the server took it.
    pub internal_date: Option<Timestamp>,
    /// Its size in bytes, as the server says.
    pub size: u32,
    /// When it last changed, if the server keeps that.
    pub mod_seq: Option<ModSeq>,
    /// The header as it stands in the message, up to and with the empty line.
    pub bytes: Vec<u8>,
    /// Whether the header is longer than the 256 KiB that are fetched.
    pub truncated: bool,
}

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Headers")
            .field("uid", &self.uid)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// Headers on their way. Dropping it before the last batch leaves the connection unusable.
#[derive(Debug)]
pub struct HeaderFetch<'a> {
    session: &'a mut Session,
    waiting: VecDeque<UidSet>,
    asked: VecDeque<UidSet>,
    /// A server may answer several commands at once, and say so only then: what came for later batches.
    early: BTreeMap<Uid, Headers>,
}

impl<'a> HeaderFetch<'a> {
    pub(in crate::imap) fn new(session: &'a mut Session, uids: &[Uid]) -> Self {
        let waiting = uids.chunks(BATCH).filter_map(|batch| UidSet::of(batch.iter().copied()));
        Self { waiting: waiting.collect(), session, asked: VecDeque::new(), early: BTreeMap::new() }
    }

    /// The next headers, by ascending UID; `None` after the last batch. Messages that are gone are left out.
    ///
    /// # Errors
    /// `ImapError`; the connection is unusable then.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Headers>>, ImapError> {
        if hit("imap::between_batches") {
            return Err(ImapError::Lost);
        }
        if self.asked.is_empty() && self.session.is_poisoned() {
            return Err(ImapError::Poisoned);
        }
        while self.asked.len() < DEPTH {
            let Some(set) = self.waiting.pop_front() else { break };
            let line = format!(
                "UID FETCH {set} (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.{MAX_HEADER}>)"
            );
            self.session.start("FETCH", &line, BUDGET).await?;
            self.asked.push_back(set);
        }
        let Some(set) = self.asked.front() else { return Ok(None) };
        let (asked, early) = (&self.asked, &mut self.early);
        let done = self
            .session
            .finish(BUDGET, |response| {
                if let Response::Fetch(_, attributes) = response
                    && let Some(headers) = read(attributes)
                    && asked.iter().any(|set| set.contains(headers.uid))
                {
                    early.entry(headers.uid).or_insert(headers);
                }
                Ok(())
            })
            .await;
        if let Err(error) = done {
            self.session.poison();
            return Err(error);
        }
        let batch = early.extract_if(.., |uid, _| set.contains(*uid)).map(|(_, headers)| headers);
        let batch = batch.collect();
        self.asked.pop_front();
        Ok(Some(batch))
    }
}

const BUDGET: Budget = Budget {
    limits: Limits {
        literal: Some(MAX_HEADER as u64),
        // Batches overlap on the wire: what is allowed counts for all that are in flight.
        answer: (BATCH * DEPTH) as u64 * (MAX_HEADER as u64 + 4096),
        ..Limits::IMAP
    },
    expected: BATCH as u64 * USUAL_HEADER,
};

/// Reads one response; `None` if it has no UID or no header: then it answers nothing that was asked.
fn read(attributes: &[AttributeValue<'_>]) -> Option<Headers> {
    let (mut uid, mut bytes) = (None, None);
    let (mut found_flags, mut internal_date, mut size, mut mod_seq) = (Vec::new(), None, 0, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(value) => uid = Uid::new(*value),
            AttributeValue::Flags(list) => found_flags = flags::parse(list),
            AttributeValue::InternalDate(text) => internal_date = date(text),
            AttributeValue::Rfc822Size(value) => size = *value,
            AttributeValue::ModSeq(value) => mod_seq = Some(ModSeq(*value)),
            AttributeValue::BodySection {
                section: Some(SectionPath::Full(MessageSection::Header)),
                index: None | Some(0),
                data: Some(data),
            } => bytes = Some(data.to_vec()),
            _ => {}
        }
    }
    let bytes = bytes?;
    Some(Headers {
        uid: uid?,
        flags: found_flags,
        internal_date,
        size,
        mod_seq,
        truncated: bytes.len() >= MAX_HEADER as usize,
        bytes,
    })
}

/// `date-time` of RFC 3501, such as ` 7-Jul-1996 02:44:25 -0700`.
fn date(text: &str) -> Option<Timestamp> {
    strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim_start()).ok()?.to_timestamp().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_read_as_rfc_3501_says() {
        // RFC 3501 section 7.4.2, and the same with a one-digit day. Seconds by `date -d … +%s`.
        assert_eq!(date("17-Jul-1996 02:44:25 -0700").map(Timestamp::as_second), Some(837_596_665));
        assert_eq!(date(" 7-Jul-1996 02:44:25 -0700").map(Timestamp::as_second), Some(836_732_665));
        assert_eq!(date("17-Jul-1996"), None);
    }
}
