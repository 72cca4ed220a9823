//! Figures of the detector on a labelled file: `cargo run --release -p wardmail-phi --example evaluate -- [--kind body] [--show] FILE.tsv`.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use std::{env, error::Error, fs};

use wardmail_phi::{Detector, Kind, Knowledge, Verdict, evaluate};

fn main() -> Result<(), Box<dyn Error>> {
    let mut kind = Kind::Subject;
    let (mut show, mut path) = (false, None);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--kind" => {
                kind = if arguments.next().as_deref() == Some("body") {
                    Kind::Body
                } else {
                    Kind::Subject
                }
            }
            "--show" => show = true,
            _ => path = Some(argument),
        }
    }
    let text = fs::read_to_string(path.ok_or("which file?")?)?;
    let lines = evaluate::parse(&text)?;
    let all = evaluate::evaluate(&Detector::standard(), &lines, kind, &Knowledge::new());
    println!(
        "tp {} fn {} fp {} tn {}  F1 {:.3}",
        all.true_positive,
        all.false_negative,
        all.false_positive,
        all.true_negative,
        all.f1()
    );
    for (name, rate) in [
        ("recall", all.recall()),
        ("precision", all.precision()),
        ("false alarms", all.false_alarms()),
        ("strong recall", all.strong_recall()),
    ] {
        let (low, high) = rate.interval();
        println!(
            "{name}: {:.4} ({}/{}), 95 % {low:.4} to {high:.4}",
            rate.value(),
            rate.hits,
            rate.of
        );
    }
    for mistake in &all.mistakes {
        let what = if mistake.label == Verdict::Phi { "missed" } else { "false alarm" };
        let text = lines
            .iter()
            .find(|line| line.line == mistake.line)
            .filter(|_| show)
            .map_or("", |line| line.text);
        println!(
            "{what} line {} score {:.2} {:?} {text}",
            mistake.line, mistake.score, mistake.rules
        );
    }
    Ok(())
}
