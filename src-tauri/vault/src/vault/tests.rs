//! The way to the key and back, with an in-memory keyring (keyring-core's own); the real one is in `tests/`.

mod counts;
mod erasing;
mod factors;
mod security_key;

use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::clock::Moment;
use crate::format::PassphraseWrap;
use crate::keyring::{KeyringError, Slot};
use crate::recovery::RecoveryCodeError;
use crate::setup::{Protection, SetupError};

/// A clock that stands until it is moved.
#[derive(Debug)]
struct TestClock(Mutex<u64>);

impl TestClock {
    fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += u64::try_from(time.as_millis()).unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let ms = *self.0.lock().unwrap();
        Moment { boot_id: [1; 16], since_boot_ms: ms, utc_ms: i64::try_from(ms).unwrap() }
    }
}

struct Profile {
    dir: tempfile::TempDir,
    clock: Arc<TestClock>,
    keyring: Keyring,
    code: String,
    key: [u8; 32],
}

const PASSPHRASE: &str = "otter vinegar sundial plaza";

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into()).unwrap()
}

fn in_memory() -> Keyring {
    Keyring::with_store(keyring_core::mock::Store::new().unwrap(), Duration::from_mins(1))
}

impl Profile {
    fn new(alone: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, keyring) = (Arc::new(TestClock(Mutex::new(1_000_000))), in_memory());
        let protection = if alone {
            Protection::PassphraseAloneAllowedByPolicy
        } else {
            Protection::KeyringAndPassphrase(&keyring)
        };
        let setup = Vault::begin_with(
            dir.path(),
            &passphrase(PASSPHRASE),
            &protection,
            Cost::Floor,
            clock.clone(),
        )
        .unwrap();
        let code = setup.recovery_code().printed().to_string();
        let (_, key) = setup.confirm(&code).unwrap();
        Self { key: *key.expose(), dir, clock, keyring, code }
    }

    fn vault(&self) -> Vault {
        let limits = AttemptLimits::default();
        let mut vault = Vault::open_with(self.dir.path(), limits, self.clock.clone()).unwrap();
        vault.set_cost(Cost::Floor);
        vault
    }

    fn unlock(&self, text: &str) -> Result<MailboxKey, UnlockError> {
        self.vault().unlock(&passphrase(text), Some(&self.keyring))
    }

    fn opens_with(&self, text: &str) -> bool {
        self.unlock(text).is_ok_and(|key| *key.expose() == self.key)
    }

    fn slots(&self) -> Vec<Slot> {
        let profile = *self.vault().profile_id();
        [Slot::A, Slot::B]
            .into_iter()
            .filter(|slot| self.keyring.read_secret(&profile, *slot).is_ok())
            .collect()
    }
}

#[test]
fn set_up_ends_only_when_the_code_was_typed_back() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("profile");
    let keyring = in_memory();
    let protection = Protection::KeyringAndPassphrase(&keyring);
    let clock = Arc::new(SystemClock);
    let setup =
        Vault::begin_with(&home, &passphrase(PASSPHRASE), &protection, Cost::Floor, clock.clone())
            .unwrap();
    let code = setup.recovery_code().printed().to_string();
    let other = RecoveryCode::generate().unwrap().printed().to_string();
    let unconfirmed = setup.confirm(&other).unwrap_err();
    assert_eq!(unconfirmed.error.code(), "recovery_code.not_the_code");
    let mut typo = code.clone();
    typo.replace_range(0..1, if code.starts_with('Q') { "P" } else { "Q" });
    let unconfirmed = unconfirmed.setup.confirm(&typo).unwrap_err();
    assert_eq!(unconfirmed.error.code(), "recovery_code.typo");
    assert!(!home.exists() && !Vault::exists(&home));
    let (_, key) = unconfirmed.setup.confirm(&code.to_lowercase()).unwrap();
    let opened =
        Vault::open(&home).unwrap().unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap();
    assert_eq!(opened.expose(), key.expose());
    let again = Vault::begin_with(&home, &passphrase(PASSPHRASE), &protection, Cost::Floor, clock);
    assert!(matches!(again, Err(SetupError::AlreadyExists)));
}

