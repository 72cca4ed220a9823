//! Every kind of event, on a real mailbox: recorded in the transaction of what it tells of, so that what can't be recorded
//! is not done; but reading and locking go on, and the gap is told.

use wardmail_api::{
    MessageId, OutboxId,
    audit::{AuditFormat, AuditSignature},
    compose::{CancelOutbox, OverrideReason, RetryOutbox, Send, SettleOutbox},
    incident::{DescribeIncident, Incident, IncidentReport, IncidentStatement},
    keys::{GenerateKey, ImportCertificates, ListCertificates, SetTrust, Trust},
    mail::{OpenMessage, SaveAttachment, SearchMessages},
    session::{ChangePassphrase, LockReason},
    settings::SetIdleLock,
    words::incident::sections,
};
use wardmail_audit::{Count, EventKind, Outcome, Record};
use wardmail_store::{self as store, DeliveryState, DraftContent, DraftKind, OutboxState};

use crate::{
    audit_log,
    door::Answer as _,
    error::Error,
    outbox,
    testing::{Desk, MEI, PASSPHRASE, PRIYA, attestation, certificate, secret},
    tools::KnownOutside,
};

const NEEDLE: &str = "qzxqneedlewort";

fn is_refused<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::AuditUnavailable(_)))
}

/// A draft of Mei's to Priya, as saved.
async fn draft(desk: &Desk, subject: &str) -> wardmail_api::DraftId {
    let mut content = DraftContent::new(DraftKind::New);
    content.to = vec![store::Address { name: String::new(), address: PRIYA.to_owned() }];
    subject.clone_into(&mut content.subject);
    content.body = format!("The word is {NEEDLE}.\n");
    let session = desk.session().await;
    let id = session.write(move |dao| Ok(dao.save_draft(None, &content, 1)?)).await.unwrap();
    wardmail_api::DraftId(id.get())
}

fn sending(draft: wardmail_api::DraftId, reason: Option<OverrideReason>) -> Send {
    Send { draft, revision: None, reason, answered: None, note: None }
}

async fn queue(desk: &Desk) -> OutboxId {
    let draft = draft(desk, "Scheduling").await;
    desk.ask(sending(draft, None)).await.unwrap().id
}

async fn outbox_states(desk: &Desk) -> Vec<OutboxState> {
    let read = |dao: &store::ReadDao<'_>| Ok(dao.outbox()?.iter().map(|e| e.state).collect());
    desk.session().await.read(read).await.unwrap()
}

/// A message as it was sealed for the outbox: for Priya and for Mei herself.
async fn sealed(desk: &Desk) -> Vec<u8> {
    let id = store::OutboxId::new(queue(desk).await.0);
    let read = move |dao: &store::ReadDao<'_>| {
        let group = dao.delivery_groups(id)?.remove(0);
        Ok(dao.group_bytes(group.id)?)
    };
    desk.session().await.read(read).await.unwrap()
}

fn letter_with_file() -> Vec<u8> {
    format!(
        "From: {PRIYA}\r\nTo: {MEI}\r\nSubject: {NEEDLE} visit\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         {NEEDLE} body\r\n--b\r\nContent-Type: text/plain; name={NEEDLE}.txt\r\n\
         Content-Disposition: attachment; filename={NEEDLE}.txt\r\n\r\n{NEEDLE} file\r\n--b--\r\n"
    )
    .into_bytes()
}

fn search(query: &str) -> SearchMessages {
    SearchMessages { query: query.to_owned(), before: None, limit: 10 }
}

#[tokio::test]
async fn profile_and_unlock_are_the_first_entries_and_signed() {
    let desk = Desk::new().await;
    let log = desk.log().await;
    let kinds: Vec<_> = log.iter().map(|r| r.event().kind()).collect();
    assert_eq!(kinds[..2], [EventKind::ProfileCreated, EventKind::Unlock]);
    let verdict = audit_log::verify(&*desk.session().await, KnownOutside::default()).await.unwrap();
    assert_eq!((verdict.intact, verdict.signature), (true, AuditSignature::Signed));
    assert_eq!(verdict.signed_to, Some(log.len() as u64));
    desk.done();
}

#[tokio::test]
async fn key_change() {
    let desk = Desk::at_work().await;
    let before = desk.session().await.keys().await.own.len();
    assert!(is_refused(&desk.unrecorded(desk.ask(GenerateKey {})).await));
    assert_eq!(desk.session().await.keys().await.own.len(), before);
    let (done, events) = desk.recorded(desk.ask(GenerateKey {})).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::KeyChange, Outcome::Success)]);
    desk.done();
}

