//! The whole profile as one encrypted file, and back.
//!
//! The mailbox is closed while it is copied: what is in the file is what was committed, with nothing beside it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex as BlockingMutex},
};

use serde::Serialize;
use wardmail_api::{
    ApiError, Secret,
    session::{LockReason, Notice},
};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome};
use wardmail_vault::{BackupInfo, Cost, OpenBackup, Passphrase, Protection, Vault};

use crate::{
    access::{epoch, notices},
    door::Guard,
    engine::{Engine, PROFILE_FILES, State, blocking},
    error::Error,
};

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
    /// Writes the profile into a new file, reads it back, and leaves the mailbox locked.
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
        let session = self.session().await?;
        let event = Event::new(EventKind::Backup, Outcome::Success).code(Code::new("backup.made"));
        // Recorded first: what can't be recorded doesn't leave, and the backup tells of itself.
        session.record(event).await?;
        let openings = session.read(epoch::openings).await?;
        self.lock(LockReason::Asked).await;
        let state = self.state.write().await;
        let State::Locked(vault) = &*state else { return Err(Error::Locked) };
        let vault = Arc::clone(vault);
        let info = blocking(move || {
            let vault = vault.lock().map_err(|_| Error::Internal("vault"))?;
            Ok(vault.back_up(session.mailbox_key(), PROFILE_FILES, openings, &path)?)
        })
        .await?;
        drop(state);
        Ok(BackupView::new(info, 0))
    }

    /// Makes the profile from a backup, with a new passphrase and this computer's keyring, and opens it.
    ///
    /// # Errors
    /// Fails if there is a profile already, if the backup or the code isn't right, or if it can't be written.
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
        let (dir, keyring) = (self.profile().to_owned(), self.keyring().clone());
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
            let (vault, key) = write_profile(&dir, &backup, &code, &passphrase, &protection)?;
            Ok((vault, key, view))
        })
        .await?;
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
        *state = State::Unlocked(vault, Arc::clone(&session));
        drop(state);
        session.begin_work();
        Ok(view)
    }
}

/// Everything that can fail without a trace comes first: the code, the keyring, the key derivation. The vault file comes
/// last: it is what makes the rest count.
fn write_profile(
    dir: &Path,
    backup: &OpenBackup,
    code: &Secret,
    passphrase: &Passphrase,
    protection: &Protection<'_>,
) -> Result<(Vault, wardmail_vault::MailboxKey), Error> {
    let kept = wardmail_vault::RecoveryCode::parse(code.expose())
        .map_err(wardmail_vault::BackupError::from)?;
    let setup = Vault::begin_for_key(
        dir,
        backup.key()?,
        Some(kept),
        passphrase,
        protection,
        Cost::Calibrated,
    )?;
    backup.restore(dir)?;
    setup.confirm(code.expose()).map_err(|unconfirmed| unconfirmed.error.into())
}
