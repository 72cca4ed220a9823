//! How long verification takes, as a ratio to the bare hashes of the same lines in the same run; it should stay under 2.
//!
//! `cargo run --release -p wardmail-audit --example verify_speed`
#![expect(clippy::print_stdout, reason = "a command line program's output is its standard output")]

use std::error::Error;
use std::io::Cursor;
use std::time::{Duration, Instant};

use openssl::sha::Sha256;
use wardmail_audit::{
    Chain, Count, Event, EventKind, Expected, Export, Head, OpaqueId, Outcome, Signer, Stamp,
    verify_file,
};

const ENTRIES: u64 = 100_000;
/// A signature each so many entries, as the engine makes at least.
const SIGNED_EVERY: u64 = 500;
const TIMES: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let file = log()?;
    let (mut bare, mut verified) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        bare.push(timed(|| hashes(&file)));
        verified.push(timed(|| {
            verify_file(Cursor::new(&file), Expected::default(), None)
                .is_ok_and(|log| log.report.is_clean() && log.report.good == ENTRIES)
        }));
    }
    let (bare, verified) = (median(bare)?, median(verified)?);
    println!(
        "{ENTRIES} entries, {} bytes: hashes {bare:?}, verification {verified:?}, ratio {:.2}",
        file.len(),
        verified.as_secs_f64() / bare.as_secs_f64()
    );
    Ok(())
}

/// A signed export like a year of work.
fn log() -> Result<Vec<u8>, Box<dyn Error>> {
    let id = OpaqueId::from_random([7; 16]);
    let mut export = Export::new(Vec::new(), id);
    let (mut head, mut signer) = (Head::genesis(&id), Signer::generate()?);
    for number in 1..=ENTRIES {
        let event = Event::new(EventKind::Decrypt, Outcome::Success)
            .message(OpaqueId::from_random([3; 16]))
            .count(Count::Parts, number);
        let boot = OpaqueId::from_random([5; 16]);
        let stamp = Stamp { boot, utc_ms: 1_795_291_200_000, mono_ms: number };
        let record = Chain::append(&head, event, &stamp);
        head = record.head();
        export.record(&record)?;
        if number.is_multiple_of(SIGNED_EVERY) {
            let (checkpoint, next) = signer.checkpoint(&id, head, 1_795_291_200_000)?;
            export.checkpoint(&checkpoint)?;
            signer = next;
        }
    }
    Ok(export.finish(1_795_291_200_000, Some(&signer))?)
}

/// The floor: SHA-256 of each line, and nothing else.
fn hashes(file: &[u8]) -> bool {
    let mut all = 0_u8;
    for line in file.split(|byte| *byte == b'\n') {
        let mut hasher = Sha256::new();
        hasher.update(line);
        all ^= hasher.finish().first().copied().unwrap_or_default();
    }
    std::hint::black_box(all);
    true
}

fn timed(work: impl FnOnce() -> bool) -> Duration {
    let begin = Instant::now();
    assert!(work(), "the log must be whole");
    begin.elapsed()
}

fn median(mut times: Vec<Duration>) -> Result<Duration, Box<dyn Error>> {
    times.sort();
    times.get(times.len() / 2).copied().ok_or_else(|| "nothing was measured".into())
}
