//! What was copied out of the window: there to be pasted, and gone after the time that policy gives it and at lock.

use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;
use wardmail_tests::clinic::COLLEAGUE;
use wardmail_tests::clinician::{Message, PASSPHRASE};
use wardmail_tests::{Clinician, Copier, Window, until_true};

use crate::practice::{LONG, Practice, is_locked, page_of, value};

const COPIED: &str = "The biopsy of the invented Mr. Ngata is in.";

const CLEARED_AFTER: Duration = Duration::from_secs(5);

fn short_time(policy: &mut serde_json::Value) {
    policy["clipboard"] = json!({ "clearSeconds": CLEARED_AFTER.as_secs() });
}

#[tokio::test]
async fn what_was_copied_does_not_outlive_its_time_or_the_lock() {
    let Some(practice) = Practice::open(short_time) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    let other = practice.session.copier().unwrap();
    let draft = Message { to: &[COLLEAGUE], subject: "Draft", body: COPIED };
    clinician.write(draft).await.unwrap();

    copy(&window, &other).await;
    let gone = || Ok(other.read("CLIPBOARD")?.is_none());
    until_true("the clipboard to be cleared by itself", LONG, gone).unwrap();

    // The selection that the middle button pastes, too.
    copy(&window, &other).await;
    let page = page_of(&window);
    window.press_lock().await;
    is_locked(&window, page).await;
    for selection in ["CLIPBOARD", "PRIMARY"] {
        assert_eq!(other.read(selection).unwrap(), None, "{selection}");
    }

    // What another program has copied since then is not ours to clear.
    clinician.unlock(PASSPHRASE).await.unwrap();
    window.find("composer").await.unwrap();
    assert_eq!(value(&window, "body-input").await, COPIED);
    copy(&window, &other).await;
    other.take("CLIPBOARD").unwrap();
    let page = page_of(&window);
    window.press_lock().await;
    is_locked(&window, page).await;
    assert!(other.has("CLIPBOARD").unwrap());
    window.close().await.unwrap();
}

/// Copies the text as a person does, and finds it in the clipboard.
async fn copy(window: &Window, other: &Copier) {
    window.click("body-input").await.unwrap();
    let copied = async || {
        window.press(Key::Control + "a").await?;
        window.press(Key::Control + "c").await?;
        let found = || Ok(other.read("CLIPBOARD")?.is_some_and(|text| text == COPIED));
        // On a slow machine its time may be over before the first look: then it is copied once more.
        Ok(until_true("the text in the clipboard", 2 * CLEARED_AFTER, found).is_ok())
    };
    window.wait_until("a copy to be read in its time", LONG, copied).await.unwrap();
}
