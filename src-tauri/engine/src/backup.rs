//! The whole profile as one encrypted file, and back.
//!
//! While it is copied the mailbox stays open and is read, and nothing is written to it: what is in the file is what was
//! committed, with nothing beside it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex as BlockingMutex},
};

use serde::Serialize;
use tokio_util::sync::CancellationToken;
use wardmail_api::{
    ApiError, AppEvent, Secret,
    backup::{CancelBackup, CancelRestore},
    session::Notice,
};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome};
use wardmail_store::ReadDao;
use wardmail_vault::{
    BackupInfo, Cost, OpenBackup, Passphrase, Protection, RecoveryCode, Setup, Vault,
};

use crate::{
    access::{epoch, notices},
    door::{Answer, Guard, InSession},
    engine::{Engine, PROFILE_FILES, State, blocking},
    error::Error,
    session::Session,
};

/// When the last backup was made.
const LAST: &str = "backup.last";

/// When the last backup was made from here.
pub(crate) fn last(dao: &ReadDao<'_>) -> Result<Option<i64>, Error> {
    Ok(dao.setting(LAST)?.and_then(|json| json.parse().ok()))
}

/// Where a backup or a restore that is going on can be stopped from.
pub(crate) type Stop = BlockingMutex<Option<CancellationToken>>;

/// A backup or a restore that is going on: one at a time, and the owner can stop it.
struct Begun<'s>(&'s Stop);

impl<'s> Begun<'s> {
    fn new(slot: &'s Stop, stop: &CancellationToken) -> Result<Self, Error> {
        let mut held = slot.lock().map_err(|_| Error::Internal("backup"))?;
        if held.is_some() {
            return Err(Error::InvalidRequest);
        }
        *held = Some(stop.clone());
        drop(held);
        Ok(Self(slot))
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if let Ok(mut slot) = self.0.lock() {
            *slot = None;
        }
    }
}

fn cancel(slot: &Stop) {
    if let Ok(slot) = slot.lock()
        && let Some(stop) = &*slot
    {
        stop.cancel();
    }
}

impl InSession for CancelBackup {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        cancel(&session.backing_up);
        Ok(())
    }
}

impl Answer for CancelRestore {
    async fn answer(self, engine: &Arc<Engine>) -> Result<(), Error> {
        cancel(&engine.restoring);
        Ok(())
    }
}

/// Hears how far it is and tells each percent once; stops it when nobody wants it any more or the mailbox locks.
fn watch(stop: CancellationToken, tell: impl Fn(u32)) -> impl FnMut(u64, u64) -> bool {
    let mut said = None;
    move |done, total| {
        let percent = percent(done, total);
        if said.replace(percent) != Some(percent) {
            tell(percent);
        }
        !stop.is_cancelled()
    }
}

fn watch_backup(session: &Session, stop: CancellationToken) -> impl FnMut(u64, u64) -> bool {
    watch(stop, |percent| session.tell(AppEvent::BackingUp { percent }))
}

fn percent(done: u64, total: u64) -> u32 {
    let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
    u32::try_from(percent.min(100)).unwrap_or(100)
}

/// What a backup holds.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupView {
    /// When it was made, in milliseconds since 1970.
    pub made_at: i64,
    /// Bytes of mail and settings in it.
    pub bytes: u64,
    /// How many openings of the mailbox this computer knows of that the backup doesn't; 0 if it knows of none.
    pub openings_missing: u64,
}

impl BackupView {
    const fn new(info: BackupInfo, openings_missing: u64) -> Self {
        Self { made_at: info.made_utc_ms, bytes: info.bytes, openings_missing }
    }
}

/// Reads a whole backup with the recovery code that was in force when it was made.
///
/// # Errors
/// Fails with what is wrong with it; it is not changed.
pub async fn verify_backup(path: PathBuf, code: Secret) -> Result<BackupView, ApiError> {
    let verified = blocking(move || {
        let backup = OpenBackup::open(&path, code.expose())?;
        backup.verify()?;
        Ok(BackupView::new(backup.info(), 0))
    });
    verified.await.map_err(|error| error.to_api())
}

impl Engine {
    /// Says whether a backup may be written now, by whoever is there.
    ///
    /// # Errors
    /// Fails while locked, or if the passphrase has to be given once more.
    pub async fn may_back_up(self: &Arc<Self>) -> Result<(), ApiError> {
        self.know_owner(Guard::Owner).await.map_err(|error| error.to_api())
    }

    /// Writes the profile into a new file and reads it back.
    ///
    /// # Errors
    /// Fails while locked, if the passphrase has to be given once more, or if it can't be recorded, written or read back.
    pub async fn back_up(self: &Arc<Self>, path: PathBuf) -> Result<BackupView, ApiError> {
        self.write_backup(path).await.map_err(|error| {
            error.log("back_up");
            error.to_api()
        })
    }

