//! Strong identifiers as busy people write and say them, and the look-alikes beside each.

use wardmail_phi::{Category, Detector, Kind, Knowledge, Strength};

fn strong(text: &str, kind: Kind) -> Option<Category> {
    let scan = Detector::standard().scan(text, kind, &Knowledge::new());
    scan.findings.iter().find(|f| f.strength == Strength::Strong).map(|f| f.category)
}

#[track_caller]
fn assert_strong(category: Category, texts: &[&str]) {
    for text in texts {
        assert_eq!(strong(text, Kind::Subject), Some(category), "{text}");
        assert_eq!(strong(text, Kind::Body), Some(category), "{text}");
    }
}

#[track_caller]
fn assert_nothing_strong(texts: &[&str]) {
    for text in texts {
        assert_eq!(strong(text, Kind::Subject), None, "{text}");
        assert_eq!(strong(text, Kind::Body), None, "{text}");
    }
}

#[test]
fn numbers_that_are_said() {
    assert_strong(
        Category::Ssn,
        &[
            "my social is four three one, six eight, nine oh two five",
            "social: 3 4 8 - 6 6 - 0 1 7 2",
            "her SSN is five two one dash three eight dash nine zero four four",
        ],
    );
    assert_strong(
        Category::MemberId,
        &[
            "member ID is M as in Mary, four four oh, nine one seven, two two",
            "my medicare is four, M like Mary, J, three, F, T, nine, A, W, six, one",
        ],
    );
    assert_strong(Category::Mrn, &["medical record number four four zero seven one nine"]);
    // Named after it, and with words for letters.
    assert_strong(
        Category::Ssn,
        &[
            "five eight four, one seven, two two six oh, that's my social",
            "5-8-4, 1-7, 2-2-6-0, that's my social",
        ],
    );
    assert_strong(
        Category::MemberId,
        &["have her Medicare, four alpha kilo two papa mike seven echo golf six zero"],
    );
    assert_nothing_strong(&[
        "member services is open nine to five",
        "my social plans: call me at five five five oh one one nine",
        "account for one or two of the six boxes",
    ]);
}

#[test]
fn dates_of_birth_that_are_said_or_written_out() {
    assert_strong(
        Category::Dob,
        &[
            "birthday January second nineteen fifty",
            "date of birth is the fourth of July nineteen sixty three",
            "born on the 9th of April, 1938",
            "birthday is four, twenty-two, nineteen fifty-one",
            "date of birth twenty-two may 1970",
            "b.d. July 4, '36",
            "dob '09 jan 17'",
            "DOB 1986 Dec 11",
            "fecha de nac. de Nicanor: 9-dic-1952",
            "Birth: 06.17.2025",
            "Wolford_Janice_DOB09171947_facesheet.pdf",
            "DOB10.25.1939 hospice",
            "Okafor_J_19540612dob_MRI.pdf",
            "Referral_Nakagawa_DOB-1968-04-12.pdf",
            "Itzel Carranza nac. 30/05/2019, vacunas atrasadas",
            "CT_Kessler_dob03Jan1954.zip",
            "d.o.b. 9-2-71 Teresa",
            "name;sex;dob;span\nHOLLIS J;M;19520930;open",
            "Zero five, nineteen, eighty-nine, that's my date of birth",
        ],
    );
    assert_nothing_strong(&[
        "birth control class 3/4/2025",
        "birthday lunch June third, twenty people",
        "she started here on 06/26/1989",
        "Wednesday, November 14, 06:54",
    ]);
}

#[test]
fn numbers_in_other_groups() {
    assert_strong(
        Category::Mbi,
        &[
            "M'care ID 3GN2/YT0/KA68",
            "MBI 6JA1 - WD2 - PH48?",
            "old Medicare number 229-70-4158B",
            "HIC number is 510883964A",
            "the old number on her order, 517-38-2904B",
        ],
    );
    assert_strong(
        Category::Ssn,
        &["soc. 338/62/7041", "release_ssn521770943.pdf", "Ruiz - 637-28-4091 - 2 dependents"],
    );
    assert_strong(
        Category::Mrn,
        &[
            "Med. Rec. 2 118 640",
            "my chart number 774-0912",
            "EMR number 209918, same patient",
            "chart ID 90144",
            "CT_chest_MRN60218847_0917.dcm",
            "chart20417_Beaudry.zip",
        ],
    );
    assert_strong(
        Category::MemberId,
        &[
            "Medicaid recipient number 1100482279",
            "card_front_memberID_HNX5530917.jpg",
            "UHC 917 402 286 (member ID)",
            "policy no. MKT/2209/48173, through Ambetter",
            "ZGP 2210 98 774 is on the insured's card",
        ],
    );
    assert_strong(Category::OtherId, &["Patient is #90211", "pt 5512906 discharged"]);
    assert_nothing_strong(&[
        "part 302-41-8875 for the printer",
        "project code 531-07-2294",
        "10:00 to 11:00, HE 0700-1100",
        "Elmstead, IL 60199-4471",
        "TRIP ID: 728876728878",
        "Warehouse club member number 220918477",
        "Medicaid provider no. 604417728 for Dr. Lund",
        "home policy HO-2209417735",
        "orgchart_20250917.pptx is the org chart",
        "for the record, he can be reached at 713-555-0166",
    ]);
}

#[test]
fn printed_examples_are_nobodys_where_the_text_says_so() {
    assert_strong(Category::Ssn, &["SSN 123-45-6789"]);
    assert_strong(Category::Mbi, &["MBI 1EG4-TE5-MK73"]);
    assert_nothing_strong(&[
        "The training deck uses the fake SSN 123-45-6789",
        "The poster shows 1EG4-TE5-MK72, the specimen number",
        "The handout has member ID XYZ000000001 as a dummy",
    ]);
    // Zeros in front, and a specimen that is a specimen, make nobody's number of somebody's.
    assert_strong(
        Category::Mrn,
        &[
            "MRN 0000482213 specimen hemolyzed, please redraw",
            "MRN 0000482213 test results are back",
            "MRN 1111823 practice transfer",
        ],
    );
    assert_strong(Category::Dob, &["DOB 11/11/1948 sample recollect"]);
    assert_strong(Category::Ssn, &["SSN 444-41-8823 in the training file, please remove"]);
}
