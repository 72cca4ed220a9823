//! Drafts and their attachments. A draft that was submitted is hidden, not gone, until its message is sent.

use rusqlite::{Row, params};

use super::messages::Address;
use super::{ReadDao, WriteDao, from_json, require_json, to_json};
use crate::pack::{pack, unpack};
use crate::redact::log_safe_debug;
use crate::{AccountId, AttachmentId, DraftId, DraftKind, Error, MessageId, OutboxId, PublicId};

/// What the owner has written so far.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftContent {
    /// The account to send with, once chosen.
    pub account: Option<AccountId>,
    /// Why it was begun.
    pub kind: DraftKind,
    /// What it answers or forwards.
    pub source: Option<MessageId>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// The reason given for overriding a stop: a code from the pick-list, or empty.
    pub override_reason: String,
    /// What was written beside it; never leaves the mailbox.
    pub override_note: String,
    /// JSON of the engine, `{}` for none.
    pub options: String,
}

log_safe_debug!(DraftContent { account, kind, source, override_reason });

impl DraftContent {
    /// Returns an empty draft.
    pub fn new(kind: DraftKind) -> Self {
        Self {
            account: None,
            kind,
            source: None,
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            body: String::new(),
            override_reason: String::new(),
            override_note: String::new(),
            options: "{}".to_owned(),
        }
    }
}

/// A draft as it was last saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its identity.
    pub id: DraftId,
    /// Its name in the audit log.
    pub public_id: PublicId,
    /// Grows with every save.
    pub revision: u64,
    /// When it was last saved.
    pub updated_ms: i64,
    /// What it says.
    pub content: DraftContent,
}

/// An attachment to add.
#[derive(Clone, Copy)]
pub struct NewAttachment<'a> {
    /// File name.
    pub name: &'a str,
    /// Media type.
    pub mime_type: &'a str,
    /// Content.
    pub bytes: &'a [u8],
}

impl std::fmt::Debug for NewAttachment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAttachment").field("size", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// An attachment of a draft, without its content.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftAttachment {
    /// Its identity.
    pub id: AttachmentId,
    /// File name.
    pub name: String,
    /// Media type.
    pub mime_type: String,
    /// In bytes.
    pub size: u64,
}

log_safe_debug!(DraftAttachment { id, size });

const COLUMNS: &str = "id, public_id, revision, updated_ms, account_id, kind, source_message_id, recipients_to, \
                       recipients_cc, recipients_bcc, subject, body, override_reason, override_note, options";

/// A row with its recipients still as JSON.
fn draft(row: &Row<'_>) -> rusqlite::Result<(Draft, [String; 3])> {
    let recipients = [row.get(7)?, row.get(8)?, row.get(9)?];
    let content = DraftContent {
        account: row.get(4)?,
        source: row.get(6)?,
        subject: row.get(10)?,
        body: row.get(11)?,
        override_reason: row.get(12)?,
        override_note: row.get(13)?,
        options: row.get(14)?,
        ..DraftContent::new(row.get(5)?)
    };
    let draft = Draft {
        id: row.get(0)?,
        public_id: row.get(1)?,
        revision: row.get(2)?,
        updated_ms: row.get(3)?,
        content,
    };
    Ok((draft, recipients))
}

fn with_recipients((mut draft, [to, cc, bcc]): (Draft, [String; 3])) -> Result<Draft, Error> {
    draft.content.to = from_json(&to)?;
    draft.content.cc = from_json(&cc)?;
    draft.content.bcc = from_json(&bcc)?;
    Ok(draft)
}

