//! Both ways out on a real mailbox, with a socket in the place of the system's log.

use std::os::unix::net::UnixDatagram;

use serde_json::json;
use wardmail_api::{
    audit::{AuditFilter, ListAudit},
    keys::ImportCertificates,
    session::LockReason,
};
use wardmail_audit::{EventKind, Head, Outcome};
use wardmail_store::{OutboxState, ReadDao};

use super::*;
use crate::{
    audit_log,
    testing::{Desk, MEI, PASSPHRASE, PRIYA, certificate},
    tools::KnownOutside,
};

const OFFICE: &str = "privacy@clinic.example";

/// What stands in the place of the system's log.
fn listen(desk: &Desk) -> UnixDatagram {
    let socket = UnixDatagram::bind(desk.folder.path().join("profile/system-log")).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

/// What it was told since it was last asked.
fn heard(listener: &UnixDatagram) -> Vec<String> {
    let mut bytes = [0; 2048];
    let mut lines = Vec::new();
    while let Ok(length) = listener.recv(&mut bytes) {
        lines.push(String::from_utf8(bytes[..length].to_vec()).unwrap());
    }
    lines
}

/// Whether the log is vouched for by what a text says.
async fn verified(desk: &Desk, text: &str) -> wardmail_api::audit::AuditVerdict {
    let mut outside = KnownOutside::default();
    outside.anchors(text.as_bytes()).unwrap();
    audit_log::verify(&*desk.session().await, outside).await.unwrap()
}

async fn shown(desk: &Desk) -> OutsideView {
    let request = ListAudit { before: None, limit: 1, filter: AuditFilter::default() };
    desk.ask(request).await.unwrap().outside
}

#[tokio::test]
async fn the_system_log_is_told_of_each_signature_and_of_nothing_else() {
    let desk = Desk::at_work().await;
    let listener = listen(&desk);
    desk.engine.lock(LockReason::Asked).await;
    assert_eq!(heard(&listener), Vec::<String>::new(), "nobody asked for it");

    desk.install_policy(&json!({ "audit": { "anchorSyslog": true } }));
    desk.unlock(PASSPHRASE).await.unwrap();
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(PASSPHRASE).await.unwrap();
    let lines = heard(&listener);
    assert_eq!(lines.len(), 3, "an unlock, a lock, an unlock: {lines:#?}");
    for line in &lines {
        assert!(line.starts_with("<109>wardmail: wardmail:anchor:"), "{line}");
        for word in ["mei", "priya", "clinic", "hospital", "@", "/"] {
            assert!(!line.contains(word), "{word} in {line}");
        }
    }
    let log = desk.log().await;
    let unlock = log.iter().rev().find(|r| r.event().kind() == EventKind::Unlock).unwrap();
    let verdict = verified(&desk, &lines.join("\n")).await;
    assert_eq!((verdict.intact, verdict.vouched_to), (true, Some(unlock.seq())));
    assert!(shown(&desk).await.system_log);

    // What was told is another entry than the log has: it was written anew since.
    let (rest, last) = lines[1].split_at(lines[1].len() - 1);
    let told = format!("{rest}{}", if last == "0" { "1" } else { "0" });
    let (seq, found) = verified(&desk, &told).await.first_bad.unwrap();
    assert_eq!((seq, &*found), (unlock.seq() - 1, "audit.rewritten"));
    desk.done();
}

#[tokio::test]
async fn a_signature_is_told_only_once_its_entry_stands() {
    let desk = Desk::new().await;
    let listener = listen(&desk);
    desk.install_policy(&json!({ "audit": { "anchorSyslog": true } }));
    let path = desk.folder.path().join("log.jsonl");
    let export =
        || desk.engine.export_audit_to(wardmail_api::audit::AuditFormat::Jsonl, path.clone());
    assert!(desk.unrecorded(export()).await.is_err());
    assert_eq!(heard(&listener), Vec::<String>::new());
    export().await.unwrap();
    assert_eq!(heard(&listener).len(), 1);
    desk.done();
}

#[tokio::test]
async fn a_system_log_that_does_not_listen_stops_nothing_and_is_recorded_once() {
    let desk = Desk::new().await;
    desk.install_policy(&json!({ "audit": { "anchorSyslog": true } }));
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(PASSPHRASE).await.unwrap();
    tell_system_log(&*desk.session().await).await;
    let told = |log: Vec<wardmail_audit::Record>| {
        let deaf =
            |r: &&wardmail_audit::Record| r.event().error_code() == Some("audit.system_log_deaf");
        log.iter().filter(deaf).count()
    };
    assert_eq!(told(desk.log().await), 1);
    assert!(shown(&desk).await.system_log_deaf);
    // Where it listens again it is told all of this session.
    let listener = listen(&desk);
    tell_system_log(&*desk.session().await).await;
    assert_eq!(heard(&listener).len(), 1);
    assert!(!shown(&desk).await.system_log_deaf);
    desk.done();
}

async fn queued(desk: &Desk) -> Vec<(OutboxState, Vec<u8>)> {
    let read = |dao: &ReadDao<'_>| {
        let mut all = Vec::new();
        for entry in dao.outbox()? {
            let group = dao.delivery_groups(entry.id)?.remove(0);
            assert_eq!(group.recipients, [OFFICE]);
            all.push((entry.state, dao.group_bytes(group.id)?));
        }
        Ok(all)
    };
    desk.session().await.read(read).await.unwrap()
}

