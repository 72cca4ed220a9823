//! What a backup holds comes back bit by bit, and nothing else does.
#![expect(clippy::print_stdout, reason = "the figures of a long run are its output")]

use std::fs;
use std::sync::Arc;

use super::*;
use crate::clock::SystemClock;
use crate::kdf::Cost;
use crate::secret::Passphrase;
use crate::setup::Protection;

const ALONE: Protection<'static> = Protection::PassphraseAloneAllowedByPolicy;

struct Profile {
    dir: tempfile::TempDir,
    vault: Vault,
    key: MailboxKey,
    code: String,
}

fn passphrase() -> Passphrase {
    Passphrase::new("otter vinegar sundial plaza".into()).unwrap()
}

fn profile(mailbox: &[u8]) -> Profile {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("profile");
    let clock = Arc::new(SystemClock);
    let setup = Vault::begin_with(&place, &passphrase(), &ALONE, Cost::Floor, clock).unwrap();
    let code = setup.recovery_code().printed().to_string();
    let (vault, key) = setup.confirm(&code).unwrap();
    fs::write(place.join("mailbox.db"), mailbox).unwrap();
    fs::write(place.join("managed"), b"").unwrap();
    Profile { dir, vault, key, code }
}

/// Writes it and reads it back.
fn back_up(
    profile: &Profile,
    files: &[&str],
    path: &Path,
    watch: &mut Watch<'_>,
) -> Result<BackupInfo, BackupError> {
    profile.vault.write_backup(&profile.key, files, 7, path, watch)?.read_back(watch)
}

impl Profile {
    fn back_up(&self) -> PathBuf {
        let path = self.dir.path().join("mailbox.backup");
        let files = ["mailbox.db", "managed", "not there"];
        let info = back_up(self, &files, &path, &mut |_, _| true).unwrap();
        assert_eq!(info.openings, 7);
        path
    }
}

fn mailbox(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect()
}

#[test]
fn all_files_come_back_whatever_their_length() {
    for bytes in [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * 256 * 1024] {
        let content = mailbox(bytes);
        let profile = profile(&content);
        let backup = OpenBackup::open(&profile.back_up(), &profile.code).unwrap();
        backup.verify().unwrap();
        assert_eq!(backup.info().bytes, bytes as u64);
        let place = profile.dir.path().join("restored");
        backup.restore(&place, &mut |_, _| true).unwrap().keep();
        assert_eq!(backup.key().unwrap().expose(), profile.key.expose());
        assert_eq!(fs::read(place.join("mailbox.db")).unwrap(), content);
        assert!(place.join("managed").exists() && !place.join("vault.json").exists());
    }
}

#[test]
fn a_restored_mailbox_gets_a_vault_of_its_own_and_keeps_its_recovery_code() {
    let profile = profile(b"mail");
    let place = profile.dir.path().join("restored");
    let backup = OpenBackup::open(&profile.back_up(), &profile.code).unwrap();
    backup.restore(&place, &mut |_, _| true).unwrap().keep();
    let code = RecoveryCode::parse(&profile.code).unwrap();
    let new = Passphrase::new("another machine entirely".into()).unwrap();
    let setup =
        Vault::begin_for_key(&place, backup.key().unwrap(), Some(code), &new, &ALONE, Cost::Floor)
            .unwrap();
    let (mut vault, key) = setup.confirm(&profile.code).unwrap();
    assert_eq!(key.expose(), profile.key.expose());
    assert_ne!(vault.profile_id(), profile.vault.profile_id());
    assert_eq!(vault.unlock(&new, None).unwrap().expose(), profile.key.expose());
    assert!(vault.unlock(&passphrase(), None).is_err());
    assert!(vault.unlock_with_recovery(&profile.code).is_ok());
}

#[test]
fn a_mark_that_is_there_already_stays_and_no_file_with_content_is_overwritten() {
    let profile = profile(b"mail");
    let backup = OpenBackup::open(&profile.back_up(), &profile.code).unwrap();
    let place = profile.dir.path().join("erased");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("managed"), b"").unwrap();
    fs::write(place.join("mailbox.db"), b"somebody's").unwrap();
    assert!(matches!(backup.restore(&place, &mut |_, _| true), Err(BackupError::FileExists)));
    assert_eq!(fs::read(place.join("mailbox.db")).unwrap(), b"somebody's");
    fs::remove_file(place.join("mailbox.db")).unwrap();
    backup.restore(&place, &mut |_, _| true).unwrap().keep();
    assert_eq!(fs::read(place.join("mailbox.db")).unwrap(), b"mail");
    assert!(place.join("managed").exists());
}

