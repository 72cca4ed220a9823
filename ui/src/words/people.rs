//! Words of people and keys.

use wardmail_api::keys::Trust;

pub(crate) const TITLE: &str = "People and keys";
pub(crate) const LEAD: &str = "A message can be sealed for whoever stands here. Compare a code once, and you know that a key is theirs.";
pub(crate) const OWN: &str = "Your key";
pub(crate) const NO_OWN_KEY: &str = "You have no key yet, so nothing can be sealed.";
pub(crate) const IMPORT_OWN: &str = "Bring a key";
pub(crate) const EXPORT: &str = "Give to others…";
pub(crate) const EXPORT_TITLE: &str = "Your certificate";
pub(crate) const EXPORT_TEXT: &str = "Whoever has it can seal messages for you. It is no secret: send it to colleagues or publish it.";
pub(crate) const DEFAULT: &str = "signs your mail";
pub(crate) const OTHERS: &str = "People";
pub(crate) const FILTER: &str = "Filter by name or address";
pub(crate) const NOBODY: &str = "Nobody yet";
pub(crate) const NOBODY_TEXT: &str = "Import the certificates of the people you write to.";
pub(crate) const IMPORT: &str = "Import…";
pub(crate) const IMPORT_TITLE: &str = "Import certificates";
pub(crate) const IMPORT_TEXT: &str = "One or more certificates, each from BEGIN to END";
pub(crate) const IMPORT_SUBMIT: &str = "Import";
pub(crate) const UNUSABLE: &str = "cannot be used now";
pub(crate) const COMPARE: &str = "Compare…";
pub(crate) const NO_CODE: &str =
    "You have no key of your own yet, so there is no code. Make your key first.";
pub(crate) const MATCH: &str = "The codes match";
pub(crate) const DIFFER: &str = "They differ";

/// How far a certificate was checked.
pub(crate) fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Seen => "not compared yet",
        Trust::Verified => "checked by you",
        Trust::Rejected => "not theirs",
    }
}

/// From when to when a key can be used.
pub(crate) fn valid(from: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!("made {from}, valid until {until}"),
        None => format!("made {from}, without an end"),
    }
}

/// The heading of the comparison.
pub(crate) fn compare_title(name: &str) -> String {
    format!("Compare with {name}")
}

/// How to compare.
pub(crate) fn compare_text(name: &str) -> String {
    format!(
        "Call {name} on a number that you know, or meet. They open your entry in their program; both of you must see this code. Do not send it by e-mail."
    )
}

/// How many came in.
pub(crate) fn imported(number: usize) -> String {
    match number {
        1 => "One certificate was imported.".to_owned(),
        _ => format!("{number} certificates were imported."),
    }
}
