//! Closing the window, and starting the program a second time.

use serde_json::json;
use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::clinician::{Message, PASSPHRASE};
use wardmail_tests::{Clinician, Window};

use crate::practice::{LONG, Practice, process, value};

const WRITTEN: &str = "Typed a moment before the window was closed.";

#[tokio::test]
async fn closing_keeps_what_was_written_and_asks_about_waiting_mail() {
    let long_undo = |policy: &mut serde_json::Value| policy["send"] = json!({ "undoSeconds": 120 });
    let Some(practice) = Practice::open(long_undo) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    second_start_ends_at_once(&practice, &window);

    let clinician = Clinician::at(&window);
    let draft = Message { to: &[COLLEAGUE], subject: "Draft", body: "Dear Priya, " };
    clinician.write(draft).await.unwrap();
    window.type_into("body-input", WRITTEN).await.unwrap();
    window.ask_to_close().unwrap();
    ends(&window).await;
    window.kill();

    let window = practice.window().await;
    let clinician = Clinician::at(&window);
    clinician.unlock(PASSPHRASE).await.unwrap();
    window.click("place-drafts").await.unwrap();
    window.click("draft-open").await.unwrap();
    assert_eq!(value(&window, "body-input").await, format!("Dear Priya, {WRITTEN}"));
    clinician.plan_is(COLLEAGUE, "sealed").await.unwrap();
    clinician.send().await.unwrap();

    window.ask_to_close().unwrap();
    window.says("lock-waiting", "nothing is sent while Wardmail is closed").await.unwrap();
    window.click("lock-waiting-stay").await.unwrap();
    window.gone("lock-waiting").await.unwrap();
    window.ask_to_close().unwrap();
    // The driver may not hear of a click that ends what it drives.
    let _ended = window.click("lock-waiting-lock").await;
    ends(&window).await;
    window.kill();
    assert_eq!(practice.provider.count(COLLEAGUE, "INBOX").unwrap(), 0);

    let window = practice.window().await;
    Clinician::at(&window).unlock(PASSPHRASE).await.unwrap();
    window.click("place-outbox").await.unwrap();
    window.has("outbox-row", "data-state", "queued").await.unwrap();
    assert_eq!(practice.provider.count(OWNER, "Sent").unwrap(), 0);
    window.close().await.unwrap();
}

/// The same profile again: the first start is brought to the front, and the second ends well.
fn second_start_ends_at_once(practice: &Practice, window: &Window) {
    let first = process(window, "wardmail");
    let program = practice.session.reachable(practice.program()).unwrap();
    let second = practice.session.command(&program).unwrap().output().unwrap();
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    assert_eq!(process(window, "wardmail"), first);
}

async fn ends(window: &Window) {
    let gone = async || Ok(process(window, "wardmail").is_none());
    window.wait_until("the program to end", LONG, gone).await.unwrap();
}
