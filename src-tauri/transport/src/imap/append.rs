//! Owns putting a message into a folder. Must not change a byte of it.

use async_imap::imap_proto::rfc4315::UidSetMember;

use super::session::{Budget, Session};
use super::{Flag, FolderName, ImapError, Uid, UidValidity};

/// The largest message that is appended, in bytes.
const MAX_APPEND: usize = 128 * 1024 * 1024;
/// How much is written at once, each with a deadline of its own.
const CHUNK: usize = 256 * 1024;

/// Where an appended message is, by UIDPLUS (RFC 4315).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendedUid {
    /// The generation of the folder's UIDs.
    pub uid_validity: UidValidity,
    /// The message's UID.
    pub uid: Uid,
}

/// The UID, if the set holds exactly one.
pub(super) fn only_uid(uids: &[UidSetMember]) -> Option<u32> {
    match uids {
        [UidSetMember::Uid(uid)] => Some(*uid),
        [UidSetMember::UidRange(range)] if range.start() == range.end() => Some(*range.start()),
        _ => None,
    }
}

/// RFC 3501 section 6.3.11. async-imap's own takes whatever comes before the `+` for a failure, though a server may
/// tell of changes at any time.
pub(super) async fn append(
    session: &mut Session,
    folder: &FolderName,
    flags: &[Flag],
    message: &[u8],
) -> Result<Option<AppendedUid>, ImapError> {
    if message.len() > MAX_APPEND {
        return Err(ImapError::TooLarge);
    }
    if session.is_poisoned() {
        return Err(ImapError::Poisoned);
    }
    let flags: Vec<String> = flags.iter().map(Flag::to_string).collect();
    let line = format!("APPEND {} ({}) {{{}}}", folder.quoted(), flags.join(" "), message.len());
    session.start("APPEND", &line, Budget::SMALL).await?;
    if !session.until_go_ahead().await? {
        return Err(ImapError::Protocol);
    }
    for chunk in message.chunks(CHUNK) {
        session.write(chunk).await?;
    }
    session.write(b"\r\n").await?;
    let done = session.finish(Budget::SMALL, |_| Ok(())).await?;
    Ok(done.appended.and_then(|(validity, uid)| {
        Uid::new(uid).map(|uid| AppendedUid { uid_validity: UidValidity(validity), uid })
    }))
}
