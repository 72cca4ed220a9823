//! Tests of `query`.

use proptest::prelude::*;

use super::*;

fn parse(input: &str) -> SearchQuery {
    SearchQuery::parse(input, &TimeZone::UTC)
}

fn term(column: Column, text: &str, prefix: bool) -> Term {
    Term { column, text: text.to_owned(), prefix }
}

#[test]
fn bare_words_are_looked_for_anywhere_and_the_last_may_go_on() {
    assert!(
        parse("lab resu").terms
            == [term(Column::Any, "lab", false), term(Column::Any, "resu", true)]
    );
    assert!(
        parse("lab resu ").terms
            == [term(Column::Any, "lab", false), term(Column::Any, "resu", false)]
    );
}

#[test]
fn quotes_make_a_phrase_even_while_it_is_typed() {
    assert!(parse("\"blood test\"").terms == [term(Column::Any, "blood test", false)]);
    assert!(parse("\"blood te").terms == [term(Column::Any, "blood te", false)]);
    assert!(
        parse("from:\"Ana Ruiz\" x ").terms
            == [term(Column::Sender, "Ana Ruiz", false), term(Column::Any, "x", false)]
    );
}

#[test]
fn operators_narrow_to_a_column_or_a_property() {
    let query = parse(
        "FROM:ana to:ben subject:refill file:scan.pdf has:attachment is:sealed is:unread is:starred ",
    );
    let columns: Vec<Column> = query.terms.iter().map(|term| term.column).collect();
    assert_eq!(columns, [Column::Sender, Column::Recipients, Column::Subject, Column::Attachments]);
    assert!(query.has_attachment && query.is_sealed && query.is_unread && query.is_flagged);
    assert_eq!(query.folder, None);
}

#[test]
fn dates_are_midnight_where_the_owner_is_and_the_narrowest_counts() {
    let zone = TimeZone::fixed(jiff::tz::offset(-5));
    let query = SearchQuery::parse("after:2026-01-31 before:2026-03-01 before:2026-02-01", &zone);
    assert_eq!(query.after_ms, Some(1_769_835_600_000), "date -u -d '2026-01-31 05:00' +%s");
    assert_eq!(query.before_ms, Some(1_769_922_000_000), "date -u -d '2026-02-01 05:00' +%s");
    assert!(query.terms.is_empty());
}

#[test]
fn what_is_no_operator_is_a_word() {
    assert!(parse("re:lab ").terms == [term(Column::Any, "re lab", false)]);
    assert!(parse("before:soon ").terms == [term(Column::Any, "before soon", false)]);
    assert!(parse("is:happy ").terms == [term(Column::Any, "is happy", false)]);
    assert!(
        parse("-- !? \"\" from: ").is_empty()
            || parse("-- !? \"\" from: ").terms == [term(Column::Any, "from ", false)]
    );
}

#[test]
fn input_and_terms_are_capped() {
    assert_eq!(parse(&"word ".repeat(10_000)).terms.len(), MAX_TERMS);
    assert!(parse(&"x".repeat(1_000_000)).terms[0].text.len() <= MAX_INPUT_LEN);
}

proptest! {
    #[test]
    fn nothing_typed_ends_the_quoted_string(input in "(?s).{0,200}") {
        for term in parse(&input).terms {
            let Some(expression) = term.full_text() else { continue };
            prop_assert_eq!(expression.matches('"').count(), 2);
            prop_assert!(!expression.contains('\0'));
        }
    }
}
