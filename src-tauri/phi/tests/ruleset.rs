//! The version of the rules follows from all that a verdict depends on.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "../src/model/hash.rs"]
#[allow(dead_code, reason = "the build needs less of it than the detector")]
mod hash;
#[path = "../build/ruleset.rs"]
mod ruleset;

use std::fs;
use std::path::Path;

use wardmail_phi::RULESET_VERSION;

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

#[test]
fn one_more_letter_in_a_list_a_weight_or_the_code_is_another_version() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ruleset");
    for part in ["data/lexicons", "data/model", "data/rules", "build", "build.rs", "src"] {
        fs::create_dir_all(root.join(part).parent().unwrap()).unwrap();
        copy(&here.join(part), &root.join(part));
    }
    let of = || ruleset::version(&root).unwrap();
    let whole = of();
    assert!(whole != 0 && RULESET_VERSION != 0);
    assert_eq!(ruleset::literal(0x8ba8_000d), "0x8ba8_000d");
    for file in ["data/lexicons/medical.txt", "data/model/body.tsv", "src/role/duty.rs", "build.rs"]
    {
        let path = root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}a")).unwrap();
        assert_ne!(of(), whole, "{file}");
        fs::write(&path, text).unwrap();
        assert_eq!(of(), whole, "{file}");
    }
}
