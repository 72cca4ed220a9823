//! An open mailbox for unit tests: a real vault and a real store in a directory of their own, no engine, no server.
//! Whatever needs the policy is tested through `wardctl`.

use std::sync::{Arc, Weak};

use tokio::sync::broadcast;
use wardmail_store::Store;
use wardmail_vault::{Passphrase, Protection, Vault};

use super::{Session, SessionParts};
use crate::{frames::Frames, policy_source::PolicySource};

/// A session, and the directory that it lies in.
pub(crate) async fn open() -> (tempfile::TempDir, Arc<Session>) {
    let dir = tempfile::tempdir().unwrap();
    let passphrase = Passphrase::new("granite otter files 19".to_owned()).unwrap();
    let setup =
        Vault::begin(dir.path(), &passphrase, &Protection::PassphraseAloneAllowedByPolicy).unwrap();
    let code = setup.recovery_code().printed();
    let (_vault, key) = setup.confirm(&code).map_err(|unconfirmed| unconfirmed.error).unwrap();
    let store = Store::create(&dir.path().join("mailbox.db"), key.expose()).unwrap();
    let (events, _) = broadcast::channel(16);
    let parts = SessionParts {
        engine: Weak::new(),
        store,
        key,
        policy: PolicySource::new(dir.path().join("none.json"), None, dir.path()).load(),
        events,
        frames: Arc::new(Frames::default()),
        background: false,
    };
    let session = Session::begin(parts).await.unwrap();
    (dir, session)
}
