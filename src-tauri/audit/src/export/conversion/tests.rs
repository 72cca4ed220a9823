//! Each form read back by somebody else's reader.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::anchor::Anchor;
use crate::event::{Code, Count, Event, EventKind, KeyMark, Outcome, Reason, Route};
use crate::record::{Chain, Head, Stamp};

fn log() -> OpaqueId {
    OpaqueId::from_random([0xe1; 16])
}

/// One entry of every kind, with everything an entry can have.
fn records() -> Vec<Record> {
    let outcomes = [Outcome::Success, Outcome::Failure, Outcome::Refused, Outcome::Uncertain];
    let mut head = Head::genesis(&log());
    EventKind::ALL
        .iter()
        .zip(outcomes.iter().cycle())
        .map(|(kind, outcome)| {
            let event = Event::new(*kind, *outcome)
                .message(OpaqueId::from_random([0x0a; 16]))
                .reason(Reason::PatientRequest)
                .route(Route::OpenPgp)
                .code(Code::new("smtp.no_reply"))
                .count(Count::Recipients, 2)
                .count(Count::Bytes, u64::MAX)
                .keys([[0x12; 20], [0xee; 20]].iter().filter_map(|key| KeyMark::of(key)));
            let boot = OpaqueId::from_random([0xb0; 16]);
            let stamp = Stamp { boot, utc_ms: 1_795_291_200_120, mono_ms: 4200 };
            let record = Chain::append(&head, event, &stamp);
            head = record.head();
            record
        })
        .collect()
}

fn converted(form: Form) -> String {
    let mut conversion = Conversion::new(Vec::new(), form, log()).unwrap();
    for record in records() {
        conversion.record(&record).unwrap();
    }
    String::from_utf8(conversion.finish().unwrap()).unwrap()
}

#[test]
fn a_table_has_every_field_in_its_column() {
    let table = converted(Form::Csv);
    assert!(table.lines().all(|line| !line.is_empty()) && table.ends_with("\r\n"));
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let names = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), EventKind::ALL.len());
    for (row, record) in rows.iter().zip(records()) {
        let cell = |name: &str| &row[names.iter().position(|n| n == name).unwrap()];
        assert_eq!(cell("seq"), record.seq().to_string());
        assert_eq!(cell("hash"), format!("x{}", hex::encode(record.hash())));
        assert_eq!((cell("utc"), cell("mono_ms")), ("2026-11-21T20:00:00.120Z", "4200"));
        assert_eq!(
            (cell("object"), cell("object_id")),
            ("message", &*format!("x{}", "0a".repeat(16)))
        );
        assert_eq!((cell("reason"), cell("code")), ("patient_request", "smtp.no_reply"));
        assert_eq!((cell("recipients"), cell("bytes")), ("2", "18446744073709551615"));
        assert_eq!(cell("missing"), "");
        assert_eq!(cell("keys"), format!("x{} x{}", "12".repeat(8), "ee".repeat(8)));
    }
}

#[test]
fn syslog_messages_are_read_by_another_parser() {
    let text = converted(Form::Syslog);
    assert_eq!(text.lines().count(), EventKind::ALL.len());
    for (line, record) in text.lines().zip(records()) {
        // syslog_loose is what Vector reads syslog with.
        let message = syslog_loose::parse_message(line, syslog_loose::Variant::RFC5424);
        assert_eq!(message.protocol, syslog_loose::Protocol::RFC5424(1), "{line}");
        assert_eq!(message.facility, Some(syslog_loose::SyslogFacility::LOG_AUDIT));
        assert_eq!(message.appname, Some("wardmail"));
        assert_eq!(message.timestamp.unwrap().timestamp_millis(), 1_795_291_200_120);
        assert_eq!((message.hostname, message.procid.clone()), (None, None));
        let sequence: Vec<_> = message.structured_data.iter().flat_map(|d| d.params()).collect();
        assert_eq!(sequence, [(&"sequenceId", record.seq().to_string())]);
        let hash = format!(" hash={}", hex::encode(record.hash()));
        assert!(message.msg.starts_with(&format!("seq={} kind=", record.seq())), "{line}");
        assert!(message.msg.contains(" key=1212121212121212 key=eeeeeeeeeeeeeeee "), "{line}");
        assert!(message.msg.ends_with(&hash) && line.is_ascii(), "{line}");
    }
    let failed =
        syslog_loose::parse_message(text.lines().nth(1).unwrap(), syslog_loose::Variant::RFC5424);
    assert_eq!(failed.severity, Some(syslog_loose::SyslogSeverity::SEV_WARNING));
}

