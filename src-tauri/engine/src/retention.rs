//! How long mail stays on this computer: what policy and hold say of a folder, and the run that removes what may stay no
//! longer.
//!
//! A run works in small transactions, each with its entry in the log, and can be stopped after any of them: the next run
//! finds what is left. What was removed is remembered by its number on the server, so that it doesn't come back; when policy
//! keeps mail longer again, it does.

use std::{sync::Arc, time::Duration};

use wardmail_api::{
    AppEvent, ErrorCode, FolderId,
    keeping::{HoldView, SweptView},
};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome, Reason};
use wardmail_policy::{Effective, Settings};
use wardmail_store::{self as store, RemovedBy};

use crate::{clock, error::Error, session::Session};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How often everything is looked at while the mailbox is open.
const DAILY: Duration = Duration::from_hours(24);
/// How often it is looked whether it is time: sleep doesn't stop that clock but stops timers.
const LOOK: Duration = Duration::from_mins(10);

/// When a deletion that could not be done is tried again.
const AGAIN: Duration = Duration::from_mins(1);

/// Messages removed in one transaction.
const BATCH: u32 = 50;
/// Pages of the search index that are written anew in one transaction.
const PAGES: u32 = 500;

/// What the policy in force says of folders.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    effective: Arc<Effective>,
    trouble: Option<ErrorCode>,
}

/// What a folder is for, in the policy's words.
const fn used_for(role: store::FolderRole) -> Option<&'static str> {
    match role {
        store::FolderRole::Inbox => Some("inbox"),
        store::FolderRole::Sent => Some("sent"),
        store::FolderRole::Drafts => Some("drafts"),
        store::FolderRole::Trash => Some("trash"),
        store::FolderRole::Archive => Some("archive"),
        store::FolderRole::Junk => Some("junk"),
        store::FolderRole::Other | store::FolderRole::Hidden => None,
    }
}

impl Rules {
    /// The rules of the policy as it is now.
    pub(crate) async fn now(session: &Session) -> Result<Self, Error> {
        let policy = session.policy().await?;
        Ok(Self { effective: policy.shared(), trouble: policy.summary().trouble })
    }

    fn settings(&self) -> &Settings {
        &self.effective.settings
    }

    /// What is wrong with the policy: then nothing is removed, because a hold may stand in what can't be read.
    pub(crate) fn trouble(&self) -> Option<ErrorCode> {
        self.trouble
    }

    /// Whether the owner may delete messages from this computer.
    pub(crate) fn owner_may_delete(&self) -> bool {
        self.settings().delete_allowed.value
    }

    /// Whether the owner may have the whole mailbox erased.
    pub(crate) fn owner_may_erase(&self) -> bool {
        self.settings().erase_allowed.value
    }

    /// Whether a legal hold lies on anything at all.
    pub(crate) fn holds_anything(&self) -> bool {
        let settings = self.settings();
        settings.legal_hold_everything.value || !settings.legal_hold_folders.value.is_empty()
    }

    /// Whether a legal hold lies on a folder.
    pub(crate) fn is_held(&self, folder: &store::Folder) -> bool {
        let settings = self.settings();
        let named = &settings.legal_hold_folders.value;
        settings.legal_hold_everything.value
            || named.iter().any(|word| word.means(&folder.name, used_for(folder.role)))
    }

    /// The legal hold on a folder, for the reader.
    pub(crate) fn hold(&self, folder: &store::Folder) -> Option<HoldView> {
        if !self.is_held(folder) {
            return None;
        }
        let settings = self.settings();
        let reason = if settings.legal_hold_everything.value {
            settings.legal_hold_everything.reason.clone()
        } else {
            settings.legal_hold_folders.reason.clone()
        };
        let by = self.effective.issuer().unwrap_or("your organisation").to_owned();
        Some(HoldView { by, reason })
    }

    /// Before when mail of a folder goes; none if it stays.
    pub(crate) fn floor(&self, folder: &store::Folder, now_ms: i64) -> Option<i64> {
        if self.is_held(folder) {
            return None;
        }
        let settings = self.settings();
        let own = settings.retention_folders.value.of(&folder.name, used_for(folder.role));
        let days = own.unwrap_or(settings.retention_days.value.get());
        (days > 0).then(|| now_ms.saturating_sub(i64::from(days).saturating_mul(DAY_MS)))
    }

    /// Whether the server deletes what goes, too.
    pub(crate) fn on_server(&self) -> bool {
        self.trouble.is_none() && self.settings().retention_on_server.value
    }
}

