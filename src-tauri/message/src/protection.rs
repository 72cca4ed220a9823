//! Which parts of a message are encrypted or signed, and their exact bytes. Decides nothing about validity: no key is known here.

mod bytes;
mod detect;

use std::ops::Range;

use crate::{Parsed, Part, PartId};

pub(crate) use detect::detect;

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

/// Debug output gives sizes only.
impl std::fmt::Debug for SignedContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedContent")
            .field("content", &self.content.len())
            .finish_non_exhaustive()
    }
}

impl Protection {
    /// Whether a part belongs to the cryptographic envelope: it is neither text nor attachment.
    pub(crate) fn is_envelope(&self, parsed: &Parsed, part: &Part) -> bool {
        match self {
            Self::None | Self::PgpInline(_) => false,
            Self::PgpEncrypted { .. } => true,
            Self::PgpSigned { signature, .. } => part.id == *signature,
            Self::Smime(_) => part.id == PartId::ROOT || is_smime_signature(part),
            Self::Partial(layers) => {
                let is_control = part.media_type == "application/pgp-encrypted"
                    && layers.iter().all(|layer| layer.part != part.id);
                is_control || layers.iter().any(|layer| layer.covers_envelope(parsed, part))
            }
        }
    }

    /// Whether a part lies in an encrypted piece, so that its text must not be read as the message's own.
    pub(crate) fn is_sealed(&self, parsed: &Parsed, part: &Part) -> bool {
        match self {
            Self::None | Self::PgpInline(_) | Self::PgpSigned { .. } | Self::Smime(_) => false,
            Self::PgpEncrypted { .. } => true,
            Self::Partial(layers) => layers.iter().any(|layer| match layer.kind {
                LayerKind::PgpEncrypted
                | LayerKind::Smime(SmimeKind::Enveloped | SmimeKind::Other) => {
                    parsed.is_within(part.id, layer.part)
                }
                LayerKind::PgpSigned
                | LayerKind::PgpInline(_)
                | LayerKind::Smime(SmimeKind::Signed) => false,
            }),
        }
    }

    /// The encrypted blocks inside the text of a part.
    pub(crate) fn sealed_ranges(&self, part: PartId) -> Vec<Range<usize>> {
        let sealed = |block: &InlineBlock| {
            (block.part == part && block.kind == ArmorKind::Message).then(|| block.range.clone())
        };
        match self {
            Self::PgpInline(block) => sealed(block).into_iter().collect(),
            Self::Partial(layers) => layers
                .iter()
                .filter_map(|layer| {
                    if let LayerKind::PgpInline(block) = &layer.kind { sealed(block) } else { None }
                })
                .collect(),
            Self::None | Self::PgpEncrypted { .. } | Self::PgpSigned { .. } | Self::Smime(_) => {
                Vec::new()
            }
        }
    }
}

impl Layer {
    fn covers_envelope(&self, parsed: &Parsed, part: &Part) -> bool {
        match self.kind {
            // A loose encrypted file stays an attachment, so that it can be saved.
            LayerKind::PgpEncrypted => parsed.is_within(part.id, self.part) && part.id != self.part,
            LayerKind::PgpSigned => {
                parsed.is_within(part.id, self.part)
                    && part.media_type == "application/pgp-signature"
            }
            LayerKind::Smime(_) => {
                part.id == self.part
                    || (parsed.is_within(part.id, self.part) && is_smime_signature(part))
            }
            LayerKind::PgpInline(_) => false,
        }
    }
}

fn is_smime_signature(part: &Part) -> bool {
    matches!(
        part.media_type.as_str(),
        "application/pkcs7-signature" | "application/x-pkcs7-signature"
    )
}

#[cfg(test)]
mod tests;
