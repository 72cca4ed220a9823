//! Finding what is protected, from the structure of the tree and the text of its parts.

use super::{ArmorKind, InlineBlock, Layer, LayerKind, Protection, SmimeKind};
use crate::{Limits, Parsed, Part, PartId, part_bytes, part_text};

/// Most pieces of a mixed message that are told apart; further ones stay attachments.
const MAX_LAYERS: usize = 50;

const BEGIN_MESSAGE: &str = "-----BEGIN PGP MESSAGE-----";
const END_MESSAGE: &str = "-----END PGP MESSAGE-----";
const BEGIN_SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const END_SIGNATURE: &str = "-----END PGP SIGNATURE-----";

/// Finds out what is protected. Only what covers the whole tree counts as the message's protection; everything else is partial.
pub(crate) fn detect(raw: &[u8], parsed: &Parsed, limits: &Limits) -> Protection {
    let root = PartId::ROOT;
    if let Some(whole) = whole_message(raw, parsed, limits) {
        return whole;
    }
    let mut layers: Vec<Layer> = Vec::new();
    for part in &parsed.parts {
        // A layer inside a layer is seen when that one has been opened.
        if layers.len() >= MAX_LAYERS
            || layers.iter().any(|layer| parsed.is_within(part.id, layer.part))
        {
            continue;
        }
        if let Some(kind) = layer_kind(raw, parsed, part, limits) {
            layers.push(Layer { part: part.id, kind });
        } else if part.media_type == "text/plain" && part.is_inline_text() {
            let blocks = inline_blocks(part.id, &part_text(raw, part, limits));
            layers.extend(
                blocks
                    .into_iter()
                    .map(|block| Layer { part: part.id, kind: LayerKind::PgpInline(block) }),
            );
        }
    }
    match layers.as_slice() {
        [] => Protection::None,
        [Layer { part, kind: LayerKind::PgpInline(block) }]
            if *part == root && fills(raw, parsed, block, limits) =>
        {
            Protection::PgpInline(block.clone())
        }
        _ => Protection::Partial(layers),
    }
}

fn whole_message(raw: &[u8], parsed: &Parsed, limits: &Limits) -> Option<Protection> {
    let root = parsed.part(PartId::ROOT)?;
    if let Some(payload) = pgp_payload(parsed, root) {
        return Some(Protection::PgpEncrypted { payload, altered: false });
    }
    if let Some(payload) = altered_pgp_payload(raw, parsed, root, limits) {
        return Some(Protection::PgpEncrypted { payload, altered: true });
    }
    if let Some((signed, signature)) = signed_pair(parsed, root) {
        return match parsed.part(signature)?.media_type.as_str() {
            "application/pgp-signature" => Some(Protection::PgpSigned { signed, signature }),
            "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
                Some(Protection::Smime(SmimeKind::Signed))
            }
            _ => None,
        };
    }
    smime_kind(root).map(Protection::Smime)
}

/// The ciphertext of a well-formed multipart/encrypted: exactly a control part and the data (RFC 3156 section 4).
pub(super) fn pgp_payload(parsed: &Parsed, part: &Part) -> Option<PartId> {
    if part.media_type != "multipart/encrypted" {
        return None;
    }
    let children: Vec<&Part> = parsed.children(part.id).collect();
    match children.as_slice() {
        [control, data]
            if control.media_type == "application/pgp-encrypted" && is_ciphertext_part(data) =>
        {
            Some(data.id)
        }
        _ => None,
    }
}

fn is_ciphertext_part(part: &Part) -> bool {
    !part.is_multipart && part.media_type == "application/octet-stream"
}

/// Exchange rewrites multipart/encrypted to multipart/mixed and may put an empty text before it. Nothing but blank text may stand beside.
fn altered_pgp_payload(
    raw: &[u8],
    parsed: &Parsed,
    part: &Part,
    limits: &Limits,
) -> Option<PartId> {
    if part.media_type != "multipart/mixed" {
        return None;
    }
    let children: Vec<&Part> = parsed.children(part.id).collect();
    let is_blank = |text: &Part| {
        text.media_type == "text/plain" && part_text(raw, text, limits).trim().is_empty()
    };
    match children.as_slice() {
        [control, data]
            if control.media_type == "application/pgp-encrypted" && is_ciphertext_part(data) =>
        {
            Some(data.id)
        }
        [text, control, data]
            if !text.is_multipart
                && is_blank(text)
                && control.media_type == "application/pgp-encrypted"
                && is_ciphertext_part(data) =>
        {
            Some(data.id)
        }
        _ => None,
    }
}

