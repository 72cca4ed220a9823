//! What the model sees of labelled lines, and what the rules alone said, one line of JSON each:
//! `cargo run --release -p wardmail-phi --example features -- FILE.tsv … > features.jsonl`. `fit/fit.py` reads it.
//!
//! Files whose name starts with `bodies` hold bodies, all others subjects; `asq_phi.txt` is relabelled by our rule as `tests/asq.rs` does,
//! and `ham_subjects.txt` is clean.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use std::{env, error::Error, fs, path::Path};

use serde_json::{Value, json};
use wardmail_phi::{Detector, Kind, Knowledge, Strength};

fn main() -> Result<(), Box<dyn Error>> {
    let detector = Detector::rules_alone();
    for path in env::args().skip(1) {
        let text = fs::read_to_string(&path)?;
        let name = Path::new(&path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bodies = name.starts_with("bodies");
        for (line, (phi, text)) in labelled(&name, &text)?.iter().enumerate() {
            // A letter may be as short as a subject.
            for kind in [Kind::Subject, Kind::Body] {
                if kind == Kind::Body || !bodies {
                    println!("{}", described(&detector, &name, line, *phi, text, kind));
                }
            }
        }
    }
    Ok(())
}

/// One line's label, what the rules alone find, and its features.
fn described(
    detector: &Detector,
    set: &str,
    line: usize,
    phi: bool,
    text: &str,
    kind: Kind,
) -> Value {
    let scan = detector.scan(text, kind, &Knowledge::new());
    let strong = scan.findings.iter().any(|f| f.strength == Strength::Strong);
    let features: Vec<Value> = detector
        .features(text, kind)
        .into_iter()
        .map(|(block, unit, feature)| json!([block, unit, feature]))
        .collect();
    let found = scan.is_phi();
    json!({"set": set, "line": line, "kind": kind, "phi": phi, "found": found, "strong": strong, "features": features})
}

/// Reads a file's lines with their labels.
fn labelled(name: &str, text: &str) -> Result<Vec<(bool, String)>, Box<dyn Error>> {
    match name {
        "ham_subjects" => Ok(text.lines().map(|line| (false, line.to_owned())).collect()),
        "asq_phi" => text.split("===QUERY===").skip(1).map(query).collect(),
        _ => Ok(wardmail_phi::evaluate::parse(text)?
            .iter()
            .map(|line| (line.label == wardmail_phi::Verdict::Phi, line.text.replace("\\n", "\n")))
            .collect()),
    }
}

/// Reads one query of ASQ-PHI.
fn query(block: &str) -> Result<(bool, String), Box<dyn Error>> {
    let (query, tags) = block.split_once("===PHI_TAGS===").ok_or("a query without tags")?;
    let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut phi = false;
    for tag in tags.lines().filter(|line| !line.trim().is_empty()) {
        phi |= identifies(&query, &serde_json::from_str(tag)?);
    }
    Ok((phi, query))
}

/// True if the tag is a patient's identifier by our rule.
fn identifies(query: &str, tag: &Value) -> bool {
    let value = tag["value"].as_str().unwrap_or_default();
    let before = query.split(value).next().unwrap_or_default();
    let before = before.trim_end().trim_end_matches('.').to_lowercase();
    match tag["identifier_type"].as_str().unwrap_or_default() {
        "DATE" | "GEOGRAPHIC_LOCATION" => false,
        "NAME" => {
            let titled = ["dr", "drs", "doctor", "doc"].iter().any(|title| before.ends_with(title));
            !value.starts_with("Dr") && !titled
        }
        _ => true,
    }
}
