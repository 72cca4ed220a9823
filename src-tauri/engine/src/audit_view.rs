//! The audit log as shown: newest first, a plain sentence each, filtered.

mod sentence;

use std::sync::Arc;

use wardmail_api::audit::{AuditAbout, AuditFilter, AuditPage, AuditRow, ListAudit, OutsideView};
use wardmail_audit::{Event, EventKind, Outcome, Record};
use wardmail_store::{AuditRecord, ReadDao};

use crate::{anchors, door::InSession, error::Error, session::Session};

pub(crate) use sentence::sentence;

/// Rows of one page.
const PAGE: u32 = 200;

/// Entries that are looked at for one page: a filter that fits few must not read a log of years at once.
const LOOKED_AT: u64 = 20_000;

impl InSession for ListAudit {
    async fn answer_in(self, session: &Arc<Session>) -> Result<AuditPage, Error> {
        let mut page = session.read(move |dao| page(dao, &self)).await?;
        page.outside = anchors::outside(session).await?;
        Ok(page)
    }
}

fn page(dao: &ReadDao<'_>, request: &ListAudit) -> Result<AuditPage, Error> {
    let limit = usize::try_from(request.limit.clamp(1, PAGE)).unwrap_or(1);
    let total = dao.audit_head()?.seq;
    let last = request.before.map_or(total, |before| before.saturating_sub(1).min(total));
    let outside = OutsideView::default();
    let mut page = AuditPage { rows: Vec::new(), total, intact: true, next: None, outside };
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
        // The state of the log went out, as it should.
        EventKind::AuditNotice if event.outcome() == Outcome::Success => AuditAbout::Sending,
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