#[tokio::test]
async fn the_state_is_mailed_sealed_once_a_day_and_recorded_with_it() {
    let desk = Desk::at_work().await;
    let session = desk.session().await;
    mail_if_due(&session).await.unwrap();
    assert!(queued(&desk).await.is_empty(), "nobody asked for it");
    desk.ask(ImportCertificates { armored: certificate(OFFICE) }).await.unwrap();
    desk.install_policy(&json!({ "audit": { "anchorMail": OFFICE } }));

    let refused = desk.unrecorded(mail_if_due(&session)).await;
    assert!(matches!(refused, Err(Error::AuditUnavailable(_))), "{refused:?}");
    assert!(queued(&desk).await.is_empty());
    assert_eq!(shown(&desk).await.mailed, None);

    let state = desk.log().await.last().unwrap().head();
    let (done, events) = desk.recorded(mail_if_due(&session)).await;
    done.unwrap();
    assert_eq!(
        events,
        [(EventKind::SendDecision, Outcome::Success), (EventKind::AuditNotice, Outcome::Success)]
    );
    let (at, bytes) = queued(&desk).await.remove(0);
    assert_eq!(at, OutboxState::Queued);
    let outer = String::from_utf8(bytes.clone()).unwrap();
    assert!(!outer.contains("wardmail:anchor") && !outer.contains("audit"), "{outer}");
    // The owner's copy, opened: the anchor, its number, and nothing else.
    let text = session.read_message(bytes).await.unwrap().text.to_string();
    let expected = anchor(&desk, state).await;
    assert_eq!(text, format!("Entry {}:\n{expected}\n", state.seq));
    let verdict = verified(&desk, &text).await;
    assert_eq!((verdict.intact, verdict.vouched_to), (true, Some(state.seq)));
    let view = shown(&desk).await;
    assert_eq!((view.mail.as_deref(), view.held), (Some(OFFICE), None));
    assert_eq!(view.mailed.unwrap().1, state.seq);

    let (done, events) = desk.recorded(mail_if_due(&session)).await;
    done.unwrap();
    assert!(events.is_empty() && queued(&desk).await.len() == 1, "once a day");
    desk.done();
}

async fn anchor(desk: &Desk, head: Head) -> Anchor {
    let read = |dao: &ReadDao<'_>| crate::evidence::known_log_id(dao);
    let log = desk.session().await.read(read).await.unwrap().unwrap();
    Anchor { log, head }
}

#[tokio::test]
async fn without_a_certificate_it_is_held_and_said_and_goes_once_there_is_one() {
    let desk = Desk::at_work().await;
    let session = desk.session().await;
    desk.install_policy(&json!({ "audit": { "anchorMail": OFFICE } }));
    for expected in [vec![(EventKind::AuditNotice, Outcome::Refused)], Vec::new()] {
        let (done, events) = desk.recorded(mail_if_due(&session)).await;
        done.unwrap();
        assert_eq!(events, expected, "told once");
    }
    assert!(queued(&desk).await.is_empty());
    let view = shown(&desk).await;
    assert_eq!(view.held, Some(wardmail_api::ErrorCode::RecipientKeyMissing));
    assert_eq!(view.mailed, None);
    desk.ask(ImportCertificates { armored: certificate(OFFICE) }).await.unwrap();
    mail_if_due(&session).await.unwrap();
    assert_eq!(queued(&desk).await.len(), 1);
    assert_eq!(shown(&desk).await.held, None);
    // Nothing of whom it concerns stands in the log.
    for record in desk.log().await {
        let line = record.to_line();
        for word in ["privacy", "clinic", MEI, PRIYA] {
            assert!(!line.contains(word), "{word} in {line}");
        }
    }
    desk.done();
}

#[tokio::test]
async fn nothing_goes_out_where_the_provider_is_not_covered() {
    let desk = Desk::at_work().await;
    desk.ask(ImportCertificates { armored: certificate(OFFICE) }).await.unwrap();
    desk.install_policy(&json!({ "audit": { "anchorMail": OFFICE }, "providers": [] }));
    mail_if_due(&desk.session().await).await.unwrap();
    assert!(queued(&desk).await.is_empty());
    assert_eq!(shown(&desk).await.held, Some(wardmail_api::ErrorCode::ProviderNotCovered));
    desk.done();
}

#[tokio::test]
async fn anchors_of_other_logs_say_nothing_and_those_alone_tell_of_another_log() {
    let desk = Desk::new().await;
    let own = anchor(&desk, desk.log().await.last().unwrap().head()).await;
    let other = Anchor { log: wardmail_audit::OpaqueId::from_random([9; 16]), ..own };
    let later = Head { seq: own.head.seq + 90, hash: [1; 32] };
    let other = Anchor { head: later, ..other };
    let verdict = verified(&desk, &format!("{other}\n{own}\n{other}")).await;
    assert_eq!((verdict.intact, verdict.vouched_to), (true, Some(own.head.seq)));
    let verdict = verified(&desk, &other.to_string()).await;
    assert_eq!(verdict.first_bad.unwrap().1, "audit.foreign_log");
    // The same for an export.
    let path = desk.folder.path().join("log.jsonl");
    let format = wardmail_api::audit::AuditFormat::Jsonl;
    desk.engine.export_audit_to(format, path.clone()).await.unwrap();
    for (text, found) in
        [(format!("{other}\n{own}"), None), (other.to_string(), Some("audit.foreign_log"))]
    {
        let mut outside = KnownOutside::default();
        outside.anchors(text.as_bytes()).unwrap();
        let file = io::BufReader::new(std::fs::File::open(&path).unwrap());
        let verdict = crate::tools::verify_audit_export(file, &outside).unwrap();
        assert_eq!(verdict.first_bad.map(|(_, code)| code).as_deref(), found);
    }
    desk.done();
}
