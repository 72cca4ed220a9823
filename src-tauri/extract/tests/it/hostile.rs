//! What hostile files cost: a bounded amount, and a clear word.

use std::fmt::Write as _;

use wardmail_extract::{Limits, Why};

use crate::{archive, document, extract, text, whys, within};

/// The limits of the composer, but for one: bombs need not be large to be bombs.
fn small() -> Limits {
    Limits { unpacked_bytes: 8 << 20, text_bytes: 1 << 20, ..Limits::default() }
}

#[tokio::test]
async fn hundred_megabytes_are_refused_before_anything_is_started() {
    let found = extract("log.txt", &vec![b'a'; 100 << 20]).await;
    assert_eq!((whys(&found), found.texts.len()), (vec![Why::TooLarge], 0));
}

#[tokio::test]
async fn of_a_long_text_the_beginning_is_read_and_the_rest_is_said() {
    let line = "MRN 48291300 was here, and nothing else happened on this day.\n";
    let found = extract("log.txt", line.repeat((20 << 20) / line.len()).as_bytes()).await;
    assert_eq!(whys(&found), [Why::TooLarge]);
    let read = text(&found).len() as u64;
    assert!(read > (15 << 20) && read <= (17 << 20), "{read}");
    assert!(found.texts.iter().all(|t| t.text.ends_with('\n') || t.text.len() < 1000));
}

#[tokio::test]
async fn one_token_of_ten_megabytes_is_read() {
    let found = extract("token.txt", &vec![b'x'; 10 << 20]).await;
    assert_eq!((whys(&found), text(&found).replace('\n', "").len()), (vec![], 10 << 20));
}

#[tokio::test]
async fn binary_and_damage_are_said() {
    let noise: Vec<u8> =
        (0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect();
    assert_eq!(whys(&extract("noise.txt", &noise).await), [Why::UnknownKind]);
    for name in ["letter.docx", "census.xlsx", "letter.pdf", "letter.odt"] {
        let whole = document(name);
        let found = extract(name, &whole[..whole.len() / 2]).await;
        assert!(!found.unread.is_empty(), "{name}");
    }
    let liar = extract("letter.docx", b"%PDF-1.7 but not really").await;
    assert_eq!(whys(&liar), [Why::Damaged]);
}

#[tokio::test]
async fn an_empty_file_has_nothing_to_check() {
    assert_eq!(whys(&extract("empty.pdf", b"").await), []);
}

#[tokio::test]
async fn a_bomb_in_a_document_is_not_unpacked() {
    let zeroes = vec![b' '; 32 << 20];
    for files in [
        [("[Content_Types].xml", &b"<x/>"[..]), ("word/document.xml", &zeroes)],
        [("xl/workbook.xml", &b"<x/>"[..]), ("xl/worksheets/sheet1.xml", &zeroes)],
    ] {
        let found = within(small(), "bomb.docx", &archive(&files)).await;
        assert_eq!((whys(&found), text(&found).as_str()), (vec![Why::TooLarge], ""));
    }
}

#[tokio::test]
async fn many_small_bombs_are_one() {
    let part = vec![b'.'; 1 << 20];
    let files: Vec<(String, &[u8])> = (0..20).map(|n| (format!("{n}.bin"), &part[..])).collect();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let found = within(small(), "many.zip", &archive(&files)).await;
    assert!(whys(&found).contains(&Why::TooLarge), "{:?}", whys(&found));
    let read: usize = found.texts.iter().map(|t| t.text.len()).sum();
    assert!(read <= 1 << 20, "{read}");
}

#[tokio::test]
async fn archives_in_archives_end_at_a_depth() {
    let mut nested = archive(&[("deep.txt", b"MRN 48291300")]);
    for _ in 0..8 {
        nested = archive(&[("next.zip", &nested)]);
    }
    let found = extract("nested.zip", &nested).await;
    assert_eq!((whys(&found), text(&found).as_str()), (vec![Why::TooDeep], ""));
}

#[tokio::test]
async fn more_files_than_are_read_are_said_once() {
    let names: Vec<String> = (0..50).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let found = within(Limits { parts: 10, ..small() }, "many.zip", &archive(&files)).await;
    assert_eq!((whys(&found), found.names.len()), (vec![Why::TooMany], 11));
}

#[tokio::test]
async fn entities_that_a_document_declares_are_not_expanded() {
    let mut laughs = String::from("<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a0 \"haha\">");
    for n in 1..30 {
        let last = n - 1;
        write!(laughs, "<!ENTITY a{n} \"&a{last};&a{last};\">").unwrap();
    }
    laughs += "]><w><p>before &a29; after</p></w>";
    let files = [("[Content_Types].xml", &b"<x/>"[..]), ("word/document.xml", laughs.as_bytes())];
    let found = within(small(), "laughs.docx", &archive(&files)).await;
    let all = text(&found);
    assert!(all.contains("before") && all.len() < 10_000, "{}", all.len());
}

#[tokio::test]
async fn a_sheet_that_claims_billions_of_cells_costs_what_it_holds() {
    let found = extract("sparse.xlsx", &document("sparse.xlsx")).await;
    let all = text(&found);
    assert!(all.contains("MRN 48291300") && all.contains("far"), "{all}");
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn depth_of_a_page_costs_nothing() {
    let page = "<div>".repeat(100_000) + "MRN 48291300";
    let found = extract("deep.html", page.as_bytes()).await;
    assert!(text(&found).contains("MRN 48291300"));
}
