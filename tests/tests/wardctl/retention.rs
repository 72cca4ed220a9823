//! Deleting, keeping and retention against a real server; the end of a mailbox.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use wardmail_tests::{Provider, until_true};

use crate::desk::{Desk, MEI, gpg, letter, policy};

const DAY: Duration = Duration::from_hours(24);

fn raw(word: &str) -> Vec<u8> {
    let (body, id) = (format!("The word is {word}.\r\n"), format!("{word}@hospital.example"));
    letter(word, &body, &id).plain()
}

/// A desk with messages that arrived at different times, under a policy.
fn desk_with(provider: &Provider, policy: &Value, mail: &[(&str, u32)]) -> Option<Desk> {
    let desk = Desk::new()?;
    desk.session.install_policy(policy).unwrap();
    desk.create().ok();
    desk.add_account(MEI, provider).ok();
    desk.run(&["key", "generate"]).ok();
    for (word, days) in mail {
        let when = SystemTime::now() - DAY * *days;
        provider.import_received(MEI, when, [raw(word)]).unwrap();
    }
    Some(desk)
}

fn subjects(desk: &Desk) -> Vec<String> {
    let rows = desk.list("inbox");
    let mut all: Vec<_> = rows.iter().map(|r| r["subject"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

fn id(desk: &Desk, subject: &str) -> String {
    desk.row("inbox", subject)["id"].to_string()
}

fn hits(desk: &Desk, word: &str) -> usize {
    desk.run(&["search", word]).ok()["rows"].as_array().unwrap().len()
}

fn log(desk: &Desk) -> String {
    let file = desk.path("log.jsonl");
    desk.run(&["audit", "export", "--out", file.to_str().unwrap()]).ok();
    fs::read_to_string(file).unwrap()
}

#[test]
fn a_deleted_message_is_gone_here_stays_on_the_server_and_does_not_come_back() {
    let provider = Provider::start().unwrap();
    let mail = [("alder", 0), ("birch", 0), ("cedar", 0)];
    let Some(desk) = desk_with(&provider, &policy(&provider), &mail) else { return };
    desk.run(&["sync"]).ok();
    let alder = id(&desk, "alder");
    assert_eq!(desk.run(&["delete", &alder]).ok()["messages"], 1);
    assert_eq!(subjects(&desk), ["birch", "cedar"]);
    assert_eq!(hits(&desk, "alder"), 0);
    desk.run(&["show", &alder]).fails(80, "not_found");
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["birch", "cedar"], "the server has it still");
    desk.run(&["undelete", &alder]).ok();
    assert_eq!(subjects(&desk), ["alder", "birch", "cedar"]);
    assert_eq!(desk.show("inbox", "alder")["text"], "The word is alder.\n");

    let birch = id(&desk, "birch");
    desk.run(&["delete", "--at-once", &alder, &birch]).ok();
    desk.run(&["undelete", &alder]).fails(80, "not_found");
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["cedar"]);
    assert_eq!((hits(&desk, "birch"), hits(&desk, "cedar")), (0, 1));
    assert_eq!(provider.count(MEI, "INBOX").unwrap(), 3);
    // The server numbers the folder anew: what was deleted is known again.
    provider.doveadm(&["mailbox", "update", "--uid-validity", "77", "-u", MEI, "INBOX"]).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["cedar"]);
    let log = log(&desk);
    for code in ["delete.asked", "delete.undone", "delete.done"] {
        assert!(log.contains(code), "{code}: {log}");
    }
    assert!(!log.contains("alder"));
}

#[test]
fn what_is_kept_or_held_is_not_deleted_and_says_why() {
    let provider = Provider::start().unwrap();
    let mut held = policy(&provider);
    held["legalHold"] =
        json!({ "folders": { "value": ["inbox"], "reason": "Preservation letter of 3 May" } });
    let mail = [("alder", 0), ("birch", 0)];
    let Some(desk) = desk_with(&provider, &policy(&provider), &mail) else { return };
    desk.run(&["sync"]).ok();
    let (alder, birch) = (id(&desk, "alder"), id(&desk, "birch"));
    desk.run(&["keep", &alder]).ok();
    desk.run(&["delete", &alder, &birch]).fails(58, "kept");
    assert_eq!(subjects(&desk), ["alder", "birch"], "none of them");
    assert_eq!(desk.row("inbox", "alder")["kept"], true);
    desk.run(&["keep", "--off", &alder]).ok();
    desk.run(&["delete", &alder]).ok();

    // A hold that comes before the deletion is done takes it back.
    desk.session.install_policy(&held).unwrap();
    desk.run(&["delete", "--at-once", &birch]).fails(57, "legal_hold");
    let shown = desk.show("inbox", "birch");
    assert_eq!(shown["hold"]["reason"], "Preservation letter of 3 May");
    let back = || {
        desk.run(&["sweep"]).ok();
        subjects(&desk).len() == 2
    };
    until_true("the hold to take the deletion back", Duration::from_mins(2), || Ok(back()))
        .unwrap();
    assert!(log(&desk).contains("delete.held"));

    // Policy can leave deleting to itself.
    let mut none = policy(&provider);
    none["delete"] = json!({ "allowed": false });
    desk.session.install_policy(&none).unwrap();
    desk.run(&["delete", &birch]).fails(56, "not_allowed");
}

