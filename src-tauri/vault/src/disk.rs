//! Small private files that are replaced as a whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Makes the profile directory, for its owner alone; one that is there already is narrowed to its owner.
pub(crate) fn private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        builder.mode(0o700).create(dir)?;
        if fs::metadata(dir)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    builder.create(dir)
}

/// Replaces `dir/name`: a reader, and a machine that loses power, sees the old bytes or the new ones.
///
/// The temporary file has a fixed name, so that what a killed program left is overwritten by the next write. The caller
/// holds the profile's lock.
pub(crate) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = dir.join(format!("{name}.new"));
    let mut file = private_file().create(true).truncate(true).write(true).open(&temporary)?;
    file.write_all(bytes)?;
    fail::fail_point!("vault::disk::before_sync");
    file.sync_all()?;
    drop(file);
    fail::fail_point!("vault::disk::before_rename");
    fs::rename(&temporary, dir.join(name))?;
    fail::fail_point!("vault::disk::after_rename");
    sync_dir(dir)
}

/// Gives a finished file its name, where nothing lies yet.
pub(crate) fn publish(finished: &Path, path: &Path) -> io::Result<()> {
    // Not by a hard link, which would refuse by itself: the sticks that backups are written to know none.
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(finished, path)?;
    sync_dir(path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

/// Reads `dir/name`; `None` if it is longer than `limit` bytes.
pub(crate) fn read(dir: &Path, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = File::open(dir.join(name))?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((u64::try_from(read).unwrap_or(u64::MAX) <= limit).then_some(bytes))
}

/// Options for opening a file that only its owner can read.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Windows makes a rename durable by itself, and can't open a directory as a file.
#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn files_and_directories_are_private() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        private_dir(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700);
        replace(&dir, "x", b"one").unwrap();
        replace(&dir, "x", b"two").unwrap();
        assert_eq!(mode(&dir.join("x")), 0o600);
        assert_eq!(read(&dir, "x", 3).unwrap().unwrap(), b"two");
        assert!(read(&dir, "x", 2).unwrap().is_none());
        assert!(!dir.join("x.new").exists());
    }

    #[test]
    fn a_directory_open_to_others_is_narrowed() {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        private_dir(root.path()).unwrap();
        assert_eq!(mode(root.path()), 0o700);
    }
}
