//! What a list shows: a folder by position, or what a search has found so far.

use std::ops::Range;

use wardmail_api::MessageId;
use wardmail_api::mail::{MessageRow, SearchPage};

use super::rows::Rows;
use super::window::PAGE;

/// Results that a search shows at most: further ones are found by a narrower search.
const MAX_FOUND: usize = 5_000;

/// What a search has found so far, newest first.
#[derive(Clone, Debug, Default)]
pub struct Found {
    rows: Vec<MessageRow>,
    more: bool,
    asked: bool,
    coverage: Option<Coverage>,
}

/// How much of the mailbox the search covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Messages whose text it covers.
    pub indexed: u32,
    /// All messages.
    pub total: u32,
    /// Messages that can't be read.
    pub unreadable: u32,
}

impl Found {
    /// Takes the next page of results in.
    pub fn put(&mut self, page: SearchPage) {
        self.asked = false;
        self.coverage = Some(Coverage {
            indexed: page.indexed,
            total: page.total,
            unreadable: page.unreadable,
        });
        self.rows.extend(page.rows);
        self.more = page.more && self.rows.len() < MAX_FOUND;
        self.rows.truncate(MAX_FOUND);
    }

    /// How much of the mailbox was searched, once known.
    pub fn coverage(&self) -> Option<Coverage> {
        self.coverage
    }
}

/// What a list shows.
#[derive(Clone, Debug)]
pub enum Listing {
    /// A folder.
    Folder(Rows),
    /// Results.
    Search(Found),
}

/// What a list asks the engine for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A page of the folder.
    Page(u32),
    /// Results after this one, or the first ones.
    After(Option<MessageId>),
}

impl Listing {
    /// How many rows there are, once known.
    pub fn total(&self) -> Option<u32> {
        match self {
            Self::Folder(rows) => rows.total(),
            Self::Search(found) => {
                found.coverage.map(|_| u32::try_from(found.rows.len()).unwrap_or(u32::MAX))
            }
        }
    }

    /// The row at a position, if it is here.
    pub fn row(&self, index: u32) -> Option<&MessageRow> {
        match self {
            Self::Folder(rows) => rows.row(index),
            Self::Search(found) => found.rows.get(usize::try_from(index).ok()?),
        }
    }

    /// Where a message stands, if it is here.
    pub fn position(&self, id: MessageId) -> Option<u32> {
        match self {
            Self::Folder(rows) => rows.position(id),
            Self::Search(found) => {
                u32::try_from(found.rows.iter().position(|row| row.id == id)?).ok()
            }
        }
    }

    /// Gives what to ask for so that these rows can be drawn, and counts it as asked for.
    pub fn ask(&mut self, drawn: &Range<u32>) -> Vec<Ask> {
        match self {
            Self::Folder(rows) => rows.ask(drawn).into_iter().map(Ask::Page).collect(),
            Self::Search(found) => {
                let held = u32::try_from(found.rows.len()).unwrap_or(u32::MAX);
                let first = found.coverage.is_none();
                let near_end = found.more && drawn.end.saturating_add(PAGE / 2) >= held;
                if found.asked || !(first || near_end) {
                    return Vec::new();
                }
                found.asked = true;
                vec![Ask::After(found.rows.last().map(|row| row.id))]
            }
        }
    }

    /// What was asked for could not be had.
    pub fn give_up(&mut self, ask: Ask) {
        match (self, ask) {
            (Self::Folder(rows), Ask::Page(page)) => rows.give_up(page),
            (Self::Search(found), Ask::After(_)) => found.asked = false,
            (Self::Folder(_), Ask::After(_)) | (Self::Search(_), Ask::Page(_)) => {}
        }
    }

    /// Changes the row of a message.
    pub fn patch(&mut self, id: MessageId, change: impl Fn(&mut MessageRow)) {
        match self {
            Self::Folder(rows) => rows.patch(id, change),
            Self::Search(found) => {
                found.rows.iter_mut().filter(|row| row.id == id).for_each(change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::row;

    fn page(first: i64, count: i64, more: bool) -> SearchPage {
        SearchPage {
            rows: (first..first + count).map(|id| row(1000 - id)).collect(),
            more,
            indexed: 9,
            total: 10,
            unreadable: 1,
        }
    }

    #[test]
    fn a_search_asks_for_more_only_near_its_end() {
        let mut listing = Listing::Search(Found::default());
        assert_eq!(listing.ask(&(0..0)), [Ask::After(None)]);
        assert_eq!(listing.ask(&(0..0)), [], "it is under way");
        assert_eq!(listing.total(), None);
        let Listing::Search(found) = &mut listing else { panic!("it is a search") };
        found.put(page(0, 50, true));
        assert_eq!(listing.total(), Some(50));
        assert_eq!(listing.ask(&(0..10)), []);
        assert_eq!(listing.ask(&(20..30)), [Ask::After(Some(MessageId(951)))]);
        let Listing::Search(found) = &mut listing else { panic!("it is a search") };
        found.put(page(50, 10, false));
        assert_eq!(listing.ask(&(50..60)), []);
        assert_eq!(listing.position(MessageId(941)), Some(59));
    }

    #[test]
    fn a_search_that_failed_can_be_asked_again() {
        let mut listing = Listing::Search(Found::default());
        let asks = listing.ask(&(0..0));
        listing.give_up(asks[0]);
        assert_eq!(listing.ask(&(0..0)), [Ask::After(None)]);
    }

    #[test]
    fn a_search_ends_somewhere() {
        let mut found = Found::default();
        found.put(page(0, 6_000, true));
        assert_eq!((found.rows.len(), found.more), (MAX_FOUND, false));
    }
}
