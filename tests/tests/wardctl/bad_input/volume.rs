//! A disk that is full: said in a sentence, nothing is lost, and it goes on once there is space.

use wardmail_tests::{Provider, Stored, Volume};

use crate::desk::{Desk, MEI, PRIYA, gpg, letter, noise, policy};

#[test]
fn a_full_disk_loses_nothing_and_is_said() {
    let provider = Provider::start().unwrap();
    let Some(mut desk) = Desk::new() else { return };
    let path = desk.session.home().join("small");
    // Before the session, so that it is gone when the session's directory is removed.
    let volume = Volume::at(&path, "12m").unwrap();
    desk.set_profile(path.join("profile"));
    desk.session.install_policy(&policy(&provider)).unwrap();
    desk.create().ok();
    desk.add_account(MEI, &provider).ok();
    desk.run(&["key", "generate"]).ok();
    let priya = gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    let raw = letter("Kept", "The word is mace.\r\n", "kept@hospital.example");
    provider.deliver(PRIYA, MEI, &priya.seal(&raw, &[MEI]).unwrap()).unwrap();
    desk.run(&["sync"]).ok();
    desk.send(PRIYA, "Queued", "One ginger.\n", &["--queue-only"]).ok();

    for number in 0..6 {
        let body = format!("{}\r\n", priya.encrypt_and_sign(&noise(60_000), &[MEI]).unwrap());
        let (subject, id) = (format!("Big {number}"), format!("big-{number}@hospital.example"));
        let raw = priya.seal(&letter(&subject, &body, &id), &[MEI]).unwrap();
        provider.deliver(PRIYA, MEI, &raw).unwrap();
    }
    // Nearly full: reading goes on, what is new doesn't fit.
    volume.fill(160 * 1024).unwrap();
    desk.run(&["sync"]).fails(40, "disk_full");
    let found = desk.run(&["search", "mace"]).ok();
    assert_eq!(found["rows"].as_array().unwrap().len(), 1);
    assert_eq!(desk.show("inbox", "Kept")["text"], "The word is mace.\n");
    volume.free().unwrap();
    // Full to the last byte: each says so.
    volume.fill(0).unwrap();
    desk.run(&["sync"]).fails(40, "disk_full");
    desk.send(PRIYA, "More", "Two ginger.\n", &["--queue-only"]).fails(40, "disk_full");
    // What would change keys or take something out can't be recorded, so it isn't done.
    desk.run(&["key", "generate"]).fails(40, "disk_full");
    desk.run(&["cert", "trust", priya.fingerprint(), "rejected"]).fails(40, "disk_full");
    // Whether it can be read depends on the room that SQLite took for itself before.
    let read = desk.run(&["search", "mace"]);
    if read.code == 0 {
        assert_eq!(read.ok()["rows"].as_array().unwrap().len(), 1);
    } else {
        read.fails(40, "disk_full");
    }
    let out = volume.path().join("profile/log.jsonl");
    desk.run(&["audit", "export", "--out", out.to_str().unwrap()]).fails(40, "disk_full");

    volume.free().unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.list("inbox").len(), 7);
    assert_eq!(desk.show("inbox", "Kept")["text"], "The word is mace.\n");
    let states: Vec<_> = desk.outbox().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["sent"], "nothing was lost, nothing else was queued");
    let held: Vec<Stored> = crate::desk::inbox(&provider, PRIYA, 1);
    assert!(priya.open(&held[0].raw).unwrap().text().contains("One ginger."));
    assert_eq!(desk.run(&["audit", "verify"]).ok()["intact"], true);
    assert_eq!(desk.run(&["key", "list"]).ok().as_array().unwrap().len(), 1);
    // The sessions that could not be recorded are told by those after them.
    let log = desk.audited();
    let told = |said: &&String| said.starts_with("Entries could not be written");
    assert!(log.iter().any(|said| told(&said)), "{log:#?}");
    drop(volume);
}
