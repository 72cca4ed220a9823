//! Full-text search, the newest mail first, and how much of the mailbox it covers.
//!
//! Hits stream out of the index by descending row id, so that the first page costs the same at ten thousand and at a
//! million messages. A greater id is mail that was newer when it was stored; a page is then sorted by date.

pub(crate) mod excerpt;
pub(crate) mod query;

use std::ops::Range;

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::ReadDao;
use super::messages::{MessageRow, message_row, row_columns};
use crate::redact::log_safe_debug;
use crate::{Error, MessageId};
use query::SearchQuery;

/// Hits of one page at most.
pub const MAX_SEARCH_HITS: u32 = 200;

/// A message that was found.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// As a list shows it.
    pub row: MessageRow,
    /// The words around the first hit in the text, or the message's own snippet.
    pub snippet: String,
    /// Where the hits stand in the snippet, in bytes; always between characters, ascending, never overlapping.
    pub matches: Vec<Range<usize>>,
}

log_safe_debug!(SearchHit { row });

/// A page of hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPage {
    /// The page's hits, the newest first.
    pub hits: Vec<SearchHit>,
    /// What to search on from for the next page, if there may be one.
    pub next: Option<MessageId>,
}

/// How much of the mailbox a search covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Messages here.
    pub total: u64,
    /// Those whose text is searched.
    pub indexed: u64,
    /// Those of which only the head is searched, because the body is not here (yet).
    pub pending: u64,
    /// Those whose text can't be read: no key, broken, or never fetched for a failure.
    pub unreadable: u64,
}

impl ReadDao<'_> {
    /// Returns a page of messages that fit a query; `before` goes on from an earlier page. An empty query finds nothing.
    pub fn search(
        &self,
        query: &SearchQuery,
        limit: u32,
        before: Option<MessageId>,
    ) -> Result<SearchPage, Error> {
        if query.is_empty() {
            return Ok(SearchPage { hits: Vec::new(), next: None });
        }
        let limit = limit.clamp(1, MAX_SEARCH_HITS);
        let (condition, mut values) = query.conditions();
        let not_deleted = " AND NOT EXISTS (SELECT 1 FROM deletions d WHERE d.message_id = m.id)";
        let source = match query.full_text() {
            Some(words) => {
                values.push(Value::from(words));
                // The index leads; filters only look at what it finds.
                format!(
                    "search_index s CROSS JOIN messages m ON m.id = s.rowid
                     JOIN threads t ON t.id = m.thread_id WHERE s.search_index MATCH ?{} AND s.rowid",
                    values.len()
                )
            }
            None => "messages m JOIN threads t ON t.id = m.thread_id WHERE m.id".to_owned(),
        };
        values.push(Value::from(before.map_or(i64::MAX, MessageId::get)));
        let before = values.len();
        values.push(Value::from(limit));
        let columns = row_columns!();
        let sql = format!(
            "SELECT {columns} FROM {source} < ?{before}{condition}{not_deleted} ORDER BY {} DESC LIMIT ?{}",
            if query.full_text().is_some() { "s.rowid" } else { "m.id" },
            before + 1
        );
        let mut rows = self.rows(&sql, params_from_iter(values), message_row)?;
        let full = u32::try_from(rows.len()).is_ok_and(|found| found == limit);
        let next = if full { rows.last().map(|row| row.id) } else { None };
        rows.sort_by_key(|row| std::cmp::Reverse((row.date_ms, row.id)));
        let hits = rows.into_iter().map(|row| self.hit(row, query)).collect::<Result<_, _>>()?;
        Ok(SearchPage { hits, next })
    }

    /// Returns how much of the mailbox a search covers.
    pub fn coverage(&self) -> Result<Coverage, Error> {
        let sql = "SELECT count(*),
                       count(*) FILTER (WHERE body_state = 1 AND security NOT IN (5, 6)),
                       count(*) FILTER (WHERE body_state IN (0, 2)),
                       count(*) FILTER (WHERE body_state = 3 OR (body_state = 1 AND security IN (5, 6)))
                   FROM messages INDEXED BY messages_by_state";
        self.one(sql, params![], |row| {
            Ok(Coverage {
                total: row.get(0)?,
                indexed: row.get(1)?,
                pending: row.get(2)?,
                unreadable: row.get(3)?,
            })
        })
    }

    fn hit(&self, row: MessageRow, query: &SearchQuery) -> Result<SearchHit, Error> {
        let text = self.search_text(row.id)?;
        let (snippet, matches) = excerpt::around_hits(&text, &query.terms)
            .unwrap_or_else(|| excerpt::mark(row.snippet.clone(), &query.terms));
        Ok(SearchHit { row, snippet, matches })
    }
}
