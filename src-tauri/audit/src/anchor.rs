//! A head as it is told to somebody outside: a word that survives mail, syslog and paper.
//!
//! `wardmail:anchor:<log>:<seq>:<hash>`, numbers and hashes as in the canonical line. It is not signed: what vouches is that
//! whoever had the computer could not change it any more.

use std::fmt;
use std::io::{self, BufRead, Read as _};

use crate::event::OpaqueId;
use crate::export::syslog;
use crate::record::Head;

const PREFIX: &str = "wardmail:anchor:";
/// The longest line that is searched for anchors; the rest of a longer one is passed over.
const MAX_LINE: u64 = 64 * 1024;
/// The most anchors that are taken from one file.
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
    /// Returns it as a syslog message (RFC 5424), without a line end.
    pub fn to_syslog(&self, utc_ms: i64) -> String {
        syslog::anchor(self, utc_ms)
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

/// Finds every anchor in a text: a mail, a system log, a note.
///
/// # Errors
/// The text can't be read.
pub fn anchors_in(mut text: impl BufRead) -> io::Result<Vec<Anchor>> {
    let mut found = Vec::new();
    let mut line = Vec::new();
    while found.len() < MAX_ANCHORS {
        line.clear();
        if text.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let words = String::from_utf8_lossy(&line);
        found.extend(words.split(PREFIX).skip(1).filter_map(Anchor::parse));
        if line.last() != Some(&b'\n') {
            text.skip_until(b'\n')?;
        }
    }
    Ok(found)
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
        fn any_text_is_answered(text in "\\PC{0,100}(wardmail:anchor:){0,3}\\PC{0,100}") {
            let _answered = anchors_in(text.as_bytes()).unwrap();
        }
    }
}
