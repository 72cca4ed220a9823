//! The words of the XML in office documents. Entities that a document declares itself are never expanded.

use std::io::BufRead;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Attributes that hold values, or say what a value is.
const VALUES: [&str; 3] = ["v", "name", "descr"];

/// What stands beside another in a row: cells of linked books, and values of a pivot table's copy of its rows.
const CELLS: [&str; 7] = ["cell", "v", "s", "n", "d", "b", "e"];

/// The words of a text, and whether it could be read to its end. Tags that don't part words to the eye don't here.
pub(super) fn words(xml: &str) -> (String, bool) {
    read(xml, &|text, name, _| gap(text, name), false)
}

/// The values of what isn't a text, each by itself and behind its name where it has one, and whether it could be read to its end.
pub(super) fn values(xml: &str) -> (String, bool) {
    read(xml, &|text, name, tag| apart(text, name, tag), true)
}

/// The values of what a form keeps, each behind the name of its tag, and whether it could be read to its end.
pub(super) fn named(xml: &str) -> (String, bool) {
    read(xml, &behind_its_tag, true)
}

/// Reads all; `part` is called at each tag, with the tag itself where it opens. Indents are no words of what isn't a text.
fn read(
    xml: &str,
    part: &dyn Fn(&mut String, &str, Option<&BytesStart<'_>>),
    trims: bool,
) -> (String, bool) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Text(words)) if trims && words.trim().is_empty() => {}
            Ok(Event::Text(words)) => text.push_str(&words.xml10_content()),
            Ok(Event::CData(words)) => text.push_str(&words.xml10_content()),
            Ok(Event::GeneralRef(name)) => reference(&mut text, &name),
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                part(&mut text, tag.local_name().as_ref(), Some(&tag));
            }
            Ok(Event::End(tag)) => part(&mut text, tag.local_name().as_ref(), None),
            Ok(Event::Eof) => return (text, true),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => return (text, false),
        }
    }
}

fn reference(text: &mut String, name: &BytesRef<'_>) {
    match (resolve_predefined_entity(&name.xml10_content()), name.resolve_char_ref()) {
        (Some(known), _) => text.push_str(known),
        (None, Ok(Some(letter))) => text.push(letter),
        (None, _) => {}
    }
}

/// What a tag is to the eye.
fn gap(text: &mut String, tag: &str) {
    match tag {
        "tab" | "tc" | "table-cell" | "covered-table-cell" => text.push('\t'),
        "s" => text.push(' '),
        "p" | "h" | "br" | "cr" | "tr" | "table-row" | "line-break" | "title" | "creator"
        | "subject" | "description" | "keywords" | "lastModifiedBy" | "annotation" | "author"
        | "comment" | "threadedComment"
            if !text.ends_with('\n') =>
        {
            text.push('\n');
        }
        _ => {}
    }
}

/// Begins a new cell or line, and takes what the tag itself says.
fn apart(text: &mut String, name: &str, tag: Option<&BytesStart<'_>>) {
    let cell = CELLS.contains(&name);
    // A value stays beside its name, whatever tags stand between.
    if !text.is_empty() && !text.ends_with('\n') && !text.ends_with(": ") {
        match cell {
            true if text.ends_with('\t') => {}
            true => text.push('\t'),
            false => text.push('\n'),
        }
    }
    let Some(tag) = tag else { return };
    for attribute in tag.attributes().with_checks(false).flatten() {
        let key = attribute.key.local_name();
        if VALUES.contains(&key.as_ref()) {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            text.push_str(&value.unwrap_or_else(|_| attribute.value.clone()));
            text.push_str(if key.as_ref() == "name" { ": " } else { "\t" });
        }
    }
}

/// Begins a new line at a tag, with its name where it opens.
fn behind_its_tag(text: &mut String, name: &str, tag: Option<&BytesStart<'_>>) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if tag.is_some() {
        text.push_str(name);
        text.push_str(": ");
    }
}

/// What is printed above and below a worksheet, which is read as it is unpacked: it may be large, and this stands at its end. What
/// is wrong with the sheet is found by who reads its cells.
pub(super) fn margins(sheet: impl BufRead) -> String {
    let mut reader = Reader::from_reader(sheet);
    reader.config_mut().check_end_names = false;
    let (mut codes, mut inside, mut buffer) = (String::new(), false, Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == "headerFooter" => inside = true,
            Ok(Event::End(tag)) if tag.local_name().as_ref() == "headerFooter" => inside = false,
            Ok(Event::Text(words)) if inside => codes.push_str(&words.xml10_content()),
            Ok(Event::GeneralRef(name)) if inside => reference(&mut codes, &name),
            Ok(Event::End(_)) if inside => codes.push('\n'),
            Ok(Event::Eof) | Err(_) => return uncoded(&codes),
            Ok(
                Event::Text(_)
                | Event::GeneralRef(_)
                | Event::Start(_)
                | Event::Empty(_)
                | Event::End(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_),
            ) => {}
        }
    }
}

/// The words among the codes for places, fonts, sizes and colours (ECMA-376 Part 1, 18.3.1.46).
fn uncoded(codes: &str) -> String {
    let mut letters = codes.chars().peekable();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        if letter != '&' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('&') => text.push('&'),
            Some('L' | 'C' | 'R') => text.push('\n'),
            Some('"') => while letters.next().is_some_and(|letter| letter != '"') {},
            Some('K') => {
                let of_colour =
                    |letter: &char| letter.is_ascii_hexdigit() || matches!(letter, '+' | '-');
                for _ in 0..6 {
                    letters.next_if(of_colour);
                }
            }
            Some('0'..='9') => while letters.next_if(char::is_ascii_digit).is_some() {},
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_behind_their_names_and_beside_each_other() {
        let xml = "<Properties>\n <property name=\"MRN\">\n  <vt:i4>48291300</vt:i4>\n </property>\n</Properties>";
        assert_eq!(values(xml), ("MRN: 48291300\n".to_owned(), true));
        let rows = "<r><s v=\"Lopez &amp; son\"/><n v=\"7\"/></r><row><cell><v>8</v></cell><cell><v>9</v></cell></row>";
        assert_eq!(values(rows).0, "Lopez & son\t7\t\n8\t9\t\n");
        assert!(!values("<a><b").1);
        assert_eq!(named("<form><MRN>7</MRN></form>").0, "form: \nMRN: 7\n");
    }

    #[test]
    fn margins_have_words_between_codes() {
        let sheet = b"<worksheet><sheetData><c><v>1</v></c></sheetData><headerFooter><oddHeader>\
            &amp;L&amp;\"Arial,Bold\"&amp;12 Lopez &amp;&amp; son&amp;C&amp;KFF0000red&amp;R&amp;P</oddHeader>\
            <oddFooter>foot</oddFooter></headerFooter></worksheet>";
        assert_eq!(margins(&sheet[..]), "\n Lopez & son\nred\n\nfoot\n");
    }
}
