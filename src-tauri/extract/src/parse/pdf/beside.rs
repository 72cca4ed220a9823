//! What a PDF document says beside its pages: values of form fields, notes, links, bookmarks, properties; and the files in it, which aren't read.
//!
//! Looks at every object once and follows no tree: a field, a note or a file counts even where the tree that should lead to it is
//! broken, goes in a circle, or no longer leads to it.

use std::collections::BTreeSet;

use encoding_rs::{Encoding, WINDOWS_1252};
use pdf_extract::{Dictionary, Document, Object, Stream, decode_text_string};

use super::{Place, Reading, Why};
use crate::parse::{plain, xml};
use crate::wire;

/// How far up a field's name is looked for.
const PARENTS: usize = 8;
/// The longest name of a field that is repeated beside its value, in characters.
const NAME: usize = 100;
/// Properties that programs write about themselves.
const MACHINE: [&[u8]; 5] = [b"Producer", b"Creator", b"CreationDate", b"ModDate", b"Trapped"];

/// Passes on what is said, and says which files and recordings aren't read.
pub(super) fn read(
    reading: &mut Reading<'_>,
    place: &Place,
    document: &Document,
    unread: &mut BTreeSet<Why>,
) -> Result<(), Why> {
    let mut beside = Beside { reading, place, document, unread, text: String::new() };
    beside.properties();
    for object in document.objects.values() {
        let mut waiting = vec![object];
        while let Some(object) = waiting.pop() {
            if let Ok(items) = object.as_array() {
                waiting.extend(items);
            }
            if let Some(dictionary) = dictionary(object) {
                beside.dictionary(dictionary)?;
                waiting.extend(dictionary.iter().map(|(_, value)| value));
            }
        }
    }
    beside.filled_in_xml()?;
    beside.flush()
}

/// The entries of a dictionary, or of a stream's.
fn dictionary(object: &Object) -> Option<&Dictionary> {
    object.as_dict().ok().or_else(|| object.as_stream().ok().map(|stream| &stream.dict))
}

struct Beside<'r, 's, 'd> {
    reading: &'r mut Reading<'s>,
    place: &'r Place,
    document: &'d Document,
    unread: &'r mut BTreeSet<Why>,
    /// Lines not yet passed on.
    text: String,
}

impl<'d> Beside<'_, '_, 'd> {
    /// Title, subject, author, keywords, and what a clinic's own programs add.
    fn properties(&mut self) {
        let document = self.document;
        let properties = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
        for (name, value) in properties.into_iter().flat_map(Dictionary::iter) {
            if !MACHINE.contains(&name.as_slice()) && !name.starts_with(b"PTEX") {
                let value = self.said(value).unwrap_or_default();
                self.line(&String::from_utf8_lossy(name), &value);
            }
        }
    }

    /// A dictionary that is a field, a note or a file, or none of them.
    fn dictionary(&mut self, dictionary: &'d Dictionary) -> Result<(), Why> {
        let is = |keys: &[&[u8]]| keys.iter().any(|key| dictionary.has(key));
        if let Ok(value) = dictionary.get(b"V")
            && is(&[b"FT", b"T", b"Parent", b"Kids"])
        {
            self.field(dictionary, value);
        }
        if let Ok(kind) = dictionary.get_deref(b"Subtype", self.document).and_then(Object::as_name)
            && is(&[b"Rect"])
        {
            self.note(dictionary, kind);
        }
        if let Ok(title) = dictionary.get(b"Title")
            && is(&[b"Parent"])
        {
            // A bookmark: of papers put together, often a name.
            let title = self.said(title).unwrap_or_default();
            self.line("", &title);
        }
        if is(&[b"EF"]) {
            self.file(dictionary);
        }
        if self.text.len() >= wire::SEGMENT { self.flush() } else { Ok(()) }
    }

