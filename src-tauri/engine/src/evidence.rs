//! Writes audit events, each in the transaction of what it records.

mod unrecorded;

use rand::Rng as _;
use wardmail_audit::{
    Chain, Code, Event, EventKind, Head, OpaqueId, Outcome, Record, Signer, Stamp,
};
use wardmail_store::{AuditCheckpoint, AuditSigner, PublicId, ReadDao, WriteDao};

use crate::{clock, error::Error};

pub(crate) use unrecorded::{NAME as UNRECORDED, Unrecorded};

/// The setting with the random id of the log.
const LOG_ID: &str = "audit.log_id";

/// The setting that stands from the entry of an unlock to that of the lock. Found at an unlock, it tells that the session
/// before ended without an entry.
const OPEN: &str = "audit.session_open";

/// The code of a gap where a session's end is missing.
pub(crate) const CUT_OFF: &str = "session.cut_off";

/// A signature covers at most so many entries that none covered before.
const SIGNED_EVERY: u64 = 500;

/// What stamps the events of this run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    boot: OpaqueId,
}

impl Evidence {
    /// Begins a run.
    pub(crate) fn begin() -> Self {
        Self { boot: boot_id() }
    }

    /// Appends an event to the log within a transaction.
    ///
    /// # Errors
    /// Fails if the log can't be written: then the transaction must not be committed.
    pub(crate) fn record(&self, dao: &mut WriteDao<'_>, event: Event) -> Result<(), Error> {
        self.append(dao, event).map_err(|error| match error {
            Error::Store(error) => Error::AuditUnavailable(error),
            other => other,
        })
    }

    fn append(&self, dao: &mut WriteDao<'_>, event: Event) -> Result<(), Error> {
        let sign = ends_with_signature(event.kind());
        if begins_session(&event) {
            if dao.setting(OPEN)?.is_some() && !ends_with_gap(dao)? {
                let gap = Event::new(EventKind::Gap, Outcome::Failure);
                self.chain(dao, gap.code(Code::new(CUT_OFF)))?;
            }
            dao.set_setting(OPEN, "true")?;
        } else if event.kind() == EventKind::Lock {
            dao.remove_setting(OPEN)?;
        }
        let record = self.chain(dao, event)?;
        if sign || record.seq().is_multiple_of(SIGNED_EVERY) {
            self.sign(dao)?;
        }
        Ok(())
    }

    fn chain(&self, dao: &mut WriteDao<'_>, event: Event) -> Result<Record, Error> {
        let head = match head(dao)? {
            Some(head) => head,
            None => Head::genesis(&log_id(dao)?),
        };
        let stamp = Stamp {
            boot: self.boot,
            utc_ms: clock::now_ms(),
            mono_ms: u64::try_from(clock::since_boot().as_millis()).unwrap_or(u64::MAX),
        };
        let record: Record = Chain::append(&head, event, &stamp);
        dao.append_audit(record.seq(), record.to_line().as_bytes(), record.hash())?;
        Ok(record)
    }

    /// Signs the log as it stands and puts the next key in the place of the one that signed.
    fn sign(&self, dao: &mut WriteDao<'_>) -> Result<(), Error> {
        let signer = match (dao.audit_signer()?, dao.last_audit_checkpoint()?) {
            (Some(kept), _) => Signer::restore(kept.epoch, &kept.secret)?,
            (None, None) => Signer::generate()?,
            // The key was lost: the log goes on, and verification names the place.
            (None, Some(last)) => {
                let lost = Event::new(EventKind::AuditNotice, Outcome::Failure);
                self.chain(dao, lost.code(Code::new("audit.key_lost")))?;
                Signer::replace_lost(last.epoch.saturating_add(1))?
            }
        };
        let head = head(dao)?.ok_or(Error::Internal("audit head"))?;
        let (checkpoint, next) = signer.checkpoint(&log_id(dao)?, head, clock::now_ms())?;
        dao.append_audit_checkpoint(&AuditCheckpoint {
            epoch: checkpoint.epoch(),
            seq: head.seq,
            line: checkpoint.to_line(),
        })?;
        dao.set_audit_signer(&AuditSigner { epoch: next.epoch(), secret: next.secret()? })?;
        Ok(())
    }
}

/// Whether a session begins with it: nothing that failed or was refused does. Asking for the passphrase once more is told as
/// an unlock too, with a code.
pub(crate) fn begins_session(event: &Event) -> bool {
    event.outcome() == Outcome::Success
        && match event.kind() {
            EventKind::Unlock => event.error_code().is_none(),
            kind => kind == EventKind::RecoveryUsed,
        }
}

/// Whether the last entry tells of missing ones already.
fn ends_with_gap(dao: &ReadDao<'_>) -> Result<bool, Error> {
    let last = dao.audit_page(dao.audit_head()?.seq.saturating_sub(1), 1)?;
    let record = last.first().and_then(|last| std::str::from_utf8(&last.record).ok());
    let record = record.and_then(|line| Record::from_line(line).ok());
    Ok(record.is_some_and(|record| record.event().kind() == EventKind::Gap))
}

/// Kinds after which the log is signed: where a session begins and ends, and where it is taken out.
pub(crate) const fn ends_with_signature(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::ProfileCreated
            | EventKind::Unlock
            | EventKind::RecoveryUsed
            | EventKind::Lock
            | EventKind::Export
    )
}

/// The last entry, if there is one.
fn head(dao: &ReadDao<'_>) -> Result<Option<Head>, Error> {
    let stored = dao.audit_head()?;
    Ok((stored.seq > 0).then_some(Head { seq: stored.seq, hash: stored.hash }))
}

/// The random id of the log, made with its first entry.
pub(crate) fn log_id(dao: &mut WriteDao<'_>) -> Result<OpaqueId, Error> {
    if let Some(json) = dao.setting(LOG_ID)? {
        return serde_json::from_str(&json).map_err(|_| Error::Internal("log id"));
    }
    let id = random_id();
    dao.set_setting(LOG_ID, &serde_json::to_string(&id).map_err(|_| Error::Internal("log id"))?)?;
    Ok(id)
}

/// The random id of the log, if there is a log.
pub(crate) fn known_log_id(dao: &ReadDao<'_>) -> Result<Option<OpaqueId>, Error> {
    let json = dao.setting(LOG_ID)?;
    json.map(|json| serde_json::from_str(&json).map_err(|_| Error::Internal("log id"))).transpose()
}

/// A random name for something that has none.
pub(crate) fn random_id() -> OpaqueId {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    OpaqueId::from_random(bytes)
}

/// The name of a message, draft or submission in the log.
pub(crate) const fn opaque(id: PublicId) -> OpaqueId {
    OpaqueId::from_random(*id.as_bytes())
}

/// The kernel's random id of this boot.
fn boot_id() -> OpaqueId {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let mut bytes = [0_u8; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).unwrap_or("00");
        *byte = u8::from_str_radix(pair, 16).unwrap_or(0);
    }
    OpaqueId::from_random(bytes)
}

#[cfg(test)]
#[cfg(feature = "failpoints")]
mod reading_tests;
#[cfg(test)]
#[cfg(feature = "failpoints")]
mod settings_tests;
#[cfg(test)]
#[cfg(feature = "failpoints")]
mod tests;
