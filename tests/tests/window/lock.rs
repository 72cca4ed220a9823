//! Locking: nothing readable stays behind, nothing is sent or fetched, and work that was begun comes back.

use std::time::{Duration, Instant};

use serde_json::json;
use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::clinician::{Message, PASSPHRASE};
use wardmail_tests::{Clinician, Window, until_true};

use crate::memory;
use crate::practice::{LONG, Practice, is_locked, letter, name_of, page_of, process, value};

/// 32 bytes that are nowhere but in one message's sealed text.
const MARKER: &str = "q7Hh2mZr0Vx9LtYc4Nw8Ks1Jd6Fb3PgE";
const DRAFT: &str = "This draft was not finished when the window was locked.";
const WAITING: &str = "This one waits in the undo window.";
/// A test has to lock within it after sending, and then waits for its end.
const UNDO: Duration = Duration::from_secs(35);

fn undo(policy: &mut serde_json::Value) {
    policy["send"] = json!({ "undoSeconds": UNDO.as_secs() });
}

#[tokio::test]
async fn lock_leaves_nothing_in_memory_and_the_draft_comes_back() {
    let Some(practice) = Practice::open(undo) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    // So far down that no list shows it, because what the driver is told of lies in memory too.
    let lines = "A quiet night.\n".repeat(40);
    let body = format!("{lines}{MARKER}\n{lines}");
    practice.colleague_writes("marker@hospital.example", "Sealed note", &body);
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Sealed note").await.unwrap();
    shows_the_end_of_it(&window).await;
    let program = process(&window, "wardmail").unwrap();
    let page = page_of(&window);
    for secret in [MARKER, PASSPHRASE] {
        let found = memory::count(program, secret) + memory::count(page, secret);
        assert!(found > 0, "what is there is found: {secret}");
    }

    let draft = Message { to: &[COLLEAGUE], subject: "Draft", body: DRAFT };
    clinician.write(draft).await.unwrap();
    window.press_lock().await;
    is_locked(&window, page).await;
    window.says("unlock-reason", "You locked it.").await.unwrap();
    assert_eq!(process(&window, "wardmail"), Some(program), "it starts anew in its own place");
    // The driver isn't the program's: it has typed what it was told to.
    for pid in window.pids().unwrap().into_iter().filter(|pid| name_of(*pid) != "WebKitWebDriver") {
        for secret in [MARKER, PASSPHRASE, DRAFT] {
            assert_eq!(memory::count(pid, secret), 0, "{secret} is in {}", name_of(pid));
        }
    }

    clinician.try_passphrase("wrong horse battery 4411 staple").await.unwrap();
    window.has("error", "data-code", "wrong_passphrase").await.unwrap();
    window.says("error", "That passphrase does not open this mailbox.").await.unwrap();
    clinician.unlock(PASSPHRASE).await.unwrap();
    window.find("composer").await.unwrap();
    assert_eq!(value(&window, "body-input").await, DRAFT);
    assert_eq!(value(&window, "subject-input").await, "Draft");
    window.close().await.unwrap();
}

