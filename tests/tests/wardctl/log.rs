//! The audit log, secrets, and keys of the profile: what scripts of IT rely on.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use wardmail_tests::Provider;

use crate::desk::{Desk, MEI, PASSPHRASE, PRIYA, correspondents, letter};
use crate::kill::{When, run};

/// Verifies an exported log with no profile and no passphrase.
fn verify(desk: &Desk, log: &str) -> (i32, serde_json::Value) {
    let answer = desk.run(&["audit", "verify", log]);
    (answer.code, answer.lines[0].clone())
}

#[test]
fn one_flipped_byte_anywhere_in_an_exported_log_is_found() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    desk.send(PRIYA, "Scheduling", "One juniper.\n", &[]).ok();
    let path = desk.path("log.jsonl");
    let log = path.to_str().unwrap();
    let entries = desk.run(&["audit", "export", "--out", log]).ok()["entries"].as_u64().unwrap();
    let whole = fs::read(&path).unwrap();
    desk.run(&["audit", "export", "--out", log]).fails(88, "file_exists");
    assert_eq!(fs::read(&path).unwrap(), whole, "never over another file");
    let (code, said) = verify(&desk, log);
    assert_eq!((code, &said["intact"], &said["entries"]), (0, &true.into(), &entries.into()));
    let text = String::from_utf8(whole.clone()).unwrap();
    let trailer: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let checkpoints = trailer["trailer"]["checkpoints"].as_u64().unwrap();
    assert!(checkpoints > 0, "every unlock and every lock signs");
    let lines = text.lines().count() as u64;
    assert_eq!(lines, entries + checkpoints + 1, "the trailer closes it");
    for secret in [PASSPHRASE, "juniper", "Scheduling", "priya", "mei.chen", "clinic.example"] {
        assert!(!text.contains(secret), "{secret}");
    }
    for part in 1..8 {
        let at = whole.len() * part / 8;
        let mut changed = whole.clone();
        // Another character of the same kind, so that the line stays a line.
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        fs::write(&path, &changed).unwrap();
        let (code, said) = verify(&desk, log);
        assert_eq!((code, &said["intact"]), (9, &false.into()), "byte {at}");
        let line = String::from_utf8_lossy(&changed[..at]).lines().count() as u64;
        assert!(said["firstBad"][0].as_u64().unwrap() <= line + 1, "byte {at}: {said}");
    }
    // An entry that is gone, and an end that is cut off.
    let lines: Vec<&str> = text.lines().collect();
    for kept in [[&lines[..3], &lines[4..]].concat(), lines[..lines.len() - 2].to_vec()] {
        fs::write(&path, format!("{}\n", kept.join("\n"))).unwrap();
        assert_eq!(verify(&desk, log).0, 9);
    }
}

/// Kind and outcome of every entry, the oldest first.
fn events(desk: &Desk) -> Vec<String> {
    let page = desk.run(&["audit", "list", "--limit", "200"]).ok();
    let said = |row: &serde_json::Value| {
        let (kind, outcome) = (row["kind"].as_str().unwrap(), row["outcome"].as_str().unwrap());
        if outcome == "success" { kind.to_owned() } else { format!("{kind} {outcome}") }
    };
    page["rows"].as_array().unwrap().iter().rev().map(said).collect()
}

