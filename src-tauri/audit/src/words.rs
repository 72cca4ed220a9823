//! How enumerations and times are spelled where they leave the log.

use jiff::Timestamp;
use serde::Serialize;

/// The name that a value has in the log.
pub(crate) fn name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        // Every enumeration of this crate serialises as its name.
        _ => String::new(),
    }
}

/// A moment as RFC 3339 with three digits of milliseconds, in UTC.
pub(crate) fn utc(ms: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}
