//! Compiles the committed word lists and rule files into one finite-state map, so that the program opens it without building anything, and the
//! words that the code asks for into statics.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/class_bits.rs"]
#[allow(dead_code, reason = "the build needs the sections, the library the single classes too")]
mod class_bits;

#[path = "src/model/hash.rs"]
mod hash;

#[path = "build/cues.rs"]
mod cues;

#[path = "build/ruleset.rs"]
mod ruleset;

use class_bits::{
    ADMIN, COMMERCE, CONDITION, DRUG, EVENT, GIVEN_SHIFT, HR, ORGANISATION, PROCEDURE, SECTIONS,
    SOCIAL, STAFF, STARTS_TERM, SURNAME_SHIFT, TECH, WORD, WORD_SHIFT,
};

/// Classes of other trades.
const OTHER_TRADES: u64 = ADMIN | COMMERCE | EVENT | HR | ORGANISATION | SOCIAL | STAFF | TECH;

type Map = BTreeMap<String, u64>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=data/lexicons");
    println!("cargo::rerun-if-changed=data/rules");
    println!("cargo::rerun-if-changed=data/model");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    let data = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("data");
    let mut map = Map::new();
    for (file, list) in LISTS {
        levels(&data.join("lexicons").join(file), &list, &mut map)?;
    }
    let mut rules = fs::read_dir(data.join("rules"))?
        .map(|e| Ok(e?.path()))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    rules.sort();
    for path in rules.iter().filter(|path| path.extension().is_some_and(|e| e == "ini")) {
        sections(path, &mut map)?;
    }
    medical(&data.join("lexicons/medical.txt"), &mut map)?;
    let mut builder = fst::MapBuilder::new(Vec::new())?;
    for (key, value) in &map {
        builder.insert(key, *value)?;
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("ruleset.rs"), ruleset::literal(ruleset::version(Path::new("."))?))?;
    fs::write(out.join("lexicon.fst"), builder.into_inner()?)?;
    fs::write(out.join("cues.rs"), cues::statics(&data.join("rules/cues"))?)?;
    for model in ["subject", "body"] {
        let weights = fs::read_to_string(data.join("model").join(model).with_extension("tsv"))?;
        fs::write(out.join(model).with_extension("model"), table(&weights)?)?;
    }
    Ok(())
}

/// Makes the table of a model from lines "feature TAB weight in thousandths": six words (bias, add, clear, unnamed, untold, bits), then
/// entries of a tag and a weight where their hash says, or in the next free place.
fn table(lines: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let names = ["#bias", "#add", "#clear", "#unnamed", "#untold"];
    let mut head = [0_i32; 5];
    let mut weights: Vec<(u64, i32)> = Vec::new();
    for line in lines.lines() {
        let (feature, weight) = line.rsplit_once('\t').ok_or("a feature without a weight")?;
        let weight: i32 = weight.parse()?;
        if let Some(at) = names.iter().position(|name| *name == feature) {
            head[at] = weight;
        } else {
            let mut parts = feature.split(' ').map(|part| hash::of(part.as_bytes()));
            let template = parts.next().unwrap_or_default();
            weights.push((parts.fold(template, hash::join), weight));
        }
    }
    let bits = (weights.len() * 2).max(2).next_power_of_two().trailing_zeros();
    let mut entries = vec![(0_u32, 0_i32); 1 << bits];
    for (hash, weight) in weights {
        let (mut at, tag) = hash::place(hash, bits);
        while entries[at].0 != 0 {
            if entries[at].0 == tag {
                return Err("two features share a tag: change the hash".into());
            }
            at = (at + 1) & ((1 << bits) - 1);
        }
        entries[at] = (tag, weight);
    }
    let mut bytes = Vec::with_capacity(24 + entries.len() * 8);
    for word in head {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(bits.to_le_bytes());
    for (tag, weight) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(weight.to_le_bytes());
    }
    Ok(bytes)
}

/// How a list's levels, from 1 to 9, are packed.
struct List {
    /// The level of a word without one.
    default: u64,
    /// The greatest packed level.
    to: u64,
    shift: u32,
    flag: u64,
}

const LISTS: [(&str, List); 4] = [
    ("words.txt", List { default: 0, to: 7, shift: WORD_SHIFT, flag: WORD }),
    ("given.txt", List { default: 1, to: 7, shift: GIVEN_SHIFT, flag: 0 }),
    ("given_hand.txt", List { default: 5, to: 7, shift: GIVEN_SHIFT, flag: 0 }),
    ("surnames.txt", List { default: 1, to: 3, shift: SURNAME_SHIFT, flag: 0 }),
];

/// Reads lines "word [level]"; the greatest level of a word counts.
fn levels(path: &Path, list: &List, map: &mut Map) -> Result<(), Box<dyn Error>> {
    for line in fs::read_to_string(path)?.lines() {
        let (word, level) = line.split_once(' ').unwrap_or((line, ""));
        let level: u64 = if level.is_empty() { list.default } else { level.parse()? };
        let level = (level * list.to).div_ceil(9).min(list.to);
        let value = map.entry(word.to_owned()).or_default();
        let held = *value >> list.shift & list.to;
        *value = *value & !(list.to << list.shift) | level.max(held) << list.shift | list.flag;
    }
    Ok(())
}

/// Reads lines "word class". What a rule file gives to another trade ("rotation", "closure") stays there.
fn medical(path: &Path, map: &mut Map) -> Result<(), Box<dyn Error>> {
    for line in fs::read_to_string(path)?.lines() {
        let (word, class) = line.split_once(' ').ok_or("a medical word without a class")?;
        let class = match class {
            "condition" => CONDITION,
            "drug" => DRUG,
            "procedure" => PROCEDURE,
            _ => return Err("an unknown class of medical words".into()),
        };
        let entry = map.entry(word.to_owned()).or_default();
        if *entry & OTHER_TRADES == 0 {
            *entry |= class;
        }
    }
    Ok(())
}

/// Reads a rule file: `[class]` headings over terms separated by commas.
fn sections(path: &Path, map: &mut Map) -> Result<(), Box<dyn Error>> {
    let mut class = 0;
    for (number, line) in fs::read_to_string(path)?.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let found = SECTIONS.iter().find(|(section, _)| *section == name);
            class =
                found.ok_or_else(|| format!("{}:{}: unknown class", path.display(), number + 1))?.1;
            continue;
        }
        for term in line.split(',').map(str::trim).filter(|term| !term.is_empty()) {
            let key = term_key(term);
            *map.entry(key.clone()).or_default() |= class | WORD;
            if let Some((first, _)) = key.split_once([' ', '/', '&']) {
                *map.entry(first.to_owned()).or_default() |= STARTS_TERM;
            }
        }
    }
    Ok(())
}

/// Writes a term as the tokenizer joins its words: blanks for blanks and hyphens, "/" and "&" as they are.
fn term_key(term: &str) -> String {
    let tight = term.replace(" & ", "&").replace(" / ", "/");
    tight
        .replace(['-', '#', '+'], " ")
        .replace('\'', "")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
