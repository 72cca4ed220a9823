//! Builds the window's contents: cargo → wasm-bindgen → wasm-opt → files named by their content, in `ui/dist`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{cargo, execute, require, say};
use crate::paths::Paths;

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc may use on this target, and no more: wasm-opt must not bring in what an older WebKit doesn't know.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Where the page names the digest of what it was made from.
const INPUTS: &str = "wardmail-inputs";

/// Builds `ui/dist`, unless the one that is there was made from the same.
pub(crate) fn build(paths: &Paths) -> Result<()> {
    say("building the window's contents");
    execute(cargo(paths)?.args([
        "build",
        "--locked",
        "-p",
        "wardmail-ui",
        "--target",
        TARGET,
        "--profile",
        "ui",
    ]))?;
    let wasm = paths.target.join(TARGET).join("ui/wardmail-ui.wasm");
    let (source, dist) = (paths.root.join("ui"), paths.root.join("ui/dist"));
    let inputs = inputs(paths, &wasm, &source)?;
    let mark = format!("<meta name=\"{INPUTS}\" content=\"{inputs}\">");
    if fs::read_to_string(dist.join("index.html")).is_ok_and(|page| page.contains(&mark)) {
        return Ok(());
    }
    let work = tempfile::tempdir_in(&paths.target)?;
    bind(&wasm, work.path())?;
    shrink(paths, &work.path().join("wardmail_bg.wasm"))?;
    lay_out(&source, work.path(), &dist, &mark)?;
    report(&dist)
}

/// The digest of everything that `ui/dist` is made from.
fn inputs(paths: &Paths, wasm: &Path, source: &Path) -> Result<String> {
    let mut digest = Sha256::new();
    let mut files =
        vec![wasm.to_path_buf(), source.join("index.html"), paths.root.join("package-lock.json")];
    files.extend(assets(source)?);
    for file in files {
        digest.update(file.file_name().unwrap_or_default().as_encoded_bytes());
        let bytes = fs::read(&file).with_context(|| format!("{} can't be read", file.display()))?;
        digest.update(bytes.len().to_le_bytes());
        digest.update(&bytes);
    }
    digest.update(include_bytes!("ui.rs"));
    Ok(short(&digest.finalize()))
}

/// The files beside the program: style sheets, fonts, pictures. One flat directory.
fn assets(source: &Path) -> Result<Vec<std::path::PathBuf>> {
    let dir = source.join("assets");
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(&dir)? {
        let path = entry?.path();
        if !path.is_file() {
            bail!("{} is not a file: ui/assets is one flat directory", path.display());
        }
        files.push(path);
    }
    files.sort();
    Ok(files)
}

fn bind(wasm: &Path, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .out_name("wardmail")
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                .omit_default_module_path(true)
                .generate(out)
        })
        .context("wasm-bindgen can't make the window's program out of what cargo built")
}

fn shrink(paths: &Paths, wasm: &Path) -> Result<()> {
    let wasm_opt = paths.npm_bin("wasm-opt");
    require(&wasm_opt, "run `cargo xtask setup`")?;
    execute(
        Command::new(wasm_opt)
            .args(["-Oz", "--strip-debug", "--strip-target-features"])
            .args(WASM_FEATURES)
            .arg(wasm)
            .arg("-o")
            .arg(wasm),
    )
}

/// Puts everything under a name that changes with the content, and the page that names them all.
fn lay_out(source: &Path, bound: &Path, dist: &Path, mark: &str) -> Result<()> {
    if bound.join("snippets").exists() {
        bail!(
            "a dependency of the window brings JavaScript of its own; ui.rs would have to lay it out, and we'd rather not"
        );
    }
    // In place, piece by piece: whoever watches the directory never finds it gone.
    fs::create_dir_all(dist)?;
    let mut kept = vec!["index.html".to_owned()];
    let wasm = place(&bound.join("wardmail_bg.wasm"), "wardmail", "wasm", dist, &mut kept)?;
    let script = place(&bound.join("wardmail.js"), "wardmail", "js", dist, &mut kept)?;
    let start = bound.join("start.js");
    // A file and not a script in the page: the policy for scripts then is 'self', without exceptions.
    fs::write(
        &start,
        format!(
            "import init from \"/{script}\";\nawait init({{ module_or_path: \"/{wasm}\" }});\n"
        ),
    )?;
    let start = place(&start, "start", "js", dist, &mut kept)?;

    let mut page =
        fs::read_to_string(source.join("index.html")).context("ui/index.html can't be read")?;
    for asset in assets(source)? {
        let (Some(name), Some(stem), Some(extension)) = (
            asset.file_name().and_then(|name| name.to_str()),
            asset.file_stem().and_then(|stem| stem.to_str()),
            asset.extension().and_then(|extension| extension.to_str()),
        ) else {
            bail!("{} needs a plain name with an extension", asset.display());
        };
        let placed = place(&asset, stem, extension, dist, &mut kept)?;
        page = page.replace(&format!("assets/{name}"), &placed);
    }
    if page.contains("assets/") {
        bail!("ui/index.html names something in assets/ that isn't there");
    }
    let head = format!(
        "  {mark}\n  <link rel=\"preload\" href=\"/{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n  \
         <link rel=\"modulepreload\" href=\"/{script}\">\n  <script type=\"module\" src=\"/{start}\"></script>\n</head>"
    );
    if page.matches("</head>").count() != 1 {
        bail!("ui/index.html has no </head>, before which its program is named");
    }
    fs::write(dist.join("index.html"), page.replace("</head>", &head))?;
    remove_others(dist, &kept)
}

/// Copies a file under a name with its content's digest, and gives that name.
fn place(
    file: &Path,
    stem: &str,
    extension: &str,
    dist: &Path,
    kept: &mut Vec<String>,
) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("{} can't be read", file.display()))?;
    let name = format!("{stem}-{}.{extension}", short(&Sha256::digest(&bytes)));
    fs::write(dist.join(&name), bytes)?;
    kept.push(name.clone());
    Ok(name)
}

fn remove_others(dist: &Path, kept: &[String]) -> Result<()> {
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        if !kept.iter().any(|name| entry.file_name() == name.as_str()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn report(dist: &Path) -> Result<()> {
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "wasm") {
            say(&format!(
                "ui/dist is new; the program in it has {} KB",
                entry.metadata()?.len() / 1024
            ));
        }
    }
    Ok(())
}

fn short(digest: &[u8]) -> String {
    digest.iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
