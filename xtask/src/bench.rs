//! `bench`: an optimised build measured against a floor or a peer in the same run, printed as ratios.

mod phi;

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::command::{cargo, execute};
use crate::paths::Paths;
use crate::{demo, package, setup};

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Which measurements, by name; all unless named. `phi` is the detector's.
    names: Vec<String>,
    /// For `phi`: the same lines through presidio-analyzer and redact-pii, installed into the cache.
    #[arg(long)]
    peers: bool,
}

/// Builds optimised and runs the harness's measurements.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    let (detector, names): (Vec<&String>, Vec<&String>) =
        options.names.iter().partition(|name| *name == "phi");
    if !detector.is_empty() || names.is_empty() {
        phi::run(paths, options.peers)?;
    }
    if !detector.is_empty() && names.is_empty() {
        return Ok(());
    }
    setup::ensure(paths)?;
    // What is measured is what is installed; what measures is the development build's, as in the tests.
    package::programs(paths)?;
    demo::programs(paths)?;
    let release = paths.target.join("release");
    let audit = names.is_empty() || names.iter().any(|name| *name == "access");
    execute(
        Command::new(paths.dev_bin("wardmail-bench"))
            .args(names)
            .env("WARDCTL_BIN", release.join("wardctl")),
    )?;
    if audit { verify_speed(paths) } else { Ok(()) }
}

/// How long verifying the audit log takes, by the bare hashes of the same bytes.
fn verify_speed(paths: &Paths) -> Result<()> {
    let example = ["-p", "wardmail-audit", "--example", "verify_speed"];
    execute(cargo(paths)?.args(["run", "--locked", "--release"]).args(example))
}