#[test]
fn retention_removes_what_is_old_here_and_leaves_the_server_and_what_is_kept() {
    let provider = Provider::start().unwrap();
    let mail = [("alder", 400), ("birch", 400), ("cedar", 40), ("dogwood", 0)];
    let Some(desk) = desk_with(&provider, &policy(&provider), &mail) else { return };
    desk.run(&["sync"]).ok();
    desk.run(&["keep", &id(&desk, "birch")]).ok();
    let mut year = policy(&provider);
    year["retention"] = json!({ "days": 365 });
    desk.session.install_policy(&year).unwrap();
    assert_eq!(desk.run(&["sweep"]).ok()["retired"], 1);
    assert_eq!(subjects(&desk), ["birch", "cedar", "dogwood"]);
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["birch", "cedar", "dogwood"], "it doesn't come back");
    assert_eq!(provider.count(MEI, "INBOX").unwrap(), 4);
    assert_eq!((hits(&desk, "alder"), hits(&desk, "cedar")), (0, 1));
    // Old mail that comes later isn't taken in.
    let when = SystemTime::now() - DAY * 500;
    provider.import_received(MEI, when, [raw("elder")]).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["birch", "cedar", "dogwood"]);

    // A folder of its own time, and a policy that keeps mail longer again lets it come back.
    let mut month = policy(&provider);
    month["retention"] = json!({ "days": 365, "folders": [{ "folder": "inbox", "days": 30 }] });
    desk.session.install_policy(&month).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["birch", "dogwood"]);
    desk.session.install_policy(&policy(&provider)).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["alder", "birch", "cedar", "dogwood", "elder"]);
    assert!(log(&desk).contains("retention.removed"));
}

#[test]
fn retention_goes_on_where_it_was_stopped() {
    let provider = Provider::start().unwrap();
    let Some(mut desk) = desk_with(&provider, &policy(&provider), &[("birch", 0)]) else { return };
    let when = SystemTime::now() - DAY * 400;
    let old = (0..120).map(|number| raw(&format!("hemlock{number}")));
    provider.import_received(MEI, when, old).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk).len(), 121);
    let mut year = policy(&provider);
    year["retention"] = json!({ "days": 365 });
    desk.session.install_policy(&year).unwrap();
    // Stopped after a batch, before the search index is written anew.
    desk.set_variable("FAILPOINTS", "engine::retention::between_batches=1*off->panic");
    assert_ne!(desk.run(&["sweep"]).code, 0);
    desk.forget_variables();
    let left = subjects(&desk).len();
    assert!((2..121).contains(&left), "{left}");
    assert_eq!(desk.run(&["sweep"]).ok()["retired"], left - 1);
    assert_eq!(subjects(&desk), ["birch"]);
    assert_eq!(hits(&desk, "hemlock119"), 0);
    assert_eq!(desk.run(&["audit", "verify"]).ok()["intact"], true);
}

#[test]
fn the_server_deletes_too_only_where_policy_says_so() {
    let provider = Provider::start().unwrap();
    let mail = [("alder", 400), ("birch", 0)];
    let Some(desk) = desk_with(&provider, &policy(&provider), &mail) else { return };
    // Somebody else's mark is left alone.
    provider.import(MEI, [raw("cedar")]).unwrap();
    provider.mark_newest(MEI, "INBOX", "\\Deleted").unwrap();
    desk.run(&["sync"]).ok();
    let mut year = policy(&provider);
    year["retention"] = json!({ "days": 365, "onServer": true });
    desk.session.install_policy(&year).unwrap();
    desk.run(&["sync"]).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(subjects(&desk), ["birch", "cedar"]);
    assert_eq!(provider.count(MEI, "INBOX").unwrap(), 2);
    assert!(log(&desk).contains("retention.server"));
}

#[test]
fn a_senders_expires_hides_and_an_owners_removes() {
    let provider = Provider::start().unwrap();
    let Some(desk) = desk_with(&provider, &policy(&provider), &[("alder", 0)]) else { return };
    let void = [b"Expires: Sat, 21 Nov 2020 09:30:00 -0500\r\n".as_slice(), &raw("birch")].concat();
    let valid =
        [b"Expires: Sat, 21 Nov 2099 09:30:00 -0500\r\n".as_slice(), &raw("cedar")].concat();
    provider.import(MEI, [void, valid]).unwrap();
    desk.run(&["sync"]).ok();
    desk.run(&["sweep"]).ok();
    assert_eq!(subjects(&desk), ["alder", "birch", "cedar"]);
    assert_eq!(desk.row("inbox", "birch")["void"], true);
    assert_eq!(desk.row("inbox", "cedar")["void"], false);
    let shown = desk.show("inbox", "birch");
    assert_eq!(shown["text"], "The word is birch.\n");
    assert!(shown["voidSince"].as_i64().is_some());
    desk.run(&["expire", &id(&desk, "alder"), "--days", "1"]).ok();
    let in_a_day = desk.row("inbox", "alder")["expires"].as_i64().unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    let left = in_a_day - i64::try_from(now).unwrap();
    assert!((80_000_000..=86_400_000).contains(&left), "{left}");
    desk.run(&["expire", &id(&desk, "alder"), "--never"]).ok();
    assert_eq!(desk.row("inbox", "alder")["expires"], Value::Null);
}

