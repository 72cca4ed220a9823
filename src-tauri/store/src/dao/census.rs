//! What the mailbox holds in all, counted: for reports.

use rusqlite::params;

use super::ReadDao;
use super::messages::Address;
use crate::Error;
use crate::codes::PhiVerdict;
use crate::redact::log_safe_debug;

/// The most groups of correspondents that are read.
const MAX_GROUPS: u32 = 200_000;

/// Messages counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// All.
    pub messages: u64,
    /// Of them with their body here.
    pub with_body: u64,
    /// Of them encrypted end to end.
    pub sealed: u64,
    /// Of them with attachments.
    pub with_attachments: u64,
    /// Of them with PHI found.
    pub with_phi: u64,
    /// Of them not looked at by the detector.
    pub not_scanned: u64,
    /// Date of the oldest.
    pub oldest_ms: Option<i64>,
    /// Date of the newest.
    pub newest_ms: Option<i64>,
}

/// Messages with the same sender and recipients.
#[derive(Clone, PartialEq, Eq)]
pub struct Correspondents {
    /// The sender.
    pub from: Address,
    /// To and Cc, as shown.
    pub recipients: String,
    /// How many messages.
    pub messages: u64,
    /// Of them with PHI found, or not scanned, which counts as such.
    pub with_phi: u64,
}

log_safe_debug!(Correspondents { messages, with_phi });

impl ReadDao<'_> {
    /// Counts the messages.
    pub fn census(&self) -> Result<Census, Error> {
        // Securities 3 to 5 are the encrypted ones, body state 1 is a body that is here (see `codes`).
        let sql = "SELECT count(*), coalesce(sum(body_state = 1), 0), coalesce(sum(security BETWEEN 3 AND 5), 0),
                       coalesce(sum(has_attachments), 0), coalesce(sum(phi_verdict IN (?1, ?2)), 0),
                       coalesce(sum(phi_verdict = ?3), 0), min(date_ms), max(date_ms)
                   FROM messages";
        let verdicts =
            params![PhiVerdict::Phi, PhiVerdict::SpeciallyProtected, PhiVerdict::Unknown];
        self.one(sql, verdicts, |row| {
            Ok(Census {
                messages: row.get(0)?,
                with_body: row.get(1)?,
                sealed: row.get(2)?,
                with_attachments: row.get(3)?,
                with_phi: row.get(4)?,
                not_scanned: row.get(5)?,
                oldest_ms: row.get(6)?,
                newest_ms: row.get(7)?,
            })
        })
    }

    /// Returns who writes to whom, and how often; at most 200,000 groups.
    pub fn correspondents(&self) -> Result<Vec<Correspondents>, Error> {
        let sql = "SELECT max(from_name), from_address, recipients, count(*), sum(phi_verdict <> ?1)
                   FROM messages GROUP BY from_address, recipients ORDER BY from_address, recipients LIMIT ?2";
        self.rows(sql, params![PhiVerdict::Clean, MAX_GROUPS], |row| {
            Ok(Correspondents {
                from: Address { name: row.get(0)?, address: row.get(1)? },
                recipients: row.get(2)?,
                messages: row.get(3)?,
                with_phi: row.get(4)?,
            })
        })
    }
}
