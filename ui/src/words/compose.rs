//! Words of the composer.

use wardmail_api::ErrorCode;
use wardmail_api::compose::{DraftKind, OverrideReason, RecipientKind};
use wardmail_api::keys::Trust;
use wardmail_api::phi::{ContentCheck, PhiKind, Question};

use crate::compose::Outlook;

pub(crate) const DISCARD: &str = "Delete this draft";
pub(crate) const DISCARD_TITLE: &str = "Delete this draft?";
pub(crate) const DISCARD_TEXT: &str = "Its text and files are deleted for good.";
pub(crate) const DISCARD_KEEP: &str = "Keep it";
pub(crate) const DISCARDED: &str = "The draft was deleted.";
pub(crate) const MINIMISE: &str = "Make small";
pub(crate) const EXPAND: &str = "Use all the room";
pub(crate) const CLOSE: &str = "Close; the draft stays (Esc)";
pub(crate) const SAVING: &str = "Saving…";
pub(crate) const BODY: &str = "Text of the message";
pub(crate) const TO: &str = "To";
pub(crate) const CC: &str = "Cc";
pub(crate) const BCC: &str = "Bcc";
pub(crate) const SHOW_CC: &str = "Cc, Bcc";
pub(crate) const SUBJECT: &str = "Subject";
pub(crate) const KNOWN_PEOPLE: &str = "Known people";
pub(crate) const FILES: &str = "Files on this draft";
pub(crate) const ATTACH: &str = "Attach";
pub(crate) const PLAN: &str = "How it goes out";
pub(crate) const QUEUED: &str = "Sealed and queued";
pub(crate) const SUBJECTS_TRAVEL: &str =
    "A subject shows up in lists, printouts and on screens that others see.";
pub(crate) const KEEP: &str = "Keep…";
pub(crate) const MOVED: &str = "The words from the subject were moved to the top of the text.";
pub(crate) const FORGOTTEN: &str = "The text speaks of an attachment, but there is none.";
pub(crate) const REASON_TITLE: &str = "Why send it so?";
pub(crate) const REASON_TEXT: &str =
    "The reason is recorded in the audit log; nothing of the message is.";
pub(crate) const REASON_NOTE: &str = "In your own words, if you like: this stays in your mailbox";

/// The heading of the panel.
pub(crate) fn title(kind: DraftKind) -> &'static str {
    match kind {
        DraftKind::New => "New message",
        DraftKind::Reply => "Reply",
        DraftKind::ReplyAll => "Reply to all",
        DraftKind::Forward => "Forward",
    }
}

/// "Draft saved 9:47".
pub(crate) fn saved(time: &str) -> String {
    format!("Draft saved {time}")
}

/// A save that failed.
pub(crate) fn save_failed(what: &str) -> String {
    format!("Not saved yet. {what}")
}

/// A person by name, or by address.
pub(crate) fn person(name: &str, address: &str) -> String {
    if name.trim().is_empty() { address.to_owned() } else { name.to_owned() }
}

/// Whether mail can be sealed for a known person.
pub(crate) fn can_seal(can: bool) -> &'static str {
    if can { "Can be sealed" } else { "No key" }
}

/// The button that takes a recipient or a file off.
pub(crate) fn remove(name: &str) -> String {
    format!("Remove {name}")
}

/// The few words on a pill.
pub(crate) fn outlook(outlook: Outlook) -> &'static str {
    match outlook {
        Outlook::Checking => "checking",
        Outlook::Sealed => "sealed",
        Outlook::Stopped(ErrorCode::RecipientKeyMissing) => "no key",
        Outlook::Stopped(ErrorCode::RecipientInvalid) => "not an address",
        Outlook::Stopped(_) => "stopped",
    }
}

/// What a pill says when pointed at.
pub(crate) fn pill(address: &str, outlook: Outlook) -> String {
    match outlook {
        Outlook::Checking | Outlook::Sealed => address.to_owned(),
        Outlook::Stopped(code) => format!("{address}: {code}"),
    }
}

/// The rung of the ladder.
pub(crate) fn rung(outlook: Outlook) -> &'static str {
    match outlook {
        Outlook::Checking => "Checking",
        Outlook::Sealed => "Sealed",
        Outlook::Stopped(_) => "Not sent",
    }
}

