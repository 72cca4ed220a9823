//! `package`: the .deb, by the Tauri CLI, with the window's program and the command line in it.

mod verify;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::command::{cargo, execute, require, say};
use crate::paths::Paths;
use crate::{setup, ui};

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Also installs it in a clean Debian and starts it there, as a user who may nothing.
    #[arg(long)]
    verify: bool,
    /// Tries a package that exists, instead of building one.
    #[arg(long, value_name = "FILE")]
    existing: Option<PathBuf>,
}

/// Builds optimised, without what only tests need, and bundles.
pub(crate) fn run(paths: &Paths, options: &Options) -> Result<()> {
    setup::ensure(paths)?;
    let package = match &options.existing {
        Some(package) => package.clone(),
        None => build(paths)?,
    };
    let size = fs::metadata(&package)?.len();
    say(&format!("{} ({:.1} MB)", package.display(), megabytes(size)));
    if options.verify { verify::run(paths, &package) } else { Ok(()) }
}

fn build(paths: &Paths) -> Result<PathBuf> {
    ui::build(paths)?;
    bundle(paths)
}

fn bundle(paths: &Paths) -> Result<PathBuf> {
    let tauri = paths.npm_bin("tauri");
    require(&tauri, "run `cargo xtask setup`")?;
    programs(paths)?;
    let release = paths.target.join("release");
    let command_line = release.join("wardctl");
    let files = serde_json::json!({ "bundle": { "linux": { "deb": { "files": installed(paths, &command_line) } } } });
    let began = SystemTime::now();
    let mut bundle = Command::new(tauri);
    bundle.args(["bundle", "--ci", "--bundles", "deb", "--config", &files.to_string()]);
    execute(bundle.current_dir(&paths.root).env("CARGO_TARGET_DIR", &paths.target))?;
    newest(&release.join("bundle/deb"), began)
}

/// Where the package says under which terms it is.
const PAPERS_DIR: &str = "/usr/share/doc/wardmail";

/// The licences, and the notice of the works whose data is compiled in: the name in the package, and the file here.
const PAPERS: &[(&str, &str)] = &[
    ("LICENSE", "LICENSE"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("NOTICE", "src-tauri/phi/data/NOTICE"),
    ("asq_phi.LICENSE", "src-tauri/phi/data/eval/asq_phi.LICENSE"),
];

/// What the package has beside the window's program: where it is installed, and the file here.
fn installed(paths: &Paths, command_line: &Path) -> BTreeMap<String, PathBuf> {
    let papers = PAPERS
        .iter()
        .map(|(name, source)| (format!("{PAPERS_DIR}/{name}"), paths.root.join(source)));
    let program = ("/usr/bin/wardctl".to_owned(), command_line.to_path_buf());
    papers.chain([program]).collect()
}

/// The programs as they are installed: optimised, without what only tests need.
pub(crate) fn programs(paths: &Paths) -> Result<()> {
    say("building optimised");
    // Both programs in one build, so that what they share is built with one set of features. `custom-protocol` is what
    // makes Tauri serve the contents that it carries; the CLI would ask for the same.
    execute(cargo(paths)?.args([
        "build",
        "--locked",
        "--release",
        "-p",
        "wardmail",
        "-p",
        "wardctl",
        "--bins",
        "--features",
        "tauri/custom-protocol",
    ]))
}

/// The package that was made after `began`.
fn newest(dir: &Path, began: SystemTime) -> Result<PathBuf> {
    for entry in fs::read_dir(dir).with_context(|| format!("{} can't be read", dir.display()))? {
        let path = entry?.path();
        let fresh = fs::metadata(&path)?.modified()? >= began;
        if fresh && path.extension().is_some_and(|extension| extension == "deb") {
            return Ok(path);
        }
    }
    bail!("the Tauri CLI ended well and left no package in {}", dir.display())
}

#[expect(clippy::cast_precision_loss, reason = "a size for the eye")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_and_licence_here_goes_into_the_package() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf();
        let paths = Paths { cache: root.clone(), target: root.clone(), root };
        let packaged = installed(&paths, Path::new("wardctl"));
        assert_eq!(
            packaged["/usr/share/doc/wardmail/NOTICE"],
            paths.root.join("src-tauri/phi/data/NOTICE")
        );
        let folders = [".", "src-tauri/phi/data", "src-tauri/phi/data/eval"];
        let mut papers = 0;
        for folder in folders {
            for entry in fs::read_dir(paths.root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if name.starts_with("NOTICE") || name.contains("LICENSE") {
                    let found = packaged
                        .values()
                        .any(|source| source.canonicalize().ok() == path.canonicalize().ok());
                    assert!(found, "{} is not in the package", path.display());
                    papers += 1;
                }
            }
        }
        assert_eq!(papers, PAPERS.len(), "each is here");
    }
}
