//! What drafts take in and give back.

use super::*;
use crate::session::testing;

/// A message with a file of so many bytes, as the mailbox has it.
async fn received(session: &Session, file: u64) -> MessageId {
    let head = "From: p@hospital.example\r\nSubject: Scan\r\nMIME-Version: 1.0\r\n\
        Content-Type: application/pdf; name=scan.pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\n\r\n";
    let mut raw = head.as_bytes().to_vec();
    raw.resize(raw.len() + usize::try_from(file).unwrap(), b'x');
    let insert = move |dao: &mut store::WriteDao<'_>| {
        let at = |host: &str| store::Endpoint { host: host.to_owned(), port: 993 };
        let account = dao.insert_account(&store::AccountSettings {
            label: String::new(),
            address: "mei@clinic.example".to_owned(),
            display_name: "Mei".to_owned(),
            imap: at("imap.clinic.example"),
            smtp: at("smtp.clinic.example"),
            username: "mei".to_owned(),
            secret_sealed: Vec::new(),
        })?;
        let folder = dao.upsert_folder(&store::NewFolder {
            account,
            name: "INBOX".to_owned(),
            wire_name: "INBOX".to_owned(),
            role: store::FolderRole::Inbox,
        })?;
        let message = store::NewMessage {
            uid: 1,
            date_ms: 1,
            received_ms: 1,
            from: store::Address::default(),
            recipients: String::new(),
            subject: String::new(),
            message_id: String::new(),
            in_reply_to: String::new(),
            references: Vec::new(),
            flags: store::Flags::default(),
            has_attachments: true,
            security: store::Security::Plain,
            size: 1,
            void_after_ms: None,
        };
        let ids = dao.insert_headers(folder, &[message], store::Placement::Newest)?;
        let derived = store::Derived::default();
        dao.store_body(ids[0], store::Body { raw: &raw, derived: &derived })?;
        Ok(MessageId(ids[0].get()))
    };
    session.write(insert).await.unwrap()
}

#[tokio::test]
async fn a_forwarded_message_brings_no_more_files_than_can_be_attached() {
    for (size, fits) in [(1000, true), (ATTACHMENT_BYTES + 1, false)] {
        let (_dir, session) = testing::open().await;
        let of = Some(received(&session, size).await);
        let forwarded = NewDraft { kind: DraftKind::Forward, of }.answer_in(&session).await;
        match forwarded {
            Ok(draft) => assert!(fits && draft.attachments[0].size == size),
            Err(error) => assert!(!fits && matches!(error, Error::TooLarge), "{error}"),
        }
        let left = session.read(|dao| Ok(dao.drafts()?.len())).await.unwrap();
        assert_eq!(left, usize::from(fits));
    }
}

#[test]
fn only_what_lacks_a_key_asks_for_one() {
    assert_eq!(unreadable_code(Unreadable::KeyMissing), ErrorCode::NotDecryptable);
    assert_eq!(unreadable_code(Unreadable::Damaged), ErrorCode::MessageDamaged);
}

#[test]
fn what_is_typed_comes_back_as_it_was_meant() {
    let typed = [
        "Dr. Mei Chen <mei@clinic.example>",
        "\"Chen, Mei\" <mei@clinic.example>",
        "not an address",
    ];
    let typed: Vec<String> = typed.iter().map(|&t| t.to_owned()).collect();
    let again = stored_to_typed(&typed_to_stored(&typed));
    assert_eq!(typed_to_stored(&again), typed_to_stored(&typed));
    assert_eq!(again.last().map(String::as_str), Some("not an address"));
}
