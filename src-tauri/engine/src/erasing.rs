//! The end of a mailbox on this computer: its log goes out first, then what opens it is destroyed, and it with that.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex as BlockingMutex},
};

use wardmail_api::{
    ApiError, AppEvent, ErrorCode,
    audit::AuditFormat,
    backup::{ERASE_WORD, ErasedView},
    session::LockReason,
};
use wardmail_audit::{Code, Event, EventKind, Outcome, Reason};
use wardmail_vault::{Keyring, Vault, carry_out_erasure};

use crate::{
    audit_log,
    door::Guard,
    engine::{Engine, PROFILE_FILES, State, blocking},
    error::Error,
    files::Standing,
    retention::Rules,
    session::Session,
    set_aside,
};

/// What lies beside the mailbox's own files while it is open, or after a kill.
pub(crate) const BESIDE: &[&str] =
    &["mailbox.db-wal", "mailbox.db-shm", "mailbox.begun", crate::evidence::UNRECORDED];

/// Stays, so that a profile that was managed stays so.
pub(crate) const STAYS: &str = "managed";

/// Carries out what was ordered before the program ended, if anything was. Blocking.
pub(crate) fn finish(profile: &Path, keyring: &Keyring) -> Result<bool, Error> {
    let own = PROFILE_FILES.iter().filter(|name| **name != STAYS);
    let aside = set_aside::files(profile)?;
    let aside_names = aside.iter().map(String::as_str);
    let files: Vec<&str> = own.chain(BESIDE).copied().chain(aside_names).collect();
    let erased = carry_out_erasure(profile, &files, keyring)?;
    if erased.is_some_and(|erased| !erased.kept_for_organisation) {
        set_aside::remove_folders(profile)?;
    }
    if erased.is_some_and(|erased| erased.keyring_left) {
        tracing::warn!("the keyring keeps entries of an erased mailbox");
    }
    Ok(erased.is_some_and(|erased| erased.kept_for_organisation))
}

impl Engine {
    /// Says whether the mailbox may be erased now, by whoever is there.
    ///
    /// # Errors
    /// Fails if policy doesn't allow it, if it wasn't confirmed, or if the passphrase has to be given once more.
    pub async fn may_erase(self: &Arc<Self>, confirmation: &str) -> Result<(), ApiError> {
        let session = self.session().await.map_err(|error| error.to_api())?;
        self.erasure_is_fine(&session, confirmation).await.map(drop).map_err(|error| error.to_api())
    }

    /// Erases the mailbox on this computer, after its log was exported to a file.
    ///
    /// # Errors
    /// As [`Engine::may_erase`], or if the log can't be written: then nothing was erased.
    pub async fn erase(
        self: &Arc<Self>,
        confirmation: &str,
        log: PathBuf,
    ) -> Result<ErasedView, ApiError> {
        self.erase_now(confirmation, log).await.map_err(|error| {
            error.log("erase");
            error.to_api()
        })
    }

    /// Whether a legal hold lies on anything, which leaves the organisation's way in.
    async fn erasure_is_fine(&self, session: &Session, confirmation: &str) -> Result<bool, Error> {
        let rules = Rules::now(session).await?;
        if rules.trouble().is_some() || !rules.owner_may_erase() {
            return Err(Error::NotAllowed);
        }
        self.know_owner(Guard::Owner).await?;
        if confirmation != ERASE_WORD {
            return Err(Error::Stopped(ErrorCode::EraseNotConfirmed));
        }
        Ok(rules.holds_anything())
    }

    async fn erase_now(
        self: &Arc<Self>,
        confirmation: &str,
        log: PathBuf,
    ) -> Result<ErasedView, Error> {
        let (vault, session) = self.open_vault().await?;
        let held = self.erasure_is_fine(&session, confirmation).await?;
        let profile = self.profile().to_owned();
        let place = log.clone();
        let shared = Arc::clone(&vault);
        blocking(move || {
            let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            if held && vault.emergency().is_empty() {
                return Err(Error::Stopped(ErrorCode::LegalHold));
            }
            lies_outside(&place, &profile)
        })
        .await?;
        let event = Event::new(EventKind::Delete, Outcome::Success)
            .reason(Reason::OwnerRequest)
            .code(Code::new("profile.erase"));
        session.record(event).await?;
        let log_entries =
            audit_log::export_to(&session, AuditFormat::Jsonl, log, Standing::Replaced).await?;

        let mut state = self.state.write().await;
        let State::Unlocked(..) = &*state else { return Err(Error::Locked) };
        session.close(LockReason::Asked).await;
        drop(session);
        *state = State::Locked(Arc::clone(&vault));
        self.forget_pages().await;
        let (profile, keyring) = (self.profile().to_owned(), self.keyring().clone());
        let erased = blocking(move || {
            vault.lock().map_err(|_| Error::Internal("vault"))?.order_erasure(held)?;
            fail::fail_point!("engine::erase::ordered");
            finish(&profile, &keyring)
        })
        .await;
        match (&erased, Vault::open(self.profile())) {
            (Ok(true), Ok(vault)) => *state = State::Locked(Arc::new(BlockingMutex::new(vault))),
            (Ok(_), _) => *state = State::SetUp(None),
            // What is left is told at the next unlock.
            (Err(_), _) => {}
        }
        drop(state);
        self.tell(AppEvent::Locked { reason: LockReason::Asked });
        let kept = erased?;
        Ok(ErasedView { erased: true, kept_for_organisation: kept, log_entries })
    }
}

/// The log must not go with the mailbox.
fn lies_outside(log: &Path, profile: &Path) -> Result<(), Error> {
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = std::fs::canonicalize(folder.unwrap_or_else(|| Path::new(".")))?;
    if folder.starts_with(std::fs::canonicalize(profile)?) {
        return Err(Error::InvalidRequest);
    }
    Ok(())
}
