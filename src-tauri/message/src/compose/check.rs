//! What may be written. A value that could end a header line and start another is refused here, whatever the library would do with it.

use super::{BuildError, ExtraHeader, Outgoing};
use crate::Address;

/// Longest Subject and further field, in bytes.
const MAX_SUBJECT_BYTES: usize = 4_000;
const MAX_EXTRA_BYTES: usize = 4_000;

/// Longest word of a field that is written as it is: a line may have 998 bytes (RFC 5322 section 2.1.1).
const MAX_WORD_BYTES: usize = 900;

/// Longest Message-ID, in bytes.
const MAX_ID_BYTES: usize = 250;

/// Most addresses, Message-IDs and further fields of one message.
const MAX_LIST: usize = 5_000;

/// Fields that this crate writes from their own values, that belong to servers, or that name blind recipients.
const RESERVED: [&str; 17] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "hp-outer",
    "received",
    "return-path",
    "dkim-signature",
    "authentication-results",
];

/// Checks everything about a message that could not be written.
pub(super) fn message(message: &Outgoing) -> Result<(), BuildError> {
    let lists = [
        message.to.len(),
        message.cc.len(),
        message.reply_to.len(),
        message.references.len(),
        message.extra.len(),
    ];
    if lists.iter().any(|length| *length > MAX_LIST) {
        return Err(BuildError::TooLong);
    }
    let addresses = std::iter::once(&message.from)
        .chain(&message.to)
        .chain(&message.cc)
        .chain(&message.reply_to);
    addresses.into_iter().try_for_each(address)?;
    value(&message.subject, MAX_SUBJECT_BYTES)?;
    let ids =
        std::iter::once(&message.message_id).chain(&message.in_reply_to).chain(&message.references);
    if !ids.into_iter().all(|id| is_message_id(id)) {
        return Err(BuildError::MessageId);
    }
    message.extra.iter().try_for_each(extra)?;
    message.attachments.iter().try_for_each(|attachment| {
        value(&attachment.file_name, MAX_EXTRA_BYTES)?;
        if is_media_type(&attachment.media_type) { Ok(()) } else { Err(BuildError::MediaType) }
    })
}

fn address(address: &Address) -> Result<(), BuildError> {
    Address::new(address.name.as_deref(), &address.email)?;
    Ok(())
}

fn value(text: &str, max: usize) -> Result<(), BuildError> {
    if text.chars().any(char::is_control) {
        return Err(BuildError::ControlCharacter);
    }
    if text.len() > max { Err(BuildError::TooLong) } else { Ok(()) }
}

fn extra(extra: &ExtraHeader) -> Result<(), BuildError> {
    let name = extra.name.to_ascii_lowercase();
    let is_name = (1..=70).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_name
        || RESERVED.contains(&name.as_str())
        || name.starts_with("content-")
        || name.starts_with("resent-")
    {
        return Err(BuildError::FieldName);
    }
    if extra.value.is_ascii() && extra.value.split(' ').any(|word| word.len() > MAX_WORD_BYTES) {
        return Err(BuildError::TooLong);
    }
    value(&extra.value, MAX_EXTRA_BYTES)
}

/// A Message-ID without angle brackets that every program can write and read (a subset of RFC 5322 section 3.6.4).
pub(crate) fn is_message_id(id: &str) -> bool {
    id.len() <= MAX_ID_BYTES
        && id.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[]\\,;:\"".contains(&b))
        && id.split_once('@').is_some_and(|(left, right)| {
            !left.is_empty() && !right.is_empty() && !right.contains('@')
        })
}

fn is_media_type(media_type: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    media_type.len() < 127
        && media_type
            .split_once('/')
            .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// A hash name for the `micalg` parameter.
pub(super) fn micalg(name: &str) -> Result<(), BuildError> {
    let is_name = (1..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if is_name { Ok(()) } else { Err(BuildError::Armor) }
}

/// ASCII armour with CRLF line ends, if it is exactly one block of the kind that is wanted.
pub(super) fn armor(text: &str, begin: &str, end: &str) -> Result<String, BuildError> {
    let text = text.trim();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let is_block = lines.first() == Some(&begin)
        && lines.last() == Some(&end)
        && lines.iter().filter(|line| line.starts_with("-----")).count() == 2
        && lines.iter().all(|line| {
            line.len() <= MAX_WORD_BYTES && line.bytes().all(|b| (b' '..=b'~').contains(&b))
        });
    if !is_block {
        return Err(BuildError::Armor);
    }
    let mut out = lines.join("\r\n");
    out.push_str("\r\n");
    Ok(out)
}
