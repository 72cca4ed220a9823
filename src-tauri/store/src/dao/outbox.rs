//! The outbox: submissions with their delivery groups, and the order in which their states may follow each other.
//!
//! A kill at any point leaves one of these: the entry is queued (nothing was handed over), or a group stands at
//! [`DeliveryState::Sending`] (it may have been handed over: [`WriteDao::recover_interrupted`] calls it uncertain), or the
//! server's answer is stored. The sender keeps to it by committing `Sending` before the data goes out, and the answer
//! right after it came.

use rusqlite::{Row, params};

use super::{ReadDao, WriteDao, from_json, require_json, to_json};
use crate::pack::{pack, unpack};
use crate::redact::log_safe_debug;
use crate::{
    AccountId, DeliveryState, DraftId, Error, GroupId, OutboxId, OutboxState, PublicId,
    SentCopyState,
};

pub use super::sent::SentCopy;

/// Recipients that get the same bytes.
#[derive(Clone)]
pub struct NewGroup {
    /// MAIL FROM.
    pub envelope_from: String,
    /// RCPT TO.
    pub recipients: Vec<String>,
    /// The final bytes.
    pub bytes: Vec<u8>,
}

log_safe_debug!(NewGroup {});

/// A draft as it was at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftRevision {
    /// The draft.
    pub id: DraftId,
    /// Its revision.
    pub revision: u64,
}

/// A message to send.
#[derive(Clone)]
pub struct NewSubmission {
    /// The account to send with.
    pub account: AccountId,
    /// The draft it was made of, as it was then; it is hidden from now on.
    pub draft: Option<DraftRevision>,
    /// JSON of the engine, to show the entry and to build it again.
    pub snapshot: String,
    /// The Message-ID of every group and every try.
    pub message_id: String,
    /// End of the undo window, or the schedule.
    pub not_before_ms: i64,
    /// [`OutboxState::Queued`] or [`OutboxState::Held`].
    pub state: OutboxState,
    /// Code of the reason if it is held, or empty.
    pub reason: String,
    /// Who gets what; empty if it is held before it was built.
    pub groups: Vec<NewGroup>,
}

log_safe_debug!(NewSubmission { account, draft, not_before_ms, state, reason });

/// A submission.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its identity.
    pub id: OutboxId,
    /// Its name in the audit log.
    pub public_id: PublicId,
    /// The account to send with.
    pub account: AccountId,
    /// JSON of the engine.
    pub snapshot: String,
    /// Where it stands.
    pub state: OutboxState,
    /// Code of the reason, or empty.
    pub reason: String,
    /// End of the undo window, or the schedule.
    pub not_before_ms: i64,
    /// How often it was claimed.
    pub attempts: u32,
    /// Not before this either; 0 for none.
    pub next_attempt_ms: i64,
    /// The Message-ID of every group and every try.
    pub message_id: String,
    /// When it was submitted.
    pub created_ms: i64,
}

log_safe_debug!(OutboxEntry {
    id,
    public_id,
    account,
    state,
    reason,
    not_before_ms,
    attempts,
    next_attempt_ms
});

/// Where a submission is to stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionStatus {
    /// The state.
    pub state: OutboxState,
    /// Code of the reason, or empty.
    pub reason: String,
    /// End of the undo window, or the schedule.
    pub not_before_ms: i64,
    /// Not before this either; 0 for none.
    pub next_attempt_ms: i64,
}

/// A delivery group, without its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryGroup {
    /// Its identity.
    pub id: GroupId,
    /// MAIL FROM.
    pub envelope_from: String,
    /// RCPT TO.
    pub recipients: Vec<String>,
    /// Where it stands.
    pub state: DeliveryState,
    /// The server's last answer, or empty.
    pub smtp_reply: String,
    /// When it came to stand there.
    pub updated_ms: i64,
}

log_safe_debug!(DeliveryGroup { id, state, updated_ms });

/// A submission that the sender has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The entry, now [`OutboxState::Sending`].
    pub entry: OutboxEntry,
    /// All its groups; those that wait are to be sent.
    pub groups: Vec<DeliveryGroup>,
}

const COLUMNS: &str = "id, public_id, account_id, snapshot, state, reason, not_before_ms, attempts, next_attempt_ms, \
                       message_id, created_ms";

fn entry(row: &Row<'_>) -> rusqlite::Result<OutboxEntry> {
    Ok(OutboxEntry {
        id: row.get(0)?,
        public_id: row.get(1)?,
        account: row.get(2)?,
        snapshot: row.get(3)?,
        state: row.get(4)?,
        reason: row.get(5)?,
        not_before_ms: row.get(6)?,
        attempts: row.get(7)?,
        next_attempt_ms: row.get(8)?,
        message_id: row.get(9)?,
        created_ms: row.get(10)?,
    })
}