/// A working day, and all that is recorded of it.
#[test]
fn each_act_of_a_day_is_one_entry_and_nothing_else_is() {
    let provider = Provider::start().unwrap();
    let Some(mut desk) = Desk::new() else { return };
    desk.session.install_policy(&crate::desk::policy(&provider)).unwrap();
    let mut expected = Vec::new();
    let mut day = |acts: &[&str]| {
        expected.push("unlock".to_owned());
        expected.extend(acts.iter().map(ToString::to_string));
        expected.push("lock".to_owned());
    };
    desk.create().ok();
    day(&["policy_change"]);
    desk.add_account(MEI, &provider).ok();
    day(&["account_change"]);
    desk.run(&["key", "generate"]).ok();
    day(&["key_change"]);
    let priya = crate::desk::gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    day(&["cert_change"]);
    // The certificate that is handed out is everybody's to have.
    day(&[]);
    desk.run(&["cert", "trust", priya.fingerprint(), "verified"]).ok();
    day(&["cert_change"]);

    "wrong".clone_into(&mut desk.passphrase);
    desk.run(&["folders"]).fails(11, "wrong_passphrase");
    PASSPHRASE.clone_into(&mut desk.passphrase);
    for number in 0..3 {
        let id = format!("n{number}@hospital.example");
        let mail = letter("Consult", "The word is nettle.\r\n", &id);
        provider.deliver(PRIYA, MEI, &priya.seal(&mail, &[MEI]).unwrap()).unwrap();
    }
    desk.run(&["sync"]).ok();
    day(&["unlock_failed failure", "sync_batch"]);
    let id = desk.list("inbox")[0]["id"].to_string();
    day(&[]);
    desk.run(&["show", &id]).ok();
    day(&["decrypt"]);
    desk.run(&["search", "nettle"]).ok();
    day(&["search"]);
    // The message that is quoted in an answer was read for it.
    desk.send(PRIYA, "Scheduling", "One juniper.\n", &["--reply-to", &id]).ok();
    day(&["decrypt", "send_decision", "send_decision", "send"]);

    let subject = "About SSN 536-22-8145";
    desk.send(PRIYA, subject, "One juniper.\n", &[]).fails(98, "reason_needed");
    day(&["send_decision refused"]);
    let reason = ["--reason", "patient-asked"];
    desk.send(PRIYA, subject, "One juniper.\n", &reason).ok();
    // The decision, the reason, the decision at the moment of sending, and what came of it.
    day(&["send_decision", "override", "send_decision", "send"]);
    let path = desk.path("day.jsonl");
    desk.run(&["audit", "export", "--out", path.to_str().unwrap()]).ok();
    day(&["export"]);

    expected.insert(0, "profile_created".to_owned());
    expected.push("unlock".to_owned());
    let events = events(&desk);
    assert_eq!(events, expected, "{events:#?}");
}

#[test]
fn a_session_that_was_cut_off_is_told_at_the_next_unlock() {
    let Some(mut desk) = Desk::new() else { return };
    desk.create().ok();
    // The 4th write is the lock's: the unlock, what it found, and the count of openings come before.
    let when = When::At("store-write-before-commit", 4);
    let killed = run(&mut desk, &["folders"], Duration::ZERO, &when).killed_in;
    assert_eq!(killed.as_deref(), Some("store-write-before-commit"));
    let events = events(&desk);
    assert_eq!(events[events.len() - 3..], ["unlock", "gap failure", "unlock"], "{events:?}");
    assert!(desk.audited().iter().any(|said| said.contains("the computer stopped")));
    assert_eq!(events.iter().filter(|said| said.starts_with("gap")).count(), 1);
}

#[test]
fn secrets_stand_on_no_command_line_and_come_by_any_descriptor() {
    let Some(mut desk) = Desk::new() else { return };
    desk.create().ok();
    desk.set_phases(true);
    let mut open = desk.start(&["message", "inspect", "-"], &[]);
    let mut said = BufReader::new(open.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.is_ok_and(|line| line == "phase begun")));
    let mut looked_at = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let of = |name: &str| {
            let bytes = fs::read(entry.path().join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        if of("cmdline").contains(desk.profile().to_str().unwrap()) {
            looked_at += 1;
            assert!(!of("cmdline").contains(PASSPHRASE) && !of("environ").contains(PASSPHRASE));
        }
    }
    assert!(looked_at > 0);
    open.stdin.take().unwrap().write_all(b"Subject: x\r\n\r\ny\r\n").unwrap();
    assert!(open.wait().unwrap().success());

    // Another descriptor than standard input, made by another user.
    let program = desk.session.reachable(&crate::desk::program().unwrap()).unwrap();
    let mut shell = desk.session.command("sh".as_ref()).unwrap();
    shell.args([
        "-c",
        "exec 7<&0 </dev/null; exec \"$0\" --json --passphrase-fd 7 --profile \"$1\" folders",
    ]);
    shell.arg(program).arg(desk.profile());
    let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{PASSPHRASE}").unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success() && done.stdout == b"[]\n", "{done:?}");
}

#[test]
fn a_message_file_is_inspected_with_the_profiles_keys() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let sealed = letter("Exported", "The word is nettle.\r\n", "n1@hospital.example");
    let raw = priya.seal(&sealed, &[MEI]).unwrap();
    let file = desk.file("exported.eml", &raw);
    let seen = desk.run(&["message", "inspect", file.to_str().unwrap()]).ok();
    assert_eq!(
        (&seen["subject"], &seen["security"]["signature"]),
        (&"Exported".into(), &"valid".into())
    );
    assert_eq!(seen["text"], "The word is nettle.\n");
    // Without the profile it stays closed.
    let program = desk.session.reachable(&crate::desk::program().unwrap()).unwrap();
    let done =
        Command::new(program).args(["--json", "message", "inspect"]).arg(&file).output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(said["security"]["unreadable"], "keyMissing");
}
