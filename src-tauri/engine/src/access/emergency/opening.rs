//! Opening a closed mailbox with the organisation's keys: as many people as policy asks for now, recorded in it before
//! anything is handed out.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use wardmail_api::{
    ErrorCode,
    session::{EmergencyReason, LockReason, Notice},
};
use wardmail_audit::{Code, Count, Event, EventKind, KeyMark, Outcome, Reason};
use wardmail_crypto::{Certificate, Limits, SecretKey, decrypt_and_verify};
use wardmail_store::WriteDao;
use wardmail_vault::{Cost, EmergencyWrap, MailboxKey, Passphrase, Protection, Setup, Vault};
use zeroize::Zeroizing;

use super::{KEY_LEN, LABEL, people};
use crate::{
    access::notices,
    clock,
    engine::{Engine, SharedVault, blocking},
    error::Error,
};

/// Who asks for a mailbox, and where its copy goes.
#[derive(Debug)]
pub struct EmergencyRequest {
    /// The organisation's secret keys: one, or two where policy asks for two people.
    pub keys: Vec<EmergencyKey>,
    /// Why.
    pub reason: EmergencyReason,
    /// The directory of the copy, which must hold nothing.
    pub into: PathBuf,
    /// The passphrase of the copy.
    pub passphrase: wardmail_api::Secret,
    /// Do without the OS keyring (only where policy allows it).
    pub passphrase_only: bool,
}

/// One secret key of the organisation, as it lies in its file.
#[derive(Debug)]
pub struct EmergencyKey {
    /// The key.
    pub armored: wardmail_api::Secret,
    /// The password that protects it, if any.
    pub password: Option<wardmail_api::Secret>,
}

/// A mailbox that was opened: its copy lies there, and counts once its recovery code was typed back.
#[derive(Debug)]
pub struct OpenedCopy {
    setup: Setup,
}

impl OpenedCopy {
    /// The recovery code of the copy, to be written down.
    pub fn recovery_code(&self) -> Zeroizing<String> {
        self.setup.recovery_code().printed()
    }

    /// Ends it: the code, typed back.
    ///
    /// # Errors
    /// Gives itself back with the reason.
    pub fn confirm(self, typed: &str) -> Result<(), (Box<Self>, wardmail_api::ApiError)> {
        match self.setup.confirm(typed) {
            Ok(_) => Ok(()),
            Err(unconfirmed) => {
                let error = Error::from(unconfirmed.error).to_api();
                Err((Box::new(Self { setup: unconfirmed.setup }), error))
            }
        }
    }
}

/// What the keys that were given come to.
struct Opened {
    key: MailboxKey,
    /// Whose keys it took.
    holders: BTreeSet<KeyMark>,
    /// Whether these are as many people as policy asks for. If not, the key is only there to record that.
    enough: bool,
}

/// Opens the wraps that the given keys open, until there are as many people as policy wants. Two wraps for one person each,
/// sealed under an older policy, are two people.
fn open(vault: &Vault, keys: &[SecretKey], two_people: bool) -> Result<Opened, Error> {
    if vault.emergency().is_empty() {
        return Err(Error::Stopped(ErrorCode::EmergencyNotPrepared));
    }
    let mut holders = BTreeSet::new();
    let mut found = None;
    for wrap in vault.emergency() {
        if let Some(key) = open_one(vault, wrap, keys) {
            holders.extend(wrap.fingerprints.iter().cloned());
            found = Some(key);
            if holders.len() >= people(two_people) {
                break;
            }
        }
    }
    let found = found.ok_or(Error::Stopped(ErrorCode::EmergencyKeyWrong))?;
    let given = keys.iter().map(SecretKey::fingerprint);
    let used = given.filter(|fingerprint| holders.contains(&fingerprint.to_string()));
    Ok(Opened {
        key: vault.unlock_with_emergency(&found)?,
        holders: used.filter_map(|fingerprint| KeyMark::of(fingerprint.as_bytes())).collect(),
        enough: holders.len() >= people(two_people),
    })
}

/// Each layer is opened with the key that it names, and with no other.
fn open_one(
    vault: &Vault,
    wrap: &EmergencyWrap,
    keys: &[SecretKey],
) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let nobody: [Certificate; 0] = [];
    let mut opened = Zeroizing::new(wrap.sealed.clone());
    for holder in &wrap.fingerprints {
        let key = keys.iter().find(|key| key.fingerprint().to_string() == *holder)?;
        let decrypted =
            decrypt_and_verify(&opened, &[key], &nobody, clock::now(), &Limits::MAIL).ok()?;
        opened = Zeroizing::new(decrypted.plaintext.to_vec());
    }
    let rest = opened.strip_prefix(LABEL)?.strip_prefix(vault.profile_id().as_slice())?;
    <[u8; KEY_LEN]>::try_from(rest).ok().map(Zeroizing::new)
}