impl ReadDao<'_> {
    /// Returns every submission, the oldest first.
    pub fn outbox(&self) -> Result<Vec<OutboxEntry>, Error> {
        self.rows(&format!("SELECT {COLUMNS} FROM outbox ORDER BY id"), [], entry)
    }

    /// Returns a submission.
    pub fn outbox_entry(&self, id: OutboxId) -> Result<OutboxEntry, Error> {
        self.one(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"), [id], entry)
    }

    /// Returns a submission's delivery groups in their order.
    pub fn delivery_groups(&self, id: OutboxId) -> Result<Vec<DeliveryGroup>, Error> {
        let sql =
            "SELECT id, envelope_from, recipients, state, smtp_reply, updated_ms FROM outbox_groups
                   WHERE outbox_id = ?1 ORDER BY position";
        let groups = self.rows(sql, [id], |row| {
            let recipients: String = row.get(2)?;
            let group = DeliveryGroup {
                id: row.get(0)?,
                envelope_from: row.get(1)?,
                recipients: Vec::new(),
                state: row.get(3)?,
                smtp_reply: row.get(4)?,
                updated_ms: row.get(5)?,
            };
            Ok((group, recipients))
        })?;
        let with_recipients = |(group, json): (_, String)| {
            Ok(DeliveryGroup { recipients: from_json(&json)?, ..group })
        };
        groups.into_iter().map(with_recipients).collect()
    }

    /// Returns a group's final bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`] once the submission is sent.
    pub fn group_bytes(&self, id: GroupId) -> Result<Vec<u8>, Error> {
        let sql = "SELECT packed FROM outbox_groups WHERE id = ?1 AND length(packed) > 0";
        let packed: Vec<u8> = self.one(sql, [id], |row| row.get(0))?;
        unpack(&packed)
    }

    /// Returns when the next queued submission falls due, if any is queued.
    pub fn next_due(&self) -> Result<Option<i64>, Error> {
        let sql = "SELECT min(max(not_before_ms, next_attempt_ms)) FROM outbox WHERE state = ?1";
        self.one(sql, [OutboxState::Queued], |row| row.get(0))
    }
}

