//! From draft to outbox: the decision, the seal, and one transaction that queues and records it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wardmail_api::{
    AppEvent, ErrorCode, OutboxId,
    compose::{
        CancelOutbox, DraftView, ListOutbox, OutboxRow, OutboxState, OverrideReason, Queued,
        RecipientKind, RetryOutbox, Send, SettleOutbox, UndoSend,
    },
};
use wardmail_audit::{Count, Event, EventKind, ObjectKind, Outcome, Reason, Route};
use wardmail_message::{self as message, Address, Attachment};
use wardmail_policy::{Concern, Raised};
use wardmail_store::{
    self as store, DeliveryState, DraftRevision, NewGroup, NewSubmission, SubmissionStatus,
};

use crate::{
    access::one_time,
    accounts, clock,
    door::InSession,
    drafts::{self, Thread},
    error::Error,
    evidence::opaque,
    letter::{self, Letter},
    lists,
    phi::{self, Files},
    plan::{self, Answer, Decided},
    session::{Keys, Session},
};

/// The longest note beside a reason, in bytes.
const NOTE_BYTES: usize = 4000;

/// What the outbox keeps of a draft: to show it, and to decide again at the moment of sending.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) to: Vec<String>,
    pub(crate) cc: Vec<String>,
    pub(crate) bcc: Vec<String>,
    pub(crate) subject: String,
    /// What had to be answered for when it was queued.
    #[serde(default)]
    pub(crate) raised: Vec<Raised>,
    pub(crate) reason: Option<String>,
    /// What the reason was given for: at the moment of sending it answers nothing that has come up since.
    #[serde(default)]
    pub(crate) answered: Option<Vec<Concern>>,
    /// What the sender added to the reason; never leaves the mailbox.
    #[serde(default)]
    pub(crate) note: Option<String>,
    pub(crate) source: Option<i64>,
    /// Whom it is sealed for, and with which certificate: address and fingerprint.
    #[serde(default)]
    pub(crate) sealed_for: Vec<(String, String)>,
}

impl Snapshot {
    /// Reads what the outbox keeps.
    pub(crate) fn of(entry: &store::OutboxEntry) -> Result<Self, Error> {
        serde_json::from_str(&entry.snapshot).map_err(|_| Error::Internal("snapshot"))
    }

    /// Whether every certificate it is sealed for is still the one that would be used.
    pub(crate) fn is_sealed_as_now(&self, keys: &Keys) -> bool {
        self.sealed_for.iter().all(|(address, fingerprint)| {
            plan::certificate_for(keys, address)
                .is_ok_and(|(certificate, _)| certificate.fingerprint().to_string() == *fingerprint)
        })
    }

    /// The recipients, to decide again.
    pub(crate) fn content(&self) -> store::DraftContent {
        let mut content = store::DraftContent::new(store::DraftKind::New);
        content.to = drafts::typed_to_stored(&self.to);
        content.cc = drafts::typed_to_stored(&self.cc);
        content.bcc = drafts::typed_to_stored(&self.bcc);
        content
    }
}

const fn reason_name(reason: OverrideReason) -> &'static str {
    match reason {
        OverrideReason::NotAPatient => "not_a_patient",
        OverrideReason::Urgent => "urgent",
        OverrideReason::RecipientNeedsIt => "recipient_needs_it",
        OverrideReason::PatientAsked => "patient_asked",
        OverrideReason::Other => "other",
    }
}

const fn audit_reason(reason: OverrideReason) -> Reason {
    match reason {
        OverrideReason::NotAPatient => Reason::NotPhi,
        OverrideReason::Urgent => Reason::Emergency,
        OverrideReason::RecipientNeedsIt => Reason::Treatment,
        OverrideReason::PatientAsked => Reason::PatientRequest,
        OverrideReason::Other => Reason::Other,
    }
}

