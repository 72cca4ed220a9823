//! What a test outside can't see or bring about: a full file, query plans, the number of changes, redacted output.

use std::process::Command;

use crate::{
    Address, Endpoint, Error, FolderRole, NewFolder, NewMessage, OpenError, Placement, Security,
    Store, WriteDao,
};

const KEY: [u8; 32] = [3; 32];

fn fill(dao: &mut WriteDao<'_>, key: &str) -> Result<(), Error> {
    // Noise of sixteen hexadecimal digits, which compression doesn't matter for: settings aren't packed.
    dao.set_setting(key, &format!("\"{}\"", "0123456789abcdef".repeat(4_096)))
}

#[test]
fn a_full_file_is_an_error_and_writing_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    let store = Store::create(&path, &KEY).unwrap();
    let pages: u32 = store
        .read_blocking(|dao| {
            Ok::<_, Error>(dao.connection().query_row("PRAGMA page_count", [], |row| row.get(0))?)
        })
        .unwrap();
    let set_limit = |pages: u32| {
        store
            .write_blocking(move |dao| {
                let sql = format!("PRAGMA max_page_count = {pages}");
                Ok::<_, Error>(dao.connection().query_row(&sql, [], |row| row.get::<_, u32>(0))?)
            })
            .unwrap()
    };
    set_limit(pages + 20);
    fill_until_full(&store, "first");
    set_limit(pages + 2_000);
    store.write_blocking(|dao| fill(dao, "more")).unwrap();
    assert!(store.read_blocking(|dao| dao.setting("more")).unwrap().is_some());
}

/// Writes until the disk is full, and checks that the failed transaction left nothing.
fn fill_until_full(store: &Store, name: &'static str) {
    let mut written = 0_u32;
    let error = loop {
        let outcome = store.write_blocking(move |dao| {
            dao.set_setting(name, &written.to_string())?;
            fill(dao, &format!("{name}.{written}"))
        });
        match outcome {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 10_000, "the disk has no end");
    };
    assert!(matches!(error, Error::DiskFull), "{error:?}");
    let setting = |key: String| store.read_blocking(move |dao| dao.setting(&key)).unwrap();
    let counted: Option<u32> = setting(name.to_owned()).map(|count| count.parse().unwrap());
    assert_eq!(counted, written.checked_sub(1), "all of a transaction or nothing");
    assert!(setting(format!("{name}.{written}")).is_none());
}

#[test]
fn a_job_that_swallows_a_full_disk_writes_nothing_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("mailbox.db"), &KEY).unwrap();
    let outcome = store.write_blocking(|dao| {
        dao.set_setting("before", "1")?;
        let pages: u32 = dao.connection().query_row("PRAGMA page_count", [], |row| row.get(0))?;
        dao.connection().query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| {
            row.get::<_, u32>(0)
        })?;
        let swallowed =
            (0..100).map(|n| fill(dao, &format!("swallowed.{n}"))).any(|outcome| outcome.is_err());
        assert!(swallowed);
        let after = dao.set_setting("after", "1");
        dao.connection()
            .query_row("PRAGMA max_page_count = 1000000", [], |row| row.get::<_, u32>(0))?;
        drop(after);
        Ok::<_, Error>(())
    });
    let settings = store
        .read_blocking(|dao| Ok::<_, Error>((dao.setting("before")?, dao.setting("after")?)))
        .unwrap();
    match outcome {
        // SQLite rolled the whole transaction back.
        Err(Error::Aborted) => assert_eq!(settings, (None, None)),
        // It undid the failing statement only: then the rest was one transaction.
        Ok(()) => assert_eq!(settings, (Some("1".to_owned()), Some("1".to_owned()))),
        Err(other) => panic!("{other:?}"),
    }
}

/// A file system of a few megabytes, gone with its owner.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output()
            .ok()?;
        mounted.status.success().then_some(Self { folder })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.folder.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "a file system stays mounted");
    }
}

#[test]
fn a_real_full_disk_is_survived_too() {
    use std::io::Write as _;
    let Some(disk) = SmallDisk::mount(6) else {
        assert!(std::env::var_os("CI").is_none(), "CI must be able to mount a tmpfs");
        writeln!(std::io::stderr(), "skipped: only root can mount a small file system").unwrap();
        return;
    };
    let path = disk.folder.path().join("mailbox.db");
    let store = Store::create(&path, &KEY).unwrap();
    let ballast = disk.folder.path().join("ballast");
    std::fs::write(&ballast, vec![1; 1_000_000]).unwrap();
    fill_until_full(&store, "second");
    std::fs::remove_file(&ballast).unwrap();
    store.write_blocking(|dao| dao.set_setting("after", "1")).unwrap();
    let second = disk.folder.path().join("second.db");
    std::fs::write(&ballast, vec![1; 1_000_000]).unwrap();
    fill_until_full(&store, "third");
    assert!(matches!(Store::create(&second, &KEY), Err(OpenError::DiskFull)));
    assert!(!second.exists());
    std::fs::remove_file(&ballast).unwrap();
    // Folding the log in takes room for both: with too little of it the log stays, and nothing is lost.
    assert!(matches!(store.close_blocking(), Ok(()) | Err(Error::DiskFull)));
    let store = Store::open(&path, &KEY).unwrap();
    assert_eq!(store.read_blocking(|dao| dao.setting("after")).unwrap(), Some("1".to_owned()));
    drop(store);
    drop(disk);
}

