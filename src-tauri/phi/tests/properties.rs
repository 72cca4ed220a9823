//! Properties that hold for every text, however hostile.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;
use wardmail_phi::{Detector, Kind, Knowledge, Scan, SiteRules};

fn scan(text: &str, kind: Kind) -> Scan {
    Detector::standard().scan(text, kind, &Knowledge::new())
}

/// Texts that are PHI, to be surrounded.
const PHI: [&str; 8] = [
    "Maria Lopez biopsy results",
    "MRN 00482913",
    "SSN 657-13-9042",
    "DOB 03/14/1962",
    "Mrs. Eriksen has pneumonia",
    "MBI 4RT8-WE7-NP26",
    "José Núñez's asthma",
    "pt Agatha Lindqvist with atrial fibrillation",
];

/// Sentences that are not.
const CLEAN: [&str; 6] = [
    "The printer on the second floor is out of paper.",
    "Lunch is at noon on Friday.",
    "Please return the keys to the front desk.",
    "We moved the meeting to the big room.",
    "Thanks for your help with the move!",
    "It may snow tomorrow, so drive with care.",
];

fn assert_offsets(text: &str, scan: &Scan) {
    let length = text.chars().count();
    for finding in &scan.findings {
        assert!(
            finding.start < finding.end && finding.end <= length,
            "{}..{} of {length}",
            finding.start,
            finding.end
        );
        if let Some((start, end)) = finding.context {
            assert!(start < end && end <= length);
        }
    }
}

/// Words that steer the detector, glued at random: far more telling than random letters alone.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("Maria".to_owned()),
        Just("LOPEZ,".to_owned()),
        Just("Mr. ".to_owned()),
        Just("J.".to_owned()),
        Just("o'brien's ".to_owned()),
        Just("MRN: ".to_owned()),
        Just("dob ".to_owned()),
        Just("http://x/?mrn=".to_owned()),
        Just("@example.com".to_owned()),
        Just("March 3, ".to_owned()),
        Just("pt ".to_owned()),
        Just("biopsy ".to_owned()),
        Just("f/u ".to_owned()),
        Just("\u{200b}\u{301}\u{202e}".to_owned()),
        Just("ﬁ１２３".to_owned()),
        Just("'s'''".to_owned()),
        Just("\n\n".to_owned()),
        "[0-9]{1,12}[-./ ]?",
        "\\PC{0,4}",
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_panics_and_offsets_are_code_points(text in pieces()) {
        for kind in [Kind::Subject, Kind::Body, Kind::File] {
            assert_offsets(&text, &scan(&text, kind));
        }
    }

    #[test]
    fn composed_and_decomposed_text_have_the_same_verdict(text in pieces()) {
        use unicode_normalization::UnicodeNormalization;
        let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
        for kind in [Kind::Subject, Kind::Body, Kind::File] {
            prop_assert_eq!(scan(&nfc, kind).verdict, scan(&nfd, kind).verdict);
        }
    }

    #[test]
    fn clean_text_around_phi_never_hides_it(
        phi in prop::sample::select(&PHI[..]),
        before in prop::collection::vec(prop::sample::select(&CLEAN[..]), 0..12),
        after in prop::collection::vec(prop::sample::select(&CLEAN[..]), 0..12),
    ) {
        let text = format!("{}\n\n{phi}.\n\n{}", before.join(" "), after.join(" "));
        prop_assert!(scan(&text, Kind::Body).is_phi(), "{}", text);
    }

    #[test]
    fn clean_rows_around_phi_never_hide_it(
        phi in prop::sample::select(&PHI[..]),
        before in 0_usize..30,
        after in 0_usize..30,
    ) {
        let clean = "Desk\tsecond floor\tpainted on Friday\n";
        let text = format!("{}{phi}\n{}", clean.repeat(before), clean.repeat(after));
        for kind in [Kind::Body, Kind::File] {
            prop_assert!(scan(&text, kind).is_phi(), "{}", text);
        }
    }

    #[test]
    fn invisible_marks_between_letters_never_hide_phi(phi in prop::sample::select(&PHI[..]), every in 1_usize..6) {
        let mut split = String::new();
        for (index, ch) in phi.chars().enumerate() {
            split.push(ch);
            if index % every == 0 {
                split.push(['\u{200b}', '\u{200d}', '\u{ad}', '\u{2060}', '\u{202d}'][index % 5]);
            }
        }
        prop_assert!(scan(&split, Kind::Subject).is_phi());
    }

    #[test]
    fn a_scan_is_deterministic(text in pieces()) {
        prop_assert_eq!(scan(&text, Kind::Body), scan(&text, Kind::Body));
    }
}

