//! Word, `PowerPoint` and `OpenDocument`: the text of their XML, deleted words and comments included. Entities that a document declares
//! itself are never expanded.

use quick_xml::events::Event;
use quick_xml::{Reader, escape};

use super::{Place, Reading, Why, archive};

/// Reads every part of a document that holds words.
pub(super) fn read(
    reading: &mut Reading<'_>,
    place: &Place,
    archive: &mut archive::Archive<'_>,
    names: &[String],
) -> Result<(), Why> {
    let is_open = names.iter().any(|name| name == "content.xml");
    parts(reading, place, archive, names, |name| {
        if is_open {
            matches!(name, "content.xml" | "styles.xml" | "meta.xml")
        } else {
            let folder = name.starts_with("word/")
                || name.starts_with("ppt/")
                || name.starts_with("docProps/");
            folder && !name.contains("/theme/") && !name.ends_with("styles.xml") && is_xml(name)
        }
    })
}

/// Reads comments and properties of a workbook, whose cells are read elsewhere.
pub(super) fn beside_sheets(
    reading: &mut Reading<'_>,
    place: &Place,
    archive: &mut archive::Archive<'_>,
    names: &[String],
) -> Result<(), Why> {
    parts(reading, place, archive, names, |name| {
        let comments = name.starts_with("xl/") && name.contains("omments");
        let shapes = name.starts_with("xl/drawings/") && is_xml(name);
        comments || shapes || name == "docProps/core.xml"
    })
}

fn parts(
    reading: &mut Reading<'_>,
    place: &Place,
    archive: &mut archive::Archive<'_>,
    names: &[String],
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Why> {
    let mut damage = None;
    let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
    for (done, name) in (0_u32..).zip(names).filter(|(_, name)| wanted(name)) {
        if !reading.counts(place) {
            return Ok(());
        }
        reading.sink.progress(done, count);
        let Some(index) = archive.index_for_name(name) else { continue };
        let xml = archive::unpack(reading, archive, index)?;
        let (text, whole) = words(&super::plain::decode(&xml));
        reading.text(place, &text)?;
        damage = damage.or((!whole).then_some(Why::Damaged));
    }
    if names.iter().any(|name| name.contains("/embeddings/") || name.contains("/media/")) {
        // Pictures and documents within: their text isn't known.
        damage = damage.or(Some(Why::OnlyPictures));
    }
    damage.map_or(Ok(()), Err)
}

fn is_xml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("xml"))
}

/// The words of an XML document, and whether it could be read to its end.
fn words(xml: &str) -> (String, bool) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Text(words)) => text.push_str(&words.xml10_content()),
            Ok(Event::CData(words)) => text.push_str(&words.xml10_content()),
            Ok(Event::GeneralRef(name)) => {
                let named = escape::resolve_predefined_entity(&name.xml10_content());
                match (named, name.resolve_char_ref()) {
                    (Some(known), _) => text.push_str(known),
                    (None, Ok(Some(letter))) => text.push(letter),
                    (None, _) => {}
                }
            }
            Ok(Event::Start(tag) | Event::Empty(tag)) => gap(&mut text, tag.local_name().as_ref()),
            Ok(Event::End(tag)) => gap(&mut text, tag.local_name().as_ref()),
            Ok(Event::Eof) => return (text, true),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => return (text, false),
        }
    }
}

/// What a tag is to the eye.
fn gap(text: &mut String, tag: &str) {
    match tag {
        "tab" | "tc" | "table-cell" | "covered-table-cell" => text.push('\t'),
        "s" => text.push(' '),
        "p" | "h" | "br" | "cr" | "tr" | "table-row" | "line-break" | "title" | "creator"
        | "subject" | "description" | "keywords" | "lastModifiedBy" | "annotation"
            if !text.ends_with('\n') =>
        {
            text.push('\n');
        }
        _ => {}
    }
}