impl ReadDao<'_> {
    /// Returns every draft that isn't submitted, the last saved first.
    pub fn drafts(&self) -> Result<Vec<Draft>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM drafts WHERE outbox_id IS NULL ORDER BY updated_ms DESC, id DESC"
        );
        self.rows(&sql, [], draft)?.into_iter().map(with_recipients).collect()
    }

    /// Returns a draft, submitted or not.
    pub fn draft(&self, id: DraftId) -> Result<Draft, Error> {
        with_recipients(self.one(
            &format!("SELECT {COLUMNS} FROM drafts WHERE id = ?1"),
            [id],
            draft,
        )?)
    }

    /// Returns whether a draft can be changed: what is submitted stays as it is.
    pub fn draft_is_open(&self, id: DraftId) -> Result<bool, Error> {
        self.one("SELECT outbox_id IS NULL FROM drafts WHERE id = ?1", [id], |row| row.get(0))
    }

    /// Returns the random name of the draft that a submission was made of, if it is still here.
    pub fn draft_of_submission(&self, id: OutboxId) -> Result<Option<PublicId>, Error> {
        self.maybe("SELECT public_id FROM drafts WHERE outbox_id = ?1", [id], |row| row.get(0))
    }

    /// Returns a draft's attachments in the order in which they were added.
    pub fn attachments(&self, draft: DraftId) -> Result<Vec<DraftAttachment>, Error> {
        let sql = "SELECT id, name, mime_type, size FROM draft_attachments WHERE draft_id = ?1 ORDER BY id";
        self.rows(sql, [draft], |row| {
            Ok(DraftAttachment {
                id: row.get(0)?,
                name: row.get(1)?,
                mime_type: row.get(2)?,
                size: row.get(3)?,
            })
        })
    }

    /// Returns an attachment's content.
    pub fn attachment_bytes(&self, id: AttachmentId) -> Result<Vec<u8>, Error> {
        let packed: Vec<u8> =
            self.one("SELECT packed FROM draft_attachments WHERE id = ?1", [id], |row| row.get(0))?;
        unpack(&packed)
    }
}

impl WriteDao<'_> {
    /// Saves a draft: a new one for `None`, otherwise in place of what it said before.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is submitted, [`Error::NotFound`] if it is gone.
    pub fn save_draft(
        &mut self,
        id: Option<DraftId>,
        content: &DraftContent,
        now_ms: i64,
    ) -> Result<DraftId, Error> {
        require_json(&content.options)?;
        let values = params![
            id,
            content.account,
            content.kind,
            content.source,
            to_json(&content.to)?,
            to_json(&content.cc)?,
            to_json(&content.bcc)?,
            content.subject,
            content.body,
            content.override_reason,
            content.override_note,
            content.options,
            now_ms,
        ];
        let Some(id) = id else {
            let sql = "INSERT INTO drafts (id, account_id, kind, source_message_id, recipients_to, recipients_cc,
                           recipients_bcc, subject, body, override_reason, override_note, options, updated_ms)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
            return self.insert(sql, values).map(DraftId::new);
        };
        let sql = "UPDATE drafts SET account_id = ?2, kind = ?3, source_message_id = ?4, recipients_to = ?5,
                       recipients_cc = ?6, recipients_bcc = ?7, subject = ?8, body = ?9, override_reason = ?10,
                       override_note = ?11, options = ?12, updated_ms = ?13, revision = revision + 1
                   WHERE id = ?1 AND outbox_id IS NULL";
        if self.execute(sql, values)? == 0 {
            self.draft(id)?;
            return Err(Error::Conflict);
        }
        Ok(id)
    }

    /// Deletes a draft and its attachments.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is submitted, [`Error::NotFound`] if it is gone.
    pub fn delete_draft(&mut self, id: DraftId) -> Result<(), Error> {
        self.require_open(id)?;
        self.execute_one("DELETE FROM drafts WHERE id = ?1", [id])
    }

    /// Adds an attachment to a draft, which makes a new revision of it.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above [`crate::MAX_BLOB_LEN`], [`Error::Conflict`] if the draft is submitted,
    /// [`Error::NotFound`] if there is no such draft.
    pub fn add_attachment(
        &mut self,
        draft: DraftId,
        new: &NewAttachment<'_>,
    ) -> Result<AttachmentId, Error> {
        self.revise(draft)?;
        let sql = "INSERT INTO draft_attachments (draft_id, name, mime_type, size, packed)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let NewAttachment { name, mime_type, bytes } = new;
        self.insert(sql, params![draft, name, mime_type, bytes.len(), pack(bytes)?])
            .map(AttachmentId::new)
    }

    /// Removes an attachment from its draft, which makes a new revision of it.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the draft is submitted, [`Error::NotFound`] if the draft has no such attachment.
    pub fn remove_attachment(&mut self, draft: DraftId, id: AttachmentId) -> Result<(), Error> {
        self.revise(draft)?;
        let sql = "DELETE FROM draft_attachments WHERE id = ?2 AND draft_id = ?1";
        self.execute_one(sql, params![draft, id])
    }

    /// Counts a change of a draft's attachments.
    fn revise(&mut self, id: DraftId) -> Result<(), Error> {
        self.require_open(id)?;
        self.execute_one("UPDATE drafts SET revision = revision + 1 WHERE id = ?1", [id])
    }

    fn require_open(&self, id: DraftId) -> Result<(), Error> {
        if self.draft_is_open(id)? { Ok(()) } else { Err(Error::Conflict) }
    }
}
