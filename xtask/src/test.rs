//! All tests on one development build: checks, unit, integration with real servers, end to end in the real window.

use std::num::NonZero;
use std::{env, fs, thread};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::command::{cargo, execute, loopback_only, say};
use crate::paths::Paths;
use crate::{check, setup, ui};

/// What only the development build has: a window that can be driven, and named places at which a test can stop it.
pub(crate) const FEATURES: &[&str] =
    &["--features", "wardmail/automation,wardmail/failpoints,wardctl/failpoints"];

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Leaves the checks out.
    #[arg(long)]
    no_check: bool,
    /// What is given to `cargo nextest run`, such as a filter.
    #[arg(last = true)]
    nextest: Vec<String>,
}

/// Sets up, checks, builds once and runs every test.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    setup::ensure(paths)?;
    if !options.no_check {
        check::checks(paths)?;
    }
    ui::build(paths)?;
    build(paths)?;
    say("running the tests");
    // Any test may leave something there, and none has to make it.
    fs::create_dir_all(paths.results()).context("there is no place for what tests leave")?;
    let mut nextest = cargo(paths)?;
    nextest.args(["nextest", "run", "--locked", "--workspace"]).args(FEATURES);
    nextest.args(&options.nextest).env("WARDMAIL_RESULTS", paths.results());
    // Most of the long ones wait for servers, windows and timers: two of them share a processor well.
    if env::var_os(THREADS).is_none() {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        nextest.env(THREADS, (2 * processors).to_string());
    }
    for (name, program) in PROGRAMS {
        nextest.env(name, paths.dev_bin(program));
    }
    run_tests(&mut loopback_only(nextest))
}

/// How many tests run at once, as nextest is told.
const THREADS: &str = "NEXTEST_TEST_THREADS";

/// How a test finds the programs that it drives.
pub(crate) const PROGRAMS: &[(&str, &str)] =
    &[("WARDMAIL_BIN", "wardmail"), ("WARDCTL_BIN", "wardctl")];

/// The one development build. All targets at once, so that the features of every dependency are settled once and what
/// nextest asks for is there already.
pub(crate) fn build(paths: &Paths) -> Result<()> {
    say("building the program and its tests");
    execute(
        cargo(paths)?.args(["build", "--locked", "--workspace", "--all-targets"]).args(FEATURES),
    )
}

fn run_tests(nextest: &mut std::process::Command) -> Result<()> {
    if env::var_os("CI").is_some() {
        say("under CI: a test that skips itself fails");
    }
    if execute(nextest).is_err() {
        bail!("tests failed; what windows showed and servers logged is in test-results/");
    }
    Ok(())
}