#[test]
fn nothing_of_the_mail_can_be_read_in_it() {
    let profile = profile(&b"needle of a diagnosis ".repeat(1000));
    let bytes = fs::read(profile.back_up()).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"needle"));
}

#[test]
fn every_changed_byte_and_every_cut_is_found() {
    let profile = profile(&mailbox(600_000));
    let path = profile.back_up();
    let whole = fs::read(&path).unwrap();
    let damaged = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        OpenBackup::open(&path, &profile.code).and_then(|backup| backup.verify()).is_err()
    };
    assert!(!damaged(&whole));
    let step = whole.len() / 97;
    for index in (0..whole.len()).step_by(step) {
        let mut changed = whole.clone();
        changed[index] ^= 1;
        assert!(damaged(&changed), "byte {index}");
        assert!(damaged(&whole[..index]), "cut at {index}");
    }
    // Whole pieces: left out, doubled, swapped, and more after the last.
    let sealed = 256 * 1024 + 28;
    let first = whole.len() - (2 * sealed + 600_000 - 2 * 256 * 1024 + 28);
    let (header, pieces) = whole.split_at(first);
    let (one, rest) = pieces.split_at(sealed);
    let (two, last) = rest.split_at(sealed);
    for pieces in [[one, last, &[]], [two, one, last], [one, two, &[]], [one, one, last]] {
        assert!(damaged(&[&[header], pieces.as_slice()].concat().concat()));
    }
    assert!(damaged(&[&whole, last].concat()));
    assert!(damaged(&[whole.as_slice(), b"x"].concat()));
}

#[test]
fn a_failed_restore_leaves_nothing_there() {
    let profile = profile(&mailbox(600_000));
    let path = profile.back_up();
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    let place = profile.dir.path().join("restored");
    let backup = OpenBackup::open(&path, &profile.code).unwrap();
    assert!(matches!(backup.restore(&place, &mut |_, _| true), Err(BackupError::Damaged)));
    assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
}

#[test]
fn what_is_no_backup_of_this_mailbox_is_told_apart() {
    let (ours, theirs) = (profile(b"mail"), profile(b"other"));
    let path = ours.back_up();
    let open = |code: &str| OpenBackup::open(&path, code).unwrap_err();
    assert!(matches!(open(&theirs.code), BackupError::WrongRecoveryCode));
    assert!(matches!(open("too short"), BackupError::RecoveryCode(_)));
    let file = ours.dir.path().join("file");
    for bytes in [&b""[..], b"mbox", &[0; 4096]] {
        fs::write(&file, bytes).unwrap();
        let opened = OpenBackup::open(&file, &ours.code);
        assert!(matches!(opened, Err(BackupError::NotABackup)));
    }
    let newer = fs::read(&path).unwrap();
    let at = newer.windows(10).position(|window| window == b"\"format\":1").unwrap();
    let mut newer = newer;
    newer[at + 9] = b'9';
    fs::write(&file, newer).unwrap();
    let opened = OpenBackup::open(&file, &ours.code);
    assert!(matches!(opened, Err(BackupError::NewerFormat)));
}

#[test]
fn no_file_is_overwritten_and_no_name_leads_out() {
    let profile = profile(b"mail");
    let path = profile.back_up();
    let again = back_up(&profile, &["mailbox.db"], &path, &mut |_, _| true);
    assert!(matches!(again, Err(BackupError::FileExists)));
    let place = profile.dir.path().join("profile");
    let backup = OpenBackup::open(&path, &profile.code).unwrap();
    assert!(matches!(backup.restore(&place, &mut |_, _| true), Err(BackupError::AlreadyExists)));
    for name in ["../evil", "/etc/passwd", ".hidden", "", "a/b", "MAIL"] {
        let files = vec![Listed { name: name.into(), bytes: 1 }];
        let header = Header::new(&profile.vault, files, 0).unwrap();
        let mut bytes = Vec::new();
        header.write(&mut bytes, &profile.key).unwrap();
        assert!(Header::read(&mut bytes.as_slice()).is_err(), "{name}");
    }
}

