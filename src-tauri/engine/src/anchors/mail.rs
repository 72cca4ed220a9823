//! The state of the log as a message to the compliance office: through the same decision, seal and outbox as all mail.
//!
//! An anchor says nothing of anybody. It is sealed all the same, because nothing goes out unsealed: where the office has no
//! usable certificate it is held, which is recorded and shown, and goes once there is one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wardmail_api::{AppEvent, OutboxId, UnixMs, audit::OutsideView};
use wardmail_audit::{
    Anchor, Code, Count, Event, EventKind, Head, ObjectKind, OpaqueId, Outcome, Reason, Route,
};
use wardmail_message as message;
use wardmail_store::{self as store, NewSubmission, ReadDao, WriteDao};

use crate::{
    accounts, clock, drafts,
    error::Error,
    evidence::{self, opaque},
    letter::Letter,
    plan::{self, Answer, Decided},
    sending::{self, Snapshot},
    session::Session,
};

/// The setting with what was mailed last.
const LAST: &str = "audit.anchor_mail";
/// At most so often; earlier only after many entries.
const EVERY_MS: i64 = 24 * 60 * 60 * 1000;
const MANY_ENTRIES: u64 = 1000;
const SUBJECT: &str = "State of an audit log";

/// What was mailed last, and what holds the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Last {
    at: UnixMs,
    seq: u64,
    /// The code of what holds it, and when that was recorded.
    held: Option<(String, UnixMs)>,
}

