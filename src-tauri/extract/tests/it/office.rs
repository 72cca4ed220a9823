//! What lies in office documents beside their text: pictures, files, copies of rows, margins; and what only looks like one.

use std::io::Cursor;

use wardmail_extract::Why;

use crate::{archive, document, extract, text, whys};

const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const ROWS: &[u8] = b"Name,MRN\nLopez,48291300\n";

/// A document beside the tests with entries put in, replaced, or taken out.
fn changed(name: &str, changes: &[(&str, Option<&[u8]>)]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(document(name))).unwrap();
    let mut files: Vec<(String, Vec<u8>)> = (0..from.len())
        .map(|index| {
            let mut entry = from.by_index(index).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .collect();
    for (name, bytes) in changes {
        files.extend(bytes.map(|bytes| ((*name).to_owned(), bytes.to_vec())));
    }
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    archive(&files)
}

/// An entry of a document beside the tests.
fn entry(name: &str, entry: &str) -> String {
    let mut from = zip::ZipArchive::new(Cursor::new(document(name))).unwrap();
    std::io::read_to_string(from.by_name(entry).unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_put_together_like_a_document_but_is_none_is_said() {
    let pages =
        archive(&[TYPES, ("Documents/1/Pages/1.fpage", b"<P><G UnicodeString=\"x\"/></P>")]);
    let drawing =
        archive(&[TYPES, ("visio/pages/page1.xml", b"<P><Text>Agatha Lindqvist</Text></P>")]);
    assert_eq!(whys(&extract("a.xps", &pages).await), [Why::UnknownKind]);
    let drawn = extract("a.vsdx", &drawing).await;
    assert_eq!(whys(&drawn), [Why::UnknownKind]);
    assert!(text(&drawn).contains("Agatha Lindqvist"));
    let bare = archive(&[TYPES]);
    assert_eq!(whys(&extract("a.docx", &bare).await), [Why::UnknownKind]);
}

#[tokio::test]
async fn a_stray_file_in_a_document_is_read_or_said() {
    for name in ["letter.docx", "case.pptx", "letter.odt", "census.xlsx"] {
        let strange = b"<a b=\"words\"/>".as_slice();
        let with = changed(name, &[("patients.csv", Some(ROWS)), ("x/y.xml", Some(strange))]);
        let found = extract(name, &with).await;
        assert!(text(&found).contains("MRN: 48291300"), "{name}: {}", text(&found));
        assert!(found.names.contains(&format!("{name} › patients.csv")), "{:?}", found.names);
        assert_eq!(whys(&found), [Why::UnknownKind], "{name}");
    }
}

#[tokio::test]
async fn documents_as_they_are_written_have_nothing_strange_in_them() {
    for name in ["letter.docx", "case.pptx", "letter.odt", "census.xlsx", "census.ods"] {
        assert_eq!(whys(&extract(name, &document(name)).await), [], "{name}");
    }
}

#[tokio::test]
async fn pictures_in_documents_are_said_and_files_in_them_read() {
    let census = document("census.xlsx");
    for (name, picture, file) in [
        ("letter.docx", "word/media/image1.png", "word/embeddings/Sheet1.xlsx"),
        ("case.pptx", "ppt/media/image1.png", "ppt/embeddings/Sheet1.xlsx"),
        ("census.xlsx", "xl/media/image1.png", "xl/embeddings/Sheet1.xlsx"),
        ("letter.odt", "Pictures/1000.png", "Object 1"),
    ] {
        let found =
            extract(name, &changed(name, &[(picture, Some(PNG)), (file, Some(&census))])).await;
        assert_eq!(whys(&found), [Why::OnlyPictures], "{name}");
        assert_eq!(found.unread[0].part, name);
        let part = format!("{name} › {file}");
        let inner: String =
            found.texts.iter().filter(|t| t.part == part).map(|t| t.text.as_str()).collect();
        assert!(inner.contains("MRN: 48291377"), "{name}: {inner}");
    }
    let object = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".as_slice();
    let found = extract(
        "letter.docx",
        &changed("letter.docx", &[("word/embeddings/oleObject1.bin", Some(object))]),
    )
    .await;
    assert_eq!(whys(&found), [Why::UnknownKind]);
    assert_eq!(found.unread[0].part, "letter.docx › word/embeddings/oleObject1.bin");
}

#[tokio::test]
async fn objects_of_open_documents_are_read() {
    let table =
        b"<office:document-content><text:p>Rosalind Okafor</text:p></office:document-content>";
    let with = changed(
        "letter.odt",
        &[
            ("Object 1/content.xml", Some(table.as_slice())),
            ("Object 1/styles.xml", Some(b"<s/>")),
            ("Object 1/settings.xml", Some(b"<s/>")),
            ("ObjectReplacements/Object 1", Some(b"VCLMTF\0\0")),
            ("Thumbnails/thumbnail.png", Some(PNG)),
            ("Configurations2/menubar/", Some(b"")),
            ("settings.xml", Some(b"<s/>")),
            ("manifest.rdf", Some(b"<s/>")),
        ],
    );
    let found = extract("letter.odt", &with).await;
    assert!(text(&found).contains("Rosalind Okafor"), "{}", text(&found));
    assert_eq!(whys(&found), []);
    let manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>".as_slice();
    let locked = changed(
        "letter.odt",
        &[("META-INF/manifest.xml", Some(manifest)), ("content.xml", Some(b"\x91\x02\x07\x88"))],
    );
    assert_eq!(whys(&extract("letter.odt", &locked).await), [Why::Encrypted]);
}

#[tokio::test]
async fn a_worksheet_that_is_broken_or_gone_is_said() {
    let name = "xl/worksheets/sheet1.xml";
    let sheet = entry("census.xlsx", name);
    let row = sheet.find("<row r=\"2\"").unwrap();
    for broken in [
        None,
        Some(&b""[..]),
        Some(b"not XML"),
        Some(b"<worksheet><sheetPr/>"),
        Some(&sheet.as_bytes()[..row]),
    ] {
        let found = extract("census.xlsx", &changed("census.xlsx", &[(name, broken)])).await;
        assert_eq!(whys(&found), [Why::Damaged], "{}", text(&found));
    }
}

/// A workbook in which the worksheet's entry is a chart's.
#[tokio::test]
async fn a_chart_on_a_sheet_of_its_own_has_no_cells_to_miss() {
    let rels = "xl/_rels/workbook.xml.rels";
    let links = entry("census.xlsx", rels).replace("/worksheet\"", "/chartsheet\"");
    assert!(links.contains("/chartsheet\""));
    let chart = b"<chartsheet><sheetViews/><drawing/></chartsheet>".as_slice();
    let with = changed(
        "census.xlsx",
        &[(rels, Some(links.as_bytes())), ("xl/worksheets/sheet1.xml", Some(chart))],
    );
    assert_eq!(whys(&extract("chart.xlsx", &with).await), []);
}

#[tokio::test]
async fn copies_of_rows_properties_and_margins_of_a_workbook_are_read() {
    let sheet = entry("census.xlsx", "xl/worksheets/sheet1.xml").replace(
        "</worksheet>",
        "<headerFooter><oddHeader>&amp;L&amp;\"Arial\"&amp;12 Ward of Falk&amp;RPage &amp;P</oddHeader></headerFooter></worksheet>",
    );
    let fields = b"<pivotCacheDefinition><cacheFields><cacheField name=\"Patient\"><sharedItems>\
        <s v=\"Maria Lopez\"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>";
    let records = b"<pivotCacheRecords><r><x v=\"0\"/><n v=\"48291311\"/><s v=\"asthma\"/></r></pivotCacheRecords>";
    let link = b"<externalLink><externalBook><sheetDataSet><sheetData><row r=\"1\"><cell r=\"A1\" t=\"str\"><v>Tom\xc3\xa1s Vega</v></cell>\
        <cell r=\"B1\"><v>48291322</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>";
    let custom = b"<Properties><property pid=\"2\" name=\"MRN\">\n <vt:lpwstr>48291333</vt:lpwstr></property></Properties>";
    let with = changed(
        "census.xlsx",
        &[
            ("xl/worksheets/sheet1.xml", Some(sheet.as_bytes())),
            ("xl/pivotCache/pivotCacheDefinition1.xml", Some(fields)),
            ("xl/pivotCache/pivotCacheRecords1.xml", Some(records)),
            ("xl/externalLinks/externalLink1.xml", Some(link)),
            ("docProps/custom.xml", Some(custom)),
            ("xl/printerSettings/printerSettings1.bin", Some(b"\0\x01\x02")),
        ],
    );
    let found = extract("census.xlsx", &with).await;
    let all = text(&found);
    for words in [
        "Ward of Falk\nPage ",
        "Patient: Maria Lopez",
        "48291311\t",
        "asthma",
        "Tomás Vega\t48291322",
        "MRN: 48291333",
        "MRN: 48291377",
    ] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert_eq!(whys(&found), []);
}
