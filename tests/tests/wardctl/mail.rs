//! The thin thread: a profile is made, mail comes in and goes out, and `gpg` says what went over the wire.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use wardmail_tests::{Gpg, Provider, armored, wrap};

use crate::desk::{DANA, Desk, MEI, PRIYA, SAM, correspondents, gpg, inbox, letter};

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
}

/// What gpg's own listing says, one field of each line that starts with `kind`.
fn listed(arguments: &[&str], input: &[u8]) -> String {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("input");
    std::fs::write(&file, input).unwrap();
    let mut command = Command::new("gpg");
    command.arg("--homedir").arg(home.path()).args(["--batch", "--no-tty", "--no-autostart"]);
    let done = command.args(arguments).arg(&file).output().unwrap();
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// The key ids that a message can be opened with.
fn sealed_for(raw: &[u8]) -> BTreeSet<String> {
    let packets = listed(&["--list-only", "--list-packets"], armored(raw).unwrap().as_bytes());
    packets
        .lines()
        .filter(|line| line.starts_with(":pubkey enc packet:"))
        .filter_map(|line| line.rsplit(' ').next().map(str::to_owned))
        .collect()
}

/// The id of the subkey that mail to a certificate is sealed for.
fn sealing_key(certificate: &str) -> String {
    let keys = listed(&["--with-colons", "--show-keys"], certificate.as_bytes());
    let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
    let sub = keys.lines().map(fields).find(|f| f[0] == "sub" && f[11].contains('e'));
    sub.expect("a subkey that encrypts")[4].clone()
}

#[test]
fn copies_blind_copies_and_files_go_to_whom_they_are_for() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let dana = gpg("Dana Ortiz", DANA);
    let sam = gpg("Samuel Okafor", SAM);
    desk.exchange_certificates(&dana);
    desk.exchange_certificates(&sam);
    let scan: Vec<u8> = (0..70_000_u32).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
    let (scan_file, note_file) =
        (desk.file("scan.png", &scan), desk.file("r\u{e9}sum\u{e9}.txt", b"one\n"));
    let files = ["--attach", scan_file.to_str().unwrap(), "--attach", note_file.to_str().unwrap()];
    let more = [&["--cc", DANA, "--bcc", SAM][..], &files].concat();
    assert_eq!(desk.send(PRIYA, "Enclosures", "See the files.\n", &more).ok()["state"], "sent");

    let to_priya = inbox(&provider, PRIYA, 1).remove(0);
    let to_dana = inbox(&provider, DANA, 1).remove(0);
    let to_sam = inbox(&provider, SAM, 1).remove(0);
    let own = sealing_key(&desk.certificate());
    let key_of = |who: &Gpg| sealing_key(&who.certificate().unwrap());
    let everybody = BTreeSet::from([own.clone(), key_of(&priya), key_of(&dana)]);
    assert_eq!(sealed_for(&to_priya.raw), everybody);
    assert_eq!(sealed_for(&to_dana.raw), everybody);
    assert_eq!(sealed_for(&to_sam.raw), BTreeSet::from([own, key_of(&sam)]));
    for (who, stored) in [(&priya, &to_priya), (&dana, &to_dana), (&sam, &to_sam)] {
        let opened = who.open(&stored.raw).unwrap();
        assert!(opened.signer.is_some());
        // Dovecot's own trace of the delivery names whom it was delivered to.
        let text = stored.text();
        let (_, written) = text.split_once("\r\nFrom:").unwrap();
        assert!(!written.contains("samuel") && !opened.text().contains("samuel"), "{text}");
        let id = header(&text, "Message-ID");
        assert_eq!(id, header(&to_priya.text(), "Message-ID"));
    }

    // The files come out of the copy in Sent as they went in.
    desk.run(&["sync"]).ok();
    let copy = desk.show("sent", "Enclosures");
    for (name, content) in [("scan.png", scan.as_slice()), ("r\u{e9}sum\u{e9}.txt", b"one\n")] {
        let files = copy["attachments"].as_array().unwrap();
        let file = files.iter().find(|file| file["name"] == name).expect(name);
        let out = desk.path("out");
        let (id, part) = (copy["id"].to_string(), file["part"].to_string());
        desk.run(&["save", &id, &part, "--out", out.to_str().unwrap()]).ok();
        assert_eq!(std::fs::read(&out).unwrap(), content, "{name}");
    }
    assert_eq!(desk.row("sent", "Enclosures")["hasAttachments"], true);
}

