//! Takes a message's cryptographic layers off: encryption, then the signature inside it.

use wardmail_api::mail::{Encryption, HeaderProtection, Security, Signature, Unreadable};
use wardmail_crypto::{self as crypto, DecryptError, SignatureResult};
use wardmail_message::{self as message, ArmorKind, Limits, Parsed, Protection};
use zeroize::Zeroizing;

use super::{Payload, Reader, verdict};

/// A message without its layers.
pub(super) struct Opened {
    pub(super) payload: Payload,
    pub(super) security: Security,
    /// Addresses of those whose signature holds.
    pub(super) good_signers: Vec<String>,
    /// Whether the payload was covered as a whole, so that headers inside it count.
    pub(super) headers_protectable: bool,
}

/// Takes the layers off `outer`.
pub(super) fn open(raw: &[u8], outer: &Parsed, reader: Reader<'_>, limits: &Limits) -> Opened {
    match &outer.protection {
        Protection::PgpEncrypted { .. } => match outer.ciphertext(raw, limits) {
            Some(ciphertext) => encrypted(raw, outer, &ciphertext, reader, limits),
            None => unreadable(raw, outer, Unreadable::Damaged, Vec::new()),
        },
        Protection::PgpSigned { .. } => signed(raw, outer, reader, limits),
        Protection::PgpInline(block) => match outer.inline_text(raw, block, limits) {
            Some(text) => inline(raw, outer, &text, block.kind, reader, limits),
            None => unreadable(raw, outer, Unreadable::Damaged, Vec::new()),
        },
        Protection::Partial(layers) => {
            let mut opened = plain(raw, outer);
            if layers.iter().any(is_encrypted) {
                opened.security.encryption = Encryption::Partial;
            }
            if layers.iter().any(|layer| !is_encrypted(layer)) {
                opened.security.signature = Signature::Partial;
            }
            opened
        }
        Protection::Smime(message::SmimeKind::Enveloped) => {
            unreadable(raw, outer, Unreadable::Unsupported, Vec::new())
        }
        // There is a signature, and nobody checked it: a warning beside it says why.
        Protection::Smime(message::SmimeKind::Signed) => {
            let mut opened = plain(raw, outer);
            opened.security.signature = Signature::Unknown;
            opened
        }
        _ => plain(raw, outer),
    }
}

fn is_encrypted(layer: &message::Layer) -> bool {
    use message::{LayerKind, SmimeKind};
    match &layer.kind {
        LayerKind::PgpEncrypted | LayerKind::Smime(SmimeKind::Enveloped) => true,
        LayerKind::PgpInline(block) => block.kind == ArmorKind::Message,
        _ => false,
    }
}

fn unprotected() -> Security {
    Security {
        encryption: Encryption::None,
        signature: Signature::None,
        signers: Vec::new(),
        from_matches_signer: None,
        headers: HeaderProtection::None,
        other_readers: Vec::new(),
        unreadable: None,
        missing_keys: Vec::new(),
    }
}

fn plain(raw: &[u8], outer: &Parsed) -> Opened {
    Opened {
        payload: Payload { raw: Zeroizing::new(raw.to_vec()), parsed: outer.clone() },
        security: unprotected(),
        good_signers: Vec::new(),
        headers_protectable: false,
    }
}

/// Nothing of the body is shown: the payload is empty, whatever the message carries beside it.
fn unreadable(_raw: &[u8], _outer: &Parsed, why: Unreadable, missing_keys: Vec<String>) -> Opened {
    let empty = Zeroizing::new(Vec::new());
    let parsed = message::parse(&empty, &Limits::default());
    Opened {
        payload: Payload { raw: empty, parsed },
        security: Security {
            encryption: Encryption::Whole,
            unreadable: Some(why),
            missing_keys,
            ..unprotected()
        },
        good_signers: Vec::new(),
        headers_protectable: false,
    }
}

