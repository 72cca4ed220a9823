//! Creating a mailbox so that it is there completely or not at all.

use std::fs;
use std::io;
use std::path::Path;

use super::connection::{self, Access};
use super::{KEY_LEN, key_check};
use crate::{OpenError, schema};

/// Begins the names of files under construction, before the mailbox's own: hidden, and never the name of a mailbox.
const UNFINISHED: &str = ".unfinished-";

/// Writes a complete mailbox under a temporary name in the same folder and then gives it its name.
pub(super) fn create(path: &Path, key: &[u8; KEY_LEN]) -> Result<(), OpenError> {
    if path.try_exists().map_err(OpenError::Io)? {
        return Err(OpenError::AlreadyExists);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or_else(|| OpenError::Io(io::ErrorKind::InvalidInput.into()))?;
    let prefix = format!("{UNFINISHED}{}-", name.to_string_lossy());
    sweep(folder, &prefix).map_err(OpenError::Io)?;
    // Readable by the owner only; it deletes itself unless it is given its name below.
    let file = tempfile::Builder::new().prefix(&prefix).tempfile_in(folder).map_err(from_io)?;
    let mut conn = connection::connect(file.path(), key, Access::Write)?;
    connection::configure(&conn, Access::Write)?;
    // One file and no journal beside it, which a kill would leave behind. It has no name yet: there is nothing to lose.
    conn.execute_batch("PRAGMA journal_mode = MEMORY;")?;
    schema::migrate(&mut conn)?;
    conn.close().map_err(|(_, error)| error)?;
    file.as_file().sync_all().map_err(from_io)?;
    // First the check: a mailbox without one would be usable, a check without a mailbox is nothing.
    key_check::write(path, key).map_err(from_io)?;
    file.persist_noclobber(path).map_err(|error| {
        let taken = error.error.kind() == io::ErrorKind::AlreadyExists;
        if taken { OpenError::AlreadyExists } else { from_io(error.error) }
    })?;
    sync_folder(folder).map_err(from_io)
}

/// Removes what an interrupted creation left: the process was killed, so nobody ever had a mailbox under this name.
fn sweep(folder: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Elsewhere a folder can't be opened as a file; the rename itself is journalled.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn from_io(error: io::Error) -> OpenError {
    if error.kind() == io::ErrorKind::StorageFull {
        OpenError::DiskFull
    } else {
        OpenError::Io(error)
    }
}
