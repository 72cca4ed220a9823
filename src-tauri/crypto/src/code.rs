//! What two people read to each other to verify their certificates. Owns no trust decision.

use openssl::sha::sha512;

use crate::Fingerprint;

/// Separates this use of the hash from every other, and this version from the next.
const DOMAIN: &[u8] = b"wardmail short code 1\0";

/// How often the hash is applied.
///
/// The code has 40 digits (133 bits). Who sits between two people has to find a pair of own keys for which both sides read the
/// same code: a collision, 2⁶⁶ tries. These rounds make it 2⁷⁹ hashes, as hard as a collision in a version 4 fingerprint (SHA-1).
const ROUNDS: u32 = 8192;

/// Returns the short code of two certificates: 8 groups of 5 digits, the same whichever side computes it.
#[must_use]
pub fn short_code(one: &Fingerprint, other: &Fingerprint) -> String {
    let (first, second) =
        if one.as_bytes() <= other.as_bytes() { (one, other) } else { (other, one) };
    let pair = [prefixed(first), prefixed(second)].concat();
    let mut digest = sha512(&[DOMAIN, &pair].concat());
    for _ in 1..ROUNDS {
        // The pair goes in each time, so that a shortcut for one pair is none for another.
        digest = sha512(&[&digest[..], &pair].concat());
    }
    let groups: Vec<String> = digest.chunks_exact(5).take(8).map(group).collect();
    groups.join(" ")
}

/// Returns a fingerprint in groups of four digits, for reading aloud.
#[must_use]
pub fn grouped(fingerprint: &Fingerprint) -> String {
    let digits: Vec<char> = fingerprint.to_string().chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// Puts the length before a fingerprint: 20 and 32 bytes must not run into each other.
fn prefixed(fingerprint: &Fingerprint) -> Vec<u8> {
    let bytes = fingerprint.as_bytes();
    [&bytes.len().to_be_bytes(), bytes].concat()
}

/// Returns five digits from five bytes; 2⁴⁰ modulo 10⁵ is even enough.
fn group(bytes: &[u8]) -> String {
    let number = bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{:05}", number % 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "EB85BB5FA33A75E15E944E63F231550C4F47E38E";
    const BOB: &str = "D1A66E1A23B182C9980F788CFBFCC82A015E7330";
    const V6: &str = "CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9";

    fn fingerprint(text: &str) -> Fingerprint {
        text.parse().unwrap()
    }

    #[test]
    fn both_sides_read_the_same_code() {
        let (alice, bob, new) = (fingerprint(ALICE), fingerprint(BOB), fingerprint(V6));
        assert_eq!(short_code(&alice, &bob), short_code(&bob, &alice));
        assert_eq!(short_code(&alice, &new), short_code(&new, &alice));
        assert_ne!(short_code(&alice, &bob), short_code(&alice, &new));
    }

    #[test]
    fn a_code_is_eight_groups_of_five_digits() {
        let code = short_code(&fingerprint(ALICE), &fingerprint(BOB));
        let groups: Vec<&str> = code.split(' ').collect();
        assert_eq!(groups.len(), 8);
        assert!(
            groups
                .iter()
                .all(|group| group.len() == 5 && group.chars().all(|c| c.is_ascii_digit())),
            "{code}"
        );
    }

    #[test]
    fn a_fingerprint_is_grouped_for_reading() {
        assert_eq!(
            grouped(&fingerprint(ALICE)),
            "EB85 BB5F A33A 75E1 5E94 4E63 F231 550C 4F47 E38E"
        );
    }
}
