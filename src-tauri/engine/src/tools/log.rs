//! Whether an exported audit log holds.

use std::io::{BufRead, Seek};

use wardmail_api::{ApiError, ErrorCode, audit::AuditVerdict};
use wardmail_audit::{Anchor, Expected, Fingerprint, OpaqueId, anchors_in, log_of, verify_file};

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

    /// What is known of this log. Where nothing of what is known is of it, another log is expected: this one can't be the
    /// one that somebody vouches for.
    pub(crate) fn of(&self, log: Option<OpaqueId>) -> Expected {
        let own = |anchor: &&Anchor| log.is_none_or(|log| anchor.log == log);
        let anchors: Vec<_> = self.anchors.iter().filter(own).map(|anchor| anchor.head).collect();
        let foreign = self.anchors.first().filter(|_| anchors.is_empty()).map(|anchor| anchor.log);
        Expected { log: foreign.or(log), anchors }
    }
}

/// Verifies an exported log; needs no passphrase. It is read twice: which log it is of stands behind its first entries.
///
/// # Errors
/// Fails if it can't be read.
pub fn verify_audit_export(
    mut reader: impl BufRead + Seek,
    outside: &KnownOutside,
) -> Result<AuditVerdict, ApiError> {
    let log = log_of(&mut reader).map_err(|_| ErrorCode::DiskFailed)?;
    reader.rewind().map_err(|_| ErrorCode::DiskFailed)?;
    let report =
        verify_file(reader, outside.of(log), outside.pin).map_err(|_| ErrorCode::DiskFailed)?;
    Ok(crate::audit_log::verdict(report))
}