/// The reader shows the marker; the driver hears only that it does.
async fn shows_the_end_of_it(window: &Window) {
    const SHOWN: &str = "return /^q7Hh.*PgE$/m.test(arguments[0].innerText)";
    let shown = async || {
        let text = window.find("reader-text").await?.to_json()?;
        Ok(window.driver().execute(SHOWN, vec![text]).await?.json() == true)
    };
    window.wait_until("the end of the message", LONG, shown).await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_or_fetched_while_locked() {
    let Some(practice) = Practice::open(undo) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    clinician.go_to("folder-inbox").await.unwrap();
    send_one(&window).await;
    let sent = Instant::now();
    window.click("lock-now").await.unwrap();
    window.click("lock-waiting-stay").await.unwrap();
    window.gone("lock-waiting").await.unwrap();
    window.find("mailbox").await.unwrap();
    window.click("lock-now").await.unwrap();
    let page = page_of(&window);
    window.click_that_locks("lock-waiting-lock").await.unwrap();
    is_locked(&window, page).await;
    window.says("unlock-waiting-messages", "1 message waits in the outbox").await.unwrap();

    let away = || Ok(sessions(&practice) == 0);
    until_true("the connections to be closed", LONG, away).unwrap();
    let plain = letter("later@hospital.example", "While it was locked", "Hello.").plain();
    practice.provider.deliver(COLLEAGUE, OWNER, &plain).unwrap();
    let due = || Ok(sent.elapsed() > UNDO + Duration::from_secs(2));
    until_true("the message to be due", LONG, due).unwrap();
    assert_eq!(practice.provider.count(COLLEAGUE, "INBOX").unwrap(), 0);
    assert_eq!(sessions(&practice), 0);

    clinician.unlock(PASSPHRASE).await.unwrap();
    practice.colleague_gets(WAITING);
    clinician.row("While it was locked").await.unwrap();
    clinician.outbox_is("sent").await.unwrap();
    assert_eq!(practice.provider.count(COLLEAGUE, "INBOX").unwrap(), 1);

    crash(&window).await;
    window.close().await.unwrap();
    idle(&practice).await;
}

/// The page's process dies: what it showed can't be trusted any more.
async fn crash(window: &Window) {
    let program = process(window, "wardmail").unwrap();
    let page = page_of(window);
    let pid = rustix::process::Pid::from_raw(i32::try_from(page).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    is_locked(window, page).await;
    window.says("unlock-reason", "Its window failed").await.unwrap();
    assert_eq!(process(window, "wardmail"), Some(program), "the program itself goes on");
    Clinician::at(window).unlock(PASSPHRASE).await.unwrap();
}

/// Nobody touches anything for as long as the policy allows.
async fn idle(practice: &Practice) {
    let mut policy = practice.provider.policy();
    policy["serial"] = json!(2);
    policy["lock"] = json!({ "idleSeconds": 30 });
    policy["send"] = json!({ "undoSeconds": 120 });
    practice.session.install_policy(&policy).unwrap();
    let window = practice.window().await;
    Clinician::at(&window).unlock(PASSPHRASE).await.unwrap();
    send_one(&window).await;
    window.find("lock-soon").await.unwrap();
    is_locked(&window, page_of(&window)).await;
    window.says("unlock-reason", "nobody used it for a while").await.unwrap();
    window.says("unlock-waiting-messages", "1 message waits in the outbox").await.unwrap();
    assert_eq!(practice.provider.count(COLLEAGUE, "INBOX").unwrap(), 1);
    window.close().await.unwrap();
}

async fn send_one(window: &Window) {
    let clinician = Clinician::at(window);
    let message = Message { to: &[COLLEAGUE], subject: "Waits", body: WAITING };
    clinician.write(message).await.unwrap();
    clinician.plan_is(COLLEAGUE, "sealed").await.unwrap();
    clinician.send().await.unwrap();
}

/// How many connections of the owner's Dovecot has.
fn sessions(practice: &Practice) -> usize {
    let said = practice.provider.doveadm(&["-f", "tab", "who", "-1", OWNER]).unwrap();
    String::from_utf8(said).unwrap().lines().skip(1).count()
}

/// A desktop tells of its screen lock on the session's bus; the draft in hand is saved first.
#[tokio::test]
async fn the_mailbox_locks_with_the_screen() {
    let Some(practice) = Practice::open(undo) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    let page = page_of(&window);
    let draft = Message { to: &[COLLEAGUE], subject: "Draft", body: DRAFT };
    clinician.write(draft).await.unwrap();
    practice.lock_screen();
    is_locked(&window, page).await;
    window.says("unlock-reason", "It locked with the screen.").await.unwrap();
    clinician.unlock(PASSPHRASE).await.unwrap();
    window.find("composer").await.unwrap();
    assert_eq!(value(&window, "body-input").await, DRAFT);
    window.close().await.unwrap();
}
