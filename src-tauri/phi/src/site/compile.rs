//! Reading and compiling site rules: every limit, and every way in which a rule can be wrong, by line.

use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::syntax;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Action, Check, Rule, SiteRules};
use crate::finding::{Category, Strength};

/// The most rules and vetoes that are read.
const MAX_RULES: usize = 1000;
/// The most words in one dictionary.
const MAX_WORDS: usize = 20_000;
/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 4096;
/// The most memory that one compiled pattern may take, in bytes.
const MAX_COMPILED: usize = 4 * 1024 * 1024;

/// A rule that can't be used, and where it stands.
#[derive(Debug, thiserror::Error)]
#[error("site rule {id} in line {line}: {kind}")]
#[non_exhaustive]
pub struct SiteRuleProblem {
    /// The line in the rules' text, from 1.
    pub line: usize,
    /// The rule's id, or its place if it has none.
    pub id: String,
    /// What is wrong.
    #[source]
    pub kind: SiteRuleProblemKind,
}

/// What is wrong with a rule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteRuleProblemKind {
    /// The text as a whole is not in the expected form.
    #[error("the rules are not valid JSON of the expected form")]
    File(#[source] serde_json::Error),
    /// A field is missing, unknown or of the wrong type.
    #[error("a field is missing, unknown or of the wrong type")]
    Form(#[source] serde_json::Error),
    /// The pattern doesn't compile, uses look-around or back-references, or is too big.
    #[error("the pattern doesn't compile in the linear engine, or is too big")]
    Pattern(#[source] Box<BuildError>),
    /// A rule needs either a pattern or words.
    #[error("a rule needs either a pattern or words, and not both")]
    NothingToFind,
    /// A limit is exceeded.
    #[error("too many rules, too many words or too long a pattern")]
    TooBig,
    /// The pattern matches the empty text.
    #[error("the pattern matches the empty text")]
    MatchesNothing,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules<'a> {
    #[serde(borrow, default)]
    rules: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    vetoes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    pattern: Option<String>,
    words: Option<Vec<String>>,
    near: Option<Vec<String>>,
    check: Option<Check>,
    category: Option<Category>,
    strength: Option<Strength>,
    action: Option<Action>,
    reason: Option<String>,
}

pub(super) fn parse(json: &str) -> (SiteRules, Vec<SiteRuleProblem>) {
    let mut compiled = SiteRules::default();
    let mut problems = Vec::new();
    let raw: RawRules<'_> = match serde_json::from_str(json) {
        Ok(raw) => raw,
        Err(error) => {
            let line = error.line();
            problems.push(SiteRuleProblem {
                line,
                id: "(all)".to_owned(),
                kind: SiteRuleProblemKind::File(error),
            });
            return (compiled, problems);
        }
    };
    let vetoes_from = raw.rules.len();
    for (place, value) in raw.rules.into_iter().chain(raw.vetoes).enumerate() {
        let veto = place >= vetoes_from;
        match one(value, place) {
            Ok(rule) if veto => compiled.vetoes.push(rule.regex),
            Ok(rule) if rule.action == Action::Off => {}
            Ok(rule) => compiled.rules.push(rule),
            Err((id, kind)) => {
                problems.push(SiteRuleProblem { line: line_of(json, value), id, kind });
            }
        }
    }
    (compiled, problems)
}

/// The line on which a borrowed value starts.
fn line_of(json: &str, value: &RawValue) -> usize {
    let offset = (value.get().as_ptr() as usize).saturating_sub(json.as_ptr() as usize);
    json.bytes().take(offset).filter(|byte| *byte == b'\n').count().saturating_add(1)
}

fn one(value: &RawValue, place: usize) -> Result<Rule, (String, SiteRuleProblemKind)> {
    let unnamed = || format!("#{}", place.saturating_add(1));
    if place >= MAX_RULES {
        return Err((unnamed(), SiteRuleProblemKind::TooBig));
    }
    let raw: RawRule = serde_json::from_str(value.get()).map_err(|error| {
        let named = serde_json::from_str::<serde_json::Value>(value.get()).ok();
        let id = named.and_then(|value| value.get("id")?.as_str().map(str::to_owned));
        (id.unwrap_or_else(unnamed), SiteRuleProblemKind::Form(error))
    })?;
    let id = raw.id.clone();
    compile(raw).map_err(|kind| (id, kind))
}

fn compile(raw: RawRule) -> Result<Rule, SiteRuleProblemKind> {
    let regex = match (&raw.pattern, &raw.words) {
        (Some(pattern), None) => regex(pattern)?,
        (None, Some(words)) if !words.is_empty() => dictionary(words)?,
        _ => return Err(SiteRuleProblemKind::NothingToFind),
    };
    if regex.is_match("") {
        return Err(SiteRuleProblemKind::MatchesNothing);
    }
    Ok(Rule {
        near: raw.near.as_deref().map(dictionary).transpose()?,
        regex,
        check: raw.check,
        category: raw.category.unwrap_or(Category::Site),
        strength: raw.strength.unwrap_or(Strength::Usual),
        action: raw.action.unwrap_or(Action::Warn),
        reason: raw
            .reason
            .unwrap_or_else(|| "A rule of your organisation matches here.".to_owned()),
        id: raw.id,
    })
}

/// Compiles a pattern for the folded text; letters match in any case.
fn regex(pattern: &str) -> Result<Regex, SiteRuleProblemKind> {
    if pattern.len() > MAX_PATTERN {
        return Err(SiteRuleProblemKind::TooBig);
    }
    build(pattern)
}

fn build(pattern: &str) -> Result<Regex, SiteRuleProblemKind> {
    Regex::builder()
        .syntax(syntax::Config::new().case_insensitive(true).nest_limit(50))
        .configure(
            Regex::config().nfa_size_limit(Some(MAX_COMPILED)).hybrid_cache_capacity(MAX_COMPILED),
        )
        .build(pattern)
        .map_err(|error| SiteRuleProblemKind::Pattern(Box::new(error)))
}

/// Compiles words into one alternation with word boundaries.
fn dictionary(words: &[String]) -> Result<Regex, SiteRuleProblemKind> {
    if words.len() > MAX_WORDS {
        return Err(SiteRuleProblemKind::TooBig);
    }
    let folded: Vec<String> = words
        .iter()
        .map(|word| escape(&crate::fold::Folded::new(word.trim()).as_str().to_lowercase()))
        .collect();
    if folded.iter().any(String::is_empty) {
        return Err(SiteRuleProblemKind::MatchesNothing);
    }
    build(&format!(r"\b(?:{})\b", folded.join("|")))
}

fn escape(word: &str) -> String {
    let mut escaped = String::with_capacity(word.len());
    for ch in word.chars() {
        if ch.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(ch);
    }
    escaped
}
