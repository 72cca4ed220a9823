//! Messages that are broken, or sealed for somebody else; recipients that can't be sealed for.

use wardmail_tests::Provider;

use crate::desk::{DANA, Desk, MEI, PRIYA, correspondents, gpg, inbox, letter, provider_never_saw};

#[test]
fn malformed_mail_is_shown_as_far_as_it_goes() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::of(MEI, &provider) else { return };
    let head =
        "From: Priya <priya.raman@hospital.example>\r\nTo: mei.chen@clinic.example\r\nMessage-ID: ";
    let nested = (0..400).fold(String::new(), |text, n| {
        format!("{text}Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")
    });
    let broken: [(&str, Vec<u8>); 6] = [
        ("unclosed", format!("{head}<1@x>\r\nSubject: unclosed\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nstill here\r\n").into_bytes()),
        ("bad base64", format!("{head}<2@x>\r\nSubject: bad base64\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\x01\r\nzz\r\n").into_bytes()),
        ("bytes", [format!("{head}<3@x>\r\nSubject: bytes\r\n\r\n").as_bytes(), &[0xff, 0xfe, 0, 0x80, b'\r', b'\n']].concat()),
        ("deep", format!("{head}<4@x>\r\nSubject: deep\r\n{nested}").into_bytes()),
        ("half sealed", format!("{head}<5@x>\r\nSubject: half sealed\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\n\r\nVersion: 1\r\n").into_bytes()),
        ("", b"no header at all\r\n".to_vec()),
    ];
    for (_, raw) in &broken {
        provider.deliver(PRIYA, MEI, raw).unwrap();
    }
    desk.run(&["sync"]).ok();
    let rows = desk.list("inbox");
    assert_eq!(rows.len(), broken.len());
    for row in &rows {
        let shown = desk.run(&["show", &row["id"].to_string()]).ok();
        assert_eq!(shown["bodyMissing"], false, "{shown}");
    }
    let unclosed = desk.show("inbox", "unclosed");
    assert_eq!(unclosed["text"], "still here\n");
    assert!(unclosed["warnings"].to_string().contains("malformed"), "{unclosed}");
    assert_ne!(desk.row("inbox", "half sealed")["mark"], "sealed");
    // It is fetched once, broken or not.
    let again = desk.run(&["sync"]).ok();
    assert_eq!((again["added"].clone(), again["removed"].clone()), (0.into(), 0.into()));
}

#[test]
fn what_lacks_a_key_is_readable_once_the_key_comes() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let elsewhere = gpg("Mei Chen", MEI);
    priya.import(&elsewhere.certificate().unwrap()).unwrap();
    let sealed = letter("Old letter", "The word is galangal.\r\n", "old@hospital.example");
    let raw = priya.seal(&sealed, &[elsewhere.fingerprint()]).unwrap();
    provider.deliver(PRIYA, MEI, &raw).unwrap();
    desk.run(&["sync"]).ok();
    let row = desk.row("inbox", "[...]");
    assert_eq!(row["mark"], "keyMissing");
    let shown = desk.show("inbox", "[...]");
    assert_eq!(shown["security"]["unreadable"], "keyMissing");
    assert_eq!(shown["security"]["missingKeys"].as_array().unwrap().len(), 1);
    assert_eq!((&shown["text"], &shown["frame"]), (&"".into(), &serde_json::Value::Null));
    assert_eq!(desk.run(&["search", "galangal"]).ok()["unreadable"], 1);
    let id = row["id"].to_string();
    let body = desk.file("answer.txt", b"What did you write?\n");
    let reply = ["send", "--reply-to", &id, "--body-file", body.to_str().unwrap()];
    desk.run(&reply).fails(82, "not_decryptable");

    let own = desk.run(&["key", "list"]).ok()[0]["fingerprint"].clone();
    let key = desk.file("key.asc", elsewhere.secret_key().unwrap().as_bytes());
    desk.run(&["key", "import", key.to_str().unwrap()]).ok();
    let shown = desk.show("inbox", "Old letter");
    assert_eq!(shown["text"], "The word is galangal.\n");
    assert_eq!(shown["security"]["signature"], "valid");
    assert_eq!(desk.row("inbox", "Old letter")["mark"], "sealed");
    let found = desk.run(&["search", "galangal"]).ok();
    assert_eq!((found["rows"].as_array().unwrap().len(), &found["unreadable"]), (1, &0.into()));
    let keys = desk.run(&["key", "list"]).ok();
    assert!(keys.as_array().unwrap().iter().any(|key| key["fingerprint"] == own), "none is lost");
}