#[test]
fn a_reading_connection_can_not_write_nor_attach() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("mailbox.db"), &KEY).unwrap();
    for statement in
        ["DELETE FROM settings", "PRAGMA user_version = 9", "ATTACH ':memory:' AS other"]
    {
        let refused =
            store.read_blocking(|dao| Ok::<_, Error>(dao.connection().execute(statement, [])?));
        assert!(matches!(refused, Err(Error::Database(_))), "{statement}");
    }
}

#[test]
fn the_list_reads_the_covering_index_alone_to_find_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("mailbox.db"), &KEY).unwrap();
    let plan = store
        .read_blocking(|dao| {
            let sql = "EXPLAIN QUERY PLAN SELECT m.date_ms, m.id FROM messages m INDEXED BY messages_listed
                       WHERE m.folder_id = 1 AND m.seen = 0 AND m.flagged = 1 AND m.has_attachments = 1
                           AND m.security IN (3, 4, 5)
                       ORDER BY m.date_ms DESC, m.id DESC LIMIT 1 OFFSET 5000";
            let mut statement = dao.connection().prepare(sql)?;
            let plan = statement.query_map([], |row| row.get::<_, String>(3))?.collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Error>(plan.join("; "))
        })
        .unwrap();
    assert!(
        plan.contains("USING COVERING INDEX messages_listed") && !plan.contains("TEMP B-TREE"),
        "{plan}"
    );
}

fn new_message(uid: u32) -> NewMessage {
    NewMessage {
        uid,
        date_ms: i64::from(uid),
        received_ms: i64::from(uid),
        from: Address { name: "Ana Ruiz".into(), address: "ana@path.example".into() },
        recipients: "zoe@home.example".into(),
        subject: "Biopsy".into(),
        message_id: format!("{uid}@path.example"),
        in_reply_to: String::new(),
        references: Vec::new(),
        flags: crate::Flags::default(),
        has_attachments: false,
        security: Security::Plain,
        size: 1,
        void_after_ms: None,
    }
}

fn inbox(dao: &mut WriteDao<'_>) -> Result<crate::FolderId, Error> {
    let settings = crate::AccountSettings {
        label: "l".into(),
        address: "dr@clinic.example".into(),
        display_name: "Dr. Okafor".into(),
        imap: Endpoint { host: "imap".into(), port: 993 },
        smtp: Endpoint { host: "smtp".into(), port: 465 },
        username: "dr@clinic.example".into(),
        secret_sealed: b"sealed".to_vec(),
    };
    let account = dao.insert_account(&settings)?;
    dao.upsert_folder(&NewFolder {
        account,
        name: "I".into(),
        wire_name: "I".into(),
        role: FolderRole::Inbox,
    })
}

#[test]
fn joining_thread_after_thread_changes_a_few_rows_a_message() {
    const MESSAGES: u32 = 4_000;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("mailbox.db"), &KEY).unwrap();
    // One long chain, every other message first, so that each of the rest joins the long thread with one more.
    let chain = |uid: u32| NewMessage {
        in_reply_to: format!("{}@path.example", uid - 1),
        ..new_message(uid)
    };
    let order = (1..=MESSAGES).step_by(2).chain((2..=MESSAGES).step_by(2));
    let batch: Vec<NewMessage> = order.map(chain).collect();
    let (changes, size) = store
        .write_blocking(move |dao| {
            let inbox = inbox(dao)?;
            let before = dao.connection().total_changes();
            let ids = dao.insert_headers(inbox, &batch, Placement::Newest)?;
            let size = dao.message_row(ids[0])?.thread_size;
            Ok::<_, Error>((dao.connection().total_changes() - before, size))
        })
        .unwrap();
    assert_eq!(size, u64::from(MESSAGES));
    // Moving the longer thread each time would be millions.
    assert!(changes < u64::from(MESSAGES) * 16, "{changes} changes");
}

#[test]
fn nothing_that_is_printed_for_a_log_has_an_address_or_a_subject() {
    let new = new_message(7);
    let address = new.from.clone();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("mailbox.db"), &KEY).unwrap();
    let shown = store
        .write_blocking(move |dao| {
            let inbox = inbox(dao)?;
            let id = dao.insert_headers(inbox, std::slice::from_ref(&new), Placement::Newest)?[0];
            Ok::<_, Error>(format!(
                "{new:?} {:?} {:?} {address:?}",
                dao.message(id)?,
                dao.accounts()?
            ))
        })
        .unwrap();
    for word in ["Ana", "path.example", "Biopsy", "home.example", "clinic.example", "Okafor"] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
    assert!(shown.contains("uid: Some(7)"), "{shown}");
}
