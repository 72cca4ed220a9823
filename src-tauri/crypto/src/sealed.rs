//! AES-256-GCM for small secrets that the engine keeps in the mailbox: the own key, credentials.
//! Owns the format; must not derive or keep keys.
//!
//! Format: version (1 byte, 1) ‖ nonce (12 bytes, random) ‖ ciphertext ‖ tag (16 bytes). The version is authenticated too.
//! Random nonces of 96 bits are safe for 2³² values under one key (NIST SP 800-38D, section 8.3); a mailbox seals hundreds.

use openssl::rand::rand_bytes;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
#[error("the crypto library could not seal")]
pub struct SealError(#[from] openssl::error::ErrorStack);

/// Why a sealed value doesn't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It was sealed by a newer version.
    #[error("sealed in a format that this version doesn't know")]
    UnknownVersion,
    /// Wrong key, wrong associated data, or changed: they can't be told apart.
    #[error("the sealed value doesn't open: wrong key, wrong place, or damaged")]
    Rejected,
}

/// Seals `plaintext` under `key`, bound to `aad` (what it is and where it belongs, such as `b"credential/3"`).
pub fn seal(key: &[u8; 32], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE];
    rand_bytes(&mut nonce)?;
    let mut tag = [0; TAG];
    let ciphertext = encrypt_aead(
        Cipher::aes_256_gcm(),
        key,
        Some(&nonce),
        &versioned(aad),
        plaintext,
        &mut tag,
    )?;
    Ok([&[VERSION][..], &nonce, &ciphertext, &tag].concat())
}

/// Opens what [`seal`] returned for the same `key` and `aad`.
pub fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (version, rest) = sealed.split_first().ok_or(OpenError::Rejected)?;
    if *version != VERSION {
        return Err(OpenError::UnknownVersion);
    }
    let (nonce, rest) = rest.split_at_checked(NONCE).ok_or(OpenError::Rejected)?;
    let end = rest.len().checked_sub(TAG).ok_or(OpenError::Rejected)?;
    let (ciphertext, tag) = rest.split_at_checked(end).ok_or(OpenError::Rejected)?;
    decrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), &versioned(aad), ciphertext, tag)
        .map(Zeroizing::new)
        .map_err(|_| OpenError::Rejected)
}

fn versioned(aad: &[u8]) -> Vec<u8> {
    [&[VERSION], aad].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_sealed_value_opens_for_its_key_and_place_only() {
        let sealed = seal(&KEY, b"credential/3", b"correct horse").unwrap();
        assert_eq!(open(&KEY, b"credential/3", &sealed).unwrap().as_slice(), b"correct horse");
        assert_eq!(open(&KEY, b"credential/4", &sealed).unwrap_err(), OpenError::Rejected);
        assert_eq!(open(&[8; 32], b"credential/3", &sealed).unwrap_err(), OpenError::Rejected);
        assert!(!sealed.windows(7).any(|window| window == b"correct"));
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_found() {
        let sealed = seal(&KEY, b"", b"abc").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(open(&KEY, b"", &changed).is_err(), "byte {index}");
            assert!(open(&KEY, b"", &sealed[..index]).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn two_seals_of_one_value_differ() {
        assert_ne!(seal(&KEY, b"", b"abc").unwrap(), seal(&KEY, b"", b"abc").unwrap());
    }

    #[test]
    fn an_empty_value_is_a_value() {
        assert!(open(&KEY, b"x", &seal(&KEY, b"x", b"").unwrap()).unwrap().is_empty());
    }

    /// Test case 16 of "The Galois/Counter Mode of Operation" (`McGrew` and Viega), appendix B, checks the cipher that is used here
    /// in the way it is used here, except for the version byte before the associated data.
    #[test]
    fn the_cipher_is_aes_256_gcm() {
        fn bytes(hex: &str) -> Vec<u8> {
            (0..hex.len())
                .step_by(2)
                .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
                .collect()
        }
        let key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let plaintext = bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let aad = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let mut tag = [0; TAG];
        encrypt_aead(
            Cipher::aes_256_gcm(),
            &key,
            Some(&bytes("cafebabefacedbaddecaf888")),
            &aad,
            &plaintext,
            &mut tag,
        )
        .unwrap();
        assert_eq!(tag.to_vec(), bytes("76fc6ece0f4e1768cddf8853bb2d551b"));
    }
}
