//! Kills during `wardctl send`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use wardmail_tests::{Gpg, Provider, until_true};

use super::{Dice, Histogram, PATIENCE, WORKERS, When, point, run, say, share};
use crate::desk::{Desk, PRIYA, gpg};

/// Where a message stands after a kill at a named point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// It was not queued yet.
    Nowhere,
    /// Nothing of it left: it goes out by itself.
    Queued,
    /// It may have left, or may not: the owner is asked.
    Uncertain,
    /// The provider has it.
    Sent,
}

/// The named points of a submission, in order, and what a kill there leaves. Writes are counted from the program's
/// start: the 6th queues the message, the 9th claims it, the 10th marks it as on its way, the 11th keeps the answer.
const POINTS: [(&str, usize, Stands); 18] = [
    ("store-write-before-commit", 6, Stands::Nowhere),
    ("store-write-after-commit", 6, Stands::Queued),
    ("store-write-before-commit", 9, Stands::Queued),
    ("store-write-after-commit", 9, Stands::Queued),
    ("smtp::connect", 1, Stands::Queued),
    ("smtp::greeting", 1, Stands::Queued),
    ("smtp::login", 1, Stands::Queued),
    ("smtp::sender", 1, Stands::Queued),
    ("smtp::recipient", 1, Stands::Queued),
    ("smtp::data", 1, Stands::Queued),
    ("store-write-before-commit", 10, Stands::Queued),
    ("store-write-after-commit", 10, Stands::Uncertain),
    ("smtp::content", 1, Stands::Uncertain),
    ("smtp::final_dot_written", 1, Stands::Uncertain),
    ("smtp::accepted", 1, Stands::Uncertain),
    ("store-write-before-commit", 11, Stands::Uncertain),
    ("store-write-after-commit", 11, Stands::Sent),
    ("store-write-before-commit", 12, Stands::Sent),
];

impl Stands {
    /// Where the outbox says that the message with this word stands.
    fn of(outbox: &[Value], word: &str) -> Self {
        let subject = format!("Message {word}");
        let row = outbox.iter().find(|row| row["subject"] == subject.as_str());
        match row.map(|row| row["state"].as_str().unwrap()) {
            None => Self::Nowhere,
            Some("queued") => Self::Queued,
            Some("uncertain") => Self::Uncertain,
            Some("sent") => Self::Sent,
            Some(other) => panic!("{subject} is {other}"),
        }
    }
}

/// Waits until Postfix has nothing in hand: what it took is delivered then.
fn settle(provider: &Provider) {
    let held = |queue: &str| {
        fs::read_dir(provider.dir().join("queue").join(queue)).map_or(0, |entries| {
            // Deferred mail lies in directories of its own.
            entries.flatten().filter(|e| e.path().is_file()).count()
        })
    };
    until_true("Postfix to deliver what it took", PATIENCE, || {
        Ok(["maildrop", "incoming", "active"].iter().all(|queue| held(queue) == 0))
    })
    .unwrap();
}

/// What arrived from one sender, by the word in it.
#[derive(Default)]
struct Arrived {
    seen: BTreeSet<String>,
    words: BTreeMap<String, usize>,
}

impl Arrived {
    fn look(&mut self, provider: &Provider, priya: &Mutex<Gpg>, sender: &str) {
        settle(provider);
        let asked = ["-f", "tab", "fetch", "-u", PRIYA, "uid", "mailbox", "INBOX", "from", sender];
        let listed = String::from_utf8(provider.doveadm(&asked).unwrap()).unwrap();
        for uid in listed.lines().skip(1) {
            if !self.seen.insert(uid.to_owned()) {
                continue;
            }
            let asked = ["fetch", "-u", PRIYA, "text", "mailbox", "INBOX", "uid", uid];
            let raw = provider.doveadm(&asked).unwrap();
            let priya = priya.lock().unwrap_or_else(PoisonError::into_inner);
            let inside = priya.open(&raw).unwrap().text();
            let word = inside.lines().find_map(|line| line.strip_prefix("The word is ")).unwrap();
            *self.words.entry(word.to_owned()).or_default() += 1;
        }
    }

    fn of(&self, row: &Value) -> usize {
        let word = row["subject"].as_str().unwrap().replace("Message ", "");
        self.words.get(&word).copied().unwrap_or(0)
    }

    /// What arrived is what the outbox says, and nothing else.
    fn matches(&self, outbox: &[Value]) {
        for row in outbox {
            let count = self.of(row);
            let fits = match row["state"].as_str().unwrap() {
                "sent" => count == 1,
                "queued" | "held" | "failed" => count == 0,
                "uncertain" => count <= 1 && row["reason"] == "send_uncertain",
                _ => false,
            };
            assert!(fits, "{count} arrived of {row}");
        }
        let arrived: usize = self.words.values().sum();
        let of_rows: usize = outbox.iter().map(|row| self.of(row)).sum();
        assert_eq!(arrived, of_rows, "what was never queued never arrives");
    }
}

