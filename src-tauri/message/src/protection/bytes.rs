//! The exact bytes of what is protected: what to decrypt, and what a signature covers.

use super::{
    ArmorKind, InlineBlock, Layer, LayerKind, Protection, SignedContent,
    detect::{pgp_payload, signed_pair},
};
use crate::{Limits, Parsed, PartId, part_bytes, part_text};

impl Parsed {
    /// The OpenPGP ciphertext of a [`Protection::PgpEncrypted`] or [`Protection::PgpInline`] message.
    pub fn ciphertext(&self, raw: &[u8], limits: &Limits) -> Option<Vec<u8>> {
        match &self.protection {
            Protection::PgpEncrypted { payload, .. } => {
                Some(part_bytes(raw, self.part(*payload)?, limits).bytes.into_owned())
            }
            Protection::PgpInline(block) if block.kind == ArmorKind::Message => {
                self.inline_text(raw, block, limits).map(String::into_bytes)
            }
            Protection::PgpInline(_)
            | Protection::None
            | Protection::PgpSigned { .. }
            | Protection::Smime(_)
            | Protection::Partial(_) => None,
        }
    }

    /// The OpenPGP ciphertext of one encrypted piece of a mixed message. What comes out of it must be shown apart.
    pub fn layer_ciphertext(&self, raw: &[u8], layer: &Layer, limits: &Limits) -> Option<Vec<u8>> {
        match &layer.kind {
            LayerKind::PgpEncrypted => {
                let part = self.part(layer.part)?;
                let data =
                    if part.is_multipart { self.part(pgp_payload(self, part)?)? } else { part };
                Some(part_bytes(raw, data, limits).bytes.into_owned())
            }
            LayerKind::PgpInline(block) if block.kind == ArmorKind::Message => {
                self.inline_text(raw, block, limits).map(String::into_bytes)
            }
            LayerKind::PgpInline(_) | LayerKind::PgpSigned | LayerKind::Smime(_) => None,
        }
    }

    /// What a detached signature covers, for a [`Protection::PgpSigned`] message. Show only what [`parse_payload`](crate::parse_payload)
    /// reads from the content that was verified.
    pub fn signed_content(&self, raw: &[u8], limits: &Limits) -> Option<SignedContent> {
        let Protection::PgpSigned { signed, signature } = self.protection else { return None };
        self.detached(raw, signed, signature, limits)
    }

    /// What a detached signature covers in one signed piece of a mixed message.
    pub fn layer_signed_content(
        &self,
        raw: &[u8],
        layer: &Layer,
        limits: &Limits,
    ) -> Option<SignedContent> {
        let (signed, signature) = signed_pair(self, self.part(layer.part)?)
            .filter(|_| layer.kind == LayerKind::PgpSigned)?;
        self.detached(raw, signed, signature, limits)
    }

    /// The text of an armoured block: ciphertext in armour, or a cleartext-signed message (RFC 9580 section 7).
    pub fn inline_text(&self, raw: &[u8], block: &InlineBlock, limits: &Limits) -> Option<String> {
        part_text(raw, self.part(block.part)?, limits).get(block.range.clone()).map(str::to_owned)
    }

    fn detached(
        &self,
        raw: &[u8],
        signed: PartId,
        signature: PartId,
        limits: &Limits,
    ) -> Option<SignedContent> {
        let signed = self.part(signed)?;
        let content = raw.get(signed.header.start..signed.body.end)?;
        let signature = part_bytes(raw, self.part(signature)?, limits).bytes.into_owned();
        Some(SignedContent { content: canonical(content), signature })
    }
}

/// Line ends as CRLF; nothing else is touched.
fn canonical(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut before = 0_u8;
    for byte in bytes {
        if *byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        before = *byte;
    }
    out
}
