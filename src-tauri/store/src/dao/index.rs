//! The words of each message in the full-text index, and the text they came from.
//!
//! The index keeps words only. To take a message's words out again it must be given the very text they came from, so that
//! text stands beside it, packed; excerpts are cut from it too.

use rusqlite::params;

use super::{ReadDao, WriteDao};
use crate::pack::{pack, unpack};
use crate::{Address, Error, MessageId};

/// Longest body text that is searched, in bytes: a novel. What is behind it can be read but not found.
const MAX_INDEXED_LEN: usize = 1024 * 1024;

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

/// How a sender is indexed: by name and by address.
pub(super) fn sender(from: &Address) -> String {
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

impl WriteDao<'_> {
    /// Gives the index a message's text, in place of what it had.
    pub(super) fn index(&mut self, id: MessageId, text: &SearchText) -> Result<(), Error> {
        let text = SearchText { body: cut(&text.body, MAX_INDEXED_LEN).to_owned(), ..text.clone() };
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

    /// Takes a message's words out of the index.
    pub(super) fn unindex(&mut self, id: MessageId) -> Result<(), Error> {
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
