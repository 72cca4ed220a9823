//! The program is killed at every step of set-up, change and unlock; what is left must open, in exactly one way.

use std::env;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use wardmail_vault::{Cost, FailureKind, Protection, SystemClock, Vault};

use crate::real::{PASSPHRASE, entry, keyring, passphrase, set_up, vault};
use crate::session::{Session, in_session};

/// Set in the victim: `point:nth`.
pub(crate) const CRASH_AT: &str = "WARDMAIL_TEST_CRASH_AT";
const NEW: &str = "quilt meadow lantern";

/// Every write of a small file passes these.
pub(crate) const DISK: [&str; 3] =
    ["vault::disk::before_sync", "vault::disk::before_rename", "vault::disk::after_rename"];

/// And every change passes these.
pub(crate) const CHANGE: [&str; 4] = [
    "vault::change::secret_written",
    "vault::change::both_wraps",
    "vault::change::verified",
    "vault::change::new_wrap_alone",
];

/// In the victim, arms its crash point and returns true.
pub(crate) fn armed() -> bool {
    let Ok(spec) = env::var(CRASH_AT) else { return false };
    let (point, nth) = spec.rsplit_once(':').unwrap();
    let (hits, nth): (_, u32) = (AtomicU32::new(0), nth.parse().unwrap());
    fail::cfg_callback(point, move || {
        if hits.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            // No destructor runs, no buffer is flushed: as with kill -9.
            std::process::abort();
        }
    })
    .unwrap();
    true
}

/// Runs the test once more, as the victim that dies at the `nth` pass of `point`.
fn kill_at(name: &str, point: &str, nth: u32) {
    let run = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CRASH_AT, format!("{point}:{nth}"))
        .output()
        .unwrap();
    // A victim that survived would exit by itself: the point was never reached.
    assert_eq!(run.status.code(), None, "{point} {nth}: {}", String::from_utf8_lossy(&run.stderr));
}

pub(crate) fn slots(vault: &Vault) -> usize {
    ["device-secret-a", "device-secret-b"]
        .iter()
        .filter(|name| entry(vault, name).get_password().is_ok())
        .count()
}

#[test]
fn between_the_steps_of_a_change() {
    change_killed(
        "crash::between_the_steps_of_a_change",
        CHANGE.into_iter().map(|point| (point, 1)),
    );
}

/// Unlocking with the recovery code writes the counter once, so the two writes of the vault file are the second and third
/// pass.
#[test]
fn inside_the_writes_of_a_change() {
    let writes = DISK.into_iter().flat_map(|point| [(point, 2), (point, 3)]);
    change_killed("crash::inside_the_writes_of_a_change", writes);
}

fn change_killed(name: &str, points: impl Iterator<Item = (&'static str, u32)>) {
    in_session(name, |session| {
        if armed() {
            let keyring = keyring();
            let mut vault = vault(session);
            let key = vault.unlock_with_recovery(&env::var("CODE").unwrap()).unwrap();
            return vault.change_passphrase(&key, &passphrase(NEW), None, Some(&keyring)).unwrap();
        }
        let _daemon = session.start_keyring();
        points.for_each(|(point, nth)| change_killed_at(session, name, point, nth));
    });
}

fn change_killed_at(session: &Session, name: &str, point: &str, nth: u32) {
    std::fs::remove_dir_all(session.profile()).ok();
    let keyring = keyring();
    let (code, key) = set_up(session, &keyring);
    let run = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CRASH_AT, format!("{point}:{nth}"))
        .env("CODE", &code)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), None, "{point} {nth}: {}", String::from_utf8_lossy(&run.stderr));
    let mut vault = vault(session);
    let opens =
        |vault: &mut Vault, text: &str| match vault.unlock(&passphrase(text), Some(&keyring)) {
            Ok(opened) => {
                assert_eq!(opened.expose(), key.expose());
                true
            }
            Err(error) => {
                assert_eq!(error.code(), "unlock.wrong_passphrase", "{point} {nth}");
                false
            }
        };
    let with_new = opens(&mut vault, NEW);
    let with_old = opens(&mut vault, PASSPHRASE);
    assert!(with_new != with_old, "{point} {nth}: new {with_new}, old {with_old}");
    assert_eq!(slots(&vault), 1, "{point} {nth}");
    assert_eq!(vault.unlock_with_recovery(&code).unwrap().expose(), key.expose());
}

