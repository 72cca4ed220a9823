//! Turns the words that the code asks for one by one, `data/rules/cues/*.ini`, into one static per section: a section that no code uses is
//! dead code, one that no file has is an unknown name, and both stop the build.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The language whose sections all others fill.
const FIRST: &str = "en.ini";

/// One role of words.
#[derive(Default)]
struct Section {
    /// What the words do, for the item's documentation.
    doc: String,
    terms: BTreeSet<String>,
}

/// Returns the text of `cues.rs`: the statics in the order of their names, with the words of all languages in the folder.
pub(crate) fn statics(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut united = BTreeMap::new();
    read(&folder.join(FIRST), &mut united, true)?;
    let mut files = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    files.sort();
    let other = |path: &&std::path::PathBuf| {
        path.extension().is_some_and(|e| e == "ini") && path.file_name().is_some_and(|n| n != FIRST)
    };
    for path in files.iter().filter(other) {
        read(path, &mut united, false)?;
    }
    let mut text = String::new();
    for (name, Section { doc, terms }) in &united {
        if terms.is_empty() {
            return Err(format!("[{name}]: no language has a word for it").into());
        }
        let name = name.to_uppercase();
        let terms: Vec<_> = terms.iter().collect();
        writeln!(text, "///{doc}\npub(crate) static {name}: Words = Words::new(&{terms:?});")?;
    }
    Ok(text)
}

/// Reads one language: a comment, a `[section]` heading, and terms separated by commas.
fn read(
    path: &Path,
    united: &mut BTreeMap<String, Section>,
    first: bool,
) -> Result<(), Box<dyn Error>> {
    let (mut doc, mut name, mut seen) = (String::new(), String::new(), BTreeSet::new());
    for (number, line) in fs::read_to_string(path)?.lines().map(str::trim).enumerate() {
        let wrong = |what: &str| format!("{}:{}: {what}", path.display(), number + 1);
        if let Some(comment) = line.strip_prefix('#') {
            doc.push_str(comment);
        } else if let Some(heading) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
        {
            heading.clone_into(&mut name);
            if !seen.insert(name.clone()) {
                return Err(wrong("the section stands above already").into());
            }
            if doc.is_empty() {
                return Err(wrong("no comment says what the words do").into());
            }
            if !first && !united.contains_key(heading) {
                return Err(wrong(&format!("{FIRST} has no such section")).into());
            }
            let section = united.entry(name.clone()).or_default();
            let doc = std::mem::take(&mut doc);
            if first {
                section.doc = doc;
            }
        } else if line.is_empty() {
            doc.clear();
        } else {
            let section = united.get_mut(&name).ok_or_else(|| wrong("words without a section"))?;
            for term in line.split(',').map(str::trim).filter(|term| !term.is_empty()) {
                if !term.is_ascii() {
                    return Err(wrong("the text is folded to plain letters first").into());
                }
                section.terms.insert(term.to_owned());
            }
        }
    }
    Ok(())
}
