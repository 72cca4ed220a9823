//! What stands beside the passphrase: one-time codes, the organisation's wraps, the log of failures.

use super::*;

/// The present code of an authenticator app that read `new`.
fn code_of(new: &crate::NewOneTime, profile: &Profile) -> String {
    let secret = totp_rs::Secret::try_from_base32(new.text().as_str()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    totp.generate(u64::try_from(profile.clock.now().utc_ms).unwrap() / 1000).to_string()
}

#[test]
fn a_one_time_code_is_asked_for_from_its_confirmation_on_and_taken_once() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    let new = vault.begin_one_time(&key).unwrap();
    let wrong = vault.confirm_one_time(&key, &new, "000000").unwrap_err();
    assert_eq!(wrong.code(), "one_time_code.not_the_code");
    assert!(!profile.vault().asks_for_code());
    vault.confirm_one_time(&key, &new, &code_of(&new, &profile)).unwrap();
    let mut vault = profile.vault();
    assert!(vault.asks_for_code());

    let unlock = |vault: &mut Vault, code: Option<&str>| {
        vault.unlock_with_code(&passphrase(PASSPHRASE), code, Some(&profile.keyring))
    };
    assert_eq!(unlock(&mut vault, None).unwrap_err().code(), "unlock.one_time_code_needed");
    assert_eq!(vault.failures().failures, 0, "no code is no wrong code");
    let used = code_of(&new, &profile);
    assert_eq!(unlock(&mut vault, Some(&used)).unwrap_err().code(), "unlock.wrong_one_time_code");
    assert_eq!(vault.failures().failures, 1);
    profile.clock.pass(Duration::from_secs(30));
    assert!(unlock(&mut vault, Some(&code_of(&new, &profile))).is_ok());
    let again = code_of(&new, &profile);
    assert!(unlock(&mut profile.vault(), Some(&again)).is_err(), "taken, after a restart too");
    // The owner at the open mailbox is asked for the passphrase alone.
    let mut vault = profile.vault();
    vault.confirm_owner(&passphrase(PASSPHRASE), None, Some(&profile.keyring)).unwrap();
    assert!(vault.confirm_owner(&passphrase("wrong"), None, Some(&profile.keyring)).is_err());
}

#[test]
fn wrong_codes_lock_out_like_wrong_passphrases() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    let new = vault.begin_one_time(&key).unwrap();
    vault.confirm_one_time(&key, &new, &code_of(&new, &profile)).unwrap();
    vault.set_limits(AttemptLimits { max: 3, ..AttemptLimits::default() });
    for failures in 1..=3 {
        let code = Some("000000");
        assert!(
            vault.unlock_with_code(&passphrase(PASSPHRASE), code, Some(&profile.keyring)).is_err()
        );
        assert_eq!(vault.failures().failures, failures);
    }
    let locked = vault.unlock_with_code(&passphrase(PASSPHRASE), None, Some(&profile.keyring));
    assert_eq!(locked.unwrap_err().code(), "unlock.locked_out");
    let kinds: Vec<_> =
        vault.pending_failures(&key).unwrap().failures.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [FailureKind::WrongOneTimeCode; 3]);
}

#[test]
fn a_lost_authenticator_is_replaced_with_the_recovery_code() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    let lost = vault.begin_one_time(&key).unwrap();
    vault.confirm_one_time(&key, &lost, &code_of(&lost, &profile)).unwrap();
    let key = vault.unlock_with_recovery(&profile.code).unwrap();
    let new = vault.begin_one_time(&key).unwrap();
    vault.confirm_one_time(&key, &new, &code_of(&new, &profile)).unwrap();
    profile.clock.pass(Duration::from_mins(1));
    let (old, present) = (code_of(&lost, &profile), code_of(&new, &profile));
    let mut unlock = |code: &str| {
        vault.unlock_with_code(&passphrase(PASSPHRASE), Some(code), Some(&profile.keyring))
    };
    assert!(unlock(&old).is_err());
    assert!(unlock(&present).is_ok());
    vault.remove_one_time(&key).unwrap();
    assert!(profile.opens_with(PASSPHRASE));
}

/// A change of the passphrase or of the keyring's half leaves the other ways in alone.
#[test]
fn a_changed_passphrase_keeps_codes_and_emergency_wraps() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    let wrap = crate::EmergencyWrap { fingerprints: vec!["ab".into()], sealed: vec![1, 2, 3] };
    vault.set_emergency(&key, vec![wrap.clone()]).unwrap();
    let new = vault.begin_one_time(&key).unwrap();
    vault.confirm_one_time(&key, &new, &code_of(&new, &profile)).unwrap();
    vault
        .change_passphrase(&key, &passphrase("another long one"), None, Some(&profile.keyring))
        .unwrap();
    let vault = profile.vault();
    assert!(vault.asks_for_code());
    assert_eq!(vault.emergency(), [wrap]);
}

#[test]
fn an_emergency_key_is_taken_only_if_it_is_this_mailboxs() {
    let profile = Profile::new(false);
    let vault = profile.vault();
    assert_eq!(*vault.unlock_with_emergency(&profile.key).unwrap().expose(), profile.key);
    assert_eq!(vault.unlock_with_emergency(&[1; 32]).unwrap_err().code(), "vault.damaged");
}

/// A vault of the first version names nobody to seal failures to: they are counted, and from the next unlock on sealed.
#[test]
fn a_vault_of_an_earlier_version_gets_its_failure_log() {
    let profile = Profile::new(false);
    let mut vault = profile.vault();
    vault.rewrite(|body| body.failure_log = None).unwrap();
    let mut vault = profile.vault();
    assert!(vault.unlock(&passphrase("wrong"), Some(&profile.keyring)).is_err());
    let key = vault.unlock(&passphrase(PASSPHRASE), Some(&profile.keyring)).unwrap();
    let pending = vault.pending_failures(&key).unwrap();
    assert_eq!((pending.failures.len(), pending.uncounted), (0, 1));
    assert!(vault.unlock(&passphrase("wrong"), Some(&profile.keyring)).is_err());
    assert_eq!(vault.pending_failures(&key).unwrap().failures.len(), 1);
}