impl InSession for Send {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Queued, Error> {
        let id = store::DraftId::new(self.draft.0);
        let draft = session.read(move |dao| Ok(dao.draft(id)?)).await?;
        if self.revision.is_some_and(|seen| seen != draft.revision) {
            return Err(Error::Stopped(ErrorCode::DraftChanged));
        }
        let account = accounts::first(session).await?;
        if self.note.as_ref().is_some_and(|note| note.len() > NOTE_BYTES) {
            return Err(Error::TooLarge);
        }
        let reason = self.reason.map(reason_name);
        let typed = plan::typed(&draft.content);
        let found = phi::found(session, &draft, &typed, Files::First).await?;
        let asked: Option<Vec<Concern>> =
            self.answered.map(|asked| asked.into_iter().map(phi::concern).collect());
        let answer = Answer { reason, to: asked.as_deref() };
        let decided = plan::decide(session, &account, typed, &found.raised, answer).await?;
        let name = opaque(draft.public_id);
        let refusal = decided.refusal().or_else(|| one_time::refusal(session, &decided.policy));
        if let Some(refusal) = refusal {
            let event = Event::new(EventKind::SendDecision, Outcome::Refused)
                .object(ObjectKind::Draft, name)
                .route(Route::Blocked);
            session.record(event).await?;
            return Err(refusal);
        }
        let letter = letter(session, &account, &draft, &decided).await?;
        let (sealed, message_id) = seal(session, letter, &decided).await?;
        let snapshot = Snapshot {
            to: drafts::stored_to_typed(&draft.content.to),
            cc: drafts::stored_to_typed(&draft.content.cc),
            bcc: drafts::stored_to_typed(&draft.content.bcc),
            subject: draft.content.subject.clone(),
            raised: found.raised.clone(),
            reason: reason.map(str::to_owned),
            answered: Some(decided.overridden()),
            note: self.note,
            source: draft.content.source.map(store::MessageId::get),
            sealed_for: sealed_for(&decided),
        };
        let now = clock::now_ms();
        let undo_until = now + i64::from(decided.policy.undo_seconds()) * 1000;
        let submission = NewSubmission {
            account: account.id,
            draft: Some(DraftRevision { id, revision: draft.revision }),
            snapshot: serde_json::to_string(&snapshot).map_err(|_| Error::Internal("snapshot"))?,
            message_id,
            not_before_ms: undo_until,
            state: store::OutboxState::Queued,
            reason: String::new(),
            groups: groups(sealed, &account.settings.address),
        };
        let recipients = u64::try_from(decided.typed.len()).unwrap_or(u64::MAX);
        let mut events = vec![
            Event::new(EventKind::SendDecision, Outcome::Success)
                .object(ObjectKind::Draft, name)
                .route(Route::OpenPgp)
                .count(Count::Recipients, recipients),
        ];
        if let (false, Some(reason)) = (decided.overridden().is_empty(), self.reason) {
            events.push(
                Event::new(EventKind::Override, Outcome::Success)
                    .object(ObjectKind::Draft, name)
                    .reason(audit_reason(reason))
                    .count(Count::Findings, found.count()),
            );
        }
        let evidence = session.evidence;
        let queued = session
            .write(move |dao| {
                let queued = match dao.submit(&submission, now) {
                    // What was sealed must be what the draft says when it is queued.
                    Err(store::Error::Conflict) if dao.draft_is_open(id)? => {
                        return Err(Error::Stopped(ErrorCode::DraftChanged));
                    }
                    other => other.map_err(drafts::queued)?,
                };
                for event in events {
                    evidence.record(dao, event)?;
                }
                Ok(queued)
            })
            .await?;
        let id = OutboxId(queued.get());
        session.tell(AppEvent::OutboxChanged { id });
        session.wake_outbox.notify_one();
        Ok(Queued { id, undo_until })
    }
}

/// Whom a message is sealed for, and with which certificate.
pub(crate) fn sealed_for(decided: &Decided) -> Vec<(String, String)> {
    let addresses = decided.typed.iter().filter_map(|typed| typed.address.as_ref());
    addresses
        .filter_map(|address| {
            let (certificate, _) = plan::certificate_for(&decided.keys, &address.email).ok()?;
            Some((address.email.clone(), certificate.fingerprint().to_string()))
        })
        .collect()
}

/// Puts the letter together; every recipient is an address by now.
async fn letter(
    session: &Session,
    account: &store::Account,
    draft: &store::Draft,
    decided: &Decided,
) -> Result<Letter, Error> {
    let id = draft.id;
    let attachments = session
        .read(move |dao| {
            let mut files = Vec::new();
            for file in dao.attachments(id)? {
                let bytes = dao.attachment_bytes(file.id)?;
                files.push(Attachment { file_name: file.name, media_type: file.mime_type, bytes });
            }
            Ok(files)
        })
        .await?;
    let line = |kind: RecipientKind| -> Vec<Address> {
        decided.typed.iter().filter(|t| t.kind == kind).filter_map(|t| t.address.clone()).collect()
    };
    let settings = &account.settings;
    let from = Address::new(Some(&settings.display_name), &settings.address)
        .map_err(|_| Error::InvalidRequest)?;
    let domain = settings.address.rsplit('@').next().unwrap_or_default();
    let thread = Thread::of(&draft.content);
    Ok(Letter {
        from,
        to: line(RecipientKind::To),
        cc: line(RecipientKind::Cc),
        bcc: line(RecipientKind::Bcc),
        subject: draft.content.subject.clone(),
        text: draft.content.body.clone(),
        attachments,
        message_id: message::make_message_id(domain)?,
        in_reply_to: thread.in_reply_to,
        references: thread.references,
    })
}

