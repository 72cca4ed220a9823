//! The organisation's own rules, compiled once for each policy, and what is wrong with them by its line.

use std::sync::Mutex;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use wardmail_phi::{RULESET_VERSION, SiteRules};

use crate::policy_source::PolicyState;

/// The rules of the policy in force.
#[derive(Debug, Default)]
pub(crate) struct CompiledRules {
    last: Mutex<Option<Compiled>>,
}

/// An organisation's rules, ready, and the version of all rules together.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    texts: String,
    pub(crate) rules: SiteRules,
    /// The version of the built-in rules and of these: what another one said of a message is stale. Never 0.
    pub(crate) ruleset: u32,
}

impl CompiledRules {
    /// The rules of this policy. One that can't be used is reported by `wardctl policy validate`; the others hold.
    pub(crate) fn of(&self, policy: &PolicyState) -> Compiled {
        let texts: Vec<String> =
            policy.effective().site_rules().iter().map(ToString::to_string).collect();
        let joined = texts.join("\n");
        let Ok(mut last) = self.last.lock() else { return Compiled::new(&texts, joined) };
        match &*last {
            Some(known) if known.texts == joined => known.clone(),
            _ => last.insert(Compiled::new(&texts, joined)).clone(),
        }
    }

    /// Those of the policy that was looked at last.
    pub(crate) fn latest(&self) -> Option<Compiled> {
        self.last.lock().ok()?.clone()
    }
}

impl Compiled {
    fn new(texts: &[String], joined: String) -> Self {
        let rules = compiled(texts);
        let ruleset = if rules.is_empty() { RULESET_VERSION } else { version(&joined) };
        Self { texts: joined, rules, ruleset }
    }
}

/// The version of the built-in rules with these beside them.
fn version(joined: &str) -> u32 {
    let mut hash = Sha256::new();
    hash.update(RULESET_VERSION.to_be_bytes());
    hash.update(joined);
    hash.finalize().iter().take(4).fold(0, |word, byte| word << 8 | u32::from(*byte)).max(1)
}

fn compiled(texts: &[String]) -> SiteRules {
    // The first are those of the policy that binds, and alone bring vetoes, even if it has neither.
    let mut rules = texts.iter().map(|json| SiteRules::parse(json).0);
    rules.next().map(|first| rules.fold(first, SiteRules::tightened_by)).unwrap_or_default()
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    phi: Option<Section<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Section<'a> {
    #[serde(borrow)]
    site_rules: Option<&'a RawValue>,
}

/// What is wrong with the rules of a policy file, each rule by its line in the file.
pub(crate) fn problems(file: &[u8]) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(file) else { return Vec::new() };
    let document: Option<Document<'_>> = serde_json::from_str(text).ok();
    let rules = document.and_then(|document| document.phi).and_then(|phi| phi.site_rules);
    let Some(rules) = rules else { return Vec::new() };
    // The rules are a piece of the file: lines are counted from its start.
    let before =
        text.len().min((rules.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize));
    let above = text.as_bytes().iter().take(before).filter(|byte| **byte == b'\n').count();
    let (_, found) = SiteRules::parse(rules.get());
    let name = |mut problem: wardmail_phi::SiteRuleProblem| {
        problem.line = problem.line.saturating_add(above);
        problem.to_string()
    };
    found.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use wardmail_phi::{Detector, Kind, Knowledge};

    #[test]
    fn a_veto_of_a_second_policy_silences_nothing_even_where_the_first_has_no_rules() {
        let veto = r#"{"vetoes": [{"id": "v", "words": ["maria lopez biopsy"]}]}"#.to_owned();
        let is_phi = |texts: &[String]| {
            let known = Knowledge::new().site(super::compiled(texts));
            Detector::standard().scan("Maria Lopez biopsy", Kind::Subject, &known).is_phi()
        };
        assert!(!is_phi(std::slice::from_ref(&veto)));
        assert!(is_phi(&["{}".to_owned(), veto]));
    }

    #[test]
    fn a_rule_is_named_by_its_line_in_the_policy_file() {
        let file = "{\n \"phi\": {\n  \"siteRules\": {\n   \"rules\": [\n    {\"id\": \"good\", \"pattern\": \"Z\\\\d{6}\"},\n    {\"id\": \"look\", \"pattern\": \"(?=x)y\"}\n   ]\n  }\n }\n}";
        let problems = super::problems(file.as_bytes());
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("site rule look in line 6:"), "{problems:?}");
        assert!(super::problems(b"{}").is_empty() && super::problems(b"no json").is_empty());
    }
}
