//! Signatures over the chain with a key that evolves: each checkpoint announces the next key, and the old one is erased.
//!
//! Whoever takes today's key can sign tomorrow's entries, and can't rewrite yesterday's. What the first key's fingerprint
//! vouches for, every later signature vouches for. The caller keeps the secret inside the mailbox and calls once per unlock.

use std::fmt;

use jiff::Timestamp;
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Private};
use openssl::sign::{Signer as Signing, Verifier as Verifying};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::event::OpaqueId;
use crate::export::{Framing, framing};
use crate::record::{Head, serialize_utc};

/// An Ed25519 public key (RFC 8032).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(#[serde(with = "hex::serde")] [u8; 32]);

/// SHA-256 of a log's first public key: what a compliance office writes down once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// The signing key of the present epoch.
pub struct Signer {
    epoch: u64,
    key: PKey<Private>,
    public: PublicKey,
}

/// A signed head, and the key that signs next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    #[serde(flatten)]
    body: Body,
    #[serde(with = "hex::serde")]
    sig: [u8; 64],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    v: u8,
    log: OpaqueId,
    epoch: u64,
    head: Head,
    #[serde(serialize_with = "serialize_utc")]
    utc: Timestamp,
    key: PublicKey,
    next: PublicKey,
}

/// A failure of the crypto library.
#[derive(Debug, thiserror::Error)]
#[error("the crypto library failed to sign: restart the program")]
pub struct SignError(#[from] ErrorStack);

impl Signer {
    /// Makes the first key of a log.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn generate() -> Result<Self, SignError> {
        Self::with_key(0, PKey::generate_ed25519()?)
    }

    /// Takes up the key of an epoch again, as kept by the caller.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn restore(epoch: u64, secret: &[u8; 32]) -> Result<Self, SignError> {
        Self::with_key(epoch, PKey::private_key_from_raw_bytes(secret, Id::ED25519)?)
    }

    /// Makes a key for a log whose own was lost. Nothing announced it, so verification names the place where it begins.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn replace_lost(epoch: u64) -> Result<Self, SignError> {
        Self::with_key(epoch, PKey::generate_ed25519()?)
    }

    fn with_key(epoch: u64, key: PKey<Private>) -> Result<Self, SignError> {
        let mut public = [0; 32];
        let raw = key.raw_public_key()?;
        public.iter_mut().zip(&raw).for_each(|(slot, byte)| *slot = *byte);
        Ok(Self { epoch, key, public: PublicKey(public) })
    }

    /// Returns the number of this key: how many came before it.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Returns the secret, to be kept inside the mailbox in place of the one before.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn secret(&self) -> Result<Zeroizing<[u8; 32]>, SignError> {
        let raw = Zeroizing::new(self.key.raw_private_key()?);
        let mut secret = Zeroizing::new([0; 32]);
        secret.iter_mut().zip(raw.iter()).for_each(|(slot, byte)| *slot = *byte);
        Ok(secret)
    }

    /// Returns the public key.
    pub const fn public_key(&self) -> PublicKey {
        self.public
    }

    /// Signs `head` and gives up this key for the next one. Checkpoint and new secret belong in one transaction.
    ///
    /// # Errors
    /// [`SignError`]; then the caller restores this key and goes on with it.
    pub fn checkpoint(
        self,
        log: &OpaqueId,
        head: Head,
        utc_ms: i64,
    ) -> Result<(Checkpoint, Self), SignError> {
        let next = Self::with_key(self.epoch.saturating_add(1), PKey::generate_ed25519()?)?;
        let utc = Timestamp::from_millisecond(utc_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let body = Body {
            v: 1,
            log: *log,
            epoch: self.epoch,
            head,
            utc,
            key: self.public,
            next: next.public,
        };
        let sig = self.sign(&body.message())?;
        Ok((Checkpoint { body, sig }, next))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let mut signature = [0; 64];
        Signing::new_without_digest(&self.key)?.sign_oneshot(&mut signature, message)?;
        Ok(signature)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}, ..)", self.epoch)
    }
}

impl Checkpoint {
    /// Returns its line, in the mailbox and in an export, without a line end.
    pub fn to_line(&self) -> String {
        // Nothing in here can fail to serialise; an empty line is no checkpoint.
        serde_json::to_string(&Framing::Checkpoint(self.clone())).unwrap_or_default()
    }

    /// Reads a line. Whether it is signed and in its place is verification's matter.
    pub fn from_line(line: &str) -> Option<Self> {
        match framing(line.as_bytes())? {
            Framing::Checkpoint(checkpoint) => Some(checkpoint),
            Framing::Trailer(_) => None,
        }
    }

    /// Says whether it was signed by the key that it names.
    pub fn is_signed(&self) -> bool {
        self.body.key.verifies(&self.body.message(), &self.sig)
    }

    /// Returns the log it belongs to.
    pub const fn log(&self) -> &OpaqueId {
        &self.body.log
    }

    /// Returns the number of its key.
    pub const fn epoch(&self) -> u64 {
        self.body.epoch
    }

    /// Returns the head that it signs.
    pub const fn head(&self) -> Head {
        self.body.head
    }

    /// Returns the key that signed it.
    pub const fn key(&self) -> PublicKey {
        self.body.key
    }

    /// Returns the key that signs the next one.
    pub const fn next_key(&self) -> PublicKey {
        self.body.next
    }
}

impl Body {
    fn message(&self) -> Vec<u8> {
        let mut message = b"wardmail audit checkpoint v1\n".to_vec();
        // Nothing in here can fail to serialise; an empty body would not verify.
        message.extend(serde_json::to_vec(self).unwrap_or_default());
        message
    }
}

impl PublicKey {
    /// Returns its fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(openssl::sha::sha256(&self.0))
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let verify = || -> Result<bool, ErrorStack> {
            let key = PKey::public_key_from_raw_bytes(&self.0, Id::ED25519)?;
            Verifying::new_without_digest(&key)?.verify_oneshot(signature, message)
        };
        verify().unwrap_or(false)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}

impl Fingerprint {
    /// Reads 64 hexadecimal digits; blanks and colons between them don't matter.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 256 {
            return None;
        }
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

#[cfg(test)]
mod tests;
