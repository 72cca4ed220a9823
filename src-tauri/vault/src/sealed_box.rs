//! Sealing to a public key: whoever has it can write, only the holder of the secret can read.
//!
//! X25519 with a fresh key for each box, HKDF-SHA256 over the shared secret and both public keys, AES-256-GCM: the shape
//! of RFC 9180's base mode. Must not know what is sealed.

use openssl::derive::Deriver;
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Private, Public};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::seal::{self, CryptoError};

const KEY_LEN: usize = 32;

/// Where boxes are sealed to; no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PublicKey(#[serde(with = "hex::serde")] [u8; KEY_LEN]);

impl PublicKey {
    /// Returns the public half of 32 secret random bytes.
    pub(crate) fn of(secret: &[u8; KEY_LEN]) -> Result<Self, CryptoError> {
        Ok(Self(raw_public(&private(secret)?)?))
    }

    /// Seals `plain`; `aad` must be the same when the box is opened.
    pub(crate) fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let ephemeral = PKey::generate_x25519()?;
        let sender = raw_public(&ephemeral)?;
        let peer = PKey::public_key_from_raw_bytes(&self.0, Id::X25519)?;
        let key = box_key(&ephemeral, &peer, &sender, &self.0)?;
        let sealed = seal::seal(&key, aad, plain)?;
        Ok([sender.as_slice(), &sealed].concat())
    }
}

/// Opens a box; `None` if it was sealed to another key, with other associated data, or was changed.
pub(crate) fn open(
    secret: &[u8; KEY_LEN],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>, CryptoError> {
    let Some((sender, body)) = sealed.split_first_chunk::<KEY_LEN>() else { return Ok(None) };
    let own = private(secret)?;
    let Ok(peer) = PKey::public_key_from_raw_bytes(sender, Id::X25519) else { return Ok(None) };
    // A sender's key of small order has no shared secret; nobody honest made it.
    let Ok(key) = box_key(&own, &peer, sender, &raw_public(&own)?) else { return Ok(None) };
    Ok(seal::open(&key, aad, body))
}

fn private(secret: &[u8; KEY_LEN]) -> Result<PKey<Private>, ErrorStack> {
    PKey::private_key_from_raw_bytes(secret, Id::X25519)
}

fn raw_public(key: &PKey<Private>) -> Result<[u8; KEY_LEN], CryptoError> {
    let raw = key.raw_public_key()?;
    raw.try_into().map_err(|_| CryptoError::Memory)
}

fn box_key(
    own: &PKey<Private>,
    peer: &PKey<Public>,
    sender: &[u8; KEY_LEN],
    recipient: &[u8; KEY_LEN],
) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
    let mut deriver = Deriver::new(own)?;
    deriver.set_peer(peer)?;
    let shared = Zeroizing::new(deriver.derive_to_vec()?);
    let salt = [sender.as_slice(), recipient].concat();
    seal::hkdf(&shared, &salt, b"wardmail v1 sealed box")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7748 §6.1: Alice's key pair.
    #[test]
    fn the_public_half_is_that_of_the_standard() {
        let mut secret = [0; 32];
        let given = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
        let expected = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
        hex::decode_to_slice(given, &mut secret).unwrap();
        assert_eq!(hex::encode(PublicKey::of(&secret).unwrap().0), expected);
    }

    #[test]
    fn only_the_holder_of_the_secret_opens_it_and_only_unchanged() {
        let secret = [7; 32];
        let public = PublicKey::of(&secret).unwrap();
        let sealed = public.seal(b"place", b"failure").unwrap();
        assert_eq!(open(&secret, b"place", &sealed).unwrap().unwrap().as_slice(), b"failure");
        assert!(open(&[8; 32], b"place", &sealed).unwrap().is_none());
        assert!(open(&secret, b"other place", &sealed).unwrap().is_none());
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(open(&secret, b"place", &changed).unwrap().is_none(), "byte {index}");
            assert!(open(&secret, b"place", &sealed[..index]).unwrap().is_none());
        }
        assert!(open(&secret, b"", &[0; 92]).unwrap().is_none());
    }

    #[test]
    fn two_boxes_of_the_same_have_nothing_in_common() {
        let public = PublicKey::of(&[7; 32]).unwrap();
        let (one, two) = (public.seal(b"", b"same").unwrap(), public.seal(b"", b"same").unwrap());
        assert_ne!(one[..32], two[..32]);
        assert_ne!(one[32..], two[32..]);
    }
}
