//! Too many wrong passphrases: a wait by itself, the end of the owner's ways in where policy wants that.

use super::*;
use crate::FailureKind;
use crate::format::EmergencyWrap;

/// Types wrong passphrases up to the limit; gives the last refusal.
fn reach_the_limit(profile: &Profile, erases: bool) -> UnlockError {
    let mut vault = profile.vault();
    let limits = AttemptLimits { max: 3, erases, ..AttemptLimits::default() };
    vault.set_limits(limits);
    for _ in 1..limits.max {
        let wrong = vault.unlock(&passphrase("wrong"), Some(&profile.keyring)).unwrap_err();
        assert_eq!(wrong.code(), "unlock.wrong_passphrase");
    }
    vault.unlock(&passphrase("wrong"), Some(&profile.keyring)).unwrap_err()
}

#[test]
fn nothing_is_erased_unless_it_was_asked_for() {
    let profile = Profile::new(false);
    assert_eq!(reach_the_limit(&profile, false).code(), "unlock.wrong_passphrase");
    assert!(!profile.vault().is_erased());
    assert_eq!(profile.slots(), [Slot::A]);
    profile.clock.pass(Duration::from_hours(1));
    assert!(profile.opens_with(PASSPHRASE));
}

#[test]
fn what_was_erased_opens_for_nobody_but_the_organisation() {
    for alone in [false, true] {
        let profile = Profile::new(alone);
        let key = profile.vault().unlock_with_recovery(&profile.code).unwrap();
        let wrap = EmergencyWrap { fingerprints: vec!["AA".into()], sealed: vec![7; 40] };
        profile.vault().set_emergency(&key, vec![wrap.clone()]).unwrap();
        let before = fs::read_to_string(profile.dir.path().join(FILE)).unwrap();

        assert_eq!(reach_the_limit(&profile, true).code(), "unlock.erased");
        assert!(profile.vault().is_erased());
        assert!(profile.slots().is_empty());
        profile.clock.pass(Duration::from_hours(1));
        assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.erased");
        let recovered = profile.vault().unlock_with_recovery(&profile.code);
        assert_eq!(recovered.unwrap_err().code(), "unlock.erased");
        assert_eq!(profile.vault().emergency(), [wrap]);
        assert!(profile.vault().unlock_with_emergency(&profile.key).is_ok());
        // No wrap of the owner's is left in the file.
        let after: serde_json::Value =
            serde_json::from_slice(&fs::read(profile.dir.path().join(FILE)).unwrap()).unwrap();
        let body = &after["body"];
        assert_eq!([&body["passphrase"][0]["sealed"], &body["recovery"]["sealed"]], ["", ""]);
        let kinds = profile.vault().pending_failures(&key).unwrap().failures;
        assert_eq!(kinds.last().unwrap().kind, FailureKind::WaysErased);

        // An older copy of the file that is put back lacks the keyring's half.
        fs::write(profile.dir.path().join(FILE), before).unwrap();
        if !alone {
            profile.clock.pass(Duration::from_hours(1));
            assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "keyring.item_missing");
        }
    }
}

/// What nobody could open afterwards isn't erased, whatever policy says: the limit is the longest wait.
#[test]
fn without_the_organisations_way_in_the_limit_is_the_longest_wait() {
    let profile = Profile::new(false);
    assert_eq!(reach_the_limit(&profile, true).code(), "unlock.wrong_passphrase");
    let vault = profile.vault();
    assert!(!vault.is_erased());
    let FailureState { failures, .. } = vault.failures();
    assert_eq!((failures, profile.slots()), (3, vec![Slot::A]));
    let mut vault = profile.vault();
    let limits = AttemptLimits { max: 3, erases: true, ..AttemptLimits::default() };
    vault.set_limits(limits);
    let FailureState { wait, locked_out, .. } = vault.failures();
    assert_eq!((wait, locked_out, vault.erases_at_the_limit()), (limits.lockout, true, false));
    profile.clock.pass(limits.lockout);
    assert!(profile.opens_with(PASSPHRASE));
}

/// A kill after the file was written and before the keyring was emptied.
#[test]
fn the_next_attempt_empties_a_keyring_that_was_not_emptied() {
    let profile = Profile::new(false);
    profile.vault().rewrite(Body::erase_owner).unwrap();
    assert_eq!(profile.slots(), [Slot::A]);
    assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.erased");
    assert!(profile.slots().is_empty());
}

/// A damaged counter costs the longest wait and nothing else: whoever can delete a file must not be able to erase.
#[test]
fn a_counter_that_was_deleted_erases_nothing() {
    let profile = Profile::new(false);
    fs::remove_file(profile.dir.path().join("attempts.json")).unwrap();
    let mut vault = profile.vault();
    vault.set_limits(AttemptLimits { max: 3, erases: true, ..AttemptLimits::default() });
    let refused = vault.unlock(&passphrase("wrong"), Some(&profile.keyring)).unwrap_err();
    assert_eq!(refused.code(), "unlock.locked_out");
    assert!(!profile.vault().is_erased());
}

#[test]
fn a_keyring_in_trouble_is_noted_and_not_counted() {
    let mut profile = Profile::new(false);
    let key = profile.unlock(PASSPHRASE).unwrap();
    profile.keyring = in_memory();
    assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "keyring.item_missing");
    assert_eq!(profile.vault().failures().failures, 0);
    let noted = profile.vault().pending_failures(&key).unwrap().failures;
    assert_eq!(noted.last().unwrap().kind, FailureKind::KeyringTrouble);
}
