//! The thin thread: what is typed here is read by gpg, and what gpg writes is read here.

use std::time::Duration;

use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::{Clinician, Window};

use crate::mime;
use crate::practice::{LONG, Practice, at_once, bare, paste};

/// One exchange of mail; every word in it differs from the other's.
struct Exchange {
    subject: &'static str,
    body: &'static str,
    file: (&'static str, &'static [u8]),
    answer_subject: &'static str,
    answer: &'static str,
}

const FIRST: Exchange = Exchange {
    subject: "Follow-up on Thursday",
    body: "Dear Priya, could you send me the settings of the pump? \u{201c}Basal 0.8\u{201d} can't be right. Grüße, Mei",
    file: ("levels.csv", b"hour,level\r\n6,4.1\r\n12,5.0\r\n"),
    answer_subject: "Settings of the pump",
    answer: "Basal is 1.2 since Tuesday, and the bolus is unchanged.",
};

const SECOND: Exchange = Exchange {
    subject: "Room for the meeting",
    body: "Shall we meet in room 7 instead? The projector there works.",
    file: ("plan \u{e9}t\u{e9}.txt", b"First floor, then left.\n"),
    answer_subject: "Re: room",
    answer: "Room 7 it is; I bring the slides.",
};

#[tokio::test]
async fn gpg_decrypts_and_verifies_what_was_typed_and_sent_in_the_window() {
    let Some(practice) = Practice::open(at_once) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let signer = window.attribute("own-key", "data-fingerprint").await.unwrap().unwrap();
    for (number, exchange) in [FIRST, SECOND].iter().enumerate() {
        there(&practice, &window, exchange, &bare(&signer)).await;
        back(&practice, &window, exchange, number).await;
    }
    window.close().await.unwrap();
}

/// From the window to gpg.
async fn there(practice: &Practice, window: &Window, exchange: &Exchange, signer: &str) {
    write(practice, window, exchange).await;
    Clinician::at(window).send().await.unwrap();
    let (stored, opened) = practice.colleague_gets(exchange.subject);
    practice.is_sent(window).await;

    let outside = stored.text();
    assert!(outside.contains("\r\nSubject: [...]\r\n"), "{outside}");
    for secret in [exchange.subject, "pump", "room 7", exchange.file.0] {
        assert!(!outside.contains(secret), "{secret} is readable outside");
    }
    assert_eq!(opened.signer.as_deref(), Some(signer));
    let inside = mime::read(&opened.content);
    assert_eq!(inside.subject, exchange.subject);
    assert_eq!(inside.text.trim_end(), exchange.body);
    assert_eq!(inside.files, [(exchange.file.0.to_owned(), exchange.file.1.to_vec())]);

    let id = mime::read(&stored.raw).id;
    let sent = practice.provider.wait_for(OWNER, "Sent", LONG, |copy| copy.text().contains(&id));
    let sent = sent.unwrap();
    assert!(sent.flags.contains("\\Seen"), "{}", sent.flags);
    assert!(!sent.text().contains(exchange.subject));
}

/// Writes the message as a person does: the recipient is known, and chosen from what is offered.
async fn write(practice: &Practice, window: &Window, exchange: &Exchange) {
    window.click("new-message").await.unwrap();
    window.type_into("to-input", "pri").await.unwrap();
    let offered = format!("[data-testid=recipient-suggestion][data-address=\"{COLLEAGUE}\"]");
    window.find_css(&offered).await.unwrap();
    window.type_into("to-input", "\u{e015}\u{e007}").await.unwrap();
    window.type_into("subject-input", exchange.subject).await.unwrap();
    paste(window, "body-input", exchange.body).await;
    let dir = practice.session.make_dir("files").unwrap();
    let file = dir.join(exchange.file.0);
    std::fs::write(&file, exchange.file.1).unwrap();
    practice.answer_dialogs(&file);
    window.click("composer-attach").await.unwrap();
    window.has("composer-attachment", "data-name", exchange.file.0).await.unwrap();
    Clinician::at(window).plan_is(COLLEAGUE, "sealed").await.unwrap();
}

/// From gpg to the window.
async fn back(practice: &Practice, window: &Window, exchange: &Exchange, number: usize) {
    let clinician = Clinician::at(window);
    practice.colleague_writes(
        &format!("answer-{number}@hospital.example"),
        exchange.answer_subject,
        exchange.answer,
    );
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message(exchange.answer_subject).await.unwrap();
    window.says("reader-text", exchange.answer).await.unwrap();
    assert_eq!(window.text("reader-subject").await.unwrap(), exchange.answer_subject);
    window.has("reader-security", "data-tone", "safe").await.unwrap();
    let line = window.text("reader-security").await.unwrap();
    assert!(line.contains("Only you and Priya Raman can read this"), "{line}");
    assert!(line.contains("Signed by Priya Raman, whose key you have checked."), "{line}");
    window.click("reader-details").await.unwrap();
    let technical = window.text("reader-technical").await.unwrap();
    assert!(bare(&technical).contains(practice.colleague.fingerprint()), "{technical}");
    assert!(window.find_within("reader-warning", Duration::ZERO).await.is_err());
}
