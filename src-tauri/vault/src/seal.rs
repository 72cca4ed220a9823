//! Randomness, HKDF-SHA256 and AES-256-GCM, each a thin typed cover over OpenSSL.
//!
//! Must not know what is sealed or why; the formats live in `format`.

use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::Id;
use openssl::pkey_ctx::PkeyCtx;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use zeroize::Zeroizing;

const NONCE_LEN: usize = 12;
const TAG_LEN: usize = 16;

/// A failure of the crypto library or of locked memory; wrong keys are not among them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// OpenSSL refused an operation that can't depend on what the user typed.
    #[error("the crypto library failed: restart the program, and reinstall it if this stays")]
    Library(#[from] ErrorStack),
    /// The key derivation was given parameters outside what the algorithm allows, or too little memory.
    #[error("the key derivation failed: close other programs to free memory and try again")]
    Derivation(#[source] argon2::Error),
    /// The system gave no memory for a key.
    #[error("no memory for a key: close other programs and try again")]
    Memory,
}

/// Fills `out` from the operating system's random source through OpenSSL's private generator.
pub(crate) fn random(out: &mut [u8]) -> Result<(), CryptoError> {
    Ok(openssl::rand::rand_priv_bytes(out)?)
}

/// Returns `N` random bytes that need not stay secret: salts, nonces, identifiers.
pub(crate) fn random_public<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut out = [0_u8; N];
    openssl::rand::rand_bytes(&mut out)?;
    Ok(out)
}

/// HKDF-SHA256, extract and expand (RFC 5869). OpenSSL wipes its copies of the input.
pub(crate) fn hkdf(
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
    let mut out = Zeroizing::new([0_u8; 32]);
    hkdf_into(secret, salt, info, out.as_mut())?;
    Ok(out)
}

fn hkdf_into(secret: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
    let mut context = PkeyCtx::new_id(Id::HKDF)?;
    context.derive_init()?;
    context.set_hkdf_md(Md::sha256())?;
    context.set_hkdf_key(secret)?;
    if !salt.is_empty() {
        context.set_hkdf_salt(salt)?;
    }
    context.add_hkdf_info(info)?;
    context.derive(Some(out))?;
    Ok(())
}

/// Seals `plain` with AES-256-GCM under a key used for this one message: nonce ‖ ciphertext ‖ tag.
pub(crate) fn seal(key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let nonce: [u8; NONCE_LEN] = random_public()?;
    let mut tag = [0_u8; TAG_LEN];
    let sealed = encrypt_aead(Cipher::aes_256_gcm(), key, Some(&nonce), aad, plain, &mut tag)?;
    Ok([nonce.as_slice(), &sealed, &tag].concat())
}

/// Opens what [`seal`] made; `None` if key, associated data or bytes aren't the same.
pub(crate) fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
    let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG_LEN)?)?;
    decrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), aad, body, tag).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5869, appendix A, test cases 1 to 3 (SHA-256).
    #[test]
    fn hkdf_known_answers() {
        let cases = [
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            (
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f\
                 303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
                "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f\
                 909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
                "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf\
                 e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09\
                 da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            ),
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                "",
                "",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            ),
        ];
        for (ikm, salt, info, okm) in cases {
            let [ikm, salt, info, okm] =
                [ikm, salt, info, okm].map(|text| hex::decode(text).unwrap());
            let mut out = vec![0; okm.len()];
            hkdf_into(&ikm, &salt, &info, &mut out).unwrap();
            assert_eq!(out, okm);
            assert_eq!(hkdf(&ikm, &salt, &info).unwrap().as_slice(), &okm[..32]);
        }
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let key = [7; 32];
        let sealed = seal(&key, b"aad", b"plain text").unwrap();
        assert_eq!(open(&key, b"aad", &sealed).unwrap().as_slice(), b"plain text");
        for index in 0..sealed.len() {
            for bit in 0..8 {
                let mut broken = sealed.clone();
                broken[index] ^= 1 << bit;
                assert!(open(&key, b"aad", &broken).is_none());
            }
        }
        assert!(open(&key, b"aae", &sealed).is_none());
        assert!(open(&[8; 32], b"aad", &sealed).is_none());
        for cut in 0..sealed.len() {
            assert!(open(&key, b"aad", &sealed[..cut]).is_none());
        }
    }

    #[test]
    fn no_nonce_repeats() {
        let first = seal(&[7; 32], b"", b"x").unwrap();
        let second = seal(&[7; 32], b"", b"x").unwrap();
        assert_ne!(first[..NONCE_LEN], second[..NONCE_LEN]);
    }
}
