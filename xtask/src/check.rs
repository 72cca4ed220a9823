//! The checks that need no running program: format, lints, docs, licences, house rules.

use anyhow::{Context as _, Result};

use crate::command::{cargo, execute, say};
use crate::paths::Paths;
use crate::{setup, test, tidy};

/// Sets up, then checks.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    setup::ensure(paths)?;
    checks(paths)
}

/// The checks alone, cheapest first. Clippy builds metadata of its own of every dependency; that can't be shared with
/// a build that links.
pub(crate) fn checks(paths: &Paths) -> Result<()> {
    say("checking the format");
    run_cargo(paths, &["fmt", "--all", "--check"])?;
    say("checking the house rules");
    tidy::check(paths)?;
    say("checking licences, sources and who may depend on what");
    run_cargo(paths, &["deny", "--all-features", "check", "bans", "licenses", "sources"])?;
    say("checking with clippy");
    let mut clippy = vec!["clippy", "--locked", "--workspace", "--all-targets"];
    clippy.extend(test::FEATURES);
    clippy.extend(["--", "-D", "warnings"]);
    run_cargo(paths, &clippy)?;
    run_cargo(
        paths,
        &[
            "clippy",
            "--locked",
            "-p",
            "wardmail-ui",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "ui",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    say("checking what listens to Windows and macOS");
    for target in setup::ELSEWHERE {
        let leaf = ["clippy", "--locked", "-p", "wardmail-presence", "--target", target];
        run_cargo(paths, &[&leaf[..], &["--", "-D", "warnings"]].concat())?;
    }
    say("checking the docs");
    let mut doc = vec!["doc", "--locked", "--workspace", "--no-deps"];
    doc.extend(test::FEATURES);
    execute(cargo(paths)?.env("RUSTDOCFLAGS", "-Dwarnings").args(&doc))
        .context("the docs have warnings")
}

fn run_cargo(paths: &Paths, arguments: &[&str]) -> Result<()> {
    execute(cargo(paths)?.args(arguments))
}
