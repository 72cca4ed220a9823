//! The audit log as shown: newest first, a plain sentence each, filtered.

use std::{fmt::Write as _, sync::Arc};

use wardmail_api::audit::{AuditAbout, AuditFilter, AuditPage, AuditRow, ListAudit};
use wardmail_audit::{Count, Event, EventKind, ObjectKind, Outcome, Reason, Record};
use wardmail_store::{AuditRecord, ReadDao};

use crate::{door::InSession, error::Error, session::Session};

/// Rows of one page.
const PAGE: u32 = 200;

/// Entries that are looked at for one page: a filter that fits few must not read a log of years at once.
const LOOKED_AT: u64 = 20_000;

impl InSession for ListAudit {
    async fn answer_in(self, session: &Arc<Session>) -> Result<AuditPage, Error> {
        session.read(move |dao| page(dao, &self)).await
    }
}

fn page(dao: &ReadDao<'_>, request: &ListAudit) -> Result<AuditPage, Error> {
    let limit = usize::try_from(request.limit.clamp(1, PAGE)).unwrap_or(1);
    let total = dao.audit_head()?.seq;
    let last = request.before.map_or(total, |before| before.saturating_sub(1).min(total));
    let mut page = AuditPage { rows: Vec::new(), total, intact: true, next: None };
    let floor = last.saturating_sub(LOOKED_AT);
    let mut later: Option<[u8; 32]> = None;
    let mut upper = last;
    while upper > floor {
        let lower = upper.saturating_sub(PAGE.into()).max(floor);
        let stored = dao.audit_page(lower, u32::try_from(upper - lower).unwrap_or(PAGE))?;
        for stored in stored.into_iter().rev() {
            let seq = stored.seq;
            if let Some(record) = checked(&stored, &mut later, &mut page.intact)
                && let Some(row) = wanted(&record, &request.filter)
            {
                page.rows.push(row);
            }
            if page.rows.len() == limit {
                page.next = (seq > 1).then_some(seq);
                return Ok(page);
            }
        }
        upper = lower;
    }
    page.next = (floor > 0).then_some(floor + 1);
    Ok(page)
}

/// Reads an entry; notes if it, or its tie to the one after it, doesn't hold.
fn checked(
    stored: &AuditRecord,
    later: &mut Option<[u8; 32]>,
    intact: &mut bool,
) -> Option<Record> {
    let linked = later.is_none_or(|prev| prev == stored.hash);
    let record =
        std::str::from_utf8(&stored.record).ok().and_then(|line| Record::from_line(line).ok());
    let holds = record.as_ref().is_some_and(|r| r.is_intact() && *r.hash() == stored.hash);
    *intact &= linked && holds;
    *later = record.as_ref().map(|record| *record.prev());
    record
}

fn wanted(record: &Record, filter: &AuditFilter) -> Option<AuditRow> {
    let event = record.event();
    let at = record.stamp().utc_ms;
    let in_time =
        filter.from.is_none_or(|from| at >= from) && filter.until.is_none_or(|until| at < until);
    if !in_time || !is_about(event, filter.about) {
        return None;
    }
    let row = row(record);
    let text = filter.text.trim().to_lowercase();
    (text.is_empty() || row.sentence.to_lowercase().contains(&text)).then_some(row)
}

fn is_about(event: &Event, about: AuditAbout) -> bool {
    let of_kind = match event.kind() {
        EventKind::ProfileCreated
        | EventKind::Unlock
        | EventKind::UnlockFailed
        | EventKind::Lock
        | EventKind::RecoveryUsed
        | EventKind::AccessChange => AuditAbout::Access,
        EventKind::View | EventKind::Decrypt | EventKind::DecryptFailed | EventKind::Search => {
            AuditAbout::Reading
        }
        EventKind::SendDecision | EventKind::Send | EventKind::Override => AuditAbout::Sending,
        EventKind::Print
        | EventKind::SaveAttachment
        | EventKind::Export
        | EventKind::Backup
        | EventKind::Delete => AuditAbout::TakenOut,
        EventKind::SyncBatch | EventKind::SyncError | EventKind::Import => AuditAbout::Fetching,
        EventKind::Gap | EventKind::AuditNotice => AuditAbout::Trouble,
        _ => AuditAbout::Settings,
    };
    match about {
        AuditAbout::All => true,
        AuditAbout::Trouble => {
            of_kind == AuditAbout::Trouble || event.outcome() != Outcome::Success
        }
        about => about == of_kind,
    }
}

