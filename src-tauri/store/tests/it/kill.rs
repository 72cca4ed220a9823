//! kill -9 at any moment: what was acknowledged is there, and a mailbox is there whole or not at all.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use wardmail_store::{Error, Filter, OpenError, Placement, Store};

use crate::aids::{KEY, Mailbox, message};

const ROUNDS: usize = 20;

/// Where a child finds its mailbox; without it the child tests do nothing.
pub(crate) const CHILD: &str = "WARDMAIL_STORE_KILL_CHILD";

/// This test program again, running one of the tests that are children.
pub(crate) fn child(test: &str, path: &Path) -> Child {
    child_with(test, path, CHILD, None)
}

/// As [`child`], with one more variable.
pub(crate) fn child_with(test: &str, path: &Path, name: &str, value: Option<&str>) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .envs(value.map(|value| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Writes messages one by one and says after each that it is stored, until it is killed.
#[test]
#[ignore = "the child of kill_while_writing"]
fn writing_child() {
    write_until_killed();
}

/// What the children that write do.
pub(crate) fn write_until_killed() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let store = Store::open(Path::new(&path), &KEY).unwrap();
    let (inbox, next) = store
        .read_blocking(|dao| {
            let account = dao.accounts()?[0].id;
            let inbox = dao.folders(account)?[0].id;
            Ok::<_, Error>((inbox, dao.highest_uid(inbox)?.unwrap_or(0) + 1))
        })
        .unwrap();
    let mut out = std::io::stdout();
    for uid in next.. {
        store
            .write_blocking(move |dao| {
                dao.insert_headers(inbox, &[message(uid)], Placement::Newest)
            })
            .unwrap();
        writeln!(out, "\nstored {uid}").unwrap();
    }
}

#[test]
fn kill_while_writing_loses_nothing_that_was_acknowledged() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let path = mailbox.path();
    mailbox.store.close_blocking().unwrap();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut child = child("kill::writing_child", &path);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut heard, until) = (0, 1 + round * 7 % 31);
        // Killed after so many acknowledgements, somewhere inside the next write; what it had said before is read on.
        for line in lines.map_while(Result::ok) {
            let Some(uid) = line.strip_prefix("stored ") else { continue };
            acknowledged = uid.parse().unwrap();
            heard += 1;
            if heard == until {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(heard >= until, "the child wrote {heard} of {until}");
        let store = Store::open(&path, &KEY).unwrap();
        let (uids, page) = store
            .read_blocking(move |dao| {
                Ok::<_, Error>((dao.known_uids(inbox)?, dao.list_page(inbox, Filter::All, 0, 1)?))
            })
            .unwrap();
        let last = *uids.last().unwrap();
        assert!(
            last == acknowledged || last == acknowledged + 1,
            "said {acknowledged}, has {last}"
        );
        assert_eq!(uids, (1..=last).collect::<Vec<_>>(), "no gap");
        assert_eq!(page.total, uids.len() as u64, "counters and rows are of one transaction");
        acknowledged = last;
        if round == ROUNDS - 1 {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            assert!(runtime.block_on(store.check_integrity()).unwrap().is_sound());
        }
        store.close_blocking().unwrap();
    }
}

/// Creates one mailbox after the other, until it is killed.
#[test]
#[ignore = "the child of kill_while_creating"]
fn creating_child() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    for number in 0.. {
        let store = Store::create(&Path::new(&path).join(format!("{number}.db")), &KEY).unwrap();
        store.close_blocking().unwrap();
        writeln!(std::io::stdout(), "\nstored {number}").unwrap();
    }
}

#[test]
fn kill_while_creating_leaves_a_whole_mailbox_or_none() {
    let mut none = 0;
    for round in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let mut child = child("kill::creating_child", folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // The first is complete: the second is under construction from its first sign on, or done a little later.
        lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("stored 0")).unwrap();
        while !names(folder.path())
            .iter()
            .any(|name| name.starts_with(".unfinished-1.db") || name == "1.db")
        {
            std::hint::spin_loop();
        }
        for _ in 0..round * round * 4 {
            names(folder.path());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let path = folder.path().join("1.db");
        match Store::open(&path, &KEY) {
            Ok(store) => store.close_blocking().unwrap(),
            Err(OpenError::Missing) => {
                none += 1;
                Store::create(&path, &KEY).unwrap().close_blocking().unwrap();
            }
            Err(other) => panic!("round {round}: {other:?}"),
        }
        let left: Vec<String> = names(folder.path())
            .into_iter()
            .filter(|name| name.starts_with(".unfinished-1"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
    assert!(none > 0, "no round met an unfinished one");
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
