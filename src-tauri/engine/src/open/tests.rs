//! Files that did not arrive whole: it is said beside them, and in the log.

use wardmail_api::{
    MessageId,
    audit::{AuditFilter, ListAudit},
    mail::{AttachmentView, OpenMessage, SaveAttachment, Warning},
};

use crate::testing::{Desk, MEI, PRIYA};

/// Two files; the message ends as it is told.
fn letter(second: &str, end: &str) -> Vec<u8> {
    let file = |name: &str, body: &str| {
        format!(
            "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename={name}\r\n\r\n{body}"
        )
    };
    format!(
        "From: {PRIYA}\r\nTo: {MEI}\r\nSubject: Two files\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee both.\r\n{}\r\n{}{end}",
        file("first.pdf", "JVBERi0x"),
        file("second.pdf", second),
    )
    .into_bytes()
}

async fn files(desk: &Desk, id: MessageId) -> Vec<AttachmentView> {
    desk.ask(OpenMessage { id }).await.unwrap().attachments
}

#[tokio::test]
async fn a_file_that_did_not_arrive_whole_says_so() {
    const END: &str = "\r\n--b--\r\n";
    let desk = Desk::at_work().await;
    for (second, end, damaged) in [
        ("JVBERi0xLjcKJQ==", END, false),
        ("JVBERi0xLjcK", END, false),
        ("JVBERi0xLjc", END, true),
        ("JVBERi0xLjcKJQ==JVBE", END, true),
        ("JVBERi0x*jcK", END, true),
        // The message was cut, in the middle of the file.
        ("JVBERi0xLjcK", "", true),
    ] {
        let id = desk.receive(letter(second, end)).await;
        let said: Vec<bool> = files(&desk, id).await.iter().map(|file| file.damaged).collect();
        assert_eq!(said, [false, damaged], "{second}{end}");
    }
    desk.done();
}

#[tokio::test]
async fn what_is_saved_of_a_damaged_file_is_recorded_as_that() {
    let desk = Desk::at_work().await;
    let id = desk.receive(letter("JVBERi0xLjcK", "")).await;
    let view = desk.ask(OpenMessage { id }).await.unwrap();
    assert!(view.warnings.contains(&Warning::Malformed));
    for file in &view.attachments {
        let request = SaveAttachment { id, part: file.part };
        desk.engine.save_attachment(request, desk.folder.path().join(&file.name)).await.unwrap();
    }
    let saved = std::fs::read(desk.folder.path().join("second.pdf")).unwrap();
    assert_eq!(saved, b"%PDF-1.7\n", "what is there");
    let request = ListAudit { before: None, limit: 10, filter: AuditFilter::default() };
    let rows = desk.ask(request).await.unwrap().rows;
    let sentences: Vec<&str> = rows.iter().map(|row| row.sentence.as_str()).take(2).collect();
    assert_eq!(
        sentences,
        [
            "A file that had not arrived whole was saved outside the mailbox",
            "A file was saved outside the mailbox"
        ]
    );
    desk.done();
}
