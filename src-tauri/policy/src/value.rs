//! Owns the types of settings and which of two values is the stricter. Must not know a key's name.

mod folders;

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value as Json, json};

pub(crate) use folders::either;
pub use folders::{FolderDays, FolderWord};

/// A type that a setting can have.
pub(crate) trait Value: Clone + PartialEq + Debug + Serialize + DeserializeOwned {
    /// Its JSON Schema.
    fn schema() -> Json;
}

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Within<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Within<MIN, MAX> {
    /// Takes a number; `None` if it lies outside.
    pub const fn new(number: u32) -> Option<Self> {
        if MIN <= number && number <= MAX { Some(Self(number)) } else { None }
    }

    /// The nearest number that lies within.
    pub(crate) const fn nearest(number: u32) -> Self {
        if number < MIN {
            Self(MIN)
        } else if number > MAX {
            Self(MAX)
        } else {
            Self(number)
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Within<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        Self::new(number).ok_or_else(|| D::Error::custom("out of range"))
    }
}

impl<const MIN: u32, const MAX: u32> Value for Within<MIN, MAX> {
    fn schema() -> Json {
        json!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

impl Value for bool {
    fn schema() -> Json {
        json!({ "type": "boolean" })
    }
}

/// A mail domain, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Domain {
    /// Takes a domain such as `clinic.example`; `None` if it can't be one.
    pub fn new(text: &str) -> Option<Self> {
        let label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let fit = text.len() <= 253 && text.contains('.') && text.split('.').all(label);
        fit.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the address lies in this domain itself.
    pub fn holds(&self, address: &str) -> bool {
        address.rsplit_once('@').is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(&self.0))
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| D::Error::custom("not a domain"))
    }
}

impl Value for BTreeSet<Domain> {
    fn schema() -> Json {
        let domain = "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$";
        json!({ "type": "array", "items": { "type": "string", "maxLength": 253, "pattern": domain } })
    }
}

/// A mail address, or none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MailAddress(String);

impl MailAddress {
    /// The longest address, in bytes (RFC 5321, section 4.5.3.1.3).
    const LONGEST: usize = 254;
    /// What may stand before the `@` beside letters and digits (RFC 5322, section 3.2.3, and the dot).
    const MARKS: &str = ".!#$%&'*+/=?^_{|}~-";

    /// Takes an address such as `privacy@clinic.example`; `None` if it can't be one.
    pub fn new(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let fits = |c: char| c.is_ascii_alphanumeric() || Self::MARKS.contains(c);
        let fit = text.len() <= Self::LONGEST
            && !local.is_empty()
            && local.chars().all(fits)
            && Domain::new(domain).is_some();
        fit.then(|| Self(text.to_owned()))
    }

    /// The address, if there is one.
    pub fn get(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|address| !address.is_empty())
    }
}

impl<'de> Deserialize<'de> for MailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| D::Error::custom("not a mail address"))
    }
}

impl Value for MailAddress {
    fn schema() -> Json {
        let address = "^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$";
        json!({ "type": "string", "maxLength": Self::LONGEST, "pattern": address })
    }
}

/// A person's name, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PersonName(String);

impl PersonName {
    /// The longest name, in bytes.
    const LONGEST: usize = 200;

    /// Takes a name such as `Dana Ortiz` or `Ortiz, Dana`; `None` if it has no letter or is too long.
    pub fn new(text: &str) -> Option<Self> {
        let fit = text.len() <= Self::LONGEST && text.chars().any(char::is_alphabetic);
        fit.then(|| Self(text.trim().to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for PersonName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| D::Error::custom("not a name"))
    }
}

impl Value for BTreeSet<PersonName> {
    fn schema() -> Json {
        json!({ "type": "array", "items": { "type": "string", "minLength": 1, "maxLength": PersonName::LONGEST } })
    }
}

/// An OpenPGP certificate as ASCII armor, such as the organisation's for recovery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArmoredCertificate(String);

impl ArmoredCertificate {
    const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    const MAX_BYTES: usize = 64 * 1024;

