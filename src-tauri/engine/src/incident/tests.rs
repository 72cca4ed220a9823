//! The limits, and whole reports on paper, read back by poppler.

use std::process::Command;

use wardmail_api::{
    audit::{AuditSignature, AuditVerdict},
    incident::{DiskState, Holdings, PersonAffected, Protection},
    words::incident::STATEMENT,
};

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn sixty_days_run_from_the_day_of_discovery() {
    let of = |discovered: &str, today: &str, n| limits(day(discovered), day(today), n).unwrap();
    // 45 CFR 164.404(b), 164.408(c): 60 calendar days; over a leap day, and past the limit.
    let limits = of("2026-11-21", "2026-11-21", None);
    assert_eq!((&*limits.outer_limit, limits.days_left), ("2027-01-20", 60));
    assert_eq!(limits.yearly_limit, "2027-03-01");
    assert_eq!((limits.tell_secretary_now, limits.maybe_media), (None, None));
    assert_eq!(of("2027-12-15", "2028-03-01", None).outer_limit, "2028-02-13");
    assert_eq!(of("2027-12-15", "2028-03-01", None).yearly_limit, "2028-02-29");
    assert_eq!(of("2026-01-01", "2026-03-05", None).days_left, -3);
}

#[test]
fn both_thresholds_stand_at_five_hundred() {
    let of = |n| limits(day("2026-11-21"), day("2026-11-21"), Some(n)).unwrap();
    // 164.408(b): 500 or more. 164.406(a): more than 500.
    for (n, secretary, media) in [(499, false, false), (500, true, false), (501, true, true)] {
        let limits = of(n);
        assert_eq!((limits.tell_secretary_now, limits.maybe_media), (Some(secretary), Some(media)));
    }
}

/// A report with more people than fit on a page, some with names that the standard fonts can't show.
fn report() -> IncidentReport {
    let person = |n: u32| PersonAffected {
        address: format!("correspondent{n}@hospital.example"),
        name: ["José Müller", "Łukasz Żak", "Dr. Ada Okafor"][n as usize % 3].to_owned(),
        messages: 3,
        with_findings: 1,
    };
    IncidentReport {
        version: VERSION,
        made: "2026-11-21T20:00:00Z".to_owned(),
        statement: IncidentStatement {
            incident: Incident::LostComputer { last_seen: Some(1_795_291_200_000) },
            discovered: "2026-11-21".to_owned(),
            individuals: Some(500),
        },
        limits: limits(day("2026-11-21"), day("2026-11-21"), Some(500)).unwrap(),
        holdings: Holdings { messages: 1234, ..Holdings::default() },
        people: (0..90).map(person).collect(),
        people_in_all: 120,
        protection: Protection {
            needs_keyring: true,
            locks_after_seconds: 600,
            tries: 10,
            disk: DiskState::Encrypted,
            swap: DiskState::NotFound,
        },
        last_seen: None,
        message: None,
        entries: vec!["17 2026-11-21T20:00:00Z: The mailbox was locked".to_owned()],
        audit: AuditVerdict {
            intact: true,
            entries: 17,
            head: Some("ab".repeat(32)),
            first_bad: None,
            signature: AuditSignature::Signed,
            key: Some("cd".repeat(32)),
            signed_to: Some(17),
            vouched_to: None,
        },
    }
}

/// What a program of poppler's makes of a document.
fn poppler(program: &str, arguments: &[&str]) -> Vec<u8> {
    let done = Command::new(program).args(arguments).output();
    let done = done.expect("poppler-utils is installed by `cargo xtask setup`");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

#[test]
fn the_paper_says_it_all_and_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.pdf");
    std::fs::write(&path, paper(&report())).unwrap();
    if let Some(results) = std::env::var_os("WARDMAIL_RESULTS") {
        std::fs::copy(&path, std::path::Path::new(&results).join("incident-report.pdf")).unwrap();
    }
    let file = path.to_str().unwrap();
    let text = String::from_utf8(poppler("pdftotext", &["-raw", file, "-"]))
        .unwrap()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for said in [
        "Incident: a lost computer",
        STATEMENT,
        "2027-01-20 at the latest; 60 days are left",
        "State law may set a shorter limit.",
        "500 or more individuals as stated: the Secretary of HHS is told at the same time",
        "does not apply by number",
        "Messages 1234",
        "encrypted (dm-crypt or an encrypted file system)",
        "no encryption found",
        "correspondent0@hospital.example",
        "correspondent89@hospital.example",
        "José Müller",
        "and 30 more",
        &"ab".repeat(32),
        &"cd".repeat(32),
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    // The picture of the first page: ink on it, and none in the margins.
    let shown = poppler("pdftoppm", &["-gray", "-r", "50", "-f", "1", "-l", "1", file]);
    let (width, height, pixels) = graymap(&shown);
    let dark = |x: usize, y: usize| pixels[y * width + x] < 128;
    let inked = |xs: std::ops::Range<usize>, ys: std::ops::Range<usize>| {
        ys.flat_map(|y| xs.clone().map(move |x| (x, y))).filter(|(x, y)| dark(*x, *y)).count()
    };
    assert!(inked(0..width, 0..height) > 1000, "an empty page");
    assert_eq!(inked(0..30, 0..height) + inked(width - 30..width, 0..height), 0, "in the margins");
}

/// A page as gray values, from a portable graymap.
fn graymap(file: &[u8]) -> (usize, usize, &[u8]) {
    let mut parts = file.splitn(4, u8::is_ascii_whitespace);
    assert_eq!(parts.next().unwrap(), b"P5");
    let mut number =
        || -> usize { std::str::from_utf8(parts.next().unwrap()).unwrap().parse().unwrap() };
    let (width, height) = (number(), number());
    let pixels = parts.next().unwrap().strip_prefix(b"255\n").unwrap();
    assert_eq!(pixels.len(), width * height);
    (width, height, pixels)
}