#[test]
fn a_file_that_gpg_sealed_comes_out_as_it_went_in() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let inside = "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
        The chart.\r\n--b\r\nContent-Type: application/pdf; name=\"../../chart.pdf\"\r\n\
        Content-Disposition: attachment; filename=\"../../chart.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
        JVBERi0xLjcKAP8=\r\n--b--\r\n";
    let sealed = priya.encrypt_and_sign(inside.as_bytes(), &[MEI]).unwrap();
    let headers = "From: Priya Raman <priya.raman@hospital.example>\nTo: mei.chen@clinic.example\nSubject: Chart\n\
        Date: Sat, 21 Nov 2026 09:30:00 -0500\nMessage-ID: <chart@hospital.example>\nMIME-Version: 1.0\n";
    provider.deliver(PRIYA, MEI, &wrap(headers, &sealed)).unwrap();
    desk.run(&["sync"]).ok();
    let shown = desk.show("inbox", "Chart");
    let file = &shown["attachments"][0];
    assert_eq!(file["name"], "chart.pdf", "no path of the sender's: {shown}");
    let out = desk.path("chart");
    let (id, part) = (shown["id"].to_string(), file["part"].to_string());
    desk.run(&["save", &id, &part, "--out", out.to_str().unwrap()]).ok();
    assert_eq!(std::fs::read(&out).unwrap(), b"%PDF-1.7\n\0\xff");
    assert_eq!(desk.run(&["save", &id, "99", "--out", "/dev/null"]).code, 80);
}

#[test]
fn an_answer_stays_sealed_and_in_its_thread() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let asked = letter("Fasting labs", "Is Tuesday fine?\r\n", "asked@hospital.example");
    provider.deliver(PRIYA, MEI, &priya.seal(&asked, &[MEI]).unwrap()).unwrap();
    desk.run(&["sync"]).ok();
    let id = desk.row("inbox", "Fasting labs")["id"].to_string();
    let body = desk.file("answer.txt", b"Tuesday is fine.\n");
    let reply = ["send", "--reply-to", &id, "--body-file", body.to_str().unwrap()];
    assert_eq!(desk.run(&reply).ok()["state"], "sent");

    let held = inbox(&provider, PRIYA, 1).remove(0);
    let outside = held.text();
    assert!(!outside.contains("Tuesday") && !outside.contains("Fasting"), "{outside}");
    assert_eq!(header(&outside, "In-Reply-To"), Some("<asked@hospital.example>"));
    assert_eq!(header(&outside, "References"), Some("<asked@hospital.example>"));
    let inside = priya.open(&held.raw).unwrap().text();
    assert_eq!(header(&inside, "Subject"), Some("Re: Fasting labs"));
    assert!(inside.contains("\r\nTuesday is fine.\r\n"), "{inside}");
    assert!(inside.contains("\r\n> Is Tuesday fine?\r\n"), "{inside}");

    desk.run(&["sync"]).ok();
    assert_eq!(desk.row("inbox", "Fasting labs")["answered"], true);
    let flags = provider.messages(MEI, "INBOX").unwrap().remove(0).flags;
    assert!(flags.contains("\\Answered"), "{flags}");
}

#[test]
fn what_others_do_at_the_server_is_followed() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    for word in ["alder", "birch", "cedar"] {
        let id = format!("{word}@hospital.example");
        let body = format!("The word is {word}.\r\n");
        let raw = priya.seal(&letter(word, &body, &id), &[MEI]).unwrap();
        provider.deliver(PRIYA, MEI, &raw).unwrap();
    }
    provider.doveadm(&["mailbox", "create", "-u", MEI, "Lab results"]).unwrap();
    let lab = letter("hemlock", "The word is hemlock.\r\n", "hemlock@hospital.example").plain();
    provider.save(MEI, "Lab results", &lab).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.list("inbox").len(), 3);
    assert_eq!(desk.row("Lab results", "hemlock")["mark"], "plain");

    // A flag that another program sets, and a message that it deletes.
    provider.mark_newest(MEI, "INBOX", "\\Flagged").unwrap();
    let alder = provider.messages(MEI, "INBOX").unwrap().remove(0);
    provider.expunge(MEI, "INBOX", alder.uid).unwrap();
    assert_eq!(desk.run(&["sync"]).ok()["removed"], 1);
    assert_eq!(desk.row("inbox", "cedar")["flagged"], true);
    assert_eq!(desk.row("inbox", "birch")["flagged"], false);
    assert_eq!(desk.list("inbox").len(), 2);
    let hits = |word: &str| desk.run(&["search", word]).ok()["rows"].as_array().unwrap().len();
    assert_eq!((hits("alder"), hits("birch")), (0, 1));

    // A folder that was made anew has other UIDs for the same messages: each is there once.
    let birch_id = desk.row("Lab results", "hemlock")["id"].clone();
    provider.doveadm(&["mailbox", "delete", "-u", MEI, "-s", "Lab results"]).unwrap();
    provider.doveadm(&["mailbox", "create", "-u", MEI, "Lab results"]).unwrap();
    let yew = letter("yew", "The word is yew.\r\n", "yew@hospital.example").plain();
    provider.save(MEI, "Lab results", &yew).unwrap();
    provider.save(MEI, "Lab results", &lab).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.list("Lab results").len(), 2);
    assert_eq!(desk.row("Lab results", "hemlock")["id"], birch_id, "known by its Message-ID");
    assert_eq!((hits("hemlock"), hits("yew")), (1, 1));
    assert_eq!(desk.show("Lab results", "hemlock")["text"], "The word is hemlock.\n");
}
