//! `demo` and `screenshots`: builds, and hands over to the harness, which owns servers, session and window.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::command::{cargo, execute, is_root, loopback_only, say};
use crate::paths::Paths;
use crate::{setup, test, ui};

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Drives the tour itself even if there is a display.
    #[arg(long)]
    tour: bool,
    /// Where the tour's screenshots go; `test-results/demo` unless named.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct ScreenshotOptions {
    /// Where they go; `test-results/screenshots` unless named.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Opens Wardmail on the sample clinic mailbox.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    let out = options.out.clone().unwrap_or_else(|| paths.results().join("demo"));
    start(paths, options.tour, &out)
}

/// Takes the pictures of every screen.
pub(crate) fn screenshots(paths: &Paths, options: &ScreenshotOptions) -> Result<()> {
    let out = options.out.clone().unwrap_or_else(|| paths.results().join("screenshots"));
    start(paths, true, &out)
}

fn start(paths: &Paths, tour: bool, out: &std::path::Path) -> Result<()> {
    setup::ensure(paths)?;
    ui::build(paths)?;
    say("building the program");
    execute(
        cargo(paths)?.args(["build", "--locked", "--workspace", "--bins"]).args(test::FEATURES),
    )?;
    let mut demo = as_root(paths.dev_bin("wardmail-demo"));
    demo.arg("--out").arg(out).env("WARDMAIL_RESULTS", paths.results());
    if tour {
        demo.arg("--tour");
    }
    for (name, program) in test::PROGRAMS {
        demo.env(name, paths.dev_bin(program));
    }
    execute(&mut loopback_only(demo))
}

/// Mail servers are started by root; the program itself runs as a user who may nothing.
fn as_root(program: PathBuf) -> Command {
    if is_root() {
        return Command::new(program);
    }
    say("starting mail servers needs root: sudo may ask for your password");
    let mut sudo = Command::new("sudo");
    sudo.args([
        "--preserve-env=DISPLAY,XAUTHORITY,WARDMAIL_RESULTS,WARDMAIL_BIN,WARDCTL_BIN",
        "--",
    ])
    .arg(program);
    sudo
}
