//! skeleton
use std::borrow::Cow;
use crate::{Limits, Part};
/// The decoded bytes of a part.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
    /// Whether the transfer encoding was damaged: what could be read is there.
    pub damaged: bool,
    /// Whether the limit cut it.
    pub truncated: bool,
}
/// Undoes the transfer encoding of a part.
pub fn part_bytes<'a>(raw: &'a [u8], part: &Part, limits: &Limits) -> Decoded<'a> {
    unimplemented!()
}
/// The text of a text part: transfer encoding and charset undone, line ends LF.
pub fn part_text(raw: &[u8], part: &Part, limits: &Limits) -> String {
    unimplemented!()
}