#[test]
fn look_alike_letters_and_full_width_digits_hide_nothing() {
    for text in [
        "Μaria Lоpez biорsy",
        "ＭＲＮ ００４８２９１３",
        "ＳＳＮ ６５７-１３-９０４２",
        "DOB ٠٣/١٤/١٩٦٢",
    ] {
        assert!(scan(text, Kind::Subject).is_phi(), "{text}");
    }
}

#[test]
fn one_token_of_ten_megabytes_is_cut_and_said() {
    let text = "a".repeat(10 << 20);
    let scan = scan(&text, Kind::Body);
    assert!(scan.truncated && !scan.is_phi());
}

#[test]
fn hundred_megabytes_are_cut_and_said() {
    let text = "Maria Lopez biopsy. ".repeat(5 << 20);
    let scan = scan(&text, Kind::Body);
    assert!(scan.truncated && scan.is_phi());
    assert!(scan.findings.len() <= 1000);
}

#[test]
fn cut_falls_on_a_character() {
    let text = "é".repeat((wardmail_phi::MAX_TEXT_BYTES / 2) + 7) + "x";
    assert!(scan(&("x".to_owned() + &text), Kind::Body).truncated);
}

#[test]
fn binary_is_just_text_without_sense() {
    let bytes: Vec<u8> =
        (0..200_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect();
    let text = String::from_utf8_lossy(&bytes);
    assert_offsets(&text, &scan(&text, Kind::File));
}

/// What could make a rule look at the rest of the text again at each word ends all the same: in quadratic time this takes an hour.
#[test]
fn pages_of_digits_and_keys_come_to_an_end() {
    for unit in ["1 ", "one ", "12 ", "M ", "member one ", "dob june ", "mrn 1-", "333-22-4444-"] {
        let text = unit.repeat(600_000 / unit.len());
        let scan = Detector::standard().scan(&text, Kind::Body, &Knowledge::new());
        assert!(!scan.truncated, "{unit}");
    }
}

/// A veto is looked for once, however many findings ask whether it covers them.
#[test]
fn a_veto_does_not_make_a_long_list_slow() {
    let (rules, problems) =
        SiteRules::parse(r#"{"vetoes": [{"id": "v", "pattern": "ticket \\d+"}]}"#);
    assert!(problems.is_empty(), "{problems:?}");
    let known = Knowledge::new().site(rules);
    let text = "Ruth Anders biopsy, call 555-201-4477, ticket 12.\n".repeat(40_000);
    let scan = Detector::standard().scan(&text, Kind::Body, &known);
    assert!(scan.is_phi() && !scan.truncated);
}

#[test]
fn a_strong_identifier_behind_a_thousand_usual_findings_is_listed() {
    let many = "Ruth Anders has breast cancer. ".repeat(2_000);
    let detector = Detector::standard();
    let usual = detector.scan(&many, Kind::Body, &Knowledge::new());
    assert!(usual.findings.len() == 1_000 && !usual.has_strong(), "{}", usual.findings.len());
    let scan = detector.scan(&format!("{many}MRN 00482913"), Kind::Body, &Knowledge::new());
    assert!(scan.findings.len() == 1_000 && scan.has_strong());
}
