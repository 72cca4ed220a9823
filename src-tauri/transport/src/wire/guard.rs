//! Owns the limits on what a server may send, judged before a parser sees it. Must not parse more than lines and literals.
//!
//! The IMAP parser below us buffers up to 512 MiB and recurses into parentheses; the SMTP one buffers a line of any
//! length. So lines, literals, nesting and the whole answer are counted here, as the bytes come out of TLS.

use super::LimitExceeded;

/// The deepest nesting of parentheses in one IMAP response. A real BODYSTRUCTURE stays below 20.
const MAX_NESTING: usize = 64;

/// How much a server may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The longest line, in bytes.
    pub(crate) line: usize,
    /// The largest literal, in bytes; `None` where the protocol has none.
    pub(crate) literal: Option<u64>,
    /// All bytes until the limits are set again.
    pub(crate) answer: u64,
}

impl Limits {
    /// For what comes before and around commands.
    pub(crate) const IMAP: Self =
        Self { line: 64 * 1024, literal: Some(64 * 1024), answer: 1024 * 1024 };
    /// For a whole submission: 1 000 recipients' replies fit.
    pub(crate) const SMTP: Self = Self { line: 4096, literal: None, answer: 1024 * 1024 };
}

/// Counts what comes in.
#[derive(Debug)]
pub(super) struct Guard {
    limits: Limits,
    received: u64,
    line: usize,
    literal_left: u64,
    announced: Announced,
    nesting: usize,
    quoted: Quoted,
}

/// How much of a literal's announcement, `{` digits `}` CR LF, the line ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announced {
    No,
    Digits(u64),
    Closed(u64),
}

/// Whether the line is within a quoted string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoted {
    No,
    Yes,
    Escaped,
}

impl Guard {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            received: 0,
            line: 0,
            literal_left: 0,
            announced: Announced::No,
            nesting: 0,
            quoted: Quoted::No,
        }
    }

    /// Sets new limits and begins to count the answer anew.
    pub(super) fn allow(&mut self, limits: Limits) {
        self.limits = limits;
        self.received = 0;
    }

    /// Judges the next bytes of the stream.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), LimitExceeded> {
        self.received = self.received.saturating_add(bytes.len() as u64);
        if self.received > self.limits.answer {
            return Err(LimitExceeded::Answer);
        }
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.literal_left > 0 {
                let skipped =
                    usize::try_from(self.literal_left).unwrap_or(usize::MAX).min(bytes.len());
                self.literal_left = self.literal_left.saturating_sub(skipped as u64);
                bytes = bytes.get(skipped..).unwrap_or_default();
            } else {
                self.byte_of_line(byte)?;
                bytes = rest;
            }
        }
        Ok(())
    }

    fn byte_of_line(&mut self, byte: u8) -> Result<(), LimitExceeded> {
        if byte == b'\n' {
            self.end_of_line();
            return Ok(());
        }
        self.line = self.line.saturating_add(1);
        if self.line > self.limits.line {
            return Err(LimitExceeded::Line);
        }
        if self.limits.literal.is_some() {
            self.nest(byte)?;
            self.announce(byte)?;
        }
        Ok(())
    }

    fn end_of_line(&mut self) {
        self.line = 0;
        if let Announced::Closed(size) = self.announced {
            self.literal_left = size;
        } else {
            self.nesting = 0;
        }
        self.announced = Announced::No;
        self.quoted = Quoted::No;
    }

    fn nest(&mut self, byte: u8) -> Result<(), LimitExceeded> {
        self.quoted = match (self.quoted, byte) {
            (Quoted::Yes, b'\\') => Quoted::Escaped,
            (Quoted::Yes, b'"') => Quoted::No,
            (Quoted::No, b'"') | (Quoted::Escaped | Quoted::Yes, _) => Quoted::Yes,
            (Quoted::No, _) => Quoted::No,
        };
        if self.quoted == Quoted::No {
            match byte {
                b'(' => self.nesting = self.nesting.saturating_add(1),
                b')' => self.nesting = self.nesting.saturating_sub(1),
                _ => {}
            }
        }
        if self.nesting > MAX_NESTING { Err(LimitExceeded::Nesting) } else { Ok(()) }
    }

    fn announce(&mut self, byte: u8) -> Result<(), LimitExceeded> {
        self.announced = match (self.announced, byte) {
            (_, b'{') => Announced::Digits(0),
            (Announced::Digits(size), b'0'..=b'9') => {
                let digit = u64::from(byte.saturating_sub(b'0'));
                Announced::Digits(size.saturating_mul(10).saturating_add(digit))
            }
            (Announced::Digits(size), b'}') => {
                if self.limits.literal.is_some_and(|limit| size > limit) {
                    return Err(LimitExceeded::Literal);
                }
                Announced::Closed(size)
            }
            (Announced::Closed(size), b'\r') => Announced::Closed(size),
            _ => Announced::No,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
