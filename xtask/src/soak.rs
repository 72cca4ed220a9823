//! `soak`: the long runs, which no build waits for. Each prints where its kills fell; docs/RELIABILITY.md has the figures of
//! one run.

use anyhow::Result;
use clap::Args;

use crate::command::{cargo, execute, say};
use crate::paths::Paths;
use crate::setup;

/// The tests whose name begins like this are long runs.
const FILTER: &str = "test(/(^|::)soak_/)";

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// What is given to `cargo nextest run`, such as another filter.
    #[arg(last = true)]
    nextest: Vec<String>,
}

/// Runs the long runs of the vault and the store, one after the other, and shows what they print.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    setup::ensure(paths)?;
    say("running the long tests: ten minutes and more");
    let mut nextest = cargo(paths)?;
    nextest.args(["nextest", "run", "--locked", "-p", "wardmail-vault", "-p", "wardmail-store"]);
    nextest.args(["--features", "wardmail-vault/failpoints,wardmail-store/failpoints"]);
    nextest.args(["--run-ignored", "only", "--no-capture", "-E", FILTER]).args(&options.nextest);
    execute(&mut nextest)
}
