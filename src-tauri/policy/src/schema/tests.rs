//! Judges the schema by an independent checker, and that the published copy is this one.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::*;
use crate::Origin;
use crate::testing::{SAMPLE, document, policy, provider};

fn docs(name: &str) -> PathBuf {
    Path::new("../../docs").join(name)
}

#[test]
fn the_published_schema_is_the_one_in_force() {
    let current = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    let path = docs("policy.schema.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    // Compared as values: whether keys are sorted depends on what else is built.
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let published = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        value(&published),
        value(&current),
        "run this test with UPDATE_GOLDEN=1 and look at the difference"
    );
}

#[test]
fn the_sample_is_valid_by_the_schema() {
    let schema = jsonschema::draft202012::new(&schema()).unwrap();
    let sample = serde_json::from_str(SAMPLE).unwrap();
    let errors: Vec<String> = schema.iter_errors(&sample).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn schema_and_program_agree_on_what_is_valid() {
    let schema = jsonschema::draft202012::new(&schema()).unwrap();
    let mut no_name = provider();
    no_name.as_object_mut().unwrap().remove("name");
    let documents = [
        json!({}),
        json!({ "providers": [provider()] }),
        json!({ "lock": { "idleSeconds": { "value": 300, "locked": false, "reason": "why" } } }),
        json!({ "lock": { "idleSeconds": 29 } }),
        json!({ "lock": { "idleSeconds": 30 } }),
        json!({ "lock": { "idleSeconds": { "value": 3601 } } }),
        json!({ "lock": { "idleSeconds": { "locked": true } } }),
        json!({ "lock": [] }),
        json!({ "tls": { "min": "1.3" } }),
        json!({ "tls": { "min": "1.1" } }),
        json!({ "internalDomains": ["clinic.example"] }),
        json!({ "internalDomains": ["clinic"] }),
        json!({ "crypto": { "noKeyFallback": "provider" } }),
        json!({ "remoteContent": "always" }),
        json!({ "providers": [no_name] }),
        json!({ "serial": -1 }),
        json!({ "schema": 2 }),
        json!({ "issuer": "" }),
        json!({ "unknown": { "key": 1 } }),
        json!({ "audit": { "anchorMail": "privacy.office+log@clinic.example", "anchorSyslog": true } }),
        json!({ "audit": { "anchorMail": "privacy" } }),
        json!({ "audit": { "anchorMail": "a@b@clinic.example" } }),
        json!({ "audit": { "anchorMail": "Privacy <privacy@clinic.example>" } }),
        json!({ "audit": { "anchorMail": "" } }),
        json!({ "audit": { "anchorMail": null } }),
        json!({ "audit": { "anchorSyslog": "yes" } }),
        json!({ "retention": { "days": 365, "folders": [{ "folder": "junk", "days": 30 }] } }),
        json!({ "retention": { "folders": [{ "folder": "junk", "days": 36501 }] } }),
        json!({ "retention": { "folders": { "junk": 30 } } }),
        json!({ "legalHold": { "folders": { "value": ["inbox"], "reason": "Case 12" } } }),
        json!({ "legalHold": { "folders": [""] } }),
    ];
    let mut valid = 0;
    for members in documents {
        let document = document(&members);
        let read = policy(&document, Origin::Installed);
        assert_eq!(schema.is_valid(&document), read.is_ok(), "{members}: {read:?}");
        valid += usize::from(read.is_ok());
    }
    assert_eq!(valid, 10);
}
