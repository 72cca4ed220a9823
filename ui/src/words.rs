//! The texts of the window, each in one place.
//!
//! What the window and `wardctl` say alike (errors, the security line) comes from `wardmail_api`.
//! Words a nurse understands; what to do stands beside what happened.

pub(crate) mod audit;
pub(crate) mod compose;
pub(crate) mod incident;
pub(crate) mod keeping;
pub(crate) mod leaving;
pub(crate) mod lists;
pub(crate) mod mailbox;
pub(crate) mod outbox;
pub(crate) mod pages;
pub(crate) mod people;
pub(crate) mod reader;
pub(crate) mod setup;
pub(crate) mod time;
pub(crate) mod unlock;

pub(crate) const PRODUCT: &str = "Wardmail";
pub(crate) const LOADING: &str = "One moment…";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const UNDO: &str = "Undo";
pub(crate) const COPY: &str = "Copy";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const DELETE: &str = "Delete";
pub(crate) const FAILED: &str = "Wardmail's window has failed";
pub(crate) const FAILED_TEXT: &str =
    "What was shown was taken off the screen. Nothing that was saved or queued is lost.";
pub(crate) const START_AGAIN: &str = "Start again";

/// The button that shows a passphrase, by the label of its field.
pub(crate) fn show(label: &str) -> String {
    format!("Show what is typed: {label}")
}

/// "Undo · 20 s".
pub(crate) fn with_seconds(label: &str, seconds: u64) -> String {
    format!("{label} · {seconds} s")
}

/// "1 message", "4 messages".
pub(crate) fn count(number: u32, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(number)),
    }
}

/// "100,000".
pub(crate) fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
