//! One keyring call at a time, made only when it can't block for good, with errors told apart.

use std::sync::Arc;

use keyring_core::{CredentialStore, Error};
use zeroize::Zeroizing;

use super::item::SERVICE;
use super::worker::{Answer, Operation};
use super::{Item, KeyringError};

/// Makes the calls; lives on the keyring's thread.
pub(super) struct Store {
    /// The way to see whether the system's keyring is locked; a given store has none.
    system: Option<platform::Gate>,
    built: Option<Arc<CredentialStore>>,
}

impl Store {
    /// The system's keyring, connected to at the first call and again after every failure.
    pub(super) fn system() -> Self {
        Self { system: Some(platform::Gate::default()), built: None }
    }

    pub(super) const fn given(store: Arc<CredentialStore>) -> Self {
        Self { system: None, built: Some(store) }
    }

    /// Drops the connection, so that a keyring that was restarted or started late is found by the next call.
    pub(super) fn forget(&mut self) {
        if let Some(gate) = &mut self.system {
            *gate = platform::Gate::default();
            self.built = None;
        }
    }

    /// Makes the call, twice if the first went over a connection that may have outlived the keyring it led to.
    pub(super) fn run(&mut self, operation: &Operation) -> Answer {
        let was_connected = self.built.is_some();
        let answer = self.attempt(operation);
        if matches!(answer, Ok(_) | Err(KeyringError::ItemMissing)) {
            return answer;
        }
        self.forget();
        let stale = matches!(answer, Err(KeyringError::Failed(_) | KeyringError::Absent));
        if self.system.is_some() && was_connected && stale {
            return self.attempt(operation);
        }
        answer
    }

    fn attempt(&mut self, operation: &Operation) -> Answer {
        if let Some(gate) = &mut self.system {
            if matches!(operation, Operation::Unlock) {
                return gate.unlock().map(|()| None);
            }
            gate.check()?;
        }
        match operation {
            Operation::Read(item) => {
                self.entry(item)?.get_secret().map(|s| Some(Zeroizing::new(s))).map_err(classify)
            }
            Operation::Write(item, value) => {
                self.entry(item)?.set_secret(value).map(|()| None).map_err(classify)
            }
            Operation::Delete(item) => {
                self.entry(item)?.delete_credential().map(|()| None).map_err(classify)
            }
            Operation::Unlock => Ok(None),
        }
    }

    fn entry(&mut self, item: &Item) -> Result<keyring_core::Entry, KeyringError> {
        let store = match &self.built {
            Some(store) => Arc::clone(store),
            None => Arc::clone(self.built.insert(platform::connect()?)),
        };
        store.build(SERVICE, &item.user(), None).map_err(classify)
    }
}

