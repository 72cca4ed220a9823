//! The standard library for the targets beside this machine's own.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{execute, on_path, output, say};

/// The target that the window's contents are built for.
const WASM: &str = "wasm32-unknown-unknown";

/// The systems that nothing runs on here: the leaf that listens to them is checked for them.
pub(crate) const ELSEWHERE: [&str; 2] = ["x86_64-pc-windows-msvc", "aarch64-apple-darwin"];

/// Adds each target unless it is there, by whatever way the toolchain was installed.
pub(super) fn install() -> Result<()> {
    [WASM].iter().chain(&ELSEWHERE).try_for_each(|target| install_one(target))
}

fn install_one(target: &str) -> Result<()> {
    let libdir =
        output(Command::new("rustc").args(["--print", "target-libdir", "--target", target]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    if !on_path("rustup") {
        bail!("the Rust toolchain has no {target} library, and there is no rustup to add it with");
    }
    say(&format!("adding the Rust target {target}"));
    execute(Command::new("rustup").args(["target", "add", target]))
}
