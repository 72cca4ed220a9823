//! Words of the drafts and of the outbox.

use wardmail_api::compose::OutboxState;

pub(crate) const DRAFTS_LEAD: &str = "Drafts are saved while you type, sealed in your mailbox.";
pub(crate) const NO_DRAFTS: &str = "No drafts";
pub(crate) const NO_DRAFTS_TEXT: &str = "What you begin to write is kept here until it is sent.";
pub(crate) const LEAD: &str = "Everything here is sealed already. It goes out only through your provider, over a verified connection.";
pub(crate) const EMPTY: &str = "Nothing is waiting";
pub(crate) const EMPTY_TEXT: &str = "Messages stand here until your provider has taken them.";
pub(crate) const CANCEL: &str = "Back to drafts";
pub(crate) const RETRY: &str = "Try again now";
pub(crate) const ARRIVED: &str = "It arrived";
pub(crate) const SEND_AGAIN: &str = "Send again";

/// Whom it is to.
pub(crate) fn to(who: &str) -> String {
    if who.trim().is_empty() { "To nobody yet".to_owned() } else { format!("To {who}") }
}

/// The button that deletes a draft.
pub(crate) fn discard(subject: &str) -> String {
    format!("Delete the draft “{subject}”")
}

/// When a draft was saved.
pub(crate) fn saved(when: &str) -> String {
    format!("saved {when}")
}

/// When a message was queued.
pub(crate) fn queued(when: &str) -> String {
    format!("queued {when}")
}

/// Where a message is.
pub(crate) fn state(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Queued => "Queued",
        OutboxState::Held => "Held",
        OutboxState::Sending => "Sending",
        OutboxState::Sent => "Sent",
        OutboxState::Uncertain => "Uncertain",
        OutboxState::Failed => "Not sent",
    }
}

/// What that means.
pub(crate) fn explain(
    state: OutboxState,
    undo_seconds: u64,
    next: Option<&str>,
    in_sent: bool,
) -> String {
    match state {
        OutboxState::Queued if undo_seconds > 0 => {
            format!("It can be undone for another {undo_seconds} s.")
        }
        OutboxState::Queued => match next {
            Some(when) => format!("It waits for the provider; the next try is due {when}."),
            None => "It goes out as soon as the provider can be reached.".to_owned(),
        },
        OutboxState::Held => "It waits until somebody acts; nothing of it has left.".to_owned(),
        OutboxState::Sending => "It is going out now.".to_owned(),
        OutboxState::Sent if in_sent => "The provider took it; a copy is in Sent.".to_owned(),
        OutboxState::Sent => "The provider took it; the copy for Sent follows.".to_owned(),
        OutboxState::Uncertain => {
            "Find out before you decide: sending again may deliver it twice.".to_owned()
        }
        OutboxState::Failed => "The provider refused it; nothing was delivered.".to_owned(),
    }
}
