//! Set-up, unlock and change against the real keyring, and what happens when it goes away.

use std::sync::Arc;
use std::time::Duration;

use keyring_core::api::CredentialStoreApi as _;
use wardmail_vault::{Cost, Keyring, MailboxKey, Passphrase, Protection, SystemClock, Vault};

use crate::session::{Session, in_session, lock_keyring};

pub(crate) const PASSPHRASE: &str = "otter vinegar sundial plaza";

pub(crate) fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into()).unwrap()
}

/// Long enough for a busy machine; no test waits for it to pass.
pub(crate) fn keyring() -> Keyring {
    Keyring::system_with_timeout(Duration::from_mins(1))
}

/// Makes a profile and returns its recovery code and key.
pub(crate) fn set_up(session: &Session, keyring: &Keyring) -> (String, MailboxKey) {
    let protection = Protection::KeyringAndPassphrase(keyring);
    let clock = Arc::new(SystemClock);
    let setup = Vault::begin_with(
        &session.profile(),
        &passphrase(PASSPHRASE),
        &protection,
        Cost::Floor,
        clock,
    )
    .unwrap();
    let code = setup.recovery_code().printed().to_string();
    let (_, key) = setup.confirm(&code).unwrap();
    (code, key)
}

pub(crate) fn vault(session: &Session) -> Vault {
    let mut vault = Vault::open(&session.profile()).unwrap();
    vault.set_cost(Cost::Floor);
    vault
}

/// Reads an entry of the profile around the crate.
pub(crate) fn entry(vault: &Vault, name: &str) -> keyring_core::Entry {
    let id = hex::encode(vault.profile_id());
    let store = zbus_secret_service_keyring_store::Store::new().unwrap();
    store.build("wardmail", &format!("{id}/{name}"), None).unwrap()
}

#[test]
fn the_whole_way() {
    in_session("real::the_whole_way", |session| {
        let _daemon = session.start_keyring();
        let keyring = keyring();
        keyring.probe().unwrap();
        let (code, key) = set_up(session, &keyring);
        let mut vault = vault(session);
        let opened = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap();
        assert_eq!(opened.expose(), key.expose());
        assert_eq!(
            vault.unlock(&passphrase("x"), Some(&keyring)).unwrap_err().code(),
            "unlock.wrong_passphrase"
        );
        // All that the keyring holds is 32 bytes in base64, and they aren't the key.
        let stored = entry(&vault, "device-secret-a").get_password().unwrap();
        assert_eq!(stored.len(), 44);
        vault.change_passphrase(&key, &passphrase("quilt meadow"), None, Some(&keyring)).unwrap();
        // The old secret is deleted before the keyring's thread does anything later.
        keyring.probe().unwrap();
        assert!(entry(&vault, "device-secret-a").get_password().is_err());
        assert_ne!(entry(&vault, "device-secret-b").get_password().unwrap(), stored);
        assert!(vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).is_err());
        assert_eq!(
            vault.unlock(&passphrase("quilt meadow"), Some(&keyring)).unwrap().expose(),
            key.expose()
        );
        // What the unlock was told on its way; then what the keyring holds now.
        assert_eq!(vault.epoch(&keyring).unwrap(), Some(0));
        keyring.set_epoch(vault.profile_id(), 7).unwrap();
        assert_eq!(vault.epoch(&keyring).unwrap(), Some(7));
        assert_eq!(vault.unlock_with_recovery(&code).unwrap().expose(), key.expose());
    });
}

#[test]
fn an_entry_that_was_deleted_is_named_and_replaced() {
    in_session("real::an_entry_that_was_deleted_is_named_and_replaced", |session| {
        let _daemon = session.start_keyring();
        let keyring = keyring();
        let (code, key) = set_up(session, &keyring);
        let mut vault = vault(session);
        entry(&vault, "device-secret-a").delete_credential().unwrap();
        let missing = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap_err();
        assert_eq!(missing.code(), "keyring.item_missing");
        entry(&vault, "device-secret-a").set_password("AAAA").unwrap();
        let damaged = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap_err();
        assert_eq!(damaged.code(), "keyring.item_damaged");
        let opened = vault.unlock_with_recovery(&code).unwrap();
        vault.replace_device_secret(&opened, &passphrase("quilt meadow"), &keyring).unwrap();
        assert_eq!(
            vault.unlock(&passphrase("quilt meadow"), Some(&keyring)).unwrap().expose(),
            key.expose()
        );
        assert_eq!(vault.failures().failures, 0);
    });
}

