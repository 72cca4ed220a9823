//! What the caller knows changes the weight of a name, and never silences what it must not.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use wardmail_phi::{
    Category, Detector, Kind, Knowledge, KnownRole, Recipient, Scan, SiteRules, SpecialCategory,
    Strength, special_advice,
};

fn scan(text: &str, knowledge: &Knowledge) -> Scan {
    Detector::standard().scan(text, Kind::Subject, knowledge)
}

#[test]
fn staff_mark_quiets_a_name_but_not_a_possessive_with_a_condition() {
    let staff = Knowledge::new().staff(["Dana Ortiz"]);
    assert!(scan("Dana Ortiz biopsy tray", &Knowledge::new()).is_phi());
    assert!(!scan("Dana Ortiz biopsy tray", &staff).is_phi());
    assert!(!scan("Ortiz biopsy tray", &staff).is_phi());
    assert!(scan("Dana Ortiz's breast biopsy", &staff).is_phi());
    assert!(scan("Dana Ortiz MRN 00482913", &staff).has_strong());
}

#[test]
fn mark_of_one_person_leaves_namesakes_alone() {
    let staff = Knowledge::new().staff(["Dana Ortiz"]);
    assert!(scan("Miguel Ortiz biopsy results", &staff).is_phi());
}

#[test]
fn staff_excuse_no_titled_namesake() {
    let text = "Mrs. Ortiz has pneumonia";
    assert!(scan(text, &Knowledge::new().staff(["Dana Ortiz"])).is_phi());
    for marked in ["Mrs. Ortiz", "Ortiz"] {
        assert!(!scan(text, &Knowledge::new().not_patients([marked])).is_phi(), "{marked}");
    }
    assert!(!scan("Dr. Ortiz biopsy tray", &Knowledge::new().staff(["Dana Ortiz"])).is_phi());
}

#[test]
fn not_a_patient_mark_quiets_a_name() {
    let marked = Knowledge::new().not_patients(["Babcock"]);
    assert!(scan("Babcock biopsy", &Knowledge::new()).is_phi());
    assert!(!scan("Babcock biopsy", &marked).is_phi());
}

#[test]
fn patient_in_the_address_book_wins_over_a_mark() {
    let both = Knowledge::new().not_patients(["Babcock"]).person("Babcock", KnownRole::Patient);
    assert!(scan("Babcock biopsy", &both).is_phi());
}

#[test]
fn address_in_the_own_domain_is_a_colleague() {
    let text = "pt results to kim@clinic.example.com please";
    assert!(scan(text, &Knowledge::new()).findings.iter().any(|f| f.category == Category::Email));
    let own = Knowledge::new().own_domains(["clinic.example.com"]);
    assert!(scan(text, &own).findings.iter().all(|f| f.category != Category::Email));
}

#[test]
fn recipient_who_is_a_patient_makes_health_words_phi() {
    let text = "Your biopsy results";
    assert!(!scan(text, &Knowledge::new()).is_phi());
    let to_patient = Knowledge::new().recipients([Recipient { outside: true, patient: true }]);
    assert_eq!(scan(text, &to_patient).findings[0].category, Category::Recipient);
    let outside = Knowledge::new().recipients([Recipient { outside: true, patient: false }]);
    assert!(scan(text, &outside).is_phi());
    assert!(!scan("New biopsy trays", &outside).is_phi());
}

#[test]
fn site_veto_silences_a_usual_finding_and_never_a_strong_one() {
    let (rules, problems) =
        SiteRules::parse(r#"{"vetoes": [{"id": "v", "pattern": "babcock.*"}]}"#);
    assert!(problems.is_empty());
    let vetoed = Knowledge::new().site(rules);
    assert!(!scan("Babcock biopsy", &vetoed).is_phi());
    assert!(scan("Babcock MRN 00482913", &vetoed).has_strong());
}

#[test]
fn special_categories_are_named_with_their_advice() {
    for (text, category) in [
        ("Tyrell's suboxone refill", SpecialCategory::SubstanceUse),
        ("Ignacio R. viral load", SpecialCategory::Hiv),
        ("Solange's panic attacks", SpecialCategory::Psychotherapy),
        ("Mrs. Haddad miscarriage", SpecialCategory::Reproductive),
    ] {
        let scan = scan(text, &Knowledge::new());
        assert_eq!(scan.special, [category], "{text}");
        let advice = special_advice(scan.special).unwrap();
        assert_eq!(
            advice,
            format!("{} Call or use the portal instead of e-mail.", category.protection())
        );
    }
    let both = scan("Tyrell's suboxone refill and viral load", &Knowledge::new()).special;
    let advice = special_advice(both).unwrap();
    assert!(advice.contains("42 CFR Part 2") && advice.contains("HIV information"), "{advice}");
    assert_eq!(special_advice([]), None);
    assert!(scan("Opioid policy revision", &Knowledge::new()).special.is_empty());
}

#[test]
fn finding_says_where_and_why_without_the_words() {
    let scan = scan("re: Maria Lopez biopsy", &Knowledge::new());
    let finding = &scan.findings[0];
    assert_eq!((finding.start, finding.end), (4, 15));
    assert_eq!(finding.context, Some((16, 22)));
    assert_eq!(
        (finding.category, finding.strength, finding.rule.as_ref()),
        (Category::Name, Strength::Usual, "name.procedure")
    );
    assert!(!finding.reason.contains("Maria") && !finding.reason.contains("biopsy"));
}

#[test]
fn report_form_is_stable() {
    let json = serde_json::to_value(scan("MRN 00482913", &Knowledge::new())).unwrap();
    assert_eq!(json["verdict"], "phi");
    assert_eq!(json["findings"][0]["category"], "mrn");
    assert_eq!(json["findings"][0]["strength"], "strong");
    assert_eq!(
        (json["findings"][0]["start"].as_u64(), json["findings"][0]["end"].as_u64()),
        (Some(4), Some(12))
    );
}
