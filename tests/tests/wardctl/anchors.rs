//! The state of the audit log, mailed to the compliance office: what it vouches for, and what it brings to light.

use std::fs;

use serde_json::{Value, json};
use wardmail_tests::Provider;

use crate::desk::{DESK, Desk, MEI, gpg, inbox, policy, provider_never_saw};

/// The mailbox as it lies on the disk.
fn mailbox(desk: &Desk) -> [(std::path::PathBuf, Vec<u8>); 2] {
    ["mailbox.db", "mailbox.db.check"].map(|name| {
        let path = desk.profile().join(name);
        let bytes = fs::read(&path).unwrap();
        (path, bytes)
    })
}

fn outside(desk: &Desk) -> Value {
    desk.run(&["audit", "list"]).ok()["outside"].clone()
}

#[test]
fn the_compliance_office_gets_the_state_and_finds_a_log_that_was_put_back() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::new() else { return };
    let mut policy = policy(&provider);
    policy["audit"] = json!({ "anchorMail": DESK });
    desk.session.install_policy(&policy).unwrap();
    desk.create().ok();
    let old = mailbox(&desk);
    desk.add_account(MEI, &provider).ok();
    desk.run(&["key", "generate"]).ok();

    // Nobody can be sealed for yet: it waits, and that is said.
    desk.run(&["sync"]).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(outside(&desk)["held"], "recipient_key_missing");
    let waits = |said: &&String| said.contains("could not be mailed");
    assert_eq!(desk.audited().iter().filter(waits).count(), 1, "told once a day");
    assert_eq!(provider.count(DESK, "INBOX").unwrap(), 0);

    let office = gpg("Front Desk", DESK);
    desk.exchange_certificates(&office);
    desk.run(&["sync"]).ok();
    let mail = inbox(&provider, DESK, 1).remove(0);
    let opened = office.open(&mail.raw).unwrap();
    let text = opened.text();
    let anchor = text.lines().find(|line| line.starts_with("wardmail:anchor:")).unwrap();
    let seq: u64 = anchor.split(':').nth(3).unwrap().parse().unwrap();
    let said: Vec<&str> = text.split("\r\n\r\n").last().unwrap().lines().collect();
    assert_eq!(said, [&format!("Entry {seq}:"), anchor], "and nothing else: {text}");
    assert_eq!(outside(&desk)["mailed"][1], seq);
    assert_eq!(outside(&desk)["held"], Value::Null);
    provider_never_saw(&provider, "wardmail:anchor");
    let log = desk.audited();
    let mailed = |said: &&String| said.starts_with("The state of this log was mailed");
    assert_eq!(log.iter().filter(mailed).count(), 1);
    desk.run(&["sync"]).ok();
    assert_eq!(provider.count(DESK, "INBOX").unwrap(), 1, "once a day");

    // As it came out of the seal, broken lines and all.
    let note = desk.file("anchor.eml", &opened.content);
    let note = note.to_str().unwrap();
    let verdict = desk.run(&["audit", "verify", "--anchors", note]).ok();
    assert_eq!((&verdict["intact"], &verdict["vouchedTo"]), (&true.into(), &seq.into()));
    let export = |name: &str| {
        let path = desk.path(name);
        desk.run(&["audit", "export", "--out", path.to_str().unwrap()]).ok();
        path.to_str().unwrap().to_owned()
    };
    let whole = export("whole.jsonl");
    let verdict = desk.run(&["audit", "verify", &whole, "--anchors", note]).ok();
    assert_eq!(verdict["vouchedTo"], seq);

    // An older mailbox is put back. Its log holds together and is signed; only the office knows better.
    for (path, bytes) in old {
        fs::write(path, bytes).unwrap();
    }
    let short = export("short.jsonl");
    desk.run(&["audit", "verify", &short]).ok();
    for verdict in [
        desk.run(&["audit", "verify", "--anchors", note]),
        desk.run(&["audit", "verify", &short, "--anchors", note]),
    ] {
        assert_eq!(verdict.code, 9);
        assert_eq!(verdict.lines[0]["firstBad"][1], "audit.shortened", "{verdict:?}");
    }
    // Until it is as long as it was: then it is another one.
    while desk.run(&["audit", "verify"]).ok()["entries"].as_u64().unwrap() <= seq {}
    let verdict = desk.run(&["audit", "verify", "--anchors", note]);
    assert_eq!(verdict.lines[0]["firstBad"], json!([seq, "audit.rewritten"]));
}