#[test]
fn two_profiles_have_different_keys() {
    assert_ne!(Profile::new(false).key, Profile::new(false).key);
}

#[test]
fn a_keyring_in_trouble_is_no_wrong_passphrase() {
    let profile = Profile::new(false);
    let without = profile.vault().unlock(&passphrase(PASSPHRASE), None).unwrap_err();
    assert_eq!(without.code(), "keyring.needed");
    let empty = profile.vault().unlock(&passphrase(PASSPHRASE), Some(&in_memory())).unwrap_err();
    assert_eq!(empty.code(), "keyring.item_missing");
    let other = in_memory();
    other.write_secret(profile.vault().profile_id(), Slot::A, &[9; 32]).unwrap();
    let changed = profile.vault().unlock(&passphrase(PASSPHRASE), Some(&other)).unwrap_err();
    assert_eq!(changed.code(), "keyring.secret_changed");
    assert_eq!(profile.vault().failures().failures, 0);
    assert!(profile.opens_with(PASSPHRASE));
}

#[test]
fn a_passphrase_alone_asks_nothing_of_the_keyring() {
    let profile = Profile::new(true);
    assert_eq!(profile.vault().keyring_mode(), KeyringMode::None);
    let key = profile.vault().unlock(&passphrase(PASSPHRASE), None).unwrap();
    assert_eq!(*key.expose(), profile.key);
    assert_eq!(profile.slots(), []);
    let wrong = profile.vault().unlock(&passphrase("wrong"), None).unwrap_err();
    assert_eq!(wrong.code(), "unlock.wrong_passphrase");
}

#[test]
fn wrong_passphrases_are_counted_slowed_and_locked_out() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    vault.set_limits(AttemptLimits { max: 6, lockout: Duration::from_mins(15), erases: false });
    let wrong = passphrase("not this one");
    for expected in [0, 0, 0, 0, 30] {
        let refused = vault.unlock(&wrong, Some(&profile.keyring)).unwrap_err();
        assert!(
            matches!(refused, UnlockError::WrongPassphrase { wait, .. } if wait.as_secs() == expected)
        );
    }
    // Even the right one has to wait, and isn't tried.
    let early = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap_err();
    assert_eq!(early.code(), "unlock.throttled");
    profile.clock.pass(Duration::from_secs(30));
    let sixth = vault.unlock(&wrong, Some(&profile.keyring)).unwrap_err();
    assert!(
        matches!(sixth, UnlockError::WrongPassphrase { failures: 6, wait } if wait.as_secs() == 900)
    );
    let locked = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap_err();
    assert_eq!(locked.code(), "unlock.locked_out");
    assert!(vault.failures().locked_out);
    profile.clock.pass(Duration::from_mins(15));
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    assert_eq!(vault.failures().failures, 0);
    let pending = vault.pending_failures(&key).unwrap();
    assert_eq!((pending.failures.len(), pending.uncounted, pending.altered), (6, 0, false));
    vault.drain_failures(&pending).unwrap();
    assert!(profile.vault().pending_failures(&key).unwrap().failures.is_empty());
}

#[test]
fn deleting_or_setting_back_the_counter_costs_the_longest_wait() {
    let profile = Profile::new(false);
    let counter = profile.dir.path().join("attempts.json");
    let old = fs::read(&counter).unwrap();
    for _ in 0..3 {
        assert!(profile.unlock("wrong").is_err());
    }
    fs::write(&counter, old).unwrap();
    assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.locked_out");
    profile.clock.pass(AttemptLimits::default().lockout);
    assert!(profile.opens_with(PASSPHRASE));
    fs::remove_file(&counter).unwrap();
    assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.locked_out");
    profile.clock.pass(AttemptLimits::default().lockout);
    assert!(profile.opens_with(PASSPHRASE));
}

