//! The date is set back while the mailbox is open: it locks when nobody used it for the time that policy gives, all the same.

use serde_json::json;
use wardmail_tests::Clinician;
use wardmail_tests::clinician::PASSPHRASE;

use crate::practice::{Practice, is_locked, page_of};

/// The library that tells a program the date that a file says, and leaves the clocks alone that count from the boot.
const LIBRARY: &str = "/usr/$LIB/faketime/libfaketime.so.1";

#[tokio::test]
async fn a_date_that_is_set_back_does_not_put_the_lock_off() {
    let shortest = |policy: &mut serde_json::Value| policy["lock"] = json!({ "idleSeconds": 30 });
    let Some(mut practice) = Practice::open(shortest) else { return };
    practice.session.preload(LIBRARY);
    let date = practice.session.write_readonly("date", b"+0").unwrap();
    let window = practice
        .window_with(&[
            ("FAKETIME_TIMESTAMP_FILE", date.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ])
        .await;
    Clinician::at(&window).begin_profile(PASSPHRASE).await.unwrap();
    let page = page_of(&window);
    let year = || async {
        let script = "return new Date().getFullYear()";
        window.driver().execute(script, vec![]).await.unwrap().json().as_i64().unwrap()
    };
    let before = year().await;
    std::fs::write(&date, "-3650d").unwrap();
    // Leap days make ten years longer than this: near their end the year is only nine back.
    assert!(year().await < before - 8, "the window believes it");
    is_locked(&window, page).await;
    window.says("unlock-reason", "nobody used it for a while").await.unwrap();
    window.close().await.unwrap();
}
