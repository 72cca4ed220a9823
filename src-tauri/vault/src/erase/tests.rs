//! Erasing, ordered and carried out, and what is left.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::{Cost, EmergencyWrap, MailboxKey, Passphrase, Protection, SystemClock, UnlockError};

const FILES: &[&str] = &["mailbox.db", "mailbox.db-wal"];

struct Profile {
    dir: tempfile::TempDir,
    keyring: Keyring,
    vault: Vault,
    key: MailboxKey,
    code: String,
}

fn passphrase() -> Passphrase {
    Passphrase::new("granite otter files 19".to_owned()).unwrap()
}

fn profile() -> Profile {
    let dir = tempfile::tempdir().unwrap();
    let store: Arc<keyring_core::CredentialStore> = keyring_core::mock::Store::new().unwrap();
    let keyring = Keyring::with_store(store, Duration::from_secs(5));
    let protection = Protection::KeyringAndPassphrase(&keyring);
    let clock = Arc::new(SystemClock);
    let setup =
        Vault::begin_with(dir.path(), &passphrase(), &protection, Cost::Floor, clock).unwrap();
    let code = setup.recovery_code().printed().to_string();
    let (vault, key) = setup.confirm(&code).map_err(|unconfirmed| unconfirmed.error).unwrap();
    fs::write(dir.path().join("mailbox.db"), vec![7; 200_000]).unwrap();
    Profile { dir, keyring, vault, key, code }
}

impl Profile {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn carry_out(&self) -> Option<Erased> {
        carry_out_erasure(self.dir.path(), FILES, &self.keyring).unwrap()
    }
}