/// Why a recipient gets it so.
pub(crate) fn why(outlook: Outlook, trust: Option<Trust>, kind: RecipientKind) -> String {
    let reason = match outlook {
        Outlook::Checking => "",
        Outlook::Stopped(code) => return code.to_string(),
        Outlook::Sealed => match trust {
            Some(Trust::Verified) => "you have checked their key",
            Some(Trust::Seen | Trust::Rejected) | None => "key known, not compared yet",
        },
    };
    match kind {
        RecipientKind::To | RecipientKind::Cc => reason.to_owned(),
        RecipientKind::Bcc => format!("{reason} · as a message of its own"),
    }
}

/// The button that takes the neutral subject.
pub(crate) fn use_neutral(subject: &str) -> String {
    format!("Use “{subject}”")
}

/// The text with the words of the subject on top.
pub(crate) fn moved_into(moved: &str, body: &str) -> String {
    if body.is_empty() { format!("{moved}\n\n") } else { format!("{moved}\n\n{body}") }
}

/// What a plan that needs a reason asks for, in one line.
pub(crate) fn needs_reason(questions: &[Question]) -> String {
    let first = questions.first().map_or("", |question| question.sentence());
    format!("{first} First, a reason is asked.")
}

/// What the text holds.
pub(crate) fn body_phi(found: &ContentCheck) -> String {
    format!("The text: {}", kinds(&found.kinds).join(" "))
}

/// What a file holds, a sentence for each kind.
pub(crate) fn file_phi(found: &ContentCheck) -> Vec<String> {
    kinds(&found.kinds)
}

/// Kinds of findings, each with how often and why.
fn kinds(kinds: &[PhiKind]) -> Vec<String> {
    let one = |kind: &PhiKind| match kind.count {
        1 => kind.reason.clone(),
        count => format!("{} ({count} times).", kind.reason.trim_end_matches('.')),
    };
    kinds.iter().take(3).map(one).collect()
}

/// How far the check of a file is.
pub(crate) fn checking(progress: Option<(u32, u32)>) -> String {
    match progress {
        Some((done, total)) if total > 1 => format!("Checking: {done} of {total}…"),
        Some(_) | None => "Checking…".to_owned(),
    }
}

/// The button that says whose name it isn't.
pub(crate) fn not_a_patient(name: &str) -> String {
    format!("{name} is not a patient")
}

/// A name was marked.
pub(crate) fn marked(name: &str) -> String {
    format!(
        "{name} counts as not a patient from now on, except with a health word of their own or a number."
    )
}

/// A reason to keep the subject.
pub(crate) fn reason(reason: OverrideReason) -> &'static str {
    match reason {
        OverrideReason::NotAPatient => "It is not about a patient",
        OverrideReason::Urgent => "Care is urgent",
        OverrideReason::RecipientNeedsIt => "The recipient needs it to find the case",
        OverrideReason::PatientAsked => "The patient asked for it",
        OverrideReason::Other => "Another reason",
    }
}

/// The reason that was given.
pub(crate) fn kept(given: OverrideReason) -> String {
    format!("Kept: {}", reason(given).to_lowercase())
}

/// The button of the reason's dialog.
pub(crate) fn reason_submit(sends: bool) -> &'static str {
    if sends { "Send it sealed" } else { "Keep it" }
}

/// The button that sends.
pub(crate) fn send(sending: bool, needs_reason: bool) -> &'static str {
    match (sending, needs_reason) {
        (true, _) => "Sealing…",
        (false, true) => "Send sealed…",
        (false, false) => "Send sealed",
    }
}

/// What will happen.
pub(crate) fn undo_for(seconds: u32, provider: Option<&str>) -> String {
    let undo = (seconds > 0).then(|| format!("Undo for {seconds} s after sending"));
    match (undo, provider) {
        (Some(undo), Some(provider)) => format!("{undo} · through {provider}"),
        (Some(undo), None) => undo,
        (None, Some(provider)) => format!("Through {provider}"),
        (None, None) => String::new(),
    }
}
