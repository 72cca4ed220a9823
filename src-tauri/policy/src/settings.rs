//! Owns the table of settings, and how policy and person make one value of each. Must not read a file.

mod table;

use serde::Serialize;
use serde_json::Value as Json;

pub use table::{Settings, UserChoices};

pub(crate) use table::{StatedSettings, entries};

/// What a policy says of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stated<T> {
    pub(crate) value: T,
    /// A bound if set, else a recommendation.
    pub(crate) locked: bool,
    pub(crate) reason: Option<String>,
}

/// Who had the last word on a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SetBy {
    /// Wardmail itself.
    Default,
    /// The policy recommends it; the person may change it.
    Recommended,
    /// The policy demands it.
    Policy,
    /// The policy that was named by hand demands it.
    NamedPolicy,
    /// The person chose it.
    Person,
}

/// A setting's value, who set it and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<T> {
    /// The value in force.
    pub value: T,
    /// Who set it.
    pub set_by: SetBy,
    /// Why, in the words of the policy that binds or recommends it.
    pub reason: Option<String>,
    /// Whether a policy bounds it: the person can at most tighten it.
    pub locked: bool,
}

/// One line of the settings screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The setting's key, as in the policy document.
    pub key: &'static str,
    /// The value in force, as JSON text without quotes.
    pub value: String,
    /// Who set it.
    pub set_by: SetBy,
    /// Why, in the policy's words.
    pub reason: Option<String>,
    /// Whether a policy bounds it.
    pub locked: bool,
    /// Whether the person may choose at all.
    pub choosable: bool,
}

/// Who may choose a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chooser {
    /// Policy and person.
    Person,
    /// Policy alone.
    Policy,
}

/// Why a choice was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// There is no such setting.
    #[error("no such setting")]
    UnknownKey,
    /// Only a policy can set it.
    #[error("only a policy can set this")]
    PolicyOnly,
    /// The value has the wrong type or is out of range.
    #[error("not a value for this setting")]
    BadValue,
}

/// How one setting's value comes about, but for what was said of it.
pub(crate) struct Rule<T> {
    pub(crate) default: T,
    pub(crate) chooser: Chooser,
    pub(crate) stricter: fn(T, T) -> T,
}

impl<T: Clone + PartialEq> Rule<T> {
    /// default < recommended < person; then a locked value bounds, and then the policy named by hand.
    pub(crate) fn resolve(
        &self,
        base: Option<&Stated<T>>,
        named: Option<&Stated<T>>,
        chosen: Option<&T>,
    ) -> Resolved<T> {
        let chosen = chosen.filter(|_| self.chooser == Chooser::Person);
        let mut resolved = match (base, chosen) {
            (Some(stated), Some(chosen)) if stated.locked => self.bound(
                Resolved {
                    value: chosen.clone(),
                    set_by: SetBy::Person,
                    reason: None,
                    locked: false,
                },
                stated,
                SetBy::Policy,
            ),
            (Some(stated), None) => Resolved {
                value: stated.value.clone(),
                set_by: if stated.locked { SetBy::Policy } else { SetBy::Recommended },
                reason: stated.reason.clone(),
                locked: stated.locked,
            },
            (base, Some(chosen)) => Resolved {
                value: chosen.clone(),
                set_by: SetBy::Person,
                reason: base.and_then(|stated| stated.reason.clone()),
                locked: false,
            },
            (None, None) => Resolved {
                value: self.default.clone(),
                set_by: SetBy::Default,
                reason: None,
                locked: false,
            },
        };
        if let Some(named) = named {
            resolved = self.bound(resolved, named, SetBy::NamedPolicy);
        }
        resolved
    }

    fn bound(&self, resolved: Resolved<T>, bound: &Stated<T>, by: SetBy) -> Resolved<T> {
        let value = (self.stricter)(resolved.value.clone(), bound.value.clone());
        let tightened = value != resolved.value;
        // Where both say the same, the policy's word is the reason to show.
        let policys = value == bound.value && (tightened || resolved.set_by == SetBy::Person);
        Resolved {
            set_by: if tightened || policys { by } else { resolved.set_by },
            // A bound is explained even where the person is stricter still.
            reason: bound.reason.clone().or(resolved.reason),
            value,
            locked: true,
        }
    }
}

/// A value as a person reads it.
fn text(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Json::String(text)) => text,
        Ok(Json::Array(items)) => {
            let words: Vec<String> = items.iter().map(item).collect();
            words.join(", ")
        }
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// One of several: a word, or the fields of a rule in their order.
fn item(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Object(fields) => {
            let words: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key} {}", item(value))).collect();
            words.join(" ")
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
