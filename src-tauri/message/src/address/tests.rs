//! Tests of `address`.

use super::*;

fn typed(input: &str) -> Vec<Result<(Option<String>, String), AddressError>> {
    parse_address_list(input).into_iter().map(|r| r.map(|a| (a.name, a.email))).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "stands beside errors in the same list")]
fn ok(name: &str, email: &str) -> Result<(Option<String>, String), AddressError> {
    Ok((Some(name.to_owned()).filter(|n| !n.is_empty()), email.to_owned()))
}

#[test]
fn typed_lists_are_read() {
    assert_eq!(
        typed("Dr. Mei Chen <mei@clinic.example>; x@y.example"),
        [ok("Dr. Mei Chen", "mei@clinic.example"), ok("", "x@y.example")]
    );
    assert_eq!(
        typed("\"Chen, Mei\" <mei@clinic.example>, a@b.example,"),
        [ok("Chen, Mei", "mei@clinic.example"), ok("", "a@b.example")]
    );
    assert_eq!(
        typed("a@b.example\nc@d.example\r\n"),
        [ok("", "a@b.example"), ok("", "c@d.example")]
    );
    assert_eq!(typed("\"O\\\"Hara; Jo\" <jo@b.example>"), [ok("O\"Hara; Jo", "jo@b.example")]);
    assert_eq!(typed("Zoë <zoe@b.example>"), [ok("Zoë", "zoe@b.example")]);
    assert_eq!(typed("<a@b.example>"), [ok("", "a@b.example")]);
    assert_eq!(typed(" ,;\n "), []);
}

#[test]
fn a_wrong_address_is_named_without_hiding_the_others() {
    assert_eq!(
        typed("a@b.example, nobody, c@d.example"),
        [ok("", "a@b.example"), Err(AddressError::NoAt), ok("", "c@d.example")]
    );
    // A forgotten quote costs its own line only.
    assert_eq!(
        typed("\"Mei <mei@b.example>\nc@d.example"),
        [Err(AddressError::Unbalanced), ok("", "c@d.example")]
    );
    for (given, why) in [
        ("a@@b.example", AddressError::NoAt),
        ("@b.example", AddressError::LocalPart),
        ("a b@c.example", AddressError::LocalPart),
        ("a..b@c.example", AddressError::LocalPart),
        ("a@", AddressError::Domain),
        ("a@-b.example", AddressError::Domain),
        ("a@b..example", AddressError::Domain),
        ("a@[127.0.0.1]", AddressError::Domain),
        ("a@127.0.0.1", AddressError::Domain),
        ("a@b.exa mple", AddressError::Domain),
        ("mei <mei@b.example", AddressError::Unbalanced),
        ("mei mei@b.example>", AddressError::Unbalanced),
    ] {
        assert_eq!(typed(given), [Err(why)], "{given}");
    }
    assert_eq!(
        Address::new(Some("a\r\nBcc: x@y.example"), "a@b.example"),
        Err(AddressError::Control)
    );
    assert_eq!(Address::new(None, "a@b.example\r\nBcc: x@y.example"), Err(AddressError::Control));
    assert_eq!(Address::new(Some("a\u{202e}b"), "a@b.example"), Err(AddressError::Control));
    assert_eq!(
        Address::new(None, &format!("{}@b.example", "a".repeat(65))),
        Err(AddressError::LocalPart)
    );
}

#[test]
fn international_domains_become_ascii() {
    assert_eq!(Address::new(None, "a@bücher.example").unwrap().email, "a@xn--bcher-kva.example");
    assert!(same_address("A@BÜCHER.example", "a@xn--bcher-kva.EXAMPLE"));
    assert!(same_address("Mei@Clinic.example", "mei@clinic.EXAMPLE"));
    assert!(!same_address("mei@clinic.example", "mei@clinic.example.org"));
    assert!(!same_address("", ""));
}

#[test]
fn a_name_that_claims_another_address_is_seen() {
    let from =
        |name: &str, email: &str| Address { name: Some(name.to_owned()), email: email.to_owned() };
    assert!(from("ceo@clinic.example", "x@evil.example").name_claims_other());
    assert!(from("Mei Chen <mei@clinic.example>", "x@evil.example").name_claims_other());
    assert!(!from("mei@clinic.example", "Mei@clinic.example").name_claims_other());
    assert!(!from("Mei @ Clinic", "mei@clinic.example").name_claims_other());
}

#[test]
fn debug_names_nobody() {
    let text = format!("{:?}", Address::new(Some("Mei Chen"), "mei@clinic.example").unwrap());
    assert!(!text.contains("mei") && !text.contains("Mei"), "{text}");
}