/// Runs at unlock, daily, and when a deletion can't be taken back any more, until the mailbox locks.
pub(crate) async fn work(session: Arc<Session>) {
    let mut last: Option<Duration> = None;
    loop {
        let due = last.is_none_or(|last| clock::since_boot().saturating_sub(last) >= DAILY);
        let swept = if due { run(&session).await } else { finish_deletions(&session).await };
        match swept {
            Ok(_) if due => last = Some(clock::since_boot()),
            Ok(_) => {}
            Err(Error::Locked) => return,
            Err(error) => error.log("retention"),
        }
        let wait = until_next(&session).await;
        tokio::select! {
            () = session.locking.cancelled() => return,
            () = session.wake_retention.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// How long until the next deletion can't be taken back any more. One that is over already was not done for a reason,
/// such as a policy that can't be read: it is tried again a little later.
async fn until_next(session: &Session) -> Duration {
    let next = session.read(|dao| Ok(dao.next_deletion()?)).await.ok().flatten();
    let left = next.map(|due| u64::try_from(due.saturating_sub(clock::now_ms())).unwrap_or(0));
    match left {
        None => LOOK,
        Some(0) => AGAIN,
        // A moment more, so that it is over by then.
        Some(ms) => Duration::from_millis(ms.saturating_add(100)).min(LOOK),
    }
}

/// Removes what may stay no longer, everywhere.
pub(crate) async fn run(session: &Arc<Session>) -> Result<SweptView, Error> {
    let sweeping = async {
        let _alone = session.sweeping.lock().await;
        let swept = sweep(session).await;
        // What went before a failure goes without a trace, too.
        settle(session).await?;
        swept
    };
    session.run(sweeping).await
}

/// Removes for good what the owner deleted and can't take back any more.
pub(crate) async fn finish_deletions(session: &Arc<Session>) -> Result<SweptView, Error> {
    let finishing = async {
        let _alone = session.sweeping.lock().await;
        let rules = Rules::now(session).await?;
        let deleted = if rules.trouble().is_none() { deletions(session, &rules).await? } else { 0 };
        settle(session).await?;
        Ok(SweptView { deleted, ..SweptView::default() })
    };
    session.run(finishing).await
}

async fn sweep(session: &Arc<Session>) -> Result<SweptView, Error> {
    let rules = Rules::now(session).await?;
    if rules.trouble().is_some() {
        return Ok(SweptView::default());
    }
    let mut swept =
        SweptView { deleted: deletions(session, &rules).await?, ..SweptView::default() };
    let folders = session
        .read(|dao| {
            let mut folders = Vec::new();
            for account in dao.accounts()? {
                folders.extend(dao.folders(account.id)?);
            }
            Ok(folders)
        })
        .await?;
    for folder in folders {
        let floor = rules.floor(&folder, clock::now_ms());
        let id = folder.id;
        let back = session.write(move |dao| Ok(dao.let_come_back(id, floor)?)).await?;
        if back > 0 {
            session.everything.store(true, std::sync::atomic::Ordering::Relaxed);
            session.wake_sync.notify_one();
        }
        if rules.is_held(&folder) {
            continue;
        }
        swept.expired += expired(session, id).await?;
        if let Some(floor) = floor {
            swept.retired += retired(session, id, floor, rules.on_server()).await?;
        }
    }
    Ok(swept)
}

/// The owner's deletions that can't be taken back any more. A hold that came meanwhile takes them back.
async fn deletions(session: &Arc<Session>, rules: &Rules) -> Result<u64, Error> {
    let mut gone = 0;
    loop {
        let (rules, evidence, now) = (rules.clone(), session.evidence, clock::now_ms());
        let done = session
            .write(move |dao| {
                let (mut held, mut free) = (Vec::new(), Vec::new());
                for due in dao.due_deletions(now, BATCH)? {
                    let to =
                        if rules.is_held(&dao.folder(due.folder)?) { &mut held } else { &mut free };
                    to.push(due.message);
                }
                let kept = dao.take_back(&held)?;
                let removed = dao.remove(&free, RemovedBy::Owner, false)?;
                if removed > 0 {
                    let event = Event::new(EventKind::Delete, Outcome::Success)
                        .reason(Reason::OwnerRequest)
                        .code(Code::new("delete.done"))
                        .count(Count::Messages, removed);
                    evidence.record(dao, event)?;
                }
                if !held.is_empty() {
                    let event = Event::new(EventKind::Delete, Outcome::Refused)
                        .reason(Reason::Policy)
                        .code(Code::new("delete.held"))
                        .count(Count::Messages, count(held.len()));
                    evidence.record(dao, event)?;
                }
                Ok((removed, kept, held.len() + free.len()))
            })
            .await?;
        let (removed, kept, looked_at) = done;
        for folder in kept {
            tell(session, folder);
        }
        if looked_at == 0 {
            return Ok(gone);
        }
        fail::fail_point!("engine::retention::between_batches");
        gone += removed;
    }
}

async fn expired(session: &Arc<Session>, folder: store::FolderId) -> Result<u64, Error> {
    let now = clock::now_ms();
    let event = Event::new(EventKind::Delete, Outcome::Success)
        .reason(Reason::OwnerRequest)
        .code(Code::new("expiry.removed"));
    let mut gone = 0;
    loop {
        let event = event.clone();
        let removed = removed(session, event, move |dao| {
            let ids = dao.expired(folder, now, BATCH)?;
            Ok(dao.remove(&ids, RemovedBy::Owner, false)?)
        });
        let removed = removed.await?;
        if removed == 0 {
            return Ok(gone);
        }
        gone += removed;
        tell(session, folder);
    }
}

async fn retired(
    session: &Arc<Session>,
    folder: store::FolderId,
    floor: i64,
    on_server: bool,
) -> Result<u64, Error> {
    let event = Event::new(EventKind::Delete, Outcome::Success)
        .reason(Reason::Policy)
        .code(Code::new("retention.removed"));
    let mut gone = 0;
    loop {
        let event = event.clone();
        let removed = removed(session, event, move |dao| {
            let ids = dao.outdated(folder, floor, BATCH)?;
            Ok(dao.remove(&ids, RemovedBy::Policy, on_server)?)
        });
        let removed = removed.await?;
        if removed == 0 {
            return Ok(gone);
        }
        gone += removed;
        tell(session, folder);
        if on_server {
            session.wake_sync.notify_one();
        }
    }
}

/// Removes a batch and records it with its count; nothing is recorded of nothing.
async fn removed(
    session: &Session,
    event: Event,
    job: impl FnOnce(&mut store::WriteDao<'_>) -> Result<u64, Error> + Send + 'static,
) -> Result<u64, Error> {
    let evidence = session.evidence;
    let removed = session
        .write(move |dao| {
            let removed = job(dao)?;
            if removed > 0 {
                evidence.record(dao, event.count(Count::Messages, removed))?;
            }
            Ok(removed)
        })
        .await?;
    if removed > 0 {
        fail::fail_point!("engine::retention::between_batches");
    }
    Ok(removed)
}

/// Writes the search index anew without the words of what went, and leaves nothing of it in the write-ahead log.
async fn settle(session: &Session) -> Result<(), Error> {
    // Interrupted by the lock: what is left is found at the next run.
    let step =
        |dao: &mut store::WriteDao<'_>| -> Result<bool, Error> { Ok(dao.settle_index(PAGES)?) };
    while !session.store.write_bulk(step).await? {}
    // A reader that keeps part of the log is gone by the lock, which truncates it at the latest.
    session.store.checkpoint().await?;
    Ok(())
}

pub(crate) fn tell(session: &Session, folder: store::FolderId) {
    session.tell(AppEvent::FolderChanged { folder: FolderId(folder.get()) });
    session.tell(AppEvent::FoldersChanged);
}

pub(crate) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wardmail_policy::{Policy, Sources, UserChoices};

    /// As an installed policy says it; nothing if there is none.
    fn rules(policy: Option<&serde_json::Value>) -> Rules {
        let place = std::path::Path::new("/etc/wardmail/policies/policy.json");
        let read = |json: &serde_json::Value| Policy::recall(json.to_string().into_bytes(), place);
        let installed = policy.map(|json| read(json).unwrap());
        let effective = Effective::resolve(&Sources {
            installed: installed.as_ref().ok_or(&wardmail_policy::PolicyError::Missing),
            last_verified: None,
            named: None,
            was_managed: false,
            choices: &UserChoices::default(),
        });
        Rules { effective: Arc::new(effective), trouble: None }
    }

    fn folder(name: &str, role: store::FolderRole) -> store::Folder {
        store::Folder {
            id: store::FolderId::new(1),
            account: store::AccountId::new(1),
            name: name.to_owned(),
            wire_name: name.to_owned(),
            role,
            state: store::FolderState::default(),
            total: 0,
            unread: 0,
        }
    }

    #[test]
    fn a_hold_counts_before_retention_and_a_folders_own_rule_before_the_general_one() {
        let rules = rules(Some(&serde_json::json!({
            "schema": 1, "serial": 1, "issuer": "Clinic IT", "providers": [],
            "retention": {
                "days": 365,
                "folders": [
                    { "folder": "junk", "days": 30 },
                    { "folder": "Case 7", "days": 30 },
                    { "folder": "archive", "days": 0 },
                ],
            },
            "legalHold": { "folders": { "value": ["Case 7"], "reason": "Preservation letter of 3 May" } },
        })));
        let days = |name, role| {
            let floor = rules.floor(&folder(name, role), 1_000 * DAY_MS);
            floor.map(|floor| 1_000 - floor / DAY_MS)
        };
        assert_eq!(days("INBOX", store::FolderRole::Inbox), Some(365));
        assert_eq!(days("Spam", store::FolderRole::Junk), Some(30));
        assert_eq!(days("Archive", store::FolderRole::Archive), None);
        assert_eq!(days("Case 7", store::FolderRole::Other), None);
        let held = rules.hold(&folder("Case 7", store::FolderRole::Other)).unwrap();
        assert_eq!(held.by, "Clinic IT");
        assert_eq!(held.reason.as_deref(), Some("Preservation letter of 3 May"));
        assert_eq!(rules.hold(&folder("Spam", store::FolderRole::Junk)), None);
    }

    #[test]
    fn without_a_policy_mail_stays() {
        let rules = rules(None);
        let inbox = folder("INBOX", store::FolderRole::Inbox);
        assert_eq!(rules.floor(&inbox, i64::MAX), None);
        assert!(!rules.is_held(&inbox) && !rules.on_server());
    }
}