#[test]
fn an_anchor_in_a_system_log_is_found_again() {
    let anchor = Anchor { log: log(), head: Head { seq: 3_000_000_000, hash: [9; 32] } };
    let line = anchor.to_syslog();
    let text = line.strip_prefix("<109>").unwrap();
    assert_eq!(text, format!("wardmail: {anchor}"));
    // As a listener hands it on, with its own time and its name (RFC 3164, section 4.3.2).
    let relayed = format!("<109>Nov 21 20:00:00 desk12 {text}");
    let message = syslog_loose::parse_message(&relayed, syslog_loose::Variant::RFC3164);
    assert_eq!(message.facility, Some(syslog_loose::SyslogFacility::LOG_AUDIT));
    assert_eq!(message.severity, Some(syslog_loose::SyslogSeverity::SEV_NOTICE));
    assert_eq!((message.hostname, message.appname), (Some("desk12"), Some("wardmail")));
    assert_eq!(message.msg, anchor.to_string());
    // And as it writes it down.
    let written = format!("Nov 21 20:00:00 desk12 {text}\n");
    for text in [line, relayed, written] {
        assert_eq!(crate::anchors_in(text.as_bytes()).unwrap(), [anchor]);
    }
}

/// The definitions of HL7's own schema that an `AuditEvent` of ours can use.
fn fhir() -> jsonschema::Validator {
    let schema: Value =
        serde_json::from_str(include_str!("../../../tests/data/fhir-r4-auditevent.schema.json"))
            .unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn every_resource_has_the_published_shape() {
    let schema = fhir();
    let text = converted(Form::Fhir);
    assert_eq!(text.lines().count(), EventKind::ALL.len());
    for (line, record) in text.lines().zip(records()) {
        let resource: Value = serde_json::from_str(line).unwrap();
        let problems: Vec<String> = schema.iter_errors(&resource).map(|e| e.to_string()).collect();
        assert!(problems.is_empty(), "{problems:?} {resource:#}");
        assert_eq!(resource["recorded"], "2026-11-21T20:00:00.120Z");
        let details = resource["entity"][0]["detail"].as_array().unwrap();
        let detail = |name: &str| {
            let found = details.iter().find(|detail| detail["type"] == name).unwrap();
            found["valueString"].as_str().unwrap().to_owned()
        };
        assert_eq!(detail("seq"), record.seq().to_string());
        assert_eq!(detail("hash"), hex::encode(record.hash()));
        assert_eq!(detail("key"), "1212121212121212");
    }
}

#[test]
fn the_schema_refuses_what_is_not_an_audit_event() {
    let schema = fhir();
    let line = converted(Form::Fhir);
    let good: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    for field in ["type", "agent", "source", "resourceType"] {
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().remove(field);
        assert!(!schema.is_valid(&bad), "{field}");
    }
    for (field, value) in
        [("recorded", "yesterday"), ("action", "X"), ("outcome", "9"), ("note", "x"), ("id", "a b")]
    {
        let mut bad = good.clone();
        bad[field] = value.into();
        assert!(!schema.is_valid(&bad), "{field}");
    }
}

proptest! {
    #[test]
    fn no_cell_is_taken_for_a_formula(cell in "[=+\\-@\t\r\n]?\\PC{0,20}") {
        let guarded = table::guarded(&cell);
        prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        prop_assert!(guarded.ends_with(&cell) && guarded.len() <= cell.len() + 1);
    }
}
