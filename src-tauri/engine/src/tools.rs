//! Jobs that need no profile: inspect a message, sanitise a page, scan text, check a policy or an
//! exported log. What they answer is what the program itself would decide.

mod inspect;
mod log;
mod phi;
mod policy;

use std::collections::BTreeMap;

use serde::Serialize;
use wardmail_message::{self as message, Limits};

pub(crate) use inspect::inspect_in_session;
pub use inspect::{InspectWith, Inspected, SecuritySummary, inspect_message};
pub use log::{KnownOutside, verify_audit_export};
pub(crate) use phi::spaced;
pub use phi::{
    Confusion, FileFinding, FileScan, Leaning, MAX_TEXT_BYTES, PhiFigures, PhiMistake, ScanKind,
    Scanner, Share, evaluate_phi, special_advice,
};
pub use policy::{PolicyReport, SettingRow, effective_policy, validate_policy};

/// A page made safe.
#[derive(Debug, Serialize)]
pub struct SafeHtml {
    /// The content of a body.
    pub html: String,
    /// Loads from elsewhere that were taken out.
    pub blocked: u32,
}

/// Makes HTML safe as the reader would.
pub fn sanitize_html(html: &str) -> SafeHtml {
    let safe = message::sanitize_html(html, &BTreeMap::new(), &Limits::default());
    let remote = safe.remote_blocked;
    SafeHtml { html: safe.html, blocked: remote.images + remote.styles + remote.other }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
