//! The computer goes to sleep, and the session is locked: logind says so, and waits with sleep until the mailbox is closed.

use std::fs;

use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{Clinician, Window};

use crate::practice::{Practice, is_locked, page_of, process};

#[tokio::test]
async fn the_computer_sleeps_only_after_the_mailbox_was_closed() {
    let Some(practice) = Practice::open(|_| {}) else { return };
    let login = practice.session.mock_login().unwrap();
    let bus = practice.session.system_bus().unwrap();
    let window = practice.window_with(&[bus]).await;
    let clinician = Clinician::at(&window);
    practice.set_up(&window).await;
    let delay = login.delay().unwrap();
    let program = process(&window, "wardmail").unwrap();
    assert!(has_mailbox_open(program), "what is looked for is found");
    let page = page_of(&window);
    login.sleep(true).unwrap();
    delay.wait_released().unwrap();
    // From here on the computer sleeps.
    assert!(!has_mailbox_open(program));
    assert!(!fs::exists(format!("/proc/{page}")).unwrap(), "the page's process has ended");
    login.sleep(false).unwrap();
    is_locked(&window, page).await;
    window.says("unlock-reason", "before the computer went to sleep").await.unwrap();

    // The program that started anew has asked to be waited for, too.
    locks_with_the_session(&window, clinician, &login).await;
    window.close().await.unwrap();
}

async fn locks_with_the_session(
    window: &Window,
    clinician: Clinician<'_>,
    login: &wardmail_tests::MockLogin,
) {
    let _delay = login.delay().unwrap();
    clinician.unlock(PASSPHRASE).await.unwrap();
    let page = page_of(window);
    login.lock().unwrap();
    is_locked(window, page).await;
    window.says("unlock-reason", "It locked with the screen.").await.unwrap();
}

/// Whether a process holds the mailbox file, or one beside it.
fn has_mailbox_open(pid: u32) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    open.flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .any(|path| path.to_string_lossy().contains("/mailbox.db"))
}
