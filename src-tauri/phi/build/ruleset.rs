//! The version of the rules: a hash of all that a verdict depends on.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::hash;

/// What a verdict depends on: lists, rules, weights, and the code that reads and weighs.
const PARTS: [&str; 6] = ["data/lexicons", "data/model", "data/rules", "build", "build.rs", "src"];

/// The version of what lies under `root`, never 0: that says that nothing was scanned.
pub(crate) fn version(root: &Path) -> Result<u32, Box<dyn Error>> {
    let mut files = Vec::new();
    for part in PARTS {
        collect(&root.join(part), &mut files)?;
    }
    files.sort();
    let mut whole = 0;
    for file in files {
        whole = hash::join(whole, hash::of(file.to_string_lossy().as_bytes()));
        whole = hash::join(whole, hash::of(&fs::read(file)?));
    }
    Ok(u32::try_from(whole >> 32)?.max(1))
}

/// The version as the code has it.
pub(crate) fn literal(version: u32) -> String {
    format!("0x{:04x}_{:04x}", version >> 16, version & 0xffff)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
