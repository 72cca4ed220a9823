//! What two people read to each other to verify their certificates. Owns no trust decision.

use crate::Fingerprint;

/// Returns the short code of two certificates: 8 groups of 5 digits, the same whichever side computes it.
#[must_use]
pub fn short_code(one: &Fingerprint, other: &Fingerprint) -> String {
    todo!()
}

/// Returns a fingerprint in groups of four digits, for reading aloud.
#[must_use]
pub fn grouped(fingerprint: &Fingerprint) -> String {
    todo!()
}
