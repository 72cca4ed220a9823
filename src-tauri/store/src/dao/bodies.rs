//! Bodies: the bytes as received, and what was read out of them.

use rusqlite::params;

use super::index::{Indexed, SearchText, cut};
use super::messages::PhiMark;
use super::{ReadDao, WriteDao};
use crate::pack::{pack, unpack};
use crate::redact::log_safe_debug;
use crate::{BodyState, Error, FolderId, MessageId, Security};

/// Longest snippet, in bytes.
const MAX_SNIPPET_LEN: usize = 512;

/// What parsing, decrypting and verifying a message gave.
#[derive(Clone, Default)]
pub struct Derived {
    /// The protected subject, if the message has one; otherwise the outer subject stays.
    pub subject: Option<String>,
    /// First words of the text.
    pub snippet: String,
    /// The text, for the search.
    pub text: String,
    /// File names of the attachments, for the search.
    pub attachment_names: Vec<String>,
    /// Whether there are attachments.
    pub has_attachments: bool,
    /// How the message is protected.
    pub security: Security,
    /// What the PHI detector said.
    pub phi: PhiMark,
}

log_safe_debug!(Derived { has_attachments, security, phi });

/// A fetched message.
#[derive(Clone, Copy)]
pub struct Body<'a> {
    /// The bytes as received.
    pub raw: &'a [u8],
    /// What they gave.
    pub derived: &'a Derived,
}

impl std::fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("raw_len", &self.raw.len()).finish_non_exhaustive()
    }
}

/// A message whose body is still to be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingBody {
    /// Its identity.
    pub id: MessageId,
    /// The server's UID.
    pub uid: u32,
    /// RFC822.SIZE, in bytes.
    pub size: u64,
}

impl ReadDao<'_> {
    /// Returns a message's bytes as received.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the body isn't here.
    pub fn raw(&self, id: MessageId) -> Result<Vec<u8>, Error> {
        let packed: Vec<u8> =
            self.one("SELECT packed FROM bodies WHERE message_id = ?1", [id], |row| row.get(0))?;
        unpack(&packed)
    }

    /// Returns whether a message's body is here.
    pub fn has_body(&self, id: MessageId) -> Result<bool, Error> {
        self.one("SELECT EXISTS (SELECT 1 FROM bodies WHERE message_id = ?1)", [id], |row| {
            row.get(0)
        })
    }

    /// Returns messages of a folder whose bodies are still to be fetched, the newest first.
    pub fn missing_bodies(&self, folder: FolderId, limit: u32) -> Result<Vec<MissingBody>, Error> {
        let sql =
            "SELECT id, uid, size FROM messages WHERE folder_id = ?1 AND body_state = 0 AND uid > 0
                   ORDER BY date_ms DESC, id DESC LIMIT ?2";
        self.rows(sql, params![folder, limit], |row| {
            Ok(MissingBody { id: row.get(0)?, uid: row.get(1)?, size: row.get(2)? })
        })
    }

    /// Returns fetched messages that are protected in a way, the newest first; to try them again after a key import.
    pub fn with_security(&self, security: Security, limit: u32) -> Result<Vec<MessageId>, Error> {
        let sql = "SELECT id FROM messages WHERE body_state = ?1 AND security = ?2 ORDER BY id DESC LIMIT ?3";
        self.rows(sql, params![BodyState::Fetched, security, limit], |row| row.get(0))
    }

    /// Returns fetched messages that were not scanned by a version of the PHI rules; to scan them again.
    pub fn with_stale_phi(&self, ruleset: u32, limit: u32) -> Result<Vec<MessageId>, Error> {
        let sql = "SELECT id FROM messages WHERE body_state = 1 AND (phi_ruleset < ?1 OR phi_ruleset > ?1) LIMIT ?2";
        self.rows(sql, params![ruleset, limit], |row| row.get(0))
    }
}

impl WriteDao<'_> {
    /// Stores a fetched message: its bytes, and what they gave, as one.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above [`crate::MAX_BLOB_LEN`].
    pub fn store_body(&mut self, id: MessageId, body: Body<'_>) -> Result<(), Error> {
        let sql = "INSERT INTO bodies (message_id, packed) VALUES (?1, ?2)
                   ON CONFLICT (message_id) DO UPDATE SET packed = excluded.packed";
        self.execute(sql, params![id, pack(body.raw)?])?;
        self.set_body_state(id, BodyState::Fetched)?;
        self.store_derived(id, body.derived)
    }

    /// Stores what a message's bytes gave, for example after a key was imported; the bytes stay as they are.
    pub fn store_derived(&mut self, id: MessageId, derived: &Derived) -> Result<(), Error> {
        let sql = "UPDATE messages SET subject = coalesce(?2, subject), snippet = ?3, has_attachments = ?4,
                       security = ?5, phi_verdict = ?6, phi_ruleset = ?7 WHERE id = ?1";
        let Derived { subject, snippet, has_attachments, security, phi, .. } = derived;
        let snippet = cut(snippet, MAX_SNIPPET_LEN);
        self.execute_one(
            sql,
            params![id, subject, snippet, has_attachments, security, phi.verdict, phi.ruleset],
        )?;
        let text = SearchText::of(self.message_row(id)?, &derived.text, &derived.attachment_names);
        self.index(id, text, Indexed::Whole)
    }

    /// Records how much of a message is here.
    pub fn set_body_state(&mut self, id: MessageId, state: BodyState) -> Result<(), Error> {
        self.execute_one("UPDATE messages SET body_state = ?2 WHERE id = ?1", params![id, state])?;
        match state {
            // No body will follow soon: the head at least is found.
            BodyState::TooLarge | BodyState::Failed => self.index_head(id),
            BodyState::HeaderOnly | BodyState::Fetched => Ok(()),
        }
    }
}