#[test]
fn during_set_up() {
    let name = "crash::during_set_up";
    in_session(name, |session| {
        if armed() {
            set_up(session, &keyring());
            return;
        }
        let _daemon = session.start_keyring();
        let keyring = keyring();
        let steps = ["vault::setup::secret_written", "vault::setup::attempts_written"];
        let writes = DISK.into_iter().flat_map(|point| [(point, 1), (point, 2)]);
        for (point, nth) in steps.into_iter().map(|point| (point, 1)).chain(writes) {
            kill_at(name, point, nth);
            let finished = (point, nth) == ("vault::disk::after_rename", 2);
            assert_eq!(Vault::exists(&session.profile()), finished, "{point} {nth}");
            if !finished {
                set_up(session, &keyring);
            }
            assert!(vault(session).unlock(&passphrase(PASSPHRASE), Some(&keyring)).is_ok());
            std::fs::remove_dir_all(session.profile()).unwrap();
        }
    });
}

#[test]
fn during_an_attempt() {
    let name = "crash::during_an_attempt";
    in_session(name, |session| {
        if armed() {
            drop(vault(session).unlock(&passphrase("wrong"), Some(&keyring())));
            return;
        }
        let _daemon = session.start_keyring();
        let keyring = keyring();
        let (_, key) = set_up(session, &keyring);
        for killed in 1..=5 {
            kill_at(name, "vault::unlock::attempt_counted", 1);
            let vault = vault(session);
            assert_eq!(vault.failures().failures, killed);
            let pending = vault.pending_failures(&key).unwrap().failures;
            assert_eq!(pending.last().unwrap().kind, FailureKind::Interrupted);
        }
        let refused = vault(session).unlock(&passphrase(PASSPHRASE), Some(&keyring)).unwrap_err();
        assert_eq!(refused.code(), "unlock.throttled");
    });
}

#[test]
fn during_a_change_to_a_passphrase_alone() {
    let name = "crash::during_a_change_to_a_passphrase_alone";
    in_session(name, |session| {
        let alone = Protection::PassphraseAloneAllowedByPolicy;
        if armed() {
            let mut vault = vault(session);
            let key = vault.unlock(&passphrase(PASSPHRASE), Some(&keyring())).unwrap();
            return vault.protect(&key, &passphrase(NEW), &alone).unwrap();
        }
        let _daemon = session.start_keyring();
        let keyring = keyring();
        for (point, new_opens) in
            [("vault::change::both_wraps", true), ("vault::change::new_wrap_alone", true)]
        {
            let clock = Arc::new(SystemClock);
            let protection = Protection::KeyringAndPassphrase(&keyring);
            std::fs::remove_dir_all(session.profile()).ok();
            let setup = Vault::begin_with(
                &session.profile(),
                &passphrase(PASSPHRASE),
                &protection,
                Cost::Floor,
                clock,
            );
            let setup = setup.unwrap();
            let code = setup.recovery_code().printed().to_string();
            let (_, key) = setup.confirm(&code).unwrap();
            kill_at(name, point, 1);
            let opened = vault(session).unlock(&passphrase(NEW), Some(&keyring));
            assert_eq!(
                opened.is_ok_and(|opened| opened.expose() == key.expose()),
                new_opens,
                "{point}"
            );
            assert!(vault(session).unlock(&passphrase(PASSPHRASE), Some(&keyring)).is_err());
        }
    });
}
