//! The vault file `vault.json`: what is written, what is believed on reading, and how the mailbox key is wrapped in it.
//!
//! Pure: bytes in, bytes out. Must not touch the disk or the keyring.
//!
//! The file is JSON: `format`, `sha256` over the compact JSON of `body` (it tells a damaged file from a wrong passphrase;
//! it protects nothing), and `body`: the profile's random id, a check value of the mailbox key, one passphrase wrap (two
//! during a change) and the recovery wrap. A wrap is AES-256-GCM of the mailbox key; everything else in it and the
//! profile's id are its associated data. The format is 1, or 2 while a security key is part of a wrap, or 3 once the keyring
//! is known to hold the counts of this profile: a program that knows none of that then says that the file is too new for
//! it, and not that it is damaged.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::kdf::{self, KdfParams, Strength};
use crate::keyring::{ProfileId, Slot};
use crate::recovery::RecoveryCode;
use crate::seal::{self, CryptoError};
use crate::sealed_box::PublicKey;
use crate::secret::{MailboxKey, Passphrase};
use crate::security_key::{SecurityKey, SecurityKeyPart};
use crate::vault::VaultError;

/// Longest vault file that is read.
pub(crate) const MAX_BYTES: u64 = 256 * 1024;
const FORMAT: u32 = 1;
/// Of a vault with a security key.
const FORMAT_SECURITY_KEY: u32 = 2;
/// Of a vault whose wraps say that the keyring holds the counts.
const FORMAT_COUNTED: u32 = 3;
/// Most wraps for the organisation.
pub(crate) const MAX_EMERGENCY_WRAPS: usize = 10;

/// The whole file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    format: u32,
    #[serde(with = "hex::serde")]
    sha256: [u8; 32],
    body: Body,
}

/// Read first, so that a file of a later version is named as such and not as damaged.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// What the vault knows about its profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    #[serde(with = "hex::serde")]
    pub(crate) profile: ProfileId,
    /// HKDF of the mailbox key: shows that a key belongs to this vault before it is wrapped anew.
    #[serde(with = "hex::serde")]
    key_check: [u8; 32],
    /// One, or two while a change is under way: the old one first.
    pub(crate) passphrase: Vec<PassphraseWrap>,
    pub(crate) recovery: RecoveryWrap,
    /// Where failed unlocks are sealed to: the public half of a key that follows from the mailbox key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure_log: Option<PublicKey>,
    /// The one-time codes that are asked for beside the passphrase, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) one_time: Option<OneTimePart>,
    /// The mailbox key for the organisation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) emergency: Vec<EmergencyWrap>,
    /// Whether the owner's ways in were erased: their wraps hold no key any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) erased: bool,
}

/// The mailbox key under passphrase and device secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassphraseWrap {
    kdf: KdfParams,
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    pub(crate) keyring: KeyringPart,
    /// The security key that is part of it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) security_key: Option<SecurityKeyPart>,
    #[serde(with = "hex::serde")]
    sealed: Vec<u8>,
}

/// Whether a device secret from the keyring is part of a wrap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub(crate) enum KeyringPart {
    /// In this slot; the check value (HKDF of 256 random bits) tells another secret from a wrong passphrase.
    Required {
        slot: Slot,
        #[serde(with = "hex::serde")]
        check: [u8; 16],
        /// Whether the keyring held the counts of attempts and openings when the wrap was made: from then on a missing one
        /// was deleted. Wraps of earlier versions don't say it. It is part of the associated data, so that taking it out
        /// costs the way in.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counted: bool,
    },
    /// The passphrase stands alone.
    None,
}

/// The mailbox key under the printed recovery code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecoveryWrap {
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    #[serde(with = "hex::serde")]
    sealed: Vec<u8>,
}

/// The secret of the one-time codes, sealed under a key that follows from the mailbox key: a gate, not key material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneTimePart {
    #[serde(with = "hex::serde")]
    pub(crate) sealed: Vec<u8>,
    /// The last time step of which a code was taken: none is taken twice.
    pub(crate) last_step: u64,
}

