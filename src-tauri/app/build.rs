//! Turns the list of commands into the shell's permissions, so that a command exists for the
//! window only if it is listed.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    // A fresh clone has no front end yet, and the context macro insists on one.
    let dist = Path::new("ui/dist");
    if !dist.join("index.html").exists() {
        fs::create_dir_all(dist)?;
        fs::write(
            dist.join("index.html"),
            "<!doctype html><title>Wardmail</title><p>Build the front end with <code>cargo xtask run</code>.",
        )?;
    }
    let names: Vec<&'static str> = wardmail_api::COMMANDS.iter().map(|c| c.name).collect();
    let attributes = tauri_build::Attributes::new()
        .app_manifest(tauri_build::AppManifest::new().commands(Vec::leak(names)));
    tauri_build::try_build(attributes)?;
    Ok(())
}
