//! Folders as the server has them: made where they are missing, dropped where they are gone, and never another's.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wardmail_tests::Provider;

use crate::desk::{DANA, Desk, MEI, PRIYA, correspondents, letter};

/// What the provider's configuration says of the folder for sent mail.
const SENT: &str = "mailbox Sent {\n    special_use = \\Sent\n    auto = subscribe\n  }";

/// A provider whose configuration says something else there.
fn provider_with(sent: &str) -> Provider {
    let mut provider = Provider::start().unwrap();
    provider.stop_imap();
    let file = provider.dir().join("dovecot.conf");
    let configuration = fs::read_to_string(&file).unwrap();
    assert!(configuration.contains(SENT), "{configuration}");
    fs::write(&file, configuration.replace(SENT, sent)).unwrap();
    provider.start_imap().unwrap();
    provider
}

fn names(desk: &Desk) -> Vec<(String, String)> {
    let folders = desk.run(&["folders"]).ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = folders.as_array().unwrap().iter();
    rows.map(|row| (text(&row["name"]), text(&row["role"]))).collect()
}

#[test]
fn a_folder_for_copies_that_the_server_lacks_is_made() {
    let provider = provider_with("");
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    for subject in ["First", "Second"] {
        desk.send(PRIYA, subject, "One hyssop.\n", &[]).ok();
        desk.run(&["sync"]).ok();
    }
    assert_eq!(provider.count(MEI, "Sent").unwrap(), 2);
    let subscribed = provider.doveadm(&["mailbox", "list", "-s", "-u", MEI]).unwrap();
    assert!(String::from_utf8_lossy(&subscribed).lines().any(|line| line == "Sent"));
    assert_eq!(desk.list("sent").len(), 2);
    assert!(desk.outbox().iter().all(|row| row["inSent"] == true));
}

#[test]
fn a_guessed_folder_for_copies_loses_to_the_one_that_the_server_names() {
    let provider =
        provider_with("mailbox Gesendet {\n    special_use = \\Sent\n    auto = subscribe\n  }");
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    // Sent before anything is known of the server's folders.
    desk.send(PRIYA, "Early", "One lovage.\n", &[]).ok();
    assert!(names(&desk).contains(&("Sent".to_owned(), "sent".to_owned())));
    desk.run(&["sync"]).ok();
    let names = names(&desk);
    assert!(names.contains(&("Gesendet".to_owned(), "sent".to_owned())), "{names:?}");
    assert!(names.iter().all(|(name, _)| name != "Sent"), "{names:?}");
    assert_eq!(provider.count(MEI, "Gesendet").unwrap(), 1);
    let there = provider.doveadm(&["mailbox", "list", "-u", MEI]).unwrap();
    assert!(!String::from_utf8_lossy(&there).lines().any(|line| line == "Sent"));
    assert_eq!(desk.row("sent", "Early")["hasAttachments"], false);
}

#[test]
fn a_folder_that_the_server_lost_goes_with_its_mail_and_nothing_else() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::of(MEI, &provider) else { return };
    provider.doveadm(&["mailbox", "create", "-u", MEI, "Lab results"]).unwrap();
    let lab = letter("hemlock", "The word is hemlock.\r\n", "hemlock@hospital.example").plain();
    provider.save(MEI, "Lab results", &lab).unwrap();
    let kept = letter("yew", "The word is yew.\r\n", "yew@hospital.example").plain();
    provider.deliver(PRIYA, MEI, &kept).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.list("Lab results").len(), 1);
    provider.doveadm(&["mailbox", "delete", "-u", MEI, "-s", "Lab results"]).unwrap();
    desk.run(&["sync"]).ok();
    desk.run(&["list", "--folder", "Lab results"]).fails(80, "not_found");
    let hits = |word: &str| desk.run(&["search", word]).ok()["rows"].as_array().unwrap().len();
    assert_eq!((hits("hemlock"), hits("yew")), (0, 1));
    assert_eq!(desk.list("inbox").len(), 1);
}

