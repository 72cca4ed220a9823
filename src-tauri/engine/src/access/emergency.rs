//! The organisation's way into a mailbox: prepared while the owner is there, opened without them, and always told.
//!
//! The mailbox key is sealed to each certificate that the installed policy names; where it asks for two people, to each pair
//! of them, one seal inside the other, so that neither opens it alone. Opening never touches the owner's ways in: whoever
//! opens a mailbox gets a copy of it, with a passphrase of its own.

mod opening;
#[cfg(test)]
#[cfg(feature = "failpoints")]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;
use wardmail_api::session::Notice;
use wardmail_audit::{Code, Count, Event, EventKind, Outcome, Reason};
use wardmail_crypto::{Certificate, Limits, encrypt_secret};
use wardmail_policy::{ArmoredCertificate, Settings};
use wardmail_store::WriteDao;
use wardmail_vault::{EmergencyWrap, MailboxKey, Vault};
use zeroize::Zeroizing;

use super::notices;
use crate::{
    clock,
    engine::{Engine, SharedVault},
    error::Error,
    policy_source::PolicyState,
    session::Session,
};

pub use opening::{EmergencyKey, EmergencyRequest, OpenedCopy};

/// Says what is sealed, and for which profile: a seal moved elsewhere opens nothing.
const LABEL: &[u8] = b"wardmail emergency access v1";
const KEY_LEN: usize = 32;
/// The trouble that was told last.
const TROUBLE: &str = "emergency.trouble";

/// What keeps the organisation out though policy names certificates; told once for each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Trouble {
    /// Certificates that can't be read or sealed to.
    left_out: u64,
    /// Whether the organisation can open the mailbox nevertheless.
    prepared: bool,
}

/// The certificates that policy names.
struct Named {
    /// Each once: two texts of the same certificate are not two people.
    certificates: Vec<Certificate>,
    /// Texts that hold none.
    unreadable: u64,
}

impl Named {
    fn read(armored: &BTreeSet<ArmoredCertificate>) -> Self {
        let mut named = Self { certificates: Vec::new(), unreadable: 0 };
        for text in armored {
            match certificate(text.as_str()) {
                Some(new) if named.knows(&new) => {}
                Some(new) => named.certificates.push(new),
                None => named.unreadable = named.unreadable.saturating_add(1),
            }
        }
        named
    }

    fn knows(&self, new: &Certificate) -> bool {
        self.certificates.iter().any(|known| known.fingerprint() == new.fingerprint())
    }

    /// Who opens the mailbox together.
    fn groups(&self, two_people: bool) -> Vec<Vec<&Certificate>> {
        let mut groups = Vec::new();
        for (index, first) in self.certificates.iter().enumerate() {
            if two_people {
                let others = self.certificates.iter().skip(index.saturating_add(1));
                groups.extend(others.map(|second| vec![first, second]));
            } else {
                groups.push(vec![first]);
            }
        }
        groups
    }
}

/// What policy's certificates can't do, for whoever writes the policy.
pub(crate) fn problems(settings: &Settings) -> Vec<String> {
    let armored = &settings.emergency_certificates.value;
    let named = Named::read(armored);
    let usable = |known: &&Certificate| known.can_encrypt(clock::now()).is_ok();
    let usable = named.certificates.iter().filter(usable).count();
    let unusable = armored.len().saturating_sub(usable);
    let needed = people(settings.emergency_two_people.value);
    let mut problems = Vec::new();
    if unusable > 0 {
        problems.push(format!(
            "emergency.certificates: {unusable} can't be used (unreadable, expired, named twice, or not for encryption)"
        ));
    }
    if !armored.is_empty() && usable < needed {
        problems.push(format!(
            "emergency.certificates: {usable} can be used and emergency.twoPeople needs {needed}, so nobody can open a mailbox"
        ));
    }
    problems
}

/// How many people open a mailbox together.
const fn people(two_people: bool) -> usize {
    if two_people { 2 } else { 1 }
}

/// Seals the mailbox to whom policy names, and to nobody else; the owner is told of every change, and of every
/// certificate that can't be used.
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
    let (wraps, trouble) = session
        .blocking(move || {
            let vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
            let named = Named::read(&armored);
            let (wraps, left_out) = wanted(&vault, held.mailbox_key(), &named.groups(two_people));
            let left_out = named.unreadable.saturating_add(left_out);
            let prepared = !wraps.is_empty();
            let trouble = left_out > 0 || (!prepared && !armored.is_empty());
            let trouble = trouble.then_some(Trouble { left_out, prepared });
            Ok(((wraps != vault.emergency()).then_some(wraps), trouble))
        })
        .await?;
    let changed = match wraps {
        Some(wraps) => change(session, vault, wraps, two_people).await,
        None => Ok(()),
    };
    tell_trouble(session, trouble).await?;
    changed
}

