//! A file with record numbers: read by a worker, explained beside the file, and the reason why nobody can turn encryption off.

use std::path::PathBuf;

use wardmail_tests::clinic::COLLEAGUE;
use wardmail_tests::clinician::Message;
use wardmail_tests::{Clinician, Window, results_dir};

use crate::practice::{Practice, at_once};

/// Two made-up patients with their record numbers, as another program wrote it.
fn document(name: &str) -> PathBuf {
    std::path::absolute("../src-tauri/extract/tests/data").unwrap().join(name)
}

#[tokio::test]
async fn an_attached_workbook_with_record_numbers_turns_encryption_on() {
    let Some(practice) = Practice::open(at_once) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let message = Message { to: &[COLLEAGUE], subject: "Monday", body: "As agreed." };
    Clinician::at(&window).write(message).await.unwrap();
    Clinician::at(&window).plan_is(COLLEAGUE, "sealed").await.unwrap();
    window.has("encryption", "data-reason", "Always").await.unwrap();

    practice.answer_dialogs(&document("census.xlsx"));
    window.click("composer-attach").await.unwrap();
    window.has("file-check", "data-state", "phi").await.unwrap();
    window.says("file-phi", "record number").await.unwrap();
    window.has("encryption", "data-reason", "StrongIdentifier").await.unwrap();
    window.says("encryption", "nobody can turn that off").await.unwrap();
    window.find_css("[data-testid=question][data-question=SpeciallyProtected]").await.unwrap();
    window.find_css("[data-testid=question][data-question=SeveralPatients]").await.unwrap();
    window.screenshot(&results_dir().join("attached-record-numbers.png")).await.unwrap();

    // What is asked is answered once, and recorded without a word of it.
    window.click("composer-send").await.unwrap();
    window.says("reason-dialog", "more than one patient").await.unwrap();
    window.click("reason-recipientNeedsIt").await.unwrap();
    window.click("reason-submit").await.unwrap();
    window.gone("composer").await.unwrap();
    let (stored, _) = practice.colleague_gets("As agreed.");
    assert!(!stored.text().contains("48291300"), "it went out sealed");
    practice.is_sent(&window).await;
    log_is_silent(&window).await;
    window.close().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_is_said_and_counts_as_not_checked() {
    let Some(practice) = Practice::open(at_once) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let message = Message { to: &[COLLEAGUE], subject: "Monday", body: "As agreed." };
    Clinician::at(&window).write(message).await.unwrap();
    practice.answer_dialogs(&document("locked.pdf"));
    window.click("composer-attach").await.unwrap();
    window.has("file-check", "data-state", "unread").await.unwrap();
    window.says("file-unread", "locked with a password").await.unwrap();
    window.has("encryption", "data-reason", "NotChecked").await.unwrap();
    window.close().await.unwrap();
}

async fn log_is_silent(window: &Window) {
    window.click("place-audit").await.unwrap();
    window.find_css("[data-testid=audit-row][data-kind*=override i]").await.unwrap();
    let log = window.text("audit").await.unwrap();
    assert!(!log.contains("Lindqvist") && !log.contains("48291300"), "{log}");
}
