//! A first look at the HTML, token by token: how complex it is, and how much it wants from elsewhere. It only counts; that nothing
//! gets through is the sanitiser's work.

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::RemoteBlocked;
use crate::html_text::{raw_state, tokenize};

/// Elements that have no content and so don't nest (HTML section 13.1.2).
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// What the survey found.
#[derive(Default)]
pub(super) struct Survey {
    /// Deepest difference of start and end tags.
    pub(super) nesting: usize,
    /// Start tags.
    pub(super) tags: usize,
    pub(super) remote: RemoteBlocked,
}

#[derive(Default)]
struct State {
    survey: Survey,
    open: usize,
    in_style: bool,
}

struct Sink(RefCell<State>);

/// Counts tags, nesting and remote references.
pub(super) fn survey(html: &str) -> Survey {
    tokenize(html, Sink(RefCell::default())).0.into_inner().survey
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                state.tag(&tag);
                return raw_state(&tag);
            }
            Token::CharacterTokens(text) if state.in_style => state.count_css(&text),
            Token::CharacterTokens(_)
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
    fn tag(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if tag.kind == TagKind::EndTag {
            self.open = self.open.saturating_sub(1);
            self.in_style &= name != "style";
            return;
        }
        self.survey.tags = self.survey.tags.saturating_add(1);
        if !VOID.contains(&name) {
            self.open = self.open.saturating_add(1);
            self.survey.nesting = self.survey.nesting.max(self.open);
        }
        self.in_style = name == "style";
        for attribute in &tag.attrs {
            self.attribute(name, &attribute.name.local, &attribute.value);
        }
    }

    fn attribute(&mut self, element: &str, attribute: &str, value: &str) {
        if attribute == "style" {
            self.count_css(value);
            return;
        }
        if !is_remote(value) {
            return;
        }
        let remote = &mut self.survey.remote;
        let count = match (element, attribute) {
            // Links wait for a click.
            ("a" | "area", "href") => return,
            ("img" | "image" | "input", "src" | "srcset" | "href")
            | ("source", "srcset")
            | (_, "background") => &mut remote.images,
            ("link", "href") => &mut remote.styles,
            (
                _,
                "src" | "srcset" | "href" | "data" | "poster" | "action" | "formaction"
                | "codebase" | "manifest" | "ping" | "cite" | "longdesc",
            ) => &mut remote.other,
            _ => return,
        };
        *count = count.saturating_add(1);
    }

    fn count_css(&mut self, css: &str) {
        let lower = css.to_ascii_lowercase();
        let named = lower
            .matches("url(")
            .count()
            .max(lower.matches("//").count())
            .max(lower.matches("@import").count());
        self.survey.remote.styles =
            self.survey.remote.styles.saturating_add(u32::try_from(named).unwrap_or(u32::MAX));
    }
}

fn is_remote(value: &str) -> bool {
    let start: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(8)
        .collect::<String>()
        .to_ascii_lowercase();
    ["http:", "https:", "ftp:", "//", "\\\\", "/\\", "\\/"]
        .iter()
        .any(|scheme| start.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_references_are_counted_by_kind() {
        let remote = |html: &str| {
            let RemoteBlocked { images, styles, other } = survey(html).remote;
            (images, styles, other)
        };
        assert_eq!(
            remote(
                "<img src=http://t.example/1><IMG SRC=' HTTPS://t.example'><td background=//t.example>"
            ),
            (3, 0, 0)
        );
        assert_eq!(
            remote(
                "<img src=cid:a><img src=data:image/png;base64,xx><a href=https://x.example>x</a>"
            ),
            (0, 0, 0)
        );
        assert_eq!(
            remote(
                "<link rel=stylesheet href=https://t.example><p style='background:url(https://t.example)'>"
            ),
            (0, 2, 0)
        );
        assert_eq!(
            remote("<style>@import 'https://t.example'; p {background: url(//t.example)}</style>"),
            (0, 2, 0)
        );
        assert_eq!(
            remote("<iframe src=http://t.example></iframe><video poster=//t.example></video>"),
            (0, 0, 2)
        );
    }

    #[test]
    fn complexity_is_measured() {
        let deep = survey(&"<b>".repeat(3_000));
        assert_eq!((deep.nesting, deep.tags), (3_000, 3_000));
        assert_eq!(survey("<p>a<br><img></p><p>b</p>").nesting, 1);
    }
}
