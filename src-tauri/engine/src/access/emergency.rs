//! The organisation's way into a mailbox: prepared while the owner is there, opened without them, and always told.
//!
//! The mailbox key is sealed to each certificate that the installed policy names; where it asks for two people, to each pair
//! of them, one seal inside the other, so that neither opens it alone. Opening never touches the owner's ways in: whoever
//! opens a mailbox gets a copy of it, with a passphrase of its own.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use wardmail_api::session::{EmergencyReason, Notice};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome, Reason};
use wardmail_crypto::{Certificate, Limits, SecretKey, decrypt_and_verify, encrypt_secret};
use wardmail_vault::{Cost, EmergencyWrap, MailboxKey, Passphrase, Protection, Setup, Vault};
use zeroize::Zeroizing;

use super::notices;
use crate::{
    clock,
    engine::{Engine, SharedVault, blocking},
    error::Error,
    policy_source::PolicyState,
    session::Session,
};

/// Says what is sealed, and for which profile: a seal moved elsewhere opens nothing.
const LABEL: &[u8] = b"wardmail emergency access v1";
const KEY_LEN: usize = 32;

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

/// Seals the mailbox to whom policy names, and to nobody else; the owner is told of every change.
///
/// # Errors
/// If it can't be recorded or written; then all stays as it was.
pub(crate) async fn follow_policy(
    session: &Arc<Session>,
    vault: &SharedVault,
    policy: &PolicyState,
) -> Result<(), Error> {
    // Under a policy in trouble nothing is added and nobody is shut out.
    if policy.summary().trouble.is_some() {
        return Ok(());
    }
    let settings = &policy.effective().settings;
    let two_people = settings.emergency_two_people.value;
    let armored = settings.emergency_certificates.value.clone();
    let (shared, held) = (Arc::clone(vault), Arc::clone(session));
    let wraps = session
        .blocking(move || {
            let certificates: Vec<Certificate> =
                armored.iter().filter_map(|text| certificate(text.as_str())).collect();
            let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            wanted(&vault, held.mailbox_key(), &certificates, two_people)
        })
        .await?;
    let Some(wraps) = wraps else { return Ok(()) };
    let (notice, code) = if wraps.is_empty() {
        (Notice::EmergencyAccessRemoved, "emergency.removed")
    } else {
        (Notice::EmergencyAccessAdded { two_people }, "emergency.added")
    };
    let count = u64::try_from(wraps.len()).unwrap_or(u64::MAX);
    let event = Event::new(EventKind::AccessChange, Outcome::Success)
        .reason(Reason::Policy)
        .code(Code::new(code))
        .count(Count::Entries, count);
    session.write_recorded(event, move |dao| notices::add(dao, notice)).await?;
    let (shared, held) = (Arc::clone(vault), Arc::clone(session));
    session
        .blocking(move || {
            let mut vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            Ok(vault.set_emergency(held.mailbox_key(), wraps)?)
        })
        .await
}

fn certificate(armored: &str) -> Option<Certificate> {
    Certificate::import(armored.as_bytes(), &Limits::MAIL).ok()?.certificates.into_iter().next()
}

/// The wraps that the vault should hold; `None` if it holds just these. A wrap that is there is kept: its certificate
/// may have expired since.
fn wanted(
    vault: &Vault,
    key: &MailboxKey,
    certificates: &[Certificate],
    two_people: bool,
) -> Result<Option<Vec<EmergencyWrap>>, Error> {
    let mut groups: Vec<Vec<&Certificate>> = Vec::new();
    for (index, first) in certificates.iter().enumerate() {
        if two_people {
            groups.extend(certificates.iter().skip(index + 1).map(|second| vec![first, second]));
        } else {
            groups.push(vec![first]);
        }
    }
    let mut wraps = Vec::with_capacity(groups.len());
    for group in groups {
        let fingerprints: Vec<String> =
            group.iter().map(|certificate| certificate.fingerprint().to_string()).collect();
        let present = vault.emergency().iter().find(|wrap| wrap.fingerprints == fingerprints);
        match present {
            Some(wrap) => wraps.push(wrap.clone()),
            None => wraps.push(EmergencyWrap { sealed: seal(vault, key, &group)?, fingerprints }),
        }
    }
    Ok((wraps != vault.emergency()).then_some(wraps))
}