/// The two children of a well-formed multipart/signed (RFC 1847 section 2.1).
pub(super) fn signed_pair(parsed: &Parsed, part: &Part) -> Option<(PartId, PartId)> {
    if part.media_type != "multipart/signed" {
        return None;
    }
    let children: Vec<&Part> = parsed.children(part.id).collect();
    match children.as_slice() {
        [signed, signature] if !signature.is_multipart => Some((signed.id, signature.id)),
        _ => None,
    }
}

fn smime_kind(part: &Part) -> Option<SmimeKind> {
    if !matches!(part.media_type.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime") {
        return None;
    }
    let kind = part.parameter("smime-type").unwrap_or_default().to_ascii_lowercase();
    Some(match kind.as_str() {
        "enveloped-data" | "authenveloped-data" => SmimeKind::Enveloped,
        "signed-data" => SmimeKind::Signed,
        _ => SmimeKind::Other,
    })
}

fn layer_kind(raw: &[u8], parsed: &Parsed, part: &Part, limits: &Limits) -> Option<LayerKind> {
    if part.media_type == "multipart/encrypted" {
        return Some(LayerKind::PgpEncrypted);
    }
    if let Some((_, signature)) = signed_pair(parsed, part) {
        return match parsed.part(signature)?.media_type.as_str() {
            "application/pgp-signature" => Some(LayerKind::PgpSigned),
            "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
                Some(LayerKind::Smime(SmimeKind::Signed))
            }
            _ => None,
        };
    }
    if let Some(kind) = smime_kind(part) {
        return Some(LayerKind::Smime(kind));
    }
    is_encrypted_file(raw, part, limits).then_some(LayerKind::PgpEncrypted)
}

/// Whether a leaf is an OpenPGP message: by its name, or by its first line where name or type allow that (an `.asc` can be a key, too).
fn is_encrypted_file(raw: &[u8], part: &Part, limits: &Limits) -> bool {
    if part.is_multipart {
        return false;
    }
    let name = part.file_name.as_deref().unwrap_or_default().to_ascii_lowercase();
    let has = |extension: &str| name.rsplit_once('.').is_some_and(|(_, found)| found == extension);
    let may_be_armored = has("asc")
        || matches!(
            part.media_type.as_str(),
            "application/octet-stream" | "application/pgp-encrypted"
        );
    let starts_armored = || {
        let first = Limits { decoded_bytes: 512, ..*limits };
        part_bytes(raw, part, &first).bytes.trim_ascii_start().starts_with(BEGIN_MESSAGE.as_bytes())
    };
    has("pgp") || has("gpg") || (may_be_armored && starts_armored())
}

/// The armoured blocks of a decoded text, in order; a block without its last line is none.
fn inline_blocks(part: PartId, text: &str) -> Vec<InlineBlock> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, ArmorKind)> = None;
    let mut at = 0_usize;
    for line in text.split_inclusive('\n') {
        let next = at.saturating_add(line.len());
        match (line.trim_end(), open) {
            (BEGIN_MESSAGE, None) => open = Some((at, ArmorKind::Message)),
            (BEGIN_SIGNED, None) => open = Some((at, ArmorKind::SignedMessage)),
            (END_MESSAGE, Some((start, kind @ ArmorKind::Message)))
            | (END_SIGNATURE, Some((start, kind @ ArmorKind::SignedMessage))) => {
                blocks.push(InlineBlock { part, kind, range: start..next });
                open = None;
            }
            _ => {}
        }
        if blocks.len() >= MAX_LAYERS {
            break;
        }
        at = next;
    }
    blocks
}

/// Whether nothing but white space surrounds the block, and nothing else is in the message.
fn fills(raw: &[u8], parsed: &Parsed, block: &InlineBlock, limits: &Limits) -> bool {
    let Some(part) = parsed.part(block.part).filter(|_| parsed.parts.len() == 1) else {
        return false;
    };
    let text = part_text(raw, part, limits);
    let is_blank = |outside: Option<&str>| outside.is_some_and(|outside| outside.trim().is_empty());
    is_blank(text.get(..block.range.start)) && is_blank(text.get(block.range.end..))
}
