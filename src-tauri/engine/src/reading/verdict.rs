//! What signatures and headers are worth, taken together.

use std::collections::BTreeSet;

use wardmail_api::keys::Trust;
use wardmail_api::mail::{Encryption, HeaderProtection, Security, Signature, Signer, Warning};
use wardmail_crypto::{SignatureResult, SignatureStatus, grouped};
use wardmail_message::{self as message, Defect, Headers, Parsed, Protection};

use crate::people::CertificateBook;

/// Puts what the signatures are worth into `security`; returns the addresses of good signers.
///
/// One bad signature spoils the lot: a message with a good and a broken one was tampered with.
pub(super) fn signature(
    results: &[SignatureResult],
    book: &CertificateBook,
    security: &mut Security,
) -> Vec<String> {
    security.signers = results
        .iter()
        .filter_map(|result| {
            let fingerprint = result.signer.as_ref()?;
            Some(Signer {
                fingerprint: grouped(fingerprint),
                addresses: result.addresses.clone(),
                trust: book.trust(fingerprint),
            })
        })
        .collect();
    let is = |wanted: SignatureStatus| results.iter().any(|r| r.status == wanted);
    security.signature = if results.is_empty() {
        Signature::None
    } else if results.iter().all(|r| r.status == SignatureStatus::Good) {
        Signature::Valid
    } else if is(SignatureStatus::UnknownKey)
        && results
            .iter()
            .all(|r| matches!(r.status, SignatureStatus::Good | SignatureStatus::UnknownKey))
    {
        Signature::Unknown
    } else {
        Signature::Invalid
    };
    if security.signature != Signature::Valid {
        return Vec::new();
    }
    results.iter().flat_map(|r| r.addresses.iter().cloned()).collect()
}

/// Whether one of the good signers is this address.
pub(super) fn signed_by(good_signers: &[String], address: &str) -> bool {
    good_signers.iter().any(|signer| message::same_address(signer, address))
}

/// Puts the signer who is the author first, the least checked certificate of theirs before others: the
/// line that says who signed speaks of that one, never of a better checked stranger.
pub(super) fn author_first(security: &mut Security, author: Option<&message::Address>) {
    let trust = |signer: &Signer| match signer.trust {
        Some(Trust::Rejected) => 0,
        None => 1,
        Some(Trust::Seen) => 2,
        Some(Trust::Verified) => 3,
    };
    let is_author = |signer: &Signer| {
        author.is_some_and(|a| signer.addresses.iter().any(|s| message::same_address(s, &a.email)))
    };
    security.signers.sort_by_key(|signer| (!is_author(signer), trust(signer)));
}

/// Whether the shown sender is who signed; nothing where nobody's signature holds.
pub(super) fn from_matches(security: &Security, matches: bool) -> Option<bool> {
    (security.signature == Signature::Valid).then_some(matches)
}

/// How headers that lay inside the protection travelled.
pub(super) fn header_protection(security: &Security) -> HeaderProtection {
    match (security.encryption, security.signature) {
        (Encryption::Whole, _) => HeaderProtection::Encrypted,
        (_, Signature::Valid) => HeaderProtection::Signed,
        _ => HeaderProtection::None,
    }
}

/// What the reader should know about headers and structure.
pub(super) fn collect_warnings(
    outer: &Parsed,
    payload: &Parsed,
    headers: &Headers,
    warnings: &mut BTreeSet<Warning>,
) {
    for defect in outer.defects.iter().chain(&payload.defects) {
        match defect {
            Defect::MultipleFrom => {
                warnings.insert(Warning::SeveralSenders);
            }
            Defect::DisplayNameSpoof => {
                warnings.insert(Warning::NameLooksLikeAddress);
            }
            Defect::MessageTruncated | Defect::TooManyParts => {
                warnings.insert(Warning::Truncated);
            }
            Defect::HeaderTooLarge
            | Defect::TooDeep
            | Defect::BoundaryNotFound
            | Defect::UnclosedMultipart
            | Defect::DamagedEncoding
            | Defect::ParserFailure => {
                warnings.insert(Warning::Malformed);
            }
            // Harmless, or said elsewhere.
            _ => {}
        }
    }
    match &outer.protection {
        Protection::Partial(_) => {
            warnings.insert(Warning::ProtectedPartNotOpened);
        }
        Protection::Smime(_) => {
            warnings.insert(Warning::SmimeNotChecked);
        }
        _ => {}
    }
    if let (Some(author), Some(reply)) = (headers.author(), headers.reply_to.first())
        && !message::same_address(&author.email, &reply.email)
    {
        warnings.insert(Warning::ReplyToDiffers);
    }
}
