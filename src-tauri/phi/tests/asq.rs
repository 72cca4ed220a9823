//! ASQ-PHI (MIT), relabelled by our rule: clinicians, hospitals and bare dates identify nobody by themselves.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use serde_json::Value;
use wardmail_phi::evaluate::{Labelled, evaluate};
use wardmail_phi::{Detector, Kind, Knowledge, Verdict};

/// True if the tag is a patient's identifier by our rule.
fn identifies(query: &str, tag: &Value) -> bool {
    let (kind, value) = (tag["identifier_type"].as_str().unwrap(), tag["value"].as_str().unwrap());
    match kind {
        "DATE" | "GEOGRAPHIC_LOCATION" => false,
        "NAME" => {
            let before =
                query.split(value).next().unwrap().trim_end().trim_end_matches('.').to_lowercase();
            !value.starts_with("Dr")
                && !["dr", "drs", "doctor", "doc"].iter().any(|title| before.ends_with(title))
        }
        _ => true,
    }
}

#[test]
fn clinical_queries_reach_the_figures() {
    let file = include_str!("../data/eval/asq_phi.txt");
    let queries: Vec<(String, Verdict)> = file
        .split("===QUERY===")
        .skip(1)
        .map(|block| {
            let (query, tags) = block.split_once("===PHI_TAGS===").unwrap();
            let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut tags = tags
                .lines()
                .filter(|l| !l.trim().is_empty())
                .map(|l| serde_json::from_str(l).unwrap());
            let label = if tags.any(|tag: Value| identifies(&query, &tag)) {
                Verdict::Phi
            } else {
                Verdict::Clean
            };
            (query, label)
        })
        .collect();
    assert_eq!(queries.len(), 1051);
    let lines: Vec<Labelled<'_>> = queries
        .iter()
        .enumerate()
        .map(|(line, (text, label))| Labelled { line, label: *label, categories: "", text })
        .collect();
    let all = evaluate(&Detector::standard(), &lines, Kind::Subject, &Knowledge::new());
    assert!(all.recall().value() >= 0.97, "{:?}", all.recall());
    assert!(all.false_alarms().value() <= 0.04, "{:?}", all.false_alarms());
}
