//! Deleting and keeping mail as its owner does, with the keys and the buttons; and a backup of all of it.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use wardmail_tests::clinic::OWNER;
use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{Clinician, Window, results_dir};

use crate::practice::{LONG, Practice, letter};

const REASON: &str = "Preservation letter of 3 May";

fn hold(policy: &mut Value) {
    policy["legalHold"] = json!({ "folders": { "value": ["Case 7"], "reason": REASON } });
}

#[tokio::test]
async fn a_message_is_deleted_taken_back_deleted_again_and_gone_and_a_hold_says_why_not() {
    let Some(practice) = Practice::open(hold) else { return };
    let held = letter("held@hospital.example", "Held", "The word is yew.\r\n").plain();
    practice.provider.doveadm(&["mailbox", "create", "-u", OWNER, "Case 7"]).unwrap();
    practice.provider.save(OWNER, "Case 7", &held).unwrap();
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    practice.colleague_writes("alder@hospital.example", "Alder", "The word is alder.");
    practice.colleague_writes("birch@hospital.example", "Birch", "The word is birch.");
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.sees_messages(2).await.unwrap();

    // With the key, and taken back.
    clinician.open_message("Alder").await.unwrap();
    window.press(Key::Delete + "").await.unwrap();
    clinician.sees_messages(1).await.unwrap();
    window.has("reader", "data-state", "none").await.unwrap();
    window.says("toast", "Deleted from this computer").await.unwrap();
    window.click("toast-action").await.unwrap();
    clinician.sees_messages(2).await.unwrap();

    // Kept, it stays.
    clinician.open_message("Alder").await.unwrap();
    window.click("reader-keep").await.unwrap();
    window.has("reader-keep", "aria-pressed", "true").await.unwrap();
    window.find("reader-kept").await.unwrap();
    window.click("reader-delete").await.unwrap();
    window.says("toast", "marked to be kept").await.unwrap();
    close_notice(&window).await;
    clinician.sees_messages(2).await.unwrap();
    window.click("reader-keep").await.unwrap();
    window.has("reader-keep", "aria-pressed", "false").await.unwrap();

    // With the button, for good.
    window.click("reader-delete").await.unwrap();
    clinician.sees_messages(1).await.unwrap();
    window.screenshot(&results_dir().join("deleted.png")).await.unwrap();

    // Under a hold it says why not.
    close_notice(&window).await;
    window.click_words("Case 7").await.unwrap();
    clinician.open_message("Held").await.unwrap();
    window.says("reader-hold", REASON).await.unwrap();
    window.click("reader-delete").await.unwrap();
    window.says("toast", "legal hold").await.unwrap();
    clinician.sees_messages(1).await.unwrap();
    window.screenshot(&results_dir().join("held.png")).await.unwrap();
    window.close().await.unwrap();

    // The deletion outlives the program: once it can't be taken back it is done, at the next start at the latest.
    let window = practice.window().await;
    let clinician = Clinician::at(&window);
    clinician.unlock(PASSPHRASE).await.unwrap();
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.sees_messages(1).await.unwrap();
    clinician.go_to("place-audit").await.unwrap();
    let removed = async || {
        clinician.go_to("place-outbox").await?;
        clinician.go_to("place-audit").await?;
        Ok(window.text("audit").await?.contains("removed for good"))
    };
    window.wait_until("the deletion to be done", LONG, removed).await.unwrap();
    assert_eq!(practice.provider.count(OWNER, "INBOX").unwrap(), 2, "the server is left alone");

    let files = practice.session.make_dir("backups").unwrap();
    practice.answer_dialogs(&files);
    clinician.go_to("place-settings").await.unwrap();
    window.says("backup-last", "No backup").await.unwrap();
    window.click("backup-now").await.unwrap();
    window.says("backup-last", "The last backup").await.unwrap();
    let made: Vec<_> = std::fs::read_dir(&files).unwrap().flatten().collect();
    assert_eq!(made.len(), 1);
    let bytes = std::fs::read(made[0].path()).unwrap();
    assert!(bytes.len() > 4096 && !bytes.windows(5).any(|window| window == b"birch"));
    window.screenshot(&results_dir().join("backup.png")).await.unwrap();
    window.close().await.unwrap();
}

/// Closes the notice, if it hasn't gone by itself: it stays only for a while.
async fn close_notice(window: &Window) {
    let closed = async || {
        let Ok(close) = window.find_within("toast-close", Duration::ZERO).await else {
            return Ok(true);
        };
        // It may go while it is clicked.
        drop(close.click().await);
        Ok(false)
    };
    window.wait_until("the notice to be closed", LONG, closed).await.unwrap();
    window.gone("toast").await.unwrap();
}

fn may_erase(policy: &mut Value) {
    policy["erase"] = json!({ "allowed": true });
}

/// The one file in a directory whose name begins so.
fn file(dir: &std::path::Path, begins: &str) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().flatten();
    entries.map(|entry| entry.path()).find(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(begins))
    })
}

#[tokio::test]
async fn a_mailbox_is_backed_up_erased_and_comes_back_in_the_welcome() {
    let Some(practice) = Practice::open(may_erase) else { return };
    let window = practice.window().await;
    let code = practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    practice.colleague_writes("alder@hospital.example", "Alder", "The word is alder.");
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Alder").await.unwrap();
    let files = practice.session.make_dir("taken-out").unwrap();
    practice.answer_dialogs(&files);
    clinician.go_to("place-settings").await.unwrap();
    window.click("backup-now").await.unwrap();
    window.says("backup-last", "The last backup").await.unwrap();
    let backup = file(&files, "wardmail-2").unwrap();

    let profile = practice.session.home().join(".local/wardmail");
    assert!(profile.join("mailbox.db").exists() && profile.join("vault.json").exists());
    // Nothing happens before the word is typed.
    assert!(window.attribute("erase-go", "disabled").await.unwrap().is_some());
    window.type_into("erase-word", "ERASE").await.unwrap();
    window.screenshot(&results_dir().join("erase.png")).await.unwrap();
    window.click_that_locks("erase-go").await.unwrap();
    let gone = async || {
        let setup = window.find_within("setup-restore", Duration::ZERO).await;
        Ok(setup.is_ok())
    };
    window.wait_until("the welcome", LONG, gone).await.unwrap();
    let log = std::fs::read_to_string(file(&files, "wardmail-audit-final").unwrap()).unwrap();
    assert!(log.contains("profile.erase"));
    assert!(!profile.join("mailbox.db").exists() && !profile.join("vault.json").exists());

    window.click("setup-restore").await.unwrap();
    window.has("setup", "data-step", "restore").await.unwrap();
    practice.answer_dialogs(&backup);
    window.paste("restore-code", &code).await.unwrap();
    window.type_into("restore-passphrase", PASSPHRASE).await.unwrap();
    window.type_into("restore-passphrase-again", PASSPHRASE).await.unwrap();
    window.screenshot(&results_dir().join("restore.png")).await.unwrap();
    window.click("restore-submit").await.unwrap();
    window.find_within("mailbox", LONG).await.unwrap();
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Alder").await.unwrap();
    window.says("reader-text", "The word is alder.").await.unwrap();
    window.close().await.unwrap();
}
