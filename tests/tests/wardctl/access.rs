//! The way in: copies that were put back, backups, and the organisation's keys.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wardmail_tests::{Gpg, Provider, give_to_nobody};

use crate::desk::{Desk, MEI, PASSPHRASE, PRIYA, gpg, letter, policy};

const OTHER: &str = "lantern quilt meadow 44 anvil";

/// The recovery code that was shown when a profile was made.
fn code(made: &crate::desk::Answer) -> String {
    let code = made.lines.first().and_then(|line| line["recoveryCode"].as_str());
    code.expect("a recovery code").to_owned()
}

fn notices(desk: &Desk) -> Vec<Value> {
    desk.run(&["profile", "status"]).ok()["notices"].as_array().unwrap().clone()
}

/// The audit log as it is exported.
fn log(desk: &Desk) -> String {
    let file = desk.path("log.jsonl");
    desk.run(&["audit", "export", "--out", file.to_str().unwrap()]).ok();
    fs::read_to_string(file).unwrap()
}

/// The mailbox file and its check, as they are now.
fn mailbox(profile: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let names = ["mailbox.db", "mailbox.db.check"];
    names.iter().map(|name| (profile.join(name), fs::read(profile.join(name)).unwrap())).collect()
}

fn put_back(files: &[(PathBuf, Vec<u8>)]) {
    for (path, bytes) in files {
        // Written into the file that is there, which stays the user's.
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn an_older_mailbox_that_was_put_back_is_told() {
    let Some(desk) = Desk::new() else { return };
    desk.create().ok();
    desk.run(&["folders"]).ok();
    let old = mailbox(desk.profile());
    assert_eq!(notices(&desk), Vec::<Value>::new());
    desk.run(&["folders"]).ok();
    put_back(&old);
    assert_eq!(notices(&desk), [json!({ "olderCopy": { "openings": 2 } })]);
    // It is told until it was read, and it is in the log.
    assert_eq!(notices(&desk).len(), 1);
    assert!(log(&desk).contains("vault.older_copy"));
}

#[test]
fn a_counter_that_was_deleted_costs_the_longest_wait() {
    let Some(desk) = Desk::new() else { return };
    desk.create().ok();
    fs::remove_file(desk.profile().join("attempts.json")).unwrap();
    let wait = desk.run(&["folders"]).fails(12, "try_later")["detail"].as_u64().unwrap();
    assert!(wait > 300, "{wait}");
}

/// Off unless the installed policy says so; then neither passphrase nor recovery code opens it, and the organisation does.
#[test]
fn a_lock_out_ends_the_owners_ways_in_where_policy_wants_it() {
    const WRONG: &str = "not the passphrase at all";
    let provider = Provider::start().unwrap();
    let (privacy, security, mut policy) = organisation(&provider, true);
    policy["unlock"] = json!({ "maxFailures": 3 });
    let mut erasing = policy.clone();
    erasing["unlock"]["afterLockout"] = json!("erase");
    let Some(mut desk) = Desk::new() else { return };
    desk.session.install_policy(&policy).unwrap();
    let made = desk.create();
    let code = code(&made);
    made.ok();
    desk.run(&["folders"]).ok();
    let backup = desk.path("before.backup");
    desk.run(&["backup", "create", "--out", backup.to_str().unwrap()]).ok();

    // A policy that is named by hand can't say it: the lock-out is a wait.
    desk.name_policy(Some(&erasing));
    desk.passphrase = WRONG.to_owned();
    for _ in 0..2 {
        desk.run(&["folders"]).fails(11, "wrong_passphrase");
    }
    desk.name_policy(None);
    desk.session.install_policy(&erasing).unwrap();
    let told = desk.run(&["profile", "status"]);
    told.fails(28, "access_erased");
    desk.passphrase = PASSPHRASE.to_owned();
    desk.run(&["folders"]).fails(28, "access_erased");
    assert!(desk.profile().join("mailbox.db").exists(), "no mail was deleted");

    let one = desk.file("privacy.asc", privacy.secret_key().unwrap().as_bytes());
    let two = desk.file("security.asc", security.secret_key().unwrap().as_bytes());
    let copy = desk.session.home().join("copy");
    let keys = ["--key", one.to_str().unwrap(), "--key", two.to_str().unwrap()];
    let rest = ["--reason", "owner-absent", "--into", copy.to_str().unwrap()];
    desk.passphrase = OTHER.to_owned();
    desk.create_with(&[&["recovery", "open"], &keys[..], &rest].concat()).ok();
    desk.set_profile(copy);
    let said = log(&desk);
    assert!(said.contains("unlock.ways_erased") && said.contains("unlock.wrong_passphrase"));

    // What the documents say: a backup from before still opens with the code of its time.
    desk.set_profile(desk.session.home().join("restored"));
    let restore = ["backup", "restore", backup.to_str().unwrap(), "--recovery-fd", "0"];
    desk.run_with(&restore, &[&code]).ok();
}

/// Where the files of a damaged profile lie.
fn aside(profile: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(profile).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries.filter(|path| name(path).starts_with("set-aside-")).collect()
}

#[test]
fn a_damaged_mailbox_is_kept_aside_and_a_backup_takes_its_place() {
    let provider = Provider::start().unwrap();
    let mut policy = policy(&provider);
    policy["erase"] = json!({ "allowed": true });
    let Some((mut desk, code)) = with_mail(&provider, &policy) else { return };
    let backup = desk.path("mailbox.backup");
    desk.run(&["backup", "create", "--out", backup.to_str().unwrap()]).ok();
    let set_aside = ["profile", "set-aside"];
    desk.run(&set_aside).fails(31, "profile_exists");
    let restore = ["backup", "restore", backup.to_str().unwrap(), "--recovery-fd", "0"];
    desk.run_with(&restore, &[&code]).fails(31, "profile_exists");

    let mailbox = desk.profile().join("mailbox.db");
    let mut damaged = fs::read(&mailbox).unwrap();
    damaged[2000] ^= 1;
    fs::write(&mailbox, &damaged).unwrap();
    desk.run(&["folders"]).fails(38, "mailbox_corrupt");
    desk.passphrase = "not the passphrase at all".to_owned();
    desk.run(&set_aside).fails(11, "wrong_passphrase");
    assert!(aside(desk.profile()).is_empty() && mailbox.exists());
    desk.passphrase = PASSPHRASE.to_owned();
    desk.run(&set_aside).ok();
    let kept = aside(desk.profile());
    assert_eq!(fs::read(kept[0].join("mailbox.db")).unwrap(), damaged, "nothing of it is changed");
    assert!(kept[0].join("vault.json").exists() && !mailbox.exists());

    desk.run_with(&restore, &[&code]).ok();
    assert_eq!(desk.show("inbox", "Old result")["text"], "The result is plum.\n");

    // Again, with the vault this time, and a mailbox that is made anew and says so.
    fs::write(desk.profile().join("vault.json"), b"{}").unwrap();
    desk.run(&["folders"]).fails(33, "vault_damaged");
    desk.run(&set_aside).ok();
    desk.create().ok();
    assert!(log(&desk).contains("profile.set_aside"));

    // What lies aside goes with the profile, if that is erased.
    let last = desk.path("last.jsonl");
    let erase = ["profile", "erase", "--confirm", "ERASE", "--log", last.to_str().unwrap()];
    assert_eq!(aside(desk.profile()).len(), 2);
    desk.run(&erase).ok();
    assert_eq!(aside(desk.profile()), Vec::<PathBuf>::new());
}

#[test]
fn a_new_recovery_code_takes_the_place_of_the_old_one() {
    let Some(mut desk) = Desk::new() else { return };
    let made = desk.create();
    let old = code(&made);
    made.ok();
    let renewed = desk.create_with(&["recovery", "renew"]);
    let new = code(&renewed);
    assert_eq!(renewed.ok()["replaced"], true);
    assert_ne!(old, new);
    assert!(log(&desk).contains("recovery_code.replaced"));
    // One that was not typed back counts for nothing.
    let slipped = desk.run_with(&["recovery", "renew"], &["not the code"]);
    assert_eq!(slipped.code, 13, "{slipped:?}");
    let file = desk.path("renewed.backup");
    let path = file.to_str().unwrap();
    desk.run(&["backup", "create", "--out", path]).ok();
    let verify = ["backup", "verify", path, "--recovery-fd", "0"];
    desk.passphrase = old;
    desk.run(&verify).fails(13, "recovery_code_wrong");
    desk.passphrase = new;
    assert_eq!(desk.run(&verify).code, 0);
}

/// A desk with one sealed message of Priya's in it, and the recovery code of its profile.
fn with_mail(provider: &Provider, policy: &Value) -> Option<(Desk, String)> {
    let desk = Desk::new()?;
    desk.session.install_policy(policy).unwrap();
    let made = desk.create();
    let code = code(&made);
    made.ok();
    desk.add_account(MEI, provider).ok();
    desk.run(&["key", "generate"]).ok();
    let priya = gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    let raw = priya.seal(&letter("Old result", "The result is plum.\r\n", "1@x.example"), &[MEI]);
    provider.deliver(PRIYA, MEI, &raw.unwrap()).unwrap();
    assert_eq!(desk.run(&["sync"]).ok()["added"], 1);
    Some((desk, code))
}

#[test]
fn a_backup_comes_back_on_another_computer_with_the_recovery_code() {
    let provider = Provider::start().unwrap();
    let Some((mut desk, code)) = with_mail(&provider, &policy(&provider)) else { return };
    let file = desk.path("mailbox.backup");
    let path = file.to_str().unwrap();
    desk.run(&["backup", "create", "--out", path]).ok();
    assert!(!fs::read(&file).unwrap().windows(4).any(|window| window == b"plum"));
    // Another file is never overwritten.
    desk.run(&["backup", "create", "--out", path]).fails(88, "file_exists");

    desk.passphrase = code.clone();
    assert_eq!(desk.run(&["backup", "verify", path, "--recovery-fd", "0"]).code, 0);
    // The same computer knows that the mailbox was opened since.
    desk.passphrase = PASSPHRASE.to_owned();
    desk.run(&["folders"]).ok();
    desk.passphrase = OTHER.to_owned();
    desk.set_profile(desk.session.home().join("restored"));
    let restore = ["backup", "restore", path, "--recovery-fd", "0"];
    let restored = desk.run_with(&restore, &[&code]).ok();
    assert_eq!(restored["openingsMissing"], 2, "the attempt to overwrite, and `folders`");
    assert_eq!(desk.show("inbox", "Old result")["text"], "The result is plum.\n");
    assert_eq!(notices(&desk).len(), 1);

    // Another computer has another keyring and knows nothing of the mailbox.
    let Some(mut elsewhere) = Desk::new() else { return };
    elsewhere.passphrase = OTHER.to_owned();
    elsewhere.session.install_policy(&policy(&provider)).unwrap();
    let carried = elsewhere.file("carried.backup", &fs::read(&file).unwrap());
    let restore = ["backup", "restore", carried.to_str().unwrap(), "--recovery-fd", "0"];
    elsewhere.run_with(&restore, &["AAAA"]).fails(13, "recovery_code_mistyped");
    let restored = elsewhere.run_with(&restore, &[&code]).ok();
    assert_eq!(restored["openingsMissing"], 0);
    assert_eq!(elsewhere.show("inbox", "Old result")["text"], "The result is plum.\n");

    // A damaged one is found, and leaves no profile.
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let damaged = elsewhere.file("damaged.backup", &bytes);
    elsewhere.set_profile(elsewhere.session.home().join("third"));
    let restore = ["backup", "restore", damaged.to_str().unwrap(), "--recovery-fd", "0"];
    elsewhere.run_with(&restore, &[&code]).fails(43, "backup_damaged");
    elsewhere.run(&["folders"]).fails(30, "profile_missing");
}

/// The organisation's two officers, and a policy that names them.
fn organisation(provider: &Provider, two_people: bool) -> (Gpg, Gpg, Value) {
    let privacy = gpg("Privacy Officer", "privacy@clinic.example");
    let security = gpg("Security Officer", "security@clinic.example");
    let mut policy = policy(provider);
    policy["emergency"] = json!({
        "certificates": [privacy.certificate().unwrap(), security.certificate().unwrap()],
        "twoPeople": two_people,
    });
    (privacy, security, policy)
}

/// A drill: the profile is carried to a second computer, opened there by two officers, and the owner is told at home.
#[test]
fn two_officers_open_a_mailbox_and_the_owner_is_told() {
    let provider = Provider::start().unwrap();
    let (privacy, security, policy) = organisation(&provider, true);
    let Some((desk, _)) = with_mail(&provider, &policy) else { return };
    assert_eq!(notices(&desk), [json!({ "emergencyAccessAdded": { "twoPeople": true } })]);

    let Some(mut second) = Desk::new() else { return };
    second.session.install_policy(&policy).unwrap();
    let profile = second.session.home().join("carried");
    carry(desk.profile(), &profile);
    second.set_profile(profile);
    second.passphrase = OTHER.to_owned();
    let one = second.file("privacy.asc", privacy.secret_key().unwrap().as_bytes());
    let two = second.file("security.asc", security.secret_key().unwrap().as_bytes());
    let stranger = gpg("Somebody", "somebody@clinic.example");
    let three = second.file("stranger.asc", stranger.secret_key().unwrap().as_bytes());
    let [one, two, three] = [&one, &two, &three].map(|path| path.to_str().unwrap());
    let copy = second.session.home().join("copy");
    let into = copy.to_str().unwrap();
    let open = |keys: &[&str]| {
        let keys: Vec<&str> = keys.iter().flat_map(|key| ["--key", key]).collect();
        let rest = ["--reason", "drill", "--into", into];
        second.create_with(&[&["recovery", "open"], keys.as_slice(), &rest].concat())
    };
    open(&[one]).fails(27, "emergency_key_wrong");
    open(&[one, one]).fails(27, "emergency_key_wrong");
    open(&[one, three]).fails(27, "emergency_key_wrong");
    assert!(!copy.exists());
    open(&[two, one]).ok();

    // The copy opens with its own passphrase, and old sealed mail is read in it.
    let carried = second.profile().to_owned();
    second.set_profile(copy.clone());
    assert_eq!(second.show("inbox", "Old result")["text"], "The result is plum.\n");

    // What was opened tells its owner: here the copy that was carried comes home.
    for name in ["mailbox.db", "mailbox.db.check"] {
        fs::write(desk.profile().join(name), fs::read(carried.join(name)).unwrap()).unwrap();
    }
    let told = notices(&desk);
    let used = told.iter().find_map(|notice| notice.get("emergencyAccessUsed")).unwrap();
    assert_eq!(used["reason"], "drill");
    let said = log(&desk);
    assert!(said.contains("emergency.drill") && said.contains("emergency.added"), "{said}");
}

#[test]
fn one_officer_is_enough_where_policy_says_so_and_none_where_it_names_none() {
    let provider = Provider::start().unwrap();
    let (privacy, _, single) = organisation(&provider, false);
    let Some(desk) = Desk::new() else { return };
    desk.session.install_policy(&policy(&provider)).unwrap();
    desk.create().ok();
    desk.run(&["folders"]).ok();
    let key = desk.file("privacy.asc", privacy.secret_key().unwrap().as_bytes());
    let copy = desk.session.home().join("copy");
    let open = || {
        let (key, into) = (key.to_str().unwrap(), copy.to_str().unwrap());
        let arguments = ["recovery", "open", "--key", key, "--reason", "owner-absent"];
        desk.create_with(&[arguments.as_slice(), &["--into", into]].concat())
    };
    open().fails(26, "emergency_not_prepared");
    // From the next unlock under the policy on; a policy named by hand lets nobody in.
    desk.session.install_policy(&single).unwrap();
    open().fails(26, "emergency_not_prepared");
    desk.run(&["folders"]).ok();
    open().ok();
    assert!(copy.join("vault.json").exists());
    // A policy that names nobody any more shuts the way, and that is told as well.
    desk.session.install_policy(&policy(&provider)).unwrap();
    let told = notices(&desk);
    assert_eq!(told.last(), Some(&json!("emergencyAccessRemoved")));
    fs::remove_dir_all(&copy).unwrap();
    open().fails(26, "emergency_not_prepared");
}

/// Copies a profile as a stick would, to another session's user.
fn carry(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            let path = to.join(entry.file_name());
            fs::copy(entry.path(), &path).unwrap();
            give_to_nobody(&path).unwrap();
        }
    }
    give_to_nobody(to).unwrap();
}
