//! The readable text of HTML, for search, quotes, PHI checks and the list row. Works on tokens, not on a tree, so that depth costs
//! nothing; its output is text and is never taken for HTML again.

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSinkResult};

use crate::{
    clean::{cut, is_deceptive},
    html_tokens::{TokenReader, attribute, raw_state, read_tokens},
    protected::LEGACY_DISPLAY_CLASS,
};

/// Elements whose text is never meant to be read.
const HIDDEN: [&str; 13] = [
    "script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math",
    "textarea", "select", "noframes",
];

/// Elements that end a line.
const BLOCKS: [&str; 31] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "main",
    "nav",
    "ol",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];

/// The readable text of HTML, at most `max_bytes` long. It ends early at markup that only an attacker would write.
pub fn html_to_text(html: &str, max_bytes: usize) -> String {
    read_tokens(html, Text { max_bytes, ..Text::default() }).0.finish()
}

/// Text as HTML that looks like it.
pub(crate) fn text_to_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<div style=\"white-space:pre-wrap\">{escaped}</div>")
}

impl TokenReader for Text {
    fn token(&mut self, token: Token) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(characters) => self.add(&characters),
            Token::TagToken(tag) => {
                self.tag(&tag);
                return raw_state(&tag);
            }
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }

    fn is_done(&self) -> bool {
        self.is_full()
    }
}

/// The text so far.
#[derive(Default)]
struct Text {
    out: String,
    max_bytes: usize,
    /// Line ends that come before the next word.
    breaks: usize,
    space: bool,
    /// The element whose content is skipped, and how often it is open.
    skipping: Option<(String, usize)>,
    preformatted: usize,
    quote: usize,
}

impl Text {
    fn is_full(&self) -> bool {
        self.out.len() >= self.max_bytes
    }

    fn add(&mut self, characters: &str) {
        if self.skipping.is_some() {
            return;
        }
        for c in characters.chars() {
            if self.is_full() {
                return;
            }
            match c {
                '\n' | '\r' if self.preformatted > 0 => {
                    self.breaks = self.breaks.saturating_add(usize::from(c == '\n')).min(3);
                }
                c if is_deceptive(c) => {}
                // A no-break space may stand for indentation, but here it only parts words.
                c if c.is_whitespace() => self.space = true,
                c => self.push(c),
            }
        }
    }

    fn push(&mut self, c: char) {
        if self.breaks > 0 && !self.out.is_empty() {
            for _ in 0..self.breaks {
                self.out.push('\n');
            }
            self.start_line();
        } else if self.out.is_empty() {
            self.start_line();
        } else if self.space {
            self.out.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.out.push(c);
    }

    fn start_line(&mut self) {
        for _ in 0..self.quote {
            self.out.push_str("> ");
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let name = &*tag.name;
        let opens = tag.kind == TagKind::StartTag;
        if let Some((skipped, depth)) = &mut self.skipping {
            if skipped == name {
                *depth = if opens { depth.saturating_add(1) } else { depth.saturating_sub(1) };
            }
            // Nothing of the body can be in the head, whether or not that was closed.
            if *depth == 0 || (skipped == "head" && name == "body") {
                self.skipping = None;
            }
            return;
        }
        if opens && !tag.self_closing && (HIDDEN.contains(&name) || is_legacy_display(tag)) {
            self.skipping = Some((name.to_owned(), 1));
            return;
        }
        self.layout(name, opens, tag);
    }

    fn layout(&mut self, name: &str, opens: bool, tag: &Tag) {
        match name {
            "br" => self.breaks = self.breaks.saturating_add(1).min(3),
            "p" | "hr" => self.breaks = self.breaks.max(2),
            "td" | "th" => self.space = true,
            "img" => self.add_alternative(tag),
            _ if BLOCKS.contains(&name) => self.breaks = self.breaks.max(1),
            _ => {}
        }
        let step = |count: usize| {
            if opens { count.saturating_add(1).min(20) } else { count.saturating_sub(1) }
        };
        match name {
            "pre" => self.preformatted = step(self.preformatted),
            "blockquote" => self.quote = step(self.quote),
            "li" if opens => {
                self.push('•');
                self.space = true;
            }
            _ => {}
        }
    }

    fn add_alternative(&mut self, tag: &Tag) {
        if let Some(alternative) = attribute(tag, "alt") {
            self.add(alternative);
        }
    }

    fn finish(self) -> String {
        cut(&self.out, self.max_bytes).to_owned()
    }
}

fn is_legacy_display(tag: &Tag) -> bool {
    let classes = attribute(tag, "class").unwrap_or_default();
    &*tag.name == "div"
        && classes.split_ascii_whitespace().any(|class| class == LEGACY_DISPLAY_CLASS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        html_to_text(html, 10_000)
    }

    #[test]
    fn blocks_become_lines_and_entities_characters() {
        assert_eq!(
            text("<p>Hello&nbsp;<b>Mei</b>,</p><p>see &lt;you&gt;<br>soon</p>"),
            "Hello Mei,\n\nsee <you>\nsoon"
        );
        assert_eq!(
            text("<ul><li>one<li>two</ul><table><tr><td>a<td>b<tr><td>c</table>"),
            "• one\n• two\na b\nc"
        );
        assert_eq!(text("a  b\n\tc"), "a b c");
        assert_eq!(text("<pre>x\n  y</pre>"), "x\ny");
        assert_eq!(text("<blockquote>first<br>second</blockquote>mine"), "> first\n> second\nmine");
        assert_eq!(text("<img alt='Logo' src=x> Clinic"), "Logo Clinic");
    }

    #[test]
    fn what_is_not_text_is_left_out() {
        assert_eq!(
            text(
                "<head><title>t</title><style>p{}</style></head><body>x<script>if (a<b) {}</script>y"
            ),
            "xy"
        );
        assert_eq!(
            text("<!-- <p>no</p> -->a<noscript>n</noscript><svg><text>s</text></svg>b"),
            "ab"
        );
        assert_eq!(text("<style>a</style><textarea><b>t</b></textarea>b"), "b");
        assert_eq!(
            text("<div class='x header-protection-legacy-display'><div>Subject: y</div></div>z"),
            "z"
        );
        assert_eq!(text("a\u{202e}b\u{0}c"), "abc");
    }

    #[test]
    fn size_and_depth_cost_nothing() {
        let deep = format!(
            "{}x{}",
            "<div><blockquote>".repeat(20_000),
            "</blockquote></div>".repeat(20_000)
        );
        assert!(text(&deep).ends_with('x'));
        assert_eq!(html_to_text(&"ä ".repeat(1_000), 7), "ä ä ");
        assert!(html_to_text(&"ä ".repeat(1_000), 6).len() <= 6);
    }
}
