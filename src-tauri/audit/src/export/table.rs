//! Entries as comma-separated values (RFC 4180), one column per field.
//!
//! Nothing that stands in an entry begins like a formula; a cell that did would be taken for one by a spreadsheet, so each
//! is guarded all the same (OWASP, "CSV injection"). Hashes and identifiers carry a letter in front, because a spreadsheet
//! reads `12e34…` as a number.

use std::borrow::Cow;
use std::io;

use crate::event::Count;
use crate::record::Record;
use crate::words::{name, utc};

const COLUMNS: [&str; 14] = [
    "seq",
    "utc",
    "mono_ms",
    "boot",
    "kind",
    "outcome",
    "object",
    "object_id",
    "reason",
    "route",
    "code",
    "keys",
    "prev",
    "hash",
];

/// The line of column names.
pub(super) fn header() -> io::Result<Vec<u8>> {
    written(COLUMNS.iter().map(ToString::to_string).chain(Count::ALL.iter().map(name)))
}

/// The line of an entry.
pub(super) fn row(record: &Record) -> io::Result<Vec<u8>> {
    let (event, stamp) = (record.event(), record.stamp());
    let object = event.object_id();
    let keys: Vec<String> = event.used_keys().iter().map(|key| format!("x{key}")).collect();
    let fixed = [
        record.seq().to_string(),
        utc(stamp.utc_ms),
        stamp.mono_ms.to_string(),
        format!("x{}", stamp.boot),
        name(&event.kind()),
        name(&event.outcome()),
        object.map(|(kind, _)| name(&kind)).unwrap_or_default(),
        object.map(|(_, id)| format!("x{id}")).unwrap_or_default(),
        event.picked_reason().map(|reason| name(&reason)).unwrap_or_default(),
        event.taken_route().map(|route| name(&route)).unwrap_or_default(),
        event.error_code().unwrap_or_default().to_owned(),
        keys.join(" "),
        format!("x{}", hex::encode(record.prev())),
        format!("x{}", hex::encode(record.hash())),
    ];
    let count = |count| event.counts().get(count).map(u64::to_string).unwrap_or_default();
    written(fixed.into_iter().chain(Count::ALL.iter().map(count)))
}

fn written(cells: impl Iterator<Item = String>) -> io::Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells.map(|cell| guarded(&cell).into_owned()))?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Puts an apostrophe before what a spreadsheet would take for a formula.
pub(super) fn guarded(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}
