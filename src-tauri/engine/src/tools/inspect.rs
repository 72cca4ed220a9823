//! What the reader would show of a message.

use serde::Serialize;
use wardmail_api::{
    ApiError,
    keys::Trust,
    mail::{AttachmentView, Person, Security, Warning},
};
use wardmail_audit::{Code, Event, EventKind};
use wardmail_crypto::{Certificate, Limits as CryptoLimits, SecretKey};

use crate::{
    clock,
    error::Error,
    open,
    people::{CertificateBook, Known},
    reading::{self, Reader, Reading},
    session::Keys,
};

/// A message as the reader would show it.
#[derive(Debug, Serialize)]
pub struct Inspected {
    /// Who it is from.
    pub from: Option<Person>,
    /// Subject.
    pub subject: String,
    /// When it was sent, RFC 3339.
    pub date: Option<String>,
    /// How it is protected.
    pub security: SecuritySummary,
    /// What the reader shows.
    pub text: String,
    /// What the frame gets.
    pub html: Option<String>,
    /// Loads from elsewhere that were taken out.
    pub blocked: u32,
    /// Files.
    pub attachments: Vec<AttachmentView>,
    /// Parts of the tree, by media type, in order.
    pub parts: Vec<String>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

/// How a message is protected, for scripts.
#[derive(Debug, Serialize)]
pub struct SecuritySummary {
    /// `none`, `whole` or `partial`.
    pub encryption: String,
    /// `none`, `valid`, `invalid`, `unknown` or `partial`.
    pub signature: String,
    /// Fingerprints of who signed.
    pub signers: Vec<String>,
    /// Whether the shown sender is who signed.
    pub from_matches_signer: Option<bool>,
    /// `none`, `signed` or `encrypted`.
    pub headers: String,
    /// Why it can't be read, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// Keys and certificates to inspect a message with.
#[derive(Debug, Default)]
pub struct InspectWith {
    keys: Vec<SecretKey>,
    certificates: Vec<Certificate>,
}

impl InspectWith {
    /// Adds the owner's key, armored or binary.
    ///
    /// # Errors
    /// Fails if it is no key, or protected by a password.
    pub fn key(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let key =
            SecretKey::import_for_reading(bytes, None).map_err(|e| Error::from(e).to_api())?;
        self.keys.push(key);
        Ok(())
    }

    /// Adds certificates of others, armored or binary.
    ///
    /// # Errors
    /// Fails if there is none in the bytes.
    pub fn certificates(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let imported =
            Certificate::import(bytes, &CryptoLimits::MAIL).map_err(|e| Error::from(e).to_api())?;
        self.certificates.extend(imported.certificates);
        Ok(())
    }
}

impl InspectWith {
    /// Reads with these keys and certificates, and with those of a session if there is one.
    fn read(&self, raw: &[u8], session: Option<&Keys>) -> Reading {
        let now = clock::now();
        let in_session = session.map(|keys| keys.own.as_slice()).unwrap_or_default();
        let own: Vec<&SecretKey> = self.keys.iter().chain(in_session).collect();
        let given = self.certificates.iter().cloned();
        let given = given.map(|c| Known::from_certificate(c, Trust::Seen, now));
        let known = session.into_iter().flat_map(|keys| keys.book.others().cloned());
        let book = CertificateBook::new(known.chain(given).collect(), &own, now);
        reading::read(raw, Reader { keys: &own, book: &book, now })
    }
}

/// Reads a message as the reader would.
pub fn inspect_message(raw: &[u8], with: &InspectWith) -> Inspected {
    describe(&with.read(raw, None))
}

/// As [`inspect_message`], with the keys and certificates of an open mailbox too. What was sealed comes with what the log
/// says of that.
pub(crate) fn inspect_in_session(
    raw: &[u8],
    with: &InspectWith,
    keys: &Keys,
) -> (Inspected, Option<Event>) {
    let reading = with.read(raw, Some(keys));
    let event = open::read_event(&reading).code(Code::new("message.inspected"));
    // A file that nobody sealed is nothing of the mailbox's.
    let event = (event.kind() != EventKind::View).then_some(event);
    (describe(&reading), event)
}

fn describe(reading: &Reading) -> Inspected {
    let headers = &reading.headers;
    Inspected {
        from: headers
            .from
            .first()
            .map(|a| Person { name: a.name.clone().unwrap_or_default(), address: a.email.clone() }),
        subject: headers.subject.clone().unwrap_or_default(),
        date: headers
            .date
            .as_ref()
            .and_then(|d| jiff::Timestamp::from_millisecond(d.unix_ms).ok())
            .map(|t| t.to_string()),
        security: summary(&reading.security),
        text: reading.text.to_string(),
        html: reading.page.as_ref().map(|page| page.html.to_string()),
        blocked: reading.page.as_ref().map_or(0, |page| page.blocked),
        attachments: reading
            .attachments
            .iter()
            .map(|a| AttachmentView {
                part: a.part.0,
                name: a.file_name.clone(),
                media_type: a.media_type.clone(),
                size: a.size,
                damaged: !reading.is_whole(a.part),
            })
            .collect(),
        parts: reading.parts().iter().map(|p| p.media_type.clone()).collect(),
        warnings: reading.warnings.iter().copied().collect(),
    }
}

fn summary(security: &Security) -> SecuritySummary {
    SecuritySummary {
        encryption: wire_name(&security.encryption),
        signature: wire_name(&security.signature),
        signers: security.signers.iter().map(|s| s.fingerprint.replace(' ', "")).collect(),
        from_matches_signer: security.from_matches_signer,
        headers: wire_name(&security.headers),
        unreadable: security.unreadable.as_ref().map(wire_name),
    }
}

/// The name that an enumeration has on the wire.
fn wire_name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
