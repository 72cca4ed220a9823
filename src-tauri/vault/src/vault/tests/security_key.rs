//! A security key as a third factor. The key is a mock: hardware can't be had in a test.

use super::*;
use crate::FailureKind;
use crate::security_key::mock::SoftwareKey;
use crate::security_key::{NewSecurityKey, Pin, SecurityKeyError};

impl Profile {
    fn enrol(&self, security_key: &SoftwareKey, pin: Option<&Pin>) {
        let mut vault = self.vault();
        let key = MailboxKey::from_bytes(&self.key).unwrap();
        let new = NewSecurityKey::enrol(vault.profile_id(), security_key, pin).unwrap();
        let keyring = Some(&self.keyring);
        vault.set_security_key(&key, &passphrase(PASSPHRASE), &new, keyring).unwrap();
    }

    fn touch(&self, security_key: &SoftwareKey) -> Result<Touch, SecurityKeyError> {
        self.vault().touch_request().unwrap().ask(security_key, None)
    }

    fn opens_touched(&self, text: &str, security_key: &SoftwareKey) -> Result<(), UnlockError> {
        let touch = self.touch(security_key)?;
        let passphrase = passphrase(text);
        let typed = Typed { passphrase: &passphrase, code: None, touch: Some(&touch) };
        let key = self.vault().unlock_with(&typed, Some(&self.keyring))?;
        assert_eq!(*key.expose(), self.key);
        Ok(())
    }

    fn file(&self) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.dir.path().join(FILE)).unwrap()).unwrap()
    }
}

#[test]
fn three_factors_open_and_two_do_not() {
    for alone in [false, true] {
        let profile = Profile::new(alone);
        let security_key = SoftwareKey::default();
        profile.enrol(&security_key, None);
        assert!(profile.vault().has_security_key());
        profile.opens_touched(PASSPHRASE, &security_key).unwrap();
        // Without a touch nothing is tried and nothing counted.
        let without = profile.unlock(PASSPHRASE).unwrap_err();
        assert_eq!(without.code(), "security_key.needed");
        assert_eq!(profile.vault().failures().failures, 0);
        // With a touch a wrong passphrase is one.
        let wrong = profile.opens_touched("wrong", &security_key).unwrap_err();
        assert_eq!(wrong.code(), "unlock.wrong_passphrase");
        assert_eq!(profile.vault().failures().failures, 1);
        // Another mailbox's touch is none for this one.
        let other = Profile::new(true);
        other.enrol(&security_key, None);
        let touch = other.touch(&security_key).unwrap();
        let passphrase = passphrase(PASSPHRASE);
        let typed = Typed { passphrase: &passphrase, code: None, touch: Some(&touch) };
        let refused = profile.vault().unlock_with(&typed, Some(&profile.keyring)).unwrap_err();
        assert_eq!(refused.code(), "security_key.needed");
    }
}

/// The key's part stands in the wrap and nowhere else: who takes it out of the file has a wrap that nothing opens.
#[test]
fn the_file_cannot_be_talked_out_of_the_key() {
    let profile = Profile::new(true);
    let security_key = SoftwareKey::default();
    profile.enrol(&security_key, None);
    let mut vault = profile.vault();
    vault.body.passphrase[0].security_key = None;
    let body = vault.body.clone();
    vault.store(body).unwrap();
    assert_eq!(profile.unlock(PASSPHRASE).unwrap_err().code(), "unlock.wrong_passphrase");
}

/// A program that knows no security keys reads the number first, and says that the file is too new for it.
#[test]
fn the_format_tells_an_older_program_that_it_is_too_old() {
    // Beside a keyring that holds the counts the file has a later number, with a key or without.
    assert_eq!(Profile::new(false).file()["format"], 3);
    let profile = Profile::new(true);
    let before = profile.file();
    assert_eq!(before["format"], 1);
    assert!(before["body"]["passphrase"][0].get("security_key").is_none());
    let security_key = SoftwareKey::default();
    profile.enrol(&security_key, None);
    assert_eq!(profile.file()["format"], 2);
    assert_eq!(
        profile.file()["body"]["passphrase"][0]["security_key"]["relying_party"],
        "wardmail"
    );
    // The number must be the one that its body wants, either way.
    for (format, with_key) in [(1, true), (2, false)] {
        let mut forged = if with_key { profile.file() } else { before.clone() };
        forged["format"] = format.into();
        fs::write(profile.dir.path().join(FILE), forged.to_string()).unwrap();
        assert_eq!(Vault::open(profile.dir.path()).unwrap_err().code(), "vault.damaged");
        fs::write(profile.dir.path().join(FILE), before.to_string()).unwrap();
        profile.enrol(&security_key, None);
    }
    let key = MailboxKey::from_bytes(&profile.key).unwrap();
    let keyring = Some(&profile.keyring);
    profile.vault().remove_security_key(&key, &passphrase(PASSPHRASE), keyring).unwrap();
    assert_eq!(profile.file()["format"], 1);
    assert!(profile.opens_with(PASSPHRASE));
}

