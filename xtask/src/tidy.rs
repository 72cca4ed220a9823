//! The house rules that no tool knows: each source file says what it owns, stays short, and names no machine.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::output;
use crate::paths::Paths;

/// A file of more lines has more than one reason to change.
const MOST_LINES: usize = 500;

/// Looks at every file that is, or would be, committed.
pub(crate) fn check(paths: &Paths) -> Result<()> {
    let listed = output(
        Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&paths.root),
    )?;
    let machine = machine_paths(paths);
    let mut faults = Vec::new();
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        // Pictures aren't text, and a file that was just removed is no fault.
        let Ok(text) = fs::read_to_string(paths.root.join(name)) else { continue };
        faults.extend(
            faults_of(name, &text, &machine).into_iter().map(|fault| format!("{name}: {fault}")),
        );
    }
    if !faults.is_empty() {
        bail!("house rules are broken:\n  {}", faults.join("\n  "));
    }
    Ok(())
}

fn faults_of(name: &str, text: &str, machine: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    if Path::new(name).extension().is_some_and(|extension| extension == "rs") {
        if !text.starts_with("//!") {
            faults.push("doesn't begin with `//!` and what it owns".to_owned());
        }
        let lines = text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("has {lines} lines, more than {MOST_LINES}"));
        }
        if name.ends_with("/mod.rs") {
            faults.push("is a mod.rs; use foo.rs beside foo/".to_owned());
        }
        if text.lines().any(|line| line.ends_with([' ', '\t'])) {
            faults.push("has space at the end of a line".to_owned());
        }
    }
    faults.extend(
        machine
            .iter()
            .filter(|path| text.contains(*path))
            .map(|path| format!("names this machine's {path}")),
    );
    faults
}

/// Directories that exist only here. A home as short as `/root` is a word that files may use.
fn machine_paths(paths: &Paths) -> Vec<String> {
    let home = env::var("HOME").ok().filter(|home| home.matches('/').count() > 1);
    home.into_iter().chain(std::iter::once(paths.root.display().to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_each_broken_rule() {
        let machine = vec!["/home/somebody".to_owned()];
        assert_eq!(faults_of("a.rs", "//! Owns nothing.\n", &machine), Vec::<String>::new());
        let long = format!("fn main() {{}} \n// /home/somebody\n{}", "//\n".repeat(MOST_LINES));
        assert_eq!(faults_of("src/mod.rs", &long, &machine).len(), 5);
        assert_eq!(faults_of("notes.md", &long, &machine).len(), 1);
    }
}
