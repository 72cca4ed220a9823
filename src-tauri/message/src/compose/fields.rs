//! Header fields of an outgoing message: the real ones, those that stand outside an encrypted one, and HP-Outer. No field names a blind
//! recipient: [`Outgoing`] has none.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mail_builder::{
    MessageBuilder,
    headers::{
        Header as _, HeaderType, address, date::Date, message_id::MessageId, raw::Raw, text::Text,
    },
    mime::MimePart,
};

use super::{ExtraHeader, Fields, OBSCURED_SUBJECT, Outgoing};
use crate::{Address, clean::display_text};

/// Bytes of text in one encoded word: 75 characters at most, of which `=?utf-8?B?` and `?=` take 12 (RFC 2047 section 2).
const ENCODED_WORD_BYTES: usize = 45;

/// The fields as the author wrote them.
pub(super) fn real(message: &Outgoing) -> Fields<'_> {
    fields(message, subject(&message.subject), |_| true)
}

/// The fields that servers may see of an encrypted message (`hcp_baseline`, RFC 9788 section 3.2.1).
pub(super) fn obscured(message: &Outgoing) -> Fields<'_> {
    let is_hidden_name =
        |name: &str| name.eq_ignore_ascii_case("keywords") || name.eq_ignore_ascii_case("comments");
    fields(message, Text::new(OBSCURED_SUBJECT).into(), |extra| {
        !extra.confidential && !is_hidden_name(&extra.name)
    })
}

fn fields<'a>(
    message: &'a Outgoing,
    subject: HeaderType<'a>,
    keep: impl Fn(&ExtraHeader) -> bool,
) -> Fields<'a> {
    let mut fields: Fields<'a> = vec![("From".into(), mailbox(&message.from).into())];
    if !message.to.is_empty() {
        fields.push(("To".into(), mailboxes(&message.to)));
    } else if message.cc.is_empty() {
        // Some servers refuse a message that seems to be for nobody.
        fields.push(("To".into(), Raw::new("undisclosed-recipients:;").into()));
    }
    if !message.cc.is_empty() {
        fields.push(("Cc".into(), mailboxes(&message.cc)));
    }
    if !message.reply_to.is_empty() {
        fields.push(("Reply-To".into(), mailboxes(&message.reply_to)));
    }
    fields.push(("Subject".into(), subject));
    fields.push(("Date".into(), Date::new(message.date_unix).into()));
    fields.push(("Message-ID".into(), MessageId::new(message.message_id.as_str()).into()));
    if let Some(id) = &message.in_reply_to {
        fields.push(("In-Reply-To".into(), MessageId::new(id.as_str()).into()));
    }
    if !message.references.is_empty() {
        fields.push((
            "References".into(),
            MessageId::new_list(message.references.iter().map(String::as_str)).into(),
        ));
    }
    let extra = message.extra.iter().filter(|extra| keep(extra));
    fields.extend(extra.map(|extra| (extra.name.as_str().into(), unstructured(&extra.value))));
    fields
}

fn mailbox(given: &Address) -> address::Address<'_> {
    // A checked address can still have a domain that is not in ASCII form if it was not made by `Address::new`.
    let email = Address::new(None, &given.email)
        .map_or_else(|_| given.email.clone(), |checked| checked.email);
    address::Address::new_address(
        given.name.as_deref().map(display_text).filter(|name| !name.is_empty()),
        email,
    )
}

fn mailboxes(given: &[Address]) -> HeaderType<'_> {
    address::Address::new_list(given.iter().map(mailbox).collect()).into()
}

fn subject(given: &str) -> HeaderType<'_> {
    let text = display_text(given);
    // What looks like an encoded word must be encoded, or it would be decoded to something else.
    if text.contains("=?") { Raw::new(encoded_words(&text)).into() } else { Text::new(text).into() }
}

fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, tail) = rest.split_at(rest.floor_char_boundary(ENCODED_WORD_BYTES));
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = tail;
    }
    words.join(" ")
}

fn unstructured(value: &str) -> HeaderType<'_> {
    // Structured fields (List-Unsubscribe and its kind) must not become encoded words.
    if value.is_ascii() { Raw::new(value).into() } else { Text::new(value).into() }
}

/// HP-Outer fields that repeat what stands outside, value by value (RFC 9788 section 2.2).
pub(super) fn hp_outer(outer: &Fields<'_>) -> Fields<'static> {
    let repeat = |name: &str, value: &HeaderType<'_>| {
        let mut written = Vec::new();
        value.write_header(&mut written, name.len().saturating_add(2));
        let unfolded = String::from_utf8_lossy(&written).replace("\r\n", "");
        Raw::new(format!("{name}: {}", unfolded.trim())).into()
    };
    outer.iter().map(|(name, value)| ("HP-Outer".into(), repeat(name, value))).collect()
}

/// The whole message: header fields, MIME-Version, and the root part.
pub(super) fn with_root(fields: Fields<'_>, root: MimePart<'_>) -> Vec<u8> {
    let builder = MessageBuilder {
        headers: fields,
        html_body: None,
        text_body: None,
        attachments: None,
        body: None,
    }
    .body(root);
    let mut out = Vec::new();
    builder.serialize(&mut out);
    out
}
