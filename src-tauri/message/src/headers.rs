//! The header fields that the program uses, decoded and made safe to show. Which fields there are in the raw bytes is `field`'s business.

use crate::{Address, Defect, Limits};

/// When a message says that it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentDate {
    /// Milliseconds since 1970-01-01 UTC.
    pub unix_ms: i64,
    /// The sender's offset from UTC in minutes, east positive.
    pub offset_minutes: i16,
}

/// The decoded header fields of a message. Every text is free of control characters and bidirectional overrides.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers {
    /// All mailboxes of all From fields. More than one is a defect: see [`Headers::author`].
    pub from: Vec<Address>,
    /// Sender.
    pub sender: Option<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc: present only in drafts and in mail from careless senders.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: Option<String>,
    /// Date.
    pub date: Option<SentDate>,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// In-Reply-To, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// References, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// List-Id.
    pub list_id: Option<String>,
    /// Auto-Submitted (RFC 3834), in lower case.
    pub auto_submitted: Option<String>,
    /// Authentication-Results fields as they stand, unfolded, topmost first. Whose they are is for the caller to judge.
    pub authentication_results: Vec<String>,
    /// Whether a Disposition-Notification-To field is present.
    pub wants_disposition_notification: bool,
}

impl Headers {
    /// The author, if there is exactly one.
    pub fn author(&self) -> Option<&Address> {
        match self.from.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// Reads a header section (as IMAP's `BODY[HEADER]` gives it) for a row of the message list.
pub fn parse_headers(bytes: &[u8], limits: &Limits) -> (Headers, Vec<Defect>) {
    unimplemented!()
}
