//! Cargo's own tools that no package brings: compiled once per user, into the cache.

use std::fs;

use anyhow::{Context as _, Result};

use crate::command::{cargo, execute, say, succeeds};
use crate::paths::Paths;

struct Tool {
    package: &'static str,
    subcommand: &'static str,
    version: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool { package: "cargo-nextest", subcommand: "nextest", version: "0.9.143" },
    Tool { package: "cargo-deny", subcommand: "deny", version: "0.20.2" },
];

/// Compiles those that aren't there. One that the user already has serves, whatever its version.
pub(super) fn install(paths: &Paths) -> Result<()> {
    for tool in TOOLS {
        if succeeds(cargo(paths)?.args([tool.subcommand, "--version"])) {
            continue;
        }
        say(&format!("compiling {} {} (once; some minutes)", tool.package, tool.version));
        // They run for seconds: the quickest build of them is the best one.
        execute(
            cargo(paths)?
                .env("CARGO_TARGET_DIR", paths.cache.join("tools-target"))
                .env("CARGO_PROFILE_DEV_DEBUG", "false")
                .args([
                    "install",
                    "--locked",
                    "--debug",
                    "--version",
                    tool.version,
                    tool.package,
                    "--root",
                ])
                .arg(paths.tools()),
        )?;
        // What it was built from would only take room.
        let built_from = paths.cache.join("tools-target");
        if built_from.exists() {
            fs::remove_dir_all(&built_from)
                .with_context(|| format!("{} can't be removed", built_from.display()))?;
        }
    }
    Ok(())
}