#[test]
fn files_that_are_no_key_or_certificate_are_refused() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let junk = desk.file("junk.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n");
    desk.run(&["cert", "import", junk.to_str().unwrap()]).fails(105, "certificate_unreadable");
    desk.run(&["key", "import", junk.to_str().unwrap()]).fails(104, "key_unusable");
    let public = desk.file("public.asc", priya.certificate().unwrap().as_bytes());
    desk.run(&["key", "import", public.to_str().unwrap()]).fails(104, "key_unusable");
    assert_eq!(desk.run(&["key", "list"]).ok().as_array().unwrap().len(), 1);
    assert_eq!(desk.run(&["cert", "list"]).ok().as_array().unwrap().len(), 1);
}

#[test]
fn nothing_goes_to_anybody_if_one_has_no_usable_key() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let with_dana = ["--cc", DANA];
    desk.send(PRIYA, "One", "One cardamom.\n", &with_dana).fails(92, "recipient_key_missing");
    desk.send(PRIYA, "One", "One cardamom.\n", &["--bcc", DANA]).fails(92, "recipient_key_missing");
    desk.send("Priya", "One", "One cardamom.\n", &[]).fails(91, "recipient_invalid");
    desk.send("", "One", "One cardamom.\n", &[]).fails(91, "recipient_invalid");
    let body = desk.file("alone.txt", b"One cardamom.\n");
    desk.run(&["send", "--subject", "One", "--body-file", body.to_str().unwrap()])
        .fails(90, "no_recipients");
    // Two certificates for one address, neither compared: somebody has to say which is right.
    let impostor = gpg("Priya Raman", PRIYA);
    let other = desk.file("other.asc", impostor.certificate().unwrap().as_bytes());
    desk.run(&["cert", "import", other.to_str().unwrap()]).ok();
    desk.send(PRIYA, "One", "One cardamom.\n", &[]).fails(106, "recipient_key_changed");
    for refused in [&priya, &impostor] {
        desk.run(&["cert", "trust", refused.fingerprint(), "rejected"]).ok();
    }
    desk.send(PRIYA, "One", "One cardamom.\n", &[]).fails(94, "recipient_key_rejected");
    assert!(desk.outbox().is_empty());
    desk.run(&["sync"]).ok();
    for (who, folder) in [(PRIYA, "INBOX"), (DANA, "INBOX"), (MEI, "Sent")] {
        assert_eq!(provider.count(who, folder).unwrap(), 0);
    }
    provider_never_saw(&provider, "cardamom");
    // Once she says so, it goes, and only the right one opens it.
    desk.run(&["cert", "trust", priya.fingerprint(), "verified"]).ok();
    desk.send(PRIYA, "One", "One cardamom.\n", &[]).ok();
    let held = inbox(&provider, PRIYA, 1).remove(0);
    assert!(priya.open(&held.raw).is_ok() && impostor.open(&held.raw).is_err());
}

#[test]
fn a_recipient_whom_the_provider_refuses_is_said_and_the_others_get_it_once() {
    const NOBODY: &str = "nobody.here@clinic.example";
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    desk.exchange_certificates(&gpg("Nobody Here", NOBODY));
    let refused = desk.send(PRIYA, "Both visible", "One basil.\n", &["--cc", NOBODY]);
    assert_eq!((refused.code, &refused.lines[0]["state"]), (71, &"failed".into()), "{refused:?}");
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0, "one message: nobody or everybody");

    // A blind copy is a message of its own: this one arrives, that one doesn't.
    let partly = desk.send(PRIYA, "One hidden", "Two basil.\n", &["--bcc", NOBODY]);
    assert_eq!(
        (partly.code, &partly.lines[0]["reason"]),
        (74, &"partly_sent".into()),
        "{partly:?}"
    );
    inbox(&provider, PRIYA, 1);
    let id = partly.lines[0]["id"].to_string();
    desk.run(&["outbox", "retry", &id]).ok();
    desk.run(&["sync"]).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 1);
    assert_eq!(provider.count(MEI, "Sent").unwrap(), 1, "one copy, however often it is tried");
    let row = desk.outbox().into_iter().find(|row| row["id"] == partly.lines[0]["id"]).unwrap();
    assert_eq!((&row["state"], &row["reason"]), (&"failed".into(), &"partly_sent".into()));
    provider_never_saw(&provider, "basil");
}
