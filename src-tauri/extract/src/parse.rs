//! Which kind of file it is, and its text, part by part. Must hold every limit, and never stop at one part that can't be read.

mod archive;
mod html;
mod kind;
mod mail;
mod office;
mod pdf;
mod plain;
mod rtf;
mod sheet;
mod table;
mod xml;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use crate::{Limits, wire};
use kind::Kind;

/// A part that could not be read, or not whole: it counts as not checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The file, and the file within it: `records.zip › census.xlsx`.
    pub part: String,
    /// Why.
    pub why: Why,
}

/// Why a part could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// It is locked with a password.
    Encrypted,
    /// It is not what it says it is, or broken.
    Damaged,
    /// It, or what is packed in it, is larger than is read; its beginning may have been.
    TooLarge,
    /// More files lie in it than are read.
    TooMany,
    /// Files lie deeper in it than are looked for.
    TooDeep,
    /// It is of a kind that has no text to take out, or that isn't known.
    UnknownKind,
    /// It holds pictures of text, such as a scan.
    OnlyPictures,
    /// Reading it took too long.
    TooSlow,
    /// Whoever read it broke down: it is damaged or needs too much memory.
    BrokeDown,
    /// The worker could not be started, or not be confined.
    NotStarted,
}

impl Why {
    /// Returns the name used where the outcome is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::TooDeep => "too_deep",
            Self::UnknownKind => "unknown_kind",
            Self::OnlyPictures => "only_pictures",
            Self::TooSlow => "too_slow",
            Self::BrokeDown => "broke_down",
            Self::NotStarted => "not_started",
        }
    }
}

/// Takes what the parsers find.
pub(crate) trait Sink {
    /// The name of a file in the file.
    fn name(&mut self, part: &str);
    /// Text of a part, at most [`wire::SEGMENT`] bytes at a time.
    fn text(&mut self, part: &str, text: &str);
    /// A part that can't be read.
    fn unread(&mut self, unread: Unread);
    /// How far it got.
    fn progress(&mut self, done: u32, of: u32);
    /// Whether nobody listens any more.
    fn is_closed(&self) -> bool;
}

/// Reads a file and everything in it.
pub(crate) fn file(name: &str, bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) {
    let mut reading = Reading {
        sink,
        text_left: usize::try_from(limits.text_bytes).unwrap_or(usize::MAX),
        unpacked_left: limits.unpacked_bytes,
        parts_left: limits.parts,
        limits: *limits,
        ended: false,
    };
    reading.part(&Place { path: name.to_owned(), name: name.to_owned(), depth: 0 }, bytes);
}

/// Where a part lies.
#[derive(Clone, Debug)]
struct Place {
    path: String,
    name: String,
    depth: u32,
}

impl Place {
    fn within(&self, name: &str) -> Self {
        Self {
            path: format!("{} › {name}", self.path),
            name: name.to_owned(),
            depth: self.depth.saturating_add(1),
        }
    }
}

/// One file being read, with what is left of its limits.
struct Reading<'s> {
    sink: &'s mut dyn Sink,
    limits: Limits,
    text_left: usize,
    unpacked_left: u64,
    parts_left: u32,
    /// A limit that ends everything was reached.
    ended: bool,
}

impl Reading<'_> {
    /// Reads one part, and says so if it can't be.
    fn part(&mut self, place: &Place, bytes: &[u8]) {
        // The name of the file itself is known to who asks, even if this worker ends before it says anything.
        if place.depth > 0 {
            self.sink.name(&place.path);
        }
        let read = if place.depth >= self.limits.depth {
            Err(Why::TooDeep)
        } else {
            // A parser that panics costs its part, not the others.
            catch_unwind(AssertUnwindSafe(|| self.content(place, bytes)))
                .unwrap_or(Err(Why::Damaged))
        };
        if let Err(why) = read {
            self.unread(place, why);
        }
    }

    fn content(&mut self, place: &Place, bytes: &[u8]) -> Result<(), Why> {
        match Kind::of(&place.name, bytes) {
            Kind::Empty => Ok(()),
            Kind::Text => self.text(place, &plain::decode(bytes)),
            Kind::Table(delimiter) => plain::table(self, place, bytes, delimiter),
            Kind::Html => self.text(place, &html::text(&plain::decode_html(bytes))),
            Kind::Rich => rtf::read(self, place, bytes),
            Kind::Pdf => pdf::read(self, place, bytes),
            Kind::Zip => archive::read(self, place, bytes),
            Kind::Sheet => sheet::old(self, place, bytes),
            Kind::Mail => mail::read(self, place, bytes),
            Kind::Locked => Err(Why::Encrypted),
            Kind::Picture => Err(Why::OnlyPictures),
            Kind::Unknown => Err(Why::UnknownKind),
        }
    }

    fn unread(&mut self, place: &Place, why: Why) {
        self.sink.unread(Unread { part: place.path.clone(), why });
    }

    /// Says each reason why a part can't be read, or not whole, but for the first, which is returned.
    fn all_but_one(&mut self, place: &Place, mut whys: BTreeSet<Why>) -> Result<(), Why> {
        let first = whys.pop_first();
        for why in whys {
            self.unread(place, why);
        }
        first.map_or(Ok(()), Err)
    }

    /// Joins what became of two halves of a part: where they failed for different reasons, both are said.
    fn both(
        &mut self,
        place: &Place,
        one: Result<(), Why>,
        other: Result<(), Why>,
    ) -> Result<(), Why> {
        if let Err(why) = one
            && other.is_err()
            && one != other
        {
            self.unread(place, why);
        }
        other.and(one)
    }

    /// Counts one more part; says once that there are too many.
    fn counts(&mut self, place: &Place) -> bool {
        let Some(left) = self.parts_left.checked_sub(1) else {
            if !self.ended {
                self.ended = true;
                self.unread(place, Why::TooMany);
            }
            return false;
        };
        self.parts_left = left;
        !self.ended && !self.sink.is_closed()
    }

    /// Passes text on in segments that end at a line or a word where they can.
    ///
    /// # Errors
    /// [`Why::TooLarge`] once there was more text than is taken: what came before was passed on.
    fn text(&mut self, place: &Place, text: &str) -> Result<(), Why> {
        let mut rest = text;
        while !rest.trim_start().is_empty() {
            let room = wire::SEGMENT.min(self.text_left);
            let (segment, after) = segment(rest, room);
            if segment.is_empty() {
                return Err(Why::TooLarge);
            }
            self.text_left = self.text_left.saturating_sub(segment.len());
            self.sink.text(&place.path, segment);
            rest = after;
        }
        Ok(())
    }
}

/// Splits off at most `room` bytes: at a line, else at a space, else between characters.
fn segment(text: &str, room: usize) -> (&str, &str) {
    if text.len() <= room {
        return (text, "");
    }
    let edge = (0..=room).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let (head, _) = text.split_at_checked(edge).unwrap_or((text, ""));
    let after =
        |found: Option<usize>| found.map(|at| at.saturating_add(1)).filter(|at| *at > edge / 2);
    let cut = after(head.rfind('\n')).or_else(|| after(head.rfind(' '))).unwrap_or(edge);
    text.split_at_checked(cut).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests;