impl Engine {
    /// Opens the locked mailbox with the organisation's keys, records that where the owner will see it, and makes a copy.
    ///
    /// # Errors
    /// Fails if the mailbox is open, if the keys or the policy don't allow it, or if it can't be recorded.
    pub async fn open_in_emergency(
        self: &Arc<Self>,
        request: EmergencyRequest,
    ) -> Result<OpenedCopy, wardmail_api::ApiError> {
        self.open_copy(request).await.map_err(|error| {
            error.log("open_in_emergency");
            error.to_api()
        })
    }

    async fn open_copy(self: &Arc<Self>, request: EmergencyRequest) -> Result<OpenedCopy, Error> {
        let policy = self.policy().await?;
        if request.passphrase_only && !policy.passphrase_only_allowed() {
            return Err(Error::PassphraseOnlyNotAllowed);
        }
        let passphrase = crate::commands::passphrase(&request.passphrase)?;
        policy.check_passphrase(&passphrase)?;
        let keys = read_keys(&request.keys)?;
        let vault = self.locked_vault().await?;
        let (shared, into) = (Arc::clone(&vault), request.into.clone());
        let two_people = policy.effective().settings.emergency_two_people.value;
        let (opened, copy_key) = blocking(move || {
            let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            if Vault::exists(&into) {
                return Err(Error::ProfileExists);
            }
            let opened = open(&vault, &keys, two_people)?;
            let copy = vault.unlock_with_emergency(opened.key.expose())?;
            Ok((opened, copy))
        })
        .await?;
        let enough = opened.enough;
        let recorded = self.record_emergency(&vault, opened, request.reason).await;
        if !enough {
            if let Err(error) = recorded {
                error.log("emergency access");
            }
            return Err(Error::Stopped(ErrorCode::EmergencyTwoPeople));
        }
        recorded?;
        let (profile, keyring) = (self.profile().to_owned(), self.keyring().clone());
        blocking(move || copy(&profile, &request, &passphrase, copy_key, &keyring)).await
    }

    /// Writes into the owner's mailbox that it was opened, or was not to be: without that, it isn't.
    async fn record_emergency(
        self: &Arc<Self>,
        vault: &SharedVault,
        Opened { key, holders, enough }: Opened,
        reason: EmergencyReason,
    ) -> Result<(), Error> {
        let (store, _) = self.open_mailbox(&key).await?;
        let session = self.begin_session(store, key).await?;
        let (why, code) = reason_words(reason);
        let outcome = if enough { Outcome::Success } else { Outcome::Refused };
        let event = Event::new(EventKind::RecoveryUsed, outcome)
            .reason(why)
            .code(Code::new(code))
            .count(Count::Entries, u64::try_from(holders.len()).unwrap_or(u64::MAX))
            .keys(holders);
        let told = Notice::EmergencyAccessUsed { at: clock::now_ms(), reason };
        let tell = move |dao: &mut WriteDao<'_>| {
            if enough { notices::add(dao, told) } else { Ok(()) }
        };
        let recorded = session.write_recorded(event, tell).await;
        if let Err(error) = session.record_failures(vault).await {
            // They stay with the vault until they can be recorded.
            error.log("failed unlocks");
        }
        if enough && recorded.is_ok() {
            session.close(LockReason::Quit).await;
        } else {
            session.end(LockReason::Quit).await;
        }
        recorded
    }
}

fn read_keys(given: &[EmergencyKey]) -> Result<Vec<SecretKey>, Error> {
    let read = |key: &EmergencyKey| {
        let password = key.password.as_ref().map(wardmail_api::Secret::expose);
        SecretKey::import_for_reading(key.armored.expose().as_bytes(), password)
    };
    Ok(given.iter().map(read).collect::<Result<_, _>>()?)
}

/// Copies the closed mailbox and begins a profile around the copy.
fn copy(
    profile: &std::path::Path,
    request: &EmergencyRequest,
    passphrase: &Passphrase,
    key: MailboxKey,
    keyring: &wardmail_vault::Keyring,
) -> Result<OpenedCopy, Error> {
    let protection = if request.passphrase_only {
        Protection::PassphraseAloneAllowedByPolicy
    } else {
        Protection::KeyringAndPassphrase(keyring)
    };
    let into = &request.into;
    let setup = Vault::begin_for_key(into, key, None, passphrase, &protection, Cost::Calibrated)?;
    crate::files::make_private_dir(into)?;
    for name in crate::engine::PROFILE_FILES {
        let from = profile.join(name);
        if from.exists() {
            crate::files::copy_new(&from, &into.join(name))?;
        }
    }
    Ok(OpenedCopy { setup })
}

/// Why, in the words of the audit log.
const fn reason_words(reason: EmergencyReason) -> (Reason, &'static str) {
    match reason {
        EmergencyReason::PatientCare => (Reason::Treatment, "emergency.patient_care"),
        EmergencyReason::OwnerAbsent => (Reason::Operations, "emergency.owner_absent"),
        EmergencyReason::RequiredByLaw => (Reason::RequiredByLaw, "emergency.required_by_law"),
        EmergencyReason::Investigation => (Reason::Operations, "emergency.investigation"),
        EmergencyReason::Drill => (Reason::Other, "emergency.drill"),
    }
}
