//! Jobs: transactions, threads, panics, and closing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use wardmail_store::{Error, Filter, Store, WriteDao};

use crate::aids::{KEY, Mailbox, keyed_connection, message};

#[derive(Debug, PartialEq)]
enum JobError {
    Own,
    Store(String),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Store(error.to_string())
    }
}

/// The mailbox is made before it, because blocking calls aren't allowed inside.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

#[test]
fn a_failed_job_leaves_nothing_and_gives_its_own_error() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let outcome = mailbox.store.write_blocking(move |dao| {
        dao.insert_headers(inbox, &[message(1)], wardmail_store::Placement::Newest)?;
        dao.set_setting("half", "true")?;
        Err::<(), _>(JobError::Own)
    });
    assert_eq!(outcome, Err(JobError::Own));
    assert_eq!(mailbox.read(|dao| dao.setting("half")), None);
    assert_eq!(mailbox.read(move |dao| dao.folder(inbox)).total, 0);
}

#[test]
fn a_panicking_job_is_rolled_back_and_its_thread_goes_on() {
    let mailbox = Mailbox::new();
    for _ in 0..5 {
        let outcome = mailbox.try_write(|dao| {
            dao.set_setting("half", "true")?;
            panic!("on purpose");
            #[expect(unreachable_code, reason = "gives the closure its type")]
            Ok(())
        });
        assert!(matches!(outcome, Err(Error::Aborted)));
        let outcome =
            mailbox.store.read_blocking(|_| -> Result<(), Error> { panic!("on purpose") });
        assert!(matches!(outcome, Err(Error::Aborted)));
    }
    assert_eq!(mailbox.read(|dao| dao.setting("half")), None);
    mailbox.write(|dao| dao.set_setting("whole", "true"));
    assert_eq!(mailbox.read(|dao| dao.setting("whole")), Some("true".to_owned()));
}

#[test]
fn readers_and_the_writer_never_meet_a_lock() {
    let mailbox = Mailbox::new();
    runtime().block_on(read_while_writing(&mailbox));
}