/// Seals the key to the last of the group, that to the one before, and so on.
fn seal(vault: &Vault, key: &MailboxKey, group: &[&Certificate]) -> Result<Vec<u8>, Error> {
    let mut sealed = Zeroizing::new(Vec::with_capacity(LABEL.len() + 16 + KEY_LEN));
    sealed.extend_from_slice(LABEL);
    sealed.extend_from_slice(vault.profile_id());
    sealed.extend_from_slice(key.expose());
    for certificate in group.iter().rev() {
        sealed = Zeroizing::new(encrypt_secret(&sealed, certificate, clock::now())?);
    }
    Ok(sealed.to_vec())
}

/// Opens one of the wraps with the keys that were given; says how many people it took.
fn open(vault: &Vault, keys: &[SecretKey]) -> Result<(MailboxKey, usize), Error> {
    if vault.emergency().is_empty() {
        return Err(Error::Stopped(wardmail_api::ErrorCode::EmergencyNotPrepared));
    }
    let given: BTreeSet<String> = keys.iter().map(|key| key.fingerprint().to_string()).collect();
    for wrap in vault.emergency() {
        if wrap.fingerprints.iter().all(|fingerprint| given.contains(fingerprint))
            && let Some(key) = open_one(vault, wrap, keys)
        {
            return Ok((vault.unlock_with_emergency(&key)?, wrap.fingerprints.len()));
        }
    }
    Err(Error::Stopped(wardmail_api::ErrorCode::EmergencyKeyWrong))
}

fn open_one(
    vault: &Vault,
    wrap: &EmergencyWrap,
    keys: &[SecretKey],
) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let keys: Vec<&SecretKey> = keys.iter().collect();
    let nobody: [Certificate; 0] = [];
    let mut opened = Zeroizing::new(wrap.sealed.clone());
    for _ in &wrap.fingerprints {
        let decrypted =
            decrypt_and_verify(&opened, &keys, &nobody, clock::now(), &Limits::MAIL).ok()?;
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
        let (key, copy_key, people) = blocking(move || {
            let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            if Vault::exists(&into) {
                return Err(Error::ProfileExists);
            }
            let (key, people) = open(&vault, &keys)?;
            let copy = vault.unlock_with_emergency(key.expose())?;
            Ok((key, copy, people))
        })
        .await?;
        self.record_emergency(&vault, key, request.reason, people).await?;
        let (profile, keyring) = (self.profile().to_owned(), self.keyring().clone());
        blocking(move || copy(&profile, &request, &passphrase, copy_key, &keyring)).await
    }

    /// Writes into the owner's mailbox that it was opened: without that, it isn't.
    async fn record_emergency(
        self: &Arc<Self>,
        vault: &SharedVault,
        key: MailboxKey,
        reason: EmergencyReason,
        people: usize,
    ) -> Result<(), Error> {
        let (store, _) = self.open_mailbox(&key).await?;
        let session = self.begin_session(store, key).await?;
        let (why, code) = reason_words(reason);
        let event = Event::new(EventKind::RecoveryUsed, Outcome::Success)
            .reason(why)
            .code(Code::new(code))
            .count(Count::Entries, u64::try_from(people).unwrap_or(u64::MAX));
        let at = clock::now_ms();
        let told = Notice::EmergencyAccessUsed { at, reason };
        let recorded = session.write_recorded(event, move |dao| notices::add(dao, told)).await;
        if let Err(error) = session.record_failures(vault).await {
            // They stay with the vault until they can be recorded.
            error.log("failed unlocks");
        }
        session.close(wardmail_api::session::LockReason::Quit).await;
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