/// Seals a letter for whom the decision names; gives its Message-ID too.
pub(crate) async fn seal(
    session: &Session,
    letter: Letter,
    decided: &Decided,
) -> Result<(letter::Sealed, String), Error> {
    let keys = Arc::clone(&decided.keys);
    let message_id = letter.message_id.clone();
    let sealed = session
        .cpu(move || {
            let signer = keys.signer().ok_or(Error::OwnKeyMissing)?;
            letter::seal(&letter, signer, |address| {
                let found = plan::certificate_for(&keys, &address.email);
                found.map(|(certificate, _)| certificate).map_err(|_| Error::RecipientKeyMissing)
            })
        })
        .await??;
    Ok((sealed, message_id))
}

/// What is handed over, for the outbox.
pub(crate) fn groups(sealed: letter::Sealed, from: &str) -> Vec<NewGroup> {
    let group = |g: letter::Group| NewGroup {
        envelope_from: from.to_owned(),
        recipients: g.recipients,
        bytes: g.bytes,
    };
    sealed.groups.into_iter().map(group).collect()
}

/// The code that the outbox keeps as a reason.
pub(crate) fn reason_code(slug: &str) -> Option<ErrorCode> {
    ErrorCode::ALL.iter().copied().find(|code| code.slug() == slug)
}

fn row(entry: &store::OutboxEntry, in_sent: bool) -> Result<OutboxRow, Error> {
    let snapshot = Snapshot::of(entry)?;
    let people = drafts::typed_to_stored(&[snapshot.to, snapshot.cc, snapshot.bcc].concat());
    Ok(OutboxRow {
        id: OutboxId(entry.id.get()),
        who: drafts::shown(&people),
        subject: snapshot.subject,
        state: match entry.state {
            store::OutboxState::Queued => OutboxState::Queued,
            store::OutboxState::Held => OutboxState::Held,
            store::OutboxState::Sending => OutboxState::Sending,
            store::OutboxState::Sent => OutboxState::Sent,
            store::OutboxState::Uncertain => OutboxState::Uncertain,
            store::OutboxState::Failed => OutboxState::Failed,
        },
        reason: reason_code(&entry.reason),
        undo_until: entry.not_before_ms,
        attempts: entry.attempts,
        next_attempt: (entry.next_attempt_ms > 0).then_some(entry.next_attempt_ms),
        created: entry.created_ms,
        in_sent,
    })
}

impl InSession for ListOutbox {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<OutboxRow>, Error> {
        session
            .read(|dao| {
                let mut rows = Vec::new();
                for entry in dao.outbox()? {
                    // The copy in Sent has the same Message-ID; it is found there once it was synced.
                    let folder = dao.folder_by_role(entry.account, store::FolderRole::Sent)?;
                    let sent = entry.state == store::OutboxState::Sent
                        && folder
                            .map_or(Ok(false), |f| lists::is_in(dao, f.id, &entry.message_id))?;
                    rows.push(row(&entry, sent)?);
                }
                rows.reverse();
                Ok(rows)
            })
            .await
    }
}

/// Takes a message back to the drafts, and records it.
async fn take_back(session: &Arc<Session>, id: OutboxId) -> Result<DraftView, Error> {
    let outbox = store::OutboxId::new(id.0);
    let evidence = session.evidence;
    let draft = session
        .write(move |dao| {
            let name = opaque(dao.outbox_entry(outbox)?.public_id);
            let draft = dao.undo_submission(outbox)?.ok_or(Error::NotFound)?;
            let event = Event::new(EventKind::SendDecision, Outcome::Refused)
                .object(ObjectKind::Draft, name)
                .reason(Reason::OwnerRequest);
            evidence.record(dao, event)?;
            Ok(draft)
        })
        .await?;
    session.tell(AppEvent::OutboxChanged { id });
    drafts::load(session, draft).await
}

impl InSession for UndoSend {
    async fn answer_in(self, session: &Arc<Session>) -> Result<DraftView, Error> {
        match take_back(session, self.id).await {
            Err(Error::Store(store::Error::Conflict | store::Error::NotFound)) => {
                Err(Error::UndoTooLate)
            }
            other => other,
        }
    }
}