#[tokio::test]
async fn certificate_change() {
    let desk = Desk::at_work().await;
    let import = || ImportCertificates { armored: certificate("dana@clinic.example") };
    assert!(is_refused(&desk.unrecorded(desk.ask(import())).await));
    assert_eq!(desk.ask(ListCertificates {}).await.unwrap().len(), 1);
    let (done, events) = desk.recorded(desk.ask(import())).await;
    assert_eq!(events, [(EventKind::CertChange, Outcome::Success)]);

    let fingerprint = done.unwrap().remove(0).fingerprint;
    let reject = || SetTrust { fingerprint: fingerprint.clone(), trust: Trust::Rejected };
    assert!(is_refused(&desk.unrecorded(desk.ask(reject())).await));
    let trusted = |views: Vec<wardmail_api::keys::CertificateView>| {
        views.iter().all(|view| view.trust != Trust::Rejected)
    };
    assert!(trusted(desk.ask(ListCertificates {}).await.unwrap()));
    let (done, events) = desk.recorded(desk.ask(reject())).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::CertChange, Outcome::Success)]);
    assert!(!trusted(desk.ask(ListCertificates {}).await.unwrap()));
    desk.done();
}

#[tokio::test]
async fn policy_change() {
    let desk = Desk::new().await;
    assert!(is_refused(&desk.unrecorded(desk.ask(SetIdleLock { seconds: 60 })).await));
    let settings = desk.ask(wardmail_api::settings::GetSettings {}).await.unwrap();
    assert_eq!(settings.idle_seconds, 600);
    let (done, events) = desk.recorded(desk.ask(SetIdleLock { seconds: 60 })).await;
    assert_eq!(done.unwrap().idle_seconds, 60);
    assert_eq!(events, [(EventKind::PolicyChange, Outcome::Success)]);
    desk.done();
}

#[tokio::test]
async fn provider_attested() {
    let desk = Desk::new().await;
    assert!(is_refused(&desk.unrecorded(desk.ask(attestation())).await));
    let attested = || async {
        desk.session().await.read(crate::provider::attestation).await.unwrap().is_some()
    };
    assert!(!attested().await);
    let (done, events) = desk.recorded(desk.ask(attestation())).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::ProviderAttested, Outcome::Success)]);
    assert!(attested().await);
    desk.done();
}

#[tokio::test]
async fn send_decision_and_override() {
    let desk = Desk::at_work().await;
    let subject = format!("About SSN 536-22-8145 {NEEDLE}");
    let id = draft(&desk, &subject).await;
    let send = || sending(id, Some(OverrideReason::PatientAsked));
    assert!(is_refused(&desk.unrecorded(desk.ask(send())).await));
    assert!(outbox_states(&desk).await.is_empty());
    let (done, events) = desk.recorded(desk.ask(send())).await;
    let queued = done.unwrap();
    assert_eq!(
        events,
        [(EventKind::SendDecision, Outcome::Success), (EventKind::Override, Outcome::Success)]
    );

    let cancel = || CancelOutbox { id: queued.id };
    assert!(is_refused(&desk.unrecorded(desk.ask(cancel())).await));
    assert_eq!(outbox_states(&desk).await, [OutboxState::Queued]);
    let (done, events) = desk.recorded(desk.ask(cancel())).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::SendDecision, Outcome::Refused)]);

    // A refusal is recorded too, and one that can't be is a refusal all the same.
    let id = draft(&desk, &subject).await;
    let plain = || sending(id, None);
    assert!(is_refused(&desk.unrecorded(desk.ask(plain())).await));
    let (done, events) = desk.recorded(desk.ask(plain())).await;
    assert!(done.is_err());
    assert_eq!(events, [(EventKind::SendDecision, Outcome::Refused)]);
    desk.done();
}

