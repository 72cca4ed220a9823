//! Creating and opening, and each reason why a mailbox doesn't open.

use std::fs;
use std::path::Path;

use wardmail_store::{Error, OpenError, Store};

use crate::aids::{KEY, Mailbox, keyed_connection, message};

const WRONG: [u8; 32] = [7; 32];

/// Every file of a folder with its content, but for what opening a write-ahead log makes and nobody misses: its index,
/// and the log itself while it is empty.
pub(crate) fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .filter(|(name, bytes)| {
            !name.ends_with("-shm") && (!name.ends_with("-wal") || !bytes.is_empty())
        })
        .collect();
    files.sort();
    files
}

/// Writes a snapshot into a fresh folder.
pub(crate) fn restored(files: &[(String, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// A closed mailbox with a few messages.
fn closed_mailbox() -> tempfile::TempDir {
    let mailbox = Mailbox::new();
    let ids = mailbox.insert((1..=40).map(message).collect());
    for id in ids {
        mailbox.store_text(id, &"The patient was seen today. ".repeat(40));
    }
    mailbox.store.close_blocking().unwrap();
    mailbox.folder
}

#[test]
fn what_was_written_is_there_after_closing_and_opening() {
    let folder = closed_mailbox();
    let store = Store::open(&folder.path().join("mailbox.db"), &KEY).unwrap();
    assert_eq!(store.read_blocking(|dao| dao.coverage()).unwrap().total, 40);
}

#[test]
fn a_closed_mailbox_is_one_file_and_its_check() {
    let folder = closed_mailbox();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    let names: Vec<String> = snapshot(folder.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["mailbox.db", "mailbox.db.check"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let mailbox = Mailbox::new();
    for (name, _) in snapshot(mailbox.folder.path()) {
        let mode = fs::metadata(mailbox.folder.path().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn creating_refuses_to_replace_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    fs::write(&path, "something of the owner's").unwrap();
    assert!(matches!(Store::create(&path, &KEY), Err(OpenError::AlreadyExists)));
    assert_eq!(fs::read(&path).unwrap(), b"something of the owner's");
}

#[test]
fn a_missing_mailbox_is_missing_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Store::open(&folder.path().join("mailbox.db"), &KEY),
        Err(OpenError::Missing)
    ));
    assert!(snapshot(folder.path()).is_empty());
}

#[test]
fn what_an_interrupted_creation_left_is_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    fs::write(folder.path().join(".unfinished-mailbox.db-Xyz"), "half a file").unwrap();
    fs::write(folder.path().join(".unfinished-other.db-Xyz"), "not ours").unwrap();
    assert!(matches!(Store::open(&path, &KEY), Err(OpenError::Missing)));
    Store::create(&path, &KEY).unwrap().close_blocking().unwrap();
    let names: Vec<String> = snapshot(folder.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [".unfinished-other.db-Xyz", "mailbox.db", "mailbox.db.check"]);
}

#[test]
fn a_plain_sqlite_file_is_not_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    // The sixteen bytes of SQLite's file format, section 1.3.
    fs::write(&path, [b"SQLite format 3\0".as_slice(), &[0; 8_000]].concat()).unwrap();
    assert!(matches!(Store::open(&path, &KEY), Err(OpenError::NotEncrypted)));
}

#[test]
fn a_wrong_key_changes_nothing_not_even_beside_an_unfinished_log() {
    let mailbox = Mailbox::new();
    mailbox.insert((1..=5).map(message).collect());
    // As a killed program leaves it: the write-ahead log holds the commits.
    let files = snapshot(mailbox.folder.path());
    assert!(files.iter().any(|(name, bytes)| name == "mailbox.db-wal" && !bytes.is_empty()));

    let folder = restored(&files);
    let path = folder.path().join("mailbox.db");
    assert!(matches!(Store::open(&path, &WRONG), Err(OpenError::WrongKey)));
    let after = snapshot(folder.path());
    assert!(after == files, "a refused opening changed a file");
    let store = Store::open(&path, &KEY).unwrap();
    assert_eq!(store.read_blocking(|dao| dao.coverage()).unwrap().total, 5);
}

#[test]
fn without_its_check_a_wrong_key_is_still_a_wrong_key_and_the_check_comes_back() {
    let folder = closed_mailbox();
    let (path, check) = (folder.path().join("mailbox.db"), folder.path().join("mailbox.db.check"));
    fs::remove_file(&check).unwrap();
    assert!(matches!(Store::open(&path, &WRONG), Err(OpenError::WrongKey)));
    assert!(!check.exists());
    Store::open(&path, &KEY).unwrap().close_blocking().unwrap();
    assert!(check.exists());
    assert!(matches!(Store::open(&path, &WRONG), Err(OpenError::WrongKey)));
}

#[test]
fn a_damaged_first_page_under_the_right_key_is_damage() {
    let mut files = snapshot(closed_mailbox().path());
    for at in [0, 15, 16, 2_000, 4_095] {
        files[0].1[at] ^= 0x20;
        let folder = restored(&files);
        let path = folder.path().join("mailbox.db");
        assert!(matches!(Store::open(&path, &KEY), Err(OpenError::Corrupt)), "byte {at}");
        assert!(matches!(Store::open(&path, &WRONG), Err(OpenError::WrongKey)), "byte {at}");
        assert!(snapshot(folder.path()) == files, "a refused opening changed a file");
        files[0].1[at] ^= 0x20;
    }
}

#[test]
fn one_flipped_bit_in_any_page_is_found() {
    let mut files = snapshot(closed_mailbox().path());
    let pages = files[0].1.len() / 4096;
    assert!(pages > 50, "{pages} pages");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for flip in 0..pages.max(200) {
        let page = flip % pages;
        let at = page * 4096 + (flip * 977) % 4096;
        files[0].1[at] ^= 1;
        let folder = restored(&files);
        match Store::open(&folder.path().join("mailbox.db"), &KEY) {
            Err(OpenError::Corrupt) => {}
            Err(other) => panic!("page {page}: {other:?}"),
            Ok(store) => {
                let report = runtime.block_on(store.check_integrity()).unwrap();
                assert!(report.damaged_pages > 0, "page {page}: {report:?}");
            }
        }
        files[0].1[at] ^= 1;
    }
    let whole = restored(&files);
    let store = Store::open(&whole.path().join("mailbox.db"), &KEY).unwrap();
    assert!(runtime.block_on(store.check_integrity()).unwrap().is_sound());
}

#[test]
fn a_reader_that_met_damage_reads_sound_pages_again_afterwards() {
    let mut files = snapshot(closed_mailbox().path());
    let last = files[0].1.len() - 100;
    files[0].1[last] ^= 1;
    let folder = restored(&files);
    let store = Store::open(&folder.path().join("mailbox.db"), &KEY).unwrap();
    let ids: Vec<_> = store
        .read_blocking(|dao| {
            let account = dao.accounts()?[0].id;
            let inbox = dao.folders(account)?[0].id;
            Ok::<_, Error>(dao.list_page(inbox, wardmail_store::Filter::All, 0, 50)?.rows)
        })
        .unwrap();
    let bodies: Vec<_> = ids
        .iter()
        .map(|row| row.id)
        .map(|id| store.read_blocking(move |dao| dao.raw(id)))
        .collect();
    let damaged = bodies.iter().filter(|body| matches!(body, Err(Error::Damaged))).count();
    let sound = bodies.iter().filter(|body| body.is_ok()).count();
    assert!(damaged < 40 && damaged + sound == 40, "{damaged} damaged, {sound} sound");
    assert!(sound >= 30, "one page takes a few bodies at most: {sound} sound");
}

#[test]
fn a_truncated_file_is_damage() {
    let files = snapshot(closed_mailbox().path());
    let length = files[0].1.len();
    for cut in [0, 1, 100, 4_095, 4_096, length / 2, length - 4_096] {
        let mut files = files.clone();
        files[0].1.truncate(cut);
        let folder = restored(&files);
        assert!(
            matches!(Store::open(&folder.path().join("mailbox.db"), &KEY), Err(OpenError::Corrupt)),
            "cut to {cut} of {length} bytes"
        );
        assert!(snapshot(folder.path()) == files, "a refused opening changed a file");
    }
}

#[test]
fn a_last_page_cut_short_is_found_by_the_check() {
    let mut files = snapshot(closed_mailbox().path());
    let length = files[0].1.len();
    files[0].1.truncate(length - 1);
    let folder = restored(&files);
    // A power cut can leave this beside a log that mends it, so that opening must not refuse it.
    let store = Store::open(&folder.path().join("mailbox.db"), &KEY).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(store.check_integrity()).unwrap().damaged_pages > 0);
}

#[test]
fn noise_is_no_mailbox_and_a_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    fs::write(&path, vec![0xA5; 40_960]).unwrap();
    assert!(matches!(Store::open(&path, &KEY), Err(OpenError::WrongKey)));
    assert!(matches!(Store::open(folder.path(), &KEY), Err(OpenError::Io(_))));
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let folder = closed_mailbox();
    let path = folder.path().join("mailbox.db");
    let conn = keyed_connection(&path);
    conn.execute_batch("PRAGMA user_version = 4711").unwrap();
    conn.close().unwrap();
    let files = snapshot(folder.path());
    let Err(OpenError::NewerSchema { found, known }) = Store::open(&path, &KEY) else {
        panic!("opened")
    };
    assert_eq!((found, known), (4711, wardmail_store::schema::version()));
    assert!(snapshot(folder.path()) == files, "a refused opening changed a file");
}

#[test]
fn errors_name_no_path_and_no_key() {
    let folder = closed_mailbox();
    let error = Store::open(&folder.path().join("mailbox.db"), &WRONG).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("mailbox.db") && !shown.contains("0707"));
}
