//! Every kind of file gives the words that a reader sees.

use wardmail_extract::Why;

use crate::{archive, document, extract, text, whys};

const LETTER: &str = "Agatha Lindqvist was seen for atrial fibrillation.";

#[tokio::test]
async fn word_gives_text_cells_headers_and_title() {
    let found = extract("letter.docx", &document("letter.docx")).await;
    let all = text(&found);
    for words in [LETTER, "MRN", "48291300", "Cardiology & rhythm clinic", "Visit of Lindqvist"] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn a_workbook_gives_each_value_beside_its_heading() {
    for name in ["census.xlsx", "census.xls", "census.ods"] {
        let found = extract(name, &document(name)).await;
        let all = text(&found);
        for words in
            ["Agatha Lindqvist", "48291300", "1962-03-14", "gestational diabetes", "Census"]
        {
            assert!(
                all.contains(words) || name.ends_with("ods") && words == "Census",
                "{words} in {name}: {all}"
            );
        }
        assert_eq!(whys(&found), [], "{name}");
        if name != "census.ods" {
            assert!(
                all.contains("MRN: 48291377") && all.contains("DOB: 1948-11-02"),
                "{name}: {all}"
            );
        }
    }
}

#[tokio::test]
async fn slides_and_open_documents_give_their_text() {
    for name in ["case.pptx", "letter.odt"] {
        let found = extract(name, &document(name)).await;
        assert!(text(&found).contains(LETTER), "{name}: {}", text(&found));
    }
}

#[tokio::test]
async fn rich_text_gives_its_words_whatever_their_encoding() {
    let rich = concat!(
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Calibri;}}{\*\generator Riched20;}{\*\annotation see Okafor}",
        r"{\info{\title Visit of Lindqvist}}\f0 Agatha {\b Lind}qvist\par MRN:\tab 48291300\par ",
        r"Jos\'e9 N\u250?\uc2\u241??ez, \u-10179??\u-8704?? DOB {\v 03/14/1962}\cell \{x\}\par ",
        r"{\pict\bin5 ab}cd}done}",
    );
    let found = extract("visit.rtf", rich.as_bytes()).await;
    let all = text(&found);
    for words in [
        "Visit of Lindqvist",
        "\nsee Okafor\n",
        "\nAgatha Lindqvist\nMRN:\t48291300",
        "Jos\u{e9} N\u{fa}\u{f1}ez",
        "\u{1f600} DOB 03/14/1962",
        "{x}\ndone",
    ] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert!(!all.contains("Calibri") && !all.contains("Riched") && !all.contains("ab}"), "{all}");
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn rich_text_that_is_broken_or_holds_an_object_is_said() {
    let object = extract("a.rtf", br"{\rtf1 Agatha {\object{\*\objdata 0105}}}").await;
    assert!(text(&object).contains("Agatha"));
    assert_eq!(whys(&object), [Why::UnknownKind]);
    let cut = extract("a.rtf", br"{\rtf1 Agatha Lindqvist {\b has asthma").await;
    assert!(text(&cut).contains("has asthma"), "{}", text(&cut));
    assert_eq!(whys(&cut), [Why::Damaged]);
    let deep = [&br"{\rtf1 "[..], &b"{".repeat(5 << 20)[..]].concat();
    assert_eq!(whys(&extract("a.rtf", &deep).await), [Why::TooDeep]);
}

