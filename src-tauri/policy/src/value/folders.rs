//! Owns how a policy names folders, and how long mail stays in them. Must not know an account's folders.

use std::collections::BTreeSet;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value as Json, json};

use super::Value;

/// The most folders that a policy names in one setting.
const MAX_FOLDERS: usize = 64;

/// The longest retention, in days: a century.
const MAX_DAYS: u32 = 36_500;

/// A folder by its name as shown, or by what it is for: `inbox`, `sent`, `drafts`, `trash`, `archive`, `junk`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FolderWord(String);

impl FolderWord {
    /// The longest, in bytes.
    const LONGEST: usize = 200;

    /// Takes a folder's name or use; `None` if it is empty or too long.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.len() <= Self::LONGEST).then(|| Self(text.to_owned()))
    }

    /// Whether a folder of this name is meant, or one for this use.
    pub fn means(&self, name: &str, used_for: Option<&str>) -> bool {
        self.0 == name || used_for == Some(self.0.as_str())
    }

    /// Whether it is this very name.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        self.0 == name
    }
}

impl<'de> Deserialize<'de> for FolderWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| D::Error::custom("not a folder"))
    }
}

fn word_schema() -> Json {
    json!({ "type": "string", "minLength": 1, "maxLength": FolderWord::LONGEST })
}

impl Value for BTreeSet<FolderWord> {
    fn schema() -> Json {
        json!({ "type": "array", "maxItems": MAX_FOLDERS, "items": word_schema() })
    }
}

/// How long mail stays in one folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderRule {
    folder: FolderWord,
    days: u32,
}

/// How long mail stays in single folders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FolderDays(Vec<FolderRule>);

impl FolderDays {
    /// The days for a folder, 0 for ever; a rule for its name counts before one for its use. `None` if there is no rule.
    pub fn of(&self, name: &str, used_for: Option<&str>) -> Option<u32> {
        let by_name = self.0.iter().find(|rule| rule.folder.is_name(name));
        let rule = by_name.or_else(|| self.0.iter().find(|rule| rule.folder.means(name, used_for)));
        rule.map(|rule| rule.days)
    }
}

impl<'de> Deserialize<'de> for FolderDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rules = Vec::<FolderRule>::deserialize(deserializer)?;
        let folders: BTreeSet<&FolderWord> = rules.iter().map(|rule| &rule.folder).collect();
        let fit = rules.len() <= MAX_FOLDERS
            && folders.len() == rules.len()
            && rules.iter().all(|rule| rule.days <= MAX_DAYS);
        if fit { Ok(Self(rules)) } else { Err(D::Error::custom("not days of folders")) }
    }
}

impl Value for FolderDays {
    fn schema() -> Json {
        let rule = json!({
            "type": "object",
            "properties": {
                "folder": word_schema(),
                "days": { "type": "integer", "minimum": 0, "maximum": MAX_DAYS },
            },
            "required": ["folder", "days"],
            "additionalProperties": false,
        });
        json!({ "type": "array", "maxItems": MAX_FOLDERS, "items": rule })
    }
}

/// What either has: a hold is lifted only where both lift it.
#[expect(clippy::needless_pass_by_value, reason = "has the shape of the other orders")]
pub(crate) fn either<T: Ord + Clone>(a: BTreeSet<T>, b: BTreeSet<T>) -> BTreeSet<T> {
    a.union(&b).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(json: Json) -> Result<FolderDays, serde_json::Error> {
        serde_json::from_value(json)
    }

    #[test]
    fn a_rule_for_the_name_counts_before_one_for_the_use() {
        let rules = days(json!([
            { "folder": "junk", "days": 30 },
            { "folder": "Spam 2", "days": 7 },
            { "folder": "sent", "days": 0 },
        ]))
        .unwrap();
        assert_eq!(rules.of("Spam", Some("junk")), Some(30));
        assert_eq!(rules.of("Spam 2", Some("junk")), Some(7));
        assert_eq!(rules.of("Sent", Some("sent")), Some(0));
        assert_eq!(rules.of("Lab results", None), None);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for bad in [
            json!([{ "folder": "", "days": 1 }]),
            json!([{ "folder": "junk", "days": 36_501 }]),
            json!([{ "folder": "junk", "days": -1 }]),
            json!([{ "folder": "junk", "days": 1 }, { "folder": "junk", "days": 2 }]),
            json!([{ "folder": "junk", "days": 1, "more": true }]),
            json!({ "junk": 30 }),
        ] {
            assert!(days(bad.clone()).is_err(), "{bad}");
        }
    }
}
