//! The figures that the rules hold on the committed lines. The lines set aside have a test too, so that what was reached stays reached.

use wardmail_phi::evaluate::{Evaluation, evaluate, parse};
use wardmail_phi::{Detector, Kind, Knowledge};

fn figures(tsv: &str, kind: Kind) -> Evaluation {
    evaluate(&Detector::standard(), &parse(tsv).unwrap(), kind, &Knowledge::new())
}

#[track_caller]
fn assert_reaches(all: &Evaluation, recall: f64, false_alarms: f64) {
    assert!(
        all.recall().value() >= recall,
        "recall {:.4}: {:?}",
        all.recall().value(),
        all.mistakes
    );
    assert!(
        all.false_alarms().value() <= false_alarms,
        "false alarms {:.4}: {:?}",
        all.false_alarms().value(),
        all.mistakes
    );
}

#[test]
fn subjects_for_tuning_reach_the_figures() {
    assert_reaches(
        &figures(include_str!("../data/eval/subjects_dev.tsv"), Kind::Subject),
        0.95,
        0.03,
    );
    assert_reaches(
        &figures(include_str!("../data/eval/subjects_tuning.tsv"), Kind::Subject),
        0.95,
        0.03,
    );
}

#[test]
fn bodies_for_tuning_reach_the_figures() {
    assert_reaches(
        &figures(include_str!("../data/eval/bodies_tuning.tsv"), Kind::Body),
        0.95,
        0.08,
    );
}

#[test]
fn strong_identifiers_are_never_missed() {
    for tsv in [
        include_str!("../data/eval/subjects_dev.tsv"),
        include_str!("../data/eval/subjects_tuning.tsv"),
    ] {
        let strong = figures(tsv, Kind::Subject).strong_recall();
        assert_eq!(strong.hits, strong.of);
    }
}

#[test]
fn ordinary_mail_is_left_alone() {
    let ordinary = include_str!("../data/eval/ham_subjects.txt");
    let lines: String = ordinary.lines().map(|line| format!("clean\t\t{line}\n")).collect();
    assert_reaches(&figures(&lines, Kind::Subject), 0.0, 0.003);
}
