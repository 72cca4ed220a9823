//! The words of each message in the full-text index, and the text they came from.
//!
//! The index keeps words only. To take a message's words out again it must be given the very text they came from, so that
//! text stands beside it, packed; excerpts are cut from it too.

use rusqlite::params;

use super::messages::MessageRow;
use super::{ReadDao, WriteDao};
use crate::pack::{pack, unpack};
use crate::{Address, Error, MessageId};

/// Longest body text that is searched, in bytes: a novel. What is behind it can be read but not found.
const MAX_INDEXED_LEN: usize = 1024 * 1024;

/// Set while the index may still have words of messages that were removed.
const UNSETTLED: &str = "store.index_unsettled";

/// Up to so many messages are taken out of the index word by word.
const FEW: usize = 32;

/// What a search finds a message by; the fields are the columns of the index.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct SearchText {
    pub(super) subject: String,
    pub(super) sender: String,
    pub(super) recipients: String,
    pub(super) body: String,
    pub(super) attachments: String,
}

impl SearchText {
    fn fields(&self) -> [&str; 5] {
        [&self.subject, &self.sender, &self.recipients, &self.body, &self.attachments]
    }

    /// Each field behind its length in four bytes, little endian.
    fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        for field in self.fields() {
            let length = u32::try_from(field.len()).map_err(|_| Error::TooLarge)?;
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(field.as_bytes());
        }
        Ok(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut field = || {
            let (length, behind) = rest.split_first_chunk::<4>()?;
            let (text, behind) =
                behind.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
            rest = behind;
            String::from_utf8(text.to_vec()).ok()
        };
        Some(Self {
            subject: field()?,
            sender: field()?,
            recipients: field()?,
            body: field()?,
            attachments: field()?,
        })
    }
}

impl SearchText {
    /// What a message is found by, head and text.
    pub(super) fn of(row: MessageRow, body: &str, attachment_names: &[String]) -> Self {
        Self {
            subject: row.subject,
            sender: sender(&row.from),
            recipients: row.recipients,
            body: body.to_owned(),
            attachments: attachment_names.join("\n"),
        }
    }
}

/// How a sender is indexed: by name and by address.
fn sender(from: &Address) -> String {
    format!("{} {}", from.name, from.address)
}

/// Cuts text to a length in bytes, between two characters.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or_default()
}

impl ReadDao<'_> {
    /// Returns the text of a message as it was indexed, empty for one that has none.
    pub fn search_text(&self, id: MessageId) -> Result<String, Error> {
        Ok(self.indexed(id)?.map(|text| text.body).unwrap_or_default())
    }

    /// Returns what the index was given for a message.
    pub(super) fn indexed(&self, id: MessageId) -> Result<Option<SearchText>, Error> {
        let sql = "SELECT packed FROM search_texts WHERE message_id = ?1";
        let packed: Option<Vec<u8>> = self.maybe(sql, [id], |row| row.get(0))?;
        packed
            .map(|packed| SearchText::from_bytes(&unpack(&packed)?).ok_or(Error::Damaged))
            .transpose()
    }
}

/// How much of a message the index has been given; the column `index_state`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Indexed {
    Head = 1,
    Whole = 2,
}

