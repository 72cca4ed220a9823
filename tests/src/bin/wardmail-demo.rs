//! `cargo xtask demo`: Wardmail on the sample clinic, with real servers. Without a display it drives the tour itself.
#![expect(clippy::print_stdout, reason = "a command line program's output is its standard output")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Parser;
use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{DesktopSession, Provider, Running, Stage, Tour};

#[derive(Parser)]
struct Options {
    /// Where the tour's pictures go.
    #[arg(long, default_value = "test-results/demo")]
    out: PathBuf,
    /// Starts servers and session, says where they are and waits to be killed: for the test of what is left then.
    #[arg(long, hide = true)]
    hold: bool,
    /// Drives the tour itself even if there is a display.
    #[arg(long)]
    tour: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    if options.hold {
        return hold();
    }
    let program = PathBuf::from(
        env::var_os("WARDMAIL_BIN").context("WARDMAIL_BIN doesn't name the program")?,
    );
    println!("starting a mail provider, a desktop session and the sample clinic");
    let mut stage = Stage::set()?;
    match env::var("DISPLAY") {
        Ok(display) if !options.tour => show(&stage, &program, &display).await,
        _ => tour(&mut stage, &program, &options.out).await,
    }
}

fn hold() -> Result<()> {
    let provider = Provider::start()?;
    let session = DesktopSession::start()?;
    println!(
        "held {} {} {}",
        provider.dir().display(),
        session.home().display(),
        provider.imaps_port()
    );
    std::thread::park();
    Ok(())
}

async fn tour(stage: &mut Stage, program: &Path, out: &Path) -> Result<()> {
    let pictures = Tour::run(stage, program, out).await?;
    println!("{pictures} pictures of the tour are in {}", out.display());
    Ok(())
}

/// Opens the program on somebody's own display, with a profile that is ready, until its window is closed.
async fn show(stage: &Stage, program: &Path, display: &str) -> Result<()> {
    println!("making the profile");
    Tour::prepare(stage, program).await?;
    println!(
        "\n    the passphrase is:  {PASSPHRASE}\n\nclose the window to end the demo and everything it has started"
    );
    let mut command = stage.session.command(program)?;
    command.env("DISPLAY", display);
    if let Some(cookie) = env::var_os("XAUTHORITY") {
        let cookie =
            fs::read(&cookie).with_context(|| format!("{} can't be read", cookie.display()))?;
        command.env("XAUTHORITY", stage.session.write_private("xauthority", &cookie)?);
    }
    let status = Running::start("Wardmail", command)?.wait()?;
    anyhow::ensure!(status.success(), "Wardmail ended with {status}");
    Ok(())
}
