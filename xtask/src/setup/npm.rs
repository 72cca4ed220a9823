//! The Tauri CLI and wasm-opt, as pinned by package-lock.json.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command::{execute, require, say};
use crate::paths::Paths;

/// Installs what the lock file names, unless that very lock file was installed already.
pub(super) fn install(paths: &Paths) -> Result<()> {
    let lock = fs::read(paths.root.join("package-lock.json"))
        .context("package-lock.json can't be read")?;
    let stamp = paths.root.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say("installing the Tauri CLI and wasm-opt from npm");
    // Not `npm ci`: it wants every platform's binary in the lock file, and a registry may hold this platform's only.
    // Versions and hashes are the lock file's all the same, and it stays as it is. No package needs a script of its own
    // to be installed, so none gets to run one.
    execute(
        Command::new("npm")
            .args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&paths.root),
    )?;
    require(&paths.npm_bin("wasm-opt"), "`npm install` didn't bring it; see what it said above")?;
    fs::write(&stamp, &lock).with_context(|| format!("{} can't be written", stamp.display()))
}
