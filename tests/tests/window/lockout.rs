//! Wrong passphrases until the lock-out, which outlives the program; and what then still opens the mailbox.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{Clinician, Gpg, Window, results_dir};

use crate::practice::{LONG, Practice};

const WRONG: &str = "wrong horse battery 4411 staple";
const NEXT: &str = "lantern quilt meadow 44 anvil";

/// A long lock-out, so that no slow machine waits it out.
fn soon(policy: &mut serde_json::Value) {
    policy["unlock"] = json!({ "maxFailures": 3, "lockoutSeconds": 86_400 });
}

#[tokio::test]
async fn the_lock_out_outlives_the_program() {
    let Some(practice) = Practice::open(soon) else { return };
    let window = practice.window().await;
    let code = Clinician::at(&window).begin_profile(PASSPHRASE).await.unwrap();
    window.kill();

    let window = practice.window().await;
    let clinician = Clinician::at(&window);
    for left in ["2", "1"] {
        clinician.try_passphrase(WRONG).await.unwrap();
        window.has("error", "data-code", "wrong_passphrase").await.unwrap();
        window.has("unlock-tries-left", "data-tries", left).await.unwrap();
    }
    clinician.try_passphrase(WRONG).await.unwrap();
    is_locked_out(&window, "lock-out").await;
    window.kill();

    let window = practice.window().await;
    is_locked_out(&window, "lock-out-after-a-restart").await;
    // Who has the printed code is let in.
    window.click("unlock-use-recovery").await.unwrap();
    window.paste("recover-code", &code).await.unwrap();
    window.type_into("recover-passphrase", NEXT).await.unwrap();
    window.type_into("recover-passphrase-again", NEXT).await.unwrap();
    window.click("recover-submit").await.unwrap();
    window.find_within("setup", LONG).await.unwrap();
    window.close().await.unwrap();
}

/// Where policy wants it, and the organisation has a way in of its own, the last try is the end of the owner's ways in:
/// announced before, and said after.
#[tokio::test]
async fn the_last_try_ends_the_owners_ways_in_where_policy_wants_it() {
    let officer = Gpg::new("Privacy Officer <privacy@clinic.example>").unwrap();
    let certificate = officer.certificate().unwrap();
    let erasing = |policy: &mut serde_json::Value| {
        policy["unlock"] = json!({ "maxFailures": 3, "afterLockout": "erase" });
        policy["emergency"] = json!({ "certificates": [certificate], "twoPeople": false });
    };
    let Some(practice) = Practice::open(erasing) else { return };
    let window = practice.window().await;
    Clinician::at(&window).begin_profile(PASSPHRASE).await.unwrap();
    window.kill();

    // The organisation's way in is there after an unlock at the latest.
    let window = practice.window().await;
    Clinician::at(&window).try_passphrase(PASSPHRASE).await.unwrap();
    window.find_within("setup", LONG).await.unwrap();
    window.kill();

    let window = practice.window().await;
    let clinician = Clinician::at(&window);
    for left in ["2", "1"] {
        clinician.try_passphrase(WRONG).await.unwrap();
        window.has("unlock-tries-left", "data-tries", left).await.unwrap();
    }
    window.says("unlock-tries-left", "no longer open this mailbox").await.unwrap();
    picture(&window, "last-try").await;
    clinician.try_passphrase(WRONG).await.unwrap();
    window.has("error", "data-code", "access_erased").await.unwrap();
    picture(&window, "ways-in-erased").await;
    window.kill();

    // Nothing is asked for any more, and no wait is promised to end.
    let window = practice.window().await;
    window.has("error", "data-code", "access_erased").await.unwrap();
    for gone in ["unlock-passphrase", "unlock-use-recovery", "unlock-wait"] {
        assert!(window.find_within(gone, Duration::ZERO).await.is_err(), "{gone}");
    }
    assert!(
        practice.session.home().join(".local/wardmail/mailbox.db").exists(),
        "no mail was deleted"
    );
    window.close().await.unwrap();
}

/// It says so, for about a day, and takes no passphrase.
async fn is_locked_out(window: &Window, picture: &str) {
    window.find_within("unlock-wait", LONG).await.unwrap();
    let seconds = window.attribute("unlock-wait", "data-seconds").await.unwrap().unwrap();
    let seconds: u32 = seconds.parse().unwrap();
    assert!((80_000..=86_410).contains(&seconds), "{seconds}");
    let submit = window.find("unlock-submit").await.unwrap();
    assert!(!submit.is_enabled().await.unwrap());
    self::picture(window, picture).await;
}

async fn picture(window: &Window, name: &str) {
    let pictures: PathBuf = results_dir().join("access");
    std::fs::create_dir_all(&pictures).unwrap();
    window.screenshot(&pictures.join(format!("{name}.png"))).await.unwrap();
}
