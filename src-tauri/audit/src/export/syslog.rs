//! Entries and anchors as syslog messages (RFC 5424).
//!
//! What they say stands in the message, as `key=value`: structured data of one's own needs an enterprise number, which this
//! program doesn't have. Host and process stay unnamed (`-`): they are the collector's to know.

use std::fmt::Write as _;

use crate::anchor::Anchor;
use crate::event::{OpaqueId, Outcome};
use crate::record::Record;
use crate::words::{name, utc};

/// Facility 13, "log audit" (RFC 5424, table 1).
const LOG_AUDIT: u8 = 13;
const WARNING: u8 = 4;
const NOTICE: u8 = 5;
const INFORMATIONAL: u8 = 6;
/// The largest `sequenceId` (RFC 5424, section 7.3.1), after which it begins again at 1.
const MAX_SEQUENCE: u64 = 2_147_483_647;

/// One entry, without a line end.
pub(super) fn message(record: &Record, log: &OpaqueId) -> String {
    let event = record.event();
    let severity = match event.outcome() {
        Outcome::Success => INFORMATIONAL,
        Outcome::Refused => NOTICE,
        Outcome::Failure | Outcome::Uncertain => WARNING,
    };
    let stamp = record.stamp();
    let kind = name(&event.kind());
    let mut said = format!("seq={} kind={kind} outcome={}", record.seq(), name(&event.outcome()));
    let mut say = |key: &str, value: &str| {
        let _infallible = write!(said, " {key}={value}");
    };
    if let Some((object, id)) = event.object_id() {
        say(&name(&object), &id.to_string());
    }
    if let Some(reason) = event.picked_reason() {
        say("reason", &name(&reason));
    }
    if let Some(route) = event.taken_route() {
        say("route", &name(&route));
    }
    if let Some(code) = event.error_code() {
        say("code", code);
    }
    for (count, number) in event.counts() {
        say(&name(count), &number.to_string());
    }
    for key in event.used_keys() {
        say("key", &key.to_string());
    }
    say("log", &log.to_string());
    say("boot", &stamp.boot.to_string());
    say("mono_ms", &stamp.mono_ms.to_string());
    say("prev", &hex::encode(record.prev()));
    say("hash", &hex::encode(record.hash()));
    format!("{} {said}", header(severity, stamp.utc_ms, &kind, record.seq()))
}

/// An anchor as a message for the system's own log, without a line end.
pub(crate) fn anchor(anchor: &Anchor) -> String {
    format!("<{}>wardmail: {anchor}", priority(NOTICE))
}

fn header(severity: u8, utc_ms: i64, id: &str, seq: u64) -> String {
    let priority = priority(severity);
    let sequence = seq.saturating_sub(1).checked_rem(MAX_SEQUENCE).unwrap_or(0).saturating_add(1);
    format!("<{priority}>1 {} - wardmail - {id} [meta sequenceId=\"{sequence}\"]", utc(utc_ms))
}

/// Facility and severity as one number (RFC 5424, section 6.2.1; the same in RFC 3164).
const fn priority(severity: u8) -> u8 {
    LOG_AUDIT.saturating_mul(8).saturating_add(severity)
}
