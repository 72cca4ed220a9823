//! `mailto:` links (RFC 6068): what a link in a stranger's message may put into the composer.

use url::Url;

use crate::{
    Address,
    clean::{display_text, percent_decoded},
    decode::plain_lines,
    parse_address_list,
};

/// Longest link that is read, in bytes, and most recipients that it may name.
const MAX_LINK_BYTES: usize = 8_192;
const MAX_RECIPIENTS: usize = 50;

/// A message that a link asks to write. Nothing is sent without the user.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Mailto {
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

impl std::fmt::Debug for Mailto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailto").field("to", &self.to.len()).finish_non_exhaustive()
    }
}

/// Reads a `mailto:` link. Only recipients, subject and body count: a link must not attach a file, add a blind recipient, or set any
/// other field. `None` if it is no such link or names no valid address.
pub fn parse_mailto(link: &str) -> Option<Mailto> {
    let url = Url::parse(link)
        .ok()
        .filter(|url| url.scheme() == "mailto" && link.len() <= MAX_LINK_BYTES)?;
    let mut mailto = Mailto { to: addresses(&percent_decoded(url.path())), ..Mailto::default() };
    // A plus sign stands for itself here, unlike in forms (section 5 of the RFC).
    for pair in url.query().unwrap_or_default().split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decoded(value);
        match name.to_ascii_lowercase().as_str() {
            "to" => mailto.to.extend(addresses(&value)),
            "cc" => mailto.cc.extend(addresses(&value)),
            "subject" => mailto.subject = display_text(&value),
            "body" => mailto.body = plain_lines(&value),
            _ => {}
        }
    }
    mailto.to.truncate(MAX_RECIPIENTS);
    mailto.cc.truncate(MAX_RECIPIENTS);
    (!mailto.to.is_empty()).then_some(mailto)
}

fn addresses(list: &str) -> Vec<Address> {
    parse_address_list(list).into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_subject_and_body_are_read() {
        let link = "mailto:mei@clinic.example,a%2Bb@c.example?cc=Lab%20%3Clab@clinic.example%3E&SUBJECT=Re%3A+x%20y&body=one%0D%0Atwo%26three=four";
        let found = parse_mailto(link).unwrap();
        let emails: Vec<_> =
            found.to.iter().chain(&found.cc).map(|address| address.email.as_str()).collect();
        assert_eq!(emails, ["mei@clinic.example", "a+b@c.example", "lab@clinic.example"]);
        assert_eq!(
            (found.subject.as_str(), found.body.as_str()),
            ("Re:+x y", "one\ntwo&three=four")
        );
    }

    #[test]
    fn nothing_else_gets_into_the_message() {
        let found = parse_mailto("mailto:a@b.example?attach=/etc/passwd&attachment=x&bcc=eve@evil.example&from=x@y.example&subject=a%0d%0aBcc:%20e@f.example").unwrap();
        assert_eq!(
            found,
            Mailto {
                to: vec![Address::new(None, "a@b.example").unwrap()],
                subject: "a Bcc: e@f.example".into(),
                ..Mailto::default()
            }
        );
        for bad in ["mailto:", "mailto:nobody", "https://a@b.example", "mailto:?subject=x", "x"] {
            assert_eq!(parse_mailto(bad), None, "{bad}");
        }
    }
}
