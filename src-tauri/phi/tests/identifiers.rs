//! Identifiers by shape and check: what stands alone, what doesn't, and look-alikes.

use wardmail_phi::{Category, Detector, Kind, Knowledge, Strength};

fn strong(text: &str) -> Option<Category> {
    let scan = Detector::standard().scan(text, Kind::Subject, &Knowledge::new());
    scan.findings.iter().find(|f| f.strength == Strength::Strong).map(|f| f.category)
}

#[track_caller]
fn assert_strong(category: Category, texts: &[&str]) {
    for text in texts {
        assert_eq!(strong(text), Some(category), "{text}");
    }
}

#[track_caller]
fn assert_nothing_strong(texts: &[&str]) {
    for text in texts {
        assert_eq!(strong(text), None, "{text}");
    }
}

#[test]
fn social_security_numbers() {
    assert_strong(
        Category::Ssn,
        &[
            "318-27-4406",
            "SSN 318274406",
            "ss# 318 27 4406",
            "social is 772-41-0098",
            "(ssn: 427-55-1908)",
        ],
    );
    // SSA: never 000, 666, 9xx, group 00, serial 0000. Then numbers printed in examples, and longer numbers.
    assert_nothing_strong(&[
        "000-12-3456",
        "666-12-3456",
        "912-34-5678",
        "318-00-4406",
        "318-27-0000",
        "078-05-1120",
        "123-45-6789",
        "Invoice 123-45-67890",
        "Order 318-27-4406-8",
        "1318-27-4406",
        "PO 318-27-4406",
    ]);
}

#[test]
fn medicare_numbers() {
    // The CMS example, with and without dashes.
    assert_strong(
        Category::Mbi,
        &["1EG4-TE5-MK73", "MBI 1EG4TE5MK73", "medicare 4rt8-we7-np26", "1EG4 TE5 MK73"],
    );
    // Position 1 is 1 to 9; S, L, O, I, B, Z never occur.
    assert_nothing_strong(&[
        "0EG4-TE5-MK73",
        "1SG4-TE5-MK73",
        "1EG4-TO5-MK73",
        "order 1EG4TE5MK73",
    ]);
}

#[test]
fn record_numbers() {
    assert_strong(
        Category::Mrn,
        &[
            "MRN 00482913",
            "mrn#4402199",
            "MRN: SM-987654",
            "med rec no 4481902",
            "chart # 88120",
            "4402199 (MRN)",
            "MRN is CC-98765",
        ],
    );
    assert_nothing_strong(&[
        "MRN search broken",
        "New MRN format 2025",
        "chart audit 2024",
        "MRN 12",
    ]);
}

#[test]
fn dates_of_birth() {
    assert_strong(
        Category::Dob,
        &[
            "DOB 1/6/1939",
            "dob 03.14.62",
            "d.o.b. 4-19-71",
            "born 12 Feb 1939",
            "DOB: March 14, 1962",
            "birthdate 1957-06-14",
            "dob 03031962",
            "fecha de nacimiento 3/4/1980",
            "8/8/80 DOB",
            "d/o/b 10/2/46",
            "DOB 030462",
            "DOB 3/4/'62",
            "D.O.B. 3/4/60",
            "b. 3/4/62",
            "birth date is 3 . 17 . 1990",
            "DOB (09)(21)(1967)",
            "dob 04-17_63",
            "b. 3.xi.1968",
            "nací el 12/09/1981",
        ],
    );
    assert_nothing_strong(&[
        "DOB field broken",
        "meeting 3/14/2026",
        "DOB 13/45/1960",
        "Test Mickey, DOB 01/01/1900",
        "due 1/6/1939",
    ]);
}

#[test]
fn member_numbers() {
    assert_strong(
        Category::MemberId,
        &[
            "UHC member ID 944120087",
            "BCBS member XJD884120937",
            "Health Plan Number: HR-567890",
            "W88291004 Aetna",
            "policy # 944120087",
            "please run W7730 4419 02 through again, her card says effective this month",
            "XQR 8804417702 bounced, eligibility says termed",
            "H40772915 termed 8/31",
        ],
    );
    assert_nothing_strong(&[
        "Dr. Abramov NPI 1457209836 now active w/ Medicaid",
        "order W7730 4419 02 is on the loading dock",
        "policy CV-118-20, van insurance",
        "meeting ID: 918 4402 7716, webinar passcode 330918",
        "malpractice policy 90-4418-22",
        "member services 800-555-0133",
        "Medicaid 2024 rates",
    ]);
}

#[test]
fn record_numbers_and_the_title_mr() {
    assert_strong(Category::Mrn, &["locked out of 00618842. That's the MRN off her wristband"]);
    assert_nothing_strong(&["ask for Mr. Haile, 555-0176", "the clerk, Mr Obafemi, on 5550140"]);
    assert_nothing_strong(&["Call 843-555-0116 about the MRN mixup"]);
}

#[test]
fn web_addresses_that_carry_a_patient() {
    assert_strong(
        Category::Url,
        &[
            "https://portal.example.com/chart?mrn=4471203",
            "see www.example.com/patient/4471203/labs",
        ],
    );
    assert_nothing_strong(&[
        "https://example.com/news/4471203",
        "https://portal.example.com/patient",
    ]);
}

/// Each stands alone: a strong finding, however it is announced and written.
#[test]
fn identifiers_are_strong_however_they_are_written() {
    for text in [
        "DOB conflict for Adams: 7/22/48",
        "DOB on file for Adams is 7/22/1948",
        "is 7-19-48 the right DOB on that wristband",
        "date of birth 22.VII.1948",
        "DOB 22/JUL/1948",
        "DOB 22JUL1948",
        "DOB 7|22|48",
        "birthdate 48-07-22",
        "b/d 7/22/48",
        "fecha de nacimiento 22 de julio de 1948",
        "1947305 is the MRN",
        "M.R.N. 0071926",
        "Alvarez, Clyde #0071926 room change to ICU",
    ] {
        let scan = Detector::standard().scan(text, Kind::Subject, &Knowledge::new());
        assert!(scan.has_strong(), "{text}");
    }
    for text in [
        "DOB now required on all lab reqs from 3/1/2026",
        "Alvarez, Clyde #0071926 lost luggage",
        "rooms 3|14|51 repainted",
        "MRN field moves on 3/1/1999 format",
        "Volume IX, 4.IX.2018",
    ] {
        let scan = Detector::standard().scan(text, Kind::Subject, &Knowledge::new());
        assert!(!scan.has_strong(), "{text}");
    }
}