impl WriteDao<'_> {
    /// Lets a search find the heads of messages whose bodies are not here, the newest first; returns how many it were.
    ///
    /// Heads are not indexed as they come in, because the body mostly follows within seconds, and words that were
    /// indexed are costly to take out again. Call it when bodies are done, until it returns 0. What is found too large,
    /// or failed, is indexed by itself.
    pub fn index_heads(&mut self, limit: u32) -> Result<u64, Error> {
        let sql = "SELECT id FROM messages WHERE index_state = 0 ORDER BY id DESC LIMIT ?1";
        let mut ids: Vec<MessageId> = self.rows(sql, [limit], |row| row.get(0))?;
        // The index is fastest with ascending rows.
        ids.reverse();
        for &id in &ids {
            self.index_head(id)?;
        }
        Ok(ids.len() as u64)
    }

    /// Gives the index a message's head, unless it has more already.
    pub(super) fn index_head(&mut self, id: MessageId) -> Result<(), Error> {
        if self.indexed(id)?.is_some() {
            return Ok(());
        }
        let row = self.message_row(id)?;
        self.index(id, SearchText::of(row, "", &[]), Indexed::Head)
    }

    /// Gives the index a message's text, in place of what it had.
    pub(super) fn index(
        &mut self,
        id: MessageId,
        text: SearchText,
        state: Indexed,
    ) -> Result<(), Error> {
        let text = SearchText { body: cut(&text.body, MAX_INDEXED_LEN).to_owned(), ..text };
        self.execute_one(
            "UPDATE messages SET index_state = ?2 WHERE id = ?1",
            params![id, state as i64],
        )?;
        if self.indexed(id)?.is_some_and(|known| known == text) {
            return Ok(());
        }
        self.unindex(id)?;
        let sql = "INSERT INTO search_index (rowid, subject, sender, recipients, body, attachments)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let [subject, sender, recipients, body, attachments] = text.fields();
        self.execute(sql, params![id, subject, sender, recipients, body, attachments])?;
        let sql = "INSERT INTO search_texts (message_id, packed) VALUES (?1, ?2)";
        self.execute(sql, params![id, pack(&text.to_bytes()?)?]).map(drop)
    }

    /// Takes the words of messages out of the index.
    ///
    /// FTS5's secure-delete takes each word out of its page at once, at tens of milliseconds a message. Many messages are
    /// taken out the ordinary way, which leaves their words beside a note that they are gone, and then the index is
    /// written anew without both, at seconds per hundred thousand messages.
    pub(super) fn unindex_all(&mut self, ids: &[MessageId]) -> Result<(), Error> {
        let many = ids.len() > FEW;
        if many {
            self.configure_index("secure-delete", 0)?;
        }
        for &id in ids {
            self.unindex(id)?;
        }
        if many {
            self.execute("INSERT INTO search_index (search_index) VALUES ('optimize')", [])?;
            self.configure_index("secure-delete", 1)?;
        }
        Ok(())
    }

    /// Takes the words of messages out of the index the ordinary way, which leaves them beside a note that they are gone;
    /// [`WriteDao::settle_index`] must follow.
    pub(super) fn unindex_for_later(&mut self, ids: &[MessageId]) -> Result<(), Error> {
        self.configure_index("secure-delete", 0)?;
        ids.iter().try_for_each(|id| self.unindex(*id))?;
        self.set_setting(UNSETTLED, "true")
    }

    /// Writes a part of the index anew, without the words of what was removed; true once nothing of them is left. Each call
    /// takes a time that depends on `pages` and not on the mailbox, so that others can write in between.
    pub fn settle_index(&mut self, pages: u32) -> Result<bool, Error> {
        if self.setting(UNSETTLED)?.is_none() {
            return Ok(true);
        }
        let before: i64 = self.one("SELECT total_changes()", [], |row| row.get(0))?;
        // Negative: merge everything into one, step by step.
        self.configure_index("merge", -i64::from(pages.max(1)))?;
        let after: i64 = self.one("SELECT total_changes()", [], |row| row.get(0))?;
        // The statement itself counts as one change.
        if after - before >= 2 {
            return Ok(false);
        }
        self.configure_index("secure-delete", 1)?;
        self.remove_setting(UNSETTLED)?;
        Ok(true)
    }

    fn configure_index(&mut self, option: &str, value: i64) -> Result<(), Error> {
        let sql = "INSERT INTO search_index (search_index, rank) VALUES (?1, ?2)";
        self.execute(sql, params![option, value]).map(drop)
    }

    fn unindex(&mut self, id: MessageId) -> Result<(), Error> {
        let Some(text) = self.indexed(id)? else { return Ok(()) };
        let sql = "INSERT INTO search_index (search_index, rowid, subject, sender, recipients, body, attachments)
                   VALUES ('delete', ?1, ?2, ?3, ?4, ?5, ?6)";
        let [subject, sender, recipients, body, attachments] = text.fields();
        self.execute(sql, params![id, subject, sender, recipients, body, attachments])?;
        self.execute("DELETE FROM search_texts WHERE message_id = ?1", [id]).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_come_back_as_they_were(subject: String, sender: String, recipients: String, body: String, attachments: String) {
            let text = SearchText { subject, sender, recipients, body, attachments };
            prop_assert!(SearchText::from_bytes(&text.to_bytes().unwrap()) == Some(text));
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes: Vec<u8>) {
            drop(SearchText::from_bytes(&bytes));
        }

        #[test]
        fn cutting_keeps_characters_whole(text: String, limit in 0_usize..64) {
            let short = cut(&text, limit);
            prop_assert!(short.len() <= limit && text.starts_with(short));
        }
    }
}
