//! The questions before sending, asked of an open mailbox.

use serde_json::json;
use wardmail_api::{
    ErrorCode, MessageId,
    compose::{
        DraftKind, NewDraft, OverrideReason, PlanVerdict, PlanView, Preflight, SaveDraft, Send,
    },
    keys::ImportCertificates,
    mail::OpenMessage,
    phi::{EncryptionReason, Question},
};
use wardmail_policy::{Concern, PhiAction, Raised};

use crate::{
    error::Error,
    testing::{Desk, PRIYA, certificate},
};

const EVE: &str = "eve@elsewhere.example";
const PHI: &str = "Agatha Lindqvist's biopsy is back.";

/// A mailbox that knows Priya and Eve.
async fn desk() -> Desk {
    let desk = Desk::at_work().await;
    know(&desk, EVE).await;
    desk
}

async fn know(desk: &Desk, address: &str) {
    desk.ask(ImportCertificates { armored: certificate(address) }).await.unwrap();
}

/// A message from Priya.
async fn received(desk: &Desk, text: &str) -> MessageId {
    let raw = format!(
        "From: {PRIYA}\r\nTo: mei.chen@clinic.example\r\nSubject: Consult\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    desk.receive(raw.into_bytes()).await
}

/// The draft of a message to these people.
async fn draft(
    desk: &Desk,
    kind: DraftKind,
    of: Option<MessageId>,
    to: &[&str],
    body: &str,
) -> SaveDraft {
    let draft = desk.ask(NewDraft { kind, of }).await.unwrap();
    let save = SaveDraft {
        id: draft.id,
        to: to.iter().map(|&address| address.to_owned()).collect(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Scheduling".to_owned(),
        body: format!("{body}\n{}", draft.body),
    };
    desk.ask(save.clone()).await.unwrap();
    save
}

async fn plan(
    desk: &Desk,
    kind: DraftKind,
    of: Option<MessageId>,
    to: &[&str],
    body: &str,
) -> PlanView {
    let draft = draft(desk, kind, of, to, body).await.id;
    desk.ask(Preflight { draft }).await.unwrap()
}

async fn forwarded(desk: &Desk, of: MessageId, to: &str) -> PlanView {
    plan(desk, DraftKind::Forward, Some(of), &[to], "As agreed.").await
}

#[tokio::test]
async fn what_is_passed_on_to_a_strangers_organisation_is_asked_about_as_policy_says() {
    let desk = desk().await;
    let (about, other) = (received(&desk, PHI).await, received(&desk, "The room is free.").await);
    for action in ["off", "warn", "justify", "block"] {
        desk.install_policy(&json!({ "phi": { "guardAction": action, "contentAction": "off" } }));
        let seen = forwarded(&desk, about, EVE).await;
        let new = |asked: &[Question]| asked.contains(&Question::NewDomain);
        let expected = match action {
            "off" => (PlanVerdict::Ready, false, false),
            "warn" => (PlanVerdict::Ready, false, true),
            "justify" => (PlanVerdict::NeedsReason, true, false),
            _ => (PlanVerdict::Blocked, true, false),
        };
        assert_eq!((seen.verdict, new(&seen.questions), new(&seen.warnings)), expected, "{action}");
        for (of, to) in [(about, PRIYA), (other, EVE)] {
            let seen = forwarded(&desk, of, to).await;
            assert!(!new(&seen.questions) && !new(&seen.warnings), "{action} {to}");
        }
    }
    desk.done();
}

#[tokio::test]
async fn a_patient_before_many_eyes_is_asked_about() {
    let desk = desk().await;
    let people: Vec<String> = (1..=6).map(|n| format!("nurse{n}@clinic.example")).collect();
    for person in &people {
        know(&desk, person).await;
    }
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let many = async |to: &[&str], body: &str| {
        let seen = plan(&desk, DraftKind::New, None, to, body).await;
        seen.questions.contains(&Question::ManyRecipients)
    };
    assert!(many(&people, PHI).await);
    assert!(!many(&people[..5], PHI).await);
    assert!(!many(&people, "The room is free.").await);
    desk.done();
}

#[tokio::test]
async fn rules_of_the_site_judge_what_came_in_and_new_ones_make_its_mark_stale() {
    let desk = desk().await;
    let site = |pattern: &str| {
        json!({ "phi": { "siteRules": { "rules": [
            { "id": "ours", "pattern": pattern, "category": "mrn", "strength": "strong" },
        ] } } })
    };
    let early = received(&desk, "The room ZQ123456 is free.").await;
    let is_phi = async |of: MessageId| {
        let seen = forwarded(&desk, of, EVE).await;
        seen.questions.contains(&Question::NewDomain)
    };
    assert!(!is_phi(early).await);
    // Not looked at under these rules, so that it counts as PHI; then looked at, and found to be nothing.
    desk.install_policy(&site("XY[0-9]{6}"));
    assert!(is_phi(early).await);
    desk.ask(OpenMessage { id: early }).await.unwrap();
    assert!(!is_phi(early).await);
    desk.install_policy(&site("ZQ[0-9]{6}"));
    let late = received(&desk, "The room ZQ123456 is free.").await;
    assert!(is_phi(late).await);
    desk.done();
}

#[tokio::test]
async fn a_rule_that_came_since_holds_what_was_queued() {
    let desk = desk().await;
    let again = async |subject: &str| {
        super::raised_again(&*desk.session().await, subject, &[]).await.unwrap()
    };
    assert!(again("About ZQ123456").await.is_empty());
    desk.install_policy(&json!({ "phi": { "siteRules": { "rules": [
        { "id": "ours", "pattern": "ZQ[0-9]{6}", "category": "mrn", "action": "block" },
    ] } } }));
    let blocks = Raised { concern: Concern::PhiInSubject, by_rule: Some(PhiAction::Block) };
    assert_eq!(again("About ZQ123456").await, [blocks]);
    assert_eq!(again("Maria Lopez biopsy").await, [Concern::PhiInSubject.into()]);
    desk.done();
}

#[tokio::test]
async fn a_reason_answers_no_question_that_nobody_saw() {
    let desk = desk().await;
    desk.install_policy(&json!({}));
    let body = "Please compare MRN 48291300 with MRN 48291377.";
    let draft = draft(&desk, DraftKind::New, None, &[PRIYA], body).await.id;
    let send = async |answered: Option<&[Question]>| {
        let answered = answered.map(<[Question]>::to_vec);
        let reason = Some(OverrideReason::Urgent);
        desk.ask(Send { draft, revision: None, reason, answered, note: None }).await
    };
    for seen in [&[][..], &[Question::Subject], &[Question::Content, Question::NewDomain]] {
        let refused = send(Some(seen)).await;
        assert!(
            matches!(refused, Err(Error::Stopped(ErrorCode::ReasonNeeded))),
            "{seen:?} {refused:?}"
        );
    }
    let seen = desk.ask(Preflight { draft }).await.unwrap();
    assert_eq!(seen.encryption, EncryptionReason::StrongIdentifier);
    send(Some(&seen.questions)).await.unwrap();
    desk.done();
}
