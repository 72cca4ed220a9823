//! What opens the mailbox: passphrase, keyring, and only one program at a time.

use std::fs;
use std::io::{BufRead as _, BufReader};

use serde_json::json;
use wardmail_tests::{Keyring, Provider};

use crate::desk::{Desk, PASSPHRASE, policy};

#[test]
fn a_wrong_passphrase_is_counted_recorded_and_slowed_down() {
    let Some(mut desk) = Desk::new() else { return };
    desk.create().ok();
    desk.passphrase = "not the passphrase at all".to_owned();
    desk.run(&["folders"]).fails(11, "wrong_passphrase");
    desk.run(&["folders"]).fails(11, "wrong_passphrase");
    desk.passphrase = PASSPHRASE.to_owned();
    desk.run(&["folders"]).ok();
    let failed = |said: &String| said.starts_with("Somebody tried to unlock the mailbox");
    assert_eq!(desk.audited().into_iter().filter(failed).count(), 2);

    desk.passphrase = "not the passphrase at all".to_owned();
    for _ in 0..5 {
        desk.run(&["folders"]).fails(11, "wrong_passphrase");
    }
    let wait = desk.run(&["folders"]).fails(12, "try_later")["detail"].as_u64().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    // The right one has to wait as well, or trying would tell it from the others.
    desk.passphrase = PASSPHRASE.to_owned();
    desk.run(&["folders"]).fails(12, "try_later");
}

#[test]
fn a_weak_passphrase_makes_no_profile() {
    let Some(mut desk) = Desk::new() else { return };
    desk.passphrase = "password12345".to_owned();
    desk.create().fails(15, "passphrase_weak");
    assert!(!desk.profile().join("vault.json").exists());
}

#[test]
fn without_the_code_typed_back_there_is_no_profile() {
    let Some(desk) = Desk::new() else { return };
    let mistyped = desk.run_with(&["profile", "create"], &["not the code"]);
    assert_eq!(mistyped.code, 13, "{mistyped:?}");
    desk.run(&["folders"]).fails(30, "profile_missing");
    // And then it can be made.
    desk.create().ok();
    desk.run(&["folders"]).ok();
}

#[test]
fn no_keyring_makes_no_profile_and_opens_none() {
    let Some(mut desk) = Desk::with(Keyring::Missing) else { return };
    desk.create().fails(20, "keyring_absent");
    assert!(!desk.profile().join("vault.json").exists());
    desk.run_with(&["profile", "create", "--passphrase-only"], &[])
        .fails(16, "passphrase_only_not_allowed");

    desk.session.unlock_keyring().unwrap();
    desk.create().ok();
    desk.session.stop_keyring();
    desk.run(&["folders"]).fails(20, "keyring_absent");
    desk.session.unlock_keyring().unwrap();
    desk.run(&["folders"]).ok();
}

#[test]
fn policy_can_allow_a_profile_without_a_keyring() {
    let Some(mut desk) = Desk::with(Keyring::Missing) else { return };
    let provider = Provider::start().unwrap();
    let mut allowing = policy(&provider);
    allowing["unlock"] = json!({ "allowPassphraseOnly": true });
    desk.name_policy(Some(&allowing));
    desk.create_with(&["profile", "create", "--passphrase-only"]).ok();
    desk.run(&["folders"]).ok();
    desk.passphrase.push('x');
    desk.run(&["folders"]).fails(11, "wrong_passphrase");
}

#[test]
fn a_locked_keyring_is_said_and_changes_nothing() {
    let Some(mut desk) = Desk::new() else { return };
    desk.create().ok();
    desk.session.lock_keyring().unwrap();
    desk.run(&["folders"]).fails(21, "keyring_locked");
    desk.session.unlock_keyring().unwrap();
    desk.run(&["folders"]).ok();

    let Some(locked) = Desk::with(Keyring::Locked) else { return };
    locked.create().fails(21, "keyring_locked");
    assert!(!locked.profile().join("vault.json").exists());
}

#[test]
fn damaged_files_are_said_and_never_replaced() {
    let Some(desk) = Desk::new() else { return };
    desk.create().ok();
    let spoiled = |name: &str, spoil: &dyn Fn(Vec<u8>) -> Vec<u8>, code: i32, slug: &str| {
        let path = desk.profile().join(name);
        let good = fs::read(&path).unwrap();
        let bad = spoil(good.clone());
        fs::write(&path, &bad).unwrap();
        desk.run(&["folders"]).fails(code, slug);
        desk.create().fails(
            if name == "vault.json" { code } else { 31 },
            if name == "vault.json" { slug } else { "profile_exists" },
        );
        assert_eq!(fs::read(&path).unwrap(), bad, "it is left as it is");
        fs::write(&path, &good).unwrap();
        desk.run(&["folders"]).ok();
    };
    spoiled("vault.json", &|good| good[..good.len() / 2].to_vec(), 33, "vault_damaged");
    spoiled(
        "mailbox.db",
        &|mut good| {
            good[2000] ^= 1;
            good
        },
        38,
        "mailbox_corrupt",
    );
    spoiled(
        "mailbox.db",
        &|_| b"SQLite format 3\0 and so on".to_vec(),
        36,
        "mailbox_not_encrypted",
    );
    let (there, away) = (desk.profile().join("mailbox.db"), desk.path("away.db"));
    fs::copy(&there, &away).unwrap();
    fs::remove_file(&there).unwrap();
    desk.run(&["folders"]).fails(35, "mailbox_missing");
    assert!(!there.exists(), "none is made in its place");
}

#[test]
fn a_profile_that_is_open_is_refused_to_others() {
    let Some(mut desk) = Desk::new() else { return };
    desk.create().ok();
    // It waits for its text with the mailbox open.
    desk.set_phases(true);
    let mut open = desk.start(&["message", "inspect", "-"], &[]);
    let mut said = BufReader::new(open.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.is_ok_and(|line| line == "phase begun")), "it begins");
    desk.set_phases(false);
    desk.run(&["folders"]).fails(32, "profile_in_use");
    desk.run(&["profile", "status"]).fails(32, "profile_in_use");
    drop(open.stdin.take());
    assert!(open.wait().unwrap().success());
    desk.run(&["folders"]).ok();
}
