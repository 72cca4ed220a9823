//! OpenPGP blocks inside plain text, as old mail has them. Reading only: nothing here writes inline OpenPGP.
//! Owns the splitting; must not join what was protected with what wasn't.

use jiff::Timestamp;

use crate::{CertificateSource, DecryptError, Decrypted, Limits, SecretKey, Verified, VerifyError};

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
    todo!()
}
