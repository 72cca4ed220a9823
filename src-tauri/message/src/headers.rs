//! The header fields that the program uses, decoded and made safe to show. Which fields there are in the raw bytes is `field`'s business.

use std::fmt;

use mail_parser::{DateTime, HeaderValue};

use crate::{
    Address, Defect, Limits, address,
    clean::{clean_line, cut},
    defect::Defects,
    field::{self, Grammar, RawField},
};

/// Most Authentication-Results fields kept, and their longest length in bytes.
const MAX_RESULTS: usize = 20;
const MAX_RESULT_BYTES: usize = 4_096;

/// Longest Message-ID kept, in bytes.
const MAX_ID_BYTES: usize = 998;

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
    /// From when on the message doesn't hold any more (RFC 4021, 2.1.50: Expires; Expiry-Date from other systems).
    pub expires: Option<SentDate>,
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

/// Counts only: every field can hold PHI.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headers")
            .field("from", &self.from.len())
            .field("to", &self.to.len())
            .finish_non_exhaustive()
    }
}

/// Reads a header section (as IMAP's `BODY[HEADER]` gives it) for a row of the message list.
pub fn parse_headers(bytes: &[u8], limits: &Limits) -> (Headers, Vec<Defect>) {
    let mut defects = Defects::default();
    let section = field::split(bytes, 0, limits, &mut defects, |_| false);
    let headers = collect(bytes, &section.fields, limits, &mut defects);
    check_author(&headers, &mut defects);
    (headers, defects.into_vec())
}

/// Decodes the fields of a section. Says nothing about a missing author: see [`check_author`].
pub(crate) fn collect(
    raw: &[u8],
    fields: &[RawField],
    limits: &Limits,
    defects: &mut Defects,
) -> Headers {
    let mut reader = Reader { headers: Headers::default(), limits, defects, seen: Vec::new() };
    for field in fields {
        if let Some(value) = raw.get(field.value.clone()) {
            reader.take(&field.name, value);
        }
    }
    reader.headers
}

/// Reports what makes the author of a message doubtful.
pub(crate) fn check_author(headers: &Headers, defects: &mut Defects) {
    match headers.from.as_slice() {
        [] => defects.add(Defect::MissingFrom),
        [one] if one.is_valid() => {}
        [_] => defects.add(Defect::InvalidFrom),
        _ => defects.add(Defect::MultipleFrom),
    }
    if headers.from.iter().any(Address::name_claims_other) {
        defects.add(Defect::DisplayNameSpoof);
    }
}

struct Reader<'a> {
    headers: Headers,
    limits: &'a Limits,
    defects: &'a mut Defects,
    seen: Vec<&'static str>,
}

