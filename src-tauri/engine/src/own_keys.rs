//! The owner's keys: made or imported, sealed in the mailbox, their certificate given out.
//!
//! One of them signs and is what others seal for. Which one changes only if the owner makes a new one or chooses another, or
//! if none is fit to: a key that is brought to read old mail must not become the one that colleagues see.

use std::sync::Arc;

use jiff::Timestamp;
use wardmail_api::{
    UnixMs,
    keys::{
        ArmoredView, ExportCertificate, GenerateKey, ImportKey, ListKeys, OwnKeyView,
        SetSigningKey, Unfit,
    },
};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_crypto::{DEFAULT_EXPIRY, KeyImportError, Profile, SecretKey, Unusable, grouped};
use wardmail_store::{NewKey, Security};
use zeroize::Zeroizing;

use crate::{
    accounts, certificates, clock,
    door::InSession,
    error::Error,
    session::{Session, life::sealed_key_name},
};

/// Messages looked at again after a key came.
const RETRIED: u32 = 1000;

/// Milliseconds of a time stamp.
pub(crate) fn ms(time: Timestamp) -> UnixMs {
    time.as_millisecond()
}

/// Why a key is not fit to sign the mail of this account, if it isn't.
fn unfit(key: &SecretKey, address: Option<&str>) -> Option<Unfit> {
    let now = clock::now();
    match key.check(now) {
        Err(KeyImportError::CannotEncrypt(Unusable::Expired)) => Some(Unfit::Ended),
        Err(KeyImportError::CannotEncrypt(Unusable::Revoked)) => Some(Unfit::Revoked),
        Err(_) => Some(Unfit::Incapable),
        Ok(()) => {
            let named = key.certificate().info(now).addresses;
            let is_named = address
                .is_some_and(|own| named.iter().any(|a| wardmail_message::same_address(a, own)));
            (!is_named).then_some(Unfit::OtherAddress)
        }
    }
}

