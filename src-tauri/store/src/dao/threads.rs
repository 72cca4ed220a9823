//! Threads: messages belong together when they name a Message-ID in common, their own or one that they refer to
//! (RFC 5322, 3.6.4). Subjects don't count: "Lab results" of two patients must never become one conversation.
//!
//! Whatever order messages arrive in, two with a reference in common end in one thread, because a new message looks up
//! each of its references and joins what it finds. One look-up per reference is enough, since all holders of a reference
//! are in the same thread already; and when two threads turn out to be one, the smaller moves to the larger. A mailbox
//! of n messages thus costs O(n log n) at worst, a thread of 20 000 messages included.

use rusqlite::params;

use super::messages::{MessageRow, NewMessage, message_row, row_columns};
use super::{ReadDao, WriteDao};
use crate::{Error, ThreadId};

/// References kept of one message: the first, which names the thread, and the last, which are its nearest ancestors.
const MAX_REFERENCES: usize = 32;

/// Longest Message-ID that is believed, in bytes: RFC 5322's line limit.
const MAX_ID_LEN: usize = 998;

/// Messages of a thread that are returned at once.
const MAX_THREAD_ROWS: usize = 1_000;

/// Returns an id without blanks, or nothing if it can't be one.
pub(super) fn trimmed(id: &str) -> &str {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>').trim();
    if id.len() > MAX_ID_LEN { "" } else { id }
}

/// Returns the ids that a message stands for in a thread: what it refers to, oldest first, then its own.
pub(super) fn references(new: &NewMessage) -> Vec<&str> {
    let named = new
        .references
        .iter()
        .map(String::as_str)
        .chain([new.in_reply_to.as_str(), new.message_id.as_str()]);
    let mut references: Vec<&str> =
        Vec::with_capacity(MAX_REFERENCES.min(new.references.len() + 2));
    let mut seen = std::collections::HashSet::new();
    for id in named.map(trimmed) {
        if !id.is_empty() && seen.insert(id) {
            references.push(id);
        }
    }
    if references.len() > MAX_REFERENCES {
        references.drain(1..=references.len() - MAX_REFERENCES);
    }
    references
}

impl ReadDao<'_> {
    /// Returns the messages of a thread in every folder, the oldest first; the newest thousand of a longer one.
    pub fn thread(&self, id: ThreadId) -> Result<Vec<MessageRow>, Error> {
        let sql = concat!(
            "SELECT ",
            row_columns!(),
            " FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.thread_id = ?1",
            " AND NOT EXISTS (SELECT 1 FROM deletions d WHERE d.message_id = m.id)",
            " ORDER BY m.date_ms DESC, m.id DESC LIMIT ?2"
        );
        let mut rows = self.rows(sql, params![id, MAX_THREAD_ROWS], message_row)?;
        rows.reverse();
        Ok(rows)
    }
}

impl WriteDao<'_> {
    /// Returns the thread for a message with these references, making one or joining several where needed.
    pub(super) fn thread_of(&mut self, references: &[&str]) -> Result<ThreadId, Error> {
        let mut joined: Option<(ThreadId, u64)> = None;
        for reference in references {
            let Some(found) = self.thread_with(reference)? else { continue };
            joined = match joined {
                None => Some(found),
                Some(known) if known.0 == found.0 => Some(known),
                Some(known) => Some(self.join_threads(known, found)?),
            };
        }
        match joined {
            Some((thread, _)) => Ok(thread),
            None => self.insert("INSERT INTO threads DEFAULT VALUES", []).map(ThreadId::new),
        }
    }

    /// Returns the thread in which a Message-ID is known, and its size.
    fn thread_with(&self, reference: &str) -> Result<Option<(ThreadId, u64)>, Error> {
        let sql =
            "SELECT t.id, t.size FROM message_references r JOIN messages m ON m.id = r.message_id
                       JOIN threads t ON t.id = m.thread_id WHERE r.reference = ?1 LIMIT 1";
        self.maybe(sql, [reference], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Moves the smaller thread's messages to the larger one.
    fn join_threads(
        &mut self,
        a: (ThreadId, u64),
        b: (ThreadId, u64),
    ) -> Result<(ThreadId, u64), Error> {
        let (large, small) = if a.1 >= b.1 { (a, b) } else { (b, a) };
        self.execute(
            "UPDATE messages SET thread_id = ?1 WHERE thread_id = ?2",
            params![large.0, small.0],
        )?;
        Ok((large.0, large.1 + small.1))
    }
}
