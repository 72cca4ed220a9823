//! The counts that the keyring repeats: that they are there, and what it means when they aren't.

use super::*;
use crate::attempts::{FailureKind, Mirror};
use crate::keyring::Item;

impl Profile {
    fn counter(&self) -> PathBuf {
        self.dir.path().join("attempts.json")
    }

    fn kinds(&self) -> Vec<FailureKind> {
        let key = MailboxKey::from_bytes(&self.key).unwrap();
        let pending = self.vault().pending_failures(&key).unwrap();
        pending.failures.iter().map(|failure| failure.kind).collect()
    }

    /// What whoever can write there does: the keyring's copy goes.
    fn delete(&self, item: fn([u8; 16]) -> Item) {
        self.keyring.delete(&item(*self.vault().profile_id())).unwrap();
    }
}

#[test]
fn both_counts_are_there_from_the_start() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    assert!(vault.is_counted());
    let id = *vault.profile_id();
    assert!(Mirror::from_text(&profile.keyring.read(&Item::Attempts(id)).unwrap()).is_some());
    assert_eq!(vault.epoch(&profile.keyring).unwrap(), Some(0));
    assert!(!Profile::new(true).vault().is_counted());
}

/// An older counter, put back together with the keyring's entry taken away, or with rubbish in its place.
#[test]
fn a_deleted_copy_of_the_counter_costs_the_longest_wait_once() {
    for rubbish in [false, true] {
        let profile = Profile::new(false);
        let old = fs::read(profile.counter()).unwrap();
        for _ in 0..4 {
            assert!(profile.unlock("wrong").is_err());
        }
        fs::write(profile.counter(), &old).unwrap();
        profile.delete(Item::Attempts);
        if rubbish {
            let item = Item::Attempts(*profile.vault().profile_id());
            profile.keyring.write(&item, b"rubbish").unwrap();
        }
        assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.locked_out");
        let FailureState { wait, .. } = profile.vault().failures();
        assert_eq!(wait, AttemptLimits::default().lockout);
        assert_eq!(profile.kinds(), [FailureKind::CounterTampered]);
        profile.clock.pass(AttemptLimits::default().lockout);
        assert!(profile.opens_with(PASSPHRASE));
    }
}

/// A file that claims a success which the keyring never heard of.
#[test]
fn an_edited_counter_takes_nothing_back() {
    let profile = Profile::new(false);
    for _ in 0..5 {
        assert!(profile.unlock("wrong").is_err());
    }
    let mut record: serde_json::Value =
        serde_json::from_slice(&fs::read(profile.counter()).unwrap()).unwrap();
    record["failures"] = 0.into();
    record["last"] = serde_json::Value::Null;
    record["generation"] = (record["generation"].as_u64().unwrap() + 1).into();
    fs::write(profile.counter(), record.to_string()).unwrap();
    assert_eq!(profile.vault().failures().wait, Duration::ZERO, "the file alone says so");
    assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.throttled");
    assert_eq!(profile.vault().failures().failures, 5);
    profile.clock.pass(Duration::from_secs(30));
    assert!(profile.opens_with(PASSPHRASE));
    // An honest success is told: nothing of it comes back.
    assert!(profile.opens_with(PASSPHRASE));
    assert_eq!(profile.vault().failures().failures, 0);
}

#[test]
fn a_deleted_count_of_openings_is_missed_until_it_is_counted_again() {
    let profile = Profile::new(false);
    profile.delete(Item::Epoch);
    let mut vault = profile.vault();
    assert_eq!(vault.epoch(&profile.keyring).unwrap(), None);
    profile.keyring.write(&Item::Epoch(*vault.profile_id()), b"rubbish").unwrap();
    assert_eq!(vault.epoch(&profile.keyring).unwrap(), None);
    // A change of what opens it must not make it up.
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    vault
        .change_passphrase(&key, &passphrase("quilt meadow"), None, Some(&profile.keyring))
        .unwrap();
    let mut vault = profile.vault();
    assert_eq!(vault.epoch(&profile.keyring).unwrap(), None);
    // A keyring that never held it begins.
    let other = in_memory();
    vault.replace_device_secret(&key, &passphrase(PASSPHRASE), &other).unwrap();
    assert_eq!(vault.epoch(&other).unwrap(), Some(0));
}

/// A vault as earlier versions wrote it: nobody knows whether the keyring ever held its counts.
#[test]
fn a_vault_of_an_earlier_version_opens_without_counts_and_gets_them_with_a_change() {
    let mut profile = Profile::new(true);
    profile.keyring = in_memory();
    let fixture = include_bytes!("../../format/fixture_1_keyring.json");
    fs::write(profile.dir.path().join(FILE), fixture).unwrap();
    let mut vault = profile.vault();
    profile.keyring.write_secret(vault.profile_id(), Slot::A, &[7; 32]).unwrap();
    assert!(!vault.is_counted());
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    profile.delete(Item::Attempts);
    assert!(vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).is_ok());
    vault
        .change_passphrase(&key, &passphrase("quilt meadow"), None, Some(&profile.keyring))
        .unwrap();
    assert!(profile.vault().is_counted());
    profile.delete(Item::Attempts);
    assert_eq!(profile.unlock("quilt meadow").unwrap_err().code(), "unlock.locked_out");
}
