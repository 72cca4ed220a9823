//! Counts the openings of the mailbox, in it and in the keyring: an older copy that was put back shows at the next unlock.
//!
//! The mailbox is written first. A kill between the two leaves it one ahead, which is what every unlock finds in between;
//! only a keyring that has seen more openings than the mailbox tells of an older copy, or one whose count was deleted.

use std::sync::Arc;

use wardmail_api::session::Notice;
use wardmail_audit::{Code, Count, Event, EventKind, Outcome};
use wardmail_store::{ReadDao, WriteDao};
use wardmail_vault::{Keyring, KeyringMode};

use super::notices;
use crate::{
    engine::{SharedVault, blocking},
    error::Error,
    evidence::Evidence,
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
    let (profile, seen, counted) = blocking(move || {
        let mut vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
        let counts = vault.keyring_mode() == KeyringMode::Required;
        // A keyring in trouble was told at the unlock; what it can't say now it says next time.
        let seen = if counts { vault.epoch(&asked).ok() } else { None };
        Ok((*vault.profile_id(), seen, vault.is_counted()))
    })
    .await?;
    let Some(seen) = seen else { return Ok(()) };
    let evidence = session.evidence;
    let seen = match seen {
        Some(openings) => Seen::Openings(openings),
        None if counted => Seen::Deleted,
        None => Seen::Openings(0),
    };
    let epoch = session.write(move |dao| count(dao, evidence, seen)).await?;
    // One behind is what the keyring may be: neither reading nor a lock waits for it, nor does whoever needs the vault.
    let asked = keyring.clone();
    tokio::task::spawn_blocking(move || {
        if asked.set_epoch(&profile, epoch).is_err() {
            tracing::warn!("the keyring did not take the count of openings");
        }
    });
    Ok(())
}

/// What the keyring says of the openings.
#[derive(Clone, Copy, Debug)]
enum Seen {
    /// So many; none, if it never counted.
    Openings(u64),
    /// It counted, and its count is gone: nothing shows that this isn't an older copy.
    Deleted,
}

/// Counts this opening in the mailbox; says how many there were. A keyring that has `seen` more is recorded, and told; so is
/// one that can't say any more.
fn count(dao: &mut WriteDao<'_>, evidence: Evidence, seen: Seen) -> Result<u64, Error> {
    let own = openings(dao)?;
    let (seen, missing) = match seen {
        Seen::Openings(seen) => (seen, Some(seen.saturating_sub(own)).filter(|n| *n > 0)),
        Seen::Deleted => (0, (own > 0).then_some(0)),
    };
    if let Some(missing) = missing {
        let event = Event::new(EventKind::AuditNotice, Outcome::Failure)
            .code(Code::new("vault.older_copy"))
            .count(Count::Missing, missing);
        evidence.record(dao, event)?;
        notices::add(dao, Notice::OlderCopy { openings: missing })?;
    }
    let epoch = own.max(seen).saturating_add(1);
    dao.set_setting(EPOCH, &epoch.to_string())?;
    Ok(epoch)
}

#[cfg(all(test, feature = "failpoints"))]
mod tests {
    use super::*;
    use crate::testing::Desk;

    #[tokio::test]
    async fn an_older_copy_that_cant_be_recorded_is_not_told_and_is_found_again() {
        let desk = Desk::new().await;
        let session = desk.session().await;
        let evidence = session.evidence;
        let found = || session.write(move |dao| count(dao, evidence, Seen::Openings(5)));
        let told = || session.read(|dao| Ok((openings(dao)?, notices::pending(dao)?)));
        let before = told().await.unwrap();
        let failed = desk.unrecorded(found()).await;
        assert!(matches!(failed, Err(Error::AuditUnavailable(_))), "{failed:?}");
        assert_eq!(told().await.unwrap(), before);

        let (counted, recorded) = desk.recorded(found()).await;
        assert_eq!(counted.unwrap(), 6);
        assert_eq!(recorded, [(EventKind::AuditNotice, Outcome::Failure)]);
        let (openings, notices) = told().await.unwrap();
        assert_eq!(openings, 6);
        assert_eq!(notices, [Notice::OlderCopy { openings: 5 - before.0 }]);
        desk.done();
    }

    #[tokio::test]
    async fn a_count_that_was_deleted_from_the_keyring_is_told_as_an_older_copy() {
        let desk = Desk::new().await;
        let session = desk.session().await;
        let evidence = session.evidence;
        let counted = |seen| session.write(move |dao| count(dao, evidence, seen));
        // A mailbox that was never opened has no older copy.
        assert_eq!(counted(Seen::Deleted).await.unwrap(), 1);
        assert_eq!(session.read(notices::pending).await.unwrap(), []);
        let (openings, recorded) = desk.recorded(counted(Seen::Deleted)).await;
        assert_eq!(openings.unwrap(), 2);
        assert_eq!(recorded, [(EventKind::AuditNotice, Outcome::Failure)]);
        assert_eq!(
            session.read(notices::pending).await.unwrap(),
            [Notice::OlderCopy { openings: 0 }]
        );
        desk.done();
    }
}