fn work(provider: &Provider, worker: usize, sender: &str, priya: &Mutex<Gpg>) -> Histogram {
    let mut desk = Desk::of(sender, provider).expect("a program");
    desk.exchange_certificates(&priya.lock().unwrap());
    let mut dice = Dice::new(worker);
    let (mut histogram, mut arrived, mut tries) = (Histogram::default(), Arrived::default(), 0);
    let mut send = |desk: &mut Desk, stay: Duration, when: &When| {
        tries += 1;
        let word = format!("w{worker}x{tries}");
        let body = desk.file("body.txt", format!("The word is {word}\n").as_bytes());
        let subject = format!("Message {word}");
        let body = body.to_str().unwrap();
        let arguments = ["send", "--to", PRIYA, "--subject", &subject, "--body-file", body];
        (run(desk, &arguments, stay, when), word)
    };
    let stay = send(&mut desk, Duration::ZERO, &When::Never).0.stay();
    let (undisturbed, _) = send(&mut desk, stay, &When::Never);
    say(&format!("worker {worker}: undisturbed {:?}, stays {stay:?}", undisturbed.took));
    for number in 0.. {
        if histogram.total() == share(worker) {
            break;
        }
        let (point, nth, stands) = point(&POINTS, worker, number);
        let when = if number % 2 == 0 {
            When::At(point, nth)
        } else {
            When::After(dice.part_of(undisturbed.took))
        };
        let (ran, word) = send(&mut desk, stay, &when);
        if let Some(hit) = ran.killed_in {
            histogram.add(&hit, &when);
        }
        arrived.look(provider, priya, sender);
        let outbox = desk.outbox();
        arrived.matches(&outbox);
        if let When::At(point, nth) = when {
            assert_eq!(Stands::of(&outbox, &word), stands, "killed at {point} {nth}");
        }
        go_out(&desk, provider, &mut arrived, priya, sender);
    }
    finish(&desk, provider, &mut arrived, priya, sender);
    histogram
}

/// What is queued goes out at the next opportunity, and nothing is asked.
fn go_out(
    desk: &Desk,
    provider: &Provider,
    arrived: &mut Arrived,
    priya: &Mutex<Gpg>,
    sender: &str,
) {
    let queued = |outbox: &[Value]| outbox.iter().filter(|row| row["state"] == "queued").count();
    if queued(&desk.outbox()) > 0 {
        desk.run(&["sync"]).ok();
        arrived.look(provider, priya, sender);
        let outbox = desk.outbox();
        assert_eq!(queued(&outbox), 0);
        arrived.matches(&outbox);
    }
}

/// The owner says what became of the uncertain ones; then everything goes out, once.
fn finish(
    desk: &Desk,
    provider: &Provider,
    arrived: &mut Arrived,
    priya: &Mutex<Gpg>,
    sender: &str,
) {
    let outbox = desk.outbox();
    let uncertain: Vec<_> = outbox.iter().filter(|row| row["state"] == "uncertain").collect();
    say(&format!("{sender}: {} of {} were uncertain", uncertain.len(), outbox.len()));
    for row in uncertain {
        let id = row["id"].to_string();
        let (more, what): (&[&str], _) = match arrived.of(row) {
            1 => (&["--arrived"], "had arrived"),
            _ => (&[], "had not arrived"),
        };
        let subject = row["subject"].as_str().unwrap();
        say(&format!("UNCERTAIN {sender} outbox {id}, {subject}: {what}"));
        desk.run(&[&["outbox", "settle", &id], more].concat()).ok();
    }
    desk.run(&["sync"]).ok();
    arrived.look(provider, priya, sender);
    let outbox = desk.outbox();
    for row in &outbox {
        assert_eq!((&row["state"], arrived.of(row)), (&"sent".into(), 1), "{row}");
    }
    arrived.matches(&outbox);
    desk.run(&["sync"]).ok();
    assert_eq!(provider.count(sender, "Sent").unwrap(), outbox.len(), "one copy of each");
    assert_eq!(desk.list("sent").len(), outbox.len());
    assert_eq!(desk.run(&["audit", "verify"]).ok()["intact"], true);
}

#[test]
fn no_message_is_lost_or_sent_twice() {
    if crate::desk::program().is_none() {
        return;
    }
    let provider = Provider::start().unwrap();
    let priya = Mutex::new(gpg("Priya Raman", PRIYA));
    let mut all = Histogram::default();
    thread::scope(|scope| {
        let workers: Vec<_> = WORKERS
            .into_iter()
            .enumerate()
            .map(|(number, sender)| {
                let (provider, priya) = (&provider, &priya);
                scope.spawn(move || work(provider, number, sender, priya))
            })
            .collect();
        for worker in workers {
            all.merge(worker.join().unwrap());
        }
    });
    all.judge("send");
}
