//! Whether an exported audit log holds.

use std::io::BufRead;

use serde::Serialize;
use wardmail_api::{ApiError, ErrorCode};
use wardmail_audit::{Expected, verify_file};

use super::hex;

/// Whether an exported log holds.
#[derive(Debug, Serialize)]
pub struct ExportVerdict {
    /// Whether every entry and the trailer are as they were written.
    pub intact: bool,
    /// Good entries from the first.
    pub entries: u64,
    /// Hash of the last good entry, in hexadecimal.
    pub head: Option<String>,
    /// The number of the first bad entry and what was done to it.
    pub first_bad: Option<(u64, String)>,
}

/// Verifies an exported log; needs no passphrase.
///
/// # Errors
/// Fails if it can't be read.
pub fn verify_audit_export(reader: impl BufRead) -> Result<ExportVerdict, ApiError> {
    let file = verify_file(reader, Expected::default(), None)
        .map_err(|_| ApiError::from(ErrorCode::DiskFailed))?;
    let report = file.report;
    Ok(ExportVerdict {
        intact: report.is_clean(),
        entries: report.good,
        head: report.head.map(|h| hex(&h.hash)),
        first_bad: report.finding.map(|f| (f.seq, f.tampering.code().to_owned())),
    })
}
