//! Finds a secret on disk, however it is written: as it is, or in any encoding that a program may leave it in.

mod forms;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use memchr::memmem::Finder;

use crate::process::NOBODY;

pub use forms::Encoding;

/// Something that must not be found.
#[derive(Debug, Clone)]
pub struct Needle {
    name: String,
    forms: Vec<(Encoding, Finder<'static>)>,
}

/// Where it was found all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The file, or the directory entry whose name it is.
    pub path: PathBuf,
    /// Which needle.
    pub needle: String,
    /// How it was written.
    pub encoding: Encoding,
}

impl Needle {
    /// A secret under a name that may be printed. It has to be long enough that it can't be there by chance.
    ///
    /// # Errors
    /// If it has fewer than 12 bytes.
    pub fn new(name: &str, secret: &[u8]) -> Result<Self> {
        anyhow::ensure!(secret.len() >= 12, "{name} is too short to be told from chance");
        let forms = forms::of(secret)
            .into_iter()
            .map(|(encoding, bytes)| (encoding, Finder::new(&bytes).into_owned()))
            .collect();
        Ok(Self { name: name.to_owned(), forms })
    }

    /// How it is written in these bytes, if it is.
    pub fn found_in(&self, bytes: &[u8]) -> Option<Encoding> {
        // Encoded text is broken into lines by those who write it; a break may fall within the needle.
        let joined = forms::without_line_breaks(bytes);
        self.forms
            .iter()
            .find(|(_, finder)| finder.find(bytes).is_some() || finder.find(&joined).is_some())
            .map(|(encoding, _)| *encoding)
    }
}

/// Looks through every file below `root`, and through their names.
///
/// # Errors
/// If something there can't be read: what wasn't looked at isn't clean.
pub fn scan(root: &Path, needles: &[Needle]) -> Result<Vec<Hit>> {
    let mut hits = Vec::new();
    let mut left = vec![root.to_path_buf()];
    while let Some(path) = left.pop() {
        // It may go while we look; then it isn't there.
        let Ok(kind) = fs::symlink_metadata(&path).map(|found| found.file_type()) else { continue };
        hits.extend(in_name(&path, needles));
        if kind.is_dir() {
            for entry in fs::read_dir(&path)
                .with_context(|| format!("{} can't be listed", path.display()))?
            {
                left.push(entry?.path());
            }
        } else if kind.is_file() {
            hits.extend(in_file(&path, needles)?);
        }
    }
    Ok(hits)
}

/// Looks through every file on this machine that the user who may nothing can write, wherever it is.
///
/// # Errors
/// As [`scan`].
pub fn scan_writable(needles: &[Needle]) -> Result<Vec<Hit>> {
    let mut hits = Vec::new();
    for path in writable()? {
        hits.extend(in_name(&path, needles));
        hits.extend(in_file(&path, needles)?);
    }
    Ok(hits)
}

/// Every file that the user who may nothing owns or can write. Root looks for them: others can't list every directory
/// that they can pass through. What the kernel makes up is not on disk.
fn writable() -> Result<Vec<PathBuf>> {
    use std::os::unix::ffi::OsStrExt as _;
    let nobody = NOBODY.to_string();
    let mut find = Command::new("/usr/bin/find");
    find.args([
        "/", "(", "-path", "/proc", "-o", "-path", "/sys", "-o", "-path", "/dev/pts", ")",
        "-prune", "-o",
    ]);
    find.args(["-type", "f", "(", "-uid", &nobody, "-o", "-perm", "-o=w"]);
    find.args(["-o", "-gid", &nobody, "-perm", "-g=w", ")", "-print0"]);
    // Its exit code is a failure wherever something goes while it looks.
    let done = find.output().context("find can't be started")?;
    Ok(done
        .stdout
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| PathBuf::from(std::ffi::OsStr::from_bytes(name)))
        .collect())
}

fn in_name(path: &Path, needles: &[Needle]) -> Vec<Hit> {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    hits(path, name, needles)
}

fn in_file(path: &Path, needles: &[Needle]) -> Result<Vec<Hit>> {
    match fs::read(path) {
        Ok(bytes) => Ok(hits(path, &bytes, needles)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

fn hits(path: &Path, bytes: &[u8], needles: &[Needle]) -> Vec<Hit> {
    let found = |needle: &Needle| {
        let encoding = needle.found_in(bytes)?;
        Some(Hit { path: path.to_path_buf(), needle: needle.name.clone(), encoding })
    };
    needles.iter().filter_map(found).collect()
}