    async fn write_backup(self: &Arc<Self>, path: PathBuf) -> Result<BackupView, Error> {
        self.know_owner(Guard::Owner).await?;
        let (vault, session) = self.open_vault().await?;
        let stop = session.locking.child_token();
        let begun = Begun::new(&session.backing_up, &stop)?;
        let event = Event::new(EventKind::Backup, Outcome::Success).code(Code::new("backup.made"));
        // Recorded first: what can't be recorded doesn't leave, and the backup tells of itself.
        session.record(event).await?;
        let openings = session.read(epoch::openings).await?;
        let (held, stopped) = (Arc::clone(&session), stop.clone());
        let written = session.store.while_quiet(move || {
            let vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            let key = held.mailbox_key();
            let mut watch = watch_backup(&held, stopped);
            Ok::<_, Error>(vault.write_backup(key, PROFILE_FILES, openings, &path, &mut watch)?)
        });
        // Reading it back doesn't hinder whoever writes.
        let done = match written.await {
            Ok(written) => {
                let held = Arc::clone(&session);
                blocking(move || Ok(written.read_back(&mut watch_backup(&held, stop))?)).await
            }
            Err(error) => Err(error),
        };
        drop(begun);
        let info = match done {
            Ok(info) => info,
            Err(_) if session.locking.is_cancelled() => return Err(Error::Locked),
            Err(error) => {
                let event = Event::new(EventKind::Backup, Outcome::Failure);
                session.note(event.code(Code::new("backup.not_made"))).await;
                return Err(error);
            }
        };
        let made_at = info.made_utc_ms;
        session.write(move |dao| Ok(dao.set_setting(LAST, &made_at.to_string())?)).await?;
        Ok(BackupView::new(info, 0))
    }

    /// Makes the profile from a backup, with a new passphrase and this computer's keyring, and opens it.
    ///
    /// # Errors
    /// Fails if there is a profile already, if the backup or the code isn't right, if it can't be written, or if it was
    /// stopped: then there is no profile.
    pub async fn restore(
        self: &Arc<Self>,
        path: PathBuf,
        code: Secret,
        passphrase: Secret,
        passphrase_only: bool,
    ) -> Result<BackupView, ApiError> {
        let typed = crate::commands::passphrase(&passphrase);
        let restored = async { self.make_from(path, code, typed?, passphrase_only).await };
        restored.await.map_err(|error| {
            error.log("restore");
            error.to_api()
        })
    }

    async fn make_from(
        self: &Arc<Self>,
        path: PathBuf,
        code: Secret,
        passphrase: Passphrase,
        passphrase_only: bool,
    ) -> Result<BackupView, Error> {
        let mut state = self.state.write().await;
        self.may_make_profile(&state, &passphrase, passphrase_only).await?;
        let stop = CancellationToken::new();
        let begun = Begun::new(&self.restoring, &stop)?;
        let (engine, keyring) = (Arc::clone(self), self.keyring().clone());
        let (vault, key, view) = blocking(move || {
            let protection = if passphrase_only {
                Protection::PassphraseAloneAllowedByPolicy
            } else {
                Protection::KeyringAndPassphrase(&keyring)
            };
            let backup = OpenBackup::open(&path, code.expose())?;
            // A keyring that doesn't know the mailbox, as on a new computer, says nothing.
            let seen = backup.openings_seen(&keyring).ok().flatten().unwrap_or(0);
            let view = BackupView::new(backup.info(), seen.saturating_sub(backup.info().openings));
            let setup = begin_profile(engine.profile(), &backup, &code, &passphrase, &protection)?;
            let mut watch = watch(stop, |percent| engine.tell(AppEvent::Restoring { percent }));
            // Without a vault they go again: a keyring may have been locked meanwhile.
            let restored = backup.restore(engine.profile(), &mut watch)?;
            // The vault file comes last: it is what makes the rest count.
            let (vault, key) =
                setup.confirm(code.expose()).map_err(|unconfirmed| unconfirmed.error)?;
            restored.keep();
            Ok((vault, key, view))
        })
        .await?;
        drop(begun);
        let vault = Arc::new(BlockingMutex::new(vault));
        *state = State::Locked(Arc::clone(&vault));
        let (store, _) = self.open_mailbox(&key).await?;
        let session = self.begin_session(store, key).await?;
        let missing = view.openings_missing;
        let event = Event::new(EventKind::Backup, Outcome::Success)
            .code(Code::new("backup.restored"))
            .count(Count::Missing, missing);
        session
            .write_recorded(event, move |dao| {
                if missing > 0 {
                    notices::add(dao, Notice::OlderCopy { openings: missing })?;
                }
                Ok(())
            })
            .await?;
        session.take_up().await;
        self.prepare_emergency(&session, &vault).await;
        *state = State::Unlocked(vault, Arc::clone(&session));
        drop(state);
        session.begin_work();
        Ok(view)
    }
}

/// Everything that can fail without a trace comes first: the code, the keyring, the key derivation.
fn begin_profile(
    dir: &Path,
    backup: &OpenBackup,
    code: &Secret,
    passphrase: &Passphrase,
    protection: &Protection<'_>,
) -> Result<Setup, Error> {
    let kept = RecoveryCode::parse(code.expose()).map_err(wardmail_vault::BackupError::from)?;
    let (key, cost) = (backup.key()?, Cost::Calibrated);
    Ok(Vault::begin_for_key(dir, key, Some(kept), passphrase, protection, cost)?)
}

#[cfg(all(test, feature = "failpoints"))]
mod restore_tests;
