//! The links of sanitised HTML, and whether what they show is where they go. Reads the result; changes nothing.

use html5ever::tokenizer::{TagKind, Token, TokenSinkResult};
use url::{Host, Url};

use super::Link;
use crate::{
    address::{ascii_domain, same_address},
    clean::{cut, display_text},
    html_tokens::{TokenReader, attribute, read_tokens},
};

/// Most links that are listed, and the longest text of one.
const MAX_LINKS: usize = 1_000;
const MAX_TEXT_BYTES: usize = 1_000;

#[derive(Default)]
struct State {
    links: Vec<Link>,
    open: Option<(Url, String)>,
}

/// The links, in order.
pub(super) fn links(html: &str) -> Vec<Link> {
    let mut state = read_tokens(html, State::default()).0;
    state.close();
    state.links
}

impl TokenReader for State {
    fn token(&mut self, token: Token) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if &*tag.name == "a" => {
                self.close();
                if tag.kind == TagKind::StartTag && self.links.len() < MAX_LINKS {
                    self.open = attribute(&tag, "href")
                        .and_then(|href| Url::parse(href).ok())
                        .map(|url| (url, String::new()));
                }
            }
            Token::TagToken(tag) if &*tag.name == "img" => {
                self.add(attribute(&tag, "alt").unwrap_or_default());
            }
            Token::CharacterTokens(text) => self.add(&text),
            Token::TagToken(_)
            | Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn add(&mut self, more: &str) {
        if let Some((_, text)) = &mut self.open {
            text.push_str(cut(more, MAX_TEXT_BYTES.saturating_sub(text.len())));
        }
    }

    fn close(&mut self) {
        if let Some((url, text)) = self.open.take() {
            self.links.push(link(&url, &display_text(&text)));
        }
    }
}

fn link(url: &Url, text: &str) -> Link {
    let host = if url.scheme() == "mailto" {
        url.path().to_owned()
    } else {
        url.host_str().unwrap_or_default().to_owned()
    };
    Link {
        text: text.to_owned(),
        url: url.as_str().to_owned(),
        looks_different: !url.username().is_empty()
            || url.password().is_some()
            || claims_other(text, url, &host),
        is_international: host.split('.').any(|label| label.starts_with("xn--")),
        host,
    }
}

/// Whether the text names a host or an address, and the link goes elsewhere.
fn claims_other(text: &str, url: &Url, host: &str) -> bool {
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | ','));
    words.filter(|word| !word.is_empty()).take(50).any(|word| {
        if url.scheme() == "mailto" {
            word.contains('@')
                && word.contains('.')
                && !same_address(word.trim_end_matches(['.', ';', ':']), host)
        } else {
            claimed_host(word).is_some_and(|claimed| !is_same_site(&claimed, host))
        }
    })
}

/// The host that a word of text claims: a URL, or something that reads like a domain name.
fn claimed_host(word: &str) -> Option<String> {
    let lower = word.trim_end_matches(['.', ':', ';', '!', '?']).to_lowercase();
    let after_scheme = lower.split_once("://").map(|(_, rest)| rest);
    let authority = after_scheme.unwrap_or(&lower).split(['/', '?', '#', ':']).next()?;
    if authority.contains('@') {
        return None;
    }
    let (_, last_label) = authority.rsplit_once('.')?;
    // Without a scheme, `e.g.` and `results.pdf` are words, too: a known shape of a top-level domain is asked for.
    let is_domain = last_label.chars().count() >= 2
        && last_label.chars().all(char::is_alphabetic)
        && !is_file_extension(last_label);
    if after_scheme.is_none() && !is_domain {
        return None;
    }
    ascii_domain(authority).or_else(|| match Host::parse(authority) {
        Ok(host) => Some(host.to_string()),
        // Something like a host that no host can be: it can't be where the link goes.
        Err(_) => after_scheme.map(|_| authority.to_owned()),
    })
}

/// Extensions of files that are no top-level domains but end like them.
fn is_file_extension(label: &str) -> bool {
    matches!(
        label,
        "pdf"
            | "doc"
            | "docx"
            | "xls"
            | "xlsx"
            | "ppt"
            | "pptx"
            | "txt"
            | "csv"
            | "jpg"
            | "jpeg"
            | "png"
            | "gif"
            | "html"
            | "htm"
            | "xml"
            | "json"
            | "eml"
    )
}

/// The same host, or one below the one that is claimed: `www.clinic.example` is `clinic.example`'s.
fn is_same_site(claimed: &str, host: &str) -> bool {
    let claimed = claimed.to_ascii_lowercase();
    let claimed = claimed.strip_prefix("www.").unwrap_or(&claimed);
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == claimed || host.strip_suffix(claimed).is_some_and(|sub| sub.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, href: &str) -> Link {
        let found = links(&format!("<p>before <a href=\"{href}\" rel=\"x\">{text}</a> after</p>"));
        assert_eq!(found.len(), 1);
        found[0].clone()
    }

    #[test]
    fn text_that_claims_another_host_is_seen() {
        for (text, href) in [
            ("https://bank.example/login", "https://evil.example/"),
            ("bank.example", "https://bank.example.evil.example/"),
            ("Visit www.bank.example now", "http://evil.example/bank.example"),
            ("<b>bank</b>.example", "https://evil.example/"),
            ("Log in", "https://bank.example@evil.example/"),
            ("bank.example", "https://xn--bnk-0na.example/"),
            ("mei@clinic.example", "mailto:mei@evil.example"),
            ("http://10.0.0.1/x", "https://evil.example/"),
            ("<img alt=\"bank.example\">", "https://evil.example/"),
        ] {
            assert!(one(text, href).looks_different, "{text} {href}");
        }
    }

    #[test]
    fn honest_links_pass() {
        for (text, href) in [
            ("https://clinic.example/x?y", "https://www.clinic.example/"),
            ("www.clinic.example", "https://clinic.example/"),
            ("Clinic.Example.", "https://portal.clinic.example/"),
            ("Your results (results.pdf, e.g.)", "https://clinic.example/"),
            ("mei@clinic.example", "mailto:Mei@clinic.example?subject=x"),
            ("write to mei@clinic.example", "https://clinic.example/contact"),
            ("bücher.example", "https://xn--bcher-kva.example/"),
            ("3.5 mg", "https://clinic.example/"),
        ] {
            assert!(!one(text, href).looks_different, "{text} {href}");
        }
        assert!(one("x", "https://xn--bcher-kva.example/").is_international);
        assert_eq!(one("x", "mailto:a@b.example?subject=y").host, "a@b.example");
    }
}
