//! Deleting on a real mailbox: recorded in the transaction of the deletion, or not done.

use wardmail_api::{
    ErrorCode,
    keeping::{DeleteMessages, KeepMessages, SetExpiry, UndoDelete},
    mail::OpenMessage,
};
use wardmail_audit::{EventKind, Outcome};

use super::*;
use crate::testing::Desk;

fn raw(word: &str) -> Vec<u8> {
    format!("From: a@b.example\r\nSubject: x\r\n\r\nThe word is {word}.\r\n").into_bytes()
}

fn is_unrecorded<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::AuditUnavailable(_)))
}

#[tokio::test]
async fn what_cannot_be_recorded_is_neither_deleted_nor_taken_back_nor_kept() {
    let desk = Desk::at_work().await;
    let id = desk.receive(raw("alder")).await;
    let ids = vec![id];
    let refused = desk.unrecorded(desk.ask(DeleteMessages { ids: ids.clone() })).await;
    assert!(is_unrecorded(&refused));
    let refused = desk.unrecorded(desk.ask(KeepMessages { ids: ids.clone(), keep: true })).await;
    assert!(is_unrecorded(&refused));
    let refused = desk.unrecorded(desk.ask(SetExpiry { ids: ids.clone(), days: Some(3) })).await;
    assert!(is_unrecorded(&refused));
    let shown = desk.ask(OpenMessage { id }).await.unwrap();
    assert!(!shown.kept && shown.expires.is_none());

    let (deleted, events) = desk.recorded(desk.ask(DeleteMessages { ids: ids.clone() })).await;
    assert_eq!(deleted.unwrap().messages, 1);
    assert_eq!(events, [(EventKind::Delete, Outcome::Success)]);
    assert!(matches!(desk.ask(OpenMessage { id }).await, Err(Error::NotFound)));
    let again = desk.ask(DeleteMessages { ids: ids.clone() }).await;
    assert!(matches!(again, Err(Error::NotFound)));
    let refused = desk.unrecorded(desk.ask(UndoDelete { ids: ids.clone() })).await;
    assert!(is_unrecorded(&refused));
    assert!(desk.ask(OpenMessage { id }).await.is_err(), "deleted still");
    let (back, events) = desk.recorded(desk.ask(UndoDelete { ids })).await;
    back.unwrap();
    assert_eq!(events, [(EventKind::Delete, Outcome::Success)]);
    assert!(desk.ask(OpenMessage { id }).await.is_ok());
    desk.done();
}

#[tokio::test]
async fn a_deletion_that_cannot_be_recorded_is_not_finished() {
    let desk = Desk::at_work().await;
    let id = desk.receive(raw("alder")).await;
    let session = desk.session().await;
    let removed = desk.unrecorded(async {
        let store_id = store::MessageId::new(id.0);
        session.write(move |dao| Ok(dao.delete_until(&[store_id], 0)?)).await.unwrap();
        retention::finish_deletions(&session).await
    });
    assert!(is_unrecorded(&removed.await));
    let store_id = store::MessageId::new(id.0);
    assert!(
        session.read(move |dao| Ok(dao.has_body(store_id)?)).await.unwrap(),
        "all of it is there"
    );
    let (swept, events) = desk.recorded(retention::run(&session)).await;
    assert_eq!(swept.unwrap().deleted, 1);
    assert_eq!(events, [(EventKind::Delete, Outcome::Success)]);
    assert!(session.read(move |dao| Ok(dao.message_row(store_id)?)).await.is_err());
    desk.done();
}

#[tokio::test]
async fn a_kept_message_is_refused_with_its_reason_and_the_refusal_is_recorded() {
    let desk = Desk::at_work().await;
    let (kept, other) = (desk.receive(raw("alder")).await, desk.receive(raw("birch")).await);
    desk.ask(KeepMessages { ids: vec![kept], keep: true }).await.unwrap();
    let (refused, events) =
        desk.recorded(desk.ask(DeleteMessages { ids: vec![other, kept] })).await;
    assert!(matches!(refused, Err(Error::Stopped(ErrorCode::Kept))));
    assert_eq!(events, [(EventKind::Delete, Outcome::Refused)]);
    assert!(desk.ask(OpenMessage { id: other }).await.is_ok());
    for (ids, days) in [(vec![], Some(1)), (vec![kept], Some(0)), (vec![kept], Some(40_000))] {
        let refused = desk.ask(SetExpiry { ids, days }).await;
        assert!(matches!(refused, Err(Error::InvalidRequest)));
    }
    desk.done();
}
