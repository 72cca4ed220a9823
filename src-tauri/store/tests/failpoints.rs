//! What a write leaves behind when the program stops right before and right after its commit. Needs the feature
//! `failpoints`; each test has its own process or its own fail points.

use fail::FailScenario;
use wardmail_store::{Error, Store};

const KEY: [u8; 32] = [9; 32];

#[test]
fn a_write_that_stops_before_its_commit_never_happened_and_after_it_stays() {
    let scenario = FailScenario::setup();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    let store = Store::create(&path, &KEY).unwrap();
    let set = |key: &'static str| store.write_blocking(move |dao| dao.set_setting(key, "1"));
    let set_bulk =
        |key: &'static str| store.write_bulk_blocking(move |dao| dao.set_setting(key, "1"));

    // A panic stops the job there, as a kill would stop the program.
    for (point, key, bulk) in [
        ("store-write-before-commit", "live.before", false),
        ("store-write-after-commit", "live.after", false),
        ("store-bulk-before-commit", "bulk.before", true),
        ("store-bulk-after-commit", "bulk.after", true),
    ] {
        fail::cfg(point, "1*panic->off").unwrap();
        let outcome = if bulk { set_bulk(key) } else { set(key) };
        assert!(matches!(outcome, Err(Error::Aborted)), "{point} was not met");
        let there = store.read_blocking(move |dao| dao.setting(key)).unwrap().is_some();
        assert_eq!(there, point.ends_with("after-commit"), "{point}");
    }
    store.close_blocking().unwrap();
    scenario.teardown();
}

#[test]
fn a_migration_that_stops_leaves_no_mailbox() {
    let scenario = FailScenario::setup();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    for point in ["store-migration-before-commit", "store-migration-after-commit"] {
        fail::cfg(point, "1*panic->off").unwrap();
        let stopped = std::panic::catch_unwind(|| Store::create(&path, &KEY).map(drop));
        assert!(stopped.is_err(), "{point} was not met");
        assert!(!path.exists());
    }
    Store::create(&path, &KEY).unwrap().close_blocking().unwrap();
    scenario.teardown();
}
