//! A head as it is told to somebody outside: a word that survives mail, syslog and paper.
//!
//! `wardmail:anchor:<log>:<seq>:<hash>`, numbers and hashes as in the canonical line. It is not signed: what vouches is that
//! whoever had the computer could not change it any more.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, Read as _};

use crate::event::OpaqueId;
use crate::export::syslog;
use crate::record::Head;

const PREFIX: &str = "wardmail:anchor:";
/// The longest line that is searched for anchors; the rest of a longer one is passed over.
const MAX_LINE: usize = 64 * 1024;
/// The most anchors that are taken from one text: the last ones, which say the most.
const MAX_ANCHORS: usize = 10_000;

/// A head of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The log's id.
    pub log: OpaqueId,
    /// Its head then.
    pub head: Head,
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}:{}:{}", self.log, self.head.seq, hex::encode(self.head.hash))
    }
}

impl Anchor {
    /// Returns it as a message for the log of the system that this program runs on: priority, tag and text (RFC 3164,
    /// section 4.1), as every program hands them to `/dev/log`. The time is left to the system's log, which doesn't take
    /// it from whoever writes.
    pub fn to_syslog(&self) -> String {
        syslog::anchor(self)
    }

    /// Reads what follows the prefix; what comes after the hash doesn't matter.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (log, seq, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let (mut id, mut hash) = ([0; 16], [0; 32]);
        hex::decode_to_slice(log, &mut id).ok()?;
        hex::decode_to_slice(rest.get(..64)?, &mut hash).ok()?;
        let head = Head { seq: seq.parse().ok()?, hash };
        Some(Self { log: OpaqueId::from_random(id), head })
    }
}

/// Finds the anchors in a text: a mail as it came, a system log, a note.
///
/// # Errors
/// The text can't be read.
pub fn anchors_in(mut text: impl BufRead) -> io::Result<Vec<Anchor>> {
    let mut found = VecDeque::new();
    let mut line = Vec::new();
    while read_line(&mut text, &mut line)? {
        let words = String::from_utf8_lossy(&line);
        for anchor in words.split(PREFIX).skip(1).filter_map(Anchor::parse) {
            if found.len() == MAX_ANCHORS {
                found.pop_front();
            }
            found.push_back(anchor);
        }
    }
    Ok(found.into())
}

/// Reads a line; one that a mail broke (quoted-printable, RFC 2045, section 6.7) is put together again. The rest of one
/// that is too long is passed over.
fn read_line(text: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let room = MAX_LINE.saturating_sub(line.len());
        let room = u64::try_from(room).unwrap_or(u64::MAX);
        if text.by_ref().take(room).read_until(b'\n', line)? == 0 && room > 0 {
            return Ok(!line.is_empty());
        }
        if line.last() != Some(&b'\n') {
            text.skip_until(b'\n')?;
            return Ok(true);
        }
        let written = line.trim_ascii_end();
        if written.last() != Some(&b'=') {
            return Ok(true);
        }
        line.truncate(written.len().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_told_is_found_again(log: [u8; 16], seq: u64, hash: [u8; 32], noise in "[^:]{0,40}") {
            let anchor = Anchor { log: OpaqueId::from_random(log), head: Head { seq, hash } };
            let text = format!("{noise}{anchor}{noise}\r\n> {anchor}; {anchor}");
            prop_assert_eq!(anchors_in(text.as_bytes()).unwrap(), vec![anchor; 3]);
        }

        #[test]
        fn a_line_that_a_mail_broke_is_put_together_again(seq: u64, at in 1_usize..100, blanks in "[ \t]{0,2}") {
            let anchor = Anchor { log: OpaqueId::from_random([7; 16]), head: Head { seq, hash: [9; 32] } };
            let mut text = format!("Entry {seq}:\r\n{anchor}\r\n");
            let start = text.find(PREFIX).unwrap();
            text.insert_str(start + at, &format!("={blanks}\r\n"));
            prop_assert_eq!(anchors_in(text.as_bytes()).unwrap(), vec![anchor]);
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,100}(wardmail:anchor:){0,3}\\PC{0,100}") {
            let _answered = anchors_in(text.as_bytes()).unwrap();
        }
    }

    #[test]
    fn of_too_many_the_last_are_taken() {
        let anchor =
            |seq| Anchor { log: OpaqueId::from_random([7; 16]), head: Head { seq, hash: [9; 32] } };
        let lines: Vec<String> = (0..10_001).map(|seq| anchor(seq).to_string()).collect();
        let found = anchors_in(lines.join("\n").as_bytes()).unwrap();
        assert_eq!((found.len(), found[0], found[9_999]), (MAX_ANCHORS, anchor(1), anchor(10_000)));
    }

    #[test]
    fn a_line_without_an_end_costs_a_bounded_buffer() {
        let anchor =
            Anchor { log: OpaqueId::from_random([7; 16]), head: Head { seq: 1, hash: [9; 32] } };
        for filler in ["a", "=\n"] {
            let long = filler.repeat(3 * MAX_LINE);
            let text = format!("{long}\n{anchor}\n");
            let mut line = Vec::new();
            assert!(read_line(&mut text.as_bytes(), &mut line).unwrap());
            assert!(line.capacity() <= 2 * MAX_LINE, "{}", line.capacity());
            assert_eq!(anchors_in(text.as_bytes()).unwrap(), [anchor], "{filler:?}");
        }
    }
}
