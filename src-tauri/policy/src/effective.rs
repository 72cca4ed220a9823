//! Owns what is in force: installed policy, policy named by hand, and the person's choices made one. Must not read a
//! file or a clock.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::document::{Fingerprint, Policy, Warning};
use crate::load::PolicyError;
use crate::provider::{
    Account, Attestation, Provider, ProviderStatus, by_attestation, by_register,
};
use crate::settings::{Row, Settings, UserChoices};

/// What [`Effective::resolve`] makes one of.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The installed policy, as loading it went.
    pub installed: Result<&'a Policy, &'a PolicyError>,
    /// The installed policy that was verified last, kept by the profile.
    pub last_verified: Option<&'a Policy>,
    /// The policy that was named by hand, if one was, as loading it went.
    pub named: Option<Result<&'a Policy, &'a PolicyError>>,
    /// Whether the profile ever ran under an installed policy.
    pub was_managed: bool,
    /// What the person chose.
    pub choices: &'a UserChoices,
}

/// Whose word is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Authority {
    /// The installed policy.
    Installed,
    /// The installed policy that was verified last, because the present one is missing or not to be trusted.
    LastVerified,
    /// A policy named by hand, on a profile that was never managed.
    Named,
    /// Wardmail's own strict defaults.
    Defaults,
}

/// Why nothing is sent, whatever the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Closed {
    /// The profile was managed, and the policy is gone.
    PolicyMissing,
    /// The installed policy can't be read.
    PolicyUnreadable,
    /// The installed policy isn't valid.
    PolicyInvalid,
    /// Somebody else than the administrator may change the installed policy.
    PolicyInsecure,
    /// The policy named by hand can't be read or isn't valid.
    NamedPolicyUnusable,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// Every setting.
    pub settings: Settings,
    authority: Authority,
    closed: Vec<Closed>,
    providers: Vec<Provider>,
    site_rules: Vec<Json>,
    warnings: Vec<Warning>,
    issuer: Option<String>,
    serial: Option<u64>,
    fingerprints: Vec<Fingerprint>,
}

impl Effective {
    /// Makes one of policy and choices. Never fails: what is wrong with a policy closes sending.
    pub fn resolve(sources: &Sources<'_>) -> Self {
        let (base, authority, mut closed) = base(sources);
        let (base, named, authority) = match sources.named {
            None => (base, None, authority),
            Some(Err(_)) => {
                closed.push(Closed::NamedPolicyUnusable);
                (base, None, authority)
            }
            Some(Ok(named)) if authority == Authority::Defaults && closed.is_empty() => {
                (Some(named), None, Authority::Named)
            }
            Some(Ok(named)) => (base, Some(named), authority),
        };
        let both = || base.into_iter().chain(named);
        Self {
            settings: Settings::resolve(
                base.map(|policy| &policy.settings),
                named.map(|policy| &policy.settings),
                sources.choices,
            ),
            authority,
            closed,
            providers: providers(base, named),
            // One for each policy, also where it has none: the place tells whose rules they are.
            site_rules: both()
                .map(|policy| policy.site_rules.clone().unwrap_or_else(|| serde_json::json!({})))
                .collect(),
            warnings: both().flat_map(|policy| policy.warnings.iter().cloned()).collect(),
            issuer: base.map(|policy| policy.issuer.clone()),
            serial: base.map(|policy| policy.serial),
            fingerprints: both().map(Policy::fingerprint).collect(),
        }
    }

    /// Whose word is in force.
    pub fn authority(&self) -> Authority {
        self.authority
    }

    /// Why nothing is sent, whatever the message; empty if that isn't so.
    pub fn closed(&self) -> &[Closed] {
        &self.closed
    }

    /// The register of providers in force.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The site's own PHI rules, as the policies state them: first those of the policy that binds, then of the one named by
    /// hand, empty where one has none. All rules hold; vetoes only from the first.
    pub fn site_rules(&self) -> &[Json] {
        &self.site_rules
    }

    /// What the policies say that doesn't count.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Who made the policy in force.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The serial number of the policy in force.
    pub fn serial(&self) -> Option<u64> {
        self.serial
    }

    /// The hashes of the policies in force: the first of the one that binds, then of the one named by hand.
    pub fn fingerprints(&self) -> &[Fingerprint] {
        &self.fingerprints
    }

    /// The authorities to trust for an account's servers beside the system's: PEM texts. None for other servers.
    pub fn trusted_pem(&self, account: &Account) -> Vec<Vec<u8>> {
        let entry =
            |provider: &&Provider| provider.imap == account.imap && provider.smtp == account.smtp;
        self.providers
            .iter()
            .filter(entry)
            .flat_map(|provider| provider.trusted_pem.clone())
            .collect()
    }

    /// How an account stands: to the register where there is a policy, else to the owner's record.
    pub fn provider_status(
        &self,
        account: &Account,
        attestation: Option<&Attestation>,
        now: Timestamp,
    ) -> ProviderStatus {
        match self.authority {
            Authority::Defaults => by_attestation(attestation, account, now),
            Authority::Installed | Authority::LastVerified | Authority::Named => {
                by_register(&self.providers, account, now)
            }
        }
    }

    /// Every setting with its value in force, who set it and why.
    pub fn describe(&self) -> Vec<Row> {
        self.settings.rows()
    }
}

fn base<'a>(sources: &Sources<'a>) -> (Option<&'a Policy>, Authority, Vec<Closed>) {
    let why = match sources.installed {
        Ok(policy) => return (Some(policy), Authority::Installed, Vec::new()),
        Err(PolicyError::Missing) if !sources.was_managed => {
            return (None, Authority::Defaults, Vec::new());
        }
        Err(PolicyError::Missing) => Closed::PolicyMissing,
        Err(PolicyError::Unreadable(_) | PolicyError::TooLarge) => Closed::PolicyUnreadable,
        Err(PolicyError::Insecure(_)) => Closed::PolicyInsecure,
        Err(
            PolicyError::NotJson { .. } | PolicyError::Version { .. } | PolicyError::Invalid { .. },
        ) => Closed::PolicyInvalid,
    };
    match sources.last_verified {
        Some(policy) => (Some(policy), Authority::LastVerified, vec![why]),
        None => (None, Authority::Defaults, vec![why]),
    }
}

/// The register: what both name, with the narrower cover and the earlier end. A policy that doesn't speak of providers
/// takes none away; one named by hand brings no certificate in.
fn providers(base: Option<&Policy>, named: Option<&Policy>) -> Vec<Provider> {
    let base = base.and_then(|policy| policy.providers.clone()).unwrap_or_default();
    let Some(bounds) = named.and_then(|policy| policy.providers.as_ref()) else { return base };
    let narrowed = |provider: Provider| {
        let bound = bounds
            .iter()
            .find(|bound| bound.imap == provider.imap && bound.smtp == provider.smtp)?;
        Some(Provider {
            services: provider.services.intersection(&bound.services).copied().collect(),
            signed: provider.signed.max(bound.signed),
            expires: match (provider.expires, bound.expires) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
            ..provider
        })
    };
    base.into_iter().filter_map(narrowed).collect()
}

#[cfg(test)]
mod tests;
