//! Evidence for whoever stands outside: exports in every form, a pinned key, and the report of an incident on paper.

use std::fs;
use std::process::Command;

use serde_json::Value;
use wardmail_tests::Provider;

use crate::desk::{PASSPHRASE, PRIYA, correspondents};

#[test]
fn the_log_is_exported_in_every_form_and_its_key_can_be_pinned() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    desk.send(PRIYA, "Scheduling", "One juniper.\n", &[]).ok();
    let own = desk.run(&["audit", "verify"]).ok();
    assert_eq!((&own["intact"], &own["signature"]), (&true.into(), &"signed".into()));
    let key = own["key"].as_str().unwrap();
    for format in ["jsonl", "csv", "syslog", "fhir"] {
        let path = desk.path(format);
        let file = path.to_str().unwrap();
        let said = desk.run(&["audit", "export", "--format", format, "--out", file]).ok();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() as u64 >= said["entries"].as_u64().unwrap(), "{format}");
        for secret in [PASSPHRASE, "juniper", "Scheduling", "priya", "mei.chen", "clinic.example"] {
            assert!(!text.contains(secret), "{secret} in {format}");
        }
        if format == "fhir" {
            let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
            assert_eq!(first["resourceType"], "AuditEvent");
        }
    }
    let jsonl = desk.path("jsonl");
    let log = jsonl.to_str().unwrap();
    let pinned = desk.run(&["audit", "verify", log, "--key", key]).ok();
    assert_eq!(pinned["key"], key, "the fingerprint stays over all these sessions");
    assert_eq!(desk.run(&["audit", "verify", log, "--key", &"ab".repeat(32)]).code, 9);
    assert_eq!(desk.run(&["audit", "verify", log, "--key", "no key"]).code, 110);
    // An older copy of the log that was put back is told from the head that somebody kept.
    let head = pinned["head"].as_str().unwrap();
    let text = fs::read_to_string(&jsonl).unwrap();
    let log_id = text.split("\"log\":\"").nth(1).unwrap().split('"').next().unwrap();
    let entries = pinned["entries"].as_u64().unwrap();
    let note = desk.file(
        "mail.txt",
        format!("Today: wardmail:anchor:{log_id}:{entries}:{head}.\n").as_bytes(),
    );
    let note = note.to_str().unwrap();
    let vouched = desk.run(&["audit", "verify", log, "--anchor", note]).ok();
    assert_eq!(vouched["vouchedTo"], entries);
    let later = format!("wardmail:anchor:{log_id}:{}:{head}", entries + 4);
    let later = desk.file("later.txt", later.as_bytes());
    let rolled_back = desk.run(&["audit", "verify", log, "--anchor", later.to_str().unwrap()]);
    assert_eq!(rolled_back.code, 9);
    assert_eq!(rolled_back.lines[0]["firstBad"][1], "audit.shortened");
}

#[test]
fn a_lost_computer_is_a_report_on_paper() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    desk.send(PRIYA, "Scheduling", "One juniper.\n", &[]).ok();
    desk.run(&["sync"]).ok();
    let path = desk.path("report.pdf");
    let file = path.to_str().unwrap();
    let fixed = ["incident", "lost-computer", "--discovered", "2026-11-21", "--individuals", "499"];
    let more = ["--last-seen", "2026-11-20T17:30:00-05:00", "--out", file];
    desk.run(&[&fixed[..], &more].concat()).ok();
    desk.run(&[&fixed[..], &more].concat()).fails(88, "file_exists");
    let said = Command::new("pdftotext").args(["-raw", file, "-"]).output().unwrap();
    let text = String::from_utf8(said.stdout).unwrap();
    for words in
        ["a lost computer", "2027-01-20 at the latest", "Fewer than 500", "It does not decide"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let report: Value =
        serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap();
    assert_eq!(report["protection"]["needsKeyring"], true);
    assert_eq!(report["audit"]["signature"], "signed");
    let prefix = desk.path("report");
    let drawn = Command::new("pdftoppm").args(["-png", "-r", "80", file]).arg(&prefix).status();
    assert!(drawn.unwrap().success());
    if let Some(results) = std::env::var_os("WARDMAIL_RESULTS") {
        fs::copy(&path, std::path::Path::new(&results).join("incident-report.pdf")).unwrap();
    }
    let when = ["--last-seen", "yesterday"];
    desk.run(&[&fixed[..], &when].concat()).fails(110, "invalid_request");
}
