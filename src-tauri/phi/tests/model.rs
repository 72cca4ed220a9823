//! The fitted model beside the rules: what it may do, and what it may never do.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use wardmail_phi::evaluate::{Labelled, parse};
use wardmail_phi::{Detector, Kind, Knowledge, Scan, Strength, Verdict};

const SUBJECTS: [&str; 4] = [
    include_str!("../data/eval/subjects_others_i.tsv"),
    include_str!("../data/eval/subjects_others_j.tsv"),
    include_str!("../data/eval/subjects_others_k.tsv"),
    include_str!("../data/eval/subjects_others_l.tsv"),
];
const BODIES: [&str; 4] = [
    include_str!("../data/eval/bodies_others_i.tsv"),
    include_str!("../data/eval/bodies_others_j.tsv"),
    include_str!("../data/eval/bodies_others_k.tsv"),
    include_str!("../data/eval/bodies_others_l.tsv"),
];

fn lines<'a>(files: &[&'a str]) -> Vec<Labelled<'a>> {
    files.iter().flat_map(|file| parse(file).unwrap()).collect()
}

fn scan(text: &str, kind: Kind) -> Scan {
    Detector::standard().scan(text, kind, &Knowledge::new())
}

/// The texts in which only the model finds something.
fn added(files: &[&str], kind: Kind) -> Vec<(String, Scan)> {
    let rules = Detector::rules_alone();
    lines(files)
        .iter()
        .map(|line| line.text.replace("\\n", "\n"))
        .filter(|text| !rules.scan(text, kind, &Knowledge::new()).is_phi())
        .map(|text| (text.clone(), scan(&text, kind)))
        .filter(|(_, scan)| scan.is_phi())
        .collect()
}

#[test]
fn what_the_model_adds_is_one_usual_finding_with_its_own_rule_and_a_plain_reason() {
    for (files, kind) in [(SUBJECTS, Kind::Subject), (BODIES, Kind::Body)] {
        let added = added(&files, kind);
        assert!(added.len() >= 20, "{}", added.len());
        for (text, scan) in added {
            let [finding] = &scan.findings[..] else { panic!("{text}: {:?}", scan.findings) };
            assert!(["model.person", "model.number", "model.words"].contains(&&*finding.rule));
            assert_eq!(finding.strength, Strength::Usual);
            assert_eq!(finding.reason, "This reads like a message about one person's care.");
            assert!(finding.start < finding.end && finding.end <= text.chars().count(), "{text}");
        }
    }
}

#[test]
fn what_identifies_by_itself_is_never_taken_back() {
    let rules = Detector::rules_alone();
    let mut strong = 0;
    for (files, kind) in [(SUBJECTS, Kind::Subject), (BODIES, Kind::Body)] {
        for line in lines(&files) {
            let text = line.text.replace("\\n", "\n");
            let alone = rules.scan(&text, kind, &Knowledge::new());
            if alone.has_strong() {
                strong += 1;
                assert_eq!(alone, scan(&text, kind), "{text}");
            }
        }
    }
    assert!(strong >= 50, "{strong}");
}

#[test]
fn clean_paragraphs_around_never_hide_what_only_the_model_found() {
    let pad = "The printer on the second floor is out of paper.\n\nLunch is at noon on Friday. We moved the meeting to the big room.";
    for (text, _) in added(&BODIES, Kind::Body) {
        for padded in [
            format!("{pad}\n\n{text}"),
            format!("{text}\n\n{pad}"),
            format!("{pad}\n\n{text}\n\n{pad}"),
        ] {
            assert!(scan(&padded, Kind::Body).is_phi(), "{padded}");
        }
    }
}

#[test]
fn people_known_not_to_be_patients_silence_the_model() {
    let mut silenced = 0;
    for (text, scan) in added(&SUBJECTS, Kind::Subject) {
        let finding = &scan.findings[0];
        let name: String =
            text.chars().skip(finding.start).take(finding.end - finding.start).collect();
        let possessive = text.chars().nth(finding.end).is_some_and(|c| "'\u{2019}".contains(c));
        let plain = name.chars().all(|c| c.is_alphabetic() || c == ' ');
        if finding.rule != "model.person" || !plain || possessive {
            continue;
        }
        let known = Knowledge::new().staff([name.as_str()]);
        let again = Detector::standard().scan(&text, Kind::Subject, &known);
        assert!(again.findings.iter().all(|f| f.start != finding.start), "{text}");
        silenced += usize::from(!again.is_phi());
    }
    assert!(silenced >= 5, "{silenced}");
}

#[test]
fn model_takes_back_what_reads_like_other_business() {
    let rules = Detector::rules_alone();
    let taken_back = lines(&SUBJECTS)
        .iter()
        .filter(|line| line.label == Verdict::Clean)
        .filter(|line| rules.scan(line.text, Kind::Subject, &Knowledge::new()).is_phi())
        .filter(|line| !scan(line.text, Kind::Subject).is_phi())
        .count();
    assert!(taken_back >= 3, "{taken_back}");
}

#[test]
fn files_are_left_to_the_rules() {
    let rules = Detector::rules_alone();
    for line in lines(&BODIES) {
        let text = line.text.replace("\\n", "\n");
        let known = Knowledge::new();
        assert_eq!(
            rules.scan(&text, Kind::File, &known),
            Detector::standard().scan(&text, Kind::File, &known)
        );
    }
}

#[test]
fn explanation_names_the_words_that_weighed_most() {
    let text = "Maria Lopez biopsy results";
    let model = Detector::standard().explain(text, Kind::Subject, &Knowledge::new()).model.unwrap();
    assert!(model.weight > model.add.max(model.clear));
    assert_eq!(model.words.len(), 3);
    assert!(model.words.iter().any(|word| (word.start, word.end) == (0, 11) && word.weight > 0));
    assert!(Detector::standard().explain(text, Kind::File, &Knowledge::new()).model.is_none());
}

#[test]
fn whoever_is_greeted_is_not_whom_the_letter_is_about() {
    let text =
        "Dear Priya, potassium is 4.1 and creatinine 0.9. He feels well and walks an hour a day.";
    let scan = scan(text, Kind::Body);
    assert!(scan.is_phi());
    assert!(scan.findings.iter().all(|f| f.start >= "Dear Priya".len()), "{:?}", scan.findings);
}

#[test]
fn explanation_rests_on_what_the_caller_knows() {
    let weight = |knowledge: &Knowledge| {
        let text = "Dana Ortiz asks about the biopsy";
        Detector::standard().explain(text, Kind::Subject, knowledge).model.unwrap().weight
    };
    assert!(weight(&Knowledge::new().staff(["Dana Ortiz"])) < weight(&Knowledge::new()));
}
