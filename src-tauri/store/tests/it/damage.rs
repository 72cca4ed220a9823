//! A write-ahead log that was damaged or cut, and a disk that is full at any write: what is there afterwards is the state
//! after some commit, whole, and it is never less than what was folded into the file.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use wardmail_store::{Error, Filter, OpenError, Placement, Store};

use crate::aids::{KEY, Mailbox, message};
use crate::kill::CHILD;
use crate::opening::{restored, snapshot};

/// Messages that are folded into the file, and those that stand in the write-ahead log alone.
const FOLDED: u32 = 3;
const LOGGED: u32 = 12;
const FLIPS: usize = 200;

/// A mailbox as a killed program leaves it.
fn killed_mailbox() -> Vec<(String, Vec<u8>)> {
    let mailbox = Mailbox::new();
    mailbox.insert((1..=FOLDED).map(message).collect());
    let (path, folder) = (mailbox.path(), mailbox.folder);
    mailbox.store.close_blocking().unwrap();
    let store = Store::open(&path, &KEY).unwrap();
    let inbox = inbox(&store);
    for uid in FOLDED + 1..=FOLDED + LOGGED {
        store
            .write_blocking(move |dao| {
                dao.insert_headers(inbox, &[message(uid)], Placement::Newest)
            })
            .unwrap();
    }
    let files = snapshot(folder.path());
    store.close_blocking().unwrap();
    files
}

fn inbox(store: &Store) -> wardmail_store::FolderId {
    store
        .read_blocking(|dao| {
            let account = dao.accounts()?[0].id;
            Ok::<_, Error>(dao.folders(account)?[0].id)
        })
        .unwrap()
}

/// The messages of a mailbox that opens; its counters and rows are of one transaction, and its pages are sound once the log
/// was folded in.
fn whole(path: &Path, store: &Store) -> u32 {
    let folder = inbox(store);
    let (uids, page) = store
        .read_blocking(move |dao| {
            Ok::<_, Error>((dao.known_uids(folder)?, dao.list_page(folder, Filter::All, 0, 1)?))
        })
        .unwrap();
    let count = u32::try_from(uids.len()).unwrap();
    assert_eq!(uids, (1..=count).collect::<Vec<_>>(), "no gap");
    assert_eq!(page.total, u64::from(count));
    store.close_blocking().unwrap();
    let store = Store::open(path, &KEY).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(store.check_integrity()).unwrap().is_sound());
    store.close_blocking().unwrap();
    count
}

fn open(files: &[(String, Vec<u8>)]) -> Result<u32, OpenError> {
    let folder = restored(files);
    let path = folder.path().join("mailbox.db");
    Store::open(&path, &KEY).map(|store| whole(&path, &store))
}

fn log_of(files: &mut [(String, Vec<u8>)]) -> &mut Vec<u8> {
    &mut files.iter_mut().find(|(name, _)| name.ends_with("-wal")).unwrap().1
}

#[test]
fn a_damaged_log_gives_the_state_of_a_commit_before_the_damage() {
    let mut files = killed_mailbox();
    assert_eq!(open(&files).unwrap(), FOLDED + LOGGED);
    let length = log_of(&mut files).len();
    let mut fewer = 0;
    for flip in 0..FLIPS {
        let at = flip * length / FLIPS;
        log_of(&mut files)[at] ^= 1;
        match open(&files) {
            Ok(count) => {
                assert!((FOLDED..=FOLDED + LOGGED).contains(&count), "byte {at}: {count}");
                fewer += usize::from(count < FOLDED + LOGGED);
            }
            Err(error) => assert!(matches!(error, OpenError::Corrupt), "byte {at}: {error:?}"),
        }
        log_of(&mut files)[at] ^= 1;
    }
    assert!(fewer > FLIPS / 2, "the flips fall into what counts: {fewer}");
}

#[test]
fn a_log_that_was_cut_gives_the_state_of_a_commit_before_the_cut() {
    let files = killed_mailbox();
    let mut counts = Vec::new();
    for part in 0..=20 {
        let mut files = files.clone();
        let log = log_of(&mut files);
        log.truncate(log.len() * part / 20);
        counts.push(open(&files).unwrap());
    }
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!((counts[0], counts[20]), (FOLDED, FOLDED + LOGGED));
}

#[test]
fn an_index_of_the_log_that_was_damaged_costs_nothing() {
    let files = killed_mailbox();
    for noise in [vec![0xA5; 32_768], vec![0; 32_768], vec![1; 100]] {
        let folder = restored(&files);
        std::fs::write(folder.path().join("mailbox.db-shm"), noise).unwrap();
        let path = folder.path().join("mailbox.db");
        let store = Store::open(&path, &KEY).unwrap();
        assert_eq!(whole(&path, &store), FOLDED + LOGGED);
    }
}

/// Writes until the system refuses, and then reads: in a process that may write no file beyond its limit.
#[test]
#[ignore = "the child of a_disk_that_is_full_at_any_write"]
fn limited_child() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let Ok(store) = Store::open(Path::new(&path), &KEY) else {
        return writeln!(std::io::stdout(), "\nrefused 0").unwrap();
    };
    let folder = inbox(&store);
    let mut last = store.read_blocking(move |dao| dao.highest_uid(folder)).unwrap().unwrap();
    let write = |uid| {
        store.write_blocking(move |dao| {
            dao.insert_headers(folder, &[message(uid)], Placement::Newest)
        })
    };
    while write(last + 1).is_ok() {
        last += 1;
    }
    let page = store.read_blocking(move |dao| dao.list_page(folder, Filter::All, 0, 1)).unwrap();
    assert_eq!(page.total, u64::from(last), "reading goes on, and a failed write left nothing");
    writeln!(std::io::stdout(), "\nrefused {last}").unwrap();
}

#[test]
fn a_disk_that_is_full_at_any_write_keeps_what_was_acknowledged() {
    let mailbox = Mailbox::new();
    mailbox.insert((1..=FOLDED).map(message).collect());
    let path = mailbox.path();
    mailbox.store.close_blocking().unwrap();
    let files = snapshot(mailbox.folder.path());
    let mut reached = 0;
    for pages in 1..=40_u64 {
        let folder = restored(&files);
        let path = folder.path().join(path.file_name().unwrap());
        let exe = std::env::current_exe().unwrap();
        // Refused writes come back as errors: the signal that would end the program is ignored.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", "prlimit"])
            .arg(format!("--fsize={}", pages * 4_096 + pages * 97))
            .arg(exe)
            .args(["--exact", "damage::limited_child", "--ignored", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = lines.find_map(|line| line.strip_prefix("refused ")?.parse::<u32>().ok());
        lines.for_each(drop);
        assert!(child.wait().unwrap().success(), "{pages} pages");
        // There is room again.
        let store = Store::open(&path, &KEY).unwrap();
        let inbox = inbox(&store);
        let last = store.read_blocking(move |dao| dao.highest_uid(inbox)).unwrap().unwrap();
        assert_eq!(last, said.filter(|said| *said > 0).unwrap_or(FOLDED), "{pages} pages");
        store
            .write_blocking(move |dao| {
                dao.insert_headers(inbox, &[message(last + 1)], Placement::Newest)
            })
            .unwrap();
        assert_eq!(whole(&path, &store), last + 1);
        reached = reached.max(last);
    }
    assert!(reached > FOLDED, "no limit let a write through");
}
