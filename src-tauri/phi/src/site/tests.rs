//! Tests of `site`.

use super::*;
use crate::{Detector, Kind, Knowledge};

fn scan(json: &str, text: &str) -> crate::Scan {
    let (rules, problems) = SiteRules::parse(json);
    assert!(problems.is_empty(), "{problems:?}");
    Detector::standard().scan(text, Kind::Subject, &Knowledge::new().site(rules))
}

#[test]
fn site_pattern_finds_with_its_action_and_reason() {
    let json = r#"{"rules": [{"id": "our-mrn", "pattern": "\\bZQ\\d{6}\\b", "category": "mrn", "strength": "strong", "action": "block", "reason": "This is one of our record numbers."}]}"#;
    let scan = scan(json, "please look at zq204418 today");
    assert_eq!(scan.action(), Some(Action::Block));
    let finding = &scan.findings[0];
    assert_eq!((finding.start, finding.end, finding.rule.as_ref()), (15, 23, "our-mrn"));
    assert_eq!(finding.reason, "This is one of our record numbers.");
    assert!(scan.has_strong());
}

#[test]
fn bad_rule_is_named_by_line_and_the_rest_loads() {
    let json = "{\"rules\": [\n {\"id\": \"good\", \"pattern\": \"\\\\bQX\\\\d+\\\\b\"},\n {\"id\": \"backtracks\", \"pattern\": \"(a+)+\\\\1\"},\n {\"id\": \"typo\", \"patern\": \"x\"},\n {\"id\": \"huge\", \"pattern\": \"(\\\\w{100}){100}{100}\"},\n {\"id\": \"empty\", \"pattern\": \"x*\"}\n]}";
    let (rules, problems) = SiteRules::parse(json);
    assert_eq!(rules.len(), 1);
    let named: Vec<_> = problems.iter().map(|p| (p.line, p.id.as_str())).collect();
    assert_eq!(named, [(3, "backtracks"), (4, "typo"), (5, "huge"), (6, "empty")]);
    assert!(matches!(problems[0].kind, SiteRuleProblemKind::Pattern(_)));
}

#[test]
fn check_and_near_words_narrow_a_pattern() {
    let json = r#"{"rules": [{"id": "card", "pattern": "\\b\\d{8}\\b", "check": "luhn", "near": ["locker"]}]}"#;
    assert!(scan(json, "locker 12345674").is_phi());
    assert!(!scan(json, "locker 12345675").is_phi());
    assert!(!scan(json, "drawer 12345674").is_phi());
}

#[test]
fn dictionary_is_folded_and_off_means_off() {
    let json = r#"{"rules": [{"id": "study", "words": ["Café Trial"], "action": "justify"}, {"id": "off", "words": ["budget"], "action": "off"}]}"#;
    assert_eq!(scan(json, "cafe\u{301} TRIAL intake").action(), Some(Action::Justify));
    assert!(!scan(json, "budget").is_phi());
}

#[test]
fn unreadable_rules_are_one_problem_with_a_line() {
    let (rules, problems) = SiteRules::parse("{\n\"rules\": [}");
    assert!(rules.is_empty());
    assert_eq!(problems[0].line, 2);
}

#[test]
fn a_veto_silences_no_strong_match_of_the_sites_own_rules() {
    let rules = |strength: &str| {
        format!(
            r#"{{"rules": [{{"id": "our-mrn", "pattern": "\\bZQ\\d{{6}}\\b", "strength": "{strength}"}}], "vetoes": [{{"id": "any", "pattern": ".+"}}]}}"#
        )
    };
    assert!(scan(&rules("strong"), "please look at zq204418 today").has_strong());
    assert!(!scan(&rules("usual"), "please look at zq204418 today").is_phi());
}

#[test]
fn a_veto_covers_what_lies_within_one_of_its_matches() {
    let json = r#"{"vetoes": [{"id": "a", "pattern": "b+"}, {"id": "c", "pattern": "c?d"}]}"#;
    let vetoed = SiteRules::parse(json).0.vetoed("abb_bbb_cd");
    let covered = [(1, 3), (2, 3), (4, 7), (9, 10), (8, 9)];
    assert!(covered.iter().all(|&(start, end)| vetoed.covers(start, end)));
    let bare = [(0, 2), (2, 4), (1, 7), (3, 4), (7, 9), (9, 11)];
    assert!(!bare.iter().any(|&(start, end)| vetoed.covers(start, end)));
}
