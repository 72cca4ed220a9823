//! The long runs of `cargo xtask soak`: kill -9 hundreds of times, with a count of where it hit. Every other kill comes at a
//! named point (with the feature `failpoints`), the rest at random times.
#![expect(clippy::print_stdout, reason = "the figures of a long run are its output")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use wardmail_store::{Error, Filter, Store};

use crate::aids::{KEY, Mailbox, keyed_connection};
use crate::kill::{CHILD, child_with};

const WRITE_KILLS: usize = 500;
const MIGRATION_KILLS: usize = 200;

/// Set in a child: the named point at which it stops for good, and at which pass.
const STOP_AT: &str = "WARDMAIL_STORE_STOP_AT";

/// Stops where the environment says, after a line that says so: then the kill comes.
fn stop_where_told() {
    #[cfg(feature = "failpoints")]
    {
        use std::sync::atomic::{AtomicU32, Ordering};
        let Ok(told) = std::env::var(STOP_AT) else { return };
        let (point, nth) = told.rsplit_once(':').unwrap();
        let (passes, nth): (_, u32) = (AtomicU32::new(0), nth.parse().unwrap());
        fail::cfg_callback(point, move || {
            if passes.fetch_add(1, Ordering::SeqCst) + 1 == nth {
                println!("\nstopped");
                loop {
                    std::thread::park();
                }
            }
        })
        .unwrap();
    }
}

/// The named point of a round, and at which pass: every other round has one.
fn point_of(round: usize, points: &[&'static str], passes: usize) -> Option<(&'static str, usize)> {
    let number = round / 2;
    (cfg!(feature = "failpoints") && round.is_multiple_of(2))
        .then(|| (points[number % points.len()], 1 + number / points.len() % passes))
}

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

/// Writes as [`crate::kill::writing_child`] does, and stops where it was told.
#[test]
#[ignore = "the child of soak_kill_500_times_under_write_load"]
fn stopping_child() {
    stop_where_told();
    crate::kill::write_until_killed();
}

#[test]
#[ignore = "soak: minutes"]
fn soak_kill_500_times_under_write_load() {
    let mailbox = Mailbox::new();
    let (inbox, path) = (mailbox.inbox, mailbox.path());
    mailbox.store.close_blocking().unwrap();
    let (mut acknowledged, mut ahead, mut hits) = (0_u32, 0, Histogram::default());
    let mut named = BTreeMap::<&str, usize>::new();
    for round in 0..WRITE_KILLS {
        let point = point_of(round, &["store-write-before-commit", "store-write-after-commit"], 9);
        // The first write is let through: it tells that the child writes.
        let told = point.map(|(point, pass)| format!("{point}:{}", pass + 1));
        let mut child = child_with("soak::stopping_child", &path, STOP_AT, told.as_deref());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = |line: &String| line.strip_prefix("stored ").and_then(|uid| uid.parse().ok());
        acknowledged = lines.by_ref().find_map(|line| said(&line)).unwrap();
        let first = Instant::now();
        if let Some((point, _)) = point {
            let stopped = |line: &String| {
                acknowledged = said(line).unwrap_or(acknowledged);
                line == "stopped"
            };
            lines.by_ref().find(stopped).unwrap();
            child.kill().unwrap();
            *named.entry(point).or_default() += 1;
        } else {
            let wait = Duration::from_micros(random(20_000));
            // Spun away: a sleep would hit only where the scheduler likes.
            while first.elapsed() < wait {
                std::hint::spin_loop();
            }
            child.kill().unwrap();
            hits.count(first.elapsed());
        }
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
        "  at named points: {named:?}\n  committed and not yet acknowledged: {ahead} of {WRITE_KILLS}; stored: {acknowledged}"
    );
}

/// Opens a mailbox of the first schema, which brings it up to date, and says so.
#[test]
#[ignore = "the child of soak_kill_200_times_in_a_migration"]
fn migrating_child() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    stop_where_told();
    writeln!(std::io::stdout(), "\nopening").unwrap();
    let store = Store::open(Path::new(&path), &KEY).unwrap();
    writeln!(std::io::stdout(), "\nopened").unwrap();
    store.close_blocking().unwrap();
}

#[test]
#[ignore = "soak: minutes"]
fn soak_kill_200_times_in_a_migration() {
    // Before the first look into a file around the store.
    wardmail_store::install_zeroing_allocator().unwrap();
    let fixture = Path::new("tests/fixtures/schema-1.db");
    let (mut left, mut hits) = (BTreeMap::<u32, usize>::new(), Histogram::default());
    let mut named = BTreeMap::<String, usize>::new();
    let steps = usize::try_from(wardmail_store::schema::version()).unwrap() - 1;
    for round in 0..MIGRATION_KILLS {
        let points = ["store-migration-before-commit", "store-migration-after-commit"];
        let point = point_of(round, &points, steps).map(|(point, step)| format!("{point}:{step}"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mailbox.db");
        std::fs::copy(fixture, &path).unwrap();
        let mut child = child_with("soak::migrating_child", &path, STOP_AT, point.as_deref());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        lines.by_ref().find(|line| line == "opening").unwrap();
        let began = Instant::now();
        if let Some(point) = point {
            lines.by_ref().find(|line| line == "stopped").unwrap();
            child.kill().unwrap();
            *named.entry(point).or_default() += 1;
        } else {
            let wait = Duration::from_micros(random(30_000));
            while began.elapsed() < wait {
                std::hint::spin_loop();
            }
            child.kill().unwrap();
            hits.count(began.elapsed());
        }
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
    println!("  at named points (and at which step): {named:?}\n  schema left behind: {left:?}");
    let newest = wardmail_store::schema::version();
    assert!(left.keys().all(|version| (1..=newest).contains(version)));
    assert!(left.len() > 1, "no kill fell into the migration: {left:?}");
}
