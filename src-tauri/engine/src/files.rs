//! Files that cross the border of the mailbox: taken out only where the user says, and taken in.

use std::{
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{engine::blocking, error::Error};

/// The largest file that can be attached, in bytes.
pub(crate) const ATTACHMENT_BYTES: u64 = 25 * 1024 * 1024;

/// Writes a file that only its owner can read. A half-written one is removed again.
pub(crate) async fn write_new(path: PathBuf, bytes: Zeroizing<Vec<u8>>) -> Result<(), Error> {
    blocking(move || {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        let written = file.write_all(&bytes).and_then(|()| file.sync_all());
        if let Err(error) = written {
            drop(file);
            let _best_effort = std::fs::remove_file(&path);
            return Err(error.into());
        }
        Ok(())
    })
    .await
}

/// A file to attach.
#[derive(Debug)]
pub(crate) struct Picked {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Reads a file to attach.
pub(crate) async fn read(path: PathBuf) -> Result<Picked, Error> {
    blocking(move || {
        let file = std::fs::File::open(&path)?;
        if file.metadata()?.len() > ATTACHMENT_BYTES {
            return Err(Error::TooLarge);
        }
        let mut bytes = Zeroizing::new(Vec::new());
        // The file may grow while it is read.
        file.take(ATTACHMENT_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > ATTACHMENT_BYTES {
            return Err(Error::TooLarge);
        }
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("file");
        Ok(Picked {
            name: wardmail_message::safe_file_name(name).unwrap_or_else(|| "file".to_owned()),
            media_type: media_type(&path),
            bytes,
        })
    })
    .await
}

/// The media type by the name's ending; what isn't known goes as bytes.
fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("txt") => "text/plain",
        Some("csv") => "text/csv",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}
