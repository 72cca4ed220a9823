//! `cargo xtask demo`: Wardmail on the sample clinic, with real servers. Without a display it drives the tour itself.
#![expect(clippy::print_stdout, reason = "a command line program's output is its standard output")]

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Parser;
use wardmail_tests::{Stage, Tour};

#[derive(Parser)]
struct Options {
    /// Where the tour's pictures go.
    #[arg(long)]
    out: PathBuf,
    /// Drives the tour itself even if there is a display.
    #[arg(long)]
    tour: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let program = PathBuf::from(
        env::var_os("WARDMAIL_BIN").context("WARDMAIL_BIN doesn't name the program")?,
    );
    println!("starting a mail provider, a desktop session and the sample clinic");
    let mut stage = Stage::set()?;
    tour(&mut stage, &program, &options.out).await
}

async fn tour(stage: &mut Stage, program: &Path, out: &Path) -> Result<()> {
    let pictures = Tour::run(stage, program, out).await?;
    println!("{pictures} pictures of the tour are in {}", out.display());
    Ok(())
}