#[test]
fn numbers_of_one_mailbox_are_never_taken_for_anothers() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::of(MEI, &provider) else { return };
    let mut word = ["alder", "birch", "cedar", "dogwood"].into_iter();
    for who in [MEI, DANA] {
        for word in word.by_ref().take(2) {
            let (body, id) =
                (format!("The word is {word}.\r\n"), format!("{word}@hospital.example"));
            provider.deliver(PRIYA, who, &letter(word, &body, &id).plain()).unwrap();
        }
        // The same numbers for other messages, and nothing that would tell.
        provider
            .doveadm(&["mailbox", "update", "--uid-validity", "77", "-u", who, "INBOX"])
            .unwrap();
    }
    desk.run(&["sync"]).ok();
    let subjects = || {
        let rows = desk.list("inbox");
        let mut all: Vec<_> =
            rows.iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect();
        all.sort();
        all
    };
    assert_eq!(subjects(), ["alder", "birch"]);
    // The same account logs in as somebody else.
    let (imap, smtp) = (provider.imaps_port(), provider.submissions_port());
    let (imap, smtp) = (format!("localhost:{imap}"), format!("localhost:{smtp}"));
    let servers = ["account", "add", "--address", MEI, "--imap", &imap, "--smtp", &smtp];
    let login = ["--username", DANA, "--password-fd", "0"];
    let password = &provider.user(DANA).unwrap().password;
    desk.run_with(&[&servers[..], &login].concat(), &[password]).ok();
    assert_eq!(subjects(), ["alder", "birch"], "readable until the other server has answered");
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(), ["cedar", "dogwood"]);
    for word in ["cedar", "dogwood"] {
        assert_eq!(desk.show("inbox", word)["text"], format!("The word is {word}.\n"));
    }
}

/// Where Dovecot keeps a message of somebody's INBOX.
fn stored(provider: &Provider, of: &str, uid: u32) -> std::path::PathBuf {
    let folder = Path::new("mail").join(of).join("mailboxes/INBOX/dbox-Mails");
    provider.dir().join(folder).join(format!("u.{uid}"))
}

#[test]
fn one_body_that_cannot_be_got_keeps_no_other_from_coming() {
    const COUNT: u32 = 30;
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::of(MEI, &provider) else { return };
    let raw = |number: u32| {
        let (subject, id) = (format!("Mail {number}"), format!("{number}@hospital.example"));
        letter(&subject, &"The word is elder.\r\n".repeat(200), &id).plain()
    };
    provider.import(MEI, (1..=COUNT).map(raw)).unwrap();
    // Dovecot knows each size, and hangs up where a message turns out to be shorter.
    provider.doveadm(&["fetch", "-u", MEI, "hdr size.virtual", "mailbox", "INBOX", "all"]).unwrap();
    let broken = stored(&provider, MEI, COUNT - 3);
    let whole = fs::read(&broken).unwrap();
    let mut fewer = whole.clone();
    let middle = whole.len() / 2;
    for byte in fewer[middle..middle + 1000].iter_mut().filter(|byte| **byte == b'\n') {
        *byte = b'x';
    }
    fs::write(&broken, &fewer).unwrap();
    desk.run(&["sync"]).ok();
    let rows = desk.list("inbox");
    let fetched = rows.iter().filter(|row| row["mark"] == "plain").count();
    assert_eq!(fetched, COUNT as usize - 1, "{rows:#?}");
    let log = fs::read_to_string(provider.dir().join("log/dovecot.log")).unwrap();
    assert!(log.contains("Disconnected: FETCH failed"), "{log}");
    // It is found by its head, and asked for again when somebody opens it.
    let subject = format!("Mail {}", COUNT - 3);
    assert_eq!(desk.row("inbox", &subject)["mark"], "broken");
    assert_eq!(desk.show("inbox", &subject)["bodyMissing"], true);
    let found = desk.run(&["search", &format!("\"{subject}\"")]).ok();
    assert_eq!(found["rows"].as_array().unwrap().len(), 1, "{found}");
}