/// Makes a submission look as if the program had been killed while it was handed over.
async fn interrupt(desk: &Desk) -> OutboxId {
    let id = queue(desk).await;
    let outbox = store::OutboxId::new(id.0);
    desk.session()
        .await
        .write(move |dao| {
            let group = dao.delivery_groups(outbox)?.remove(0).id;
            dao.claim_due_outbox(i64::MAX)?;
            Ok(dao.set_group(group, DeliveryState::Sending, "", 1)?)
        })
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn send() {
    let desk = Desk::at_work().await;
    let id = interrupt(&desk).await;
    let session = desk.session().await;
    assert!(is_refused(&desk.unrecorded(outbox::recover(&session)).await));
    assert_eq!(outbox_states(&desk).await, [OutboxState::Sending]);
    let (done, events) = desk.recorded(outbox::recover(&session)).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::Send, Outcome::Uncertain)]);
    assert_eq!(outbox_states(&desk).await, [OutboxState::Uncertain]);

    let retry = || RetryOutbox { id };
    assert!(desk.ask(retry()).await.is_err(), "what may have arrived is not sent again unasked");
    let settle = || SettleOutbox { id, arrived: true };
    assert!(is_refused(&desk.unrecorded(desk.ask(settle())).await));
    assert_eq!(outbox_states(&desk).await, [OutboxState::Uncertain]);
    let (done, events) = desk.recorded(desk.ask(settle())).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::Send, Outcome::Success)]);
    assert!(is_refused(&desk.unrecorded(desk.ask(retry())).await));
    let (done, events) = desk.recorded(desk.ask(retry())).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::SendDecision, Outcome::Success)]);
    desk.done();
}

#[tokio::test]
async fn save_attachment() {
    let desk = Desk::at_work().await;
    let id = desk.receive(letter_with_file()).await;
    let part = desk.ask(OpenMessage { id }).await.unwrap().attachments[0].part;
    let path = desk.folder.path().join("saved.txt");
    let save = || desk.engine.save_attachment(SaveAttachment { id, part }, path.clone());
    assert!(desk.unrecorded(save()).await.is_err());
    assert!(!path.exists());
    let (done, events) = desk.recorded(save()).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::SaveAttachment, Outcome::Success)]);
    assert!(path.exists());
    desk.done();
}

#[tokio::test]
async fn export() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("log.jsonl");
    let export = || desk.engine.export_audit_to(AuditFormat::Jsonl, path.clone());
    assert!(desk.unrecorded(export()).await.is_err());
    assert!(!path.exists());
    let (done, events) = desk.recorded(export()).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::Export, Outcome::Success)]);
    assert!(path.exists());
    // What fails after it was recorded is told as failed.
    let nowhere = desk.folder.path().join("nowhere/log.jsonl");
    let (done, events) =
        desk.recorded(desk.engine.export_audit_to(AuditFormat::Jsonl, nowhere)).await;
    assert!(done.is_err());
    assert_eq!(
        events,
        [(EventKind::Export, Outcome::Success), (EventKind::Export, Outcome::Failure)]
    );
    desk.done();
}

#[tokio::test]
async fn access_change() {
    let desk = Desk::new().await;
    let new = "another otter sails 31 quiet charts";
    let change = || ChangePassphrase { current: secret(PASSPHRASE), new: secret(new), pin: None };
    assert!(is_refused(&desk.unrecorded(change().answer(&desk.engine)).await));
    desk.engine.lock(LockReason::Asked).await;
    assert!(desk.unlock(new).await.is_err());
    desk.unlock(PASSPHRASE).await.unwrap();
    let (done, events) = desk.recorded(change().answer(&desk.engine)).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::AccessChange, Outcome::Success)]);
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(new).await.unwrap();
    let (refused, events) = desk.recorded(change().answer(&desk.engine)).await;
    assert!(refused.is_err(), "the old one is no longer right");
    assert_eq!(events.last(), Some(&(EventKind::AccessChange, Outcome::Failure)));
    desk.done();
}

#[tokio::test]
async fn a_failed_unlock_is_kept_until_it_can_be_recorded() {
    let desk = Desk::new().await;
    let failed = || async {
        let log = desk.log().await;
        log.iter().filter(|r| r.event().kind() == EventKind::UnlockFailed).count()
    };
    desk.engine.lock(LockReason::Asked).await;
    assert!(desk.unlock("wrong").await.is_err());
    desk.unrecorded(desk.unlock(PASSPHRASE)).await.unwrap();
    assert_eq!(failed().await, 0);
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(PASSPHRASE).await.unwrap();
    assert_eq!(failed().await, 1);
    desk.done();
}

/// Opens the message and says what was recorded.
async fn opened(desk: &Desk, id: MessageId) -> Vec<(EventKind, Outcome)> {
    let (done, events) = desk.recorded(desk.ask(OpenMessage { id })).await;
    done.unwrap();
    events
}