/// Tells the keyring family's errors apart. What was stored stays out of it: some of them carry the value.
pub(super) fn classify(error: Error) -> KeyringError {
    match error {
        Error::NoEntry => KeyringError::ItemMissing,
        Error::NoDefaultStore => KeyringError::Absent,
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => {
            platform::classify(source)
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => {
            KeyringError::ItemDamaged
        }
        Error::BadStoreFormat(_)
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NotSupportedByStore(_)
        | _ => KeyringError::Failed(None),
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod platform {
    //! The Secret Service over D-Bus.

    use std::sync::Arc;

    use keyring_core::CredentialStore;
    use secret_service::blocking::{Collection, SecretService};
    use secret_service::{EncryptionType, Error};
    use zbus::DBusError as _;

    use super::super::failed;
    use super::{KeyringError, classify as classify_core};

    pub(super) fn connect() -> Result<Arc<CredentialStore>, KeyringError> {
        let store: Arc<CredentialStore> =
            zbus_secret_service_keyring_store::Store::new().map_err(classify_core)?;
        Ok(store)
    }

    /// A connection of its own, over which no secret goes: hence the plain session.
    #[derive(Default)]
    pub(super) struct Gate(Option<SecretService<'static>>);

    impl Gate {
        /// Refuses to go on when the default collection is locked: any call on it would raise a prompt, or wait for one
        /// that can't be shown.
        pub(super) fn check(&mut self) -> Result<(), KeyringError> {
            let locked = self
                .collection()
                .and_then(|collection| collection.is_locked())
                .map_err(told_apart)?;
            if locked { Err(KeyringError::Locked) } else { Ok(()) }
        }

        /// Raises the keyring's own prompt and waits for it.
        pub(super) fn unlock(&mut self) -> Result<(), KeyringError> {
            let collection = self.collection().map_err(told_apart)?;
            if collection.is_locked().map_err(told_apart)? {
                collection.unlock().map_err(told_apart)?;
            }
            if collection.is_locked().map_err(told_apart)? {
                Err(KeyringError::Locked)
            } else {
                Ok(())
            }
        }

        fn collection(&mut self) -> Result<Collection<'_>, Error> {
            let service = match &mut self.0 {
                Some(service) => service,
                empty => empty.insert(SecretService::connect(EncryptionType::Plain)?),
            };
            service.get_default_collection()
        }
    }

    pub(super) fn classify(source: Box<dyn std::error::Error + Send + Sync>) -> KeyringError {
        match source.downcast::<Error>() {
            Ok(error) => told_apart(*error),
            Err(source) => KeyringError::Failed(Some(source)),
        }
    }

    fn told_apart(error: Error) -> KeyringError {
        let known = match &error {
            // No bus, or a bus with a service that has no default collection: nothing to keep a secret in.
            Error::Unavailable | Error::NoResult => Some(KeyringError::Absent),
            Error::Locked => Some(KeyringError::Locked),
            Error::Prompt => Some(KeyringError::Denied),
            Error::Zbus(error) => bus(error),
            Error::ZbusFdo(error) => named(&error.name()),
            Error::Crypto(_) | Error::Zvariant(_) | Error::PromptDisconnected | _ => None,
        };
        known.unwrap_or_else(|| failed(error))
    }

    fn bus(error: &zbus::Error) -> Option<KeyringError> {
        use zbus::Error::{Address, Connection, FDO, InputOutput, InterfaceNotFound, MethodError};

        // No bus at this address, or one that is going away.
        if matches!(error, Address(_) | Connection(..) | InputOutput(_) | InterfaceNotFound) {
            return Some(KeyringError::Absent);
        }
        if let MethodError(name, ..) = error {
            return named(name);
        }
        if let FDO(error) = error { named(&error.name()) } else { None }
    }

    /// Sorts an error by its name; the names are the D-Bus specification's and the Secret Service's.
    fn named(name: &str) -> Option<KeyringError> {
        match name {
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner" => Some(KeyringError::Absent),
            "org.freedesktop.DBus.Error.AccessDenied" | "org.freedesktop.DBus.Error.AuthFailed" => {
                Some(KeyringError::Denied)
            }
            "org.freedesktop.DBus.Error.NoReply"
            | "org.freedesktop.DBus.Error.Timeout"
            | "org.freedesktop.DBus.Error.TimedOut" => Some(KeyringError::TimedOut),
            "org.freedesktop.Secret.Error.IsLocked" => Some(KeyringError::Locked),
            // The service is known and could not be started.
            name if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => {
                Some(KeyringError::Absent)
            }
            _ => None,
        }
    }
}

#[cfg(any(target_os = "macos", windows))]
mod platform {
    //! Keychain and Credential Manager: both ask the person themselves, on their own terms.

    use std::sync::Arc;

    use keyring_core::CredentialStore;

    use super::{KeyringError, classify as classify_core};

    pub(super) fn connect() -> Result<Arc<CredentialStore>, KeyringError> {
        #[cfg(target_os = "macos")]
        let store: Arc<CredentialStore> =
            apple_native_keyring_store::keychain::Store::new().map_err(classify_core)?;
        #[cfg(windows)]
        let store: Arc<CredentialStore> =
            windows_native_keyring_store::Store::new().map_err(classify_core)?;
        Ok(store)
    }

    /// Nothing to look at beforehand.
    #[derive(Default)]
    pub(super) struct Gate;

    impl Gate {
        #[expect(clippy::unused_self, reason = "the Secret Service's gate needs it")]
        pub(super) const fn check(&mut self) -> Result<(), KeyringError> {
            Ok(())
        }

        #[expect(clippy::unused_self, reason = "the Secret Service's gate needs it")]
        pub(super) const fn unlock(&mut self) -> Result<(), KeyringError> {
            Ok(())
        }
    }

    pub(super) fn classify(source: Box<dyn std::error::Error + Send + Sync>) -> KeyringError {
        KeyringError::Failed(Some(source))
    }
}
