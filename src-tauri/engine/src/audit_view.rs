//! The audit log as shown: newest first, a plain sentence each.

use std::{fmt::Write as _, sync::Arc};

use wardmail_api::settings::{AuditPage, AuditRow, ListAudit};
use wardmail_audit::{Event, EventKind, Outcome, Record};

use crate::{door::InSession, error::Error, session::Session};

/// Rows of one page.
const PAGE: u32 = 200;

impl InSession for ListAudit {
    async fn answer_in(self, session: &Arc<Session>) -> Result<AuditPage, Error> {
        let limit = self.limit.clamp(1, PAGE);
        let (head, records) = session
            .read(move |dao| {
                let head = dao.audit_head()?;
                let last =
                    self.before.map_or(head.seq, |before| before.saturating_sub(1).min(head.seq));
                let after = last.saturating_sub(limit.into());
                let rows = dao.audit_page(after, u32::try_from(last - after).unwrap_or(limit))?;
                Ok((head, rows))
            })
            .await?;
        let mut intact = true;
        let mut previous: Option<[u8; 32]> = None;
        let mut rows = Vec::with_capacity(records.len());
        for stored in records {
            let line = String::from_utf8(stored.record).unwrap_or_default();
            let Ok(record) = Record::from_line(&line) else {
                intact = false;
                continue;
            };
            let linked = previous.is_none_or(|hash| hash == *record.prev());
            intact &= record.is_intact() && *record.hash() == stored.hash && linked;
            previous = Some(stored.hash);
            rows.push(row(&record));
        }
        rows.reverse();
        Ok(AuditPage { rows, total: head.seq, intact })
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

fn sentence(event: &Event) -> String {
    let what = match event.kind() {
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
        EventKind::SaveAttachment => "A file was saved outside the mailbox",
        EventKind::KeyChange => "An own key was added or changed",
        EventKind::CertChange => "A certificate was added or judged",
        EventKind::PolicyChange => "A policy or a setting changed",
        EventKind::AccountChange => "An account was added or changed",
        EventKind::ProviderAttested => "The owner recorded the provider and its agreement",
        EventKind::SyncBatch => "Mail was fetched",
        EventKind::SyncError => "Mail could not be fetched",
        EventKind::Gap => "Entries could not be written",
        _ => "Something was recorded",
    };
    let how = match event.outcome() {
        Outcome::Failure => " (failed)",
        Outcome::Refused => " (refused)",
        Outcome::Uncertain => " (outcome unknown)",
        _ => "",
    };
    let reason = event.picked_reason().map(|r| format!("; reason: {}", name(&r).replace('_', " ")));
    let counts = event.counts().iter().fold(String::new(), |mut text, (count, number)| {
        let _infallible = write!(text, "; {}: {number}", name(count).replace('_', " "));
        text
    });
    format!("{what}{how}{}{counts}", reason.unwrap_or_default())
}