#[test]
fn the_recovery_code_opens_without_keyring_and_during_a_lock_out() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    vault.set_limits(AttemptLimits { max: 1, lockout: Duration::from_mins(15), erases: false });
    assert!(vault.unlock(&passphrase("wrong"), Some(&profile.keyring)).is_err());
    let stranger = RecoveryCode::generate().unwrap().printed();
    assert_eq!(
        vault.unlock_with_recovery(&stranger).unwrap_err().code(),
        "unlock.wrong_recovery_code"
    );
    assert_eq!(vault.unlock_with_recovery("too short").unwrap_err().code(), "recovery_code.length");
    let key = vault.unlock_with_recovery(&profile.code).unwrap();
    assert_eq!(*key.expose(), profile.key);
    assert_eq!(vault.pending_failures(&key).unwrap().failures.len(), 2);
    assert_eq!(vault.failures().wait, Duration::ZERO);
}

#[test]
fn a_changed_passphrase_replaces_the_old_one_and_the_device_secret() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    let before = profile.slots();
    vault
        .change_passphrase(&key, &passphrase("quilt meadow"), None, Some(&profile.keyring))
        .unwrap();
    assert!(profile.opens_with("quilt meadow"));
    assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.wrong_passphrase");
    assert_eq!((before, profile.slots()), (vec![Slot::A], vec![Slot::B]));
    assert_eq!(
        vault.change_passphrase(&key, &passphrase("x"), None, None).unwrap_err().code(),
        "keyring.needed"
    );
    let stranger = MailboxKey::generate().unwrap();
    let refused = vault
        .change_passphrase(&stranger, &passphrase("x"), None, Some(&profile.keyring))
        .unwrap_err();
    assert_eq!(refused.code(), "vault.wrong_key");
    assert!(profile.opens_with("quilt meadow"));
}

#[test]
fn a_lost_keyring_is_replaced_with_the_recovery_code() {
    let mut profile = Profile::new(false);
    profile.keyring = in_memory();
    assert!(profile.unlock(PASSPHRASE).is_err());
    let mut vault = profile.vault();
    let key = vault.unlock_with_recovery(&profile.code).unwrap();
    vault.replace_device_secret(&key, &passphrase("new one"), &profile.keyring).unwrap();
    assert!(profile.opens_with("new one"));
}

#[test]
fn a_passphrase_alone_can_get_a_keyring_and_lose_it_again() {
    let profile = Profile::new(true);
    let mut vault = profile.vault();
    let key = vault.unlock(&passphrase(PASSPHRASE), None).unwrap();
    vault.replace_device_secret(&key, &passphrase(PASSPHRASE), &profile.keyring).unwrap();
    assert_eq!(vault.keyring_mode(), KeyringMode::Required);
    assert!(profile.opens_with(PASSPHRASE));
    let alone = Protection::PassphraseAloneAllowedByPolicy;
    vault.protect(&key, &passphrase(PASSPHRASE), &alone).unwrap();
    assert_eq!(profile.vault().keyring_mode(), KeyringMode::None);
    assert!(profile.vault().unlock(&passphrase(PASSPHRASE), None).is_ok());
}

#[test]
fn a_new_recovery_code_counts_once_it_was_typed_back() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    let new = vault.begin_recovery_code(&key).unwrap();
    let code = new.code().printed().to_string();
    assert_eq!(
        vault.confirm_recovery_code(&new, &profile.code).unwrap_err().code(),
        "recovery_code.not_the_code"
    );
    assert!(profile.vault().unlock_with_recovery(&profile.code).is_ok());
    vault.confirm_recovery_code(&new, &code).unwrap();
    assert!(profile.vault().unlock_with_recovery(&code).is_ok());
    assert!(profile.vault().unlock_with_recovery(&profile.code).is_err());
}

