//! Answering: whom, under which subject, in which thread. Quoting is in `quote`.

use std::fmt;

use crate::{Address, Headers, address::same_address, clean::display_text};

/// Most Message-IDs in a References field that is sent.
const MAX_REFERENCES: usize = 30;

/// Prefixes that mean "reply", in the languages that mail programs use them in.
const REPLY: [&str; 6] = ["re", "aw", "sv", "antw", "res", "rif"];

/// Prefixes that mean "forward".
const FORWARD: [&str; 6] = ["fwd", "fw", "wg", "vs", "tr", "enc"];

/// Whom an answer goes to.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipients")
            .field("to", &self.to.len())
            .field("cc", &self.cc.len())
            .finish()
    }
}

/// Who is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyScope {
    /// Reply-To, or the author.
    Author,
    /// The author and all visible recipients.
    All,
}

/// Whom to answer. `headers` must be the protected ones where there are any (RFC 9788 section 4.4.4); `own` are the user's addr-specs,
/// which are left out unless nobody else is there. An answer to one's own message goes to its recipients again.
pub fn reply_recipients(headers: &Headers, own: &[&str], scope: ReplyScope) -> Recipients {
    let is_own = |address: &Address| own.iter().any(|own| same_address(own, &address.email));
    let is_from_me = headers.author().is_some_and(is_own);
    let author = if headers.reply_to.is_empty() { &headers.from } else { &headers.reply_to };
    let mut seen: Vec<String> = Vec::new();
    let mut pick = |addresses: &[Address]| -> Vec<Address> {
        let mut picked = Vec::new();
        for address in
            addresses.iter().filter(|address| !address.email.is_empty() && !is_own(address))
        {
            if !seen.iter().any(|email| same_address(email, &address.email)) {
                seen.push(address.email.clone());
                picked.push(address.clone());
            }
        }
        picked
    };
    let mut to = if is_from_me { pick(&headers.to) } else { pick(author) };
    let cc = match scope {
        ReplyScope::Author => Vec::new(),
        ReplyScope::All => {
            to.append(&mut pick(&headers.to));
            pick(&headers.cc)
        }
    };
    if to.is_empty() && cc.is_empty() {
        to = author.iter().filter(|address| !address.email.is_empty()).take(1).cloned().collect();
    }
    Recipients { to, cc }
}

/// The subject of an answer: `Re: ` once, whatever the number and language of the prefixes that were there.
pub fn reply_subject(subject: Option<&str>) -> String {
    format!("Re: {}", strip(subject.unwrap_or_default(), &REPLY)).trim_end().to_owned()
}

/// The subject of a forwarded message: `Fwd: ` once.
pub fn forward_subject(subject: Option<&str>) -> String {
    format!("Fwd: {}", strip(subject.unwrap_or_default(), &FORWARD)).trim_end().to_owned()
}

fn strip(subject: &str, prefixes: &[&str]) -> String {
    let clean = display_text(subject);
    let mut rest = clean.as_str();
    while let Some((head, tail)) = rest.split_once(':') {
        // `Re[2]:` counts replies.
        let word = head.trim().split('[').next().unwrap_or_default().to_ascii_lowercase();
        if !prefixes.contains(&word.as_str()) {
            break;
        }
        rest = tail.trim_start();
    }
    rest.to_owned()
}

/// The References of an answer (RFC 5322 section 3.6.4): those of the parent, and the parent. Long chains keep the first and the latest.
pub fn reply_references(headers: &Headers) -> Vec<String> {
    let parents = match (headers.references.as_slice(), headers.in_reply_to.as_slice()) {
        ([], [one]) => std::slice::from_ref(one),
        (references, _) => references,
    };
    let mut chain: Vec<String> = Vec::new();
    for id in parents.iter().chain(headers.message_id.iter()) {
        if !chain.contains(id) && crate::compose::is_message_id(id) {
            chain.push(id.clone());
        }
    }
    let surplus = chain.len().saturating_sub(MAX_REFERENCES);
    chain.drain(1.min(chain.len())..surplus.saturating_add(1).min(chain.len()));
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(emails: &[&str]) -> Vec<Address> {
        emails.iter().map(|email| Address::new(None, email).unwrap()).collect()
    }

    fn emails(addresses: &[Address]) -> Vec<&str> {
        addresses.iter().map(|address| address.email.as_str()).collect()
    }

    fn message() -> Headers {
        Headers {
            from: list(&["zoe@clinic.example"]),
            to: list(&["me@clinic.example", "mei@clinic.example", "zoe@CLINIC.example"]),
            cc: list(&["lab@clinic.example", "mei@clinic.example"]),
            bcc: list(&["secret@clinic.example"]),
            ..Headers::default()
        }
    }

    #[test]
    fn answers_go_to_the_author_or_to_all_but_me() {
        let own = ["ME@clinic.example"];
        let one = reply_recipients(&message(), &own, ReplyScope::Author);
        assert_eq!((emails(&one.to), one.cc.len()), (vec!["zoe@clinic.example"], 0));
        let all = reply_recipients(&message(), &own, ReplyScope::All);
        assert_eq!(emails(&all.to), ["zoe@clinic.example", "mei@clinic.example"]);
        assert_eq!(emails(&all.cc), ["lab@clinic.example"]);
        let with_reply_to = Headers { reply_to: list(&["desk@clinic.example"]), ..message() };
        assert_eq!(
            emails(&reply_recipients(&with_reply_to, &own, ReplyScope::Author).to),
            ["desk@clinic.example"]
        );
    }

    #[test]
    fn an_answer_to_my_own_message_goes_to_its_recipients() {
        let own = ["zoe@clinic.example"];
        assert_eq!(
            emails(&reply_recipients(&message(), &own, ReplyScope::Author).to),
            ["me@clinic.example", "mei@clinic.example"]
        );
        let to_self = Headers {
            from: list(&["me@x.example"]),
            to: list(&["me@x.example"]),
            ..Headers::default()
        };
        assert_eq!(
            emails(&reply_recipients(&to_self, &["me@x.example"], ReplyScope::All).to),
            ["me@x.example"]
        );
    }

    #[test]
    fn subjects_carry_one_prefix() {
        assert_eq!(reply_subject(Some("Lab results")), "Re: Lab results");
        assert_eq!(reply_subject(Some("RE: Re[3]: AW: Lab: results")), "Re: Lab: results");
        assert_eq!(reply_subject(Some("Resolved: x")), "Re: Resolved: x");
        assert_eq!(reply_subject(None), "Re:");
        assert_eq!(forward_subject(Some("FW: Re: x")), "Fwd: Re: x");
        assert_eq!(reply_subject(Some("a\r\nBcc: x")), "Re: a Bcc: x");
    }

    #[test]
    fn references_grow_by_one_and_stay_short() {
        let mut parent = Headers {
            message_id: Some("2@x".into()),
            in_reply_to: vec!["1@x".into()],
            ..Headers::default()
        };
        assert_eq!(reply_references(&parent), ["1@x", "2@x"]);
        parent.references = (0..500).map(|i| format!("r{i}@x")).collect();
        let chain = reply_references(&parent);
        assert_eq!(
            (chain.len(), chain[0].as_str(), chain[1].as_str(), chain[29].as_str()),
            (30, "r0@x", "r472@x", "2@x")
        );
        parent.references = vec!["a@x".into(), "bad id".into(), "a@x".into()];
        assert_eq!(reply_references(&parent), ["a@x", "2@x"]);
    }
}