    /// Takes an armored certificate; `None` if it can't be one. Whether it can be used is not known here.
    pub fn new(text: &str) -> Option<Self> {
        let fit = text.len() <= Self::MAX_BYTES && text.trim_start().starts_with(Self::BEGIN);
        fit.then(|| Self(text.to_owned()))
    }

    /// The armor.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ArmoredCertificate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| D::Error::custom("not an armored certificate"))
    }
}

/// As a person reads it in the list of settings; a policy document is never written.
impl Serialize for ArmoredCertificate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("OpenPGP certificate ({} bytes)", self.0.len()))
    }
}

/// At most this many people hold the organisation's keys.
const MAX_CERTIFICATES: usize = 4;

impl Value for BTreeSet<ArmoredCertificate> {
    fn schema() -> Json {
        let armor = json!({
            "type": "string",
            "maxLength": ArmoredCertificate::MAX_BYTES,
            "pattern": "^\\s*-----BEGIN PGP PUBLIC KEY BLOCK-----",
        });
        json!({ "type": "array", "maxItems": MAX_CERTIFICATES, "items": armor })
    }
}

/// Only the installed policy says it: a file named by hand neither lets anybody in nor keeps anybody out.
pub(crate) fn installed<T>(a: T, _named: T) -> T {
    a
}

/// An enumeration of words, the later the stricter.
macro_rules! words {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $variant_doc])+ #[serde(rename = $word)] $variant),+
        }

        impl Value for $name {
            fn schema() -> Json {
                json!({ "enum": [$($word),+] })
            }
        }
    };
}

words! {
    /// The oldest TLS version that is spoken.
    TlsMinimum {
        /// TLS 1.2.
        V1_2 = "1.2",
        /// TLS 1.3.
        V1_3 = "1.3",
    }
}

words! {
    /// What happens where PHI was found.
    PhiAction {
        /// Nothing.
        Off = "off",
        /// A warning.
        Warn = "warn",
        /// Sending needs a reason.
        Justify = "justify",
        /// Nothing is sent.
        Block = "block",
    }
}

words! {
    /// Whether messages are encrypted when they could do without.
    CryptoDefault {
        /// If every recipient has a key.
        Prefer = "prefer",
        /// Always.
        Require = "require",
    }
}

words! {
    /// When a message may leave unencrypted. This version never sends one: the others are kept for later versions,
    /// and are taken for `never`.
    AllowPlaintext {
        /// To a patient with a valid consent record.
        WithConsent = "withConsent",
        /// Within the organisation.
        InternalOnly = "internalOnly",
        /// Never.
        Never = "never",
    }
}

words! {
    /// What happens with a recipient whose key is not usable.
    NoKeyFallback {
        /// Nothing is sent.
        Block = "block",
    }
}

words! {
    /// What happens once too many wrong passphrases were typed.
    AfterLockout {
        /// A wait.
        Wait = "wait",
        /// Passphrase and recovery code open the mailbox no more; the organisation's certificates still do.
        Erase = "erase",
    }
}

words! {
    /// Whether mail may load remote content.
    RemoteContent {
        /// When the reader asks for it, per message.
        Ask = "ask",
        /// Never.
        Never = "never",
    }
}

/// The greater is the stricter.
pub(crate) fn most<T: Ord>(a: T, b: T) -> T {
    a.max(b)
}

/// The smaller is the stricter.
pub(crate) fn least<T: Ord>(a: T, b: T) -> T {
    a.min(b)
}

/// Only what both have.
#[expect(clippy::needless_pass_by_value, reason = "has the shape of the other orders")]
pub(crate) fn common<T: Ord + Clone>(a: BTreeSet<T>, b: BTreeSet<T>) -> BTreeSet<T> {
    a.intersection(&b).cloned().collect()
}

/// Two permissions that differ permit nothing together: neither holds in the other.
pub(crate) fn agreed(a: AllowPlaintext, b: AllowPlaintext) -> AllowPlaintext {
    if a == b { a } else { AllowPlaintext::Never }
}
