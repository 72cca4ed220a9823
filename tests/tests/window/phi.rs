//! A subject that names a patient: shown, explained, one click from a neutral one, and not sent without a reason.

use std::time::Duration;

use serde_json::json;
use wardmail_tests::clinic::COLLEAGUE;
use wardmail_tests::clinician::{Message, PASSPHRASE};
use wardmail_tests::{Clinician, Window, results_dir};

use crate::mime;
use crate::practice::{Practice, at_once, value};

const SUBJECT: &str = "Maria Lopez biopsy results";
const BODY: &str = "They came back this morning.";

#[tokio::test]
async fn a_subject_with_phi_needs_a_reason_and_offers_a_better_one() {
    let Some(practice) = Practice::open(at_once) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    write(&window).await;
    explains(&window).await;
    window.screenshot(&results_dir().join("subject-underlined.png")).await.unwrap();
    moves_the_words_and_back(&window).await;
    asks_for_a_reason(&practice, &window).await;
    window.close().await.unwrap();

    let mut policy = practice.provider.policy();
    policy["serial"] = json!(2);
    policy["phi"] = json!({ "subjectAction": "block" });
    practice.session.install_policy(&policy).unwrap();
    let window = practice.window().await;
    Clinician::at(&window).unlock(PASSPHRASE).await.unwrap();
    write(&window).await;
    is_refused(&window).await;
    window.close().await.unwrap();
}

async fn write(window: &Window) {
    let message = Message { to: &[COLLEAGUE], subject: SUBJECT, body: BODY };
    Clinician::at(window).write(message).await.unwrap();
    Clinician::at(window).plan_is(COLLEAGUE, "sealed").await.unwrap();
}

async fn explains(window: &Window) {
    let underlined = window.find("subject-finding").await.unwrap();
    let reason = underlined.attr("title").await.unwrap().unwrap_or_default();
    assert!(reason.len() > 20, "{reason:?}");
    let mut pieces = Vec::new();
    for piece in window.all("subject-finding").await.unwrap() {
        pieces.push(piece.prop("textContent").await.unwrap().unwrap_or_default());
    }
    let pieces = pieces.join(" ");
    assert!(pieces.contains("Maria Lopez"), "{pieces}");
    window.says("subject-advice", &reason).await.unwrap();
}

async fn moves_the_words_and_back(window: &Window) {
    window.click("subject-use-neutral").await.unwrap();
    window.gone("subject-finding").await.unwrap();
    window.find("subject-moved").await.unwrap();
    window.screenshot(&results_dir().join("subject-rewritten.png")).await.unwrap();
    let neutral = value(window, "subject-input").await;
    assert!(!neutral.is_empty());
    for word in ["Maria", "Lopez", "biopsy"] {
        assert!(!neutral.contains(word), "{neutral}");
    }
    let body = value(window, "body-input").await;
    assert!(body.starts_with(SUBJECT) && body.ends_with(BODY), "{body}");
    window.click("subject-undo-neutral").await.unwrap();
    window.find("subject-finding").await.unwrap();
    assert_eq!(value(window, "subject-input").await, SUBJECT);
    assert_eq!(value(window, "body-input").await, BODY);
}

async fn asks_for_a_reason(practice: &Practice, window: &Window) {
    window.says("composer-send-why", "a reason is asked").await.unwrap();
    window.click("composer-send").await.unwrap();
    window.find("reason-dialog").await.unwrap();
    window.click("reason-cancel").await.unwrap();
    window.gone("reason-dialog").await.unwrap();
    // Nothing was taken over: the composer is still there, and the outbox is empty.
    window.find("composer").await.unwrap();
    let queued = window.attribute("place-outbox", "data-count").await.unwrap();
    assert!(matches!(queued.as_deref(), None | Some("0")), "{queued:?}");
    assert_eq!(practice.provider.count(COLLEAGUE, "INBOX").unwrap(), 0);

    window.click("composer-send").await.unwrap();
    window.click("reason-recipientNeedsIt").await.unwrap();
    window.click("reason-submit").await.unwrap();
    window.gone("composer").await.unwrap();
    let (stored, opened) = practice.colleague_gets(BODY);
    assert_eq!(mime::read(&opened.content).subject, SUBJECT);
    assert!(!stored.text().contains("Lopez"), "the real subject stays inside");
    practice.is_sent(window).await;
    window.click("place-audit").await.unwrap();
    window.find_css("[data-testid=audit-row][data-kind*=override i]").await.unwrap();
    let log = window.text("audit").await.unwrap();
    assert!(!log.contains("Lopez") && !log.contains("biopsy"), "{log}");
}

async fn is_refused(window: &Window) {
    window.has("composer-send", "aria-disabled", "true").await.unwrap();
    window.screenshot(&results_dir().join("subject-blocked.png")).await.unwrap();
    assert!(window.find_within("subject-keep", Duration::ZERO).await.is_err());
    let why = window.text("composer-send-why").await.unwrap();
    assert!(why.len() > 20, "{why:?}");
    window.click("subject-use-neutral").await.unwrap();
    window.has("composer-send", "aria-disabled", "false").await.unwrap();
}
