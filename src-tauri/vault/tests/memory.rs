//! After key and passphrase are dropped, nothing of them is left in the process: every writable page is searched.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code; the lints know only functions marked as tests"
)]

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use wardmail_vault::{Cost, MailboxKey, Passphrase, Protection, SystemClock, Vault};
use zeroize::Zeroizing;

/// What is searched for, kept so that the search doesn't find itself.
struct Needle(Vec<u8>);

impl Needle {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| byte ^ 0xff).collect())
    }

    fn is_at(&self, window: &[u8]) -> bool {
        window.iter().zip(&self.0).all(|(byte, masked)| byte ^ 0xff == *masked)
    }

    /// Counts the places in this process's memory where the bytes stand.
    fn found(&self) -> usize {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let memory = File::open("/proc/self/mem").unwrap();
        let mut found = 0;
        let mut page = vec![0_u8; 4096 + self.0.len() - 1];
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let [start, end] = [start, end].map(|hex| u64::from_str_radix(hex, 16).unwrap());
            for address in (start..end).step_by(4096) {
                // Guard pages and the last page's overlap can't be read.
                let Ok(read) = memory.read_at(&mut page, address) else { continue };
                found +=
                    page[..read].windows(self.0.len()).filter(|window| self.is_at(window)).count();
            }
        }
        page.fill(0);
        found
    }
}

const PASSPHRASE: [&str; 2] = ["otter vinegar ", "sundial plaza"];

/// Unlocks in a function of its own, so that its stack is left behind as it is in the program.
#[inline(never)]
fn unlock(vault: &mut Vault) -> MailboxKey {
    let passphrase = Passphrase::new(PASSPHRASE.concat()).unwrap();
    vault.unlock(&passphrase, None).unwrap()
}

#[test]
fn no_copy_of_key_and_passphrase_outlives_them() {
    let dir = tempfile::tempdir().unwrap();
    let alone = Protection::PassphraseAloneAllowedByPolicy;
    let passphrase = Passphrase::new(PASSPHRASE.concat()).unwrap();
    let setup =
        Vault::begin_with(dir.path(), &passphrase, &alone, Cost::Floor, Arc::new(SystemClock))
            .unwrap();
    let code = setup.recovery_code().printed();
    let (mut vault, key) = setup.confirm(&code).unwrap();
    let needle = Needle::new(key.expose());
    let typed = Needle::new(Zeroizing::new(PASSPHRASE.concat()).as_bytes());
    assert!(needle.found() > 0 && typed.found() > 0);
    drop((key, code, passphrase));
    assert_eq!((needle.found(), typed.found()), (0, 0), "after set-up");
    let key = unlock(&mut vault);
    assert!(needle.found() > 0);
    drop(key);
    assert_eq!((needle.found(), typed.found()), (0, 0), "after unlock");
}
