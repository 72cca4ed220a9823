//! A private directory for one run, removed at its end, or by the next run if this one was killed.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::own_uid;

/// Held locked by the process that the directory belongs to, for as long as that process lives.
const OWNER: &str = "owner";
/// Names files elsewhere that go with the directory, one a line.
const ELSEWHERE: &str = "elsewhere";

/// A directory whose path is short (sockets have 108 bytes for theirs) and that others may pass through but not list.
#[derive(Debug)]
pub struct RunDir {
    path: PathBuf,
    /// The lock on it ends with us, however we end.
    _owner: File,
}

impl RunDir {
    /// Makes one on disk, and removes what runs that were killed left behind.
    ///
    /// # Errors
    /// If the directory can't be made.
    pub fn new() -> Result<Self> {
        Self::under(Path::new("/tmp/wardmail-tests"))
    }

    /// Makes one in memory, as `$XDG_RUNTIME_DIR` is.
    ///
    /// # Errors
    /// If the directory can't be made.
    pub fn in_memory() -> Result<Self> {
        Self::under(Path::new("/dev/shm/wardmail-tests"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A directory in it, made with `mode`.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn make(&self, name: &str, mode: u32) -> Result<PathBuf> {
        let path = self.path.join(name);
        make_dir(&path, mode)?;
        Ok(path)
    }

    /// Has a file elsewhere removed together with the directory, such as the lock of a display.
    ///
    /// # Errors
    /// If that can't be noted.
    pub(crate) fn also_remove(&self, path: &Path) -> Result<()> {
        let mut list = File::options().create(true).append(true).open(self.path.join(ELSEWHERE))?;
        Ok(writeln!(list, "{}", path.display())?)
    }

    fn under(base: &Path) -> Result<Self> {
        make_dir(base, 0o711)?;
        if fs::metadata(base)?.uid() != own_uid() {
            bail!("{} belongs to somebody else", base.display());
        }
        // One at a time: a directory that is made and not yet locked looks like one that a dead run left.
        let making = File::create(base.join(".making"))?;
        making.lock()?;
        sweep(base)?;
        let path = tempfile::Builder::new().prefix("").rand_bytes(6).tempdir_in(base)?.keep();
        let owner = File::create_new(path.join(OWNER))?;
        owner.lock()?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        drop(making);
        Ok(Self { path, _owner: owner })
    }
}

impl Drop for RunDir {
    fn drop(&mut self) {
        // What can't be removed now, the next run removes.
        if let Err(error) = remove(&self.path) {
            crate::report::note(&format!(
                "{} is left for the next run: {error}",
                self.path.display()
            ));
        }
    }
}

/// Removes what dead runs left. What can't be removed now, because something that dies still writes there, is left for the
/// next sweep.
fn sweep(base: &Path) -> Result<()> {
    for entry in fs::read_dir(base)? {
        let path = entry?.path();
        let owner = match File::open(path.join(OWNER)) {
            Ok(owner) => owner,
            Err(error) => {
                // None is being made at this moment, because that happens with our lock: it was left half removed.
                if error.kind() == std::io::ErrorKind::NotFound {
                    drop(remove(&path));
                }
                continue;
            }
        };
        match owner.try_lock() {
            // Its owner may just be removing it; what one of both finds gone is gone.
            Ok(()) => drop(remove(&path)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                return Err(error).context("the owner's lock can't be asked");
            }
        }
    }
    Ok(())
}

fn remove(dir: &Path) -> std::io::Result<()> {
    for path in fs::read_to_string(dir.join(ELSEWHERE)).unwrap_or_default().lines() {
        // Whoever made it may have removed it.
        drop(fs::remove_file(path));
    }
    // Its owner last: by that a sweep knows what is left.
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name() == OWNER {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_dir_all(dir)
}

/// Makes a directory with exactly this mode, whatever the umask; an existing one is left as it is.
pub(crate) fn make_dir(path: &Path, mode: u32) -> Result<()> {
    match fs::DirBuilder::new().mode(mode).create(path) {
        Ok(()) => fs::set_permissions(path, fs::Permissions::from_mode(mode))?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            return Err(error).with_context(|| format!("{} can't be made", path.display()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Volume;

    /// Something that dies still has a hold on what its dead owner left: the directory goes later, and whole.
    #[test]
    fn what_a_sweep_could_not_remove_goes_with_a_later_one() {
        let base = tempfile::tempdir().unwrap();
        let live = RunDir::under(base.path()).unwrap();
        let [dead, half] = ["dead", "half"].map(|name| base.path().join(name));
        for dir in [&dead, &half] {
            fs::create_dir(dir).unwrap();
            fs::write(dir.join("left"), "").unwrap();
        }
        fs::write(dead.join(OWNER), "").unwrap();
        let held = Volume::at(&dead.join("held"), "1m").unwrap();
        sweep(base.path()).unwrap();
        assert!(dead.join(OWNER).exists(), "by it the next sweep knows whose it was");
        assert!(!half.exists(), "one that lost its owner's file to an earlier sweep");
        drop(held);
        sweep(base.path()).unwrap();
        assert!(!dead.exists());
        assert!(live.path().join(OWNER).exists());
    }
}
