//! Owns the register of providers with a Business Associate Agreement, and whether an account lies in it. Must not read
//! a clock.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Block;

/// A host and a port, as policy and account name them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    /// Names an endpoint; `None` if the host is empty, not ASCII or has a character that no host has, or the port is 0.
    pub fn new(host: &str, port: u16) -> Option<Self> {
        let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
        let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
        let named = !host.is_empty() && host.len() <= 253 && host.bytes().all(fit);
        (named && port != 0).then_some(Self { host, port })
    }

    /// The host, in lower case and without a final dot.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// The servers of the account that would send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Where it reads.
    pub imap: Endpoint,
    /// Where it submits.
    pub smtp: Endpoint,
}

/// What an agreement covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CoveredService {
    /// Reading.
    Imap,
    /// Submitting.
    Smtp,
}

/// One entry of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The provider's name.
    pub name: String,
    /// Where mail is read.
    pub imap: Endpoint,
    /// Where mail is submitted.
    pub smtp: Endpoint,
    /// What the agreement covers.
    pub services: BTreeSet<CoveredService>,
    /// The day it was signed: it holds from then.
    pub signed: Date,
    /// The last day it holds; `None` if it has none.
    pub expires: Option<Date>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Authorities to trust for these two hosts, beside the system's: PEM texts.
    pub trusted_pem: Vec<Vec<u8>>,
}

/// What the owner of an unmanaged profile recorded about provider and agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// The provider's name.
    pub provider: String,
    /// Where mail is read.
    pub imap_host: String,
    /// Where mail is submitted.
    pub smtp_host: String,
    /// The day the agreement was signed.
    pub signed: Date,
    /// The last day it holds; `None` if it has none.
    pub expires: Option<Date>,
    /// When the owner said so.
    pub attested_at: Timestamp,
}

/// How an account stands to the register, or to the owner's record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderStatus {
    /// An agreement covers it.
    Covered {
        /// The provider's name.
        provider: String,
        /// The last day it holds.
        expires: Option<Date>,
        /// Set from 60 days before that day on.
        warning: Option<ExpiryWarning>,
    },
    /// Nothing may be sent through it.
    NotCovered(Block),
}

/// How near an agreement's end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpiryWarning {
    /// 31 to 60 days.
    Within60Days,
    /// 8 to 30 days.
    Within30Days,
    /// 7 days or fewer, the last day being 0.
    Within7Days,
}

/// The status of an account by its entry in the register.
pub(crate) fn by_register(
    providers: &[Provider],
    account: &Account,
    now: Timestamp,
) -> ProviderStatus {
    let entry = providers
        .iter()
        .find(|provider| provider.imap == account.imap && provider.smtp == account.smtp);
    let Some(entry) = entry else {
        return ProviderStatus::NotCovered(Block::ProviderNotCovered);
    };
    let both = [CoveredService::Imap, CoveredService::Smtp];
    if !both.iter().all(|service| entry.services.contains(service)) {
        return ProviderStatus::NotCovered(Block::ServiceNotCovered);
    }
    in_force(&entry.name, entry.signed, entry.expires, now)
}

/// The status of an account by the owner's word.
pub(crate) fn by_attestation(
    attestation: Option<&Attestation>,
    account: &Account,
    now: Timestamp,
) -> ProviderStatus {
    let Some(attestation) = attestation else {
        return ProviderStatus::NotCovered(Block::NoAttestation);
    };
    let same = |host: &str, endpoint: &Endpoint| {
        Endpoint::new(host, endpoint.port()).as_ref() == Some(endpoint)
    };
    if !same(&attestation.imap_host, &account.imap) || !same(&attestation.smtp_host, &account.smtp)
    {
        return ProviderStatus::NotCovered(Block::AttestationForOtherProvider);
    }
    in_force(&attestation.provider, attestation.signed, attestation.expires, now)
}

fn in_force(name: &str, signed: Date, expires: Option<Date>, now: Timestamp) -> ProviderStatus {
    // A day in UTC: an agreement ends the same moment everywhere.
    let today = now.to_zoned(TimeZone::UTC).date();
    if signed > today {
        return ProviderStatus::NotCovered(Block::AgreementNotYetSigned);
    }
    let Some(last) = expires else {
        return ProviderStatus::Covered { provider: name.to_owned(), expires, warning: None };
    };
    if last < today {
        return ProviderStatus::NotCovered(Block::AgreementExpired);
    }
    let warning = match today.duration_until(last).as_hours() / 24 {
        ..=7 => Some(ExpiryWarning::Within7Days),
        8..=30 => Some(ExpiryWarning::Within30Days),
        31..=60 => Some(ExpiryWarning::Within60Days),
        _ => None,
    };
    ProviderStatus::Covered { provider: name.to_owned(), expires, warning }
}
