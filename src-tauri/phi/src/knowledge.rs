//! What the caller knows and the text can't tell: who is staff, who receives the message, what the user marked.
//!
//! Marks lower the weight of a name. They never silence a possessive with a clinical word nor a strong identifier: staff are patients too.

use std::collections::HashMap;

use crate::{SiteRules, fold::fold_word};

/// Who a known person is to the practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KnownRole {
    /// A member of the own staff.
    Staff,
    /// A clinician elsewhere.
    Provider,
    /// A vendor, a payer's clerk, anybody in business with the practice.
    Business,
    /// A patient, or somebody of a patient's family.
    Patient,
    /// Marked by the user as not a patient.
    NotPatient,
}

/// One recipient of the message being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The address lies outside the own domains.
    pub outside: bool,
    /// The address book says that this is a patient.
    pub patient: bool,
}

/// What the caller knows. Empty knowledge is fine; it only makes the detector less sure.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    people: HashMap<String, Vec<(Option<String>, KnownRole)>>,
    own_domains: Vec<String>,
    recipients: Vec<Recipient>,
    site: SiteRules,
}

impl Knowledge {
    /// Makes empty knowledge.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a person by full name ("Dana Ortiz", "Ortiz, Dana", or one word).
    #[must_use]
    pub fn person(mut self, name: &str, role: KnownRole) -> Self {
        let (last, first) = if let Some((last, first)) = name.split_once(',') {
            (last.trim(), first.split_whitespace().next())
        } else {
            let mut words = name.split_whitespace();
            (words.next_back().unwrap_or_default(), words.next())
        };
        let last = fold_word(last);
        let first = first.map(fold_word);
        if last.is_empty() {
            return self;
        }
        if let Some(first) = &first {
            self.people.entry(first.clone()).or_default().push((Some(last.clone()), role));
        }
        self.people.entry(last).or_default().push((first, role));
        self
    }

    /// Adds members of the own staff.
    #[must_use]
    pub fn staff<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(self, |known, name| known.person(name, KnownRole::Staff))
    }

    /// Adds names that the user marked as not a patient.
    #[must_use]
    pub fn not_patients<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(self, |known, name| known.person(name, KnownRole::NotPatient))
    }

    /// Sets the own domains: addresses there are colleagues, not patients.
    #[must_use]
    pub fn own_domains<'a>(mut self, domains: impl IntoIterator<Item = &'a str>) -> Self {
        self.own_domains = domains.into_iter().map(str::to_lowercase).collect();
        self
    }

    /// Sets the recipients of the message being written.
    #[must_use]
    pub fn recipients(mut self, recipients: impl IntoIterator<Item = Recipient>) -> Self {
        self.recipients = recipients.into_iter().collect();
        self
    }

    /// Sets the organisation's own rules.
    #[must_use]
    pub fn site(mut self, rules: SiteRules) -> Self {
        self.site = rules;
        self
    }

    /// Returns what is known of a person, by folded first and last word; a single word matches either.
    pub(crate) fn role_of(&self, first: Option<&str>, last: Option<&str>) -> Option<KnownRole> {
        if self.people.is_empty() {
            return None;
        }
        let entries = self.people.get(last.or(first)?)?;
        let full = first.and(last).and(first);
        entries
            .iter()
            .filter(|(other, _)| {
                full.is_none_or(|first| other.as_deref().is_none_or(|other| other == first))
            })
            .map(|(_, role)| *role)
            .max_by_key(|role| *role == KnownRole::Patient)
    }

    /// Returns what is known of "Mrs. Ortiz": a mark of just that, or of the bare name, or that there is a patient of that name.
    /// That a Dana Ortiz works here excuses her alone.
    pub(crate) fn role_of_titled(&self, title: &str, last: &str) -> Option<KnownRole> {
        let is_meant = |first: &Option<String>, role: KnownRole| {
            role == KnownRole::Patient || first.as_deref().is_none_or(|first| first == title)
        };
        let entries = self.people.get(last)?.iter();
        let meant = entries.filter(|(first, role)| is_meant(first, *role));
        meant.map(|(_, role)| *role).max_by_key(|role| *role == KnownRole::Patient)
    }

    pub(crate) fn knows_nobody(&self) -> bool {
        self.people.is_empty()
    }

    pub(crate) fn is_own_domain(&self, domain: &str) -> bool {
        self.own_domains.iter().any(|own| domain.eq_ignore_ascii_case(own))
    }

    pub(crate) fn goes_to_patient(&self) -> bool {
        self.recipients.iter().any(|recipient| recipient.patient)
    }

    pub(crate) fn goes_outside(&self) -> bool {
        self.recipients.iter().any(|recipient| recipient.outside)
    }

    pub(crate) fn site_rules(&self) -> &SiteRules {
        &self.site
    }
}