#[test]
fn a_changed_passphrase_keeps_the_key_and_takes_a_touch() {
    let profile = Profile::new(false);
    let security_key = SoftwareKey::default();
    profile.enrol(&security_key, None);
    let key = MailboxKey::from_bytes(&profile.key).unwrap();
    let (mut vault, new) = (profile.vault(), passphrase("quilt meadow"));
    let keyring = Some(&profile.keyring);
    let refused = vault.change_passphrase(&key, &new, None, keyring).unwrap_err();
    assert_eq!(refused.code(), "security_key.needed");
    let refused = vault.replace_device_secret(&key, &new, &profile.keyring).unwrap_err();
    assert_eq!(refused.code(), "security_key.needed");
    let touch = profile.touch(&security_key).unwrap();
    vault.change_passphrase(&key, &new, Some(&touch), keyring).unwrap();
    profile.opens_touched("quilt meadow", &security_key).unwrap();
    assert!(profile.opens_touched(PASSPHRASE, &security_key).is_err());
    let mut vault = profile.vault();
    vault.confirm_owner(&new, Some(&touch), keyring).unwrap();
    assert_eq!(vault.confirm_owner(&new, None, keyring).unwrap_err().code(), "security_key.needed");
}

#[test]
fn a_key_is_replaced_and_the_old_one_is_the_wrong_one_then() {
    let profile = Profile::new(false);
    let (old, new) = (SoftwareKey::default(), SoftwareKey::default());
    profile.enrol(&old, None);
    profile.enrol(&new, None);
    profile.opens_touched(PASSPHRASE, &new).unwrap();
    assert_eq!(profile.touch(&old).unwrap_err(), SecurityKeyError::WrongKey);
    assert_eq!(profile.slots().len(), 1);
    // An enrolment for another mailbox is refused.
    let other = NewSecurityKey::enrol(&[9; 16], &new, None).unwrap();
    let key = MailboxKey::from_bytes(&profile.key).unwrap();
    let keyring = Some(&profile.keyring);
    let refused = profile.vault().set_security_key(&key, &passphrase("x"), &other, keyring);
    assert_eq!(refused.unwrap_err().code(), "vault.wrong_key");
}

#[test]
fn a_lost_key_is_taken_out_with_the_recovery_code() {
    let profile = Profile::new(false);
    profile.enrol(&SoftwareKey::default(), None);
    let mut vault = profile.vault();
    let key = vault.unlock_with_recovery(&profile.code).unwrap();
    assert!(profile.vault().has_security_key(), "the code alone changes nothing");
    vault.remove_security_key(&key, &passphrase("new one"), Some(&profile.keyring)).unwrap();
    assert!(profile.opens_with("new one"));
}

/// During a change with or without the key the wrap without it opens, and the first unlock keeps that one alone.
#[test]
fn an_interrupted_enrolment_or_removal_is_settled_by_the_next_unlock() {
    for removes in [false, true] {
        let profile = Profile::new(true);
        let security_key = SoftwareKey::default();
        let plain = profile.vault().body.passphrase[0].clone();
        profile.enrol(&security_key, None);
        let mut vault = profile.vault();
        let mut body = vault.body.clone();
        body.passphrase.insert(usize::from(removes), plain);
        vault.store(body).unwrap();
        assert!(profile.vault().touch_request().is_none());
        assert!(profile.opens_with(PASSPHRASE));
        assert_eq!(profile.vault().body.passphrase.len(), 1);
        assert!(!profile.vault().has_security_key());
    }
}

#[test]
fn a_wrong_key_is_noted_and_not_counted() {
    let profile = Profile::new(false);
    profile.enrol(&SoftwareKey::default(), None);
    let mut vault = profile.vault();
    for error in [SecurityKeyError::Absent, SecurityKeyError::Cancelled, SecurityKeyError::WrongKey]
    {
        vault.note_security_key(error);
    }
    assert_eq!(vault.failures().failures, 0);
    let key = MailboxKey::from_bytes(&profile.key).unwrap();
    let noted = vault.pending_failures(&key).unwrap().failures;
    assert_eq!(noted.iter().map(|f| f.kind).collect::<Vec<_>>(), [FailureKind::WrongSecurityKey]);
}
