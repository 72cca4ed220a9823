//! Counts the openings of the mailbox, in it and in the keyring: an older copy that was put back shows at the next unlock.
//!
//! The mailbox is written first. A kill between the two leaves it one ahead, which is what every unlock finds in between;
//! only a keyring that has seen more openings than the mailbox tells of an older copy.

use std::sync::Arc;

use wardmail_api::session::Notice;
use wardmail_audit::{Code, Count, Event, EventKind, Outcome};
use wardmail_store::ReadDao;
use wardmail_vault::{Keyring, KeyringMode};

use super::notices;
use crate::{
    engine::{SharedVault, blocking},
    error::Error,
    session::Session,
};

const EPOCH: &str = "vault.epoch";

/// How often the mailbox was opened, this time included.
pub(crate) fn openings(dao: &ReadDao<'_>) -> Result<u64, Error> {
    Ok(dao.setting(EPOCH)?.and_then(|json| json.parse().ok()).unwrap_or(0))
}

/// Counts this opening and compares with what the keyring saw.
///
/// # Errors
/// If the mailbox can't be written; then nothing was counted.
pub(crate) async fn count_opening(
    session: &Session,
    vault: &SharedVault,
    keyring: &Keyring,
) -> Result<(), Error> {
    let (shared, asked) = (Arc::clone(vault), keyring.clone());
    let seen = blocking(move || {
        let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
        let counts = vault.keyring_mode() == KeyringMode::Required;
        // A keyring in trouble was told at the unlock; what it can't say now it says next time.
        Ok(if counts { vault.epoch(&asked).ok() } else { None })
    })
    .await?;
    let Some(seen) = seen else { return Ok(()) };
    let evidence = session.evidence;
    let epoch = session
        .write(move |dao| {
            let own = openings(dao)?;
            let missing = seen.unwrap_or(0).saturating_sub(own);
            if missing > 0 {
                let event = Event::new(EventKind::AuditNotice, Outcome::Failure)
                    .code(Code::new("vault.older_copy"))
                    .count(Count::Missing, missing);
                evidence.record(dao, event)?;
                notices::add(dao, Notice::OlderCopy { openings: missing })?;
            }
            let epoch = own.max(seen.unwrap_or(0)).saturating_add(1);
            dao.set_setting(EPOCH, &epoch.to_string())?;
            Ok(epoch)
        })
        .await?;
    // One behind is what the keyring may be: neither reading nor a lock waits for it.
    let (shared, asked) = (Arc::clone(vault), keyring.clone());
    tokio::task::spawn_blocking(move || {
        let told = shared.lock().is_ok_and(|vault| vault.set_epoch(&asked, epoch).is_ok());
        if !told {
            tracing::warn!("the keyring did not take the count of openings");
        }
    });
    Ok(())
}
