//! A log that can't be written, everywhere: what changes or takes out is not done, reading goes on, and the gap is told.

use serde_json::Value;
use wardmail_tests::Provider;

use crate::desk::{DANA, Desk, MEI, PRIYA, SAM, correspondents, gpg, letter};

/// Every write of an entry fails, as if the disk were full just there.
const UNWRITABLE: &str = "store-audit-append=return";

fn with_log(desk: &mut Desk, fails: Option<&str>) {
    desk.forget_variables();
    if let Some(fails) = fails {
        desk.set_variable("FAILPOINTS", fails);
    }
}

/// What the mailbox holds that somebody could have changed.
fn state(desk: &Desk) -> Vec<Value> {
    let asked: [&[&str]; 5] =
        [&["account", "list"], &["key", "list"], &["cert", "list"], &["outbox"], &["drafts"]];
    asked.map(|command| desk.run(command).ok()).into()
}

#[test]
fn what_can_not_be_recorded_is_not_done_and_reading_goes_on() {
    let provider = Provider::start().unwrap();
    let Some((mut desk, priya)) = correspondents(&provider) else { return };
    let raw = letter("Kept", "The word is mace.\r\n", "kept@hospital.example");
    provider.deliver(PRIYA, MEI, &priya.seal(&raw, &[MEI]).unwrap()).unwrap();
    desk.run(&["sync"]).ok();
    let queued = desk.send(PRIYA, "Queued", "One ginger.\n", &["--queue-only"]).ok();
    let queued = queued["id"].to_string();
    let before = state(&desk);
    let dana = gpg("Dana Ortiz", DANA).certificate().unwrap();
    let dana = desk.file("dana.asc", dana.as_bytes());
    let key = gpg("Mei Chen", MEI).secret_key().unwrap();
    let key = desk.file("mei.asc", key.as_bytes());
    let out = ["log.jsonl", "report.pdf", "profile.backup"].map(|name| desk.path(name));
    let [log, report, backup] = out.each_ref().map(|path| path.to_str().unwrap());

    with_log(&mut desk, Some(UNWRITABLE));
    let refused: [&[&str]; 9] = [
        &["key", "generate"],
        &["key", "import", key.to_str().unwrap()],
        &["cert", "import", dana.to_str().unwrap()],
        &["cert", "trust", priya.fingerprint(), "rejected"],
        &["outbox", "cancel", &queued],
        &["audit", "export", "--out", log],
        &["audit", "export", "--format", "fhir", "--out", report],
        &["incident", "lost-computer", "--discovered", "2026-11-21", "--out", report],
        &["backup", "create", "--out", backup],
    ];
    for command in refused {
        desk.run(command).fails(40, "disk_full");
        for path in &out {
            assert!(!path.exists(), "{command:?} left {}", path.display());
        }
    }
    desk.add_account(SAM, &provider).fails(40, "disk_full");
    desk.send(PRIYA, "More", "Two ginger.\n", &[]).fails(40, "disk_full");
    // What was queued before stays: it is not sent while that could not be recorded.
    desk.run(&["sync"]).ok();
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);
    assert_eq!(desk.outbox()[0]["reason"], "disk_full");
    assert_eq!(desk.show("inbox", "Kept")["text"], "The word is mace.\n");
    let found = desk.run(&["search", "mace"]).ok();
    assert_eq!(found["rows"].as_array().unwrap().len(), 1);

    with_log(&mut desk, None);
    let gaps: Vec<String> = desk
        .audited()
        .into_iter()
        .filter(|said| said.starts_with("Entries could not be written"))
        .collect();
    // An unlock and a lock of each of 16 runs, and what was opened and searched; what was refused was not done.
    assert_eq!(gaps, ["Entries could not be written; missing: 34"], "over all these sessions");
    let after = state(&desk);
    assert_eq!(after[..3], before[..3]);
    assert_eq!(after[4], before[4]);
    assert_eq!(desk.run(&["audit", "verify"]).ok()["intact"], true);
    desk.run(&["outbox", "retry", &queued]).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.outbox()[0]["state"], "sent");
    let arrived = crate::desk::inbox(&provider, PRIYA, 1).remove(0);
    assert!(priya.open(&arrived.raw).unwrap().text().contains("One ginger."));
}

/// The answer of the provider can't be recorded: nobody sends it again, and the log says it later.
#[test]
fn a_message_whose_end_could_not_be_recorded_is_sent_once_and_told_later() {
    let provider = Provider::start().unwrap();
    let Some((mut desk, _priya)) = correspondents(&provider) else { return };
    // The unlock, the decision, the hand-over are recorded; then it fails for good.
    with_log(&mut desk, Some("store-audit-append=3*off->return"));
    desk.send(PRIYA, "Told later", "One fennel.\n", &[]).fails(40, "disk_full");
    with_log(&mut desk, None);
    crate::desk::inbox(&provider, PRIYA, 1);
    desk.run(&["sync"]).ok();
    assert_eq!(desk.outbox()[0]["state"], "sent");
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 1);
    let log = desk.audited();
    let sent = |said: &&String| said.starts_with("A message was handed to the provider");
    assert_eq!(log.iter().filter(sent).count(), 1, "{log:#?}");
}