impl WriteDao<'_> {
    /// Puts a message into the outbox and hides the draft it was made of.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the draft is submitted already or was changed since, or the state is neither queued nor
    /// held.
    pub fn submit(&mut self, new: &NewSubmission, now_ms: i64) -> Result<OutboxId, Error> {
        require_json(&new.snapshot)?;
        if !matches!(new.state, OutboxState::Queued | OutboxState::Held) {
            return Err(Error::Conflict);
        }
        let sql = "INSERT INTO outbox (account_id, snapshot, state, reason, not_before_ms, message_id, created_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let NewSubmission { account, snapshot, state, reason, not_before_ms, message_id, .. } = new;
        let id = self.insert(
            sql,
            params![account, snapshot, state, reason, not_before_ms, message_id, now_ms],
        )?;
        let id = OutboxId::new(id);
        if let Some(draft) = new.draft {
            self.draft(draft.id)?;
            let sql = "UPDATE drafts SET outbox_id = ?3 WHERE id = ?1 AND revision = ?2 AND outbox_id IS NULL";
            if self.execute(sql, params![draft.id, draft.revision, id])? == 0 {
                return Err(Error::Conflict);
            }
        }
        self.insert_groups(id, &new.groups, now_ms)?;
        Ok(id)
    }

    /// Claims the submission that has been due longest: it now stands at [`OutboxState::Sending`].
    pub fn claim_due_outbox(&mut self, now_ms: i64) -> Result<Option<Claimed>, Error> {
        let sql =
            "SELECT id FROM outbox WHERE state = ?1 AND max(not_before_ms, next_attempt_ms) <= ?2
                   ORDER BY max(not_before_ms, next_attempt_ms), id LIMIT 1";
        let due = self.maybe(sql, params![OutboxState::Queued, now_ms], |row| row.get(0))?;
        let Some(id): Option<OutboxId> = due else { return Ok(None) };
        let sql =
            "UPDATE outbox SET state = ?2, reason = '', attempts = attempts + 1 WHERE id = ?1";
        self.execute_one(sql, params![id, OutboxState::Sending])?;
        Ok(Some(Claimed { entry: self.outbox_entry(id)?, groups: self.delivery_groups(id)? }))
    }

    /// Records where a delivery group stands and what the server said.
    pub fn set_group(
        &mut self,
        id: GroupId,
        state: DeliveryState,
        reply: &str,
        now_ms: i64,
    ) -> Result<(), Error> {
        let sql =
            "UPDATE outbox_groups SET state = ?2, smtp_reply = ?3, updated_ms = ?4 WHERE id = ?1";
        self.execute_one(sql, params![id, state, reply, now_ms])
    }

    /// Records where a submission stands. A sent one's draft is deleted with its attachments, and its bytes go: what is
    /// still needed of them waits as a copy for Sent ([`WriteDao::queue_sent_copy`]).
    pub fn set_submission(&mut self, id: OutboxId, status: &SubmissionStatus) -> Result<(), Error> {
        let SubmissionStatus { state, reason, not_before_ms, next_attempt_ms } = status;
        let sql = "UPDATE outbox SET state = ?2, reason = ?3, not_before_ms = ?4, next_attempt_ms = ?5 WHERE id = ?1";
        self.execute_one(sql, params![id, state, reason, not_before_ms, next_attempt_ms])?;
        if *state == OutboxState::Sent {
            self.execute("DELETE FROM drafts WHERE outbox_id = ?1", [id])?;
            let sql = "UPDATE outbox_groups SET packed = zeroblob(0) WHERE outbox_id = ?1";
            self.execute(sql, [id])?;
        }
        Ok(())
    }

    /// Forgets submissions that were sent before a time and whose copies lie on the server; returns how many.
    pub fn prune_outbox(&mut self, before_ms: i64) -> Result<u64, Error> {
        let sql = "DELETE FROM sent_copies WHERE state = ?1 AND created_ms < ?2";
        self.execute(sql, params![SentCopyState::Done, before_ms])?;
        let sql = "DELETE FROM outbox WHERE state = ?1 AND created_ms < ?2
                       AND NOT EXISTS (SELECT 1 FROM sent_copies c WHERE c.outbox_id = outbox.id AND c.state = ?3)
                       AND NOT EXISTS (SELECT 1 FROM outbox_groups g WHERE g.outbox_id = outbox.id AND g.updated_ms >= ?2)";
        self.execute(sql, params![OutboxState::Sent, before_ms, SentCopyState::Pending])
    }

    /// Replaces the groups of a submission that was built anew.
    ///
    /// # Errors
    /// [`Error::Conflict`] if one of them may have been handed over.
    pub fn replace_groups(
        &mut self,
        id: OutboxId,
        groups: &[NewGroup],
        now_ms: i64,
    ) -> Result<(), Error> {
        self.outbox_entry(id)?;
        if self.delivery_groups(id)?.iter().any(|group| group.state != DeliveryState::Waiting) {
            return Err(Error::Conflict);
        }
        self.execute("DELETE FROM outbox_groups WHERE outbox_id = ?1", [id])?;
        self.insert_groups(id, groups, now_ms)
    }

    /// Takes a submission back and returns the draft it was made of, which is shown again.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is being sent, sent or uncertain, or a group of it was sent.
    pub fn undo_submission(&mut self, id: OutboxId) -> Result<Option<DraftId>, Error> {
        let entry = self.outbox_entry(id)?;
        let handed_over = self.delivery_groups(id)?.iter().any(|group| {
            matches!(
                group.state,
                DeliveryState::Sending | DeliveryState::Sent | DeliveryState::Uncertain
            )
        });
        let undoable =
            matches!(entry.state, OutboxState::Queued | OutboxState::Held | OutboxState::Failed);
        if handed_over || !undoable {
            return Err(Error::Conflict);
        }
        let draft =
            self.maybe("SELECT id FROM drafts WHERE outbox_id = ?1", [id], |row| row.get(0))?;
        self.execute_one("DELETE FROM outbox WHERE id = ?1", [id])?;
        Ok(draft)
    }

    /// Deletes a submission with its groups and the draft behind it.
    ///
    /// # Errors
    /// [`Error::Conflict`] while it is being sent.
    pub fn discard_submission(&mut self, id: OutboxId) -> Result<(), Error> {
        if self.outbox_entry(id)?.state == OutboxState::Sending {
            return Err(Error::Conflict);
        }
        self.execute("DELETE FROM drafts WHERE outbox_id = ?1", [id])?;
        self.execute_one("DELETE FROM outbox WHERE id = ?1", [id])
    }

    /// Sorts out what was being sent when the program ended, and returns the submissions concerned.
    ///
    /// A group whose data was on its way becomes uncertain, and its submission with it; a submission of which no group
    /// was, is queued again. Call it once after opening, before anything is claimed.
    pub fn recover_interrupted(&mut self, now_ms: i64) -> Result<Vec<OutboxId>, Error> {
        let sql = "SELECT id FROM outbox WHERE state = ?1 ORDER BY id";
        let interrupted: Vec<OutboxId> =
            self.rows(sql, [OutboxState::Sending], |row| row.get(0))?;
        for &id in &interrupted {
            let sql = "UPDATE outbox_groups SET state = ?2, updated_ms = ?4 WHERE outbox_id = ?1 AND state = ?3";
            let lost = self.execute(
                sql,
                params![id, DeliveryState::Uncertain, DeliveryState::Sending, now_ms],
            )?;
            // A group may have been marked uncertain before its submission was: it is no less so.
            let uncertain = lost > 0
                || self
                    .delivery_groups(id)?
                    .iter()
                    .any(|group| group.state == DeliveryState::Uncertain);
            let state = if uncertain { OutboxState::Uncertain } else { OutboxState::Queued };
            self.execute_one("UPDATE outbox SET state = ?2 WHERE id = ?1", params![id, state])?;
        }
        Ok(interrupted)
    }

    fn insert_groups(
        &mut self,
        id: OutboxId,
        groups: &[NewGroup],
        now_ms: i64,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO outbox_groups (outbox_id, position, envelope_from, recipients, packed, updated_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        for (position, NewGroup { envelope_from, recipients, bytes }) in groups.iter().enumerate() {
            let recipients = to_json(recipients)?;
            self.execute(
                sql,
                params![id, position, envelope_from, recipients, pack(bytes)?, now_ms],
            )?;
        }
        Ok(())
    }
}
