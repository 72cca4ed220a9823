//! The secrets that callers hold: the mailbox key and the passphrase.
//!
//! Owns how they are kept in memory (locked pages, wiped on drop, nothing in `Debug`). Must not know how they are stored.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::locked::LockedKey;
use crate::seal::{self, CryptoError};

/// The longest passphrase that is accepted, in bytes after normalisation.
pub const MAX_PASSPHRASE_BYTES: usize = 1024;

/// The random 256-bit key of one mailbox, in memory that is neither swapped nor dumped where the system allows it.
///
/// It is wiped when it is dropped, and it is not `Clone`: whoever needs it borrows it.
pub struct MailboxKey(LockedKey);

impl MailboxKey {
    /// Makes a fresh random key.
    pub(crate) fn generate() -> Result<Self, CryptoError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        seal::random(bytes.as_mut())?;
        Self::from_bytes(&bytes)
    }

    /// Takes a copy of `bytes` into locked memory.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        LockedKey::new(bytes).map(Self).ok_or(CryptoError::Memory)
    }

    /// Returns the key's bytes, for the one call that opens the mailbox.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// Derives an independent 256-bit key for one purpose: HKDF-SHA256 (RFC 5869) with `label` as the info.
    ///
    /// # Errors
    /// Fails only when the crypto library does.
    pub fn derive(&self, label: &str) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
        seal::hkdf(self.expose(), b"wardmail mailbox key", label.as_bytes())
    }

    /// Says whether the system agreed to keep the key out of swap; a small `RLIMIT_MEMLOCK` can refuse it.
    pub fn is_locked_in_memory(&self) -> bool {
        self.0.is_locked()
    }
}

impl fmt::Debug for MailboxKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailboxKey(..)")
    }
}

/// A passphrase as typed, in Unicode NFC so that two keyboards give the same bytes; wiped on drop.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

/// Why a text can't be a passphrase at all; its strength is another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// Nothing was typed.
    #[error("the passphrase is empty: type one")]
    Empty,
    /// It is longer than [`MAX_PASSPHRASE_BYTES`].
    #[error("the passphrase is too long: use at most 1024 bytes")]
    TooLong,
}

impl Passphrase {
    /// Takes over what was typed and wipes the original.
    ///
    /// # Errors
    /// Refuses an empty text and one longer than [`MAX_PASSPHRASE_BYTES`].
    pub fn new(typed: String) -> Result<Self, PassphraseError> {
        let typed = Zeroizing::new(typed);
        if typed.is_empty() {
            return Err(PassphraseError::Empty);
        }
        if typed.len() > MAX_PASSPHRASE_BYTES {
            return Err(PassphraseError::TooLong);
        }
        // NFC grows UTF-8 at most threefold (Unicode TR15); reserving it at once leaves no outgrown copy behind.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
        normal.extend(typed.nfc());
        if normal.len() > MAX_PASSPHRASE_BYTES {
            normal.zeroize();
            return Err(PassphraseError::TooLong);
        }
        Ok(Self(normal))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let key = MailboxKey::from_bytes(&[0x41; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "MailboxKey(..)");
        let passphrase = Passphrase::new("AAAA needle".into()).unwrap();
        assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
    }

    #[test]
    fn two_keyboards_give_the_same_passphrase() {
        let composed = Passphrase::new("caf\u{e9}".into()).unwrap();
        let decomposed = Passphrase::new("cafe\u{301}".into()).unwrap();
        assert_eq!(composed.expose(), decomposed.expose());
    }

    #[test]
    fn length_is_bounded_before_and_after_normalisation() {
        assert_eq!(Passphrase::new(String::new()).unwrap_err(), PassphraseError::Empty);
        assert_eq!(Passphrase::new("a".repeat(1025)).unwrap_err(), PassphraseError::TooLong);
        // U+FB2C grows threefold in NFC.
        assert_eq!(Passphrase::new("\u{fb2c}".repeat(300)).unwrap_err(), PassphraseError::TooLong);
        assert!(Passphrase::new("a".repeat(1024)).is_ok());
    }

    #[test]
    fn labels_give_independent_keys() {
        let key = MailboxKey::generate().unwrap();
        let other = MailboxKey::generate().unwrap();
        assert_ne!(key.expose(), other.expose());
        assert_eq!(*key.derive("a").unwrap(), *key.derive("a").unwrap());
        assert_ne!(*key.derive("a").unwrap(), *key.derive("b").unwrap());
        assert_ne!(*key.derive("a").unwrap(), *other.derive("a").unwrap());
        assert_ne!(*key.derive("a").unwrap(), *key.expose());
    }
}
