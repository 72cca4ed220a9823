//! Searching: what is found, what isn't, and that nothing typed is ever an error.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use wardmail_store::{
    Address, Body, BodyState, Column, Derived, Error, Flags, MessageId, NewMessage, SearchPage,
    SearchQuery, Security, Term,
};

use crate::aids::{Mailbox, derived, message};

fn find(mailbox: &Mailbox, typed: &str) -> SearchPage {
    let query = SearchQuery::parse(typed, &TimeZone::UTC);
    mailbox.read(move |dao| dao.search(&query, 50, None))
}

fn found(mailbox: &Mailbox, typed: &str) -> Vec<u32> {
    find(mailbox, typed).hits.iter().filter_map(|hit| hit.row.uid).collect()
}

/// Five messages, UIDs 1 to 5.
fn clinic() -> Mailbox {
    let mailbox = Mailbox::new();
    let from = |name: &str, address: &str| Address { name: name.into(), address: address.into() };
    let ids = mailbox.insert(vec![
        NewMessage {
            subject: "Biopsy report".into(),
            from: from("Ana Ruiz", "ana@path.example"),
            ..message(1)
        },
        NewMessage { subject: "Refill".into(), security: Security::Plain, ..message(2) },
        NewMessage { subject: "[...]".into(), recipients: "zoe@home.example".into(), ..message(3) },
        NewMessage {
            subject: "Café Müller".into(),
            flags: Flags { seen: true, flagged: true, answered: false },
            ..message(4)
        },
        NewMessage { subject: "Head only".into(), ..message(5) },
    ]);
    let texts = [
        derived("The blood test was fine. Call me about the biopsy."),
        derived("test blood, in the wrong order"),
        Derived {
            subject: Some("Discharge letter".into()),
            attachment_names: vec!["scan results.pdf".into()],
            has_attachments: true,
            security: Security::SealedAndSigned,
            ..derived("the secret text about amoxicillin")
        },
        derived("naïve résumé — Ελληνικά 日本語"),
    ];
    for (id, text) in ids.into_iter().zip(texts) {
        mailbox.write(move |dao| dao.store_body(id, Body { raw: b"raw", derived: &text }));
    }
    assert_eq!(mailbox.write(|dao| dao.index_heads(100)), 1, "the one without a body");
    assert_eq!(mailbox.write(|dao| dao.index_heads(100)), 0);
    mailbox
}

#[test]
fn words_phrases_columns_and_properties_find_what_they_say() {
    let mailbox = clinic();
    let cases: &[(&str, &[u32])] = &[
        ("biopsy", &[1]),
        ("blood test", &[2, 1]),
        ("\"blood test\"", &[1]),
        ("amoxi", &[3]),
        ("amoxi ", &[]),
        ("subject:discharge", &[3]),
        ("subject:biopsy report", &[1]),
        ("from:ana", &[1]),
        ("from:ana@path.example", &[1]),
        ("from:\"Ana Ruiz\"", &[1]),
        ("to:zoe", &[3]),
        ("file:scan", &[3]),
        ("cafe muller", &[4]),
        ("RESUME", &[4]),
        ("日本語", &[4]),
        ("head", &[5]),
        ("has:attachment", &[3]),
        ("is:sealed", &[3]),
        ("is:starred", &[4]),
        ("is:unread ito", &[5, 3, 2]),
        ("after:2026-01-05", &[5, 4]),
        ("before:2026-01-03", &[1]),
        ("before:2026-01-04 after:2026-01-03", &[2]),
        ("ito before:2026-01-04", &[2]),
        ("nowhere", &[]),
        ("", &[]),
        ("!!! -- \"\"", &[]),
    ];
    for (typed, expected) in cases {
        assert_eq!(&found(&mailbox, typed), expected, "{typed}");
    }
}

#[test]
fn a_protected_subject_replaces_the_outer_one_in_the_index_too() {
    let mailbox = Mailbox::new();
    let id = mailbox.insert(vec![NewMessage { subject: "Outerword".into(), ..message(1) }])[0];
    assert!(found(&mailbox, "outerword ").is_empty(), "its body may come at any moment");
    mailbox.write(move |dao| dao.set_body_state(id, BodyState::Failed));
    assert_eq!(found(&mailbox, "outerword "), [1]);
    mailbox.write(move |dao| {
        dao.store_derived(id, &Derived { subject: Some("Innerword".into()), ..derived("t") })
    });
    assert_eq!((found(&mailbox, "outerword "), found(&mailbox, "innerword ")), (vec![], vec![1]));
    let inbox = mailbox.inbox;
    mailbox.write(move |dao| dao.expunge(inbox, &[1]));
    assert!(found(&mailbox, "innerword ").is_empty());
}

#[test]
fn a_hit_shows_the_words_around_it() {
    let page = find(&clinic(), "biopsy ");
    let hit = &page.hits[0];
    let marked: Vec<&str> = hit.matches.iter().map(|range| &hit.snippet[range.clone()]).collect();
    assert_eq!(marked, ["biopsy"]);
    // Found by the sender only: the message's own first words.
    assert!(find(&clinic(), "from:ana").hits[0].snippet.starts_with("The blood test"));
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap() {
    let mailbox = Mailbox::new();
    mailbox.insert((1..=25).map(message).collect());
    assert_eq!(mailbox.write(|dao| dao.index_heads(20)), 20);
    assert_eq!(mailbox.write(|dao| dao.index_heads(20)), 5);
    let query = SearchQuery::parse("result", &TimeZone::UTC);
    let (mut seen, mut before): (Vec<MessageId>, Option<MessageId>) = (Vec::new(), None);
    loop {
        let asked = query.clone();
        let page = mailbox.read(move |dao| dao.search(&asked, 10, before));
        seen.extend(page.hits.iter().map(|hit| hit.row.id));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first");
}

#[test]
fn one_folder_can_be_searched_alone() {
    let mailbox = clinic();
    let other = mailbox.add_folder("Other", wardmail_store::FolderRole::Other);
    mailbox.write(move |dao| {
        dao.insert_headers(other, &[message(9)], wardmail_store::Placement::Newest)?;
        dao.index_heads(9)
    });
    let query = SearchQuery { folder: Some(other), ..SearchQuery::parse("ito", &TimeZone::UTC) };
    let page = mailbox.read(move |dao| dao.search(&query, 50, None));
    assert_eq!(page.hits.iter().map(|hit| hit.row.folder).collect::<Vec<_>>(), [other]);
}

#[test]
fn nothing_typed_is_an_error() {
    let mailbox = clinic();
    let fts_syntax = r#"[a-zA-Z0-9"':*^+(){}\[\]\-\.,;\\/ \x00\t\n\u{a0}\u{301}éΩ語]{0,40}"#;
    let operators = "((from|to|subject|file|has|is|before|after|NEAR|AND|OR|NOT|rowid|search_index)[: (\"*]{0,2}){0,6}";
    let typed = prop_oneof![fts_syntax, operators, "(?s).{0,60}"];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 1_500,
        ..ProptestConfig::default()
    });
    runner
        .run(&typed, |typed| {
            let query = SearchQuery::parse(&typed, &TimeZone::UTC);
            let column = Column::Subject;
            let raw = SearchQuery {
                terms: vec![Term { column, text: typed, prefix: true }],
                ..SearchQuery::default()
            };
            let outcome = mailbox.store.read_blocking(move |dao| {
                dao.search(&query, 50, None)?;
                dao.search(&raw, 50, None).map(drop)
            });
            let failure = outcome.err().map(|error: Error| format!("{error:?}"));
            prop_assert_eq!(failure, None);
            Ok(())
        })
        .unwrap();
}
