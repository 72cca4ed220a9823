//! Word, `PowerPoint` and `OpenDocument`, and what lies beside the cells of a workbook: each entry by its role. Must not pass over an
//! entry in silence unless it is known to hold no words of anybody's.

use std::collections::BTreeSet;
use std::io::BufReader;

use super::kind::Kind;
use super::{Place, Reading, Why, archive, plain, xml};

/// What an entry of a document is to who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A text.
    Words,
    /// Properties, and copies of rows.
    Values,
    /// What a form or a template keeps of what was filled in.
    Data,
    /// A worksheet, whose cells are read elsewhere: what is printed above and below them.
    Margins,
    /// A picture: its words aren't known.
    Picture,
    /// How the document looks and is put together, or what is read elsewhere.
    Known,
    /// A file in the document, or what nobody expected there: it is read like a file in an archive.
    File,
}

/// Reads every part of a document that holds words.
pub(super) fn read(
    reading: &mut Reading<'_>,
    place: &Place,
    archive: &mut archive::Archive<'_>,
    names: &[String],
) -> Result<(), Why> {
    if names.iter().any(|name| name == "content.xml") {
        if is_locked(reading, archive) {
            return Err(Why::Encrypted);
        }
        return parts(reading, place, archive, names, of_open, BTreeSet::new());
    }
    // Drawings and fixed pages are put together the same way: their words may be found, but not all.
    let has_body =
        |name: &String| name.starts_with("word/document") || name.starts_with("ppt/presentation.");
    let strange = (!names.iter().any(has_body)).then_some(Why::UnknownKind);
    parts(reading, place, archive, names, of_office, strange.into_iter().collect())
}

/// Reads comments, properties, margins and copies of rows of a workbook, whose cells are read elsewhere.
pub(super) fn beside_sheets(
    reading: &mut Reading<'_>,
    place: &Place,
    archive: &mut archive::Archive<'_>,
    names: &[String],
) -> Result<(), Why> {
    parts(reading, place, archive, names, of_workbook, BTreeSet::new())
}

/// Whether an `OpenDocument` is locked with a password: its parts then are noise, not broken XML.
fn is_locked(reading: &mut Reading<'_>, archive: &mut archive::Archive<'_>) -> bool {
    let manifest = archive.index_for_name("META-INF/manifest.xml");
    let manifest = manifest.and_then(|index| archive::unpack(reading, archive, index).ok());
    manifest.is_some_and(|manifest| plain::decode(&manifest).contains("encryption-data"))
}

/// Reads the entries; what can't be read of them is said once for each reason, with what was known before.
fn parts(
    reading: &mut Reading<'_>,
    place: &Place,
    archive: &mut archive::Archive<'_>,
    names: &[String],
    role: fn(&str) -> Role,
    mut unread: BTreeSet<Why>,
) -> Result<(), Why> {
    let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
    for (done, (index, name)) in (0_u32..).zip(names.iter().enumerate()) {
        let role = role(name);
        if role == Role::Picture {
            unread.insert(Why::OnlyPictures);
        }
        if matches!(role, Role::Picture | Role::Known) || name.ends_with('/') {
            continue;
        }
        if !reading.counts(place) {
            break;
        }
        reading.sink.progress(done, count);
        match entry(reading, place, archive, (index, name), role) {
            Ok(()) => {}
            Err(why) => {
                unread.insert(why);
                if why == Why::TooLarge {
                    break;
                }
            }
        }
    }
    reading.all_but_one(place, unread)
}

/// Reads one entry.
fn entry(
    reading: &mut Reading<'_>,
    place: &Place,
    archive: &mut archive::Archive<'_>,
    (index, name): (usize, &str),
    role: Role,
) -> Result<(), Why> {
    if role == Role::Margins {
        // All was unpacked once already, so what it unpacks to is known.
        let sheet = archive.by_index(index).map_err(|_| Why::Damaged)?;
        return reading.text(place, &xml::margins(BufReader::new(sheet)));
    }
    let bytes = archive::unpack(reading, archive, index)?;
    if role == Role::File {
        return file(reading, place, (index, name), &bytes);
    }
    let read = match role {
        Role::Words => xml::words,
        Role::Data => xml::named,
        Role::Values | Role::Margins | Role::Picture | Role::Known | Role::File => xml::values,
    };
    let (text, whole) = read(&plain::decode(&bytes));
    reading.text(place, &text)?;
    // Shapes of the old form are hardly ever well-formed; what they say stands at their beginning.
    if whole || has_extension(name, &["vml"]) { Ok(()) } else { Err(Why::Damaged) }
}