async fn read_while_writing(mailbox: &Mailbox) {
    let inbox = mailbox.inbox;
    let (done, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (store, done, reads) =
                (mailbox.store.clone(), Arc::clone(&done), Arc::clone(&reads));
            tokio::spawn(async move {
                while !done.load(Ordering::SeqCst) {
                    let (total, rows) = store
                        .read(move |dao| {
                            let page = dao.list_page(inbox, Filter::All, 0, 500)?;
                            Ok::<_, Error>((page.total, page.rows.len() as u64))
                        })
                        .await
                        .expect("a reader met a lock");
                    assert_eq!(total.min(500), rows, "counter and rows are of one snapshot");
                    reads.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for transaction in 0..100_u32 {
        let batch: Vec<_> = (1..=10).map(|n| message(transaction * 10 + n)).collect();
        mailbox
            .store
            .write(move |dao| dao.insert_headers(inbox, &batch, wardmail_store::Placement::Newest))
            .await
            .expect("the writer met a lock");
        if transaction % 20 == 0 {
            mailbox.store.checkpoint().await.expect("the checkpoint met a lock");
        }
    }
    done.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
    assert!(reads.load(Ordering::SeqCst) > 3);
}

#[test]
fn a_second_writer_is_refused_at_once() {
    let mailbox = Mailbox::new();
    let other = keyed_connection(&mailbox.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(mailbox.try_write(|dao| dao.set_setting("a", "1")), Err(Error::Database(_))));
    other.execute_batch("ROLLBACK").unwrap();
    mailbox.write(|dao| dao.set_setting("a", "1"));
}

#[test]
fn closing_finishes_accepted_writes_and_refuses_later_ones() {
    let mailbox = Mailbox::new();
    runtime().block_on(close_while_writing(&mailbox));
}

/// A write that has begun and goes on until it is told to end.
struct SlowWrite {
    outcome: tokio::task::JoinHandle<Result<(), Error>>,
    go: Arc<AtomicBool>,
}

impl SlowWrite {
    async fn begin(store: Store) -> Self {
        let (entered, go) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (in_job, wait) = (Arc::clone(&entered), Arc::clone(&go));
        let job = move |dao: &mut WriteDao<'_>| {
            in_job.store(true, Ordering::SeqCst);
            while !wait.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            dao.set_setting("slow", "1")
        };
        let outcome = tokio::spawn(async move { store.write(job).await });
        while !entered.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        Self { outcome, go }
    }
}

async fn close_while_writing(mailbox: &Mailbox) {
    let slow = SlowWrite::begin(mailbox.store.clone()).await;
    let set = |key: String| {
        let store = mailbox.store.clone();
        std::thread::spawn(move || {
            store.write_blocking(move |dao| dao.set_setting(&key, "1")).is_ok()
        })
    };
    let queued: Vec<_> = (0..20).map(|n| set(format!("queued.{n}"))).collect();
    let (first, second) = (mailbox.store.clone(), mailbox.store.clone());
    let closing = tokio::spawn(async move { first.close().await });
    let closing_too = tokio::spawn(async move { second.close().await });
    while mailbox.store.read(|dao| dao.accounts()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!closing.is_finished(), "it waits for the write that was accepted");
    slow.go.store(true, Ordering::SeqCst);
    closing.await.unwrap().unwrap();
    closing_too.await.unwrap().unwrap();
    slow.outcome.await.unwrap().unwrap();
    let accepted: Vec<bool> = queued.into_iter().map(|thread| thread.join().unwrap()).collect();
    refuses_everything(&mailbox.store).await;

    let path = mailbox.path();
    let reopened = tokio::task::spawn_blocking(move || Store::open(&path, &KEY)).await;
    let store = reopened.unwrap().unwrap();
    let has = async |key: String| store.read(move |dao| dao.setting(&key)).await.unwrap().is_some();
    assert!(has("slow".to_owned()).await && !has("late".to_owned()).await);
    for (n, accepted) in accepted.into_iter().enumerate() {
        assert_eq!(
            has(format!("queued.{n}")).await,
            accepted,
            "acknowledged and there, or neither"
        );
    }
}

async fn refuses_everything(store: &Store) {
    let late = store.write(|dao| dao.set_setting("late", "1")).await;
    assert!(matches!(late, Err(Error::Closed)));
    assert!(matches!(
        store.write_bulk(|dao| dao.set_setting("late", "1")).await,
        Err(Error::Closed)
    ));
    assert!(matches!(store.read(|dao| dao.accounts()).await, Err(Error::Closed)));
    assert!(matches!(store.checkpoint().await, Err(Error::Closed)));
    store.close().await.unwrap();
}

#[test]
fn closing_interrupts_a_bulk_write_and_takes_it_back() {
    let mailbox = Mailbox::new();
    runtime().block_on(close_while_filling(&mailbox));
}

async fn close_while_filling(mailbox: &Mailbox) {
    let inbox = mailbox.inbox;
    let entered = Arc::new(AtomicBool::new(false));
    let in_job = Arc::clone(&entered);
    let store = mailbox.store.clone();
    let bulk = tokio::spawn(async move {
        store
            .write_bulk(move |dao| {
                in_job.store(true, Ordering::SeqCst);
                // It would go on for hours.
                for uid in 1..u32::MAX {
                    dao.insert_headers(inbox, &[message(uid)], wardmail_store::Placement::Older)?;
                }
                Ok::<_, Error>(())
            })
            .await
    });
    while !entered.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    mailbox.store.close().await.unwrap();
    assert!(matches!(bulk.await.unwrap(), Err(Error::Closed)));
    let path = mailbox.path();
    let store =
        tokio::task::spawn_blocking(move || Store::open(&path, &KEY)).await.unwrap().unwrap();
    assert_eq!(store.read(|dao| dao.coverage()).await.unwrap().total, 0);
}

#[test]
fn dropping_the_last_handle_closes_the_mailbox() {
    let Mailbox { store, folder, .. } = Mailbox::new();
    let clone = store.clone();
    drop(store);
    clone.write_blocking(|dao| dao.set_setting("a", "1")).unwrap();
    drop(clone);
    assert!(!folder.path().join("mailbox.db-wal").exists());
    let store = Store::open(&folder.path().join("mailbox.db"), &KEY).unwrap();
    assert_eq!(store.read_blocking(|dao| dao.setting("a")).unwrap(), Some("1".to_owned()));
}
