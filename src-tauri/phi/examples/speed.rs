//! How fast the detector is: `cargo run --release -p wardmail-phi --example speed [-- ROUNDS]`.
//!
//! Prints one line of JSON: nanoseconds per subject (median, 99th percentile, worst) over the committed subjects, megabytes a second (best
//! round, in processor time) over bodies made of the committed bodies and queries, the same over clean bodies alone, where the model is asked
//! of every word, the time to make a detector, and the size of the lexicon with the model's weights.
#![allow(clippy::print_stdout, reason = "a command-line example")]
#![allow(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::hint::black_box;
use std::time::Instant;

use wardmail_phi::{Detector, Kind, Knowledge, evaluate};

const SUBJECTS: [&str; 2] = [
    include_str!("../data/eval/subjects_dev.tsv"),
    include_str!("../data/eval/subjects_tuning.tsv"),
];
const ORDINARY: &str = include_str!("../data/eval/ham_subjects.txt");
const BODIES: &str = include_str!("../data/eval/bodies_tuning.tsv");
const QUERIES: &str = include_str!("../data/eval/asq_phi.txt");

fn main() -> Result<(), evaluate::EvaluateError> {
    let rounds: usize = std::env::args().nth(1).and_then(|r| r.parse().ok()).unwrap_or(20);
    let start = Instant::now();
    let detector = Detector::standard();
    let opened = start.elapsed();
    let knowledge = Knowledge::new();
    let mut subjects: Vec<&str> = ORDINARY.lines().collect();
    for file in SUBJECTS {
        subjects.extend(evaluate::parse(file)?.iter().map(|line| line.text));
    }
    let mut times = Vec::with_capacity(subjects.len() * rounds);
    for _ in 0..rounds {
        for subject in &subjects {
            let start = Instant::now();
            black_box(detector.scan(subject, Kind::Subject, &knowledge));
            times.push(start.elapsed().as_nanos());
        }
    }
    times.sort_unstable();
    let body = bodies()?;
    let clean = clean_bodies(&detector)?;
    println!(
        "{{\"subjects\":{},\"p50_ns\":{},\"p99_ns\":{},\"max_ns\":{},\"body_bytes\":{},\"body_mb_per_s\":{:.1},\"clean_mb_per_s\":{:.1},\"open_ns\":{},\"lexicon_bytes\":{}}}",
        times.len(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1],
        body.len(),
        rate(&detector, &body, rounds),
        rate(&detector, &clean, rounds),
        opened.as_nanos(),
        detector.lexicon_bytes() + detector.model_bytes(),
    );
    Ok(())
}

/// Megabytes a second. Time on the processor, and the best round: on a busy machine the clock on the wall measures the neighbours.
fn rate(detector: &Detector, body: &str, rounds: usize) -> f64 {
    let knowledge = Knowledge::new();
    let seconds = (0..rounds).map(|_| {
        let start = processor_seconds();
        black_box(detector.scan(body, Kind::Body, &knowledge));
        processor_seconds() - start
    });
    let best = seconds.fold(f64::INFINITY, f64::min);
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    let megabytes = body.len() as f64 / 1e6;
    megabytes / best
}

/// About a megabyte of letters in which nothing is found.
fn clean_bodies(detector: &Detector) -> Result<String, evaluate::EvaluateError> {
    let known = Knowledge::new();
    let letters: String = evaluate::parse(BODIES)?
        .iter()
        .map(|line| line.text.replace("\\n", "\n") + "\n\n")
        .filter(|text| !detector.scan(text, Kind::Body, &known).is_phi())
        .collect();
    Ok(letters.repeat(1_000_000 / letters.len().max(1)))
}

/// Time that this thread spent on a processor, in seconds.
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
    seconds
}

/// About a megabyte of letters and clinical questions.
fn bodies() -> Result<String, evaluate::EvaluateError> {
    let letters: String = evaluate::parse(BODIES)?
        .iter()
        .map(|line| line.text.replace("\\n", "\n") + "\n\n")
        .collect();
    let queries: Vec<&str> = QUERIES.lines().filter(|l| !l.starts_with(['{', '='])).collect();
    Ok((letters.repeat(40) + &queries.join("\n")).repeat(2))
}
