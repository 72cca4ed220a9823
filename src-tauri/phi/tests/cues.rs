//! The words that the code asks for one by one: what a rule file of another language may say, and what stops the build.

#[path = "../build/cues.rs"]
mod cues;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

const ENGLISH: &str = "# Opens a letter: \"Dear Ana\".\n[greeting]\ndear, hi\n";

/// Builds from an English and a Spanish file.
fn built(name: &str, english: &str, spanish: &str) -> Result<String, Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("en.ini"), english)?;
    fs::write(folder.join("es.ini"), spanish)?;
    cues::statics(&folder)
}

#[test]
fn another_language_adds_words_to_the_sections_of_the_first() {
    let text = built("united", ENGLISH, "# Opens a letter.\n[greeting]\nhola, hi\n").unwrap();
    assert!(text.contains("/// Opens a letter: \"Dear Ana\"."), "{text}");
    assert!(text.contains("static GREETING: Words"), "{text}");
    assert!(text.contains("&[\"dear\", \"hi\", \"hola\"]"), "{text}");
}

#[test]
fn mistakes_in_a_file_stop_the_build() {
    for (name, english, spanish, said) in [
        ("unknown", ENGLISH, "# A.\n[greetings]\nhola\n", "es.ini:2: en.ini has no such section"),
        ("bare", "[greeting]\ndear\n", "", "en.ini:1: no comment"),
        ("twice", ENGLISH, "# A.\n[greeting]\na\n# A.\n[greeting]\nb\n", "es.ini:5: the section"),
        ("loose", "dear\n", "", "en.ini:1: words without a section"),
        ("accent", ENGLISH, "# A.\n[greeting]\nadiós\n", "es.ini:3: the text is folded"),
        ("empty", "# A.\n[greeting]\n", "", "[greeting]: no language"),
    ] {
        let error = built(name, english, spanish).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
    }
}
