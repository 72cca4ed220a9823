//! The thin thread: a profile is made, mail comes in and goes out, and `gpg` says what went over the wire.

use std::time::Duration;

use serde_json::Value;
use wardmail_tests::{Gpg, Letter, Provider, Stored};

use crate::desk::{DANA, Desk, MEI, PRIYA};

const LIMIT: Duration = Duration::from_secs(30);

fn gpg(name: &str, address: &str) -> Gpg {
    Gpg::new(&format!("{name} <{address}>")).unwrap()
}

/// A desk of Mei's and Priya with gpg, who know one another's certificates.
fn correspondents(provider: &Provider) -> Option<(Desk, Gpg)> {
    let desk = Desk::of(MEI, provider)?;
    let priya = gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    Some((desk, priya))
}

fn letter<'a>(subject: &'a str, body: &'a str, message_id: &'a str) -> Letter<'a> {
    Letter {
        from: "Priya Raman <priya.raman@hospital.example>",
        to: "Mei Chen <mei.chen@clinic.example>",
        subject,
        body,
        date: "Sat, 21 Nov 2026 09:30:00 -0500",
        message_id,
        in_reply_to: None,
    }
}

/// What Dovecot holds for somebody, once `count` messages have come.
fn inbox(provider: &Provider, of: &str, count: usize) -> Vec<Stored> {
    wardmail_tests::until_true("the messages to arrive", LIMIT, || {
        Ok(provider.count(of, "INBOX")? >= count)
    })
    .unwrap();
    let held = provider.messages(of, "INBOX").unwrap();
    assert_eq!(held.len(), count);
    held
}

fn header<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (headers, _) = text.split_once("\r\n\r\n")?;
    headers.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The whole way in: what gpg sealed is fetched, listed with its marks, opened, verified and found.
fn reads_what_gpg_sent(desk: &Desk, provider: &Provider, priya: &Gpg, words: [&str; 2]) {
    let [subject, word] = words;
    let body = format!("The result is {word}.\r\nn\u{e4}chste Woche\r\n");
    let id = format!("{word}@hospital.example");
    let raw = priya.seal(&letter(subject, &body, &id), &[MEI]).unwrap();
    provider.deliver(PRIYA, MEI, &raw).unwrap();
    assert!(desk.run(&["sync"]).ok()["added"].as_u64().unwrap() >= 1);

    let row = desk.row("inbox", subject);
    assert_eq!(row["mark"], "sealed");
    assert_eq!((row["seen"].clone(), row["who"].clone()), (false.into(), "Priya Raman".into()));
    let shown = desk.show("inbox", subject);
    assert_eq!(shown["subject"], subject);
    assert_eq!(shown["text"], format!("The result is {word}.\nn\u{e4}chste Woche\n"));
    let security = &shown["security"];
    assert_eq!(security["encryption"], "whole");
    assert_eq!(security["signature"], "valid");
    assert_eq!(security["headers"], "encrypted");
    assert_eq!(security["fromMatchesSigner"], true);
    let signer = security["signers"][0]["fingerprint"].as_str().unwrap().replace(' ', "");
    assert_eq!(signer, priya.fingerprint());

    // Opening marked it read, here and at the server.
    assert_eq!(desk.row("inbox", subject)["seen"], true);
    desk.run(&["sync"]).ok();
    let held = provider.messages(MEI, "INBOX").unwrap();
    let held = held.iter().find(|stored| stored.text().contains(&id)).unwrap();
    assert!(held.flags.contains("\\Seen"), "{}", held.flags);

    let found = desk.run(&["search", word]).ok();
    assert_eq!(found["rows"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["rows"][0]["subject"], subject);
}

/// The whole way out: gpg decrypts and verifies what Dovecot holds, and the outside says nothing.
fn sends_what_gpg_reads(desk: &Desk, provider: &Provider, priya: &Gpg, words: [&str; 2]) {
    let [subject, word] = words;
    let before = provider.count(PRIYA, "INBOX").unwrap();
    let body = format!("Please see {word}.\n.a dot\nn\u{e4}chste\n");
    let sent = desk.send(PRIYA, subject, &body, &[]).ok();
    assert_eq!(sent["state"], "sent", "{sent}");
    let held = inbox(provider, PRIYA, before + 1).pop().unwrap();
    let text = held.text();
    assert_eq!(header(&text, "Subject"), Some("[...]"));
    assert!(!text.contains(word) && !text.contains(subject), "{text}");
    let opened = priya.open(&held.raw).unwrap();
    let own = desk.run(&["key", "list"]).ok()[0]["fingerprint"].as_str().unwrap().replace(' ', "");
    assert_eq!(opened.signer, Some(own));
    let inside = opened.text();
    assert_eq!(header(&inside, "Subject"), Some(subject));
    assert!(inside.contains(&format!("Please see {word}.\r\n.a dot\r\n")), "{inside}");

    // The copy is in Sent once, and opens.
    desk.run(&["sync"]).ok();
    let id = header(&text, "Message-ID").unwrap();
    let copies = provider.message_ids(MEI, "Sent").unwrap();
    assert_eq!(copies.iter().filter(|copy| *copy == id).count(), 1, "{copies:?}");
    let copy = desk.show("sent", subject);
    assert!(copy["text"].as_str().unwrap().contains(word), "{copy}");
    assert_eq!(copy["security"]["signature"], "valid");
    let row = desk.outbox().into_iter().find(|row| row["subject"] == subject).unwrap();
    assert_eq!((row["state"].clone(), row["inSent"].clone()), ("sent".into(), true.into()));
}

#[test]
fn a_message_comes_in_and_another_goes_out() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    assert_eq!(desk.run(&["profile", "status"]).ok()["nextStep"], Value::Null);
    reads_what_gpg_sent(&desk, &provider, &priya, ["First consult", "marmalade"]);
    sends_what_gpg_reads(&desk, &provider, &priya, ["Scheduling", "viola"]);
    // Other words, other results: nothing of this is remembered from the first time.
    reads_what_gpg_sent(&desk, &provider, &priya, ["Second consult", "quartz"]);
    sends_what_gpg_reads(&desk, &provider, &priya, ["Referral question", "bassoon"]);
    assert!(desk.run(&["search", "zeppelin"]).ok()["rows"].as_array().unwrap().is_empty());
    assert_eq!(provider.count(MEI, "INBOX").unwrap(), 2);
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 2);
    assert_eq!(desk.run(&["audit", "verify"]).ok()["intact"], true);
    let _ = DANA;
}
