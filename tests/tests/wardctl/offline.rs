//! With the provider down everything but the wire works, and the queue goes out when it returns.

use wardmail_tests::Provider;

use crate::desk::{MEI, PRIYA, correspondents, inbox, letter, provider_never_saw};

#[test]
fn everything_but_the_wire_works_without_the_provider() {
    let mut provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let raw = priya
        .seal(&letter("Consult", "The word is saffron.\r\n", "c1@hospital.example"), &[MEI])
        .unwrap();
    provider.deliver(PRIYA, MEI, &raw).unwrap();
    desk.run(&["sync"]).ok();
    provider.stop_imap();
    provider.stop_submission();

    let refused = desk.run(&["sync"]).fails(61, "connection_refused");
    assert!(refused["next"].as_str().unwrap().contains("later"));
    let shown = desk.show("inbox", "Consult");
    assert_eq!(shown["text"], "The word is saffron.\n");
    assert_eq!(shown["security"]["signature"], "valid");
    let hits = desk.run(&["search", "saffron"]).ok();
    assert_eq!(hits["rows"].as_array().unwrap().len(), 1);
    assert_eq!(hits["unreadable"], 0);

    // One is tried and waits with its reason; one is only queued; one answers.
    let tried = desk.send(PRIYA, "Tried", "One cinnamon.\n", &[]);
    assert_eq!((tried.code, &tried.lines[0]["state"]), (61, &"queued".into()), "{tried:?}");
    assert_eq!(tried.lines[0]["reason"], "connection_refused");
    desk.send(PRIYA, "Only queued", "Two cinnamon.\n", &["--queue-only"]).ok();
    let answered = shown["id"].to_string();
    desk.send(PRIYA, "", "Three cinnamon.\n", &["--reply-to", &answered, "--queue-only"]).ok();
    let waiting = desk.outbox();
    assert_eq!(waiting.len(), 3);
    assert!(waiting.iter().all(|row| row["state"] == "queued"), "{waiting:?}");
    let why = waiting.iter().find(|row| row["subject"] == "Tried").unwrap();
    assert_eq!(why["reason"], "connection_refused");
    assert_eq!(desk.run(&["profile", "status"]).ok()["waiting"], 3);

    provider.start_imap().unwrap();
    provider.start_submission().unwrap();
    desk.run(&["sync"]).ok();
    assert!(desk.outbox().iter().all(|row| row["state"] == "sent"), "{:?}", desk.outbox());
    let arrived = inbox(&provider, PRIYA, 3);
    for word in ["One", "Two", "Three"] {
        let theirs = |stored: &&wardmail_tests::Stored| {
            priya.open(&stored.raw).unwrap().text().contains(&format!("{word} cinnamon."))
        };
        assert_eq!(arrived.iter().filter(theirs).count(), 1, "{word}");
    }
    // Again and again changes nothing: neither here nor there.
    desk.run(&["sync"]).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 3);
    assert_eq!(provider.count(MEI, "Sent").unwrap(), 3);
    assert_eq!((desk.list("sent").len(), desk.list("inbox").len()), (3, 1));
    let flags = provider.messages(MEI, "INBOX").unwrap().remove(0).flags;
    assert!(flags.contains("\\Seen") && flags.contains("\\Answered"), "{flags}");
    provider_never_saw(&provider, "cinnamon");
}

#[test]
fn a_message_waits_for_the_submission_server_alone() {
    let mut provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    provider.stop_submission();
    let tried = desk.send(PRIYA, "Waiting", "One nutmeg.\n", &[]);
    assert_eq!(tried.code, 61, "{tried:?}");
    // Fetching goes on, and so does waiting.
    desk.run(&["sync"]).ok();
    assert_eq!(desk.outbox()[0]["state"], "queued");
    // Taken back, it is a draft and nobody gets it.
    let id = desk.outbox()[0]["id"].to_string();
    desk.run(&["outbox", "cancel", &id]).ok();
    assert!(desk.outbox().is_empty());
    provider.start_submission().unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);
    desk.run(&["outbox", "cancel", &id]).fails(80, "not_found");
}