#[tokio::test]
async fn a_message_that_is_opened_is_one_event() {
    let desk = Desk::at_work().await;
    let plain = desk.receive(letter_with_file()).await;
    assert_eq!(opened(&desk, plain).await, [(EventKind::View, Outcome::Success)]);
    let mut bytes = sealed(&desk).await;
    let whole = desk.receive(bytes.clone()).await;
    assert_eq!(opened(&desk, whole).await, [(EventKind::Decrypt, Outcome::Success)]);
    // Within the sealed data: another letter of the armor.
    let at = bytes.len() * 2 / 3;
    let at = (at..bytes.len()).find(|at| bytes[*at].is_ascii_lowercase()).unwrap();
    bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
    let damaged = desk.receive(bytes).await;
    assert_eq!(opened(&desk, damaged).await, [(EventKind::DecryptFailed, Outcome::Failure)]);
    desk.done();
}

#[tokio::test]
async fn reading_goes_on_without_a_log_and_the_gap_is_told() {
    let desk = Desk::at_work().await;
    let id = desk.receive(letter_with_file()).await;
    let session = desk.session().await;
    let read = desk.unrecorded(async {
        let shown = desk.ask(OpenMessage { id }).await?;
        let found = desk.ask(search(NEEDLE)).await?;
        Ok::<_, Error>((shown.text, found.rows.len()))
    });
    let (text, found) = read.await.unwrap();
    assert!(text.contains(NEEDLE) && found == 1);
    // What could not be recorded didn't change the mailbox either.
    let id = store::MessageId::new(id.0);
    let row = session.read(move |dao| Ok(dao.message_row(id)?)).await.unwrap();
    assert!(!row.flags.seen);

    let (done, events) = desk.recorded(desk.ask(search(NEEDLE))).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::Gap, Outcome::Failure), (EventKind::Search, Outcome::Success)]);
    let log = desk.log().await;
    let gap = log.iter().find(|record| record.event().kind() == EventKind::Gap).unwrap();
    assert_eq!(gap.event().counts().get(&Count::Missing), Some(&2));
    assert!(audit_log::verify(&session, KnownOutside::default()).await.unwrap().intact);
    desk.done();
}

#[tokio::test]
async fn locking_goes_on_without_a_log() {
    let desk = Desk::new().await;
    desk.unrecorded(desk.engine.lock(LockReason::Idle)).await;
    assert!(matches!(desk.engine.session().await, Err(Error::Locked)));
    desk.unlock(PASSPHRASE).await.unwrap();
    let log = desk.log().await;
    let last: Vec<_> = log.iter().rev().take(2).map(Record::event).collect();
    // The unlock tells that the lock before it is missing.
    assert_eq!((last[0].kind(), last[1].kind()), (EventKind::Unlock, EventKind::Gap));
    assert_eq!(last[1].counts().get(&Count::Missing), Some(&1));
    let ((), events) = desk
        .recorded(async {
            desk.engine.lock(LockReason::Idle).await;
            desk.unlock(PASSPHRASE).await.unwrap();
        })
        .await;
    assert_eq!(
        events,
        [(EventKind::Lock, Outcome::Success), (EventKind::Unlock, Outcome::Success)]
    );
    desk.done();
}

/// The signing key changes with every session, and the log's fingerprint stays.
#[tokio::test]
async fn the_signing_key_evolves_and_the_fingerprint_stays() {
    let desk = Desk::new().await;
    let signer = || async {
        desk.session().await.read(|dao| Ok(dao.audit_signer()?.unwrap())).await.unwrap()
    };
    let verify = || async {
        audit_log::verify(&*desk.session().await, KnownOutside::default()).await.unwrap()
    };
    let (first, key) = (signer().await, verify().await.key.unwrap());
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(PASSPHRASE).await.unwrap();
    let second = signer().await;
    assert_eq!(second.epoch, first.epoch + 2, "one signature at the lock, one at the unlock");
    assert_ne!(second.secret, first.secret);
    let verdict = verify().await;
    assert_eq!((verdict.intact, verdict.key.as_deref()), (true, Some(&*key)));
    let pinned = async |key: &str| {
        let mut outside = KnownOutside::default();
        outside.key(key).unwrap();
        audit_log::verify(&*desk.session().await, outside).await.unwrap()
    };
    assert!(pinned(&key).await.intact);
    let verdict = pinned(&"ab".repeat(32)).await;
    assert_eq!(verdict.first_bad.unwrap().1, "audit.foreign_key");
    desk.done();
}

