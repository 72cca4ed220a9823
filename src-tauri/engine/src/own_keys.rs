//! The owner's keys: made or imported, sealed in the mailbox, their certificate given out.

use std::sync::Arc;

use jiff::Timestamp;
use wardmail_api::{
    UnixMs,
    keys::{ArmoredView, ExportCertificate, GenerateKey, ImportKey, ListKeys, OwnKeyView},
};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_crypto::{DEFAULT_EXPIRY, Profile, SecretKey, grouped};
use wardmail_store::{NewKey, Security};
use zeroize::Zeroizing;

use crate::{
    accounts, clock,
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

async fn keep(session: &Session, key: &SecretKey, how: &'static str) -> Result<OwnKeyView, Error> {
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
            // The newest key signs: somebody who makes or brings one wants to use it.
            Ok(dao.set_default_key(&fingerprint)?)
        })
        .await?;
    session.load_keys().await?;
    retry_unreadable(session).await?;
    let keys = session.keys().await;
    keys.own.first().map(|key| view(key, true)).ok_or(Error::Internal("key"))
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

fn view(key: &SecretKey, is_default: bool) -> OwnKeyView {
    let info = key.certificate().info(clock::now());
    OwnKeyView {
        fingerprint: grouped(&info.fingerprint),
        user_id: info.user_ids.first().map(|id| id.text.clone()).unwrap_or_default(),
        created: ms(info.created),
        expires: info.expires.map(ms),
        is_default,
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
        keep(session, &key, "generated").await
    }
}

impl InSession for ImportKey {
    async fn answer_in(self, session: &Arc<Session>) -> Result<OwnKeyView, Error> {
        let key = session
            .cpu(move || {
                let password = self.password.as_ref().map(wardmail_api::Secret::expose);
                SecretKey::import(self.armored.expose().as_bytes(), password, clock::now())
            })
            .await??;
        keep(session, &key, "imported").await
    }
}

impl InSession for ListKeys {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<OwnKeyView>, Error> {
        let keys = session.keys().await;
        Ok(keys.own.iter().enumerate().map(|(index, key)| view(key, index == 0)).collect())
    }
}

impl InSession for ExportCertificate {
    async fn answer_in(self, session: &Arc<Session>) -> Result<ArmoredView, Error> {
        let keys = session.keys().await;
        let key = keys.own.first().ok_or(Error::OwnKeyMissing)?;
        let armored = String::from_utf8(key.certificate().to_armored())
            .map_err(|_| Error::Internal("armor"))?;
        Ok(ArmoredView { armored })
    }
}
