//! Which parts of a message are encrypted or signed, and their exact bytes. Decides nothing about validity: no key is known here.

use std::ops::Range;

use crate::{Parsed, Part, PartId};

/// What cryptography covers the message, as seen from its structure alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Protection {
    /// Nothing.
    #[default]
    None,
    /// The whole message is PGP/MIME encrypted (RFC 3156 section 4).
    PgpEncrypted {
        /// The part with the ciphertext.
        payload: PartId,
        /// The structure was altered on the way (multipart/mixed instead of multipart/encrypted) but holds nothing foreign.
        altered: bool,
    },
    /// The whole message is PGP/MIME signed (RFC 3156 section 5).
    PgpSigned {
        /// The signed part, with its own header section.
        signed: PartId,
        /// The part with the detached signature.
        signature: PartId,
    },
    /// The only text of the message is one ASCII-armoured block, with nothing around it.
    PgpInline(InlineBlock),
    /// The whole message is S/MIME.
    Smime(SmimeKind),
    /// Some parts are encrypted or signed, and others are not. Each layer must be shown apart, never joined with the rest.
    Partial(Vec<Layer>),
}

/// One protected piece of a mixed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The root of the piece.
    pub part: PartId,
    /// What it is.
    pub kind: LayerKind,
}

/// What kind of protected piece it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerKind {
    /// A multipart/encrypted, or a loose OpenPGP file (`.asc`, `.pgp`, `.gpg`), or a damaged one.
    PgpEncrypted,
    /// A multipart/signed with an OpenPGP signature.
    PgpSigned,
    /// An armoured block in a text part.
    PgpInline(InlineBlock),
    /// S/MIME.
    Smime(SmimeKind),
}

/// What an S/MIME part says that it is (RFC 8551 section 3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SmimeKind {
    /// `enveloped-data` or `authEnveloped-data`.
    Enveloped,
    /// `signed-data` (opaque), or multipart/signed with a PKCS #7 signature.
    Signed,
    /// Anything else in `application/pkcs7-mime`, such as `compressed-data` or `certs-only`.
    Other,
}

/// What an ASCII-armoured block says that it is (RFC 9580 section 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArmorKind {
    /// `BEGIN PGP MESSAGE`.
    Message,
    /// `BEGIN PGP SIGNED MESSAGE` with its signature.
    SignedMessage,
}

/// An armoured block inside the decoded text of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineBlock {
    /// The text part.
    pub part: PartId,
    /// What the block is.
    pub kind: ArmorKind,
    /// Byte range in the text that [`part_text`](crate::part_text) gives for the part.
    pub range: Range<usize>,
}

/// The exact bytes that a detached signature covers, and the signature.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedContent {
    /// The signed part with its header section, line ends canonical (CRLF), as RFC 3156 section 5 wants.
    pub content: Vec<u8>,
    /// The signature part's decoded bytes.
    pub signature: Vec<u8>,
}
impl Protection {
    pub(crate) fn is_envelope(&self, parsed: &Parsed, part: &Part) -> bool { unimplemented!() }
}
impl Parsed {
    /// The OpenPGP ciphertext of a [`Protection::PgpEncrypted`] message, or of one layer of a [`Protection::Partial`] one.
    pub fn ciphertext(&self, raw: &[u8], limits: &crate::Limits) -> Option<Vec<u8>> { unimplemented!() }
    /// The OpenPGP ciphertext of one encrypted layer of a mixed message.
    pub fn layer_ciphertext(&self, raw: &[u8], layer: &Layer, limits: &crate::Limits) -> Option<Vec<u8>> { unimplemented!() }
    /// What a detached signature covers, for a [`Protection::PgpSigned`] message.
    pub fn signed_content(&self, raw: &[u8], limits: &crate::Limits) -> Option<SignedContent> { unimplemented!() }
    /// The text of an inline block.
    pub fn inline_text(&self, raw: &[u8], block: &InlineBlock, limits: &crate::Limits) -> Option<String> { unimplemented!() }
}