/// The mailbox key under certificates of the organisation. What is in `sealed` is the caller's matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyWrap {
    /// The fingerprints of the certificates, all of which are needed: the outermost first.
    pub fingerprints: Vec<String>,
    /// The sealed key.
    #[serde(with = "hex::serde")]
    pub sealed: Vec<u8>,
}

/// What opens a wrap beside the passphrase.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    pub(crate) device: Option<&'a [u8; 32]>,
    pub(crate) security_key: Option<&'a [u8; 32]>,
}

/// A device secret on its way into a new wrap.
pub(crate) struct DeviceSecret {
    pub(crate) slot: Slot,
    pub(crate) bytes: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceSecret(..)")
    }
}

impl DeviceSecret {
    pub(crate) fn generate(slot: Slot) -> Result<Self, CryptoError> {
        let mut bytes = Zeroizing::new([0; 32]);
        seal::random(bytes.as_mut())?;
        Ok(Self { slot, bytes })
    }
}

impl Body {
    /// Makes the body of a new vault.
    pub(crate) fn new(
        profile: ProfileId,
        key: &MailboxKey,
        passphrase: PassphraseWrap,
        recovery: RecoveryWrap,
    ) -> Result<Self, CryptoError> {
        Ok(Self {
            profile,
            key_check: key_check(key)?,
            passphrase: vec![passphrase],
            recovery,
            failure_log: Some(PublicKey::of(&*failure_secret(key)?)?),
            one_time: None,
            emergency: Vec::new(),
            erased: false,
        })
    }

    /// Takes the mailbox key out of the wraps of passphrase and recovery code. What the organisation holds stays.
    pub(crate) fn erase_owner(&mut self) {
        for wrap in &mut self.passphrase {
            wrap.sealed.clear();
        }
        self.recovery.sealed.clear();
        self.one_time = None;
        self.erased = true;
    }

    /// Says whether `key` is the key of this vault.
    pub(crate) fn is_key(&self, key: &MailboxKey) -> Result<bool, CryptoError> {
        Self::checks(key, &self.key_check)
    }

    /// Says whether `key` is the one that `check` was made of.
    pub(crate) fn checks(key: &MailboxKey, check: &[u8; 32]) -> Result<bool, CryptoError> {
        Ok(openssl::memcmp::eq(&key_check(key)?, check))
    }

    pub(crate) const fn key_check(&self) -> &[u8; 32] {
        &self.key_check
    }

    /// Returns the file's bytes.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, VaultError> {
        let envelope =
            Envelope { format: self.format(), sha256: self.digest()?, body: self.clone() };
        let mut bytes = serde_json::to_vec_pretty(&envelope).map_err(|_| VaultError::Damaged)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a file's bytes and checks everything that can be checked without a secret.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let Version { format } = serde_json::from_slice(bytes).map_err(|_| VaultError::Damaged)?;
        if format > FORMAT_COUNTED {
            return Err(VaultError::NewerFormat);
        }
        let Envelope { body, sha256, .. } =
            serde_json::from_slice(bytes).map_err(|_| VaultError::Damaged)?;
        if format != body.format()
            || sha256 != body.digest()?
            || !(1..=2).contains(&body.passphrase.len())
        {
            return Err(VaultError::Damaged);
        }
        for wrap in &body.passphrase {
            wrap.kdf.check(wrap.keyring.strength())?;
            if wrap.security_key.as_ref().is_some_and(|part| !part.is_sound()) {
                return Err(VaultError::Damaged);
            }
        }
        if body.emergency.len() > MAX_EMERGENCY_WRAPS {
            return Err(VaultError::Damaged);
        }
        Ok(body)
    }

    fn format(&self) -> u32 {
        let with_key = self.passphrase.iter().any(|wrap| wrap.security_key.is_some());
        match (self.is_counted(), with_key) {
            (true, _) => FORMAT_COUNTED,
            (false, true) => FORMAT_SECURITY_KEY,
            (false, false) => FORMAT,
        }
    }

    /// Says whether the keyring must hold the counts of attempts and openings.
    pub(crate) fn is_counted(&self) -> bool {
        self.passphrase.iter().any(|wrap| wrap.keyring.is_counted())
    }

    fn digest(&self) -> Result<[u8; 32], VaultError> {
        let compact = serde_json::to_vec(self).map_err(|_| VaultError::Damaged)?;
        Ok(openssl::sha::sha256(&compact))
    }
}

