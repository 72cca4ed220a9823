//! The program is killed at every step of adding and removing a security key; what is left must open, in exactly one way.
//! The key is a mock: hardware can't be had in a test.

use std::env;
use std::process::Command;

use wardmail_vault::{
    Authenticator, MailboxKey, NewSecurityKey, Pin, SecretAsk, SecurityKeyError, Typed, Vault,
};

use crate::crash::{CHANGE, CRASH_AT, DISK, armed, slots};
use crate::real::{PASSPHRASE, keyring, passphrase, set_up, vault};
use crate::session::{Session, in_session};

/// One and the same key in this process and in the one that is killed: its secret follows from the salt alone.
#[derive(Debug)]
struct SameKey;

impl Authenticator for SameKey {
    fn make_credential(&self, _: &str, _: Option<&Pin>) -> Result<Vec<u8>, SecurityKeyError> {
        Ok(vec![7; 48])
    }

    fn hmac_secret(
        &self,
        ask: &SecretAsk<'_>,
        _: Option<&Pin>,
    ) -> Result<zeroize::Zeroizing<[u8; 32]>, SecurityKeyError> {
        Ok(openssl::sha::sha256(&[b"a mock".as_slice(), ask.salt].concat()).into())
    }

    fn cancel(&self) {}
}

fn enrol(vault: &mut Vault, key: &MailboxKey) {
    let new = NewSecurityKey::enrol(vault.profile_id(), &SameKey, None).unwrap();
    vault.set_security_key(key, &passphrase(PASSPHRASE), &new, Some(&keyring())).unwrap();
}

#[test]
fn between_the_steps_of_adding_one() {
    killed("security_key::between_the_steps_of_adding_one", false);
}

#[test]
fn between_the_steps_of_removing_one() {
    killed("security_key::between_the_steps_of_removing_one", true);
}

fn killed(name: &str, removes: bool) {
    in_session(name, |session| {
        if armed() {
            let mut vault = vault(session);
            let key = vault.unlock_with_recovery(&env::var("CODE").unwrap()).unwrap();
            if removes {
                let (passphrase, keyring) = (passphrase(PASSPHRASE), keyring());
                return vault.remove_security_key(&key, &passphrase, Some(&keyring)).unwrap();
            }
            return enrol(&mut vault, &key);
        }
        let _daemon = session.start_keyring();
        let mut left = [0, 0];
        let writes = DISK.into_iter().flat_map(|point| [(point, 2), (point, 3)]);
        for (point, nth) in CHANGE.into_iter().map(|point| (point, 1)).chain(writes) {
            let with_key = killed_at(session, name, removes, point, nth);
            left[usize::from(with_key)] += 1;
        }
        assert!(left.iter().all(|&count| count > 0), "both ends were seen: {left:?}");
    });
}

/// Says whether the mailbox asks for the key then.
fn killed_at(session: &Session, name: &str, removes: bool, point: &str, nth: u32) -> bool {
    std::fs::remove_dir_all(session.profile()).ok();
    let keyring = keyring();
    let (code, key) = set_up(session, &keyring);
    if removes {
        enrol(&mut vault(session), &key);
    }
    let run = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CRASH_AT, format!("{point}:{nth}"))
        .env("CODE", &code)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), None, "{point} {nth}: {}", String::from_utf8_lossy(&run.stderr));
    let mut vault = vault(session);
    let touch = vault.touch_request().map(|request| request.ask(&SameKey, None).unwrap());
    let with_key = touch.is_some();
    let passphrase = passphrase(PASSPHRASE);
    let typed = Typed { passphrase: &passphrase, code: None, touch: touch.as_ref() };
    let opened = vault.unlock_with(&typed, Some(&keyring));
    assert_eq!(opened.unwrap().expose(), key.expose(), "{point} {nth}");
    assert_eq!(vault.has_security_key(), with_key, "{point} {nth}");
    let without = vault.unlock(&passphrase, Some(&keyring));
    assert_eq!(without.is_ok(), !with_key, "{point} {nth}");
    assert_eq!(slots(&vault), 1, "{point} {nth}");
    assert_eq!(vault.unlock_with_recovery(&code).unwrap().expose(), key.expose());
    with_key
}
