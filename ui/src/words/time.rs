//! Words for days and times.

pub(crate) const TODAY: &str = "Today";
pub(crate) const YESTERDAY: &str = "Yesterday";
pub(crate) const YESTERDAY_WITHIN: &str = "yesterday";

/// "Friday, 21 November 2026 at 9:47".
pub(crate) fn at(day: &str, time: &str) -> String {
    format!("{day} at {time}")
}
