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

/// The name on the session bus by which a second start of the same profile finds the first.
///
/// It only has to be the same for the same directory, in one version of the program.
pub(crate) fn instance_name(profile: &Path) -> String {
    let path = fs::canonicalize(profile).unwrap_or_else(|_| profile.to_owned());
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(&path, &mut hasher);
    format!("com.wardmail.Wardmail.p{:016x}", std::hash::Hasher::finish(&hasher))
}

/// The directory of WebKit's own files: in memory, private, emptied at start, at lock and at end.
#[derive(Debug)]
pub(crate) struct WebviewDir {
    path: PathBuf,
    /// Locked for as long as the program lives, so that the next one knows what is left over.
    _held: fs::File,
}

impl WebviewDir {
    /// Makes it, empty.
    ///
    /// # Errors
    /// Fails where the user has no private directory in memory.
    pub(crate) fn prepare() -> io::Result<Self> {
        let base = runtime_dir()?.join("wardmail");
        make_private(&base)?;
        forget_the_dead(&base);
        // Process numbers repeat across containers that share a directory; these names don't.
        let name =
            std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), std::process::id());
        let path = base.join(format!("webview-{name:016x}"));
        make_private(&path)?;
        let held = fs::File::create(held_by(&path))?;
        held.lock()?;
        Ok(Self { path, _held: held })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes everything in it; what is in use stays until the next time.
    pub(crate) fn empty(&self) {
        let Ok(entries) = fs::read_dir(&self.path) else { return };
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
        let _gone = fs::remove_dir(&self.path);
        let _gone = fs::remove_file(held_by(&self.path));
    }
}

/// The file beside the directory that the living program holds locked.
fn held_by(dir: &Path) -> PathBuf {
    dir.with_extension("held")
}

/// Removes what programs that were killed left behind.
fn forget_the_dead(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with("webview-"));
        if !is_ours || !path.is_dir() {
            continue;
        }
        // Without its file it is being made right now, or was made by nobody alive for long.
        let Ok(held) = fs::File::open(held_by(&path)) else { continue };
        if held.try_lock().is_ok() {
            let _gone = fs::remove_dir_all(&path);
            let _gone = fs::remove_file(held_by(&path));
        }
    }
}

fn runtime_dir() -> io::Result<PathBuf> {
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(dir) = named.filter(|dir| dir.is_absolute() && lies_in_memory(dir)) {
        return Ok(dir);
    }
    // Without a login manager: a directory of our own in shared memory, which is never on disk.
    let uid = rustix::process::getuid().as_raw();
    let dir = Path::new("/dev/shm").join(format!("wardmail-{uid}"));
    make_private(&dir)?;
    if lies_in_memory(&dir) { Ok(dir) } else { Err(io::Error::from(io::ErrorKind::Unsupported)) }
}

/// Whether a directory's file system keeps nothing on disk.
fn lies_in_memory(dir: &Path) -> bool {
    /// The kernel's numbers of tmpfs and ramfs (statfs(2)).
    const IN_MEMORY: [i64; 2] = [0x0102_1994, 0x8584_58f6];
    rustix::fs::statfs(dir).is_ok_and(|fs| IN_MEMORY.contains(&fs.f_type))
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
        && found.mode() & 0o777 == 0o700;
    if own { Ok(()) } else { Err(io::Error::from(io::ErrorKind::PermissionDenied)) }
}
