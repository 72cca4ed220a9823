//! `cargo xtask`: everything that is done to the repository, one command each.
//!
//! Each command first does whatever set-up is missing and says what it does. Nothing here is part of the program, and
//! nothing here knows how mail works: what drives servers and windows is the harness in `tests/`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program writes to the terminal"
)]

mod bench;
mod check;
mod command;
mod demo;
mod package;
mod paths;
mod run;
mod setup;
mod soak;
mod test;
mod tidy;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::paths::Paths;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up, demo, run, test, bench and package Wardmail")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Installs what the build and the tests need; a second time it finds everything and does nothing.
    Setup(setup::Options),
    /// Opens Wardmail on a sample clinic mailbox with real loopback servers; without a display it drives the tour itself.
    Demo(demo::Options),
    /// Builds and starts the program.
    Run(run::Options),
    /// Runs the checks and every test: unit, integration with real servers, end to end in the real window.
    Test(test::Options),
    /// Runs the checks alone: format, lints, docs, licences, house rules.
    Check,
    /// Measures, as ratios against a floor or a peer taken in the same run.
    Bench(bench::Options),
    /// Runs the long tests: kill -9 hundreds of times, a backup of 1 GiB; prints where the kills fell.
    Soak(soak::Options),
    /// Makes the .deb; with `--verify` installs and starts it in a clean Debian.
    Package(package::Options),
    /// Builds the window's contents alone, into ui/dist.
    Ui,
    /// Takes the pictures of every screen on the sample mailbox.
    Screenshots(demo::ScreenshotOptions),
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    let paths = Paths::find()?;
    match task {
        Task::Setup(options) => setup::run(&paths, &options),
        Task::Demo(options) => demo::run(&paths, &options),
        Task::Run(options) => run::run(&paths, &options),
        Task::Test(options) => test::run(&paths, &options),
        Task::Check => check::run(&paths),
        Task::Bench(options) => bench::run(&paths, &options),
        Task::Soak(options) => soak::run(&paths, &options),
        Task::Package(options) => package::run(&paths, &options),
        Task::Ui => setup::ensure(&paths).and_then(|()| ui::build(&paths)),
        Task::Screenshots(options) => demo::screenshots(&paths, &options),
    }
}
