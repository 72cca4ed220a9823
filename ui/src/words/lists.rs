//! Words of the list.

use wardmail_api::mail::{Filter, RowMark};

use super::count;
use crate::list::Source;

pub(crate) const MESSAGES: &str = "Messages";
pub(crate) const FILTERS: &str = "What is listed";
pub(crate) const UNREAD: &str = "Unread. ";
pub(crate) const STARRED: &str = "Starred";
pub(crate) const ANSWERED: &str = "Answered";
pub(crate) const WITH_FILES: &str = "With files";
const NO_SUBJECT: &str = "(no subject)";
const NOBODY: &str = "(nobody named)";

/// A filter.
pub(crate) fn filter(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "All",
        Filter::Unread => "Unread",
        Filter::Starred => "Starred",
        Filter::WithFiles => "With files",
        Filter::Sealed => "Sealed",
    }
}

/// How a row is protected.
pub(crate) fn mark(mark: RowMark) -> &'static str {
    match mark {
        RowMark::Plain => "Not sealed",
        RowMark::Signed => "Signed",
        RowMark::Sealed => "Sealed",
        RowMark::KeyMissing => "Key missing",
        RowMark::Broken => "Damaged",
        RowMark::NotFetched => "Not here yet",
    }
}

/// A subject, which may be empty.
pub(crate) fn subject(subject: &str) -> String {
    if subject.trim().is_empty() { NO_SUBJECT.to_owned() } else { subject.to_owned() }
}

/// A person, who may be nobody.
pub(crate) fn who(who: &str) -> String {
    if who.trim().is_empty() { NOBODY.to_owned() } else { who.to_owned() }
}

/// What an empty list says: a title and what it means.
pub(crate) fn empty(source: Option<&Source>) -> (&'static str, &'static str) {
    match source {
        Some(Source::Search(_)) => {
            ("Nothing found", "Try fewer or other words, or from: to: subject: before: has: is:")
        }
        Some(Source::Folder(_, Filter::All)) | None => {
            ("Nothing here", "New mail appears here by itself.")
        }
        Some(Source::Folder(..)) => {
            ("Nothing matches", "No message of this folder matches the filter above.")
        }
    }
}

/// What a search has found and covered.
pub(crate) fn coverage(found: u32, percent: u32, unreadable: u32) -> String {
    let found = count(found, "message", "messages");
    match unreadable {
        0 => format!("{found} found · search covers {percent} %"),
        _ => format!("{found} found · search covers {percent} %, {unreadable} cannot be read"),
    }
}
