//! The algorithms that Wardmail refuses, each with the day since when. This is the one place where cut-offs are decided;
//! nothing else in the crate names an algorithm in order to refuse it.
//!
//! A refusal holds for certificates (they can't be encrypted to, their signatures count as
//! [`Weak`](crate::SignatureStatus::Weak)), for signatures, and for messages. The days matter to nobody but readers of this file
//! and auditors: all lie in the past, and a wrong clock can't undo them ([`FLOOR`]).
//! Revocations are the exception: they are believed for seven years longer, because doubting one is the greater risk.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use openpgp::packet::Tag;
use openpgp::policy::{AsymmetricAlgorithm, HashAlgoSecurity, StandardPolicy};
use openpgp::types::{HashAlgorithm, SymmetricAlgorithm};
use sequoia_openpgp as openpgp;

/// A first day of a month, as (year, month).
type Since = (i16, i8);

/// Hashes that no signature may rest on.
///
/// RFC 9580, section 9.5, forbids MD5, SHA-1 and RIPEMD-160; chosen-prefix collisions for SHA-1 were shown in January 2020.
pub(crate) const HASHES: &[(HashAlgorithm, Since)] = &[
    (HashAlgorithm::MD5, (2004, 2)),
    (HashAlgorithm::SHA1, (2023, 2)),
    (HashAlgorithm::RipeMD, (2013, 2)),
];

/// Public-key algorithms that are too short or out of date. "RSA1024" is every RSA key below 2048 bits, and so for the others.
///
/// RFC 9580, section 12.4, forbids RSA below 2048 bits, and 12.5 and 12.6 forbid DSA and Elgamal below 2048 bits for anything new.
pub(crate) const PUBLIC_KEYS: &[(AsymmetricAlgorithm, Since)] = &[
    (AsymmetricAlgorithm::RSA1024, (2014, 2)),
    (AsymmetricAlgorithm::DSA1024, (2014, 2)),
    (AsymmetricAlgorithm::DSA2048, (2026, 1)),
    (AsymmetricAlgorithm::DSA3072, (2026, 1)),
    (AsymmetricAlgorithm::DSA4096, (2026, 1)),
    (AsymmetricAlgorithm::ElGamal1024, (2014, 2)),
    (AsymmetricAlgorithm::ElGamal2048, (2025, 2)),
    (AsymmetricAlgorithm::ElGamal3072, (2025, 2)),
    (AsymmetricAlgorithm::ElGamal4096, (2025, 2)),
];

#[expect(deprecated, reason = "old ciphers have to be named to be refused")]
/// Ciphers that no message may use: all those with 64-bit blocks (RFC 9580, section 9.3).
pub(crate) const CIPHERS: &[(SymmetricAlgorithm, Since)] = &[
    (SymmetricAlgorithm::Unencrypted, (2004, 2)),
    (SymmetricAlgorithm::IDEA, (2025, 2)),
    (SymmetricAlgorithm::TripleDES, (2017, 2)),
    (SymmetricAlgorithm::CAST5, (2025, 2)),
    (SymmetricAlgorithm::Blowfish, (2025, 2)),
];

/// Packets that no message may hold.
///
/// SED is encryption with no protection against changes, which EFAIL (2018) turned into reading other people's mail.
pub(crate) const PACKETS: &[(Tag, Since)] = &[(Tag::SED, (2004, 2))];

/// No clock makes the cut-offs younger than this.
pub(crate) const FLOOR: Since = (2026, 1);

