//! OpenPGP blocks inside plain text, as old mail has them. Reading only: nothing here writes inline OpenPGP.
//! Owns the splitting; must not join what was protected with what wasn't.

use jiff::Timestamp;

use crate::{
    CertificateSource, DecryptError, Decrypted, Limits, SecretKey, Verified, VerifyError,
    decrypt_and_verify, verify_message,
};

/// A piece of a text, in order. Pieces are to be shown apart: anybody can write text around a protected block (EFAIL).
#[derive(Debug)]
#[non_exhaustive]
pub enum InlinePart {
    /// Text outside of every block: neither encrypted nor signed.
    Plain(Vec<u8>),
    /// An encrypted block, or why it can't be read.
    Encrypted(Result<Decrypted, DecryptError>),
    /// A signed block, or why nothing can be said about it.
    Signed(Result<Verified, VerifyError>),
}

/// Splits a text into its OpenPGP blocks and what stands around them, and reads each block.
///
/// Returns `None` if there is no block. Blocks beyond [`Limits::inline_blocks`] stay plain text.
pub fn read_inline(
    text: &[u8],
    keys: &[&SecretKey],
    certificates: &dyn CertificateSource,
    now: Timestamp,
    limits: &Limits,
) -> Option<Vec<InlinePart>> {
    let pieces = split(text, limits.inline_blocks);
    if pieces.iter().all(|piece| matches!(piece, Piece::Plain(_))) {
        return None;
    }
    let read = |piece| match piece {
        Piece::Plain(text) => InlinePart::Plain(text.to_vec()),
        Piece::CleartextSigned(block) => {
            InlinePart::Signed(verify_message(block, certificates, now, limits))
        }
        Piece::Message(block) => match decrypt_and_verify(block, keys, certificates, now, limits) {
            // Signed and armored, but not encrypted: the same armor header.
            Err(DecryptError::NotEncrypted) => {
                InlinePart::Signed(verify_message(block, certificates, now, limits))
            }
            outcome => InlinePart::Encrypted(outcome),
        },
    };
    Some(pieces.into_iter().map(read).collect())
}

#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a [u8]),
    Message(&'a [u8]),
    CleartextSigned(&'a [u8]),
}

/// A kind of block: first line, last line, constructor.
type Kind<'a> = (&'static [u8], &'static [u8], fn(&'a [u8]) -> Piece<'a>);

fn kinds<'a>() -> Vec<Kind<'a>> {
    vec![
        (b"-----BEGIN PGP MESSAGE-----", b"-----END PGP MESSAGE-----", Piece::Message),
        (
            b"-----BEGIN PGP SIGNED MESSAGE-----",
            b"-----END PGP SIGNATURE-----",
            Piece::CleartextSigned,
        ),
    ]
}

/// Splits `text` at blocks that begin and end with a line of their own. A block without an end is plain text.
fn split(text: &[u8], max_blocks: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = text;
    let mut rest = text;
    let mut blocks = 0_usize;
    // A kind whose end isn't found once has none further on either: looking again and again would take quadratic time.
    let mut kinds = kinds();
    while !rest.is_empty() && blocks < max_blocks {
        let line = first_line(rest).0.trim_ascii_end();
        let Some(at) = kinds.iter().position(|(begin, ..)| line == *begin) else {
            rest = first_line(rest).1;
            continue;
        };
        let Some((block, after)) = kinds.get(at).and_then(|kind| block(rest, kind)) else {
            kinds.remove(at);
            continue;
        };
        let before = plain.len().saturating_sub(rest.len());
        push_plain(&mut pieces, plain.get(..before).unwrap_or_default());
        pieces.push(block);
        blocks = blocks.saturating_add(1);
        plain = after;
        rest = after;
    }
    push_plain(&mut pieces, plain);
    pieces
}

/// Returns the block that `text` begins with, and what follows it.
fn block<'a>(text: &'a [u8], (_, end, piece): &Kind<'a>) -> Option<(Piece<'a>, &'a [u8])> {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = first_line(rest);
        if line.trim_ascii_end() == *end {
            let length = text.len().saturating_sub(after.len());
            return Some((piece(text.get(..length)?), after));
        }
        rest = after;
    }
    None
}

/// Splits off the first line, with its line end.
fn first_line(text: &[u8]) -> (&[u8], &[u8]) {
    let length =
        text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| at.saturating_add(1));
    text.split_at_checked(length).unwrap_or((text, &[]))
}

fn push_plain<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a [u8]) {
    if !text.trim_ascii().is_empty() {
        pieces.push(Piece::Plain(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] =
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n";
    const SIGNED: &[u8] =
        b"-----BEGIN PGP SIGNED MESSAGE-----\n\nhi\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----";

    #[test]
    fn blocks_are_split_from_the_text_around_them() {
        let text = [b"Hello,\r\n", MESSAGE, b"bye\n", SIGNED].concat();
        let expected = vec![
            Piece::Plain(b"Hello,\r\n"),
            Piece::Message(MESSAGE),
            Piece::Plain(b"bye\n"),
            Piece::CleartextSigned(SIGNED),
        ];
        assert_eq!(split(&text, 16), expected);
    }

    #[test]
    fn a_block_without_an_end_is_text() {
        let text = b"a\n-----BEGIN PGP MESSAGE-----\n\nabc\n";
        assert_eq!(split(text, 16), vec![Piece::Plain(text)]);
    }

    #[test]
    fn a_marker_inside_a_line_is_text() {
        let text = [b"> ", MESSAGE].concat();
        assert_eq!(split(&text, 16), vec![Piece::Plain(&text)]);
    }

    #[test]
    fn a_block_without_an_end_hides_no_block_of_another_kind() {
        let text = [b"-----BEGIN PGP MESSAGE-----\n", SIGNED].concat();
        let expected =
            vec![Piece::Plain(b"-----BEGIN PGP MESSAGE-----\n"), Piece::CleartextSigned(SIGNED)];
        assert_eq!(split(&text, 16), expected);
    }

    #[test]
    fn blocks_beyond_the_cap_are_text() {
        let text = [MESSAGE, MESSAGE, MESSAGE].concat();
        let both = [MESSAGE, MESSAGE].concat();
        assert_eq!(split(&text, 1), vec![Piece::Message(MESSAGE), Piece::Plain(&both)]);
    }
}
