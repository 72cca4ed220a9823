//! What the outbox says of a message that did not simply go, and what becomes of it.

use std::time::Duration;

use wardmail_tests::Provider;

use crate::desk::{Desk, MEI, PRIYA, correspondents, gpg, provider_never_saw};
use crate::kill::{When, run};

#[test]
fn a_message_for_a_certificate_that_is_no_longer_the_one_is_held_and_says_so() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    desk.send(PRIYA, "Before", "One sorrel.\n", &["--queue-only"]).ok();
    // Another certificate claims the address: nobody knows which is right.
    let newer = gpg("Priya Raman", PRIYA);
    let file = desk.file("newer.asc", newer.certificate().unwrap().as_bytes());
    desk.run(&["cert", "import", file.to_str().unwrap()]).ok();
    let held = || {
        desk.run(&["sync"]).ok();
        let row = desk.outbox().remove(0);
        assert_eq!(
            (&row["state"], &row["reason"]),
            (&"held".into(), &"recipient_key_changed".into())
        );
        row["id"].to_string()
    };
    let id = held();
    desk.send(PRIYA, "After", "One sorrel.\n", &[]).fails(106, "recipient_key_changed");
    // The owner checked the newer one; what lies in the outbox is sealed for the older.
    desk.run(&["cert", "trust", newer.fingerprint(), "verified"]).ok();
    desk.run(&["outbox", "retry", &id]).ok();
    assert_eq!(held(), id);
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);
    provider_never_saw(&provider, "sorrel");
    // Taken back and sent again it is sealed for the right one.
    desk.run(&["outbox", "cancel", &id]).ok();
    assert_eq!(desk.run(&["drafts"]).ok()[0]["subject"], "Before");
    assert_eq!(desk.send(PRIYA, "After", "One sorrel.\n", &[]).ok()["state"], "sent");
    let arrived = crate::desk::inbox(&provider, PRIYA, 1).remove(0);
    assert!(newer.open(&arrived.raw).unwrap().text().contains("sorrel"));
}

#[test]
fn a_refusal_that_a_kill_cut_off_is_told_and_not_tried_again() {
    let provider = Provider::start().unwrap();
    let Some((mut desk, _priya)) = correspondents(&provider) else { return };
    let nobody = "nobody@clinic.example";
    let certificate = gpg("No Body", nobody).certificate().unwrap();
    let file = desk.file("nobody.asc", certificate.as_bytes());
    desk.run(&["cert", "import", file.to_str().unwrap()]).ok();
    let body = desk.file("body.txt", b"One yarrow.\n");
    let body = body.to_str().unwrap();
    let send =
        ["send", "--to", nobody, "--bcc", PRIYA, "--subject", "Cut off", "--body-file", body];
    // The 10th write keeps what the server said of the first group; the message's own state would follow.
    let when = When::At("store-write-after-commit", 10);
    let killed = run(&mut desk, &send, Duration::ZERO, &when).killed_in;
    assert_eq!(killed.as_deref(), Some("store-write-after-commit"));
    desk.run(&["sync"]).ok();
    let row = desk.outbox().remove(0);
    assert_eq!((&row["state"], &row["reason"]), (&"failed".into(), &"message_refused".into()));
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);
    let refusals = std::fs::read_to_string(provider.dir().join("log/postfix.log")).unwrap();
    assert_eq!(refusals.matches("NOQUEUE: reject: RCPT").count(), 1, "{refusals}");
}

#[test]
fn a_message_that_is_refused_leaves_no_draft_behind() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    desk.send("not an address", "Refused", "One tansy.\n", &[]).fails(91, "recipient_invalid");
    desk.send("dana.ortiz@clinic.example", "Refused", "One tansy.\n", &[])
        .fails(92, "recipient_key_missing");
    desk.send(PRIYA, "Refused", "One tansy.\n", &["--attach", "/nonexistent"])
        .fails(87, "file_not_found");
    assert_eq!(desk.run(&["drafts"]).ok(), serde_json::json!([]));
}

#[test]
fn what_was_sent_stands_in_the_list_without_its_draft() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::of(MEI, &provider) else { return };
    // Before the first synchronisation the usual folders are empty, and others are not there.
    for folder in ["inbox", "sent", "archive"] {
        assert!(desk.list(folder).is_empty(), "{folder}");
    }
    desk.run(&["list", "--folder", "Lab results"]).fails(80, "not_found");
    desk.send(MEI, "To myself", "One rue.\n", &[]).ok();
    assert_eq!(desk.outbox()[0]["state"], "sent");
    assert_eq!(desk.run(&["drafts"]).ok(), serde_json::json!([]));
}
