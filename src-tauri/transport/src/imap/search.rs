//! Owns which messages are there: the UIDs of a folder. Must not judge what is missing.

use async_imap::imap_proto::{MailboxDatum, Response};

use super::session::{Budget, Session};
use super::{ImapError, Uid};
use crate::LimitExceeded;
use crate::wire::Limits;

/// How many messages one SEARCH asks for: its answer is one line of at most 11 bytes for each, and a line is bounded.
const WINDOW: u32 = 5000;
/// How often the search begins again because messages were expunged meanwhile.
const MAX_ATTEMPTS: usize = 5;
/// The most messages of a folder.
const MAX_MESSAGES: u32 = 5_000_000;

/// The UIDs of all messages, in order.
pub(super) async fn all(session: &mut Session) -> Result<Vec<Uid>, ImapError> {
    for _ in 0..MAX_ATTEMPTS {
        if let Some(mut uids) = attempt(session).await? {
            uids.sort_unstable();
            uids.dedup();
            return Ok(uids);
        }
    }
    Err(ImapError::Unstable)
}

/// The UIDs from `first` on, in order.
pub(super) async fn from(session: &mut Session, first: Uid) -> Result<Vec<Uid>, ImapError> {
    let mut uids = Vec::new();
    // One line again, but of new messages only: 95 000 of them fit.
    let limits = Limits { line: 1024 * 1024, answer: 2 * 1024 * 1024, ..Limits::IMAP };
    let line = format!("UID SEARCH UID {}:*", first.get());
    let budget = Budget { limits, expected: 0 };
    session
        .run("SEARCH", &line, budget, |response| {
            collect(&mut uids, response);
            Ok(())
        })
        .await?;
    // `n:*` names the last message even where its UID is below n (RFC 3501 section 6.4.8).
    uids.retain(|uid| *uid >= first);
    uids.sort_unstable();
    uids.dedup();
    Ok(uids)
}

/// One pass by sequence numbers, which lie dense; `None` if an expunge moved them, so that some may have been missed.
async fn attempt(session: &mut Session) -> Result<Option<Vec<Uid>>, ImapError> {
    let before = session.expunges;
    let mut uids: Vec<Uid> = Vec::new();
    let mut first: u32 = 1;
    while first <= session.exists {
        if session.exists > MAX_MESSAGES {
            return Err(ImapError::Limit(LimitExceeded::Answer));
        }
        let last = first.saturating_add(WINDOW.saturating_sub(1)).min(session.exists);
        let line = format!("UID SEARCH {first}:{last}");
        let run = session
            .run("SEARCH", &line, Budget::SMALL, |response| {
                collect(&mut uids, response);
                Ok(())
            })
            .await;
        if session.expunges != before {
            return Ok(None);
        }
        run?;
        first = last.saturating_add(1);
    }
    Ok(Some(uids))
}

fn collect(uids: &mut Vec<Uid>, response: &Response<'_>) {
    if let Response::MailboxData(MailboxDatum::Search(found)) = response {
        uids.extend(found.iter().copied().filter_map(Uid::new));
    }
}
