//! The canonical line against hand-made bytes, and what must never be read.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::event::{Code, Count, EventKind, ObjectKind, Outcome, Reason, Route};

/// Made with Python's json text and hashlib from the module's description.
const GENESIS: &str = "418f47a02df83e6c8be560c50a4261d4701df0cd5b8f304316e04dbe3c022d30";
const LINE: &str = concat!(
    r#"{"v":1,"seq":1,"boot":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","utc":"2026-11-21T20:00:00.120Z","mono":4200,"#,
    r#""event":{"kind":"send","outcome":"uncertain","object":{"kind":"message","id":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"},"#,
    r#""reason":"treatment","route":"open_pgp","code":"smtp.no_reply","counts":{"recipients":2,"bytes":18446744073709551615}},"#,
    r#""prev":"418f47a02df83e6c8be560c50a4261d4701df0cd5b8f304316e04dbe3c022d30","#,
    r#""hash":"1578a0af2d3cb7c1757d164daad7290014920e19c904fca7fe06012e73a68715"}"#
);

fn log() -> OpaqueId {
    OpaqueId::from_random(std::array::from_fn(|index| u8::try_from(index).unwrap()))
}

fn record() -> Record {
    let event = Event::new(EventKind::Send, Outcome::Uncertain)
        .message(OpaqueId::from_random([0x0a; 16]))
        .reason(Reason::Treatment)
        .route(Route::OpenPgp)
        .code(Code::new("smtp.no_reply"))
        .count(Count::Bytes, u64::MAX)
        .count(Count::Recipients, 2);
    let stamp =
        Stamp { boot: OpaqueId::from_random([0xb0; 16]), utc_ms: 1_795_291_200_120, mono_ms: 4200 };
    Chain::append(&Head::genesis(&log()), event, &stamp)
}

#[test]
fn the_line_is_as_documented() {
    assert_eq!(hex::encode(Head::genesis(&log()).hash), GENESIS);
    assert_eq!(record().to_line(), LINE);
    let read = Record::from_line(LINE).unwrap();
    assert_eq!(read, record());
    assert!(read.is_intact());
    assert_eq!(
        read.stamp(),
        Stamp { boot: OpaqueId::from_random([0xb0; 16]), utc_ms: 1_795_291_200_120, mono_ms: 4200 }
    );
    assert_eq!(
        read.event().object_id(),
        Some((ObjectKind::Message, OpaqueId::from_random([0x0a; 16])))
    );
}

#[test]
fn other_writings_of_the_same_are_not_entries() {
    for (from, to) in [
        ("{\"v\":1,", "{\"v\": 1,"),
        ("{\"v\":1,\"seq\":1,", "{\"seq\":1,\"v\":1,"),
        ("20:00:00.120Z", "20:00:00.12Z"),
        ("20:00:00.120Z", "21:00:00.120+01:00"),
        ("\"mono\":4200", "\"mono\":4.2e3"),
        ("\"recipients\":2,", "\"recipients\":1,\"recipients\":2,"),
        ("b0b0", "B0B0"),
        ("\"send\"", "\"\\u0073end\""),
        ("\"code\":\"smtp.no_reply\",", "\"code\":\"smtp.no_reply\",\"note\":\"x\","),
    ] {
        let line = LINE.replacen(from, to, 1);
        assert_ne!(line, LINE);
        assert!(
            matches!(Record::from_line(&line), Err(LineError::NotCanonical | LineError::Malformed)),
            "{line}"
        );
    }
    assert_eq!(
        Record::from_line(&LINE.replacen("\"v\":1", "\"v\":2", 1)),
        Err(LineError::NewerVersion)
    );
    assert_eq!(
        Record::from_line(&format!("{LINE}{}", " ".repeat(MAX_LINE_BYTES))),
        Err(LineError::TooLong)
    );
}

/// Puts `needle` into the `index`-th text of a JSON value.
fn plant(value: &mut Value, index: &mut usize, needle: &str) {
    match value {
        Value::String(text) => {
            if *index == 0 {
                needle.clone_into(text);
            }
            *index = index.wrapping_sub(1);
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| plant(field, index, needle)),
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, index, needle)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn a_code_made_of_anything_else_is_replaced() {
    for code in ["", "Jane Roe", "jane@clinic.example", "<1@mail.example>", "code\n", "ümlaut", "A"]
    {
        assert_eq!(Code::new(code).as_str(), "invalid_code");
    }
    assert_eq!(Code::new("keyring.timed_out").as_str(), "keyring.timed_out");
}

proptest! {
    /// No field of an entry takes an address, a Message-ID or a free text, even from a forged line.
    #[test]
    fn no_text_gets_into_an_entry(
        field in 0_usize..11,
        needle in prop_oneof![
            "[a-z]{1,12}@[a-z]{1,12}\\.example",
            "<[a-z0-9.]{1,20}@[a-z]{1,12}>",
            "[A-Z][a-z]{1,10} [A-Z][a-z]{1,10}",
            "\\PC{0,5}[ @<>:/\"-]\\PC{0,40}",
        ],
    ) {
        let mut value: Value = serde_json::from_str(LINE).unwrap();
        let mut index = field;
        plant(&mut value, &mut index, &needle);
        let forged = serde_json::to_string(&value).unwrap();
        prop_assert!(Record::from_line(&forged).is_err());
        // The same in the canonical order of the fields, which `Value` does not keep.
        let texts: Vec<&str> = LINE.split('"').collect();
        for place in (1..texts.len()).step_by(2) {
            let mut texts = texts.clone();
            let quoted = serde_json::to_string(&needle).unwrap();
            texts[place] = quoted.trim_matches('"');
            prop_assert!(Record::from_line(&texts.join("\"")).is_err());
        }
    }

    #[test]
    fn any_line_is_answered(line in "\\PC{0,200}") {
        prop_assert!(Record::from_line(&line).is_err());
    }

    #[test]
    fn every_stamp_survives(utc_ms: i64, mono_ms: u64, boot: [u8; 16], seq in 0..u64::MAX) {
        let stamp = Stamp { boot: OpaqueId::from_random(boot), utc_ms, mono_ms };
        let head = Head { seq, hash: [7; 32] };
        let record = Chain::append(&head, Event::new(EventKind::Lock, Outcome::Success), &stamp);
        prop_assert_eq!(Record::from_line(&record.to_line()), Ok(record));
    }
}
