//! The pictures of a PDF document: whether one may be a scan. Looks at all of them, wherever a page, a form or a stamp shows them.

use std::collections::{BTreeMap, BTreeSet};

use pdf_extract::{Document, Object, ObjectId, Stream};

/// The size from which a picture counts as one of text, in pixels, both ways. Half a page of fax or of a scan for the screen
/// (72 dots an inch) is wider and higher; logos, signatures and code squares are hardly ever both.
const OF_TEXT: i64 = 400;

/// Takes the bytes of pictures out of a document, and says whether one of them may hold text. The library that reads pages takes the
/// bytes of whatever a page shows for operators: that costs time, and gives nothing or noise.
pub(super) fn take(document: &mut Document) -> bool {
    let pictures: Vec<(ObjectId, Option<(i64, i64)>)> = document
        .objects
        .iter()
        .filter_map(|(id, object)| Some((*id, object.as_stream().ok()?)))
        .filter(|(_, stream)| is_picture(stream))
        .map(|(id, stream)| (id, size(document, stream)))
        .collect();
    let masks: BTreeSet<ObjectId> = pictures
        .iter()
        .filter_map(|(id, _)| document.get_object(*id).and_then(Object::as_stream).ok())
        .flat_map(|stream| [stream.dict.get(b"SMask"), stream.dict.get(b"Mask")])
        .filter_map(|mask| mask.and_then(Object::as_reference).ok())
        .collect();
    let mut strips: BTreeMap<i64, i64> = BTreeMap::new();
    let mut of_text = false;
    for (id, size) in &pictures {
        // What can't be told to be small isn't.
        let (width, height) = size.unwrap_or((OF_TEXT, OF_TEXT));
        of_text |= width >= OF_TEXT && height >= OF_TEXT;
        // Some scanners cut a page into strips of one width. A mask has its picture's.
        if width >= OF_TEXT && !masks.contains(id) {
            let together = strips.entry(width).or_default();
            *together = together.saturating_add(height);
            of_text |= *together >= OF_TEXT;
        }
    }
    for (id, _) in pictures {
        if let Some(Object::Stream(stream)) = document.objects.get_mut(&id) {
            stream.content = Vec::new();
            stream.dict.remove(b"Filter");
        }
    }
    of_text
}

fn is_picture(stream: &Stream) -> bool {
    stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image")
}

fn size(document: &Document, stream: &Stream) -> Option<(i64, i64)> {
    let side = |key: &[u8]| stream.dict.get_deref(key, document).and_then(Object::as_i64).ok();
    Some((side(b"Width")?, side(b"Height")?))
}
