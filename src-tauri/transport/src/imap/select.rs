//! Owns opening a folder and what the server tells of it. Must not fetch a message.

use async_imap::imap_proto::{MailboxDatum, Response, ResponseCode, Status};

use super::session::{Budget, Session};
use super::{Capabilities, FolderName, ImapError, ModSeq, Uid, UidValidity};

/// A folder as it was when it was selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The generation of its UIDs.
    pub uid_validity: UidValidity,
    /// The lowest UID that a new message can have; servers may keep it back.
    pub uid_next: Option<Uid>,
    /// How many messages it holds.
    pub exists: u32,
    /// The highest modification sequence, if the server keeps them for this folder.
    pub highest_mod_seq: Option<ModSeq>,
    /// Whether it was opened only for reading.
    pub read_only: bool,
}

/// How to open a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Write,
    Read,
}

pub(super) async fn select(
    session: &mut Session,
    capabilities: &Capabilities,
    folder: &FolderName,
    access: Access,
) -> Result<Selected, ImapError> {
    let command = match access {
        Access::Write => "SELECT",
        Access::Read => "EXAMINE",
    };
    let condstore = if capabilities.condstore() { " (CONDSTORE)" } else { "" };
    let line = format!("{command} {}{condstore}", folder.quoted());
    let (mut exists, mut validity, mut uid_next, mut mod_seq) = (None, None, None, None);
    session.exists = 0;
    let done = session
        .run(command, &line, Budget::SMALL, |response| {
            match response {
                Response::MailboxData(MailboxDatum::Exists(count)) => exists = Some(*count),
                Response::Data { status: Status::Ok, outcome } => match &outcome.code {
                    Some(ResponseCode::UidValidity(value)) => validity = Some(*value),
                    Some(ResponseCode::UidNext(value)) => uid_next = Uid::new(*value),
                    Some(ResponseCode::HighestModSeq(value)) => mod_seq = Some(*value),
                    _ => {}
                },
                _ => {}
            }
            Ok(())
        })
        .await?;
    // The counts just read are the state to compare with: they are no change.
    session.changed = false;
    Ok(Selected {
        // Without UIDVALIDITY no UID means anything (RFC 3501 section 2.3.1.1).
        uid_validity: UidValidity(validity.ok_or(ImapError::Protocol)?),
        uid_next,
        exists: exists.ok_or(ImapError::Protocol)?,
        highest_mod_seq: mod_seq.or(done.highest_mod_seq).map(ModSeq),
        read_only: done.read_only || access == Access::Read,
    })
}
