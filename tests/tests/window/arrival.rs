//! Mail that comes while the program is busy with mail.

use wardmail_tests::Clinician;

use crate::practice::Practice;

/// How long the program takes, each time, from looking at the inbox to waiting for news.
const BUSY: (&str, &str) = ("FAILPOINTS", "engine::sync::before_waiting=sleep(3000)");

#[tokio::test]
async fn what_arrives_between_a_look_and_the_wait_is_not_left_until_the_next_round() {
    let Some(practice) = Practice::open(|_| {}) else { return };
    let window = practice.window_with(&[BUSY]).await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    clinician.go_to("folder-inbox").await.unwrap();
    practice.colleague_writes("alder@hospital.example", "Alder", "The word is alder.");
    clinician.sees_messages(1).await.unwrap();
    // The look at the inbox that brought the first is over, and the wait for news has not begun.
    practice.colleague_writes("birch@hospital.example", "Birch", "The word is birch.");
    clinician.sees_messages(2).await.unwrap();
    window.close().await.unwrap();
}
