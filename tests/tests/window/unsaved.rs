//! The disk is full: what was typed last can't be saved. Whoever leaves the draft is asked first, and what locks by itself
//! locks.

use std::time::{Duration, Instant};

use thirtyfour::Key;
use wardmail_tests::clinic::COLLEAGUE;
use wardmail_tests::clinician::{Message, PASSPHRASE};
use wardmail_tests::{Clinician, Volume, Window, results_dir, until_true};

use crate::practice::{LONG, Practice, is_locked, page_of, process, value};

const BEGUN: &str = "Dear Priya, ";
const LAST: &str = "typed when the disk was full.";
/// The program waits no longer than three seconds for a page that doesn't answer.
const FAREWELL: Duration = Duration::from_secs(5);

#[tokio::test]
async fn words_that_cannot_be_saved_go_only_when_their_owner_says_so() {
    let Some(practice) = Practice::open(|_| ()) else { return };
    let volume = Volume::at(&practice.session.home().join("small"), "48m").unwrap();
    let profile = volume.path().join("profile");
    let here = [("WARDMAIL_PROFILE", profile.to_str().unwrap())];
    let window = practice.window_with(&here).await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    let draft = Message { to: &[COLLEAGUE], subject: "Draft", body: BEGUN };
    clinician.write(draft).await.unwrap();
    type_in_vain(&window, &volume).await;

    closing_the_draft_asks(&window).await;
    another_draft_asks(&window).await;
    locking_asks(&window).await;
    closing_the_window_asks(&window).await;

    // There is space again: it is saved by itself, and nobody is asked.
    volume.free().unwrap();
    clinician.draft_is_saved().await.unwrap();
    press_escape(&window).await;
    window.gone("composer").await.unwrap();
    assert_eq!(window.all("unsaved").await.unwrap().len(), 0);
    window.click("place-drafts").await.unwrap();
    window.click("draft-open").await.unwrap();
    assert_eq!(value(&window, "body-input").await, format!("{BEGUN}{LAST}"));

    the_screen_locks_without_asking(&practice, &window, &volume).await;
    given_up_is_given_up(&window, &volume).await;
    window.kill();
}

/// The disk is full from here on, and something more is typed.
async fn type_in_vain(window: &Window, volume: &Volume) {
    volume.fill(0).unwrap();
    window.type_into("body-input", LAST).await.unwrap();
    window.has("composer-saved", "data-state", "failed").await.unwrap();
}

async fn press_escape(window: &Window) {
    window.type_into("body-input", &Key::Escape.value().to_string()).await.unwrap();
}

/// The question is there, and the key that comes to hand first loses nothing.
async fn is_asked(window: &Window, when: &str) {
    window.says("unsaved", "The last words are not saved").await.unwrap();
    window.says("unsaved", "The disk is full").await.unwrap();
    window.says("unsaved", when).await.unwrap();
    let focused = window.driver().active_element().await.unwrap();
    assert_eq!(focused.attr("data-testid").await.unwrap().as_deref(), Some("unsaved-keep"));
}

async fn everything_is_still_there(window: &Window) {
    window.gone("unsaved").await.unwrap();
    window.find("composer").await.unwrap();
    assert_eq!(value(window, "body-input").await, format!("{BEGUN}{LAST}"));
}

async fn closing_the_draft_asks(window: &Window) {
    press_escape(window).await;
    is_asked(window, "if the draft is closed now").await;
    window.screenshot(&results_dir().join("unsaved.png")).await.unwrap();
    window.press(Key::Enter + "").await.unwrap();
    everything_is_still_there(window).await;
}

async fn another_draft_asks(window: &Window) {
    let draft = window.attribute("composer", "data-draft").await.unwrap();
    window.click("new-message").await.unwrap();
    is_asked(window, "if the draft is closed now").await;
    window.click("unsaved-keep").await.unwrap();
    everything_is_still_there(window).await;
    assert_eq!(window.attribute("composer", "data-draft").await.unwrap(), draft);
}

async fn locking_asks(window: &Window) {
    window.click("lock-now").await.unwrap();
    is_asked(window, "if Wardmail locks now").await;
    window.press(Key::Escape + "").await.unwrap();
    everything_is_still_there(window).await;
    window.find("mailbox").await.unwrap();
}

async fn closing_the_window_asks(window: &Window) {
    window.ask_to_close().unwrap();
    let asked = Instant::now();
    is_asked(window, "if Wardmail closes now").await;
    until_true("a page that hangs to be given up", LONG, || Ok(asked.elapsed() > FAREWELL))
        .unwrap();
    window.click("unsaved-keep").await.unwrap();
    everything_is_still_there(window).await;
}

async fn the_screen_locks_without_asking(practice: &Practice, window: &Window, volume: &Volume) {
    type_in_vain(window, volume).await;
    let page = page_of(window);
    practice.lock_screen();
    is_locked(window, page).await;
    window.says("unlock-reason", "It locked with the screen.").await.unwrap();
    volume.free().unwrap();
    Clinician::at(window).unlock(PASSPHRASE).await.unwrap();
    window.find("composer").await.unwrap();
    // What was saved is there; nobody was there to be asked about the rest.
    assert_eq!(value(window, "body-input").await, format!("{BEGUN}{LAST}"));
}

async fn given_up_is_given_up(window: &Window, volume: &Volume) {
    type_in_vain(window, volume).await;
    window.ask_to_close().unwrap();
    is_asked(window, "if Wardmail closes now").await;
    // The driver may not hear of a click that ends what it drives.
    let _ended = window.click("unsaved-leave").await;
    let gone = async || Ok(process(window, "wardmail").is_none());
    window.wait_until("the program to end", LONG, gone).await.unwrap();
}
