//! Words of the reader.

use wardmail_api::mail::{Encryption, HeaderProtection, Person, Signature, Warning};

use super::count;

pub(crate) const NOTHING_OPEN: &str = "Nothing is open";
pub(crate) const NOTHING_OPEN_TEXT: &str =
    "Choose a message from the list, or press c to write one.";
pub(crate) const ACTIONS: &str = "What can be done with this message";
pub(crate) const BACK: &str = "Back to the list";
pub(crate) const REPLY: &str = "Reply";
pub(crate) const REPLY_ALL: &str = "Reply all";
pub(crate) const FORWARD: &str = "Forward";
pub(crate) const STAR: &str = "Star";
pub(crate) const DETAILS: &str = "Details";
pub(crate) const MISSING_BODY: &str = "The text of this message is not on this computer yet";
pub(crate) const MISSING_BODY_TEXT: &str =
    "It is fetched, and appears here by itself, as soon as the provider can be reached.";
pub(crate) const AS_TEXT: &str = "Show as plain text";
pub(crate) const AS_HTML: &str = "Show as the sender laid it out";
pub(crate) const FRAME: &str = "Text of the message";
pub(crate) const FILES: &str = "Files";
pub(crate) const SAVE: &str = "Save…";
pub(crate) const SAVED: &str =
    "Saved. The copy is not sealed any more: delete it when you are done.";
pub(crate) const THREAD: &str = "Also in this conversation";
pub(crate) const SEALED: &str = "Sealed";
pub(crate) const SIGNATURE: &str = "Signature";
pub(crate) const HEADERS: &str = "Subject and people";
pub(crate) const SIGNER: &str = "Signed with the key of";
pub(crate) const FINGERPRINT: &str = "Fingerprint";
pub(crate) const READERS: &str = "Sealed for you and";
pub(crate) const MISSING_KEYS: &str = "Keys that would be needed";

/// The button that changes between read and unread.
pub(crate) fn unread(seen: bool) -> &'static str {
    if seen { "Mark as unread" } else { "Mark as read" }
}

/// The button that saves a file.
pub(crate) fn save(name: &str) -> String {
    format!("Save {name}")
}

/// A warning with how many loads were blocked.
pub(crate) fn with_blocked(sentence: &str, number: u32) -> String {
    format!("{sentence} {} blocked.", count(number, "load was", "loads were"))
}

/// A person by name, or by address where there is none.
pub(crate) fn name(person: &Person) -> String {
    if person.name.trim().is_empty() { person.address.clone() } else { person.name.clone() }
}

/// Up to two initials.
pub(crate) fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter(|word| !word.ends_with('.'))
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

/// Whom it is to.
pub(crate) fn recipients(to: &str, cc: &str) -> String {
    match (to, cc) {
        ("", "") => "to nobody named".to_owned(),
        (to, "") => format!("to {to}"),
        ("", cc) => format!("copy to {cc}"),
        (to, cc) => format!("to {to}, copy to {cc}"),
    }
}

/// How much was sealed.
pub(crate) fn encryption(encryption: Encryption) -> &'static str {
    match encryption {
        Encryption::None => "not sealed",
        Encryption::Whole => "the whole message",
        Encryption::Partial => "some parts only; they were not opened",
    }
}

/// What the signature is worth.
pub(crate) fn signature(signature: Signature) -> &'static str {
    match signature {
        Signature::None => "none",
        Signature::Valid => "good, over the whole message",
        Signature::Invalid => "does not hold",
        Signature::Unknown => "by a key that is not here",
        Signature::Partial => "over some parts only",
    }
}

/// How the headers travelled.
pub(crate) fn headers(headers: HeaderProtection) -> &'static str {
    match headers {
        HeaderProtection::None => "travelled in the open",
        HeaderProtection::Signed => "signed with the message",
        HeaderProtection::Encrypted => "sealed with the message",
    }
}

/// The stable name of a warning.
pub(crate) fn warning_name(warning: Warning) -> &'static str {
    match warning {
        Warning::RemoteContentBlocked => "remoteContentBlocked",
        Warning::MisleadingLink => "misleadingLink",
        Warning::SenderDiffers => "senderDiffers",
        Warning::ReplyToDiffers => "replyToDiffers",
        Warning::NameLooksLikeAddress => "nameLooksLikeAddress",
        Warning::SeveralSenders => "severalSenders",
        Warning::Malformed => "malformed",
        Warning::Truncated => "truncated",
        Warning::ProtectedPartNotOpened => "protectedPartNotOpened",
        Warning::SmimeNotChecked => "smimeNotChecked",
    }
}