#[test]
fn what_cannot_be_opened_is_left_as_it_is() {
    let profile = Profile::new(false);
    let file = profile.dir.path().join(FILE);
    for (content, code) in [
        (b"{\"format\":7}".to_vec(), "vault.newer_format"),
        (Vec::new(), "vault.damaged"),
        (b"not json".to_vec(), "vault.damaged"),
        (vec![b' '; 100_000], "vault.damaged"),
    ] {
        fs::write(&file, &content).unwrap();
        assert_eq!(Vault::open(profile.dir.path()).unwrap_err().code(), code);
        assert_eq!(fs::read(&file).unwrap(), content);
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(Vault::open(profile.dir.path()).unwrap_err().code(), "vault.missing");
}

#[test]
fn the_epoch_is_kept_in_the_keyring() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    assert_eq!(vault.epoch(&profile.keyring).unwrap(), Some(0));
    profile.keyring.set_epoch(vault.profile_id(), 42).unwrap();
    assert_eq!(vault.epoch(&profile.keyring).unwrap(), Some(42));
}

impl Profile {
    /// Leaves a change to `text` with a device secret as a kill after its second step does.
    fn interrupt_change(&self, text: &str, key: &MailboxKey) {
        let mut vault = self.vault();
        let device = format::DeviceSecret::generate(Slot::B).unwrap();
        self.keyring.write_secret(vault.profile_id(), Slot::B, &device.bytes).unwrap();
        let new = passphrase(text);
        let wrap =
            PassphraseWrap::seal(vault.profile_id(), key, &new, Some(&device), None, Cost::Floor)
                .unwrap();
        let mut body = vault.body.clone();
        body.passphrase.push(wrap);
        vault.store(body).unwrap();
    }
}

/// Half-way from a passphrase alone to a keyring, a keyring out of reach isn't a wrong passphrase.
#[test]
fn an_interrupted_change_names_the_keyring_it_needs() {
    let profile = Profile::new(true);
    let key = profile.vault().unlock(&passphrase(PASSPHRASE), None).unwrap();
    profile.interrupt_change("quilt meadow", &key);
    let refused = profile.vault().unlock(&passphrase("quilt meadow"), None).unwrap_err();
    assert_eq!((refused.code(), profile.vault().failures().failures), ("keyring.needed", 1));
    assert!(profile.vault().unlock(&passphrase(PASSPHRASE), None).is_ok());
}

/// During a change either wrap opens, and the first unlock keeps the one that did.
#[test]
fn an_interrupted_change_is_settled_by_the_next_unlock() {
    for new_one_is_typed in [true, false] {
        let profile = Profile::new(false);
        let key = profile.unlock(PASSPHRASE).unwrap();
        profile.interrupt_change("quilt meadow", &key);
        let (typed, gone) = if new_one_is_typed {
            ("quilt meadow", PASSPHRASE)
        } else {
            (PASSPHRASE, "quilt meadow")
        };
        assert!(profile.opens_with(typed));
        assert_eq!(profile.unlock(gone).unwrap_err().code(), "unlock.wrong_passphrase");
        assert_eq!(profile.slots(), [if new_one_is_typed { Slot::B } else { Slot::A }]);
    }
}

#[test]
fn every_error_is_a_sentence_without_details() {
    let errors: [UnlockError; 6] = [
        UnlockError::WrongPassphrase { failures: 3, wait: Duration::ZERO },
        KeyringError::Locked.into(),
        KeyringError::TimedOut.into(),
        VaultError::Damaged.into(),
        RecoveryCodeError::Typo.into(),
        VaultError::Io(std::io::Error::other("/home/jane.roe/needle")).into(),
    ];
    for error in errors {
        let text = error.to_string();
        assert!(text.contains(':') && !text.contains("needle"), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is in the directory, opening answers and changes nothing.
    #[test]
    fn hostile_files_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), &bytes).unwrap();
        prop_assert!(Vault::open(dir.path()).is_err());
        prop_assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), bytes);
        prop_assert!(!dir.path().join("attempts.json").exists());
    }
}
