//! A patient in the subject: warned, stopped, let out with a reason that is recorded, or not at all.

use serde_json::json;
use wardmail_tests::Provider;

use crate::desk::{PRIYA, correspondents, inbox, policy, provider_never_saw};

/// A social security number, as the detector must know it.
const NUMBER: &str = "Question about SSN 536-22-8145";

#[test]
fn a_patient_in_the_subject_needs_a_reason_that_is_recorded() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let said = desk.send(PRIYA, NUMBER, "Please call.\n", &[]).fails(98, "reason_needed");
    assert!(said["next"].as_str().unwrap().contains("reason"));
    assert!(desk.outbox().is_empty());
    assert!(!desk.audited().iter().any(|said| said.starts_with("A warning was overridden")));

    let sent = desk.send(PRIYA, NUMBER, "Please call.\n", &["--reason", "patient-asked"]).ok();
    assert_eq!(sent["state"], "sent");
    let held = inbox(&provider, PRIYA, 1).remove(0);
    assert!(priya.open(&held.raw).unwrap().text().contains(NUMBER), "sealed, it may go");
    provider_never_saw(&provider, "536-22-8145");
    let overridden: Vec<String> = desk
        .audited()
        .into_iter()
        .filter(|said| said.starts_with("A warning was overridden"))
        .collect();
    assert_eq!(overridden.len(), 1);
    assert!(overridden[0].contains("patient request"), "{overridden:?}");
    let log = desk.path("log.jsonl");
    desk.run(&["audit", "export", "--out", log.to_str().unwrap()]).ok();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.contains("536-22-8145") && !log.contains("priya"), "no words of mail in the log");

    // Without a patient in it there is nothing to override, reason or not.
    desk.send(PRIYA, "Scheduling", "Please call.\n", &["--reason", "urgent"]).ok();
    let overrides = desk.audited();
    let overrides = overrides.iter().filter(|said| said.starts_with("A warning was overridden"));
    assert_eq!(overrides.count(), 1);
}

#[test]
fn policy_can_forbid_it_whatever_the_reason() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    let mut strict = policy(&provider);
    strict["phi"] = json!({ "subjectAction": "block" });
    strict["serial"] = 2.into();
    // Queued under the old policy, due under the new one: the decision is taken again.
    desk.send(PRIYA, NUMBER, "Please call.\n", &["--reason", "urgent", "--queue-only"]).ok();
    desk.session.install_policy(&strict).unwrap();
    desk.run(&["sync"]).ok();
    let row = desk.outbox().remove(0);
    assert_eq!((&row["state"], &row["reason"]), (&"held".into(), &"subject_blocked".into()));
    desk.send(PRIYA, NUMBER, "Please call.\n", &["--reason", "urgent"])
        .fails(99, "subject_blocked");
    desk.send(PRIYA, "Scheduling", "Please call.\n", &[]).ok();
    inbox(&provider, PRIYA, 1);
}
