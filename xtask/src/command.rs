//! Starting other programs: says what it starts, and turns a failure into an error that names it.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::paths::Paths;

/// Tells what happens next.
pub(crate) fn say(what: &str) {
    println!("» {what}");
}

/// Runs a program with our output as its own.
pub(crate) fn execute(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    println!("  $ {shown}");
    let status = command.status().with_context(|| format!("`{shown}` could not be started"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a program and gives what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{shown}` could not be started"))?;
    if !done.status.success() {
        bail!(
            "`{shown}` ended with {}: {}",
            done.status,
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    String::from_utf8(done.stdout)
        .with_context(|| format!("`{shown}` wrote something that is not text"))
}

/// Whether a program can be started and ends well.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Cargo in the checkout, with the one target directory, and with our compiled tools first on its path.
///
/// What the `cargo run` around us says about the package `xtask` is taken away: build scripts watch some of these
/// variables, and would run again each time that a build is started the other way.
pub(crate) fn cargo(paths: &Paths) -> Result<Command> {
    let mut command = Command::new("cargo");
    command
        .current_dir(&paths.root)
        .env("CARGO_TARGET_DIR", &paths.target)
        .env("PATH", tool_path(paths)?);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            command.env_remove(&name);
        }
    }
    Ok(command)
}

/// The same program where there is no network but loopback: the kernel's word that nothing leaves this machine.
///
/// Only root can have that; without root the program is left as it is.
pub(crate) fn loopback_only(command: Command) -> Command {
    if !is_root() {
        return command;
    }
    let mut alone = Command::new("unshare");
    alone.args(["--net", "--", "sh", "-ec", "ip link set lo up; exec \"$@\"", "sh"]);
    alone.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => alone.env(name, value),
            None => alone.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        alone.current_dir(dir);
    }
    alone
}

/// Whether a program lies on the path.
pub(crate) fn on_path(name: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|dir| dir.join(name).is_file()))
}

/// Whether we may do what only root may.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Fails, saying what to do, if a file that an earlier step makes isn't there.
pub(crate) fn require(file: &Path, what_to_do: &str) -> Result<()> {
    if !file.exists() {
        bail!("{} is missing: {what_to_do}", file.display());
    }
    Ok(())
}

fn tool_path(paths: &Paths) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(paths.tools().join("bin")).chain(env::split_paths(&old));
    env::join_paths(dirs).context("a directory on the path has a name that can't be on a path")
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
