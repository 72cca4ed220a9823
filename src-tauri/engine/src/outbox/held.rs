//! Messages that policy or the provider's agreement stopped: once that is put right they go by themselves.
//!
//! What only the owner can put right (a key, a subject) waits until the owner acts.

use std::sync::Arc;

use wardmail_api::{AppEvent, ErrorCode, OutboxId};
use wardmail_audit::Reason;
use wardmail_store::{self as store, OutboxState};

use super::decide_again;
use crate::{
    access::one_time,
    error::Error,
    sending::{self, Snapshot},
    session::Session,
};

/// Whether what stops a message is put right elsewhere than at the message: by others, or once for all messages.
const fn passes_by_itself(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::PolicyMissing
            | ErrorCode::PolicyUnreadable
            | ErrorCode::PolicyInvalid
            | ErrorCode::ProviderNotAttested
            | ErrorCode::ProviderNotCovered
            | ErrorCode::BaaExpired
            | ErrorCode::OneTimeCodesRequired
    )
}

fn waits(entry: &store::OutboxEntry) -> bool {
    entry.state == OutboxState::Held
        && sending::reason_code(&entry.reason).is_some_and(passes_by_itself)
}

/// Decides again on what is held, and queues what such a reason holds no longer. Where there is another
/// reason by now, sending it finds that out and says so.
pub(super) async fn release(session: &Arc<Session>) -> Result<(), Error> {
    let held =
        session.read(|dao| Ok(dao.outbox()?.into_iter().filter(waits).collect::<Vec<_>>())).await?;
    for entry in held {
        let account_id = entry.account;
        let account = session.read(move |dao| Ok(dao.account(account_id)?)).await?;
        let decided = decide_again(session, &account, &Snapshot::of(&entry)?).await?;
        let refusal = decided.refusal().or_else(|| one_time::refusal(session, &decided.policy));
        let refusal = refusal.map(|refusal| refusal.code());
        let id = entry.id;
        match refusal.filter(|code| passes_by_itself(*code)) {
            Some(code) if code.slug() == entry.reason => continue,
            Some(code) => {
                let status = super::status(&entry, OutboxState::Held, code);
                session.write(move |dao| Ok(dao.set_submission(id, &status)?)).await?;
            }
            None => {
                let evidence = session.evidence;
                let again = move |dao: &mut store::WriteDao<'_>| {
                    sending::queue_again(dao, id, &[OutboxState::Held])?;
                    evidence.record(dao, sending::queued_again(dao, id, Reason::Policy)?)
                };
                session.write(again).await?;
            }
        }
        session.tell(AppEvent::OutboxChanged { id: OutboxId(id.get()) });
    }
    Ok(())
}
