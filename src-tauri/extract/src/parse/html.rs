//! The text of a page, with the addresses of its links. Reads tokens and builds no tree: depth costs nothing.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states,
};

/// The longest attribute that is taken, in bytes.
const ATTRIBUTE: usize = 4096;

/// Takes the text out of a page.
pub(super) fn text(page: &str) -> String {
    let tokenizer = Tokenizer::new(Text::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    for piece in pieces(page) {
        input.push_back(StrTendril::from_slice(piece));
        let _no_script_to_run = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.text.into_inner()
}

/// A tendril holds less than 4 GB; smaller pieces keep memory even.
fn pieces(page: &str) -> impl Iterator<Item = &str> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let (piece, after) = super::segment(rest, 1 << 20);
        rest = after;
        Some(piece).filter(|piece| !piece.is_empty())
    })
}

#[derive(Default)]
struct Text {
    text: RefCell<String>,
    /// Inside a script or a style, whose words nobody reads.
    hidden: RefCell<bool>,
}

impl TokenSink for Text {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(words) if !*self.hidden.borrow() => {
                self.text.borrow_mut().push_str(&words);
            }
            Token::TagToken(tag) => return self.tag(&tag),
            Token::CommentToken(words) => self.line(&words),
            Token::DoctypeToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_)
            | Token::CharacterTokens(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl Text {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let starts = tag.kind == TagKind::StartTag;
        let mut text = self.text.borrow_mut();
        match name {
            "td" | "th" if text.ends_with(['\t', '\n']) => {}
            "td" | "th" => text.push('\t'),
            "a" | "b" | "i" | "u" | "em" | "strong" | "span" | "font" | "sup" | "sub" | "mark"
            | "small" => {}
            _ if !text.ends_with('\n') => text.push('\n'),
            _ => {}
        }
        drop(text);
        if !starts {
            *self.hidden.borrow_mut() = false;
            return TokenSinkResult::Continue;
        }
        for attribute in &tag.attrs {
            if matches!(&*attribute.name.local, "href" | "alt" | "title" | "value" | "placeholder")
                && attribute.value.len() <= ATTRIBUTE
            {
                self.line(&attribute.value);
            }
        }
        match name {
            "script" => {
                *self.hidden.borrow_mut() = true;
                TokenSinkResult::RawData(states::ScriptData)
            }
            "style" => {
                *self.hidden.borrow_mut() = true;
                TokenSinkResult::RawData(states::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(states::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    fn line(&self, words: &str) {
        let mut text = self.text.borrow_mut();
        text.push('\n');
        text.push_str(words);
        text.push('\n');
    }
}