    /// What was filled in, chosen or ticked, behind the field's name: a number says more beside "MRN".
    fn field(&mut self, field: &'d Dictionary, value: &'d Object) {
        let Ok((_, value)) = self.document.dereference(value) else { return };
        let name = self.name(field).unwrap_or_default();
        let name: String = name.chars().take(NAME).collect();
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            match (self.said(value), value.as_name()) {
                (Some(said), _) => self.line(&name, &said),
                (None, Ok(b"Off")) => {}
                (None, Ok(ticked)) => self.line(&name, &String::from_utf8_lossy(ticked)),
                // A signature, or nothing; but a stream that can't be unpacked was something.
                (None, Err(_)) if value.as_stream().is_err() => {}
                (None, Err(_)) => {
                    self.unread.insert(Why::Damaged);
                }
            }
        }
    }

    /// The name of a field as a reader sees it, else the one that programs use; of a part of a field the whole's.
    fn name(&self, field: &'d Dictionary) -> Option<String> {
        let mut field = field;
        for _ in 0..PARENTS {
            let own = [b"TU".as_slice(), b"T"].into_iter().find_map(|key| {
                self.said(field.get(key).ok()?).filter(|name| !name.trim().is_empty())
            });
            if own.is_some() {
                return own;
            }
            field = field.get_deref(b"Parent", self.document).and_then(Object::as_dict).ok()?;
        }
        None
    }

    /// A note on a page, or where a link leads.
    fn note(&mut self, note: &'d Dictionary, kind: &[u8]) {
        if let Some(words) = note.get(b"Contents").ok().and_then(|words| self.said(words)) {
            self.line("", &words);
        }
        let link = note.get_deref(b"A", self.document).and_then(Object::as_dict);
        if let Ok(address) = link.and_then(|link| link.get(b"URI")) {
            let address = self.said(address).unwrap_or_default();
            self.line("", &address);
        }
        if matches!(kind, b"Sound" | b"Movie" | b"RichMedia" | b"3D") {
            self.unread.insert(Why::UnknownKind);
        }
    }

    /// A file in the document: its name is told, and that it isn't read.
    fn file(&mut self, file: &'d Dictionary) {
        if !self.reading.counts(self.place) {
            return;
        }
        if let Some(words) = file.get(b"Desc").ok().and_then(|words| self.said(words)) {
            self.line("", &words);
        }
        let name = [b"UF".as_slice(), b"F"]
            .into_iter()
            .find_map(|key| self.said(file.get(key).ok()?).filter(|name| !name.trim().is_empty()));
        let inner = self.place.within(name.as_deref().unwrap_or("unnamed"));
        self.reading.sink.name(&inner.path);
        self.reading.unread(&inner, Why::UnknownKind);
    }

    /// What was filled into a form that keeps it as XML (XFA): then the fields may be empty, and the pages say "please wait".
    fn filled_in_xml(&mut self) -> Result<(), Why> {
        let document = self.document;
        let form = document
            .catalog()
            .and_then(|catalog| catalog.get_deref(b"AcroForm", document))
            .and_then(Object::as_dict);
        let Ok(xml) = form.and_then(|form| form.get_deref(b"XFA", document)) else {
            return Ok(());
        };
        let Ok(packets) = xml.as_array() else { return self.xml(xml) };
        // Names and packets by turns; the others say how the form looks and what it computes.
        for (name, packet) in packets.iter().zip(packets.iter().skip(1)).step_by(2) {
            if self.said(name).is_some_and(|name| name == "datasets") {
                self.xml(packet)?;
            }
        }
        Ok(())
    }

    fn xml(&mut self, packet: &'d Object) -> Result<(), Why> {
        if !self.reading.counts(self.place) {
            return Ok(());
        }
        // XML names its encoding itself, which isn't that of PDF's strings.
        let stream = self.document.dereference(packet).and_then(|(_, xml)| xml.as_stream());
        let bytes = stream.and_then(Stream::decompressed_content);
        let (text, whole) =
            bytes.map_or((String::new(), false), |xml| xml::named(&plain::decode(&xml)));
        if !whole {
            self.unread.insert(Why::Damaged);
        }
        self.reading.text(self.place, &text)
    }

    /// A text as it is said: a string in one of the encodings of PDF 2.0 (7.9.2.2), or a stream of one; a number as it is written.
    fn said(&self, object: &'d Object) -> Option<String> {
        let (_, object) = self.document.dereference(object).ok()?;
        if let Ok(stream) = object.as_stream() {
            return stream.decompressed_content().ok().map(|bytes| decode(&bytes));
        }
        if let Ok(number) = object.as_i64() {
            return Some(number.to_string());
        }
        object.as_str().ok().map(decode)
    }

    fn line(&mut self, name: &str, value: &str) {
        if value.trim().is_empty() {
            return;
        }
        if !name.is_empty() {
            self.text.push_str(name);
            self.text.push_str(": ");
        }
        self.text.push_str(value);
        self.text.push('\n');
    }

    fn flush(&mut self) -> Result<(), Why> {
        let text = std::mem::take(&mut self.text);
        self.reading.text(self.place, &text)
    }
}

/// A string by its mark, else in PDF's own encoding. A broken character costs itself.
fn decode(bytes: &[u8]) -> String {
    if Encoding::for_bom(bytes).is_some() {
        return WINDOWS_1252.decode(bytes).0.into_owned();
    }
    decode_text_string(&Object::string_literal(bytes))
        .unwrap_or_else(|_| WINDOWS_1252.decode(bytes).0.into_owned())
}
