//! skeleton
use crate::{Headers, ReaderText};
/// The text of a reply: attribution and quoted text. Takes the reader's text of *one* protection level.
pub fn quote_reply(headers: &Headers, text: &ReaderText) -> String { unimplemented!() }
/// The text of an inline forward: the header fields in words, then the text.
pub fn quote_forward(headers: &Headers, text: &ReaderText) -> String { unimplemented!() }
