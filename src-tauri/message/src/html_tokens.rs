//! Feeding HTML to html5ever's tokenizer within bounds. What the tokens mean is their reader's business.
//!
//! The tokenizer compares each attribute of a tag with all the others: a tag with 100 000 of them takes half a minute. So the input goes in
//! by small chunks, and reading stops at the first token that no mail would have.

use std::cell::Cell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

use crate::clean::cut;

/// Bytes that go in at once.
const CHUNK_BYTES: usize = 4_096;

/// Most attributes of one tag.
const MAX_ATTRIBUTES: usize = 300;

/// Most blanks and equal signs in one unfinished tag or comment. Word writes comments with about 5 000.
const MAX_SEPARATORS: usize = 12_000;

/// Reads tokens.
pub(crate) trait TokenReader {
    /// Takes one token; says how the tokenizer must go on.
    fn token(&mut self, token: Token) -> TokenSinkResult<()>;

    /// Whether it has seen enough.
    fn is_done(&self) -> bool {
        false
    }
}

/// Feeds HTML to `reader`. Returns it, and whether everything that it wanted was read.
pub(crate) fn read_tokens<R: TokenReader>(html: &str, reader: R) -> (R, bool) {
    let sink = Sink {
        reader: std::cell::RefCell::new(reader),
        finished: Cell::new(0),
        is_giant: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = html;
    let mut is_complete = true;
    let (mut finished, mut separators) = (0_u64, 0_usize);
    while !rest.is_empty() {
        let chunk = cut(rest, CHUNK_BYTES);
        rest = rest.get(chunk.len()..).unwrap_or_default();
        queue.push_back(StrTendril::from_slice(chunk));
        // No reader asks for a script, so one feed reads all there is.
        drop(tokenizer.feed(&queue));
        if tokenizer.sink.finished.get() != finished {
            (finished, separators) = (tokenizer.sink.finished.get(), 0);
        }
        separators = separators.saturating_add(
            chunk.bytes().filter(|b| b.is_ascii_whitespace() || matches!(b, b'=' | b'/')).count(),
        );
        if tokenizer.sink.is_giant.get() || separators > MAX_SEPARATORS {
            is_complete = false;
            break;
        }
        if tokenizer.sink.reader.borrow().is_done() {
            break;
        }
    }
    if is_complete {
        tokenizer.end();
    }
    (tokenizer.sink.reader.into_inner(), is_complete)
}

struct Sink<R> {
    reader: std::cell::RefCell<R>,
    finished: Cell<u64>,
    is_giant: Cell<bool>,
}

impl<R: TokenReader> TokenSink for Sink<R> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        // Errors are told in the middle of a tag: they don't finish one.
        if matches!(token, Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        self.finished.set(self.finished.get().wrapping_add(1));
        if matches!(&token, Token::TagToken(tag) if tag.attrs.len() > MAX_ATTRIBUTES) {
            self.is_giant.set(true);
        }
        self.reader.borrow_mut().token(token)
    }
}

/// How the tokenizer must go on after a start tag: with no tree builder, its reader knows where markup is text.
pub(crate) fn raw_state(tag: &Tag) -> TokenSinkResult<()> {
    if tag.kind != TagKind::StartTag {
        return TokenSinkResult::Continue;
    }
    match &*tag.name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

/// The value of a tag's attribute.
pub(crate) fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Count(usize);

    impl TokenReader for Count {
        fn token(&mut self, _token: Token) -> TokenSinkResult<()> {
            self.0 += 1;
            TokenSinkResult::Continue
        }
    }

    fn is_complete(html: &str) -> bool {
        read_tokens(html, Count::default()).1
    }

    #[test]
    fn giant_tags_stop_the_reading() {
        let attributes = |n: usize| (0..n).map(|i| format!(" a{i}=b")).collect::<String>();
        assert!(is_complete(&format!("<p{}>", attributes(200))));
        assert!(!is_complete(&format!("<p{}>", attributes(400))));
        assert!(!is_complete(&format!("<p{}>", attributes(100_000))));
        assert!(!is_complete(&format!("<p {}>", "a ".repeat(500_000))));
    }

    #[test]
    fn long_text_comments_and_values_are_no_giants() {
        assert!(is_complete(&"word ".repeat(300_000)));
        assert!(is_complete(&format!(
            "<!--{}-->",
            "<w:x Locked=\"false\" Name=\"y\"/> ".repeat(370)
        )));
        assert!(is_complete(&format!(
            "<img src=\"data:image/png;base64,{}\">",
            "A".repeat(1_000_000)
        )));
        assert!(is_complete(&"<p class=x>y</p>".repeat(50_000)));
    }
}
