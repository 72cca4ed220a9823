//! `kill -9` in the middle of receiving and of sending: the mailbox opens, nothing is lost, nothing is doubled, and what
//! is uncertain is listed as such.
//!
//! Half of the kills come at a named point, half at a random time within the time that an undisturbed run takes. The
//! program says where it is (`wardctl`'s feature `failpoints`), so each kill is counted where it hit.

mod receiving;
mod sending;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use wardmail_tests::end_contained;

use crate::desk::{DANA, DESK, Desk, MEI, SAM};

/// Kills of one test, and who makes them: each with a profile of their own. Most of the time they wait.
const KILLS: usize = 50;
const WORKERS: [&str; 4] = [MEI, DANA, SAM, DESK];

/// How many kills one of them makes.
fn share(worker: usize) -> usize {
    (KILLS + WORKERS.len() - 1 - worker) / WORKERS.len()
}

/// The named point of a worker's nth kill; together they come to all.
fn point<T: Copy>(points: &[T], worker: usize, number: usize) -> T {
    points[(worker * points.len().div_ceil(WORKERS.len()) + number / 2) % points.len()]
}

/// The program is made to stay in each write and SMTP phase so many times as long as it takes from one to the next.
/// Without that a random kill would mostly hit the time between them.
const STAY: u32 = 9;
/// And never longer than this.
const LONGEST_STAY: Duration = Duration::from_secs(2);

/// How long a program may take to get anywhere, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// When to kill.
pub(crate) enum When {
    /// When the named point is passed for the nth time.
    At(&'static str, usize),
    /// So long after the mailbox was opened.
    After(Duration),
    /// Not at all.
    Never,
}

/// What came of a run.
pub(crate) struct Ran {
    /// The point that was passed last before the kill; none if the program came to its end.
    pub(crate) killed_in: Option<String>,
    /// Every point that was passed after the mailbox was opened.
    passed: Vec<String>,
    /// From the opening of the mailbox to the end.
    took: Duration,
}

impl Ran {
    /// How long the program is to stay in each write and SMTP phase, after a run that didn't stay.
    fn stay(&self) -> Duration {
        let inside = self.passed.iter().filter(|point| is_inside(point)).count().max(1);
        (self.took / u32::try_from(inside).unwrap() * STAY).min(LONGEST_STAY)
    }
}

/// Whether a program that has passed this point last is inside a write or an SMTP phase, whenever it is looked at.
fn is_inside(point: &str) -> bool {
    point.contains("smtp::") || point.ends_with("before-commit")
}

/// Runs a command and kills it as told.
pub(crate) fn run(desk: &mut Desk, arguments: &[&str], stay: Duration, when: &When) -> Ran {
    desk.set_variable("WARDCTL_PHASES", "1");
    desk.set_variable("WARDCTL_LINGER_MS", &stay.as_millis().to_string());
    if let When::At(point, nth) = when {
        desk.set_variable("WARDCTL_STOP_AT", &format!("{point}:{nth}"));
    }
    let mut child = desk.start(arguments, &[]);
    desk.forget_variables();
    drop(child.stdin.take());
    let said = lines(&mut child);
    let mut passed = Vec::new();
    let begun = until_said(&said, "phase begun", &mut passed);
    passed.clear();
    let from = Instant::now();
    let killed = begun && wait_for(&said, when, &mut passed);
    if killed {
        // Nothing of it is left then: not even what holds the profile's lock while it dies.
        end_contained(&mut child).unwrap();
    }
    passed.extend(said.iter());
    let status = child.wait().unwrap();
    if !killed && begun {
        assert!(status.success(), "{arguments:?} failed: {passed:?}");
    }
    let took = from.elapsed();
    passed.retain(|line| line.starts_with("phase "));
    let passed: Vec<String> = passed.iter().map(|line| line.replacen("phase ", "", 1)).collect();
    let last = || passed.last().cloned().unwrap_or_else(|| "begun".to_owned());
    Ran { killed_in: killed.then(last), passed, took }
}

/// Waits for the moment to kill; false if the program ended before.
fn wait_for(said: &Receiver<String>, when: &When, passed: &mut Vec<String>) -> bool {
    match when {
        When::Never => false,
        When::At(point, _) => until_said(said, &format!("stopped {point}"), passed),
        When::After(time) => {
            let deadline = Instant::now() + *time;
            loop {
                let left = deadline.saturating_duration_since(Instant::now());
                match said.recv_timeout(left) {
                    Ok(line) => passed.push(line),
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => return true,
                    Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return false,
                }
            }
        }
    }
}

fn until_said(said: &Receiver<String>, wanted: &str, passed: &mut Vec<String>) -> bool {
    loop {
        match said.recv_timeout(PATIENCE) {
            Ok(line) if line == wanted => return true,
            Ok(line) => passed.push(line),
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("{wanted:?} never came"),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// What a program says on its standard error, line by line, until nobody can write there any more.
fn lines(child: &mut Child) -> Receiver<String> {
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let (said, heard) = channel();
    thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            drop(said.send(line));
        }
    });
    heard
}

/// Where kills hit, and whether that is inside a write or an SMTP phase.
#[derive(Default)]
struct Histogram(BTreeMap<(String, bool), usize>);

impl Histogram {
    fn add(&mut self, hit: &str, when: &When) {
        // Who is stopped behind the commit, before the store answers, is still inside the write: it is done and nobody knows
        // yet. A random kill that passed there last may have come at any time until the next point, and counts for nothing.
        let unacknowledged =
            matches!(when, When::At(point, _) if *point == hit) && hit.ends_with("after-commit");
        let how = if matches!(when, When::At(..)) { "named " } else { "random" };
        let key = (format!("{how} {hit}"), is_inside(hit) || unacknowledged);
        *self.0.entry(key).or_default() += 1;
    }

    fn merge(&mut self, other: Self) {
        for (key, count) in other.0 {
            *self.0.entry(key).or_default() += count;
        }
    }

    fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// Prints it, and fails unless most kills hit a write or an SMTP phase.
    fn judge(&self, what: &str) {
        let hits: usize =
            self.0.iter().filter(|((_, inside), _)| *inside).map(|(_, count)| count).sum();
        let mut text =
            format!("{what}: {} kills, {hits} inside a write or an SMTP phase\n", self.total());
        for ((point, inside), count) in &self.0 {
            let mark = if *inside { '*' } else { ' ' };
            let bar = "#".repeat(*count);
            writeln!(text, "{mark} {point:<40} {count:>3} {bar}").unwrap();
        }
        say(&text);
        assert_eq!(self.total(), KILLS, "{text}");
        assert!(hits * 100 >= KILLS * 80, "{text}");
    }
}

/// A line of the test's report.
fn say(line: &str) {
    io::Write::write_all(&mut io::stdout(), format!("{line}\n").as_bytes()).unwrap();
}

/// Numbers that differ from run to run; the seed is printed.
struct Dice(u64);

impl Dice {
    fn new(worker: usize) -> Self {
        let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), worker);
        say(&format!("worker {worker}: seed {seed}"));
        Self(seed | 1)
    }

    /// One of `0..below`.
    fn roll(&mut self, below: usize) -> usize {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    /// A part of this time.
    fn part_of(&mut self, time: Duration) -> Duration {
        const PARTS: u32 = 10_000;
        time / PARTS * u32::try_from(self.roll(PARTS as usize)).unwrap()
    }
}
