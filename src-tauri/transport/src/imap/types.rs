//! Owns the values that stand in IMAP commands, each checked when made. Must not hold free text.

use std::fmt;
use std::num::NonZeroU32;

use super::InvalidArgument;
use crate::command::is_plain;

/// The longest folder name, in bytes as the server sends it.
const MAX_FOLDER_NAME: usize = 1024;
/// The longest keyword, in bytes.
const MAX_KEYWORD: usize = 128;

/// A message's unique identifier within a folder and a [`UidValidity`] (RFC 3501 section 2.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(NonZeroU32);

impl Uid {
    /// Takes a number; `None` for 0, which no message has.
    pub fn new(value: u32) -> Option<Self> {
        NonZeroU32::new(value).map(Self)
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

/// The generation of a folder's UIDs: when it changes, every stored UID of the folder is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UidValidity(pub u32);

/// A modification sequence (CONDSTORE, RFC 7162).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModSeq(pub u64);

/// A non-empty set of UIDs, kept as ordered ranges that don't touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UidSet(Vec<(u32, u32)>);

impl UidSet {
    /// All UIDs from `first` to `last`, both included, in either order.
    pub fn range(first: Uid, last: Uid) -> Self {
        Self(vec![(first.min(last).get(), first.max(last).get())])
    }

    /// All UIDs from `first` on.
    pub fn from(first: Uid) -> Self {
        Self(vec![(first.get(), u32::MAX)])
    }

    /// The given UIDs, in any order; `None` if there are none.
    pub fn of(uids: impl IntoIterator<Item = Uid>) -> Option<Self> {
        let mut sorted: Vec<u32> = uids.into_iter().map(Uid::get).collect();
        sorted.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for uid in sorted {
            match ranges.last_mut() {
                Some((_, last)) if uid <= last.saturating_add(1) => *last = uid,
                _ => ranges.push((uid, uid)),
            }
        }
        (!ranges.is_empty()).then_some(Self(ranges))
    }

    /// Whether the UID is in the set.
    pub fn contains(&self, uid: Uid) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&uid.get()))
    }

    /// Cuts the set into pieces whose text is at most `limit` bytes: servers refuse long lines.
    pub(super) fn pieces(&self, limit: usize) -> Vec<Self> {
        let mut pieces: Vec<Self> = Vec::new();
        let mut length = 0_usize;
        for range in &self.0 {
            let text = Self(vec![*range]).to_string().len().saturating_add(1);
            match pieces.last_mut() {
                Some(piece) if length.saturating_add(text) <= limit => {
                    piece.0.push(*range);
                    length = length.saturating_add(text);
                }
                _ => {
                    pieces.push(Self(vec![*range]));
                    length = text;
                }
            }
        }
        pieces
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match (first, last) {
                (first, last) if first == last => write!(f, "{first}")?,
                (first, &u32::MAX) => write!(f, "{first}:*")?,
                (first, last) => write!(f, "{first}:{last}")?,
            }
        }
        Ok(())
    }
}

/// A folder's name exactly as the server spells it (modified UTF-7); what commands are given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderName(String);

impl FolderName {
    /// Takes a name as the server spells it.
    ///
    /// # Errors
    /// [`InvalidArgument::FolderName`] if it is empty, longer than 1 KiB, or has a NUL, CR or LF in it.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidArgument> {
        let name = name.into();
        if name.is_empty() || name.len() > MAX_FOLDER_NAME || !is_plain(&name) {
            return Err(InvalidArgument::FolderName);
        }
        Ok(Self(name))
    }

    /// The folder that every account has.
    pub fn inbox() -> Self {
        Self("INBOX".to_owned())
    }

    /// The name as the server spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as a quoted string (RFC 3501 section 4.3).
    pub(super) fn quoted(&self) -> String {
        let mut out = String::with_capacity(self.0.len().saturating_add(2));
        out.push('"');
        for character in self.0.chars() {
            if matches!(character, '"' | '\\') {
                out.push('\\');
            }
            out.push(character);
        }
        out.push('"');
        out
    }
}

/// A flag that a client may set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// `\Seen`
    Seen,
    /// `\Answered`
    Answered,
    /// `\Flagged`
    Flagged,
    /// `\Deleted`
    Deleted,
    /// `\Draft`
    Draft,
    /// A keyword, such as `$Forwarded`.
    Keyword(Keyword),
}

impl Flag {
    /// Reads a flag of a FETCH response; `None` for `\Recent` and for flags that this client doesn't know.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let known = [Self::Seen, Self::Answered, Self::Flagged, Self::Deleted, Self::Draft];
        if text.starts_with('\\') {
            return known.into_iter().find(|flag| flag.to_string().eq_ignore_ascii_case(text));
        }
        Keyword::new(text).ok().map(Self::Keyword)
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seen => "\\Seen",
            Self::Answered => "\\Answered",
            Self::Flagged => "\\Flagged",
            Self::Deleted => "\\Deleted",
            Self::Draft => "\\Draft",
            Self::Keyword(keyword) => &keyword.0,
        })
    }
}

/// A keyword: an atom of RFC 3501.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Keyword(String);

impl Keyword {
    /// Takes a keyword.
    ///
    /// # Errors
    /// [`InvalidArgument::Keyword`] if it is no atom of at most 128 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidArgument> {
        let text = text.into();
        let atom = |byte: u8| byte.is_ascii_graphic() && !br#"(){%*"\]"#.contains(&byte);
        if text.is_empty() || text.len() > MAX_KEYWORD || !text.bytes().all(atom) {
            return Err(InvalidArgument::Keyword);
        }
        Ok(Self(text))
    }

    /// The keyword's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