/// Records and tells the change and makes it. Both come first, so that nobody gets in of whom the owner wasn't told; what
/// fails then is recorded as failed, and no longer told.
async fn change(
    session: &Arc<Session>,
    vault: &SharedVault,
    wraps: Vec<EmergencyWrap>,
    two_people: bool,
) -> Result<(), Error> {
    let (notice, code) = if wraps.is_empty() {
        (Notice::EmergencyAccessRemoved, "emergency.removed")
    } else {
        (Notice::EmergencyAccessAdded { two_people }, "emergency.added")
    };
    let event = Event::new(EventKind::AccessChange, Outcome::Success)
        .reason(Reason::Policy)
        .code(Code::new(code))
        .count(Count::Entries, u64::try_from(wraps.len()).unwrap_or(u64::MAX));
    session.write_recorded(event.clone(), move |dao| notices::add(dao, notice)).await?;
    let (shared, held) = (Arc::clone(vault), Arc::clone(session));
    let set = move || {
        let mut vault = shared.lock().map_err(|_| Error::Internal("vault"))?;
        Ok(vault.set_emergency(held.mailbox_key(), wraps)?)
    };
    let done = session.blocking(set).await;
    if done.is_err() {
        session.write_noted(event.failed(), move |dao| notices::take_back(dao, &notice)).await;
    }
    done
}

/// Records and tells that certificates can't be used, or that there are too few: once, until it is another trouble.
async fn tell_trouble(session: &Session, trouble: Option<Trouble>) -> Result<(), Error> {
    let now = trouble.map(|trouble| serde_json::to_string(&trouble)).transpose();
    let now = now.map_err(|_| Error::Internal("emergency access"))?;
    let told = session.read(|dao| Ok(dao.setting(TROUBLE)?)).await?;
    if told == now {
        return Ok(());
    }
    let (Some(Trouble { left_out, prepared }), Some(now)) = (trouble, now) else {
        return session.write(|dao| Ok(dao.remove_setting(TROUBLE)?)).await;
    };
    let code = if prepared { "emergency.left_out" } else { "emergency.too_few" };
    let event = Event::new(EventKind::AccessChange, Outcome::Failure)
        .reason(Reason::Policy)
        .code(Code::new(code))
        .count(Count::Missing, left_out);
    let tell = move |dao: &mut WriteDao<'_>| {
        dao.set_setting(TROUBLE, &now)?;
        notices::add(dao, Notice::EmergencyAccessTrouble { prepared })
    };
    session.write_recorded(event, tell).await
}

fn certificate(armored: &str) -> Option<Certificate> {
    Certificate::import(armored.as_bytes(), &Limits::MAIL).ok()?.certificates.into_iter().next()
}

/// The wraps that the vault should hold, and how many certificates can't be sealed to. A wrap that is there is kept: its
/// certificate may have expired since.
fn wanted(
    vault: &Vault,
    key: &MailboxKey,
    groups: &[Vec<&Certificate>],
) -> (Vec<EmergencyWrap>, u64) {
    let mut wraps = Vec::with_capacity(groups.len());
    let mut left_out = BTreeSet::new();
    for group in groups {
        let fingerprints: Vec<String> =
            group.iter().map(|certificate| certificate.fingerprint().to_string()).collect();
        let present = vault.emergency().iter().find(|wrap| wrap.fingerprints == fingerprints);
        if let Some(wrap) = present {
            wraps.push(wrap.clone());
            continue;
        }
        match seal(vault, key, group) {
            Ok(sealed) => wraps.push(EmergencyWrap { sealed, fingerprints }),
            // It hinders no other certificate.
            Err(error) => {
                error.log("emergency access");
                let unusable = |known: &&&Certificate| known.can_encrypt(clock::now()).is_err();
                let names = group.iter().filter(unusable).map(|known| known.fingerprint());
                left_out.extend(names.map(|name| name.to_string()));
            }
        }
    }
    (wraps, u64::try_from(left_out.len()).unwrap_or(u64::MAX))
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

impl Engine {
    /// Lets in whom the policy in force names, while a session begins. What can't be done is no reason to keep the owner out.
    pub(crate) async fn prepare_emergency(&self, session: &Arc<Session>, vault: &SharedVault) {
        let followed = async { follow_policy(session, vault, &self.policy().await?).await };
        if let Err(error) = followed.await {
            // The wraps stay as they were; the next unlock tries again.
            error.log("emergency access");
        }
    }
}
