//! What goes wrong at set-up: each gives its sentence at its place, and nothing is kept.

use std::path::{Path, PathBuf};

use wardmail_tests::clinic::OWNER;
use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{
    Certificate, Clinician, Keyring, Settings, User, Window, results_dir, until_true,
};

use crate::practice::{LONG, Practice};

#[tokio::test]
async fn without_a_keyring_no_profile_is_made() {
    for (keyring, code, words) in [
        (Keyring::Missing, "keyring_absent", "This computer has no keyring service running."),
        (Keyring::Locked, "keyring_locked", "The keyring of this computer is locked."),
    ] {
        let Some(mut practice) = Practice::with(Settings::default(), keyring, |_| ()) else {
            return;
        };
        let window = practice.window().await;
        window.has("setup-keyring-trouble", "data-code", code).await.unwrap();
        window.says("setup-keyring-trouble", words).await.unwrap();
        window.type_into("setup-passphrase", PASSPHRASE).await.unwrap();
        window.type_into("setup-passphrase-again", PASSPHRASE).await.unwrap();
        assert!(!window.find("setup-begin").await.unwrap().is_enabled().await.unwrap());
        assert_eq!(window.all("setup-passphrase-only").await.unwrap().len(), 0);
        // What keeps a second program out is there, and nothing of a profile.
        assert_eq!(names(&profile(&practice)), ["profile.lock"]);

        practice.session.unlock_keyring().unwrap();
        window.click("setup-keyring-retry").await.unwrap();
        window.gone("setup-keyring-trouble").await.unwrap();
        window.close().await.unwrap();
    }
}

#[tokio::test]
async fn an_account_that_fails_its_test_is_not_kept() {
    let Some(practice) = Practice::open(|_| ()) else { return };
    let window = practice.window().await;
    let clinician = Clinician::at(&window);
    clinician.begin_profile(PASSPHRASE).await.unwrap();
    let owner = practice.provider.user(OWNER).unwrap();
    let wrong = User { password: "not-the-password".to_owned(), ..owner.clone() };
    submit(&window, &practice, &wrong).await;
    fails_at(&window, "imapLogin", &["provider", "imapConnect", "imapTls"]).await;
    says(&window, "imapLogin", "password").await;
    // After a correction the same page goes on.
    clinician.add_account(owner, &practice.provider).await.unwrap();
    window.has("setup", "data-step", "key").await.unwrap();
    until_true("Dovecot to log the login", LONG, || Ok(has_logged_in(&practice))).unwrap();
    window.close().await.unwrap();
}

#[tokio::test]
async fn servers_that_prove_nothing_get_no_password() {
    for (certificate, words) in [
        (Certificate::SelfSigned, "certificate"),
        (Certificate::WrongHost, "certificate"),
        (Certificate::Expired, "certificate"),
    ] {
        let settings = Settings { certificate, ..Settings::default() };
        let Some(practice) = Practice::with(settings, Keyring::Unlocked, |_| ()) else { return };
        let window = practice.window().await;
        Clinician::at(&window).begin_profile(PASSPHRASE).await.unwrap();
        submit(&window, &practice, practice.provider.user(OWNER).unwrap()).await;
        fails_at(&window, "imapTls", &["provider", "imapConnect"]).await;
        says(&window, "imapTls", words).await;
        assert!(!has_logged_in(&practice), "the password was given to an unproven server");
        window.close().await.unwrap();
    }
}

async fn submit(window: &Window, practice: &Practice, user: &User) {
    let provider = &practice.provider;
    let (imap, smtp) = (provider.imaps_port(), provider.submissions_port());
    let clinician = Clinician::at(window);
    clinician.fill_in_account(user, provider.host(), imap, smtp).await.unwrap();
    window.click("account-submit").await.unwrap();
    window.has("probe", "data-ok", "false").await.unwrap();
}

/// The steps before went well, this one failed with a code, and set-up stays where it is.
async fn fails_at(window: &Window, step: &str, before: &[&str]) {
    for done in before {
        window.has(&format!("probe-{done}"), "data-state", "ok").await.unwrap();
    }
    let step = format!("probe-{step}");
    window.has(&step, "data-state", "failed").await.unwrap();
    assert!(window.attribute(&step, "data-code").await.unwrap().is_some());
    window.has("setup", "data-step", "account").await.unwrap();
}

async fn says(window: &Window, step: &str, words: &str) {
    let said = window.text(&format!("probe-{step}")).await.unwrap();
    assert!(said.to_lowercase().contains(words), "{said}");
}

/// Whether Dovecot has let anybody in, as its log says.
fn has_logged_in(practice: &Practice) -> bool {
    let log = practice.provider.dir().join("log/dovecot.log");
    std::fs::read_to_string(log).unwrap().contains("imap-login: Info: Login:")
}

/// Where the profile lies, once there is one.
fn profile(practice: &Practice) -> PathBuf {
    practice.session.home().join(".local/wardmail")
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn a_damaged_mailbox_is_kept_aside_and_a_new_one_can_be_made() {
    let Some(practice) = Practice::open(|_| ()) else { return };
    let window = practice.window().await;
    Clinician::at(&window).begin_profile(PASSPHRASE).await.unwrap();
    window.find("setup").await.unwrap();
    window.close().await.unwrap();

    let profile = profile(&practice);
    let mailbox = profile.join("mailbox.db");
    let mut damaged = std::fs::read(&mailbox).unwrap();
    damaged[2000] ^= 1;
    std::fs::write(&mailbox, &damaged).unwrap();
    let window = practice.window().await;
    let clinician = Clinician::at(&window);
    clinician.try_passphrase(PASSPHRASE).await.unwrap();
    window.has("error", "data-code", "mailbox_corrupt").await.unwrap();
    window.click("set-aside").await.unwrap();
    window.says("set-aside-question", "nothing of them is deleted").await.unwrap();
    window.screenshot(&results_dir().join("set-aside.png")).await.unwrap();
    window.click("set-aside-not").await.unwrap();
    window.gone("set-aside-question").await.unwrap();
    assert!(mailbox.exists());
    window.click("set-aside").await.unwrap();
    window.click("set-aside-go").await.unwrap();
    window.find("setup-restore").await.unwrap();
    let kept = names(&profile).into_iter().find(|name| name.starts_with("set-aside-")).unwrap();
    assert_eq!(std::fs::read(profile.join(kept).join("mailbox.db")).unwrap(), damaged);
    clinician.begin_profile(PASSPHRASE).await.unwrap();
    window.close().await.unwrap();
}
