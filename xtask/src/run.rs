//! Builds and starts the program for the one who develops it, on that person's own profile.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::command::{cargo, execute, say};
use crate::paths::Paths;
use crate::{setup, test, ui};

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// What is given to the program.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds what changed and starts the window.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    setup::ensure(paths)?;
    ui::build(paths)?;
    say("building the program");
    execute(
        cargo(paths)?.args(["build", "--locked", "--workspace", "--bins"]).args(test::FEATURES),
    )?;
    execute(Command::new(paths.dev_bin("wardmail")).args(&options.arguments))
}