impl KeyringPart {
    fn new(profile: &ProfileId, device: Option<&DeviceSecret>) -> Result<Self, CryptoError> {
        match device {
            None => Ok(Self::None),
            Some(device) => Ok(Self::Required {
                slot: device.slot,
                check: device_check(profile, &device.bytes)?,
                counted: true,
            }),
        }
    }

    pub(crate) const fn slot(&self) -> Option<Slot> {
        match self {
            Self::Required { slot, .. } => Some(*slot),
            Self::None => None,
        }
    }

    const fn is_counted(&self) -> bool {
        matches!(self, Self::Required { counted: true, .. })
    }

    /// Says whether a secret read from the keyring is the one that this wrap was made with.
    pub(crate) fn is_secret(
        &self,
        profile: &ProfileId,
        secret: &[u8; 32],
    ) -> Result<bool, CryptoError> {
        match self {
            Self::Required { check, .. } => {
                Ok(openssl::memcmp::eq(&device_check(profile, secret)?, check))
            }
            Self::None => Ok(false),
        }
    }

    const fn strength(&self) -> Strength {
        match self {
            Self::Required { .. } => Strength::WithDeviceSecret,
            Self::None => Strength::Alone,
        }
    }
}

/// Argon2id's answer for one wrap; wiped on drop.
pub(crate) struct Stretched(Zeroizing<[u8; 32]>);

impl PassphraseWrap {
    /// Wraps `key`; takes as long as the key derivation.
    pub(crate) fn seal(
        profile: &ProfileId,
        key: &MailboxKey,
        passphrase: &Passphrase,
        device: Option<&DeviceSecret>,
        security_key: Option<SecurityKey<'_>>,
        cost: kdf::Cost,
    ) -> Result<Self, CryptoError> {
        let keyring = KeyringPart::new(profile, device)?;
        let mut wrap = Self {
            kdf: kdf::choose(cost, keyring.strength())?,
            salt: seal::random_public()?,
            keyring,
            security_key: security_key.map(|key| key.part.clone()),
            sealed: Vec::new(),
        };
        let beside = Beside {
            device: device.map(|device| &*device.bytes),
            security_key: security_key.map(|key| key.touch.expose()),
        };
        let kek = Self::kek(profile, &wrap.stretch(passphrase)?, beside)?;
        wrap.sealed = seal::seal(&kek, &wrap.associated_data(profile), key.expose())?;
        Ok(wrap)
    }

    /// Stretches a passphrase for this wrap: the slow part of opening it, which needs nothing beside the passphrase.
    pub(crate) fn stretch(&self, passphrase: &Passphrase) -> Result<Stretched, CryptoError> {
        kdf::derive(passphrase.expose().as_bytes(), &self.salt, self.kdf).map(Stretched)
    }

    /// Opens the wrap; `None` if the passphrase (or what stands beside it) is not the one.
    pub(crate) fn open(
        &self,
        profile: &ProfileId,
        passphrase: &Passphrase,
        beside: Beside<'_>,
    ) -> Result<Option<MailboxKey>, CryptoError> {
        self.open_stretched(profile, &self.stretch(passphrase)?, beside)
    }

    /// As [`Self::open`], with the passphrase as [`Self::stretch`] left it for this wrap.
    pub(crate) fn open_stretched(
        &self,
        profile: &ProfileId,
        stretched: &Stretched,
        beside: Beside<'_>,
    ) -> Result<Option<MailboxKey>, CryptoError> {
        let kek = Self::kek(profile, stretched, beside)?;
        open_key(&kek, &self.associated_data(profile), &self.sealed)
    }

