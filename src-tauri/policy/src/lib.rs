//! What IT allows, and the pure decision that follows from it: who gets a message how, or why nobody does.
//! Knows nothing of keys, mail or networks, and reads no clock.
//!
//! ```text
//! policy file ── Policy::load ──┐
//! the person's choices ─────────┼─ Effective::resolve ── describe()   who set what, and why
//! was it managed before? ───────┘          │
//!                                          └─ decide(&effective, &request) ── Plan
//! ```
//!
//! What holds here, each with a property test:
//! - A mandatory value is a bound: the effective value is the stricter of policy and person. Adding a policy by hand
//!   never loosens anything.
//! - A policy that is missing where there was one, unreadable, invalid or insecure closes sending; reading goes on.
//! - No plan has a way for a message to leave unencrypted.
//! - No error has a value of the document in it, only where it stands.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)
)]

mod decide;
mod document;
mod effective;
mod load;
mod provider;
mod schema;
mod settings;
#[cfg(test)]
mod testing;
mod value;

pub use decide::{
    Block, Concern, KeyState, MAX_RECIPIENTS, Note, Plan, Raised, Recipient, RecipientKind,
    RecipientPlan, Rung, SendRequest, Verdict, decide,
};
pub use document::{Fingerprint, Policy, Warning, WarningKind};
pub use effective::{Authority, Closed, Effective, Sources};
pub use load::{INSTALLED_PATH, Insecurity, Origin, PolicyError};
pub use provider::{
    Account, Attestation, CoveredService, Endpoint, ExpiryWarning, Provider, ProviderStatus,
};
pub use schema::schema;
pub use settings::{ChoiceError, Resolved, Row, SetBy, Settings, UserChoices};
pub use value::{
    AfterLockout, AllowPlaintext, ArmoredCertificate, CryptoDefault, Domain, FolderDays,
    FolderWord, MailAddress, NoKeyFallback, PersonName, PhiAction, RemoteContent, TlsMinimum,
    Within,
};