impl InSession for CancelOutbox {
    async fn answer_in(self, session: &Arc<Session>) -> Result<DraftView, Error> {
        take_back(session, self.id).await
    }
}

impl InSession for RetryOutbox {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let id = store::OutboxId::new(self.id.0);
        let evidence = session.evidence;
        let from =
            [store::OutboxState::Held, store::OutboxState::Failed, store::OutboxState::Queued];
        session
            .write(move |dao| {
                queue_again(dao, id, &from)?;
                evidence.record(dao, queued_again(dao, id, Reason::OwnerRequest)?)
            })
            .await?;
        session.tell(AppEvent::OutboxChanged { id: self.id });
        session.wake_outbox.notify_one();
        Ok(())
    }
}

/// Puts a message that stands at one of these back into the queue.
pub(crate) fn queue_again(
    dao: &mut store::WriteDao<'_>,
    id: store::OutboxId,
    from: &[store::OutboxState],
) -> Result<(), Error> {
    let entry = dao.outbox_entry(id)?;
    if !from.contains(&entry.state) {
        return Err(Error::NotWaiting);
    }
    for group in dao.delivery_groups(id)? {
        if matches!(group.state, DeliveryState::Failed | DeliveryState::Uncertain) {
            dao.set_group(group.id, DeliveryState::Waiting, "", clock::now_ms())?;
        }
    }
    let status = SubmissionStatus {
        state: store::OutboxState::Queued,
        reason: String::new(),
        // Now: whoever asks for it waits for no end of the undo window.
        not_before_ms: entry.not_before_ms.min(clock::now_ms()),
        next_attempt_ms: 0,
    };
    Ok(dao.set_submission(id, &status)?)
}

/// What is recorded of a message that goes on its way again, because somebody or policy lets it.
pub(crate) fn queued_again(
    dao: &store::ReadDao<'_>,
    id: store::OutboxId,
    why: Reason,
) -> Result<Event, Error> {
    let name = opaque(dao.outbox_entry(id)?.public_id);
    Ok(Event::new(EventKind::SendDecision, Outcome::Success).message(name).reason(why))
}

impl InSession for SettleOutbox {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let id = store::OutboxId::new(self.id.0);
        let arrived = self.arrived;
        let evidence = session.evidence;
        session
            .write(move |dao| {
                let entry = dao.outbox_entry(id)?;
                if entry.state != store::OutboxState::Uncertain {
                    return Err(Error::NotWaiting);
                }
                if arrived {
                    for group in dao.delivery_groups(id)? {
                        if group.state == DeliveryState::Uncertain {
                            dao.set_group(group.id, DeliveryState::Sent, "", clock::now_ms())?;
                        }
                    }
                    // Groups that were never tried go out; if there are none the message is sent.
                    queue_again(dao, id, &[store::OutboxState::Uncertain])?;
                } else {
                    queue_again(dao, id, &[store::OutboxState::Uncertain])?;
                }
                let outcome = if arrived { Outcome::Success } else { Outcome::Failure };
                let event = Event::new(EventKind::Send, outcome)
                    .message(opaque(entry.public_id))
                    .reason(Reason::VerifiedElsewhere);
                evidence.record(dao, event)
            })
            .await?;
        session.tell(AppEvent::OutboxChanged { id: self.id });
        session.wake_outbox.notify_one();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wardmail_api::DraftId;

    use super::*;
    use crate::session::testing;

    #[tokio::test]
    async fn what_was_changed_since_the_plan_was_shown_is_not_sent() {
        let (_dir, session) = testing::open().await;
        let content = store::DraftContent::new(store::DraftKind::New);
        let id = session.write(move |dao| Ok(dao.save_draft(None, &content, 1)?)).await.unwrap();
        let send = |revision| {
            Send { draft: DraftId(id.get()), revision, reason: None, answered: None, note: None }
                .answer_in(&session)
        };
        // What was seen goes on to the next question: through which account.
        assert!(matches!(send(Some(1)).await, Err(Error::AccountMissing)));
        let more = move |dao: &mut store::WriteDao<'_>| {
            let file = store::NewAttachment { name: "a", mime_type: "text/plain", bytes: b"a" };
            Ok(dao.add_attachment(id, &file)?)
        };
        session.write(more).await.unwrap();
        let unseen = send(Some(1)).await;
        assert!(matches!(unseen, Err(Error::Stopped(ErrorCode::DraftChanged))), "{unseen:?}");
        assert!(matches!(send(Some(2)).await, Err(Error::AccountMissing)));
    }
}
