//! From the raw bytes of a message to what may be shown of it: parse, decrypt, verify, choose.
//!
//! Pure and synchronous; it runs on the worker pool. The rule that everything here serves: bytes
//! that were not authenticated are never shown as authenticated, and what was decrypted is never
//! joined with what was not (EFAIL).

mod crypto_layers;
mod page;
mod verdict;

use std::collections::BTreeSet;

use jiff::Timestamp;
use wardmail_api::mail::{Security, Unreadable, Warning};
use wardmail_crypto::SecretKey;
use wardmail_message as message;
use zeroize::Zeroizing;

use crate::people::CertificateBook;

/// What reading needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    /// Own keys, to decrypt with.
    pub(crate) keys: &'a [&'a SecretKey],
    /// Certificates of others and of the owner, to verify with.
    pub(crate) book: &'a CertificateBook,
    /// The time now.
    pub(crate) now: Timestamp,
}

/// A message as far as it may be shown.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The headers to show: the protected ones where there are any.
    pub(crate) headers: message::Headers,
    /// How it is protected.
    pub(crate) security: Security,
    /// What the reader should know.
    pub(crate) warnings: BTreeSet<Warning>,
    /// The text to show and to search.
    pub(crate) text: Zeroizing<String>,
    /// The page of the frame, where the message has HTML.
    pub(crate) page: Option<page::Page>,
    /// The files.
    pub(crate) attachments: Vec<message::AttachmentInfo>,
    /// The bytes that the files are decoded from.
    payload: Payload,
}

/// The innermost bytes and their part tree.
#[derive(Debug)]
struct Payload {
    raw: Zeroizing<Vec<u8>>,
    parsed: message::Parsed,
}

/// Reads a message.
pub(crate) fn read(raw: &[u8], reader: Reader<'_>) -> Reading {
    let limits = message::Limits::default();
    let outer = message::parse(raw, &limits);
    let mut warnings = BTreeSet::new();
    let opened = crypto_layers::open(raw, &outer, reader, &limits);
    let mut security = opened.security;
    let payload = opened.payload;

    let signer_is_author = |author: Option<&message::Address>| {
        author.is_some_and(|a| verdict::signed_by(&opened.good_signers, &a.email))
    };
    let protected = if opened.headers_protectable {
        message::protected_headers(&payload.raw, &payload.parsed, &limits)
    } else {
        None
    };
    let headers = match &protected {
        Some(inner) => {
            if inner.from_differs(&outer.headers) {
                warnings.insert(Warning::SenderDiffers);
            }
            security.headers = verdict::header_protection(&security);
            inner.effective(&outer.headers, signer_is_author(inner.headers.author()))
        }
        None => outer.headers.clone(),
    };
    verdict::author_first(&mut security, headers.author());
    security.from_matches_signer =
        verdict::from_matches(&security, signer_is_author(headers.author()));
    verdict::collect_warnings(&outer, &payload.parsed, &headers, &mut warnings);

    let body =
        page::body(&payload.raw, &payload.parsed, security.unreadable, &limits, &mut warnings);
    let attachments =
        if security.unreadable.is_some() { Vec::new() } else { payload.parsed.attachments() };
    Reading { headers, security, warnings, text: body.text, page: body.page, attachments, payload }
}

impl Reading {
    /// The decoded bytes of one of its files.
    pub(crate) fn attachment(&self, part: u32) -> Option<(String, Zeroizing<Vec<u8>>)> {
        let known = self.attachments.iter().find(|a| a.part.0 == part)?;
        let decoded = message::part_bytes(
            &self.payload.raw,
            self.payload.parsed.part(known.part)?,
            &message::Limits::default(),
        );
        Some((known.file_name.clone(), Zeroizing::new(decoded.bytes.into_owned())))
    }

    /// Whether one of its files is as its sender made it, as far as its bytes tell.
    pub(crate) fn is_whole(&self, part: message::PartId) -> bool {
        let limits = message::Limits::default();
        let part = self.payload.parsed.part(part);
        part.is_some_and(|part| message::is_whole(&self.payload.raw, part, &limits))
    }

    /// Whether the text could be read.
    pub(crate) fn is_readable(&self) -> bool {
        self.security.unreadable.is_none()
    }

    /// Whether a key is missing, so that it is worth trying again after an import.
    pub(crate) fn lacks_key(&self) -> bool {
        self.security.unreadable == Some(Unreadable::KeyMissing)
    }

    /// Number of top-level parts, for inspection.
    pub(crate) fn parts(&self) -> &[message::Part] {
        &self.payload.parsed.parts
    }

    /// How the text is to be quoted in an answer.
    pub(crate) fn reader_text(&self) -> message::ReaderText {
        message::ReaderText {
            text: self.text.to_string(),
            source: message::TextSource::Plain,
            truncated: self.warnings.contains(&Warning::Truncated),
        }
    }
}
