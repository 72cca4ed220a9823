//! The text that an answer or a forwarded message starts with. It quotes what the reader showed at *one* level of protection: there is
//! no way to give it text of an encrypted piece of a mixed message, because `ReaderText` never holds any.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::Offset};

use crate::{Address, Headers, ReaderText, SentDate};

/// Most addresses that are spelt out.
const MAX_SPELT: usize = 50;

/// The text of a reply: who wrote when, and the quoted text.
pub fn quote_reply(headers: &Headers, text: &ReaderText) -> String {
    let author = headers.from.first().map_or("Somebody", Address::label);
    let mut out = match headers.date.and_then(|date| in_words(&date)) {
        Some(date) => format!("On {date}, {author} wrote:\n"),
        None => format!("{author} wrote:\n"),
    };
    for line in text.text.trim_end().lines() {
        out.push('>');
        // Quoted quotes stay together (`>>`), as RFC 3676 section 4.5 has it.
        if !line.is_empty() && !line.starts_with('>') {
            out.push(' ');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The text of an inline forward: the header fields in words, then the text.
pub fn quote_forward(headers: &Headers, text: &ReaderText) -> String {
    let mut out = String::from("---------- Forwarded message ----------\n");
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a String can't fail.
            _ = writeln!(out, "{name}: {value}");
        }
    };
    line("From", &spelt(&headers.from));
    line("Date", &headers.date.and_then(|date| in_words(&date)).unwrap_or_default());
    line("Subject", headers.subject.as_deref().unwrap_or_default());
    line("To", &spelt(&headers.to));
    line("Cc", &spelt(&headers.cc));
    out.push('\n');
    out.push_str(text.text.trim_end());
    out.push('\n');
    out
}

fn spelt(addresses: &[Address]) -> String {
    let one = |address: &Address| match &address.name {
        Some(name) => format!("{name} <{}>", address.email),
        None => address.email.clone(),
    };
    addresses.iter().take(MAX_SPELT).map(one).collect::<Vec<_>>().join(", ")
}

/// The date in the sender's own zone, which is what the sender saw.
fn in_words(date: &SentDate) -> Option<String> {
    let offset = Offset::from_seconds(i32::from(date.offset_minutes).checked_mul(60)?).ok()?;
    let time = Timestamp::from_millisecond(date.unix_ms).ok()?;
    Some(offset.to_datetime(time).strftime("%Y-%m-%d at %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextSource;

    fn text(text: &str) -> ReaderText {
        ReaderText { text: text.to_owned(), source: TextSource::Plain, truncated: false }
    }

    fn headers() -> Headers {
        Headers {
            from: vec![Address::new(Some("Mei Chen"), "mei@clinic.example").unwrap()],
            to: vec![Address::new(None, "me@clinic.example").unwrap()],
            subject: Some("Lab".into()),
            date: Some(SentDate { unix_ms: 1_795_271_400_000, offset_minutes: -300 }),
            ..Headers::default()
        }
    }

    #[test]
    fn a_reply_quotes_every_line() {
        assert_eq!(
            quote_reply(&headers(), &text("Hello\n\n> older\nbye\n\n")),
            "On 2026-11-21 at 09:30, Mei Chen wrote:\n> Hello\n>\n>> older\n> bye\n"
        );
        assert_eq!(quote_reply(&Headers::default(), &text("")), "Somebody wrote:\n");
    }

    #[test]
    fn a_forward_names_the_fields() {
        assert_eq!(
            quote_forward(&headers(), &text("Hello\n")),
            "---------- Forwarded message ----------\nFrom: Mei Chen <mei@clinic.example>\nDate: 2026-11-21 at 09:30\nSubject: Lab\n\
             To: me@clinic.example\n\nHello\n"
        );
    }
}