/// Reads a file within a document.
fn file(
    reading: &mut Reading<'_>,
    place: &Place,
    (index, name): (usize, &str),
    bytes: &[u8],
) -> Result<(), Why> {
    let is_markup = || plain::decode(bytes).trim_start().starts_with('<');
    if Kind::of(name, bytes) == Kind::Text && is_markup() {
        // Its words may stand in attributes, or in another order: what is found is passed on, but isn't known to be all.
        let (text, _) = xml::values(&plain::decode(bytes));
        reading.text(place, &text)?;
        return Err(Why::UnknownKind);
    }
    let name = if name.is_empty() { format!("#{index}") } else { name.to_owned() };
    reading.part(&place.within(&name), bytes);
    Ok(())
}

/// Entries of `OpenDocument` (ODF 1.3 part 2); an object in it is a document in a folder of its own.
fn of_open(name: &str) -> Role {
    let (folder, last) = name.rsplit_once('/').unwrap_or(("", name));
    let known = [
        "META-INF/",
        "Thumbnails/",
        "Configurations2/",
        // Pictures of objects that are read themselves.
        "ObjectReplacements/",
        "Fonts/",
    ];
    let own = folder.is_empty() || folder.split('/').all(|folder| folder.starts_with("Object "));
    match last {
        "content.xml" | "styles.xml" | "meta.xml" if own => Role::Words,
        "settings.xml" | "mimetype" | "manifest.rdf" | "layout-cache" if own => Role::Known,
        _ if known.iter().any(|known| name.starts_with(known)) => Role::Known,
        _ if name.starts_with("Pictures/") || name.contains("/Pictures/") => Role::Picture,
        _ => Role::File,
    }
}

/// Entries of Word and `PowerPoint`.
fn of_office(name: &str) -> Role {
    of_both(name).unwrap_or_else(|| {
        let looks = name.ends_with("styles.xml")
            || name.contains("/fonts/") && has_extension(name, &["odttf", "fntdata", "ttf"]);
        let words = name.starts_with("word/") || name.starts_with("ppt/");
        match words {
            true if looks => Role::Known,
            true if has_extension(name, &["xml", "vml"]) => Role::Words,
            _ => Role::File,
        }
    })
}

/// Entries of a workbook, of either form: `sharedStrings` are the cells' own.
fn of_workbook(name: &str) -> Role {
    let known = ["workbook.", "sharedStrings.", "styles.", "calcChain.", "metadata.", "tables/"];
    of_both(name).unwrap_or_else(|| {
        let Some(within) = name.strip_prefix("xl/") else { return Role::File };
        let sheet = within.starts_with("worksheets/") || within.starts_with("chartsheets/");
        let is_text = has_extension(name, &["xml", "vml"]);
        if known.iter().any(|known| within.starts_with(known)) || sheet && !is_text {
            Role::Known
        } else if !is_text {
            Role::File
        } else if sheet {
            Role::Margins
        } else if within.starts_with("drawings/") || within.contains("omments") {
            Role::Words
        } else {
            Role::Values
        }
    })
}

/// Entries that documents and workbooks share (ECMA-376).
fn of_both(name: &str) -> Option<Role> {
    let is_xml = has_extension(name, &["xml"]);
    let known = name == "[Content_Types].xml"
        || has_extension(name, &["rels"])
        || is_xml && (name.contains("/theme/") || name.starts_with("customXml/itemProps"))
        || name.contains("/printerSettings/") && has_extension(name, &["bin"])
        || name.starts_with("docProps/thumbnail.")
        || name.starts_with("_xmlsignatures/")
        || name.starts_with("customUI/")
        || name == "docMetadata/LabelInfo.xml";
    if known {
        Some(Role::Known)
    } else if name.contains("/media/") {
        Some(Role::Picture)
    } else if name.contains("/embeddings/") {
        Some(Role::File)
    } else if is_xml && name.starts_with("docProps/") {
        Some(Role::Values)
    } else if is_xml && name.starts_with("customXml/item") {
        Some(Role::Data)
    } else {
        None
    }
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        extensions.iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}
