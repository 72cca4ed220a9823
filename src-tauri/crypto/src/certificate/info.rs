//! What a certificate says about itself, in plain words. Owns the wording of algorithms; decides nothing.

use jiff::Timestamp;
use openpgp::Cert;
use openpgp::cert::ValidCert;
use openpgp::cert::amalgamation::ValidAmalgamation;
use openpgp::crypto::mpi::PublicKey;
use openpgp::packet::key::{PublicParts, UnspecifiedRole};
use openpgp::packet::{Key, UserID};
use openpgp::types::{Curve, PublicKeyAlgorithm, RevocationStatus};
use sequoia_openpgp as openpgp;

use crate::Fingerprint;
use crate::inventory::{lenient_policy, policy, system_time, timestamp};

/// What a certificate says, checked against its own signatures at a time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CertificateInfo {
    /// The fingerprint of the primary key.
    pub fingerprint: Fingerprint,
    /// The version of the key format: 4 (RFC 4880) or 6 (RFC 9580).
    pub version: u8,
    /// The user IDs, the primary one first.
    pub user_ids: Vec<UserId>,
    /// The addresses of the valid user IDs, normalised, each once.
    pub addresses: Vec<String>,
    /// When the primary key was made.
    pub created: Timestamp,
    /// When the certificate ends; `None`: never.
    pub expires: Option<Timestamp>,
    /// Whether its owner revoked it.
    pub revoked: bool,
    /// The algorithms in plain words, such as "Ed25519 with Curve25519" or "RSA 4096".
    pub algorithm: String,
}

/// One user ID.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserId {
    /// The text, with control characters replaced.
    pub text: String,
    /// The address in it, normalised.
    pub address: Option<String>,
    /// Whether its owner revoked it.
    pub revoked: bool,
}

pub(super) fn info(cert: &Cert, now: Timestamp) -> CertificateInfo {
    let strict = policy(now);
    let time = system_time(now);
    // A certificate that fails the policy is still named, so that the owner can be told which one it is and ask for a new one.
    let lenient = lenient_policy();
    let valid = cert.with_policy(&strict, time).or_else(|_| cert.with_policy(&lenient, time)).ok();
    let primary = cert.primary_key();
    CertificateInfo {
        fingerprint: Fingerprint(cert.fingerprint()),
        version: primary.key().version(),
        user_ids: valid.as_ref().map_or_else(|| unbound_user_ids(cert), user_ids),
        addresses: valid.as_ref().map(addresses).unwrap_or_default(),
        created: timestamp(primary.key().creation_time()).unwrap_or(Timestamp::UNIX_EPOCH),
        expires: valid
            .as_ref()
            .and_then(|valid| valid.primary_key().key_expiration_time())
            .and_then(timestamp),
        revoked: matches!(cert.revocation_status(&strict, time), RevocationStatus::Revoked(_)),
        algorithm: algorithm(cert),
    }
}

/// Returns the addresses that `valid` binds and its owner hasn't revoked.
pub(crate) fn addresses(valid: &ValidCert<'_>) -> Vec<String> {
    let mut addresses: Vec<String> =
        user_ids(valid).into_iter().filter(|id| !id.revoked).filter_map(|id| id.address).collect();
    let mut seen = std::collections::BTreeSet::new();
    addresses.retain(|address| seen.insert(address.clone()));
    addresses
}

fn user_ids(valid: &ValidCert<'_>) -> Vec<UserId> {
    valid
        .userids()
        .map(|id| {
            user_id(id.userid(), matches!(id.revocation_status(), RevocationStatus::Revoked(_)))
        })
        .collect()
}

/// Returns the user IDs of a certificate that binds none now: names to show, no addresses to use.
fn unbound_user_ids(cert: &Cert) -> Vec<UserId> {
    cert.userids().map(|id| UserId { address: None, ..user_id(id.userid(), false) }).collect()
}

fn user_id(id: &UserID, revoked: bool) -> UserId {
    UserId {
        text: printable(&String::from_utf8_lossy(id.value())),
        address: id
            .email_normalized()
            .ok()
            .flatten()
            .filter(|address| printable(address) == *address),
        revoked,
    }
}

/// Replaces what could change how a line looks: control characters and those that turn the direction of text.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// Names the algorithm of the primary key and, where they differ, of the subkeys.
fn algorithm(cert: &Cert) -> String {
    let mut names: Vec<String> = Vec::new();
    for key in cert.keys() {
        let name = key_algorithm(key.key());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // Nobody has more; a hostile certificate may.
    names.truncate(4);
    names.join(" with ")
}

fn key_algorithm(key: &Key<PublicParts, UnspecifiedRole>) -> String {
    if let PublicKey::ECDH { curve, .. }
    | PublicKey::ECDSA { curve, .. }
    | PublicKey::EdDSA { curve, .. } = key.mpis()
    {
        return curve_name(curve).to_owned();
    }
    let family = family(key.pk_algo());
    match key.mpis().bits() {
        Some(bits) if matches!(family, "RSA" | "DSA" | "Elgamal") => format!("{family} {bits}"),
        _ => family.to_owned(),
    }
}

fn curve_name(curve: &Curve) -> &'static str {
    match curve {
        Curve::NistP256 => "NIST P-256",
        Curve::NistP384 => "NIST P-384",
        Curve::NistP521 => "NIST P-521",
        Curve::BrainpoolP256 => "Brainpool P-256",
        Curve::BrainpoolP384 => "Brainpool P-384",
        Curve::BrainpoolP512 => "Brainpool P-512",
        Curve::Ed25519 => "Ed25519",
        Curve::Cv25519 => "Curve25519",
        // The library's list is open.
        Curve::Unknown(_) | _ => "unknown curve",
    }
}

#[expect(deprecated, reason = "old algorithms have names too")]
fn family(algorithm: PublicKeyAlgorithm) -> &'static str {
    match algorithm {
        PublicKeyAlgorithm::RSAEncryptSign
        | PublicKeyAlgorithm::RSAEncrypt
        | PublicKeyAlgorithm::RSASign => "RSA",
        PublicKeyAlgorithm::DSA => "DSA",
        PublicKeyAlgorithm::ElGamalEncrypt | PublicKeyAlgorithm::ElGamalEncryptSign => "Elgamal",
        PublicKeyAlgorithm::ECDH | PublicKeyAlgorithm::ECDSA | PublicKeyAlgorithm::EdDSA => {
            "elliptic curve"
        }
        PublicKeyAlgorithm::X25519 => "X25519",
        PublicKeyAlgorithm::X448 => "X448",
        PublicKeyAlgorithm::Ed25519 => "Ed25519",
        PublicKeyAlgorithm::Ed448 => "Ed448",
        PublicKeyAlgorithm::MLDSA65_Ed25519 => "ML-DSA-65+Ed25519",
        PublicKeyAlgorithm::MLDSA87_Ed448 => "ML-DSA-87+Ed448",
        PublicKeyAlgorithm::SLHDSA128s
        | PublicKeyAlgorithm::SLHDSA128f
        | PublicKeyAlgorithm::SLHDSA256s => "SLH-DSA",
        PublicKeyAlgorithm::MLKEM768_X25519 => "ML-KEM-768+X25519",
        PublicKeyAlgorithm::MLKEM1024_X448 => "ML-KEM-1024+X448",
        // The library's list is open.
        PublicKeyAlgorithm::Private(_) | PublicKeyAlgorithm::Unknown(_) | _ => "unknown algorithm",
    }
}
