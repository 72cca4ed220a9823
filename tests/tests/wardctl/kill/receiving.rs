//! Kills during `wardctl sync`.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use wardmail_tests::Provider;

use super::{Dice, Histogram, WORKERS, When, point, run, say, share};
use crate::desk::{Desk, PRIYA, gpg, letter};

/// New messages of a round; every sixth round has more, which go another way through the store.
const FEW: usize = 4;
const MANY: usize = 24;

/// The named points of a round; the first writes are the unlock's own.
const POINTS: [(&str, usize); 16] = [
    ("store-write-before-commit", 4),
    ("store-write-before-commit", 6),
    ("store-bulk-before-commit", 2),
    ("store-write-before-commit", 8),
    ("store-write-before-commit", 9),
    ("engine::sent_copy::append", 1),
    ("store-write-before-commit", 10),
    ("store-write-before-commit", 15),
    ("store-bulk-before-commit", 9),
    ("store-write-before-commit", 11),
    ("store-write-before-commit", 5),
    ("store-write-before-commit", 14),
    ("store-write-before-commit", 12),
    ("store-write-before-commit", 13),
    ("imap::between_batches", 2),
    ("store-write-before-commit", 7),
];

/// Fails unless every message of the server is here once, whole; or, between a kill and the next round, at most once.
fn compare(desk: &Desk, provider: &Provider, owner: &str, folder: (&str, &str), complete: bool) {
    let (name, at_server) = folder;
    let mut here: BTreeMap<String, usize> = BTreeMap::new();
    let mut offset = 0;
    loop {
        let from = offset.to_string();
        let page = ["list", "--folder", name, "--limit", "200", "--offset", &from];
        let page = desk.run(&page).ok();
        let rows = page["rows"].as_array().unwrap();
        for row in rows {
            *here.entry(row["subject"].as_str().unwrap().to_owned()).or_default() += 1;
            assert!(!complete || row["mark"] != "notFetched", "{row}");
        }
        offset += rows.len();
        if rows.is_empty() || offset as u64 >= page["total"].as_u64().unwrap() {
            break;
        }
    }
    assert!(here.values().all(|count| *count == 1), "doubled: {here:?}");
    if complete {
        assert_eq!(here.len(), provider.count(owner, at_server).unwrap(), "{name}");
    }
}

fn work(provider: &Provider, worker: usize, owner: &str) -> Histogram {
    let mut desk = Desk::of(owner, provider).expect("a program");
    // One of her for each worker: gpg does not share its home.
    desk.exchange_certificates(&gpg("Priya Raman", PRIYA));
    desk.run(&["sync"]).ok();
    let mut dice = Dice::new(worker);
    let (mut histogram, mut sent, mut delivered) = (Histogram::default(), 0, 0);
    let mut deliver = |count: usize| {
        let new = (delivered..delivered + count).map(|number| {
            let (subject, id) = (format!("Note {number}"), format!("{number}@hospital.example"));
            letter(&subject, &format!("The word is n{number}.\r\n"), &id).plain()
        });
        provider.import(owner, new).unwrap();
        delivered += count;
    };
    deliver(FEW);
    let stay = run(&mut desk, &["sync"], Duration::ZERO, &When::Never).stay();
    deliver(FEW);
    let undisturbed = run(&mut desk, &["sync"], stay, &When::Never);
    say(&format!("worker {worker}: undisturbed {:?}, stays {stay:?}", undisturbed.took));
    for number in 0.. {
        if histogram.total() == share(worker) {
            break;
        }
        let (point, nth) = point(&POINTS, worker, number);
        let named = number % 2 == 0;
        deliver(if point.contains("bulk") { MANY } else { FEW });
        if point.contains("append") {
            sent += 1;
            desk.send(PRIYA, &format!("Copy {sent}"), "A copy to be kept.\n", &[]).ok();
        }
        let when =
            if named { When::At(point, nth) } else { When::After(dice.part_of(undisturbed.took)) };
        if let Some(hit) = run(&mut desk, &["sync"], stay, &when).killed_in {
            histogram.add(&hit, &when);
        }
        compare(&desk, provider, owner, ("inbox", "INBOX"), false);
        if number % 8 == 7 {
            desk.run(&["sync"]).ok();
            compare(&desk, provider, owner, ("inbox", "INBOX"), true);
        }
    }
    desk.run(&["sync"]).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(provider.count(owner, "INBOX").unwrap(), delivered);
    compare(&desk, provider, owner, ("inbox", "INBOX"), true);
    assert_eq!(provider.count(owner, "Sent").unwrap(), sent, "one copy of each");
    compare(&desk, provider, owner, ("sent", "Sent"), true);
    for number in [0, delivered / 2, delivered - 1] {
        let found = desk.run(&["search", &format!("n{number}")]).ok();
        assert_eq!(found["rows"].as_array().unwrap().len(), 1, "{number}: {found}");
    }
    assert_eq!(desk.run(&["audit", "verify"]).ok()["intact"], true);
    histogram
}

#[test]
fn no_message_is_lost_or_doubled() {
    if crate::desk::program().is_none() {
        return;
    }
    let provider = Provider::start().unwrap();
    let mut all = Histogram::default();
    thread::scope(|scope| {
        let workers: Vec<_> = WORKERS
            .into_iter()
            .enumerate()
            .map(|(number, owner)| {
                let provider = &provider;
                scope.spawn(move || work(provider, number, owner))
            })
            .collect();
        for worker in workers {
            all.merge(worker.join().unwrap());
        }
    });
    all.judge("sync");
}