/// What lies in the profile's directory.
fn files(desk: &Desk) -> Vec<String> {
    let entries = fs::read_dir(desk.profile()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn erase(desk: &Desk, word: &str) -> crate::desk::Answer {
    let log = desk.path("final.jsonl");
    desk.run(&["profile", "erase", "--log", log.to_str().unwrap(), "--confirm", word])
}

#[test]
fn a_mailbox_is_erased_after_its_log_went_out_and_only_where_policy_allows_it() {
    let provider = Provider::start().unwrap();
    let mail = [("alder", 0)];
    let Some(desk) = desk_with(&provider, &policy(&provider), &mail) else { return };
    desk.run(&["sync"]).ok();
    erase(&desk, "ERASE").fails(56, "not_allowed");
    let mut allowed = policy(&provider);
    allowed["erase"] = json!({ "allowed": true });
    desk.session.install_policy(&allowed).unwrap();
    erase(&desk, "erase").fails(59, "erase_not_confirmed");
    // A log that can't be written stops it.
    let nowhere = ["profile", "erase", "--log", "/nowhere/final.jsonl", "--confirm", "ERASE"];
    desk.run(&nowhere).fails(87, "file_not_found");
    let inside = desk.profile().join("final.jsonl");
    let inside = ["profile", "erase", "--log", inside.to_str().unwrap(), "--confirm", "ERASE"];
    desk.run(&inside).fails(110, "invalid_request");
    assert_eq!(subjects(&desk), ["alder"]);

    let backup = desk.path("before.backup");
    desk.run(&["backup", "create", "--out", backup.to_str().unwrap()]).ok();
    let erased = erase(&desk, "ERASE").ok();
    assert_eq!(erased["keptForOrganisation"], false);
    assert_eq!(files(&desk), ["managed", "profile.lock"]);
    desk.run(&["folders"]).fails(30, "profile_missing");
    let verified = desk.run(&["audit", "verify", desk.path("final.jsonl").to_str().unwrap()]).ok();
    assert_eq!((&verified["intact"], &verified["signature"]), (&json!(true), &json!("signed")));
    // A new one can be made in its place.
    desk.create().ok();
    desk.run(&["folders"]).ok();
    assert!(backup.exists());
}

#[test]
fn an_erasure_that_was_cut_off_ends_at_the_next_start() {
    let provider = Provider::start().unwrap();
    let Some(mut desk) = desk_with(&provider, &policy(&provider), &[]) else { return };
    let mut allowed = policy(&provider);
    allowed["erase"] = json!({ "allowed": true });
    desk.session.install_policy(&allowed).unwrap();
    for point in [
        "engine::erase::ordered",
        "vault::erase::wraps_gone",
        "vault::erase::files_gone",
        "vault::erase::keyring_empty",
    ] {
        desk.set_variable("FAILPOINTS", &format!("{point}=panic"));
        fs::remove_file(desk.path("final.jsonl")).ok();
        let cut_off = erase(&desk, "ERASE");
        assert_ne!(cut_off.code, 0, "{point}");
        desk.forget_variables();
        desk.run(&["folders"]).fails(30, "profile_missing");
        assert_eq!(files(&desk), ["managed", "profile.lock"], "{point}");
        desk.create().ok();
    }
}

#[test]
fn under_a_hold_only_the_owners_ways_in_go() {
    let provider = Provider::start().unwrap();
    let mut held = policy(&provider);
    held["erase"] = json!({ "allowed": true });
    held["legalHold"] = json!({ "everything": true });
    let Some(desk) = desk_with(&provider, &held, &[("alder", 0)]) else { return };
    desk.run(&["sync"]).ok();
    erase(&desk, "ERASE").fails(57, "legal_hold");
    let officer = gpg("Privacy Officer", "privacy@clinic.example");
    held["emergency"] = json!({
        "certificates": [officer.certificate().unwrap()],
        "twoPeople": false,
    });
    desk.session.install_policy(&held).unwrap();
    desk.run(&["folders"]).ok();
    assert_eq!(erase(&desk, "ERASE").ok()["keptForOrganisation"], true);
    desk.run(&["folders"]).fails(28, "access_erased");
    let key = desk.file("privacy.asc", officer.secret_key().unwrap().as_bytes());
    let copy = desk.session.home().join("copy");
    let (key, into) = (key.to_str().unwrap(), copy.to_str().unwrap());
    let open = ["recovery", "open", "--key", key, "--reason", "required-by-law", "--into", into];
    desk.create_with(&open).ok();
    let mut desk = desk;
    desk.set_profile(copy);
    assert_eq!(desk.show("inbox", "alder")["text"], "The word is alder.\n");
}
