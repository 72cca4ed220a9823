//! Archives and the office documents that are archives. Must know what an entry unpacks to by unpacking it, never by what it claims.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Place, Reading, Why, office, sheet};
use crate::Limits;

/// An archive in memory.
pub(super) type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Reads an archive: a document if it is one, else every file in it.
pub(super) fn read(reading: &mut Reading<'_>, place: &Place, bytes: &[u8]) -> Result<(), Why> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| why(&error))?;
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map_or_else(|_| String::new(), Cow::into_owned))
        .collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    if has("xl/workbook.xml") || has("xl/workbook.bin") {
        weigh(reading, &mut archive)?;
        let cells = sheet::new(reading, place, bytes, has("xl/workbook.bin"));
        if cells == Err(Why::TooLarge) {
            // No more text is taken.
            return cells;
        }
        let beside = office::beside_sheets(reading, place, &mut archive, &names);
        return reading.both(place, cells, beside);
    }
    if has("[Content_Types].xml") || has("content.xml") {
        return office::read(reading, place, &mut archive, &names);
    }
    files(reading, place, &mut archive);
    Ok(())
}

/// Every file of an archive by itself.
fn files(reading: &mut Reading<'_>, place: &Place, archive: &mut Archive<'_>) {
    let count = u32::try_from(archive.len()).unwrap_or(u32::MAX);
    for (done, index) in (0_u32..).zip(0..archive.len()) {
        if !reading.counts(place) {
            return;
        }
        reading.sink.progress(done, count);
        let name = name_of(archive, index);
        if name.ends_with('/') {
            continue;
        }
        let unpacked = unpack(reading, archive, index);
        let inner = place.within(&name);
        match unpacked {
            Ok(bytes) => reading.part(&inner, &bytes),
            Err(why) => {
                reading.sink.name(&inner.path);
                reading.unread(&inner, why);
            }
        }
    }
}

/// The name of an entry, or its place if it has none that can be read.
fn name_of(archive: &mut Archive<'_>, index: usize) -> String {
    let entry = archive.by_index_raw(index);
    let name = entry.ok().and_then(|entry| entry.name().ok().map(Cow::into_owned));
    name.unwrap_or_else(|| format!("#{index}"))
}

/// Unpacks an entry within what is left.
pub(super) fn unpack(
    reading: &mut Reading<'_>,
    archive: &mut Archive<'_>,
    index: usize,
) -> Result<Vec<u8>, Why> {
    let entry = archive.by_index(index).map_err(|error| why(&error))?;
    let most = allowed(entry.compressed_size(), reading.limits.ratio).min(reading.unpacked_left);
    let mut bytes = Vec::new();
    let read = entry.take(most.saturating_add(1)).read_to_end(&mut bytes);
    let length = bytes.len() as u64;
    reading.unpacked_left = reading.unpacked_left.saturating_sub(length);
    if length > most {
        return Err(Why::TooLarge);
    }
    read.map(|_| bytes).map_err(|_| Why::Damaged)
}

/// Unpacks every entry into nothing: a library that unpacks by itself is given the archive only then.
fn weigh(reading: &mut Reading<'_>, archive: &mut Archive<'_>) -> Result<(), Why> {
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| why(&error))?;
        let most =
            allowed(entry.compressed_size(), reading.limits.ratio).min(reading.unpacked_left);
        let mut counted = entry.take(most.saturating_add(1));
        let length = std::io::copy(&mut counted, &mut std::io::sink()).map_err(|_| Why::Damaged)?;
        reading.unpacked_left = reading.unpacked_left.saturating_sub(length);
        if length > most {
            return Err(Why::TooLarge);
        }
    }
    Ok(())
}

/// What an entry of this packed size may unpack to.
fn allowed(packed: u64, ratio: u64) -> u64 {
    packed.saturating_mul(ratio).max(Limits::RATIO_FROM)
}

fn why(error: &ZipError) -> Why {
    if matches!(
        error,
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)
    ) {
        Why::Encrypted
    } else if matches!(
        error,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_)
    ) {
        Why::UnknownKind
    } else {
        Why::Damaged
    }
}
