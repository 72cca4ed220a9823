//! `bench`: an optimised build measured against a floor or a peer in the same run, printed as ratios.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::command::{cargo, execute, say};
use crate::paths::Paths;
use crate::setup;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Which measurements, by name; all unless named.
    names: Vec<String>,
}

/// Builds optimised and runs the harness's measurements.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    setup::ensure(paths)?;
    say("building optimised");
    execute(cargo(paths)?.args([
        "build",
        "--locked",
        "--release",
        "-p",
        "wardctl",
        "-p",
        "wardmail-tests",
        "--bins",
    ]))?;
    let release = paths.target.join("release");
    execute(
        Command::new(release.join("wardmail-bench"))
            .args(&options.names)
            .env("WARDCTL_BIN", release.join("wardctl")),
    )
}
