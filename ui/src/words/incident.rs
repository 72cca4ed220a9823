//! Words of the incident kit's questions. What a report says stands in `wardmail_api::words::incident`.

pub(crate) const TITLE: &str = "Something went wrong?";
pub(crate) const LEAD: &str =
    "Wardmail gathers what this mailbox knows into a report for your privacy officer.";
pub(crate) const LOST: &str = "A computer is lost";
pub(crate) const WRONG: &str = "A message went to the wrong person";
pub(crate) const LOST_FIRST: &str = "First tell your IT and your privacy officer, and have the mail account's password changed at the provider. Then make this report.";
pub(crate) const WRONG_FIRST: &str = "First tell your privacy officer. Ask the person who got it to delete it and to say so in writing; do not repeat its content. Then make this report.";
pub(crate) const DISCOVERED: &str = "First day on which anybody here knew";
pub(crate) const DISCOVERED_HINT: &str = "Year-month-day. The limit of 60 days runs from it.";
pub(crate) const INDIVIDUALS: &str = "Individuals affected";
pub(crate) const INDIVIDUALS_HINT: &str =
    "As far as you know by now; leave it empty if nobody knows yet.";
pub(crate) const LAST_SEEN: &str = "When did you last have it?";
pub(crate) const LAST_SEEN_HINT: &str =
    "Such as 2026-11-20 17:30, by this computer's clock; empty if not known.";
pub(crate) const MESSAGE: &str = "Which message?";
pub(crate) const MESSAGE_NONE: &str = "Choose one that was sent from here";
pub(crate) const RECIPIENT: &str = "Whom was it not for?";
pub(crate) const RECIPIENT_HINT: &str = "Their addresses, parted by commas.";
pub(crate) const DESCRIBE: &str = "Gather the facts";
pub(crate) const DESCRIBING: &str = "Gathering them…";
pub(crate) const SAVE: &str = "Save the report…";
pub(crate) const SAVED: &str = "The report was saved, and that was recorded.";

/// A message to choose.
pub(crate) fn message(day: &str, who: &str, subject: &str) -> String {
    format!("{day}, {who}: {subject}")
}
