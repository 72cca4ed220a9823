//! Files that cross the border of the mailbox: taken out only where the user says, and taken in.

use std::{
    fs::File,
    io::{BufWriter, Read, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::{error::Error, session::Session};

/// The largest file that can be attached, in bytes.
pub(crate) const ATTACHMENT_BYTES: u64 = 25 * 1024 * 1024;

/// Bytes written or read between two looks at whether the mailbox locks.
const CHUNK: usize = 256 * 1024;

/// Saves a file that only its owner can read, whole or not at all: what stands there already stays until the
/// new one is complete. The lock waits for it, and stops it.
pub(crate) async fn save(
    session: &Session,
    path: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
) -> Result<(), Error> {
    let stop = session.locking.clone();
    session.blocking(move || write_whole(&path, &bytes, &stop)).await
}

fn write_whole(path: &Path, bytes: &[u8], stop: &CancellationToken) -> Result<(), Error> {
    let mut file = beside(path)?;
    for chunk in bytes.chunks(CHUNK) {
        go_on(stop)?;
        file.write_all(chunk)?;
    }
    file.as_file().sync_all()?;
    go_on(stop)?;
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

fn go_on(stop: &CancellationToken) -> Result<(), Error> {
    if stop.is_cancelled() { Err(Error::Locked) } else { Ok(()) }
}

/// Makes a directory that only its owner can enter.
pub(crate) fn make_private_dir(dir: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Copies a file to where nothing lies yet, for its owner alone, and waits until it is on the disk.
pub(crate) fn copy_new(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    std::io::copy(&mut File::open(from)?, &mut out)?;
    out.sync_all()
}

/// What becomes of a file that stands in the place already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is replaced: whoever chose the place was asked.
    Replaced,
    /// It stays, and nothing is written.
    Stays,
}

/// Fails if a file may not come to this place because one stands there. [`conclude`] decides; this only says it
/// before anything is done.
pub(crate) fn check_place(path: &Path, standing: Standing) -> Result<(), Error> {
    match (standing, path.symlink_metadata()) {
        (Standing::Stays, Ok(_)) => Err(Error::File(std::io::ErrorKind::AlreadyExists.into())),
        _ => Ok(()),
    }
}

/// Begins a file that is written bit by bit; [`conclude`] puts it into its place.
pub(crate) fn begin(path: &Path) -> Result<(NamedTempFile, BufWriter<File>), Error> {
    let file = beside(path)?;
    let writer = BufWriter::new(file.as_file().try_clone()?);
    Ok((file, writer))
}

/// Puts a file that was written to its end into its place; of another nothing stays.
pub(crate) fn conclude<T>(
    path: &Path,
    standing: Standing,
    file: NamedTempFile,
    written: Result<T, Error>,
) -> Result<T, Error> {
    let done = written?;
    file.as_file().sync_all()?;
    match standing {
        Standing::Replaced => file.persist(path),
        Standing::Stays => file.persist_noclobber(path),
    }
    .map_err(|failed| failed.error)?;
    Ok(done)
}

/// A file beside its place, so that the last step is one renaming. Its mode is 0600, and dropping it deletes it.
fn beside(path: &Path) -> Result<NamedTempFile, Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    Ok(tempfile::Builder::new().prefix(".wardmail-").tempfile_in(folder)?)
}

/// A file to attach.
#[derive(Debug)]
pub(crate) struct Picked {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Reads a file to attach. The lock waits for it, and stops it.
pub(crate) async fn read(session: &Session, path: PathBuf) -> Result<Picked, Error> {
    let stop = session.locking.clone();
    session.blocking(move || read_whole(&path, &stop)).await
}

fn read_whole(path: &Path, stop: &CancellationToken) -> Result<Picked, Error> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() > ATTACHMENT_BYTES {
        return Err(Error::TooLarge);
    }
    let mut bytes = Zeroizing::new(Vec::new());
    // The file may grow while it is read.
    while bytes.len() as u64 <= ATTACHMENT_BYTES {
        go_on(stop)?;
        if Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut bytes)? == 0 {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("file");
            return Ok(Picked {
                name: wardmail_message::safe_file_name(name).unwrap_or_else(|| "file".to_owned()),
                media_type: media_type(path),
                bytes,
            });
        }
    }
    Err(Error::TooLarge)
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use wardmail_api::ErrorCode;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_saved_file_is_the_owners_alone_whatever_stood_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.pdf");
        std::fs::write(&path, "an older scan").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        write_whole(&path, b"%PDF", &CancellationToken::new()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"%PDF");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(folder.path()), ["scan.pdf"]);
    }

    #[test]
    fn a_save_that_the_lock_stops_leaves_nothing_and_destroys_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let locked = CancellationToken::new();
        locked.cancel();
        let path = folder.path().join("scan.pdf");
        let stopped = write_whole(&path, b"%PDF", &locked);
        assert!(matches!(stopped, Err(Error::Locked)));
        assert!(names(folder.path()).is_empty());
        std::fs::write(&path, "an older scan").unwrap();
        assert!(write_whole(&path, b"%PDF", &locked).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"an older scan");
        assert!(matches!(read_whole(&path, &locked), Err(Error::Locked)));
    }

    #[test]
    fn a_save_that_fails_destroys_nothing() {
        let folder = tempfile::tempdir().unwrap();
        // A folder can't be replaced by a file.
        let path = folder.path().join("taken");
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("within"), "kept").unwrap();
        assert!(write_whole(&path, b"%PDF", &CancellationToken::new()).is_err());
        assert_eq!(names(folder.path()), ["taken"]);
        assert_eq!(std::fs::read(path.join("within")).unwrap(), b"kept");
    }

    #[test]
    fn what_may_not_be_replaced_stays_even_if_it_came_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        assert!(check_place(&path, Standing::Stays).is_ok());
        let (file, mut writer) = begin(&path).unwrap();
        writer.write_all(b"a log").unwrap();
        writer.flush().unwrap();
        std::fs::write(&path, "another's").unwrap();
        let refused = conclude(&path, Standing::Stays, file, Ok(())).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::FileExists);
        assert_eq!(check_place(&path, Standing::Stays).unwrap_err().code(), ErrorCode::FileExists);
        assert!(check_place(&path, Standing::Replaced).is_ok());
        assert_eq!(std::fs::read(&path).unwrap(), b"another's");
        assert_eq!(names(folder.path()), ["log.jsonl"]);
    }

    #[test]
    fn a_name_that_nothing_has_is_no_trouble_of_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("nowhere");
        let stop = CancellationToken::new();
        assert_eq!(read_whole(&nowhere, &stop).unwrap_err().code(), ErrorCode::FileNotFound);
        let saved = write_whole(&nowhere.join("scan.pdf"), b"%PDF", &stop);
        assert_eq!(saved.unwrap_err().code(), ErrorCode::FileNotFound);
    }

    #[test]
    fn a_file_above_the_limit_is_not_attached() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.txt");
        let file = File::create(&path).unwrap();
        file.set_len(ATTACHMENT_BYTES).unwrap();
        let stop = CancellationToken::new();
        let picked = read_whole(&path, &stop).unwrap();
        assert_eq!((picked.bytes.len() as u64, picked.name.as_str()), (ATTACHMENT_BYTES, "x.txt"));
        assert_eq!(picked.media_type, "text/plain");
        file.set_len(ATTACHMENT_BYTES + 1).unwrap();
        assert!(matches!(read_whole(&path, &stop), Err(Error::TooLarge)));
    }
}
