//! Where the program keeps its files: the profile on disk, the window's own files in memory.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

/// The profile: `$WARDMAIL_PROFILE`, else `wardmail` in the user's data directory.
pub(crate) fn profile_dir() -> PathBuf {
    if let Some(named) = std::env::var_os("WARDMAIL_PROFILE") {
        return PathBuf::from(named);
    }
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    data.unwrap_or_else(|| home().join(".local/share")).join("wardmail")
}

/// The directory of WebKit's own files: in memory, private, emptied at start, at lock and at end.
#[derive(Debug)]
pub(crate) struct WebviewDir(PathBuf);

impl WebviewDir {
    /// Makes it, empty.
    ///
    /// # Errors
    /// Fails where the user has no private directory in memory.
    pub(crate) fn prepare() -> io::Result<Self> {
        let base = runtime_dir()?.join("wardmail");
        make_private(&base)?;
        forget_the_dead(&base);
        let own = base.join(format!("webview-{}", std::process::id()));
        make_private(&own)?;
        let dir = Self(own);
        dir.empty();
        Ok(dir)
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes everything in it; what is in use stays until the next time.
    pub(crate) fn empty(&self) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let removed =
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            if removed.is_err() {
                tracing::debug!("a file of the window is still in use");
            }
        }
    }
}

impl Drop for WebviewDir {
    fn drop(&mut self) {
        self.empty();
        let _gone = fs::remove_dir(&self.0);
    }
}

/// Removes what programs that were killed left behind.
fn forget_the_dead(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|n| n.strip_prefix("webview-"))
            .and_then(|n| n.parse::<u32>().ok());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists()) {
            let _gone = fs::remove_dir_all(entry.path());
        }
    }
}

fn runtime_dir() -> io::Result<PathBuf> {
    if let Some(dir) =
        std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|d| d.is_absolute())
    {
        return Ok(dir);
    }
    // Without a login manager: a directory of our own in shared memory, which is never on disk.
    let uid = rustix::process::getuid().as_raw();
    let dir = Path::new("/dev/shm").join(format!("wardmail-{uid}"));
    make_private(&dir)?;
    Ok(dir)
}

/// Makes a directory that only this user can enter, and refuses one that somebody else laid there.
fn make_private(dir: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let found = fs::symlink_metadata(dir)?;
    let own = found.is_dir()
        && found.uid() == rustix::process::getuid().as_raw()
        && found.mode() & 0o077 == 0;
    if own { Ok(()) } else { Err(io::Error::from(io::ErrorKind::PermissionDenied)) }
}
