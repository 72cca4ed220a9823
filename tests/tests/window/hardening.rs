//! What other programs of the same user can get out of the window's program while the mailbox is open.

use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{Clinician, intruder};

use crate::practice::{Practice, is_locked, page_of, process};

#[tokio::test]
async fn the_programs_memory_is_its_own() {
    let Some(practice) = Practice::open(|_| {}) else { return };
    let window = practice.window().await;
    let clinician = Clinician::at(&window);
    practice.set_up(&window).await;
    is_closed_to_others(process(&window, "wardmail").unwrap());
    // Inherited: of the page's process no core is left either.
    let page = page_of(&window);
    assert_eq!(intruder::limit(page, "Max core file size").unwrap(), "0 0 bytes");

    // The program that starts anew asks the system anew.
    window.click_that_locks("lock-now").await.unwrap();
    is_locked(&window, page).await;
    clinician.unlock(PASSPHRASE).await.unwrap();
    is_closed_to_others(process(&window, "wardmail").unwrap());
    window.close().await.unwrap();
}

/// The mailbox is open: its key is kept from swap, and nobody gets at it.
fn is_closed_to_others(program: u32) {
    assert_eq!(intruder::limit(program, "Max core file size").unwrap(), "0 0 bytes");
    assert!(intruder::status(program, "VmLck").unwrap() > 0, "no key is locked into memory");
    assert_eq!(intruder::ways_into(program).unwrap(), Vec::<String>::new());
}
