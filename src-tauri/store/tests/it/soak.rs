//! The long runs of `cargo xtask soak`: kill -9 at random times, hundreds of times, with a count of where it hit.
#![expect(clippy::print_stdout, reason = "the figures of a long run are its output")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use wardmail_store::{Error, Filter, Store};

use crate::aids::{KEY, Mailbox, keyed_connection};
use crate::kill::{CHILD, child};

const WRITE_KILLS: usize = 500;
const MIGRATION_KILLS: usize = 200;

/// How many kills fell into each part of the time, in steps that double.
#[derive(Default)]
struct Histogram(BTreeMap<u128, usize>);

impl Histogram {
    fn count(&mut self, time: Duration) {
        *self.0.entry((time.as_micros() / 250).next_power_of_two()).or_default() += 1;
    }

    fn print(&self, what: &str) {
        println!("{what}");
        for (step, kills) in &self.0 {
            let until = step * 250;
            println!("  up to {until:>7} \u{b5}s {kills:>4} {}", "#".repeat(kills.div_ceil(4)));
        }
    }
}

/// A number below `limit` from the system.
fn random(limit: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(limit) % limit
}

#[test]
#[ignore = "soak: minutes"]
fn soak_kill_500_times_under_write_load() {
    let mailbox = Mailbox::new();
    let (inbox, path) = (mailbox.inbox, mailbox.path());
    mailbox.store.close_blocking().unwrap();
    let (mut acknowledged, mut ahead, mut hits) = (0_u32, 0, Histogram::default());
    for _ in 0..WRITE_KILLS {
        let mut child = child("kill::writing_child", &path);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = |line: &String| line.strip_prefix("stored ").and_then(|uid| uid.parse().ok());
        acknowledged = lines.by_ref().find_map(|line| said(&line)).unwrap();
        let first = Instant::now();
        let wait = Duration::from_micros(random(20_000));
        // Spun away: a sleep would hit only where the scheduler likes.
        while first.elapsed() < wait {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        hits.count(first.elapsed());
        // What it had said before is read on.
        acknowledged = lines.filter_map(|line| said(&line)).last().unwrap_or(acknowledged);
        child.wait().unwrap();
        let store = Store::open(&path, &KEY).unwrap();
        let (uids, page) = store
            .read_blocking(move |dao| {
                Ok::<_, Error>((dao.known_uids(inbox)?, dao.list_page(inbox, Filter::All, 0, 1)?))
            })
            .unwrap();
        store.close_blocking().unwrap();
        let last = *uids.last().unwrap();
        assert!(last == acknowledged || last == acknowledged + 1, "{acknowledged}, {last}");
        assert_eq!(uids.len(), last as usize, "no gap and none twice");
        assert_eq!(page.total, u64::from(last), "counters and rows are of one transaction");
        ahead += usize::from(last > acknowledged);
    }
    hits.print("kill -9 under write load, time since the first acknowledgement:");
    println!(
        "  committed and not yet acknowledged: {ahead} of {WRITE_KILLS}; stored: {acknowledged}"
    );
}

/// Opens a mailbox of the first schema, which brings it up to date, and says so.
#[test]
#[ignore = "the child of soak_kill_200_times_in_a_migration"]
fn migrating_child() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    writeln!(std::io::stdout(), "\nopening").unwrap();
    let store = Store::open(Path::new(&path), &KEY).unwrap();
    writeln!(std::io::stdout(), "\nopened").unwrap();
    store.close_blocking().unwrap();
}

#[test]
#[ignore = "soak: minutes"]
fn soak_kill_200_times_in_a_migration() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-1.db");
    let (mut left, mut hits) = (BTreeMap::<u32, usize>::new(), Histogram::default());
    for _ in 0..MIGRATION_KILLS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mailbox.db");
        std::fs::copy(&fixture, &path).unwrap();
        let mut child = child("soak::migrating_child", &path);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        lines.by_ref().find(|line| line == "opening").unwrap();
        let began = Instant::now();
        let wait = Duration::from_micros(random(30_000));
        while began.elapsed() < wait {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        hits.count(began.elapsed());
        child.wait().unwrap();
        let version: u32 =
            keyed_connection(&path).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        *left.entry(version).or_default() += 1;
        let store = Store::open(&path, &KEY).unwrap();
        let total = store
            .read_blocking(|dao| {
                let account = dao.accounts()?[0].id;
                let inbox = dao.folders(account)?[0].id;
                Ok::<_, Error>(dao.list_page(inbox, Filter::All, 0, 10)?.total)
            })
            .unwrap();
        assert_eq!(total, 2);
        store.close_blocking().unwrap();
    }
    hits.print("kill -9 in a migration, time since it began:");
    println!("  schema left behind: {left:?}");
    let newest = wardmail_store::schema::version();
    assert!(left.keys().all(|version| (1..=newest).contains(version)));
    assert!(left.len() > 1, "no kill fell into the migration: {left:?}");
}
