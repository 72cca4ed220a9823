//! No keyring, and keyrings that fail on purpose: nothing is made, nothing is counted, the reason is named.

#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    clippy::unnecessary_wraps,
    reason = "the signatures of the fakes are the Secret Service's, and zbus reads every argument"
)]

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use wardmail_vault::{Cost, Keyring, Protection, SetupError, SystemClock, Vault};
use zbus::fdo;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::real::{PASSPHRASE, keyring, passphrase};
use crate::session::{Session, in_session, serve};

/// Tries to set a profile up, which must fail and leave nothing; returns the reason's code.
fn refused(session: &Session, keyring: &Keyring) -> &'static str {
    let protection = Protection::KeyringAndPassphrase(keyring);
    let clock = Arc::new(SystemClock);
    let setup = Vault::begin_with(
        &session.profile(),
        &passphrase(PASSPHRASE),
        &protection,
        Cost::Floor,
        clock,
    );
    assert!(!session.profile().exists());
    match setup {
        Err(SetupError::Keyring(error)) => error.code(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_service() {
    in_session("faults::no_service", |session| {
        assert_eq!(refused(session, &keyring()), "keyring.absent");
    });
}

#[test]
fn no_bus() {
    in_session("faults::no_bus", |session| {
        std::fs::remove_file(session.profile().with_file_name("bus")).unwrap();
        assert_eq!(refused(session, &keyring()), "keyring.absent");
    });
}

/// A service that takes every call and answers none, like a keyring behind a prompt that nobody sees.
struct Silent;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Silent {
    async fn open_session(
        &self,
        _algorithm: &str,
        _input: Value<'_>,
    ) -> fdo::Result<(OwnedValue, OwnedObjectPath)> {
        pending().await
    }
}

#[test]
fn a_silent_service_is_given_up() {
    in_session("faults::a_silent_service_is_given_up", |session| {
        let _service = serve(Silent);
        let keyring = Keyring::system_with_timeout(Duration::from_millis(300));
        assert_eq!(refused(session, &keyring), "keyring.timed_out");
        assert_eq!(refused(session, &keyring), "keyring.timed_out");
    });
}

/// A service that refuses everybody.
struct Refusing;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Refusing {
    fn open_session(
        &self,
        _algorithm: &str,
        _input: Value<'_>,
    ) -> fdo::Result<(OwnedValue, OwnedObjectPath)> {
        Err(fdo::Error::AccessDenied("by policy".into()))
    }
}

#[test]
fn a_refusing_service_is_named() {
    in_session("faults::a_refusing_service_is_named", |session| {
        let _service = serve(Refusing);
        assert_eq!(refused(session, &keyring()), "keyring.denied");
    });
}

/// A service without a default collection, as on a system where nobody ever made one.
struct Empty;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Empty {
    fn open_session(
        &self,
        _algorithm: &str,
        _input: Value<'_>,
    ) -> fdo::Result<(OwnedValue, OwnedObjectPath)> {
        let path = OwnedObjectPath::try_from("/org/freedesktop/secrets/session/1").unwrap();
        Ok((Value::from("").try_to_owned().unwrap(), path))
    }

    fn read_alias(&self, _name: &str) -> OwnedObjectPath {
        OwnedObjectPath::try_from("/").unwrap()
    }
}

#[test]
fn a_service_without_a_collection_is_no_keyring() {
    in_session("faults::a_service_without_a_collection_is_no_keyring", |session| {
        let _service = serve(Empty);
        assert_eq!(refused(session, &keyring()), "keyring.absent");
    });
}
