//! From a fetched body to what the mailbox keeps of it: subject, snippet, words, marks.

use std::sync::Arc;

use wardmail_api::mail::{Encryption, Signature};
use wardmail_message as message;
use wardmail_phi::{Detector, Kind, Knowledge};
use wardmail_store::{self as store, Body, Derived, MessageId, PhiMark, PhiVerdict, Security};

use crate::{error::Error, phi::site::Compiled, reading::Reading, session::Session};

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
    let site = session.site().await?;
    session.cpu(move || (raw, derived(&reading, &detector, site))).await
}

fn derived(reading: &Reading, detector: &Detector, site: Compiled) -> Derived {
    let readable = reading.is_readable();
    let subject = reading.headers.subject.clone().unwrap_or_default();
    let attachment_names: Vec<String> =
        reading.attachments.iter().map(|a| a.file_name.clone()).collect();
    Derived {
        phi: if readable {
            phi_mark(&subject, reading, detector, site)
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

/// Whether other rules than today's looked at a message that is here.
pub(crate) fn is_stale(row: &store::MessageRow, ruleset: u32) -> bool {
    row.phi.ruleset != 0 && row.phi.ruleset != ruleset
}

/// What the rules say of a message as it came, the organisation's own ones among them; who works here is asked of no mail that
/// came in, since that only excuses. Its files aren't opened: with one it is never clean, and what isn't known counts as PHI.
fn phi_mark(subject: &str, reading: &Reading, detector: &Detector, site: Compiled) -> PhiMark {
    let knowledge = Knowledge::new().site(site.rules);
    let files = reading.attachments.iter().filter(|file| !file.is_embedded);
    let mut scans = vec![
        detector.scan(subject, Kind::Subject, &knowledge),
        detector.scan(&reading.text, Kind::Body, &knowledge),
    ];
    scans.extend(files.clone().map(|file| detector.scan(&file.file_name, Kind::File, &knowledge)));
    let found = scans.iter().any(wardmail_phi::Scan::is_phi);
    let special = scans.iter().any(|scan| !scan.special.is_empty());
    let whole = files.count() == 0 && scans.iter().all(|scan| !scan.truncated);
    let verdict = match (found, special, whole) {
        (true, true, _) => PhiVerdict::SpeciallyProtected,
        (true, false, _) => PhiVerdict::Phi,
        (false, _, true) => PhiVerdict::Clean,
        (false, _, false) => PhiVerdict::Unknown,
    };
    PhiMark { verdict, ruleset: site.ruleset }
}
