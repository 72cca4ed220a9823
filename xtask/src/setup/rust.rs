//! The standard library for the window's target.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{execute, on_path, output, say};

/// The target that the window's contents are built for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target unless it is there, by whatever way the toolchain was installed.
pub(super) fn install() -> Result<()> {
    let libdir =
        output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    if !on_path("rustup") {
        bail!("the Rust toolchain has no {WASM} library, and there is no rustup to add it with");
    }
    say(&format!("adding the Rust target {WASM}"));
    execute(Command::new("rustup").args(["target", "add", WASM]))
}
