//! The organisation's own rules, compiled once for each policy, and what is wrong with them by its line.

use std::sync::Mutex;

use serde::Deserialize;
use serde_json::value::RawValue;
use wardmail_phi::SiteRules;

use crate::policy_source::PolicyState;

/// The rules of the policy in force.
#[derive(Debug, Default)]
pub(crate) struct CompiledRules {
    last: Mutex<Option<(String, SiteRules)>>,
}

impl CompiledRules {
    /// The rules of this policy. One that can't be used is reported by `wardctl policy validate`; the others hold.
    pub(crate) fn of(&self, policy: &PolicyState) -> SiteRules {
        let texts: Vec<String> =
            policy.effective().site_rules().iter().map(ToString::to_string).collect();
        let name = texts.join("\n");
        let Ok(mut last) = self.last.lock() else { return compiled(&texts) };
        match &*last {
            Some((known, rules)) if *known == name => rules.clone(),
            _ => {
                let rules = compiled(&texts);
                *last = Some((name, rules.clone()));
                rules
            }
        }
    }
}

fn compiled(texts: &[String]) -> SiteRules {
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
    #[test]
    fn a_rule_is_named_by_its_line_in_the_policy_file() {
        let file = "{\n \"phi\": {\n  \"siteRules\": {\n   \"rules\": [\n    {\"id\": \"good\", \"pattern\": \"Z\\\\d{6}\"},\n    {\"id\": \"look\", \"pattern\": \"(?=x)y\"}\n   ]\n  }\n }\n}";
        let problems = super::problems(file.as_bytes());
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("site rule look in line 6:"), "{problems:?}");
        assert!(super::problems(b"{}").is_empty() && super::problems(b"no json").is_empty());
    }
}
