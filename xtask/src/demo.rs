//! `demo` and `screenshots`: builds, and hands over to the harness, which owns servers, session and window.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
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
    /// Where they go; `test-results/screenshots` unless named. The main ones replace those in `docs/screenshots`.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The pictures in `docs/screenshots`, each with the name that the tour gives it after its number.
const MAIN_SCREENS: &[(&str, &str)] = &[
    ("account", "account"),
    ("audit-log", "audit"),
    ("broken-signature", "reader-broken-signature"),
    ("dark", "dark-mailbox"),
    ("html", "reader-html"),
    ("locked", "locked"),
    ("mailbox", "reader-sealed"),
    ("offline", "offline"),
    ("outbox", "outbox-queued"),
    ("people-and-keys", "people"),
    ("recovery-code", "recovery-code"),
    ("settings", "settings"),
    ("subject-with-phi", "subject-with-phi"),
];

/// Opens Wardmail on the sample clinic mailbox.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    let out = options.out.clone().unwrap_or_else(|| paths.results().join("demo"));
    start(paths, options.tour, &out)
}

/// Takes the pictures of every screen, and refreshes those that the documentation shows.
pub(crate) fn screenshots(paths: &Paths, options: &ScreenshotOptions) -> Result<()> {
    let out = options.out.clone().unwrap_or_else(|| paths.results().join("screenshots"));
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("{} is in the way", out.display()))?;
    }
    start(paths, true, &out)?;
    let shown = paths.root.join("docs/screenshots");
    fs::create_dir_all(&shown)?;
    for (name, tour_name) in MAIN_SCREENS {
        let taken = picture_of(&out, tour_name)?;
        fs::copy(&taken, shown.join(name).with_extension("png"))?;
    }
    say(&format!("refreshed {}", shown.display()));
    Ok(())
}

/// The tour's picture of that name, whatever its number.
fn picture_of(out: &Path, name: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if stem.split_once('-').is_some_and(|(_number, of)| of == name) {
            return Ok(path);
        }
    }
    bail!("the tour took no picture `{name}`")
}

fn start(paths: &Paths, tour: bool, out: &Path) -> Result<()> {
    setup::ensure(paths)?;
    ui::build(paths)?;
    programs(paths)?;
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

/// The development build's programs, with what lets tests drive them.
pub(crate) fn programs(paths: &Paths) -> Result<()> {
    say("building the program");
    execute(cargo(paths)?.args(["build", "--locked", "--workspace", "--bins"]).args(test::FEATURES))
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