    /// HKDF(Argon2id(passphrase) ‖ device secret ‖ the security key's secret), with a label for each mixture.
    fn kek(
        profile: &ProfileId,
        stretched: &Stretched,
        beside: Beside<'_>,
    ) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
        let mut input = Zeroizing::new(Vec::with_capacity(96));
        input.extend_from_slice(stretched.0.as_ref());
        for secret in [beside.device, beside.security_key].into_iter().flatten() {
            input.extend_from_slice(secret);
        }
        let label: &[u8] = match (beside.device, beside.security_key) {
            (Some(_), None) => b"wardmail v1 passphrase and device secret",
            (None, None) => b"wardmail v1 passphrase alone",
            (Some(_), Some(_)) => b"wardmail v1 passphrase, device secret and security key",
            (None, Some(_)) => b"wardmail v1 passphrase and security key",
        };
        seal::hkdf(&input, profile, label)
    }

    fn associated_data(&self, profile: &ProfileId) -> Vec<u8> {
        let mut data = b"wardmail v1 passphrase wrap".to_vec();
        data.extend_from_slice(profile);
        for number in [self.kdf.memory_kib, self.kdf.passes, self.kdf.lanes] {
            data.extend_from_slice(&number.to_be_bytes());
        }
        data.extend_from_slice(&self.salt);
        match &self.keyring {
            KeyringPart::Required { slot, check, counted } => {
                let slot = match slot {
                    Slot::A => b'a',
                    Slot::B => b'b',
                };
                data.push(if *counted { slot.to_ascii_uppercase() } else { slot });
                data.extend_from_slice(check);
            }
            KeyringPart::None => data.push(b'-'),
        }
        if let Some(part) = &self.security_key {
            part.extend_associated_data(&mut data);
        }
        data
    }
}

impl RecoveryWrap {
    pub(crate) fn seal(
        profile: &ProfileId,
        key: &MailboxKey,
        code: &RecoveryCode,
    ) -> Result<Self, CryptoError> {
        let mut wrap = Self { salt: seal::random_public()?, sealed: Vec::new() };
        let kek = wrap.kek(code)?;
        wrap.sealed = seal::seal(&kek, &wrap.associated_data(profile), key.expose())?;
        Ok(wrap)
    }

    /// Opens the wrap; `None` if the code is not the one.
    pub(crate) fn open(
        &self,
        profile: &ProfileId,
        code: &RecoveryCode,
    ) -> Result<Option<MailboxKey>, CryptoError> {
        open_key(&*self.kek(code)?, &self.associated_data(profile), &self.sealed)
    }

    /// The code is 128 random bits: nothing is gained by stretching it.
    fn kek(&self, code: &RecoveryCode) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
        seal::hkdf(code.expose(), &self.salt, b"wardmail v1 recovery code")
    }

    fn associated_data(&self, profile: &ProfileId) -> Vec<u8> {
        [b"wardmail v1 recovery wrap".as_slice(), profile, &self.salt].concat()
    }
}

fn open_key(kek: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Option<MailboxKey>, CryptoError> {
    let Some(opened) = seal::open(kek, aad, sealed) else { return Ok(None) };
    match <&[u8; 32]>::try_from(opened.as_slice()) {
        Ok(bytes) => MailboxKey::from_bytes(bytes).map(Some),
        Err(_) => Ok(None),
    }
}

/// What opens the log of failures.
pub(crate) fn failure_secret(key: &MailboxKey) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
    key.derive("wardmail v1 failure log")
}

fn key_check(key: &MailboxKey) -> Result<[u8; 32], CryptoError> {
    Ok(*key.derive("wardmail v1 key check")?)
}

fn device_check(profile: &ProfileId, secret: &[u8; 32]) -> Result<[u8; 16], CryptoError> {
    let mut check = [0; 16];
    let whole = seal::hkdf(secret, profile, b"wardmail v1 device secret check")?;
    check.iter_mut().zip(whole.iter()).for_each(|(slot, byte)| *slot = *byte);
    Ok(check)
}

#[cfg(test)]
mod tests;
