//! Owns the policy document: JSON to typed values, or where it is wrong. Must not touch a file, nor repeat a value.

mod parse;

use std::fmt;
use std::path::PathBuf;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::load::Origin;
use crate::provider::Provider;
use crate::settings::StatedSettings;

pub(crate) use parse::{Listed, Parsed, Taken, parse, take_stated};

/// The version of the document that this program writes and reads.
pub(crate) const SCHEMA: u64 = 1;

/// A policy document that was read, checked and understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(crate) origin: Origin,
    pub(crate) serial: u64,
    pub(crate) issuer: String,
    pub(crate) settings: StatedSettings,
    /// `None` if the document doesn't speak of providers.
    pub(crate) providers: Option<Vec<Provider>>,
    pub(crate) site_rules: Option<Json>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) bytes: Vec<u8>,
}

impl Policy {
    /// The serial number: the organisation raises it with every change.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Who made it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What was read over: unknown keys, and values that this version doesn't honour.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The document's bytes, to be kept as the last one verified.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of the document's bytes, for the audit log.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(&self.bytes).into())
    }
}

/// SHA-256 over a policy document's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Something in the document that doesn't count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where, such as `lock.idleSecond`.
    pub path: String,
    /// What.
    pub kind: WarningKind,
}

/// Why something doesn't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// No such key: misspelt, or of a later version.
    UnknownKey,
    /// A value that this version takes for a stricter one.
    TakenStricter,
}

/// Where a trusted certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CertificateSource {
    Pem(String),
    File(PathBuf),
}
