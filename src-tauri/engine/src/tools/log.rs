//! Whether an exported audit log holds.

use std::io::BufRead;

use wardmail_api::{ApiError, ErrorCode, audit::AuditVerdict};
use wardmail_audit::{Anchor, Expected, Fingerprint, anchors_in, verify_file};

/// What somebody outside knows of a log: the fingerprint of its first key, and anchors.
#[derive(Clone, Debug, Default)]
pub struct KnownOutside {
    pub(crate) pin: Option<Fingerprint>,
    pub(crate) anchors: Vec<Anchor>,
}

impl KnownOutside {
    /// Adds the fingerprint that the first key must have: 64 hexadecimal digits.
    ///
    /// # Errors
    /// Fails if it is no fingerprint.
    pub fn key(&mut self, fingerprint: &str) -> Result<(), ApiError> {
        self.pin = Some(Fingerprint::parse(fingerprint).ok_or(ErrorCode::InvalidRequest)?);
        Ok(())
    }

    /// Adds the anchors in a text: a checkpoint mail, a system log.
    ///
    /// # Errors
    /// Fails if it can't be read, or holds none.
    pub fn anchors(&mut self, text: impl BufRead) -> Result<(), ApiError> {
        let found = anchors_in(text).map_err(|_| ErrorCode::DiskFailed)?;
        if found.is_empty() {
            return Err(ErrorCode::InvalidRequest.into());
        }
        self.anchors.extend(found);
        Ok(())
    }
}

/// Verifies an exported log; needs no passphrase.
///
/// # Errors
/// Fails if it can't be read.
pub fn verify_audit_export(
    reader: impl BufRead,
    outside: &KnownOutside,
) -> Result<AuditVerdict, ApiError> {
    let anchors = outside.anchors.iter().map(|anchor| anchor.head).collect();
    let report = verify_file(reader, Expected { log: None, anchors }, outside.pin)
        .map_err(|_| ErrorCode::DiskFailed)?;
    Ok(crate::audit_log::verdict(report))
}
