//! What a PDF says beside the text of its pages: fields, notes, properties, files in it, pictures of pages.

use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, dictionary, text_string};
use wardmail_extract::{Limits, Why};

use crate::{extract, text, whys, within};

/// A document of one page with these words, which a test then adds to.
struct Paper {
    document: Document,
    page: ObjectId,
    catalog: ObjectId,
    resources: ObjectId,
}

impl Paper {
    fn new(words: &str) -> Self {
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        });
        let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
        let content = format!("BT /F1 12 Tf 72 720 Td ({words}) Tj ET");
        let content = document.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
        });
        let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
        document.objects.insert(pages, tree.into());
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        Self { document, page, catalog, resources }
    }

    fn in_catalog(&mut self, key: &str, value: impl Into<Object>) {
        self.document.get_dictionary_mut(self.catalog).unwrap().set(key, value);
    }

    fn on_page(&mut self, key: &str, value: impl Into<Object>) {
        self.document.get_dictionary_mut(self.page).unwrap().set(key, value);
    }

    /// Shows a picture of this size on the page, as a scanner or a letterhead would.
    fn picture(&mut self, name: &str, width: i64, height: i64) -> ObjectId {
        let size = usize::try_from(width * height).unwrap();
        let mut picture = Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => height,
                "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
            },
            (0..size).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect(),
        );
        picture.compress().unwrap();
        let picture = self.document.add_object(picture);
        let resources = self.document.get_dictionary_mut(self.resources).unwrap();
        if !resources.has(b"XObject") {
            resources.set("XObject", Dictionary::new());
        }
        resources.get_mut(b"XObject").unwrap().as_dict_mut().unwrap().set(name, picture);
        let contents = self.document.get_page_contents(self.page);
        let contents = self.document.get_object_mut(contents[0]).unwrap().as_stream_mut().unwrap();
        contents.content.extend(format!(" q 200 0 0 200 0 0 cm /{name} Do Q").bytes());
        contents.dict.set("Length", i64::try_from(contents.content.len()).unwrap());
        picture
    }

    fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).unwrap();
        bytes
    }
}

