//! Sends what is due: decides again, hands over, keeps the answer. A message is handed over once,
//! or the owner is asked.

mod hand_over;
mod held;

use std::{sync::Arc, time::Duration};

use wardmail_api::{AppEvent, ErrorCode, OutboxId};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome, Route as AuditRoute};
use wardmail_store::{self as store, Claimed, DeliveryState, Mark, OutboxState, SubmissionStatus};

use crate::{
    access::one_time,
    accounts, anchors, clock,
    error::Error,
    evidence::{Evidence, opaque},
    lists, phi,
    plan::{self, Answer, Decided},
    sending::Snapshot,
    session::Session,
};
use hand_over::{Handed, hand_over};

/// The longest wait between two looks at the outbox.
const LOOK: Duration = Duration::from_mins(1);

/// The first wait after a failed try; it doubles up to the last.
const FIRST_RETRY_MS: i64 = 15_000;
const LAST_RETRY_MS: i64 = 30 * 60 * 1000;

/// How long a sent message stays in the list of the outbox.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Sends what is due until the mailbox locks.
pub(crate) async fn work(session: Arc<Session>) {
    loop {
        // A policy that changed while the mailbox is open holds from now on.
        if let Err(error) = session.recall_policy().await {
            error.log("policy");
        }
        anchors::tell_system_log(&session).await;
        match send_due(&session).await {
            Ok(()) | Err(Error::Locked) => {}
            Err(error) => error.log("outbox"),
        }
        let wait =
            session.read(|dao| Ok(dao.next_due()?)).await.ok().flatten().map_or(LOOK, |due| {
                Duration::from_millis(u64::try_from(due - clock::now_ms()).unwrap_or(0)).min(LOOK)
            });
        tokio::select! {
            () = session.locking.cancelled() => return,
            () = session.wake_outbox.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Sends everything that is due now.
pub(crate) async fn send_due(session: &Arc<Session>) -> Result<(), Error> {
    let _alone = session.sending.lock().await;
    recover(session).await?;
    if let Err(error) = held::release(session).await {
        // What is queued goes out all the same.
        error.log("held");
    }
    // Boxed: it holds a whole message while it is sealed, and is seldom due.
    if let Err(error) = Box::pin(anchors::mail_if_due(session)).await {
        error.log("anchor");
    }
    while !session.locking.is_cancelled() {
        let claimed = session.write(|dao| Ok(dao.claim_due_outbox(clock::now_ms())?)).await?;
        let Some(claimed) = claimed else { return Ok(()) };
        let id = claimed.entry.id;
        session.tell(AppEvent::OutboxChanged { id: OutboxId(id.get()) });
        let status = match deliver(session, &claimed).await {
            Ok(status) => status,
            Err(error) if was_handed_over(session, id).await? => {
                // The answer could not be kept (a full disk): nobody may take it for unsent.
                error.log("outbox");
                recover(session).await?;
                continue;
            }
            // Nothing was handed over: what failed came before. It waits, and says why.
            Err(error) => retry(&claimed.entry, error.code()),
        };
        settle(session, &claimed, status).await?;
        session.tell(AppEvent::OutboxChanged { id: OutboxId(id.get()) });
    }
    Ok(())
}

/// Sorts out what a kill or a full disk cut off, and records it. Whatever stands at "sending" while
/// nobody sends was interrupted: what may have been handed over is uncertain from now on, and what the
/// provider took with every group is sent.
pub(crate) async fn recover(session: &Session) -> Result<(), Error> {
    let evidence = session.evidence;
    session
        .write(move |dao| {
            dao.prune_outbox(clock::now_ms() - KEPT_MS)?;
            for id in dao.recover_interrupted(clock::now_ms())? {
                let entry = dao.outbox_entry(id)?;
                let groups = dao.delivery_groups(id)?;
                let all_sent = groups.iter().all(|group| group.state == DeliveryState::Sent);
                let status = match entry.state {
                    OutboxState::Uncertain => {
                        status(&entry, OutboxState::Uncertain, ErrorCode::SendUncertain)
                    }
                    _ if all_sent && !groups.is_empty() => sent(&entry),
                    _ => continue,
                };
                conclude(dao, evidence, &Claimed { entry, groups }, &status)?;
            }
            Ok(())
        })
        .await
}

/// Whether a group is marked as on its way.
async fn was_handed_over(session: &Session, id: store::OutboxId) -> Result<bool, Error> {
    let groups = session.read(move |dao| Ok(dao.delivery_groups(id)?)).await?;
    Ok(groups.iter().any(|group| group.state == DeliveryState::Sending))
}

/// The connection is back: what only waited for the next try is due now.
pub(crate) async fn hurry(session: &Session) -> Result<(), Error> {
    session
        .write(|dao| {
            let waits = |e: &store::OutboxEntry| {
                e.state == OutboxState::Queued && e.next_attempt_ms > clock::now_ms()
            };
            for entry in dao.outbox()?.into_iter().filter(waits) {
                let status = SubmissionStatus {
                    state: OutboxState::Queued,
                    not_before_ms: entry.not_before_ms,
                    reason: entry.reason,
                    next_attempt_ms: 0,
                };
                dao.set_submission(entry.id, &status)?;
            }
            Ok(())
        })
        .await?;
    session.wake_outbox.notify_one();
    Ok(())
}

/// Delivers every group that waits; says where the submission stands then.
async fn deliver(session: &Arc<Session>, claimed: &Claimed) -> Result<SubmissionStatus, Error> {
    let entry = &claimed.entry;
    let stands = |state| claimed.groups.iter().any(|group| group.state == state);
    // What an interrupted run left decides before anything else: it can't be sent into being otherwise.
    if stands(DeliveryState::Uncertain) {
        return Ok(status(entry, OutboxState::Uncertain, ErrorCode::SendUncertain));
    }
    if stands(DeliveryState::Failed) {
        return Ok(status(entry, OutboxState::Failed, ErrorCode::MessageRefused));
    }
    if !claimed.groups.is_empty() && claimed.groups.iter().all(|g| g.state == DeliveryState::Sent) {
        return Ok(sent(entry));
    }
    let account_id = entry.account;
    let account = session.read(move |dao| Ok(dao.account(account_id)?)).await?;
    let snapshot = Snapshot::of(entry)?;
    let decided = decide_again(session, &account, &snapshot).await?;
    let refusal = decided.refusal().or_else(|| one_time::refusal(session, &decided.policy));
    if let Some(refusal) = refusal {
        return Ok(status(entry, OutboxState::Held, refusal.code()));
    }
    if !snapshot.is_sealed_as_now(&decided.keys) {
        // It is sealed for a certificate that is no longer the one to use: the owner takes it back.
        return Ok(status(entry, OutboxState::Held, ErrorCode::RecipientKeyChanged));
    }
    let route = accounts::route(session, &account).await?;
    let waits = claimed.groups.iter().filter(|group| group.state == DeliveryState::Waiting);
    for (index, group) in waits.enumerate() {
        // Once for each try, with the mark on the first group.
        let begun = (index == 0).then(|| begun(entry));
        match hand_over(session, &route, group, begun).await? {
            Handed::Sent => {}
            Handed::Later(code) => return Ok(retry(entry, code)),
            Handed::Refused(code) => return Ok(status(entry, OutboxState::Failed, code)),
            Handed::Uncertain => {
                return Ok(status(entry, OutboxState::Uncertain, ErrorCode::SendUncertain));
            }
        }
    }
    Ok(sent(entry))
}

/// What is recorded before a message's first byte leaves: what can't be recorded isn't sent.
fn begun(entry: &store::OutboxEntry) -> Event {
    Event::new(EventKind::SendDecision, Outcome::Success)
        .message(opaque(entry.public_id))
        .route(AuditRoute::OpenPgp)
        .code(Code::new("outbox.handed_over"))
}

/// The decision on a message, as it is now.
async fn decide_again(
    session: &Arc<Session>,
    account: &store::Account,
    snapshot: &Snapshot,
) -> Result<Decided, Error> {
    let typed = plan::typed(&snapshot.content());
    let raised = phi::raised_again(session, &snapshot.subject, &snapshot.raised).await?;
    let answer = Answer { reason: snapshot.reason.as_deref(), to: snapshot.answered.as_deref() };
    plan::decide(session, account, typed, &raised, answer).await
}

fn sent(entry: &store::OutboxEntry) -> SubmissionStatus {
    SubmissionStatus {
        state: OutboxState::Sent,
        reason: String::new(),
        not_before_ms: entry.not_before_ms,
        next_attempt_ms: 0,
    }
}

fn status(entry: &store::OutboxEntry, state: OutboxState, reason: ErrorCode) -> SubmissionStatus {
    SubmissionStatus {
        state,
        reason: reason.slug().to_owned(),
        not_before_ms: entry.not_before_ms,
        next_attempt_ms: 0,
    }
}

/// Waits for the next try, twice as long each time.
fn retry(entry: &store::OutboxEntry, reason: ErrorCode) -> SubmissionStatus {
    SubmissionStatus {
        next_attempt_ms: clock::now_ms() + retry_after_ms(entry.attempts),
        ..status(entry, OutboxState::Queued, reason)
    }
}

fn retry_after_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_RETRY_MS.saturating_mul(1_i64 << doublings).min(LAST_RETRY_MS)
}

/// Writes where the submission stands, and all that goes with it.
async fn settle(
    session: &Arc<Session>,
    claimed: &Claimed,
    status: SubmissionStatus,
) -> Result<(), Error> {
    let evidence = session.evidence;
    let (claimed, is_sent) = (claimed.clone(), status.state == OutboxState::Sent);
    session.write(move |dao| conclude(dao, evidence, &claimed, &status)).await?;
    if is_sent {
        session.wake_sync.notify_one();
    }
    Ok(())
}

/// Where the submission stands, the copy for Sent, the mark on what it answers, and the audit event, as one.
fn conclude(
    dao: &mut store::WriteDao<'_>,
    evidence: Evidence,
    claimed: &Claimed,
    status: &SubmissionStatus,
) -> Result<(), Error> {
    let entry = &claimed.entry;
    let taken = dao.delivery_groups(entry.id)?.iter().any(|g| g.state == DeliveryState::Sent);
    let mut status = status.clone();
    if status.state == OutboxState::Failed && taken {
        ErrorCode::PartlySent.slug().clone_into(&mut status.reason);
    }
    let status = &status;
    if status.state == OutboxState::Sent || (status.state == OutboxState::Failed && taken) {
        let now = clock::now_ms();
        keep_copy(dao, claimed, now)?;
        let source = Snapshot::of(entry)?.source.map(store::MessageId::new);
        if let Some(source) = source.filter(|source| dao.message_row(*source).is_ok()) {
            dao.mark(source, Mark::Answered, true, now)?;
        }
    }
    dao.set_submission(entry.id, status)?;
    match event(entry, status) {
        Some(event) => evidence.record(dao, event),
        None => Ok(()),
    }
}

/// Keeps the copy for Sent, unless an earlier try did.
fn keep_copy(dao: &mut store::WriteDao<'_>, claimed: &Claimed, now: i64) -> Result<(), Error> {
    let entry = &claimed.entry;
    let Some(group) = claimed.groups.first() else { return Ok(()) };
    let folder = sent_folder(dao, entry.account)?;
    let waits = dao.sent_copies(entry.account, i64::MAX, u32::MAX)?;
    if waits.iter().any(|copy| copy.message_id == entry.message_id)
        || lists::is_in(dao, folder, &entry.message_id)?
    {
        return Ok(());
    }
    let bytes = dao.group_bytes(group.id)?;
    dao.queue_sent_copy(Some(entry.id), folder, &entry.message_id, &bytes, now)?;
    Ok(())
}

/// The folder for copies; one is made here where the server has not told of any yet.
fn sent_folder(
    dao: &mut store::WriteDao<'_>,
    account: store::AccountId,
) -> Result<store::FolderId, Error> {
    if let Some(folder) = dao.folder_by_role(account, store::FolderRole::Sent)? {
        return Ok(folder.id);
    }
    let new = store::NewFolder {
        account,
        name: "Sent".to_owned(),
        wire_name: "Sent".to_owned(),
        role: store::FolderRole::Sent,
    };
    Ok(dao.upsert_folder(&new)?)
}

/// What the audit log says; a message that only waits for the provider is not worth an entry each try.
fn event(entry: &store::OutboxEntry, status: &SubmissionStatus) -> Option<Event> {
    let outcome = match status.state {
        OutboxState::Sent => Outcome::Success,
        OutboxState::Held => Outcome::Refused,
        OutboxState::Failed => Outcome::Failure,
        OutboxState::Uncertain => Outcome::Uncertain,
        OutboxState::Queued | OutboxState::Sending => return None,
    };
    let mut event = Event::new(EventKind::Send, outcome)
        .message(opaque(entry.public_id))
        .route(AuditRoute::OpenPgp)
        .count(Count::Attempts, entry.attempts.into());
    if let Some(code) = crate::sending::reason_code(&status.reason) {
        event = event.code(Code::new(code.slug()));
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    #[test]
    fn waits_double_and_end_at_half_an_hour() {
        assert_eq!(super::retry_after_ms(1), 15_000);
        assert_eq!(super::retry_after_ms(2), 30_000);
        assert_eq!(super::retry_after_ms(99), 30 * 60 * 1000);
    }
}