/// Returns the policy in force at `now`.
pub(crate) fn policy(now: Timestamp) -> StandardPolicy<'static> {
    let mut policy = StandardPolicy::at(system_time(now).max(day(FLOOR)));
    for (hash, since) in HASHES {
        // Both properties: Wardmail knows no use of a hash for which second-preimage resistance would do.
        policy.reject_hash_property_at(
            *hash,
            HashAlgoSecurity::CollisionResistance,
            Some(day(*since)),
        );
        policy.reject_hash_property_at(
            *hash,
            HashAlgoSecurity::SecondPreImageResistance,
            Some(day(*since)),
        );
    }
    for (algorithm, since) in PUBLIC_KEYS {
        policy.reject_asymmetric_algo_at(*algorithm, Some(day(*since)));
    }
    for (cipher, since) in CIPHERS {
        policy.reject_symmetric_algo_at(*cipher, Some(day(*since)));
    }
    for (tag, since) in PACKETS {
        policy.reject_packet_tag_at(*tag, Some(day(*since)));
    }
    policy
}

/// Returns a policy that refuses nothing of the inventory.
///
/// Only to explain a refusal (weak, and not something else) and to name the certificate; never to accept one.
pub(crate) fn lenient_policy() -> StandardPolicy<'static> {
    let mut policy = StandardPolicy::new();
    for (hash, _) in HASHES {
        policy.accept_hash(*hash);
    }
    for (algorithm, _) in PUBLIC_KEYS {
        policy.accept_asymmetric_algo(*algorithm);
    }
    for (cipher, _) in CIPHERS {
        policy.accept_symmetric_algo(*cipher);
    }
    // Version 3 signatures, of the 1990s.
    policy.accept_packet_tag(Tag::Signature);
    policy
}

/// Converts a time for the library; what lies before 1970 becomes 1970.
pub(crate) fn system_time(time: Timestamp) -> SystemTime {
    SystemTime::from(time.max(Timestamp::UNIX_EPOCH))
}

/// Converts a time of the library.
pub(crate) fn timestamp(time: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}

fn day((year, month): Since) -> SystemTime {
    let start = date(year, month, 1).to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    // Unreachable for the constants above; the epoch refuses at all times.
    system_time(start.unwrap_or(Timestamp::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use openpgp::policy::Policy;

    use super::*;

    fn policies() -> [StandardPolicy<'static>; 2] {
        // A clock that is years behind must change nothing.
        [
            policy("2026-11-21T00:00:00Z".parse().unwrap()),
            policy("1999-01-01T00:00:00Z".parse().unwrap()),
        ]
    }

    #[test]
    fn every_entry_of_the_inventory_is_refused_whatever_the_clock_says() {
        for policy in policies() {
            let now = policy.time().unwrap();
            for (hash, _) in HASHES {
                for property in [
                    HashAlgoSecurity::CollisionResistance,
                    HashAlgoSecurity::SecondPreImageResistance,
                ] {
                    assert!(policy.hash_cutoff(*hash, property).unwrap() < now, "{hash}");
                }
            }
            for (algorithm, _) in PUBLIC_KEYS {
                assert!(policy.asymmetric_algo_cutoff(*algorithm).unwrap() <= now, "{algorithm}");
            }
            for (cipher, _) in CIPHERS {
                assert!(policy.symmetric_algorithm(*cipher).is_err(), "{cipher}");
            }
            for (tag, _) in PACKETS {
                assert!(policy.packet_tag_version_cutoff(*tag, 0).unwrap() < now, "{tag}");
            }
        }
    }

    #[test]
    fn what_current_programs_use_is_accepted() {
        for policy in policies() {
            for hash in [HashAlgorithm::SHA256, HashAlgorithm::SHA384, HashAlgorithm::SHA512] {
                assert_eq!(policy.hash_cutoff(hash, HashAlgoSecurity::CollisionResistance), None);
            }
            for cipher in
                [SymmetricAlgorithm::AES128, SymmetricAlgorithm::AES192, SymmetricAlgorithm::AES256]
            {
                assert!(policy.symmetric_algorithm(cipher).is_ok());
            }
            for algorithm in [
                AsymmetricAlgorithm::RSA2048,
                AsymmetricAlgorithm::Cv25519,
                AsymmetricAlgorithm::EdDSA,
                AsymmetricAlgorithm::X25519,
                AsymmetricAlgorithm::NistP256,
            ] {
                assert_eq!(policy.asymmetric_algo_cutoff(algorithm), None);
            }
        }
    }
}
