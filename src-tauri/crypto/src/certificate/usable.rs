//! Whether a certificate can be encrypted to, and if not, why. Owns the order of the reasons; trust is the engine's.

use jiff::Timestamp;
use openpgp::Cert;
use openpgp::cert::ValidCert;
use openpgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use openpgp::packet::key::PublicParts;
use openpgp::policy::Policy;
use openpgp::types::RevocationStatus;
use sequoia_openpgp as openpgp;

use crate::inventory::{lenient_policy, policy, system_time};

/// Why nothing can be encrypted to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// The certificate, or every encryption key in it, has expired.
    #[error("the certificate has expired")]
    Expired,
    /// The certificate, or every encryption key in it, was revoked.
    #[error("the certificate was revoked by its owner")]
    Revoked,
    /// It can only sign.
    #[error("the certificate has no encryption key")]
    NoEncryptionSubkey,
    /// Its keys or its own signatures use algorithms that are no longer trusted or not supported.
    #[error("the certificate uses an algorithm that is too weak or not supported")]
    WeakAlgorithm,
    /// It begins in the future: more often a wrong clock than an attack.
    #[error("the certificate is not valid yet")]
    NotYetValid,
}

pub(super) fn can_encrypt(cert: &Cert, now: Timestamp) -> Result<(), Unusable> {
    encryption_keys_at(cert, &policy(now), now).map(|_| ())
}

/// Returns every key of `cert` that mail can be encrypted to at `now`; there is at least one.
pub(crate) fn encryption_keys_at<'a>(
    cert: &'a Cert,
    policy: &'a dyn Policy,
    now: Timestamp,
) -> Result<Vec<ValidErasedKeyAmalgamation<'a, PublicParts>>, Unusable> {
    let valid = cert.with_policy(policy, system_time(now)).map_err(|_| why_not_valid(cert, now))?;
    encryption_keys(&valid)
}

/// All of them, not the newest: people with two devices have two subkeys.
fn encryption_keys<'a>(
    valid: &ValidCert<'a>,
) -> Result<Vec<ValidErasedKeyAmalgamation<'a, PublicParts>>, Unusable> {
    if matches!(valid.revocation_status(), RevocationStatus::Revoked(_)) {
        return Err(Unusable::Revoked);
    }
    if valid.alive().is_err() {
        return Err(Unusable::Expired);
    }
    let marked = || valid.keys().for_transport_encryption().for_storage_encryption();
    let usable: Vec<_> = marked().supported().alive().revoked(false).collect();
    if !usable.is_empty() {
        return Ok(usable);
    }
    Err(if marked().alive().revoked(false).next().is_some() {
        Unusable::WeakAlgorithm
    } else if marked().revoked(false).next().is_some() {
        Unusable::Expired
    } else if marked().next().is_some() {
        Unusable::Revoked
    } else if has_weak_encryption_key(valid) {
        Unusable::WeakAlgorithm
    } else {
        Unusable::NoEncryptionSubkey
    })
}

/// Tells whether the policy is what keeps the encryption keys out.
fn has_weak_encryption_key(valid: &ValidCert<'_>) -> bool {
    let lenient = lenient_policy();
    valid.cert().with_policy(&lenient, valid.time()).is_ok_and(|valid| {
        valid.keys().for_transport_encryption().for_storage_encryption().next().is_some()
    })
}

/// Says why a certificate has no valid binding at `now`.
fn why_not_valid(cert: &Cert, now: Timestamp) -> Unusable {
    let time = system_time(now);
    let lenient = lenient_policy();
    if matches!(cert.revocation_status(&policy(now), time), RevocationStatus::Revoked(_)) {
        Unusable::Revoked
    } else if cert.primary_key().key().creation_time() > time {
        Unusable::NotYetValid
    } else if cert.with_policy(&lenient, time).is_ok() {
        Unusable::WeakAlgorithm
    } else {
        // Its own signatures are missing, begin in the future, or can't be read.
        let begins_later =
            cert.primary_key().self_signatures().any(|s| s.signature_creation_time() > Some(time))
                || cert.userids().any(|id| {
                    id.self_signatures().any(|s| s.signature_creation_time() > Some(time))
                });
        if begins_later { Unusable::NotYetValid } else { Unusable::WeakAlgorithm }
    }
}