#[tokio::test]
async fn a_form_that_was_filled_in_is_no_blank_form() {
    let mut paper = Paper::new("Intake form");
    let group = paper.document.new_object_id();
    let dob = paper.document.add_object(dictionary! {
        "Parent" => group, "Subtype" => "Widget", "V" => Object::string_literal("03/14/1962"),
    });
    paper.document.objects.insert(
        group,
        dictionary! { "T" => text_string("dob"), "FT" => "Tx", "Kids" => vec![dob.into()] }.into(),
    );
    let mut note =
        Stream::new(Dictionary::new(), b"lives with Rosalind Okafor ".repeat(20).clone());
    note.compress().unwrap();
    let note = paper.document.add_object(note);
    let fields = vec![
        group.into(),
        dictionary! {
            "T" => text_string("t1"), "TU" => text_string("Patient"), "FT" => "Tx",
            "V" => text_string("José Núñez"),
        }
        .into(),
        // The last letter is the bullet in PDF's own encoding, and no letter in the western code page.
        dictionary! {
            "T" => text_string("MRN"), "FT" => "Tx", "V" => Object::string_literal(b"48291300 \x80".to_vec()),
        }
        .into(),
        dictionary! {
            "T" => text_string("Conditions"), "FT" => "Ch",
            "V" => vec![text_string("asthma"), text_string("diabetes")],
        }
        .into(),
        dictionary! { "T" => text_string("HIV"), "FT" => "Btn", "V" => "positive" }.into(),
        dictionary! { "T" => text_string("Smoker"), "FT" => "Btn", "V" => "Off" }.into(),
        dictionary! { "T" => text_string("Home"), "FT" => "Tx", "V" => note }.into(),
    ];
    paper.in_catalog("AcroForm", dictionary! { "Fields" => fields });
    let found = extract("intake.pdf", &paper.bytes()).await;
    let all = text(&found);
    for words in [
        "Intake form",
        "dob: 03/14/1962\n",
        "Patient: José Núñez\n",
        "MRN: 48291300 \u{2022}\n",
        "Conditions: asthma\nConditions: diabetes\n",
        "HIV: positive\n",
        "Home: lives with Rosalind Okafor",
    ] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert!(!all.contains("Smoker"), "{all}");
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn a_form_that_keeps_what_was_filled_in_as_xml_is_read() {
    let mut paper = Paper::new("Please wait");
    let mut packet = |xml: &str| {
        let mut stream = Stream::new(Dictionary::new(), xml.as_bytes().to_vec());
        stream.compress().unwrap();
        paper.document.add_object(stream)
    };
    let start = packet("<xdp:xdp>");
    let look = packet("<template><script>var x = 1;</script></template>");
    let data = packet("<xfa:datasets><Name>José Núñez</Name>\n<MRN>48291300</MRN></xfa:datasets>");
    let end = packet("</xdp:xdp>");
    let packets = [("preamble", start), ("template", look), ("datasets", data), ("postamble", end)];
    let packets: Vec<Object> =
        packets.into_iter().flat_map(|(name, id)| [text_string(name), id.into()]).collect();
    paper.in_catalog("AcroForm", dictionary! { "XFA" => packets });
    let found = extract("intake.pdf", &paper.bytes()).await;
    let all = text(&found);
    assert!(all.contains("Name: José Núñez\nMRN: 48291300\n"), "{all}");
    assert!(!all.contains("var x"), "{all}");
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn fields_that_go_in_a_circle_or_share_a_long_value_end() {
    let mut paper = Paper::new("Intake form");
    let (one, other) = (paper.document.new_object_id(), paper.document.new_object_id());
    for (own, kid) in [(one, other), (other, one)] {
        let field = dictionary! {
            "Parent" => kid, "Kids" => vec![kid.into(), own.into()], "V" => text_string("MRN 48291300"),
        };
        paper.document.objects.insert(own, field.into());
    }
    let turn = paper.document.new_object_id();
    paper.document.objects.insert(turn, turn.into());
    paper.document.add_object(dictionary! { "T" => turn, "V" => turn, "FT" => "Tx" });
    paper.in_catalog("AcroForm", dictionary! { "Fields" => vec![one.into()] });
    let found = extract("circle.pdf", &paper.bytes()).await;
    assert_eq!(text(&found).matches("48291300").count(), 2, "{}", text(&found));
    assert_eq!(whys(&found), []);

    let mut paper = Paper::new("Intake form");
    let value = paper.document.add_object(text_string(&"word ".repeat(40_000)));
    for _ in 0..1000 {
        paper.document.add_object(dictionary! { "T" => text_string("a"), "V" => value });
    }
    let limits = Limits { text_bytes: 4 << 20, ..Limits::default() };
    let found = within(limits, "long.pdf", &paper.bytes()).await;
    assert_eq!(whys(&found), [Why::TooLarge]);
    assert!(text(&found).len() <= 5 << 20);
}

#[tokio::test]
async fn notes_links_bookmarks_and_properties_are_read() {
    let mut paper = Paper::new("Report");
    let rect = || -> Object { vec![0.into(), 0.into(), 9.into(), 9.into()].into() };
    let notes = vec![
        dictionary! {
            "Subtype" => "Text", "Rect" => rect(), "Contents" => text_string("call Agatha Lindqvist"),
        }
        .into(),
        dictionary! {
            "Subtype" => "Link", "Rect" => rect(),
            "A" => dictionary! { "S" => "URI", "URI" => text_string("https://portal.example/?mrn=48291377") },
        }
        .into(),
    ];
    paper.on_page("Annots", notes);
    let marks = paper.document.new_object_id();
    let mark = paper
        .document
        .add_object(dictionary! { "Title" => text_string("Okafor, Rosalind"), "Parent" => marks });
    let outline = dictionary! { "First" => mark, "Last" => mark, "Count" => 1 };
    paper.document.objects.insert(marks, outline.into());
    paper.in_catalog("Outlines", marks);
    let info = paper.document.add_object(dictionary! {
        "Title" => text_string("Visit of Núñez"), "Subject" => text_string("biopsy"),
        "Author" => text_string("B. Falk"), "Keywords" => text_string("HIV"),
        "Producer" => text_string("pdfmaker 3.14159265"),
    });
    paper.document.trailer.set("Info", info);
    let found = extract("report.pdf", &paper.bytes()).await;
    let all = text(&found);
    for words in [
        "call Agatha Lindqvist\n",
        "https://portal.example/?mrn=48291377\n",
        "Okafor, Rosalind\n",
        "Title: Visit of Núñez\n",
        "Subject: biopsy\n",
        "Author: B. Falk\n",
        "Keywords: HIV\n",
    ] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert!(!all.contains("pdfmaker"), "{all}");
    assert_eq!(whys(&found), []);
}

#[tokio::test]
async fn files_in_a_document_are_named_and_said_to_be_unread() {
    let mut paper = Paper::new("See the files");
    let bytes = paper.document.add_object(Stream::new(
        dictionary! { "Type" => "EmbeddedFile" },
        b"Name,MRN\nLopez,48291300\n".to_vec(),
    ));
    let file = |name: &str| {
        dictionary! {
            "Type" => "Filespec", "UF" => text_string(name), "EF" => dictionary! { "F" => bytes },
        }
    };
    // In the tree of names as it is, and on a page behind a reference.
    let names = vec![text_string("k"), file("Lopez.csv").into()];
    paper.in_catalog("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } });
    let clip = file("clip.docx");
    let clip = paper.document.add_object(clip);
    let note = dictionary! {
        "Subtype" => "FileAttachment", "FS" => clip,
        "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
    };
    paper.on_page("Annots", vec![note.into()]);
    paper.in_catalog("AF", vec![clip.into()]);
    let found = extract("files.pdf", &paper.bytes()).await;
    let mut parts: Vec<_> = found.unread.iter().map(|u| (u.part.as_str(), u.why)).collect();
    parts.sort_unstable();
    assert_eq!(
        parts,
        [("files.pdf › Lopez.csv", Why::UnknownKind), ("files.pdf › clip.docx", Why::UnknownKind)]
    );
    assert!(found.names.contains(&"files.pdf › Lopez.csv".to_owned()), "{:?}", found.names);
    assert!(text(&found).contains("See the files"));
}

#[tokio::test]
async fn a_picture_of_a_page_counts_beside_text_and_a_logo_does_not() {
    for (pictures, said) in [
        (&[(850, 1100)][..], vec![Why::OnlyPictures]),
        (&[(1728, 100); 5], vec![Why::OnlyPictures]),
        (&[(900, 180)], vec![]),
        (&[(300, 300), (120, 399)], vec![]),
    ] {
        let mut paper = Paper::new("Fax from clinic");
        for (n, (width, height)) in pictures.iter().enumerate() {
            paper.picture(&format!("P{n}"), *width, *height);
        }
        let found = extract("fax.pdf", &paper.bytes()).await;
        assert_eq!(whys(&found), said, "{pictures:?}");
        assert!(text(&found).contains("Fax from clinic"), "{}", text(&found));
    }
}

#[tokio::test]
async fn a_logo_and_its_mask_are_one_picture() {
    let mut paper = Paper::new("Letterhead");
    let mask = paper.picture("Mask", 600, 250);
    let logo = paper.picture("Logo", 600, 250);
    let logo = paper.document.get_object_mut(logo).unwrap().as_stream_mut().unwrap();
    logo.dict.set("SMask", mask);
    assert_eq!(whys(&extract("letter.pdf", &paper.bytes()).await), []);
}
