//! From a fetched body to what the mailbox keeps of it: subject, snippet, words, marks.

use std::sync::Arc;

use wardmail_api::mail::{Encryption, Signature};
use wardmail_message as message;
use wardmail_phi::{Kind, Knowledge, RULESET_VERSION};
use wardmail_store::{self as store, Body, Derived, MessageId, PhiMark, PhiVerdict, Security};

use crate::{error::Error, reading::Reading, session::Session};

/// Stores a fetched message with what it gave, as one.
pub(crate) async fn store_body(
    session: &Session,
    id: MessageId,
    raw: Vec<u8>,
    bulk: bool,
) -> Result<(), Error> {
    let (raw, derived) = derive(session, raw).await?;
    let job = move |dao: &mut store::WriteDao<'_>| -> Result<(), Error> {
        Ok(dao.store_body(id, Body { raw: &raw, derived: &derived })?)
    };
    if bulk { session.store.write_bulk(job).await } else { session.write(job).await }
}

/// Reads a stored message again, after a key came.
pub(crate) async fn derive_again(
    session: &Session,
    id: MessageId,
    raw: Vec<u8>,
) -> Result<(), Error> {
    let (_, derived) = derive(session, raw).await?;
    session.write(move |dao| Ok(dao.store_derived(id, &derived)?)).await
}

async fn derive(session: &Session, raw: Vec<u8>) -> Result<(Vec<u8>, Derived), Error> {
    let reading = session.read_message(raw.clone()).await?;
    let detector = Arc::clone(&session.detector);
    session.cpu(move || (raw, derived(&reading, &detector))).await
}

fn derived(reading: &Reading, detector: &wardmail_phi::Detector) -> Derived {
    let readable = reading.is_readable();
    let subject = reading.headers.subject.clone().unwrap_or_default();
    let attachment_names: Vec<String> =
        reading.attachments.iter().map(|a| a.file_name.clone()).collect();
    Derived {
        phi: if readable {
            phi_mark(&subject, &reading.text, detector)
        } else {
            PhiMark::default()
        },
        subject: readable.then_some(subject),
        snippet: message::snippet(&reading.text),
        text: reading.text.to_string(),
        has_attachments: reading.attachments.iter().any(|a| !a.is_embedded),
        attachment_names,
        security: security(reading),
    }
}

/// How a message is protected, in the one mark that the mailbox keeps.
pub(crate) fn security(reading: &Reading) -> Security {
    let security = &reading.security;
    if reading.lacks_key() {
        return Security::KeyMissing;
    }
    if security.unreadable.is_some() || security.signature == Signature::Invalid {
        return Security::Broken;
    }
    let by_author =
        security.signature == Signature::Valid && security.from_matches_signer == Some(true);
    match (security.encryption, by_author) {
        (Encryption::Whole, true) => Security::SealedAndSigned,
        (Encryption::Whole, _) => Security::Sealed,
        (_, true) => Security::Signed,
        _ => Security::Plain,
    }
}

fn phi_mark(subject: &str, text: &str, detector: &wardmail_phi::Detector) -> PhiMark {
    let knowledge = Knowledge::new();
    let subject = detector.scan(subject, Kind::Subject, &knowledge);
    let body = detector.scan(text, Kind::Body, &knowledge);
    let found = subject.is_phi() || body.is_phi();
    let special = !subject.special.is_empty() || !body.special.is_empty();
    let verdict = match (found, special) {
        (true, true) => PhiVerdict::SpeciallyProtected,
        (true, false) => PhiVerdict::Phi,
        (false, _) => PhiVerdict::Clean,
    };
    PhiMark { verdict, ruleset: RULESET_VERSION }
}
