//! Takes the facts out of the mailbox, its log and this computer.

use std::{collections::BTreeMap, path::Path};

use wardmail_api::{
    OutboxId,
    compose::OutboxState,
    incident::{
        AroundLastSeen, Holdings, IncidentReport, MessageSent, PersonAffected, Protection, ReaderOf,
    },
};
use wardmail_audit::{Event, EventKind, OpaqueId, Record};
use wardmail_message::{parse_address_list, same_address};
use wardmail_phi::Kind;
use wardmail_store::{self as store, ReadDao};
use wardmail_vault::KeyringMode;

use super::disk;
use crate::{
    audit_view,
    engine::Engine,
    error::Error,
    evidence::{begins_session, opaque},
    open::read_event,
    phi::known::Known,
    sending::Snapshot,
    session::Session,
};

/// People that a report lists; all are counted.
const LISTED: usize = 2_000;

/// Entries of the log that a report quotes.
const QUOTED: usize = 200;

/// What the mailbox holds.
pub(super) async fn holdings(session: &Session) -> Result<Holdings, Error> {
    let waiting = session.waiting().await?.into();
    session
        .read(move |dao| {
            let census = dao.census()?;
            Ok(Holdings {
                messages: census.messages,
                with_text: census.with_body,
                sealed: census.sealed,
                with_files: census.with_attachments,
                with_findings: census.with_phi,
                not_scanned: census.not_scanned,
                drafts: u64::try_from(dao.drafts()?.len()).unwrap_or(u64::MAX),
                waiting,
                oldest: census.oldest_ms,
                newest: census.newest_ms,
            })
        })
        .await
}

/// How the mailbox is closed, and what lies under it on this computer.
pub(super) async fn protection(engine: &Engine, session: &Session) -> Result<Protection, Error> {
    let (vault, _) = engine.open_vault().await?;
    let policy = session.policy().await?;
    let profile = engine.profile().to_owned();
    session
        .blocking(move || {
            let vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            Ok(Protection {
                needs_keyring: vault.keyring_mode() == KeyringMode::Required,
                locks_after_seconds: policy.idle_limit().as_secs(),
                tries: policy.attempt_limits().max,
                disk: disk::under(&profile, Path::new("/")),
                swap: disk::swap(Path::new("/")),
            })
        })
        .await
}

/// Everybody who writes or receives, those with health information first.
pub(super) async fn people(session: &Session, report: &mut IncidentReport) -> Result<(), Error> {
    let groups = session
        .read(|dao| {
            let own: Vec<String> =
                dao.accounts()?.into_iter().map(|account| account.settings.address).collect();
            Ok((own, dao.correspondents()?))
        })
        .await?;
    let (own, groups) = groups;
    let mut people: BTreeMap<String, PersonAffected> = BTreeMap::new();
    let mut count = |address: &str, name: &str, messages: u64, with_findings: u64| {
        if address.is_empty() || own.iter().any(|own| same_address(own, address)) {
            return;
        }
        let person = people.entry(address.to_lowercase()).or_insert_with(|| PersonAffected {
            address: address.to_owned(),
            name: String::new(),
            messages: 0,
            with_findings: 0,
        });
        if person.name.is_empty() && name != address {
            name.clone_into(&mut person.name);
        }
        person.messages += messages;
        person.with_findings += with_findings;
    };
    for group in &groups {
        count(&group.from.address, &group.from.name, group.messages, group.with_phi);
        for address in parse_address_list(&group.recipients).into_iter().flatten() {
            let name = address.name.as_deref().unwrap_or_default();
            count(&address.email, name, group.messages, group.with_phi);
        }
    }
    let mut people: Vec<PersonAffected> = people.into_values().collect();
    people.sort_by_key(|person| std::cmp::Reverse((person.with_findings, person.messages)));
    report.people_in_all = u64::try_from(people.len()).unwrap_or(u64::MAX);
    people.truncate(LISTED);
    report.people = people;
    Ok(())
}

/// Goes through the log from its first entry.
fn each_record(dao: &ReadDao<'_>, mut each: impl FnMut(&Record)) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let page = dao.audit_page(after, 500)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        for stored in page {
            let line = std::str::from_utf8(&stored.record).unwrap_or_default();
            if let Ok(record) = Record::from_line(line) {
                each(&record);
            }
        }
    }
}

fn time(record: &Record) -> String {
    jiff::Timestamp::from_millisecond(record.stamp().utc_ms).unwrap_or_default().to_string()
}

/// What the log says of the time when the computer was last seen.
pub(super) async fn around(
    session: &Session,
    last_seen: Option<i64>,
    report: &mut IncidentReport,
) -> Result<(), Error> {
    let (around, entries) = session
        .read(move |dao| {
            let mut around = AroundLastSeen {
                open: None,
                locked_after: None,
                unlocks_after: 0,
                failures_after: 0,
                log_ends: None,
            };
            let mut entries = Vec::new();
            each_record(dao, |record| {
                note(&mut around, record, last_seen);
                if last_seen.is_some_and(|seen| record.stamp().utc_ms >= seen) {
                    quote(&mut entries, record);
                }
            })?;
            Ok((around, entries))
        })
        .await?;
    report.entries = entries;
    report.last_seen = last_seen.map(|_| around);
    Ok(())
}

fn note(around: &mut AroundLastSeen, record: &Record, last_seen: Option<i64>) {
    let kind = record.event().kind();
    let opens = begins_session(record.event());
    around.log_ends = Some(time(record));
    if last_seen.is_none_or(|seen| record.stamp().utc_ms < seen) {
        if opens || kind == EventKind::Lock {
            around.open = Some(opens);
        }
        return;
    }
    match kind {
        EventKind::Lock if around.locked_after.is_none() => {
            around.locked_after = Some(time(record));
        }
        EventKind::UnlockFailed => around.failures_after += 1,
        _ if opens => around.unlocks_after += 1,
        _ => {}
    }
}