fn encrypted(
    raw: &[u8],
    outer: &Parsed,
    ciphertext: &[u8],
    reader: Reader<'_>,
    limits: &Limits,
) -> Opened {
    let decrypted = match decrypt(ciphertext, reader) {
        Ok(decrypted) => decrypted,
        Err(error) => return undecryptable(raw, outer, &error),
    };
    let parsed = message::parse_payload(&decrypted.plaintext, limits);
    let mut security = Security {
        encryption: Encryption::Whole,
        other_readers: reader.book.names_of_others(&decrypted.readers, reader.keys),
        ..unprotected()
    };
    // Some programs sign inside the encryption as a layer of its own (RFC 3156, section 6.1).
    if decrypted.signatures.is_empty()
        && let Some(inner) = parsed.signed_content(&decrypted.plaintext, limits)
    {
        let results = verify(&inner, reader);
        let good_signers = verdict::signature(&results, reader.book, &mut security);
        let parsed = message::parse_payload(&inner.content, limits);
        let payload = Payload { raw: Zeroizing::new(inner.content), parsed };
        return Opened { payload, security, good_signers, headers_protectable: true };
    }
    let good_signers = verdict::signature(&decrypted.signatures, reader.book, &mut security);
    let payload = Payload { raw: decrypted.plaintext, parsed };
    Opened { payload, security, good_signers, headers_protectable: true }
}

fn decrypt(ciphertext: &[u8], reader: Reader<'_>) -> Result<crypto::Decrypted, DecryptError> {
    crypto::decrypt_and_verify(
        ciphertext,
        reader.keys,
        reader.book,
        reader.now,
        &crypto::Limits::MAIL,
    )
}

fn undecryptable(raw: &[u8], outer: &Parsed, error: &DecryptError) -> Opened {
    let (why, missing) = match error {
        DecryptError::NoKey { wanted } => {
            (Unreadable::KeyMissing, wanted.iter().map(crypto::KeyHandle::key_id).collect())
        }
        DecryptError::TooLarge => (Unreadable::TooLarge, Vec::new()),
        DecryptError::PasswordOnly | DecryptError::UnsupportedAlgorithm => {
            (Unreadable::Unsupported, Vec::new())
        }
        _ => (Unreadable::Damaged, Vec::new()),
    };
    unreadable(raw, outer, why, missing)
}

fn verify(content: &message::SignedContent, reader: Reader<'_>) -> Vec<SignatureResult> {
    crypto::verify_detached(
        &content.content,
        &content.signature,
        reader.book,
        reader.now,
        &crypto::Limits::MAIL,
    )
    .unwrap_or_default()
}

fn signed(raw: &[u8], outer: &Parsed, reader: Reader<'_>, limits: &Limits) -> Opened {
    let Some(content) = outer.signed_content(raw, limits) else {
        return plain(raw, outer);
    };
    let mut security = unprotected();
    let results = verify(&content, reader);
    let good_signers = verdict::signature(&results, reader.book, &mut security);
    if results.is_empty() {
        security.signature = Signature::Invalid;
    }
    let parsed = message::parse_payload(&content.content, limits);
    let headers_protectable = security.signature == Signature::Valid;
    let payload = Payload { raw: Zeroizing::new(content.content), parsed };
    Opened { payload, security, good_signers, headers_protectable }
}

/// A message whose only text is one armored block. Headers inside don't exist; files beside it
/// would have made it a partial one.
fn inline(
    raw: &[u8],
    outer: &Parsed,
    text: &str,
    kind: ArmorKind,
    reader: Reader<'_>,
    limits: &Limits,
) -> Opened {
    let (content, results, encryption, readers) = match kind {
        ArmorKind::Message => match decrypt(text.as_bytes(), reader) {
            Ok(d) => {
                let readers = reader.book.names_of_others(&d.readers, reader.keys);
                (d.plaintext, d.signatures, Encryption::Whole, readers)
            }
            Err(error) => return undecryptable(raw, outer, &error),
        },
        _ => match crypto::verify_message(
            text.as_bytes(),
            reader.book,
            reader.now,
            &crypto::Limits::MAIL,
        ) {
            Ok(v) => (Zeroizing::new(v.content), v.signatures, Encryption::None, Vec::new()),
            Err(_) => return unreadable(raw, outer, Unreadable::Damaged, Vec::new()),
        },
    };
    let mut security = Security { encryption, other_readers: readers, ..unprotected() };
    let good_signers = verdict::signature(&results, reader.book, &mut security);
    let mut as_part = Zeroizing::new(b"Content-Type: text/plain; charset=utf-8\r\n\r\n".to_vec());
    as_part.extend_from_slice(&content);
    let parsed = message::parse_payload(&as_part, limits);
    let payload = Payload { raw: as_part, parsed };
    Opened { payload, security, good_signers, headers_protectable: false }
}