pub(super) fn last(dao: &ReadDao<'_>) -> Result<Last, Error> {
    let json = dao.setting(LAST)?;
    // One that can't be read counts as none: then a message goes early.
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

fn remember(dao: &mut WriteDao<'_>, last: &Last) -> Result<(), Error> {
    let json = serde_json::to_string(last).map_err(|_| Error::Internal("anchor"))?;
    Ok(dao.set_setting(LAST, &json)?)
}

impl Last {
    pub(super) fn show(self, view: &mut OutsideView) {
        if self.seq > 0 {
            view.mailed = Some((self.at, self.seq));
        }
        view.held = self.held.and_then(|(code, _)| sending::reason_code(&code));
    }

    /// Whether it is time. A clock that was set back doesn't postpone it.
    fn is_due(&self, seq: u64, now: UnixMs) -> bool {
        let day_over = !(0..EVERY_MS).contains(&now.saturating_sub(self.at));
        seq > self.seq && (day_over || seq.saturating_sub(self.seq) >= MANY_ENTRIES)
    }

    /// Whether it is news that this holds it: once a day at least.
    fn is_news(&self, code: &str, now: UnixMs) -> bool {
        let told = self.held.as_ref().filter(|(held, _)| held == code);
        told.is_none_or(|(_, at)| !(0..EVERY_MS).contains(&now.saturating_sub(*at)))
    }
}

/// Puts the state of the log into the outbox, if policy names somebody for it and it is time.
pub(crate) async fn mail_if_due(session: &Arc<Session>) -> Result<(), Error> {
    let policy = session.policy().await?;
    let Some(address) = policy.anchor_mail() else { return Ok(()) };
    let (log, end, last) = session
        .read(|dao| Ok((evidence::known_log_id(dao)?, dao.audit_head()?, last(dao)?)))
        .await?;
    let (Some(log), true) = (log, last.is_due(end.seq, clock::now_ms())) else { return Ok(()) };
    // Before set-up is at its end there is nobody to write as.
    if session.keys().await.signer().is_none() {
        return Ok(());
    }
    let account = match accounts::first(session).await {
        Err(Error::AccountMissing) => return Ok(()),
        account => account?,
    };
    let mut content = store::DraftContent::new(store::DraftKind::New);
    content.to = drafts::typed_to_stored(&[address.to_owned()]);
    let decided =
        plan::decide(session, &account, plan::typed(&content), &[], Answer::default()).await?;
    if let Some(refusal) = decided.refusal() {
        return hold(session, last, &refusal).await;
    }
    let anchor = Anchor { log, head: Head { seq: end.seq, hash: end.hash } };
    let submission = submission(session, &account, &decided, &anchor).await?;
    queue(session, submission, anchor.head.seq).await
}

/// Records what holds it.
async fn hold(session: &Session, last: Last, refusal: &Error) -> Result<(), Error> {
    let (code, now) = (refusal.code().slug(), clock::now_ms());
    if !last.is_news(code, now) {
        return Ok(());
    }
    let event = Event::new(EventKind::AuditNotice, Outcome::Refused)
        .reason(Reason::Policy)
        .code(Code::new("audit.anchor_held"));
    let held = Last { held: Some((code.to_owned(), now)), ..last };
    session.write_recorded(event, move |dao| remember(dao, &held)).await
}

/// The message, sealed.
async fn submission(
    session: &Session,
    account: &store::Account,
    decided: &Decided,
    anchor: &Anchor,
) -> Result<NewSubmission, Error> {
    let settings = &account.settings;
    let from = message::Address::new(Some(&settings.display_name), &settings.address)
        .map_err(|_| Error::InvalidRequest)?;
    let domain = settings.address.rsplit('@').next().unwrap_or_default();
    let to: Vec<message::Address> =
        decided.typed.iter().filter_map(|typed| typed.address.clone()).collect();
    let letter = Letter {
        from,
        to: to.clone(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: SUBJECT.to_owned(),
        text: format!("Entry {}:\n{anchor}\n", anchor.head.seq),
        attachments: Vec::new(),
        message_id: message::make_message_id(domain)?,
        in_reply_to: None,
        references: Vec::new(),
    };
    let (sealed, message_id) = sending::seal(session, letter, decided).await?;
    let snapshot = Snapshot {
        to: to.into_iter().map(|address| address.email).collect(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: SUBJECT.to_owned(),
        raised: Vec::new(),
        reason: None,
        answered: None,
        note: None,
        source: None,
        sealed_for: sending::sealed_for(decided),
    };
    Ok(NewSubmission {
        account: account.id,
        draft: None,
        snapshot: serde_json::to_string(&snapshot).map_err(|_| Error::Internal("snapshot"))?,
        message_id,
        not_before_ms: clock::now_ms(),
        state: store::OutboxState::Queued,
        reason: String::new(),
        groups: sending::groups(sealed, &settings.address),
    })
}

/// Queues it, and records that, as one.
async fn queue(session: &Arc<Session>, submission: NewSubmission, seq: u64) -> Result<(), Error> {
    let evidence = session.evidence;
    let now = clock::now_ms();
    let id = session
        .write(move |dao| {
            let id = dao.submit(&submission, now)?;
            let name = opaque(dao.outbox_entry(id)?.public_id);
            for event in events(name, seq) {
                evidence.record(dao, event)?;
            }
            remember(dao, &Last { at: now, seq, held: None })?;
            Ok(id)
        })
        .await?;
    session.tell(AppEvent::OutboxChanged { id: OutboxId(id.get()) });
    Ok(())
}

fn events(name: OpaqueId, seq: u64) -> [Event; 2] {
    let decision = Event::new(EventKind::SendDecision, Outcome::Success)
        .object(ObjectKind::Draft, name)
        .reason(Reason::Policy)
        .route(Route::OpenPgp)
        .count(Count::Recipients, 1);
    let notice = Event::new(EventKind::AuditNotice, Outcome::Success)
        .message(name)
        .code(Code::new("audit.anchor_mailed"))
        .count(Count::Entries, seq);
    [decision, notice]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_once_a_day_or_after_many_entries_whatever_the_clock_says() {
        let day = EVERY_MS;
        let last = Last { at: 10 * day, seq: 40, held: None };
        for (seq, now, due) in [
            (41, 11 * day - 1, false),
            (41, 11 * day, true),
            (1039, 10 * day, false),
            (1040, 10 * day, true),
            // Set back, and far ahead.
            (41, 10 * day - 1, true),
            (41, i64::MAX, true),
            (41, i64::MIN, true),
            // Nothing came since.
            (40, 20 * day, false),
        ] {
            assert_eq!(last.is_due(seq, now), due, "{seq} {now}");
        }
        assert!(!Last::default().is_due(0, day) && Last::default().is_due(1, day));
    }

    #[test]
    fn what_holds_it_is_told_once_a_day_and_when_it_changes() {
        let day = EVERY_MS;
        let last =
            Last { held: Some(("recipient_key_missing".to_owned(), day)), ..Last::default() };
        assert!(!last.is_news("recipient_key_missing", 2 * day - 1));
        assert!(last.is_news("recipient_key_missing", 2 * day));
        assert!(last.is_news("recipient_key_unusable", day + 1));
        assert!(Last::default().is_news("baa_expired", 0));
    }
}