fn row(record: &Record) -> AuditRow {
    let event = record.event();
    let time = jiff::Timestamp::from_millisecond(record.stamp().utc_ms).unwrap_or_default();
    AuditRow {
        seq: record.seq(),
        time: time.to_string(),
        kind: name(&event.kind()),
        outcome: name(&event.outcome()),
        sentence: sentence(event),
    }
}

/// The name that an enumeration has on the wire.
fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What happened, in a plain sentence.
pub(crate) fn sentence(event: &Event) -> String {
    let how = match event.outcome() {
        Outcome::Failure if event.kind() != EventKind::UnlockFailed => " (failed)",
        Outcome::Refused => " (refused)",
        Outcome::Uncertain => " (outcome unknown)",
        _ => "",
    };
    let reason = event.picked_reason().map(|r| format!("; reason: {}", reason(r)));
    let counts = event.counts().iter().fold(String::new(), |mut text, (count, number)| {
        let _infallible = match count {
            Count::AtSeconds => write!(text, "; at {}", moment(*number)),
            _ => write!(text, "; {}: {number}", name(count).replace('_', " ")),
        };
        text
    });
    format!("{}{how}{}{counts}", what(event), reason.unwrap_or_default())
}

fn what(event: &Event) -> &'static str {
    match event.kind() {
        EventKind::ProfileCreated => "The mailbox was set up",
        EventKind::Unlock => "The mailbox was unlocked",
        EventKind::UnlockFailed => "Somebody tried to unlock the mailbox and failed",
        EventKind::Lock => "The mailbox was locked",
        EventKind::RecoveryUsed => "The mailbox was opened with the recovery code",
        EventKind::AccessChange => "What opens the mailbox was changed",
        EventKind::View => "A message was opened",
        EventKind::Decrypt => "A sealed message was opened",
        EventKind::DecryptFailed => "A sealed message could not be opened",
        EventKind::Search => "The mailbox was searched",
        EventKind::SendDecision => "It was decided how a message goes out",
        EventKind::Send => "A message was handed to the provider",
        EventKind::Override => "A warning was overridden",
        EventKind::Print => "A message was printed",
        EventKind::SaveAttachment => "A file was saved outside the mailbox",
        EventKind::Export => match event.object_id() {
            Some((ObjectKind::Message, _)) => "A message was taken out of the mailbox",
            _ => match event.error_code() {
                Some(code) if code.starts_with("audit_log") => "This log was exported",
                Some(code) if code.starts_with("incident") => "A report of an incident was saved",
                _ => "Something was exported from the mailbox",
            },
        },
        EventKind::Import => "Messages were imported",
        EventKind::Delete => match event.error_code() {
            Some("delete.asked") => "Messages were deleted, to be taken back for a while",
            Some("delete.undone") => "A deletion was taken back",
            Some("delete.done") => "Deleted messages were removed for good",
            Some("delete.held") => "A deletion was taken back because of a legal hold",
            Some("expiry.removed") => "Messages whose time was over were removed",
            Some("retention.removed") => {
                "Messages were removed because policy keeps them no longer"
            }
            Some("retention.server") => "The provider's server deleted what policy keeps no longer",
            Some("profile.erase") => "The mailbox on this computer was to be erased",
            _ => "Something was deleted",
        },
        EventKind::KeepingChange => "How long messages are kept was changed",
        EventKind::KeyChange => "An own key was added or changed",
        EventKind::CertChange => "A certificate was added or judged",
        EventKind::PolicyChange => "A policy or a setting changed",
        EventKind::AccountChange => "An account was added or changed",
        EventKind::ProviderAttested => "The owner recorded the provider and its agreement",
        EventKind::ConsentChange => "The consent of a person was recorded or withdrawn",
        EventKind::SyncBatch => "Mail was fetched",
        EventKind::SyncError => "Mail could not be fetched",
        EventKind::Backup => "A backup was made or restored",
        EventKind::AuditNotice => match event.error_code() {
            Some("audit.key_lost") => "The key that signs this log was lost and replaced",
            Some(_) | None => "The state of this log was told to somebody outside",
        },
        EventKind::Gap => "Entries could not be written",
        _ => "Something was recorded",
    }
}

fn reason(reason: Reason) -> String {
    match reason {
        Reason::Idle => "nobody was there".to_owned(),
        Reason::OwnerRequest => "the owner asked for it".to_owned(),
        Reason::SystemRequest => "the computer or the program asked for it".to_owned(),
        Reason::Policy => "policy asked for it".to_owned(),
        other => name(&other).replace('_', " "),
    }
}

/// A moment in seconds since 1970, in UTC.
fn moment(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(0);
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}
