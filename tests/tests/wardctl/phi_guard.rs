//! What is asked before sending: two patients in one message, PHI before many eyes, quoted PHI to a stranger; and what site rules forbid.

use serde_json::json;
use wardmail_tests::Provider;

use crate::desk::{PRIYA, correspondents, inbox, policy};

const TWO: &str = "Please compare MRN 48291300 with MRN 48291377.\n";

#[test]
fn identifiers_of_two_patients_are_asked_about_once_and_the_log_has_none() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    desk.send(PRIYA, "Scheduling", TWO, &[]).fails(98, "reason_needed");
    desk.send(PRIYA, "Scheduling", "Please see MRN 48291300.\n", &[]).ok();
    desk.send(PRIYA, "Scheduling", TWO, &["--reason", "recipient-needs-it"]).ok();
    inbox(&provider, PRIYA, 2);
    let log = desk.path("log.jsonl");
    desk.run(&["audit", "export", "--out", log.to_str().unwrap()]).ok();
    assert!(!std::fs::read_to_string(log).unwrap().contains("4829"));
}

#[test]
fn what_a_file_holds_is_checked_before_it_goes() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    let list = desk.file("list.csv", b"Name,MRN\nLindqvist,48291300\nOkafor,48291377\n");
    let attach = ["--attach", list.to_str().unwrap()];
    desk.send(PRIYA, "Scheduling", "As agreed.\n", &attach).fails(98, "reason_needed");
    let mut strict = policy(&provider);
    strict["serial"] = 2.into();
    strict["phi"] = json!({ "guardAction": "off", "contentAction": "block" });
    desk.session.install_policy(&strict).unwrap();
    let reason = [&attach[..], &["--reason", "urgent"]].concat();
    desk.send(PRIYA, "Scheduling", "As agreed.\n", &reason).fails(112, "content_blocked");
}

#[test]
fn a_rule_of_the_site_forbids_what_the_settings_allow_and_a_broken_one_stops_no_other() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    let mut own = policy(&provider);
    own["serial"] = 2.into();
    own["phi"] = json!({ "siteRules": { "rules": [
        { "id": "broken", "pattern": "(?=x)y" },
        { "id": "our-mrn", "pattern": "ZQ[0-9]{6}", "category": "mrn", "strength": "strong", "action": "block" },
    ] } });
    desk.session.install_policy(&own).unwrap();
    desk.send(PRIYA, "Scheduling", "About ZQ123456.\n", &["--reason", "urgent"])
        .fails(112, "content_blocked");
    desk.send(PRIYA, "About ZQ123456", "Please call.\n", &["--reason", "urgent"])
        .fails(99, "subject_blocked");
    desk.send(PRIYA, "Scheduling", "Please call.\n", &[]).ok();
}