#[test]
fn what_was_ordered_is_carried_out_and_nothing_is_left() {
    let profile = profile();
    assert_eq!(profile.carry_out(), None, "nothing was ordered");
    assert!(profile.path("mailbox.db").exists());
    profile.vault.order_erasure(false).unwrap();
    assert!(profile.path("vault.json").exists(), "ordered, not done");
    let id = *profile.vault.profile_id();
    assert!(profile.keyring.read_secret(&id, Slot::A).is_ok());
    let erased = Erased { kept_for_organisation: false, keyring_left: false };
    assert_eq!(profile.carry_out(), Some(erased));
    let left: Vec<_> = fs::read_dir(profile.dir.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let secret = profile.keyring.read_secret(&id, Slot::A);
    assert!(matches!(secret, Err(KeyringError::ItemMissing)));
    assert_eq!(profile.carry_out(), None);
}

#[test]
fn a_hold_leaves_the_organisations_way_in_and_no_other() {
    let mut profile = profile();
    assert!(matches!(profile.vault.order_erasure(true), Err(VaultError::NothingKept)));
    let wrap = EmergencyWrap { fingerprints: vec!["AB".into()], sealed: vec![1, 2, 3] };
    profile.vault.set_emergency(&profile.key, vec![wrap.clone()]).unwrap();
    profile.vault.order_erasure(true).unwrap();
    let erased = Erased { kept_for_organisation: true, keyring_left: false };
    assert_eq!(profile.carry_out(), Some(erased));
    assert_eq!(fs::read(profile.path("mailbox.db")).unwrap(), vec![7; 200_000]);
    let mut vault = Vault::open(profile.dir.path()).unwrap();
    assert_eq!(vault.emergency(), [wrap]);
    let tried = vault.unlock(&passphrase(), Some(&profile.keyring));
    assert!(matches!(tried, Err(UnlockError::Erased)));
    let tried = vault.unlock_with_recovery(&profile.code);
    assert!(matches!(tried, Err(UnlockError::Erased)));
    assert!(vault.unlock_with_emergency(profile.key.expose()).is_ok());
}

#[test]
fn what_was_cut_off_is_carried_out_later_and_a_new_profile_is_not_taken_for_the_old() {
    let profile = profile();
    profile.vault.order_erasure(false).unwrap();
    // Cut off after the wraps.
    destroy(profile.dir.path(), VAULT).unwrap();
    let erased = profile.carry_out().unwrap();
    assert!(!erased.keyring_left && !profile.path("mailbox.db").exists());

    // Cut off before the keyring, and a new profile made since.
    let order = Order {
        profile: *profile.vault.profile_id(),
        keep_organisation: false,
        keyring: true,
        disk_done: true,
    };
    store(profile.dir.path(), &order).unwrap();
    fs::write(profile.path("vault.json"), b"a new one").unwrap();
    profile.carry_out().unwrap();
    assert_eq!(fs::read(profile.path("vault.json")).unwrap(), b"a new one");
    assert!(!profile.path(ORDER).exists());
}

impl Profile {
    /// Makes another profile in the same place, once the first was moved away.
    fn another(&self) -> String {
        let protection = Protection::KeyringAndPassphrase(&self.keyring);
        let clock = Arc::new(SystemClock);
        let dir = self.dir.path();
        let setup = Vault::begin_with(dir, &passphrase(), &protection, Cost::Floor, clock).unwrap();
        let code = setup.recovery_code().printed().to_string();
        setup.confirm(&code).map_err(|unconfirmed| unconfirmed.error).unwrap();
        fs::write(self.path("mailbox.db"), b"another").unwrap();
        code
    }

    /// The order finds another profile in its place: that one stays, and the entries of the ordered one go.
    fn spares(&self, code: &str) {
        assert!(self.carry_out().is_some());
        assert_eq!(fs::read(self.path("mailbox.db")).unwrap(), b"another");
        let mut vault = Vault::open(self.dir.path()).unwrap();
        assert!(vault.unlock(&passphrase(), Some(&self.keyring)).is_ok());
        assert!(vault.unlock_with_recovery(code).is_ok());
        let secret = self.keyring.read_secret(self.vault.profile_id(), Slot::A);
        assert!(matches!(secret, Err(KeyringError::ItemMissing)));
        assert_eq!(self.carry_out(), None);
    }
}

/// The vault was destroyed and another file could not be; the rest was set aside and a profile made anew.
#[test]
fn an_erasure_that_could_not_be_ended_spares_the_next_profile() {
    let profile = profile();
    profile.vault.order_erasure(false).unwrap();
    fs::remove_file(profile.path("mailbox.db")).unwrap();
    // What can't be opened for writing can't be destroyed.
    fs::create_dir(profile.path("mailbox.db")).unwrap();
    let stopped = carry_out_erasure(profile.dir.path(), FILES, &profile.keyring);
    assert!(matches!(stopped, Err(VaultError::Io(_))), "{stopped:?}");
    assert!(!profile.path("vault.json").exists() && profile.path(ORDER).exists());
    fs::remove_dir(profile.path("mailbox.db")).unwrap();
    let code = profile.another();
    // Whatever becomes of the new vault meanwhile, the order is settled.
    assert!(ordered(profile.dir.path()).unwrap().unwrap().disk_done);
    profile.spares(&code);
}

/// The same with an order that nothing settled: a vault that was put there says itself that it is another.
#[test]
fn an_order_for_one_profile_is_not_carried_out_on_another() {
    for keep_organisation in [false, true] {
        let profile = profile();
        fs::remove_file(profile.path("vault.json")).unwrap();
        let code = profile.another();
        let ordered = *profile.vault.profile_id();
        let order = Order { profile: ordered, keep_organisation, keyring: true, disk_done: false };
        store(profile.dir.path(), &order).unwrap();
        profile.spares(&code);
    }
}

#[test]
fn the_beginning_of_a_file_is_overwritten_before_its_name_goes() {
    let dir = tempfile::tempdir().unwrap();
    let (path, second) = (dir.path().join("x"), dir.path().join("y"));
    fs::write(&path, vec![7; 100_000]).unwrap();
    fs::hard_link(&path, &second).unwrap();
    destroy(dir.path(), "x").unwrap();
    let left = fs::read(second).unwrap();
    assert_eq!(left.len(), 100_000);
    assert!(!left[..OVERWRITTEN].windows(16).any(|bytes| bytes == [7; 16]));
}
