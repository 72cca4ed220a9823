//! As `tests`, for mail that is read otherwise than in the reader: answered, inspected, described after an incident.

use wardmail_api::{
    MessageId,
    compose::{DraftKind, NewDraft, Send},
    incident::{DescribeIncident, Incident, IncidentStatement},
};
use wardmail_audit::{EventKind, ObjectKind, Outcome};
use wardmail_store::{self as store, DraftContent};

use crate::{
    testing::{Desk, PRIYA},
    tools::InspectWith,
};

const DECRYPT: (EventKind, Outcome) = (EventKind::Decrypt, Outcome::Success);

/// A message of Mei's to Priya in the outbox, and its bytes.
async fn sealed(desk: &Desk) -> (wardmail_api::OutboxId, Vec<u8>) {
    let mut content = DraftContent::new(store::DraftKind::New);
    content.to = vec![store::Address { name: String::new(), address: PRIYA.to_owned() }];
    "Scheduling".clone_into(&mut content.subject);
    "One plum.\n".clone_into(&mut content.body);
    let session = desk.session().await;
    let draft = session.write(move |dao| Ok(dao.save_draft(None, &content, 1)?)).await.unwrap();
    let draft = wardmail_api::DraftId(draft.get());
    let send = Send { draft, revision: None, reason: None, answered: None, note: None };
    let queued = desk.ask(send).await.unwrap().id;
    let id = store::OutboxId::new(queued.0);
    let bytes = session
        .read(move |dao| {
            let group = dao.delivery_groups(id)?.remove(0);
            Ok(dao.group_bytes(group.id)?)
        })
        .await
        .unwrap();
    (queued, bytes)
}

#[tokio::test]
async fn an_answer_reads_its_message_and_names_it() {
    let desk = Desk::at_work().await;
    let (_, bytes) = sealed(&desk).await;
    let of = desk.receive(bytes.clone()).await;
    for kind in [DraftKind::Reply, DraftKind::ReplyAll, DraftKind::Forward] {
        let (draft, events) = desk.recorded(desk.ask(NewDraft { kind, of: Some(of) })).await;
        assert!(draft.unwrap().body.contains("One plum."));
        assert_eq!(events, [DECRYPT]);
    }
    let last = desk.log().await.pop().unwrap();
    let row = store::MessageId::new(of.0);
    let row = desk.session().await.read(move |dao| Ok(dao.message_row(row)?)).await.unwrap();
    let named = last.event().object_id().unwrap();
    assert_eq!(named, (ObjectKind::Message, super::opaque(row.public_id)));
    assert!(!row.flags.seen, "nobody looked at it");

    let (plain, events) = desk
        .recorded(async {
            let raw = b"From: p@hospital.example\r\nSubject: x\r\n\r\nOne.\r\n".to_vec();
            let of: MessageId = desk.receive(raw).await;
            desk.ask(NewDraft { kind: DraftKind::Reply, of: Some(of) }).await
        })
        .await;
    plain.unwrap();
    assert_eq!(events, [(EventKind::View, Outcome::Success)]);
    // A new one reads nothing, and an answer to what can't be read says that it failed.
    let (_, events) = desk.recorded(desk.ask(NewDraft { kind: DraftKind::New, of: None })).await;
    assert_eq!(events, []);
    let mut broken = bytes;
    let at = broken.len() * 2 / 3;
    let at = (at..broken.len()).find(|at| broken[*at].is_ascii_lowercase()).unwrap();
    broken[at] = if broken[at] == b'a' { b'b' } else { b'a' };
    let of = Some(desk.receive(broken).await);
    let (refused, events) = desk.recorded(desk.ask(NewDraft { kind: DraftKind::Reply, of })).await;
    assert!(refused.is_err());
    assert_eq!(events, [(EventKind::DecryptFailed, Outcome::Failure)]);
    desk.done();
}

#[tokio::test]
async fn a_sealed_file_that_is_inspected_is_an_entry() {
    let desk = Desk::at_work().await;
    let (_, bytes) = sealed(&desk).await;
    let inspect = |raw| desk.engine.inspect(raw, InspectWith::default());
    let (seen, events) = desk.recorded(inspect(bytes)).await;
    assert_eq!(seen.unwrap().text, "One plum.\n");
    assert_eq!(events, [DECRYPT]);
    let (_, events) = desk.recorded(inspect(b"Subject: x\r\n\r\ny\r\n".to_vec())).await;
    assert_eq!(events, []);
    desk.done();
}

#[tokio::test]
async fn an_incident_opens_the_message_once_and_a_printed_report_was_taken_out() {
    let desk = Desk::at_work().await;
    let (message, _) = sealed(&desk).await;
    let about = |incident| IncidentStatement {
        incident,
        discovered: "2026-11-21".to_owned(),
        individuals: None,
    };
    let wrong = || about(Incident::WrongRecipient { message, wrong: vec![PRIYA.to_owned()] });
    let lost = || about(Incident::LostComputer { last_seen: None });
    let export = (EventKind::Export, Outcome::Success);

    let describe = |statement| Box::pin(desk.engine.call(DescribeIncident { statement }));
    let (done, events) = desk.recorded(describe(wrong())).await;
    done.unwrap();
    assert_eq!(events, [DECRYPT]);
    let (done, events) = desk.recorded(describe(lost())).await;
    done.unwrap();
    assert_eq!(events, []);

    let path = desk.folder.path().join("report.pdf");
    let save = Box::pin(desk.engine.save_incident(wrong(), path));
    let (done, events) = desk.recorded(save).await;
    done.unwrap();
    assert_eq!(events, [DECRYPT, export]);

    let print = |statement| Box::pin(desk.engine.print_incident(statement));
    assert!(desk.unrecorded(print(lost())).await.is_err());
    let (report, events) = desk.recorded(print(lost())).await;
    assert_eq!(events, [export]);
    let head = desk.log().await.last().unwrap().head();
    assert_eq!(report.unwrap().audit.head, Some(crate::tools::hex(&head.hash)));
    let (done, events) = desk.recorded(print(wrong())).await;
    done.unwrap();
    assert_eq!(events, [DECRYPT, export]);
    desk.done();
}

#[tokio::test]
async fn a_report_is_not_printed_before_the_passphrase_where_policy_wants_it() {
    let desk = Desk::at_work().await;
    desk.install_policy(&serde_json::json!({ "reauth": { "content": true } }));
    desk.session().await.reauth.forget();
    let statement = IncidentStatement {
        incident: Incident::LostComputer { last_seen: None },
        discovered: "2026-11-21".to_owned(),
        individuals: None,
    };
    let refused = Box::pin(desk.engine.print_incident(statement)).await.unwrap_err();
    assert_eq!(refused.code, wardmail_api::ErrorCode::ReauthenticationNeeded);
    desk.done();
}
