//! The owner is asked who is there before a file leaves, and makes a new recovery code.

use serde_json::json;
use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{Clinician, Window, until};

use crate::practice::{LONG, Practice, is_locked, page_of};

const NEXT: &str = "lantern quilt meadow 44 anvil";

/// A plain message with a file.
fn with_a_file() -> Vec<u8> {
    format!(
        "From: News <news@hospital.example>\r\nTo: Mei Chen <{OWNER}>\r\nSubject: Open house\r\n\
         Date: Sat, 21 Nov 2026 09:30:00 -0500\r\nMessage-ID: <file@hospital.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the plan.\r\n\
         --b\r\nContent-Disposition: attachment; filename=plan.txt\r\n\r\nOne plum.\r\n--b--\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn the_owner_is_asked_before_a_file_leaves_and_replaces_the_recovery_code() {
    let asking = |policy: &mut serde_json::Value| policy["reauth"] = json!({ "content": true });
    let Some(practice) = Practice::open(asking) else { return };
    practice.provider.deliver(COLLEAGUE, OWNER, &with_a_file()).unwrap();
    // As if the unlock were five minutes old when the first file is saved.
    let window = practice.window_with(&[("FAILPOINTS", "engine::reauth::over=1*return")]).await;
    let old = practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Open house").await.unwrap();
    saves_after_the_passphrase(&practice, &window).await;

    let new = new_code(&window, clinician).await;
    assert_ne!(old.replace(' ', ""), new.replace(' ', ""));
    let page = page_of(&window);
    window.press_lock().await;
    is_locked(&window, page).await;
    recover(&window, &old).await;
    window.has("error", "data-code", "recovery_code_wrong").await.unwrap();
    window.replace("recover-code", &new).await.unwrap();
    window.click("recover-submit").await.unwrap();
    window.find_within("mailbox", LONG).await.unwrap();
    window.close().await.unwrap();
}

async fn saves_after_the_passphrase(practice: &Practice, window: &Window) {
    let dir = practice.session.make_dir("saved").unwrap();
    practice.answer_dialogs(&dir);
    window.click("attachment-save").await.unwrap();
    window.type_into("again-passphrase", "not the passphrase at all").await.unwrap();
    window.click("again-submit").await.unwrap();
    window.has("error", "data-code", "wrong_passphrase").await.unwrap();
    assert!(!dir.join("plan.txt").exists());
    window.type_into("again-passphrase", PASSPHRASE).await.unwrap();
    window.click("again-submit").await.unwrap();
    let saved = until("the saved file", LONG, || Ok(std::fs::read(dir.join("plan.txt")).ok()));
    assert!(saved.unwrap().starts_with(b"One plum."));
    window.gone("again").await.unwrap();
    // The answer counts for a while.
    std::fs::remove_file(dir.join("plan.txt")).unwrap();
    window.click("attachment-save").await.unwrap();
    until("the file once more", LONG, || Ok(std::fs::read(dir.join("plan.txt")).ok())).unwrap();
}

async fn new_code(window: &Window, clinician: Clinician<'_>) -> String {
    clinician.go_to("place-settings").await.unwrap();
    window.type_into("recovery-code-passphrase", PASSPHRASE).await.unwrap();
    window.click("recovery-code-begin").await.unwrap();
    window.find_within("recovery-code-shown", LONG).await.unwrap();
    let code = window.text("recovery-code-shown").await.unwrap();
    window.paste("recovery-code-input", &code).await.unwrap();
    window.click("recovery-code-confirm").await.unwrap();
    window.gone("recovery-code-shown").await.unwrap();
    code
}

async fn recover(window: &Window, code: &str) {
    window.click("unlock-use-recovery").await.unwrap();
    window.paste("recover-code", code).await.unwrap();
    window.type_into("recover-passphrase", NEXT).await.unwrap();
    window.type_into("recover-passphrase-again", NEXT).await.unwrap();
    window.click("recover-submit").await.unwrap();
}