#[tokio::test]
async fn pdf_gives_every_page() {
    let found = extract("letter.pdf", &document("letter.pdf")).await;
    let all = text(&found);
    for words in [LETTER, "MRN: 48291300", "DOB 03/14/1962"] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn what_is_locked_or_a_picture_is_said() {
    for (name, why) in [
        ("locked.pdf", Why::Encrypted),
        ("locked.xlsx", Why::Encrypted),
        ("scan.pdf", Why::OnlyPictures),
    ] {
        let found = extract(name, &document(name)).await;
        assert_eq!(whys(&found), [why], "{name}");
        assert_eq!(found.names, [name]);
    }
    let picture = extract("face.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await;
    assert_eq!(whys(&picture), [Why::OnlyPictures]);
}

#[tokio::test]
async fn pages_give_words_and_links_and_no_script() {
    let page = "<!DOCTYPE html><html><head><style>p{color:red}</style><script>var secret = '<p>no</p>';</script></head>\
                <body><p>Maria&nbsp;Lopez</p><table><tr><td>MRN</td><td>48291300</td></tr></table>\
                <a href=\"https://portal.example/?mrn=48291377\">portal</a></body></html>";
    let all = text(&extract("page.html", page.as_bytes()).await);
    assert!(all.contains("Maria\u{a0}Lopez") && all.contains("MRN\t48291300"), "{all}");
    assert!(all.contains("mrn=48291377"), "{all}");
    assert!(!all.contains("secret") && !all.contains("color"), "{all}");
}

#[tokio::test]
async fn a_table_of_text_gives_each_value_beside_its_heading() {
    let rows = "Name;MRN;Note\n\"Lopez; Maria\";48291300;\"two\nlines\"\n";
    let all = text(&extract("list.csv", rows.as_bytes()).await);
    assert!(all.contains("Name: Lopez; Maria\tMRN: 48291300\tNote: two\nlines"), "{all}");
}

#[tokio::test]
async fn encodings_are_told_and_may_be_mixed() {
    let wide: Vec<u8> = "Núñez MRN 48291300".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xFF, 0xFE][..], &wide].concat();
    let mixed = [&b"Jos\xE9 in one page\n"[..], "José in another\n".as_bytes()].concat();
    assert_eq!(text(&extract("a.txt", &wide).await), "Núñez MRN 48291300");
    assert_eq!(text(&extract("b.txt", &marked).await), "Núñez MRN 48291300");
    assert_eq!(text(&extract("c.txt", &mixed).await), "José in one page\nJosé in another\n");
}

#[tokio::test]
async fn mail_gives_its_head_texts_and_files() {
    let inner =
        "From: desk@clinic.example\r\nSubject: =?utf-8?q?Agatha_Lindqvist?=\r\n\r\nShe called.\r\n";
    let mail = format!(
        "From: a@clinic.example\r\nSubject: two things\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Dear all</p>\r\n\
         --b\r\nContent-Type: text/csv; name=list.csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\nName,MRN\nLopez,48291300\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    );
    let found = extract("fwd.eml", mail.as_bytes()).await;
    let all = text(&found);
    for words in ["two things", "Dear all", "MRN: 48291300", "Agatha Lindqvist", "She called."] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert!(found.names.contains(&"fwd.eml › list.csv".to_owned()), "{:?}", found.names);
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn archives_give_names_and_what_is_in_them() {
    let inner = archive(&[("census.xlsx", &document("census.xlsx"))]);
    let outer = archive(&[("Lindqvist consent.txt", b"signed"), ("more/inner.zip", &inner)]);
    let found = extract("records.zip", &outer).await;
    assert!(found.names.contains(&"records.zip › Lindqvist consent.txt".to_owned()));
    assert!(found.names.contains(&"records.zip › more/inner.zip › census.xlsx".to_owned()));
    assert!(text(&found).contains("MRN: 48291300"));
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn one_part_that_cannot_be_read_costs_no_other() {
    let files = archive(&[
        ("broken.docx", b"PK\x03\x04 and nothing more"),
        ("locked.pdf", &document("locked.pdf")),
        ("program", b"\x7FELF\x02\x01\x01\0\0\0\0"),
        ("note.txt", b"MRN 48291300"),
    ]);
    let found = extract("all.zip", &files).await;
    assert_eq!(whys(&found), [Why::Damaged, Why::Encrypted, Why::UnknownKind]);
    assert_eq!(found.unread[0].part, "all.zip › broken.docx");
    assert_eq!(text(&found), "MRN 48291300");
}