fn quote(entries: &mut Vec<String>, record: &Record) {
    let says = |event: &Event| audit_view::sentence(event);
    if entries.len() < QUOTED {
        entries.push(format!("{} {}: {}", record.seq(), time(record), says(record.event())));
    }
}

/// The message that went to somebody whom it was not for. It is opened for that: says what the log is to say of it.
pub(super) async fn message(
    session: &Session,
    id: OutboxId,
    wrong: &[String],
    report: &mut IncidentReport,
) -> Result<Event, Error> {
    let id = store::OutboxId::new(id.0);
    let (entry, raw, names) = session
        .read(move |dao| {
            let entry = dao.outbox_entry(id)?;
            let groups = dao.delivery_groups(id)?;
            let first = groups.first().ok_or(Error::NotFound)?.id;
            let mut names = vec![opaque(entry.public_id)];
            names.extend(dao.draft_of_submission(id)?.map(opaque));
            let raw = match dao.group_bytes(first) {
                // What was sent is kept where sent mail lies.
                Err(store::Error::NotFound) => sent_copy(dao, &entry)?,
                bytes => bytes?,
            };
            Ok((entry, raw, names))
        })
        .await?;
    let snapshot = Snapshot::of(&entry)?;
    let reading = session.read_message(raw).await?;
    let read = read_event(&reading).message(opaque(entry.public_id));
    let text = reading.text.to_string();
    let mut findings = counted(session, snapshot.subject.clone(), Kind::Subject).await?;
    let subject_findings = !findings.is_empty();
    for (what, n) in counted(session, text, Kind::Body).await? {
        *findings.entry(what).or_default() += n;
    }
    let readers = readers(session, &snapshot, wrong).await;
    report.people = readers
        .iter()
        .map(|reader| PersonAffected {
            address: reader.address.clone(),
            name: String::new(),
            messages: 1,
            with_findings: u64::from(!findings.is_empty()),
        })
        .collect();
    report.people_in_all = u64::try_from(report.people.len()).unwrap_or(u64::MAX);
    report.message = Some(MessageSent {
        created: entry.created_ms,
        state: state(entry.state),
        subject: snapshot.subject,
        subject_findings,
        findings: findings.into_iter().collect(),
        files: reading.attachments.iter().map(|file| file.file_name.clone()).collect(),
        readers,
    });
    report.entries = entries_about(session, names).await?;
    Ok(read)
}

/// The copy of a message that was sent, sealed as it went out: on its way to the folder, or in it.
fn sent_copy(dao: &ReadDao<'_>, entry: &store::OutboxEntry) -> Result<Vec<u8>, Error> {
    let waiting = dao.sent_copies(entry.account, i64::MAX, u32::MAX)?;
    if let Some(copy) = waiting.iter().find(|copy| copy.message_id == entry.message_id) {
        return Ok(dao.sent_copy_bytes(copy.id)?);
    }
    for id in dao.find_by_message_id(&entry.message_id)? {
        if let Ok(raw) = dao.raw(id) {
            return Ok(raw);
        }
    }
    Err(Error::NotFound)
}

const fn state(state: store::OutboxState) -> OutboxState {
    match state {
        store::OutboxState::Queued => OutboxState::Queued,
        store::OutboxState::Held => OutboxState::Held,
        store::OutboxState::Sending => OutboxState::Sending,
        store::OutboxState::Sent => OutboxState::Sent,
        store::OutboxState::Uncertain => OutboxState::Uncertain,
        store::OutboxState::Failed => OutboxState::Failed,
    }
}

/// What the detector finds, and how often.
async fn counted(
    session: &Session,
    text: String,
    kind: Kind,
) -> Result<BTreeMap<String, u64>, Error> {
    let known = Known::load(session, &[]).await?;
    let detector = std::sync::Arc::clone(&session.detector);
    session
        .cpu(move || {
            let scan = detector.scan(&text, kind, &known.knowledge);
            let mut counts = BTreeMap::new();
            for finding in scan.findings.iter().filter(|_| scan.is_phi()) {
                *counts.entry(finding.category.as_str().replace('_', " ")).or_default() += 1;
            }
            counts
        })
        .await
}

/// Everybody for whom it was sealed.
async fn readers(session: &Session, snapshot: &Snapshot, wrong: &[String]) -> Vec<ReaderOf> {
    let keys = session.keys().await;
    let typed = [&snapshot.to[..], &snapshot.cc, &snapshot.bcc].concat().join(", ");
    parse_address_list(&typed)
        .into_iter()
        .flatten()
        .map(|address| {
            let sealed = snapshot
                .sealed_for
                .iter()
                .find(|(sealed, _)| same_address(sealed, &address.email))
                .map(|(_, fingerprint)| fingerprint.clone());
            let known = sealed.as_ref().and_then(|fingerprint| {
                keys.book.others().find(|k| k.certificate.fingerprint().to_string() == *fingerprint)
            });
            ReaderOf {
                wrong: wrong.iter().any(|wrong| same_address(wrong, &address.email)),
                fingerprint: sealed,
                trust: known.map(|known| known.trust),
                address: address.email,
            }
        })
        .collect()
}

/// Entries of the log that name one of these.
async fn entries_about(session: &Session, names: Vec<OpaqueId>) -> Result<Vec<String>, Error> {
    session
        .read(move |dao| {
            let mut entries = Vec::new();
            each_record(dao, |record| {
                if record.event().object_id().is_some_and(|(_, id)| names.contains(&id)) {
                    quote(&mut entries, record);
                }
            })?;
            Ok(entries)
        })
        .await
}