#[test]
fn a_locked_keyring_is_named_and_not_waited_for() {
    in_session("real::a_locked_keyring_is_named_and_not_waited_for", |session| {
        let _daemon = session.start_keyring();
        let keyring = keyring();
        set_up(session, &keyring);
        lock_keyring();
        assert_eq!(keyring.probe().unwrap_err().code(), "keyring.locked");
        let mut vault = vault(session);
        let locked = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap_err();
        assert_eq!(locked.code(), "keyring.locked");
        assert_eq!(vault.failures().failures, 0);
        // Nobody can show a prompt here: asking for it ends as well.
        let asked = keyring.ask_unlock(Duration::from_mins(1)).unwrap_err();
        assert!(
            ["keyring.denied", "keyring.locked", "keyring.failed"].contains(&asked.code()),
            "{asked:?}"
        );
    });
}

#[test]
fn a_keyring_that_starts_late_or_again_is_found() {
    in_session("real::a_keyring_that_starts_late_or_again_is_found", |session| {
        let keyring = keyring();
        assert_eq!(keyring.probe().unwrap_err().code(), "keyring.absent");
        let daemon = session.start_keyring();
        keyring.probe().unwrap();
        let (_, key) = set_up(session, &keyring);
        let mut vault = vault(session);
        daemon.stop();
        let gone = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap_err();
        assert_eq!(gone.code(), "keyring.absent");
        let _daemon = session.start_keyring();
        assert_eq!(
            vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap().expose(),
            key.expose()
        );
    });
}

/// As slow as a keyring can be: it takes the call and doesn't answer. The call ends with its own time, nothing is counted
/// and nothing is lost.
#[test]
fn a_keyring_that_hangs_is_given_up_and_found_again() {
    in_session("real::a_keyring_that_hangs_is_given_up_and_found_again", |session| {
        let daemon = session.start_keyring();
        let (_, key) = set_up(session, &keyring());
        let mut vault = vault(session);
        daemon.pause(true);
        let impatient = Keyring::system_with_timeout(Duration::from_millis(300));
        let hangs = vault.unlock(&passphrase(PASSPHRASE), Some(&impatient)).unwrap_err();
        assert_eq!(hangs.code(), "keyring.timed_out");
        assert_eq!(vault.failures().failures, 0);
        daemon.pause(false);
        let opened = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring())).unwrap();
        assert_eq!(opened.expose(), key.expose());
    });
}

/// Another keyring took the place of the one that the mailbox was made with: it works, and knows nothing of it.
#[test]
fn a_keyring_that_was_changed_for_another_is_named_and_taken_into_use() {
    in_session(
        "real::a_keyring_that_was_changed_for_another_is_named_and_taken_into_use",
        |session| {
            let daemon = session.start_keyring();
            let keyring = keyring();
            let (code, key) = set_up(session, &keyring);
            let before = std::fs::read(session.profile().join("vault.json")).unwrap();
            daemon.stop();
            session.forget_keyrings();
            let _daemon = session.start_keyring();
            let mut vault = vault(session);
            let unknown = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap_err();
            assert_eq!(unknown.code(), "keyring.item_missing");
            assert_eq!(vault.failures().failures, 0);
            assert_eq!(std::fs::read(session.profile().join("vault.json")).unwrap(), before);
            let opened = vault.unlock_with_recovery(&code).unwrap();
            assert_eq!(opened.expose(), key.expose());
            vault.replace_device_secret(&opened, &passphrase("quilt meadow"), &keyring).unwrap();
            assert!(vault.unlock(&passphrase("quilt meadow"), Some(&keyring)).is_ok());
        },
    );
}

#[test]
fn a_restart_between_two_calls_goes_unnoticed() {
    in_session("real::a_restart_between_two_calls_goes_unnoticed", |session| {
        let daemon = session.start_keyring();
        let keyring = keyring();
        let (_, key) = set_up(session, &keyring);
        daemon.stop();
        let _daemon = session.start_keyring();
        let opened = vault(session).unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap();
        assert_eq!(opened.expose(), key.expose());
    });
}