/// The address that the owner's mail is from; none before there is an account.
async fn own_address(session: &Session) -> Result<Option<String>, Error> {
    match accounts::first(session).await {
        Ok(account) => Ok(Some(account.settings.address)),
        Err(Error::AccountMissing) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a change of the keys does to the one that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signing {
    /// The key that comes signs from now on.
    This,
    /// It stays as it is.
    Unchanged,
}

async fn keep(
    session: &Session,
    key: &SecretKey,
    signing: Signing,
    how: &'static str,
) -> Result<OwnKeyView, Error> {
    let fingerprint = key.fingerprint().to_string();
    let secret: Zeroizing<Vec<u8>> = key.to_bytes()?;
    let new = NewKey {
        secret_sealed: session.seal(&sealed_key_name(&fingerprint), &secret)?,
        public: key.certificate().to_bytes(),
        created_ms: clock::now_ms(),
        fingerprint: fingerprint.clone(),
    };
    let event = Event::new(EventKind::KeyChange, Outcome::Success).code(Code::new(how));
    session
        .write_recorded(event, move |dao| {
            if dao.key(&fingerprint)?.is_some() {
                dao.update_key(&fingerprint, &new.secret_sealed, &new.public)?;
            } else {
                dao.insert_key(&new)?;
            }
            match signing {
                Signing::This => Ok(dao.set_default_key(&fingerprint)?),
                Signing::Unchanged => Ok(()),
            }
        })
        .await?;
    session.load_keys().await?;
    retry_unreadable(session).await?;
    let kept = key.fingerprint();
    let views = list(session).await?;
    let is_kept = |view: &OwnKeyView| view.fingerprint == grouped(&kept);
    views.into_iter().find(is_kept).ok_or(Error::Internal("key"))
}

async fn list(session: &Session) -> Result<Vec<OwnKeyView>, Error> {
    let address = own_address(session).await?;
    let keys = session.keys().await;
    let signer = keys.signer().map(SecretKey::fingerprint);
    let one = |key: &SecretKey| {
        view(key, address.as_deref(), signer.as_ref() == Some(&key.fingerprint()))
    };
    Ok(keys.own.iter().map(one).collect())
}

/// Opens again what lacked a key.
async fn retry_unreadable(session: &Session) -> Result<(), Error> {
    let ids = session.read(|dao| Ok(dao.with_security(Security::KeyMissing, RETRIED)?)).await?;
    for id in ids {
        let raw = session.read(move |dao| Ok(dao.raw(id)?)).await?;
        crate::index::derive_again(session, id, raw).await?;
    }
    Ok(())
}

fn view(key: &SecretKey, address: Option<&str>, is_default: bool) -> OwnKeyView {
    let info = key.certificate().info(clock::now());
    OwnKeyView {
        fingerprint: grouped(&info.fingerprint),
        user_id: info.user_ids.first().map(|id| id.text.clone()).unwrap_or_default(),
        created: ms(info.created),
        expires: info.expires.map(ms),
        is_default,
        unfit: unfit(key, address),
    }
}

impl InSession for GenerateKey {
    async fn answer_in(self, session: &Arc<Session>) -> Result<OwnKeyView, Error> {
        let settings = accounts::first(session).await?.settings;
        let key = session
            .cpu(move || {
                SecretKey::generate(
                    &settings.display_name,
                    &settings.address,
                    Profile::Interoperable,
                    DEFAULT_EXPIRY,
                    clock::now(),
                )
            })
            .await??;
        keep(session, &key, Signing::This, "generated").await
    }
}

impl InSession for ImportKey {
    async fn answer_in(self, session: &Arc<Session>) -> Result<OwnKeyView, Error> {
        let brought = session
            .cpu(move || {
                let password = self.password.as_ref().map(wardmail_api::Secret::expose);
                SecretKey::import_for_reading(self.armored.expose().as_bytes(), password)
            })
            .await??;
        let keys = session.keys().await;
        // What is known already is added to, never replaced: an old copy can't take a later end or a subkey away.
        let known = keys.own.iter().find(|own| own.fingerprint() == brought.fingerprint());
        let key = match known {
            Some(known) => known.clone().merge(brought).map_err(|_| Error::Internal("merge"))?,
            None => brought,
        };
        let address = own_address(session).await?;
        let is_fit = |key: &SecretKey| unfit(key, address.as_deref()).is_none();
        let signing = if is_fit(&key) && !keys.signer().is_some_and(is_fit) {
            Signing::This
        } else {
            Signing::Unchanged
        };
        keep(session, &key, signing, "imported").await
    }
}

impl InSession for SetSigningKey {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let fingerprint = certificates::bare(&self.fingerprint);
        let address = own_address(session).await?;
        let keys = session.keys().await;
        let chosen = keys.own.iter().find(|own| own.fingerprint().to_string() == fingerprint);
        let chosen = chosen.ok_or(Error::NotFound)?;
        if unfit(chosen, address.as_deref()).is_some() {
            return Err(Error::KeyNotForSigning);
        }
        let event = Event::new(EventKind::KeyChange, Outcome::Success).code(Code::new("signing"));
        session.write_recorded(event, move |dao| Ok(dao.set_default_key(&fingerprint)?)).await?;
        session.load_keys().await
    }
}

impl InSession for ListKeys {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<OwnKeyView>, Error> {
        list(session).await
    }
}

impl InSession for ExportCertificate {
    async fn answer_in(self, session: &Arc<Session>) -> Result<ArmoredView, Error> {
        let keys = session.keys().await;
        let key = keys.signer().ok_or(Error::OwnKeyMissing)?;
        let armored = String::from_utf8(key.certificate().to_armored())
            .map_err(|_| Error::Internal("armor"))?;
        Ok(ArmoredView { armored })
    }
}

#[cfg(test)]
mod tests;
