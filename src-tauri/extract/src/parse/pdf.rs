//! The text of PDF documents: page by page, and what lies beside the pages (`beside`).

mod beside;
mod pictures;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, PlainTextOutput, output_doc_page};

use super::{Place, Reading, Why};

/// Reads a document. One locked with an empty password is readable by everybody, and is read.
pub(super) fn read(reading: &mut Reading<'_>, place: &Place, bytes: &[u8]) -> Result<(), Why> {
    let mut document = Document::load_mem(bytes).map_err(|_| Why::Damaged)?;
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Why::Encrypted);
    }
    let mut unread = BTreeSet::new();
    if pictures::take(&mut document) {
        unread.insert(Why::OnlyPictures);
    }
    // First, as it costs little: a page that takes too long costs the pages behind it, not what was filled in.
    let read = beside::read(reading, place, &document, &mut unread)
        .and_then(|()| pages(reading, place, &document, &mut unread));
    unread.extend(read.err());
    reading.all_but_one(place, unread)
}

fn pages(
    reading: &mut Reading<'_>,
    place: &Place,
    document: &Document,
    unread: &mut BTreeSet<Why>,
) -> Result<(), Why> {
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    if pages.is_empty() {
        return Err(Why::Damaged);
    }
    for (done, page) in (0_u32..).zip(pages) {
        if !reading.counts(place) {
            return Ok(());
        }
        reading.sink.progress(done, count);
        match words(document, page) {
            // A page without a word is a picture, or empty: either way nothing of it was checked.
            Some(text) if text.trim().is_empty() => {
                unread.insert(Why::OnlyPictures);
            }
            Some(text) => reading.text(place, &text)?,
            None => {
                unread.insert(Why::Damaged);
            }
        }
    }
    Ok(())
}

fn words(document: &Document, page: u32) -> Option<String> {
    let mut text = String::new();
    let read = catch_unwind(AssertUnwindSafe(|| {
        output_doc_page(document, &mut PlainTextOutput::new(&mut text), page)
    }));
    matches!(read, Ok(Ok(()))).then_some(text)
}