/// Every text that a person or a message can bring in has the needle; no form of the log has it.
#[tokio::test]
async fn no_form_of_the_log_holds_a_word_of_mail() {
    let desk = Desk::at_work().await;
    let id = desk.receive(letter_with_file()).await;
    desk.ask(OpenMessage { id }).await.unwrap();
    desk.ask(search(NEEDLE)).await.unwrap();
    let armored = certificate(&format!("{NEEDLE}@clinic.example"));
    desk.ask(ImportCertificates { armored }).await.unwrap();
    let mut provider = attestation();
    provider.provider = NEEDLE.to_owned();
    desk.ask(provider).await.unwrap();
    let draft = draft(&desk, &format!("About SSN 536-22-8145 {NEEDLE}")).await;
    let mut send = sending(draft, Some(OverrideReason::Other));
    send.note = Some(NEEDLE.to_owned());
    desk.ask(send).await.unwrap();
    for format in [AuditFormat::Jsonl, AuditFormat::Csv, AuditFormat::Syslog, AuditFormat::Fhir] {
        let path = desk.folder.path().join(format.ending());
        let entries = desk.engine.export_audit_to(format, path.clone()).await.unwrap();
        assert_eq!(entries, desk.log().await.len() as u64);
        let text = std::fs::read_to_string(path).unwrap().to_lowercase();
        assert!(text.lines().count() as u64 >= entries);
        for word in [NEEDLE, "8145", "priya", "mei.chen", "hospital", "clinic", "provider.example"]
        {
            assert!(!text.contains(word), "{word} in {format:?}");
        }
    }
    desk.done();
}

/// A whole lost computer on a real mailbox: the files are there, hold what they must, and their making is recorded.
#[tokio::test]
async fn an_incident_report_is_recorded_and_written_or_neither() {
    let desk = Desk::at_work().await;
    let id = desk.receive(letter_with_file()).await;
    desk.ask(OpenMessage { id }).await.unwrap();
    let statement = IncidentStatement {
        incident: Incident::LostComputer { last_seen: Some(crate::clock::now_ms()) },
        discovered: "2026-11-21".to_owned(),
        individuals: None,
    };
    let path = desk.folder.path().join("report.pdf");
    let save = || Box::pin(desk.engine.save_incident(statement.clone(), path.clone()));
    assert!(desk.unrecorded(save()).await.is_err());
    assert!(!path.exists() && !path.with_extension("json").exists());
    let (done, events) = desk.recorded(save()).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::Export, Outcome::Success)]);
    assert!(std::fs::read(&path).unwrap().starts_with(b"%PDF-"));
    let json = std::fs::read(path.with_extension("json")).unwrap();
    let report: IncidentReport = serde_json::from_slice(&json).unwrap();
    assert_eq!((report.holdings.messages, report.holdings.with_text), (1, 1));
    assert_eq!((report.people.len(), &*report.people[0].address), (1, PRIYA));
    assert_eq!(report.limits.outer_limit, "2027-01-20");
    assert_eq!(report.last_seen.unwrap().open, Some(true));
    assert!(report.audit.intact && !report.protection.needs_keyring);
    let head = desk.log().await.last().unwrap().head();
    assert_eq!(report.audit.head, Some(crate::tools::hex(&head.hash)));
    desk.done();
}

#[tokio::test]
async fn a_message_to_the_wrong_person_is_described_and_nothing_concluded() {
    let desk = Desk::at_work().await;
    let draft = draft(&desk, "About SSN 536-22-8145").await;
    let sent = sending(draft, Some(OverrideReason::PatientAsked));
    let message = desk.ask(sent).await.unwrap().id;
    let statement = IncidentStatement {
        incident: Incident::WrongRecipient { message, wrong: vec![PRIYA.to_uppercase()] },
        discovered: "2026-11-21".to_owned(),
        individuals: Some(1),
    };
    let report = DescribeIncident { statement }.answer(&desk.engine).await.unwrap();
    let sent = report.message.clone().unwrap();
    assert!(sent.subject_findings && !sent.findings.is_empty());
    assert_eq!(sent.readers.len(), 1);
    assert!(sent.readers[0].wrong && sent.readers[0].fingerprint.is_some());
    assert!(report.entries.iter().any(|entry| entry.contains("A warning was overridden")));
    let said = format!("{:?}", sections(&report, &crate::show_moment)).to_lowercase();
    assert!(said.contains("to be assessed by a person"));
    for conclusion in ["no breach", "not a breach", "low probability"] {
        assert!(!said.contains(conclusion), "{conclusion}");
    }
    desk.done();
}
