//! Owns reading and changing flags. Must not resolve conflicts.

use async_imap::imap_proto::{AttributeValue, Response};

use super::session::{Budget, Session};
use super::{Flag, ImapError, ModSeq, Uid, UidSet};
use crate::wire::Limits;

/// The most flags that are kept of a message.
pub(super) const MAX_FLAGS: usize = 64;
/// What one message's flags take on the wire, generously.
const BYTES_PER_MESSAGE: u64 = 512;
/// The longest UID set in one command, in bytes.
const MAX_SET: usize = 4096;

/// A message's flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagState {
    /// Which message.
    pub uid: Uid,
    /// Its flags, in order, without `\Recent`.
    pub flags: Vec<Flag>,
    /// When it last changed, if the server keeps that.
    pub mod_seq: Option<ModSeq>,
}

/// How flags are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagChange {
    /// Sets them, and leaves the others.
    Add,
    /// Clears them, and leaves the others.
    Remove,
}

/// Sorted, known flags out of a FETCH response.
pub(super) fn parse(flags: &[std::borrow::Cow<'_, str>]) -> Vec<Flag> {
    let mut known: Vec<Flag> =
        flags.iter().filter_map(|flag| Flag::parse(flag)).take(MAX_FLAGS).collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// The flags of all messages, or of those changed after `since`.
pub(super) async fn fetch(
    session: &mut Session,
    since: Option<ModSeq>,
) -> Result<Vec<FlagState>, ImapError> {
    let line = match since {
        Some(ModSeq(value)) => format!("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {value})"),
        None => "UID FETCH 1:* (FLAGS)".to_owned(),
    };
    let answer = u64::from(session.exists).saturating_mul(BYTES_PER_MESSAGE);
    let budget = Budget {
        limits: Limits { answer: answer.saturating_add(Limits::IMAP.answer), ..Limits::IMAP },
        expected: answer,
    };
    let mut states = Vec::new();
    session
        .run("FETCH", &line, budget, |response| {
            if let Response::Fetch(_, attributes) = response {
                states.extend(state(attributes));
            }
            Ok(())
        })
        .await?;
    Ok(states)
}

fn state(attributes: &[AttributeValue<'_>]) -> Option<FlagState> {
    let (mut uid, mut flags, mut mod_seq) = (None, None, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(value) => uid = Uid::new(*value),
            AttributeValue::Flags(list) => flags = Some(parse(list)),
            AttributeValue::ModSeq(value) => mod_seq = Some(ModSeq(*value)),
            _ => {}
        }
    }
    Some(FlagState { uid: uid?, flags: flags?, mod_seq })
}

/// Deletes these messages of the selected folder and no other (RFC 4315, 2.1): never the plain command, which takes along
/// what anybody else marked.
pub(super) async fn expunge(session: &mut Session, uids: &UidSet) -> Result<(), ImapError> {
    store(session, uids, FlagChange::Add, &[Flag::Deleted]).await?;
    for piece in uids.pieces(MAX_SET) {
        let line = format!("UID EXPUNGE {piece}");
        session.run("EXPUNGE", &line, Budget::SMALL, |_| Ok(())).await?;
    }
    Ok(())
}

/// Changes the flags of the messages that are still there.
pub(super) async fn store(
    session: &mut Session,
    uids: &UidSet,
    change: FlagChange,
    flags: &[Flag],
) -> Result<(), ImapError> {
    let sign = match change {
        FlagChange::Add => '+',
        FlagChange::Remove => '-',
    };
    let flags: Vec<String> = flags.iter().map(Flag::to_string).collect();
    for piece in uids.pieces(MAX_SET) {
        let line = format!("UID STORE {piece} {sign}FLAGS.SILENT ({})", flags.join(" "));
        session.run("STORE", &line, Budget::SMALL, |_| Ok(())).await?;
    }
    Ok(())
}