#[test]
fn a_backup_that_is_stopped_leaves_nothing_and_its_progress_is_told() {
    let profile = profile(&mailbox(1_000_000));
    let path = profile.dir.path().join("mailbox.backup");
    let back_up = |watch: &mut Watch<'_>| back_up(&profile, &["mailbox.db"], &path, watch);
    // While it is written, and while it is read back.
    for until in [300_000, 1_500_000] {
        let stopped = back_up(&mut |done, _| done < until);
        assert!(matches!(stopped, Err(BackupError::Stopped)), "{until}");
        let left: Vec<_> = fs::read_dir(profile.dir.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "the profile alone: {left:?}");
    }
    let mut said = Vec::new();
    back_up(&mut |done, total| {
        said.push(done);
        total == 2_000_000
    })
    .unwrap();
    assert!(said.is_sorted() && said.len() > 4);
    assert_eq!(said.last(), Some(&2_000_000));
}

#[test]
fn a_restore_that_is_stopped_leaves_nothing_and_can_be_done_again() {
    let profile = profile(&mailbox(1_000_000));
    let backup = OpenBackup::open(&profile.back_up(), &profile.code).unwrap();
    let place = profile.dir.path().join("restored");
    for until in [1, 500_000, 1_000_000] {
        let stopped = backup.restore(&place, &mut |done, _| done < until);
        assert!(matches!(stopped, Err(BackupError::Stopped)), "{until}");
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0, "{until}");
    }
    let mut said = Vec::new();
    let mut watch = |done, total| {
        said.push(done);
        total == 1_000_000
    };
    backup.restore(&place, &mut watch).unwrap().keep();
    assert!(said.is_sorted() && said.len() > 4);
    assert_eq!(said.last(), Some(&1_000_000));
}

/// What was restored goes again if the profile never got its vault; a mark that was there before stays.
#[test]
fn what_is_not_kept_goes_again() {
    let profile = profile(b"mail");
    let backup = OpenBackup::open(&profile.back_up(), &profile.code).unwrap();
    let place = profile.dir.path().join("restored");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("managed"), b"").unwrap();
    let restored = backup.restore(&place, &mut |_, _| true).unwrap();
    assert!(place.join("mailbox.db").exists());
    drop(restored);
    let left: Vec<_> = fs::read_dir(&place).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["managed"]);
}

/// 1 GiB there and back: at most a piece of it is in memory.
#[test]
#[ignore = "soak: a minute and 3 GiB of disk"]
fn soak_a_gibibyte_there_and_back() {
    let profile = profile(b"");
    let place = profile.dir.path().join("profile/mailbox.db");
    let mut file = File::create(&place).unwrap();
    let mut chunk = vec![0; 1 << 20];
    for _ in 0..1024 {
        seal::random(&mut chunk).unwrap();
        io::Write::write_all(&mut file, &chunk).unwrap();
    }
    drop(file);
    let peak = || {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let before = peak();
    let began = std::time::Instant::now();
    let path = profile.back_up();
    println!("backed up and read back in {:.1} s", began.elapsed().as_secs_f64());
    let began = std::time::Instant::now();
    let restored = profile.dir.path().join("restored");
    let backup = OpenBackup::open(&path, &profile.code).unwrap();
    backup.restore(&restored, &mut |_, _| true).unwrap().keep();
    println!(
        "restored in {:.1} s, {} KiB more memory at the peak",
        began.elapsed().as_secs_f64(),
        peak() - before
    );
    assert!(peak() - before < 64 * 1024);
    let digest = |path: &Path| {
        let (mut file, mut hasher) = (File::open(path).unwrap(), openssl::sha::Sha256::new());
        let mut chunk = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut chunk).unwrap();
            if read == 0 {
                return hasher.finish();
            }
            hasher.update(&chunk[..read]);
        }
    };
    assert_eq!(digest(&place), digest(&restored.join("mailbox.db")));
}
