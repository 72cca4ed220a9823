//! The checks that need no running program: format, lints, docs, licences, house rules.

use anyhow::{Context as _, Result};

use crate::command::{cargo, execute, say};
use crate::paths::Paths;
use crate::{setup, test, tidy};

/// Sets up, then checks.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    setup::ensure(paths)?;
    checks(paths)
}

/// The checks alone, cheapest first. Clippy builds metadata of its own of every dependency; that can't be shared with
/// a build that links.
pub(crate) fn checks(paths: &Paths) -> Result<()> {
    say("checking the format");
    run_cargo(paths, &["fmt", "--all", "--check"])?;
    say("checking the house rules");
    tidy::check(paths)?;
    say("checking licences, sources and who may depend on what");
    // Without `--workspace` only what the root package links would be looked at.
    let deny = ["deny", "--workspace", "--all-features", "check", "bans", "licenses", "sources"];
    run_cargo(paths, &deny)?;
    say("checking with clippy");
    let mut clippy = vec!["clippy", "--locked", "--workspace", "--all-targets"];
    clippy.extend(test::FEATURES);
    clippy.extend(["--", "-D", "warnings"]);
    run_cargo(paths, &clippy)?;
    run_cargo(
        paths,
        &[
            "clippy",
            "--locked",
            "-p",
            "wardmail-ui",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "ui",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    say("checking what listens to Windows and macOS");
    for target in setup::ELSEWHERE {
        let leaf = ["clippy", "--locked", "-p", "wardmail-presence", "--target", target];
        run_cargo(paths, &[&leaf[..], &["--", "-D", "warnings"]].concat())?;
    }
    say("checking the docs");
    let mut doc = vec!["doc", "--locked", "--workspace", "--no-deps"];
    doc.extend(test::FEATURES);
    execute(cargo(paths)?.env("RUSTDOCFLAGS", "-Dwarnings").args(&doc))
        .context("the docs have warnings")
}

fn run_cargo(paths: &Paths, arguments: &[&str]) -> Result<()> {
    execute(cargo(paths)?.args(arguments))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// What lies in `src-tauri` and is no leaf.
    const OTHERS: [&str; 4] = ["api", "app", "engine", "wardctl"];

    #[test]
    fn every_leaf_is_the_engines_alone() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let rules = fs::read_to_string(root.join("deny.toml")).unwrap();
        let mut leaves = 0;
        for entry in fs::read_dir(root.join("src-tauri")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if OTHERS.contains(&name.as_str()) {
                continue;
            }
            let rule =
                format!("{{ crate = \"wardmail-{name}\", wrappers = [\"wardmail-engine\"], ");
            assert!(rules.contains(&rule), "deny.toml lacks {rule}");
            leaves += 1;
        }
        assert!(leaves > 0);
    }
}
