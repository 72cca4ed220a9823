//! Owns the check of a submission before anything is sent. Must not mend anything: the bytes are signed.

use lettre::Address;

use super::{NotSent, Phase, Submission};
use crate::command::is_plain;

/// The most recipients of one submission.
const MAX_RECIPIENTS: usize = 1000;
/// The largest message, in bytes.
const MAX_BYTES: usize = 128 * 1024 * 1024;
/// The longest line without its CRLF (RFC 5321 section 4.5.3.1.6).
const MAX_LINE: usize = 998;

/// A checked submission.
pub(super) struct Envelope<'a> {
    pub(super) from: Address,
    pub(super) recipients: Vec<Address>,
    /// The message without its last CRLF, which lettre writes itself.
    pub(super) content: &'a [u8],
}

impl<'a> Envelope<'a> {
    pub(super) fn check(submission: &Submission<'a>) -> Result<Self, NotSent> {
        let refused = |recipient| NotSent {
            phase: Phase::Check,
            permanent: true,
            code: None,
            recipient,
            cause: None,
        };
        let count = submission.recipients.len();
        if count == 0 || count > MAX_RECIPIENTS || submission.bytes.len() > MAX_BYTES {
            return Err(refused(None));
        }
        let mut recipients = Vec::with_capacity(count);
        for (index, text) in submission.recipients.iter().enumerate() {
            recipients.push(address(text).ok_or_else(|| refused(Some(index)))?);
        }
        Ok(Self {
            from: address(submission.from).ok_or_else(|| refused(None))?,
            recipients,
            content: content(submission.bytes).ok_or_else(|| refused(None))?,
        })
    }
}

/// Non-ASCII addresses need SMTPUTF8 all the way, which no OpenPGP recipient of ours has.
fn address(text: &str) -> Option<Address> {
    let fit = text.is_ascii() && is_plain(text) && !text.contains(['<', '>', ' ']);
    if fit { text.parse().ok() } else { None }
}

/// A bare CR or LF is read as a line's end by some servers and not by others: with a dot behind it, one message would
/// become two. 8-bit bytes may be changed on the way, and the signature with them.
fn content(bytes: &[u8]) -> Option<&[u8]> {
    let content = bytes.strip_suffix(b"\r\n")?;
    let mut line = 0_usize;
    let mut rest = content;
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'\r' => {
                rest = after.strip_prefix(b"\n")?;
                line = 0;
                continue;
            }
            b'\n' | 0 | 128.. => return None,
            _ => line = line.saturating_add(1),
        }
        if line > MAX_LINE {
            return None;
        }
        rest = after;
    }
    (!content.is_empty()).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_lines_pass() {
        assert_eq!(content(b"a\r\n.\r\nb\r\n"), Some(&b"a\r\n.\r\nb"[..]));
        let long = [&vec![b'x'; MAX_LINE][..], b"\r\n"].concat();
        assert!(content(&long).is_some());
        let too_long = [&b"x"[..], &long].concat();
        for bad in [
            &b"a\n.\r\nb\r\n"[..],
            b"a\r.\r\n",
            b"a",
            b"",
            b"\r\n",
            b"a\0\r\n",
            b"\xc3\xa4\r\n",
            &too_long,
        ] {
            assert_eq!(content(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn addresses_cannot_carry_a_second_command() {
        assert!(address("ann@clinic.example").is_some());
        for bad in [
            "ann@clinic.example>\r\nRCPT TO:<eve@evil.example",
            "ann@clinic.example> SIZE=1",
            "\"a b\"@clinic.example",
            "ann",
            "",
            "änn@clinic.example",
        ] {
            assert!(address(bad).is_none(), "{bad:?}");
        }
    }
}
