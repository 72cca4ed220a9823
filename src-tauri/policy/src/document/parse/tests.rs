//! Judges the reader of documents: what is right is read, what is wrong is named, and no value is ever repeated.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::Origin;
use crate::testing::{SAMPLE, document, policy, provider};

fn paths(members: &Json) -> Vec<(String, WarningKind)> {
    let policy = policy(&document(members), Origin::Installed).unwrap();
    policy.warnings().iter().map(|warning| (warning.path.clone(), warning.kind)).collect()
}

#[test]
fn the_sample_reads_without_a_warning() {
    let parsed = parse(SAMPLE.as_bytes()).unwrap();
    assert_eq!(parsed.warnings, []);
    assert_eq!(parsed.providers.unwrap().len(), 1);
    assert!(parsed.site_rules.is_some());
}

#[test]
fn a_setting_is_a_value_or_says_more_of_itself() {
    let read = |json: Json| {
        let members = json!({ "lock": { "idleSeconds": json } });
        let policy = policy(&document(&members), Origin::Installed).unwrap();
        policy.settings.lock_idle_seconds.map(|s| (s.value.get(), s.locked, s.reason))
    };
    assert_eq!(read(json!(300)), Some((300, true, None)));
    assert_eq!(read(json!({ "value": 300 })), Some((300, true, None)));
    assert_eq!(
        read(json!({ "value": 300, "locked": false, "reason": "shared desks" })),
        Some((300, false, Some("shared desks".to_owned())))
    );
}

#[test]
fn unknown_keys_are_named_and_read_over() {
    let unknown = |path: &str| (path.to_owned(), WarningKind::UnknownKey);
    assert_eq!(paths(&json!({ "lock": { "idleSecond": 1 } })), [unknown("lock.idleSecond")]);
    assert_eq!(paths(&json!({ "colour": "red" })), [unknown("colour")]);
    assert_eq!(
        paths(&json!({ "lock": { "idleSeconds": { "value": 60, "lokced": true } } })),
        [unknown("lock.idleSeconds.lokced")]
    );
    let mut entry = provider();
    entry["imap"]["tls"] = json!("none");
    assert_eq!(paths(&json!({ "providers": [entry] })), [unknown("providers[0].imap.tls")]);
}

#[test]
fn a_value_that_is_not_honoured_is_named() {
    assert_eq!(
        paths(&json!({ "crypto": { "allowPlaintext": "withConsent" } })),
        [("crypto.allowPlaintext".to_owned(), WarningKind::TakenStricter)]
    );
}

#[test]
fn a_bad_value_is_refused_by_its_place() {
    let mut ends_before = provider();
    ends_before["expires"] = json!("2025-01-01");
    let mut no_host = provider();
    no_host["smtp"]["host"] = json!("smtp.provider.example/");
    let mut no_port = provider();
    no_port["imap"]["port"] = json!(0);
    let mut no_day = provider();
    no_day["signed"] = json!("2026-02-30");
    let cases = [
        (json!({ "lock": { "idleSeconds": 5 } }), "lock.idleSeconds"),
        (json!({ "lock": { "idleSeconds": "600" } }), "lock.idleSeconds"),
        (json!({ "lock": { "idleSeconds": { "locked": true } } }), "lock.idleSeconds.value"),
        (
            json!({ "lock": { "idleSeconds": { "value": 60, "locked": 1 } } }),
            "lock.idleSeconds.locked",
        ),
        (json!({ "lock": 600 }), "lock"),
        (json!({ "tls": { "min": "1.1" } }), "tls.min"),
        (json!({ "crypto": { "noKeyFallback": "password" } }), "crypto.noKeyFallback"),
        (json!({ "internalDomains": ["not a domain"] }), "internalDomains"),
        (json!({ "providers": {} }), "providers"),
        (json!({ "providers": [ends_before] }), "providers[0].expires"),
        (json!({ "providers": [provider(), no_host] }), "providers[1].smtp"),
        (json!({ "providers": [no_port] }), "providers[0].imap"),
        (json!({ "providers": [no_day] }), "providers[0].signed"),
        (json!({ "issuer": " " }), "issuer"),
        (json!({ "serial": -1 }), "serial"),
    ];
    for (members, place) in cases {
        match policy(&document(&members), Origin::Installed) {
            Err(PolicyError::Invalid { path }) => assert_eq!(path, place),
            other => panic!("{place}: {other:?}"),
        }
    }
}

#[test]
fn documents_of_another_version_and_no_documents_are_told_apart() {
    let version = parse(br#"{"schema": 2, "serial": 1, "issuer": "IT"}"#);
    assert!(matches!(version, Err(PolicyError::Version { found: 2 })));
    assert!(matches!(parse(b"[]"), Err(PolicyError::Invalid { path }) if path.is_empty()));
    assert!(matches!(parse(b"{\n  \"schema\": "), Err(PolicyError::NotJson { line: 2, .. })));
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    assert!(matches!(parse(&deep), Err(PolicyError::NotJson { .. })));
}

proptest! {
    /// No error shows what stood in the document: a secret may have been pasted into the wrong place.
    #[test]
    fn errors_never_repeat_a_value(secret in "needle-[a-z0-9]{8}", key in 0_usize..5) {
        let members = [
            json!({ "lock": { "idleSeconds": secret } }),
            json!({ "tls": { "min": { "value": secret } } }),
            json!({ "providers": [{ "name": "x", "imap": secret }] }),
            json!({ "serial": secret }),
            json!({ "internalDomains": [secret] }),
        ];
        let error = policy(&document(&members[key]), Origin::Installed).unwrap_err();
        let shown = format!("{error} {error:?}");
        prop_assert!(!shown.contains(&secret));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(parse(&bytes).is_err());
    }
}
