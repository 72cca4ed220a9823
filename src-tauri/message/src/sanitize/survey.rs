//! A first look at the HTML, token by token: how complex it is, and how much it wants from elsewhere. It only counts; that nothing
//! gets through is the sanitiser's work.

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSinkResult};

use super::RemoteBlocked;
use crate::html_tokens::{TokenReader, raw_state, read_tokens};

/// Deeper or longer than any real mail: building its tree would take seconds.
const MAX_NESTING: usize = 500;
const MAX_TAGS: usize = 25_000;
const MAX_TEXTS: usize = 40_000;

/// Most tags and texts between the cells of tables. Each is moved to before its table, which takes the longer the more there are.
const MAX_MISPLACED: usize = 1_000;

/// Elements that have no content and so don't nest (HTML section 13.1.2).
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that the next one of their kind closes: leaving out their end tags is no nesting. They nest only in others, which count.
const CLOSED_BY_NEXT: [&str; 13] = [
    "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot",
    "colgroup",
];

/// What the survey found.
#[derive(Default)]
pub(super) struct Survey {
    /// Whether a tree can be built of it in reasonable time.
    pub(super) is_simple: bool,
    pub(super) remote: RemoteBlocked,
}

#[derive(Default)]
struct State {
    remote: RemoteBlocked,
    nesting: usize,
    open: usize,
    tags: usize,
    texts: usize,
    misplaced: usize,
    /// Whether the last tag that has to do with tables leaves us between cells.
    between_cells: bool,
    in_style: bool,
    /// How deep in SVG or `MathML`, where markup in a style or title is no text.
    foreign: usize,
}

/// Counts tags, nesting and remote references.
pub(super) fn survey(html: &str) -> Survey {
    let (state, is_complete) = read_tokens(html, State::default());
    let is_simple = is_complete && state.is_simple();
    Survey { is_simple, remote: state.remote }
}

impl TokenReader for State {
    fn token(&mut self, token: Token) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                self.tag(&tag);
                if self.foreign == 0 {
                    return raw_state(&tag);
                }
            }
            Token::CharacterTokens(text) => {
                self.texts = self.texts.saturating_add(1);
                if self.in_style {
                    self.count_css(&text);
                } else if self.between_cells && !text.trim().is_empty() {
                    self.misplaced = self.misplaced.saturating_add(1);
                }
            }
            // Each of these parts a text, too.
            Token::NullCharacterToken | Token::CommentToken(_) => {
                self.texts = self.texts.saturating_add(1);
            }
            Token::DoctypeToken(_) | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }

    /// What comes after is not counted: it is not shown with its looks anyway.
    fn is_done(&self) -> bool {
        !self.is_simple()
    }
}

impl State {
    fn is_simple(&self) -> bool {
        self.nesting <= MAX_NESTING
            && self.tags <= MAX_TAGS
            && self.texts <= MAX_TEXTS
            && self.misplaced <= MAX_MISPLACED
    }

    fn tag(&mut self, tag: &Tag) {
        let name = &*tag.name;
        let opens = tag.kind == TagKind::StartTag;
        self.place(name, opens);
        if matches!(name, "svg" | "math") {
            self.foreign =
                if opens { self.foreign.saturating_add(1) } else { self.foreign.saturating_sub(1) };
        }
        self.tags = self.tags.saturating_add(1);
        let nests = !VOID.contains(&name) && !CLOSED_BY_NEXT.contains(&name);
        if !opens {
            self.open = self.open.saturating_sub(usize::from(nests));
            self.in_style &= name != "style";
            return;
        }
        self.open = self.open.saturating_add(usize::from(nests));
        self.nesting = self.nesting.max(self.open);
        self.in_style = name == "style";
        for attribute in &tag.attrs {
            self.attribute(name, &attribute.name.local, &attribute.value);
        }
    }

    /// Follows tables as far as needed to see what stands between their cells.
    fn place(&mut self, name: &str, opens: bool) {
        match (name, opens) {
            ("td" | "th" | "caption", _) => self.between_cells = !opens,
            ("table", opens) => self.between_cells = opens,
            ("tr" | "tbody" | "thead" | "tfoot" | "colgroup" | "col", _) => {
                self.between_cells = true;
            }
            _ if self.between_cells => self.misplaced = self.misplaced.saturating_add(1),
            _ => {}
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
        let remote = &mut self.remote;
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
        self.remote.styles =
            self.remote.styles.saturating_add(u32::try_from(named).unwrap_or(u32::MAX));
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
    fn what_would_take_long_is_not_simple() {
        for slow in [
            "<b>".repeat(3_000),
            "<i>x</i>".repeat(50_000),
            "&amp;".repeat(100_000),
            "a\0".repeat(100_000),
            format!("<table>{}", "<b>x</b>y".repeat(10_000)),
            format!("<table>{}", "<tr><br>".repeat(10_000)),
            format!("<p {}>", (0..1_000).map(|i| format!("a{i}=b ")).collect::<String>()),
            format!(
                "<svg><style><p {}>",
                (0..1_000).map(|i| format!("a{i}=b ")).collect::<String>()
            ),
        ] {
            assert!(!survey(&slow).is_simple, "{}", slow.get(..40).unwrap());
        }
    }

    #[test]
    fn real_mail_is_simple() {
        for simple in [
            "<table><tbody><tr>\n<td><b>x</b> y<br></td>\n<td><table><tr><td>z</td></tr></table>more</td></tr></tbody></table>\n".repeat(800),
            "word ".repeat(300_000),
            "<p>a&nbsp;b</p>".repeat(5_000),
            "<p>a paragraph without an end<ul><li>one<li>two</ul>".repeat(2_000),
            "<table><tr><td>a<td>b<tr><td>c</table>".repeat(2_000),
        ] {
            assert!(survey(&simple).is_simple, "{}", simple.get(..40).unwrap());
        }
    }
}
