//! The pages of a folder that the window holds: a bounded cache of rows by position.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wardmail_api::MessageId;
use wardmail_api::mail::{MessagePage, MessageRow};

use super::window::{MAX_ROWS, PAGE, pages};

/// Pages kept: 2 000 rows. Further ones are forgotten, those farthest from what is seen first.
const KEPT: usize = 40;

/// Rows of one folder under one filter.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    total: Option<u32>,
    pages: BTreeMap<u32, Vec<MessageRow>>,
    stale: BTreeSet<u32>,
    asked: BTreeSet<u32>,
}

impl Rows {
    /// How many rows there are, once known.
    pub fn total(&self) -> Option<u32> {
        self.total.map(|total| total.min(MAX_ROWS))
    }

    /// The row at a position, if it is here.
    pub fn row(&self, index: u32) -> Option<&MessageRow> {
        self.pages.get(&(index / PAGE))?.get(usize::try_from(index % PAGE).ok()?)
    }

    /// Where a message stands, if its page is here.
    pub fn position(&self, id: MessageId) -> Option<u32> {
        self.pages.iter().find_map(|(page, rows)| {
            let within = rows.iter().position(|row| row.id == id)?;
            Some(page * PAGE + u32::try_from(within).ok()?)
        })
    }

    /// Gives the pages to ask for so that these rows can be drawn, and counts them as asked for.
    pub fn ask(&mut self, drawn: &Range<u32>) -> Vec<u32> {
        let wanted: Vec<u32> = pages(drawn, self.total.unwrap_or(0))
            .filter(|page| !self.asked.contains(page))
            .filter(|page| !self.pages.contains_key(page) || self.stale.contains(page))
            .collect();
        self.asked.extend(&wanted);
        wanted
    }

    /// Takes a page in. `seen` is the page at which the user looks.
    pub fn put(&mut self, page: MessagePage, seen: u32) {
        let number = page.offset / PAGE;
        if self.total.is_some_and(|total| total != page.total) {
            // Positions have moved: everything else is out of date too.
            self.stale.extend(self.pages.keys());
        }
        self.total = Some(page.total);
        self.pages.insert(number, page.rows);
        self.asked.remove(&number);
        self.stale.remove(&number);
        self.pages.retain(|kept, _| kept * PAGE < page.total || *kept == 0);
        self.forget_far_from(seen);
    }

    /// A page could not be had: it may be asked for again.
    pub fn give_up(&mut self, page: u32) {
        self.asked.remove(&page);
    }

    /// The folder changed: what is here stays until what is new has come.
    pub fn refresh(&mut self) {
        self.stale.extend(self.pages.keys());
        self.asked.clear();
    }

    /// Changes the rows of these messages, wherever they are.
    pub fn patch(&mut self, id: MessageId, change: impl Fn(&mut MessageRow)) {
        self.pages.values_mut().flatten().filter(|row| row.id == id).for_each(change);
    }

    fn forget_far_from(&mut self, seen: u32) {
        while self.pages.len() > KEPT {
            let Some(farthest) = self.pages.keys().copied().max_by_key(|page| page.abs_diff(seen))
            else {
                return;
            };
            self.pages.remove(&farthest);
            self.stale.remove(&farthest);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use wardmail_api::FolderId;
    use wardmail_api::mail::RowMark;

    use super::*;

    pub(crate) fn row(id: i64) -> MessageRow {
        MessageRow {
            id: MessageId(id),
            folder: FolderId(1),
            who: String::new(),
            subject: String::new(),
            snippet: String::new(),
            date: id,
            seen: false,
            flagged: false,
            answered: false,
            has_attachments: false,
            mark: RowMark::Sealed,
            kept: false,
            expires: None,
            void: false,
        }
    }

    fn page(number: u32, total: u32) -> MessagePage {
        let first = number * PAGE;
        let end = (first + PAGE).min(total);
        MessagePage {
            offset: first,
            total,
            rows: (first..end).map(|index| row(1000 - i64::from(index))).collect(),
        }
    }

    #[test]
    fn asks_once_and_finds_rows_by_place_and_by_message() {
        let mut rows = Rows::default();
        assert_eq!(rows.ask(&(0..0)), [0]);
        assert_eq!(rows.ask(&(0..0)), [0; 0], "it is under way");
        rows.put(page(0, 120), 0);
        assert_eq!(rows.total(), Some(120));
        assert_eq!(rows.ask(&(0..20)), [1]);
        rows.put(page(1, 120), 0);
        assert_eq!(rows.row(51).map(|row| row.id), Some(MessageId(949)));
        assert_eq!(rows.position(MessageId(949)), Some(51));
        assert_eq!(rows.row(119), None);
    }

    #[test]
    fn a_new_total_makes_the_other_pages_stale_without_emptying_them() {
        let mut rows = Rows::default();
        rows.put(page(0, 100), 0);
        rows.put(page(1, 100), 0);
        rows.refresh();
        assert_eq!(rows.ask(&(0..20)), [0, 1]);
        rows.put(page(0, 101), 0);
        assert!(rows.row(60).is_some(), "the old rows are shown until the new ones come");
        rows.give_up(1);
        assert_eq!(rows.ask(&(60..70)), [1, 2]);
    }

    #[test]
    fn pages_past_the_end_go_when_the_folder_shrinks() {
        let mut rows = Rows::default();
        rows.put(page(2, 120), 0);
        rows.put(page(0, 40), 0);
        assert_eq!(rows.row(100), None);
        rows.put(page(0, 0), 0);
        assert_eq!((rows.total(), rows.row(0)), (Some(0), None));
    }

    #[test]
    fn holds_no_more_than_it_says() {
        let mut rows = Rows::default();
        for number in 0..100 {
            rows.put(page(number, 100_000), number);
        }
        assert_eq!(rows.pages.len(), KEPT);
        assert!(rows.row(99 * PAGE).is_some() && rows.row(0).is_none());
    }

    #[test]
    fn marks_are_changed_in_place() {
        let mut rows = Rows::default();
        rows.put(page(0, 10), 0);
        rows.patch(MessageId(997), |row| row.seen = true);
        assert!(rows.row(3).is_some_and(|row| row.seen));
        assert!(rows.row(4).is_some_and(|row| !row.seen));
    }
}
