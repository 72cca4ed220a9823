//! Brings what the build and the tests need, and only what is missing.
//!
//! Everything comes from the distribution's packages, from rustup, from npm or from crates.io; nothing is downloaded
//! from elsewhere.

mod apt;
mod cargo_tools;
mod npm;
mod rust;

use std::time::Instant;

use anyhow::Result;
use clap::Args;

pub(crate) use rust::ELSEWHERE;

use crate::command::say;
use crate::paths::Paths;

#[derive(Args, Debug, Default)]
pub(crate) struct Options {
    /// Lets Postfix replace the mail server that this machine has.
    #[arg(long)]
    replace_mail_server: bool,
}

/// Does whatever is missing.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    let began = Instant::now();
    apt::install(options.replace_mail_server)?;
    rust::install()?;
    npm::install(paths)?;
    cargo_tools::install(paths)?;
    say(&format!("set-up is complete ({:.1} s)", began.elapsed().as_secs_f32()));
    Ok(())
}

/// What every other task does first.
pub(crate) fn ensure(paths: &Paths) -> Result<()> {
    run(paths, &Options::default())
}