impl Reader<'_> {
    fn take(&mut self, name: &str, value: &[u8]) {
        match name {
            "from" => {
                let again = !self.is_first("from");
                let mut found = self.addresses(value);
                if again {
                    self.defects.add(Defect::MultipleFrom);
                }
                self.headers.from.append(&mut found);
                self.headers.from.truncate(self.limits.addresses);
            }
            "sender" if self.is_first("sender") => {
                self.headers.sender = self.addresses(value).into_iter().next();
            }
            // Several fields are a defect, but a recipient in any of them did get the message.
            "reply-to" => self.extend("reply-to", value, |h| &mut h.reply_to),
            "to" => self.extend("to", value, |h| &mut h.to),
            "cc" => self.extend("cc", value, |h| &mut h.cc),
            "bcc" => self.extend("bcc", value, |h| &mut h.bcc),
            "subject" if self.is_first("subject") => self.headers.subject = self.text(value),
            "date" if self.is_first("date") => self.headers.date = self.date(value),
            "expires" | "expiry-date" if self.headers.expires.is_none() => {
                self.headers.expires = self.date(value);
            }
            "message-id" if self.is_first("message-id") => {
                self.headers.message_id = self.ids(value).into_iter().next();
            }
            "in-reply-to" if self.is_first("in-reply-to") => {
                self.headers.in_reply_to = self.ids(value);
            }
            "references" if self.is_first("references") => {
                self.headers.references = self.ids(value);
            }
            "list-id" if self.is_first("list-id") => self.headers.list_id = self.text(value),
            "auto-submitted" if self.is_first("auto-submitted") => {
                self.headers.auto_submitted =
                    self.text(value).map(|text| text.to_ascii_lowercase());
            }
            "authentication-results" if self.headers.authentication_results.len() < MAX_RESULTS => {
                let line = clean_line(&field::unfolded(value)).0;
                self.headers.authentication_results.push(cut(&line, MAX_RESULT_BYTES).to_owned());
            }
            "disposition-notification-to" => self.headers.wants_disposition_notification = true,
            _ => {}
        }
    }

    fn is_first(&mut self, name: &'static str) -> bool {
        let first = !self.seen.contains(&name);
        if first {
            self.seen.push(name);
        } else {
            self.defects.add(Defect::DuplicateField);
        }
        first
    }

    fn extend(
        &mut self,
        name: &'static str,
        value: &[u8],
        of: impl Fn(&mut Headers) -> &mut Vec<Address>,
    ) {
        self.is_first(name);
        let mut found = self.addresses(value);
        let list = of(&mut self.headers);
        list.append(&mut found);
        list.truncate(self.limits.addresses);
    }

    fn addresses(&mut self, value: &[u8]) -> Vec<Address> {
        let HeaderValue::Address(parsed) = field::decode(value, Grammar::Addresses, self.defects)
        else {
            return Vec::new();
        };
        let (addresses, cleaned) = address::from_header(&parsed, self.limits.addresses);
        if cleaned {
            self.defects.add(Defect::ControlCharacters);
        }
        addresses
    }

    fn text(&mut self, value: &[u8]) -> Option<String> {
        let HeaderValue::Text(text) = field::decode(value, Grammar::Unstructured, self.defects)
        else {
            return None;
        };
        let (text, cleaned) = clean_line(&text);
        if cleaned {
            self.defects.add(Defect::ControlCharacters);
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// Message-IDs of a field: at most as many as the limit, the first one and the latest ones, because they hold a thread together.
    fn ids(&mut self, value: &[u8]) -> Vec<String> {
        let ids = field::decode(value, Grammar::MessageIds, self.defects)
            .into_text_list()
            .unwrap_or_default();
        let skip = ids.len().saturating_sub(self.limits.references);
        ids.iter()
            .enumerate()
            .filter(|(at, _)| *at == 0 || *at > skip)
            .map(|(_, id)| clean_line(id).0)
            .filter(|id| !id.is_empty() && id.len() <= MAX_ID_BYTES && !id.contains(['<', '>']))
            .collect()
    }

    fn date(&mut self, value: &[u8]) -> Option<SentDate> {
        let date = self.zoned_date(value).or_else(|| {
            // A missing zone is an unknown one (RFC 5322 section 4.3).
            self.zoned_date(&[value.trim_ascii_end(), b" -0000"].concat())
        });
        if date.is_none() {
            self.defects.add(Defect::InvalidDate);
        }
        date
    }

    fn zoned_date(&mut self, value: &[u8]) -> Option<SentDate> {
        let date = field::decode(value, Grammar::Date, self.defects).into_datetime()?;
        sent_date(&date).filter(|_| date.is_valid())
    }
}

fn sent_date(date: &DateTime) -> Option<SentDate> {
    let minutes =
        i16::from(date.tz_hour).checked_mul(60)?.checked_add(i16::from(date.tz_minute))?;
    // No place on Earth is further from UTC than 14 hours; a day is what real mail gets wrong.
    if minutes > 24 * 60 {
        return None;
    }
    Some(SentDate {
        unix_ms: date.to_timestamp().checked_mul(1_000)?,
        offset_minutes: if date.tz_before_gmt { minutes.checked_neg()? } else { minutes },
    })
}

#[cfg(test)]
mod tests;
