//! A FIDO2 security key beside the passphrase: its hmac-secret is mixed into the passphrase wrap's key derivation.
//!
//! Owns what is asked of a key and how its answers are judged. Must not know how a key is spoken to ([`Authenticator`]) nor
//! what its secret opens.
//!
//! A touch takes as long as the person does. So it is asked for apart from the vault: [`crate::Vault::touch_request`] says
//! what is to be asked, [`TouchRequest::ask`] waits for the key, and the [`Touch`] goes into the unlock.

#[cfg(target_os = "linux")]
mod line;
#[cfg(any(test, feature = "failpoints"))]
pub mod mock;
#[cfg(target_os = "linux")]
mod usb;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::keyring::ProfileId;
use crate::seal::{self, CryptoError};

/// Whose credentials these are, in the words of a key. It is written into each vault, so that it could change one day.
const RELYING_PARTY: &str = "wardmail";
const MAX_RELYING_PARTY_BYTES: usize = 255;
/// Keys make credential ids of some 50 to 300 bytes.
const MAX_CREDENTIAL_BYTES: usize = 1024;
/// What CTAP 2.1 §6.5.1 lets a PIN have, in bytes of UTF-8.
const PIN_BYTES: std::ops::RangeInclusive<usize> = 4..=63;

/// What speaks to a security key. Every call blocks until the key answers, at most for as long as the implementation says.
pub trait Authenticator: fmt::Debug + Send + Sync {
    /// Makes a credential with hmac-secret on the key that is plugged in, and returns its id. Waits for a touch.
    ///
    /// # Errors
    /// [`SecurityKeyError`]; then the key holds nothing new that matters.
    fn make_credential(
        &self,
        relying_party: &str,
        pin: Option<&Pin>,
    ) -> Result<Vec<u8>, SecurityKeyError>;

    /// Asks for the hmac-secret of a credential (CTAP 2.1 §12.5). Waits for a touch. A key has two secrets for each
    /// credential: one for whoever gave the PIN and one for whoever didn't.
    ///
    /// # Errors
    /// [`SecurityKeyError`].
    fn hmac_secret(
        &self,
        ask: &SecretAsk<'_>,
        pin: Option<&Pin>,
    ) -> Result<Zeroizing<[u8; 32]>, SecurityKeyError>;

    /// Ends a call that waits for a touch, if there is one, with [`SecurityKeyError::Cancelled`].
    fn cancel(&self);
}

/// Returns what speaks to the key that is plugged into this computer. On other systems than Linux there is none yet.
pub fn system_authenticator() -> Arc<dyn Authenticator> {
    #[cfg(target_os = "linux")]
    {
        Arc::new(usb::UsbKey::default())
    }
    #[cfg(not(target_os = "linux"))]
    {
        Arc::new(NoKeys)
    }
}

/// A system on which keys can't be used.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
struct NoKeys;

#[cfg(not(target_os = "linux"))]
impl Authenticator for NoKeys {
    fn make_credential(&self, _: &str, _: Option<&Pin>) -> Result<Vec<u8>, SecurityKeyError> {
        Err(SecurityKeyError::NotHere)
    }

    fn hmac_secret(
        &self,
        _: &SecretAsk<'_>,
        _: Option<&Pin>,
    ) -> Result<Zeroizing<[u8; 32]>, SecurityKeyError> {
        Err(SecurityKeyError::NotHere)
    }

    fn cancel(&self) {}
}

/// Which secret a key is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SecretAsk<'a> {
    /// As the credential was made.
    pub relying_party: &'a str,
    /// As [`Authenticator::make_credential`] returned it.
    pub credential: &'a [u8],
    /// What the secret is made of beside what the key keeps.
    pub salt: &'a [u8; 32],
}

/// Why a security key didn't do what was asked. None of these says anything about the passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecurityKeyError {
    /// None is plugged in.
    #[error("no security key is plugged in: plug it in and try again")]
    Absent,
    /// This system knows no security keys yet.
    #[error("security keys can't be used on this system yet: use the recovery code")]
    NotHere,
    /// More than one is plugged in.
    #[error(
        "more than one security key is plugged in: leave the one of this mailbox and try again"
    )]
    Several,
    /// One is plugged in, and this program may not speak to it.
    #[error("the security key can't be used by this account: ask IT for the rule that allows it")]
    Denied,
    /// Nobody touched it in time.
    #[error("the security key was not touched in time: try again and touch it when it blinks")]
    NotTouched,
    /// The person gave up.
    #[error("the security key is no longer waited for: try again when it is at hand")]
    Cancelled,
    /// It isn't the key of this mailbox.
    #[error(
        "this is not the security key of this mailbox: plug in the right one, or use the recovery code"
    )]
    WrongKey,
    /// It has no hmac-secret.
    #[error("this security key can't keep a secret for a mailbox: use one with FIDO2 hmac-secret")]
    Unsupported,
    /// It wants its PIN.
    #[error("the security key wants its PIN: type it and try again")]
    PinNeeded,
    /// The PIN isn't the one.
    #[error("the PIN of the security key is wrong: after a few more it locks itself")]
    PinWrong,
    /// Too many wrong PINs.
    #[error(
        "the security key is locked after wrong PINs: unplug it and try again, or use the recovery code"
    )]
    PinLocked,
    /// Any other failure, an answer that makes no sense among them.
    #[error("the security key failed: unplug it, plug it in and try again")]
    Failed,
}

impl SecurityKeyError {
    /// Returns the stable code of this error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Absent => "security_key.absent",
            Self::NotHere => "security_key.not_here",
            Self::Several => "security_key.several",
            Self::Denied => "security_key.denied",
            Self::NotTouched => "security_key.not_touched",
            Self::Cancelled => "security_key.cancelled",
            Self::WrongKey => "security_key.wrong_key",
            Self::Unsupported => "security_key.unsupported",
            Self::PinNeeded => "security_key.pin_needed",
            Self::PinWrong => "security_key.pin_wrong",
            Self::PinLocked => "security_key.pin_locked",
            Self::Failed => "security_key.failed",
        }
    }

    /// Says whether somebody tried a key or a PIN that isn't this mailbox's.
    pub(crate) const fn is_a_failed_try(self) -> bool {
        matches!(self, Self::WrongKey | Self::PinWrong | Self::PinLocked)
    }
}

/// The PIN of a key as typed; wiped on drop.
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes over what was typed.
    ///
    /// # Errors
    /// [`SecurityKeyError::PinWrong`] for what can't be a PIN; the key isn't asked then, and counts nothing.
    pub fn new(typed: String) -> Result<Self, SecurityKeyError> {
        let typed = Zeroizing::new(typed);
        if PIN_BYTES.contains(&typed.len()) {
            Ok(Self(typed))
        } else {
            Err(SecurityKeyError::PinWrong)
        }
    }

    /// Returns the PIN, for the one call that hands it to the key.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// The security key's part of one wrap: no secret, and bound to the wrap as associated data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecurityKeyPart {
    relying_party: String,
    #[serde(with = "hex::serde")]
    credential: Vec<u8>,
    #[serde(with = "hex::serde")]
    salt: [u8; 32],
    /// Whether the secret is the one that the key gives to whoever typed its PIN.
    pin: bool,
    /// HKDF of the secret, which is as good as 256 random bits: tells another key from a wrong passphrase.
    #[serde(with = "hex::serde")]
    check: [u8; 16],
}

impl SecurityKeyPart {
    /// Says whether a part that came from a file is within what is ever written.
    pub(crate) fn is_sound(&self) -> bool {
        !self.credential.is_empty()
            && self.credential.len() <= MAX_CREDENTIAL_BYTES
            && self.relying_party.len() <= MAX_RELYING_PARTY_BYTES
    }

    /// Says whether `touch` came from the key, credential and salt of this part.
    pub(crate) fn is_secret(
        &self,
        profile: &ProfileId,
        touch: &Touch,
    ) -> Result<bool, CryptoError> {
        Ok(openssl::memcmp::eq(&check(profile, &touch.0)?, &self.check))
    }

    /// Everything in it, for the wrap's associated data; each length stands before what has one.
    pub(crate) fn extend_associated_data(&self, data: &mut Vec<u8>) {
        data.extend_from_slice(b"security key");
        for bytes in [self.relying_party.as_bytes(), &self.credential] {
            data.extend_from_slice(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            data.extend_from_slice(bytes);
        }
        data.extend_from_slice(&self.salt);
        data.push(u8::from(self.pin));
        data.extend_from_slice(&self.check);
    }

    fn ask(
        &self,
        profile: &ProfileId,
        authenticator: &dyn Authenticator,
        pin: Option<&Pin>,
    ) -> Result<Touch, SecurityKeyError> {
        let pin = if self.pin { Some(pin.ok_or(SecurityKeyError::PinNeeded)?) } else { None };
        let ask = SecretAsk {
            relying_party: &self.relying_party,
            credential: &self.credential,
            salt: &self.salt,
        };
        let touch = Touch(authenticator.hmac_secret(&ask, pin)?);
        match self.is_secret(profile, &touch) {
            Ok(true) => Ok(touch),
            Ok(false) => Err(SecurityKeyError::WrongKey),
            Err(_) => Err(SecurityKeyError::Failed),
        }
    }
}

/// What a security key is to be asked for this mailbox; holds no secret, and nothing of the vault.
#[derive(Debug, Clone)]
pub struct TouchRequest {
    profile: ProfileId,
    /// The newest first: two while a change is under way.
    parts: Vec<SecurityKeyPart>,
}

impl TouchRequest {
    pub(crate) const fn new(profile: ProfileId, parts: Vec<SecurityKeyPart>) -> Self {
        Self { profile, parts }
    }

    /// Says whether the key will want its PIN.
    pub fn asks_for_pin(&self) -> bool {
        self.parts.iter().any(|part| part.pin)
    }

    /// Waits for the key. Blocks for as long as the person takes, or until `authenticator` gives up or is cancelled.
    ///
    /// # Errors
    /// [`SecurityKeyError`]; nothing of it counts as a failed unlock.
    pub fn ask(
        &self,
        authenticator: &dyn Authenticator,
        pin: Option<&Pin>,
    ) -> Result<Touch, SecurityKeyError> {
        for part in &self.parts {
            match part.ask(&self.profile, authenticator, pin) {
                Err(SecurityKeyError::WrongKey) => {}
                answered => return answered,
            }
        }
        Err(SecurityKeyError::WrongKey)
    }
}

/// What a key gave when it was touched: a secret of 32 bytes, wiped on drop.
pub struct Touch(Zeroizing<[u8; 32]>);

impl Touch {
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Touch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Touch(..)")
    }
}

/// A security key on its way into a vault: nothing asks for it yet.
#[derive(Debug)]
pub struct NewSecurityKey {
    profile: ProfileId,
    part: SecurityKeyPart,
    touch: Touch,
}

impl NewSecurityKey {
    /// Makes a credential on the key that is plugged in and asks for its secret: two touches. With a PIN, the PIN is asked
    /// for at every unlock from then on, because the key gives another secret without it.
    ///
    /// # Errors
    /// [`SecurityKeyError`]; nothing was changed.
    pub fn enrol(
        profile: &[u8; 16],
        authenticator: &dyn Authenticator,
        pin: Option<&Pin>,
    ) -> Result<Self, SecurityKeyError> {
        let credential = authenticator.make_credential(RELYING_PARTY, pin)?;
        let salt = seal::random_public().map_err(|_| SecurityKeyError::Failed)?;
        let ask = SecretAsk { relying_party: RELYING_PARTY, credential: &credential, salt: &salt };
        let touch = Touch(authenticator.hmac_secret(&ask, pin)?);
        let check = check(profile, &touch.0).map_err(|_| SecurityKeyError::Failed)?;
        let relying_party = RELYING_PARTY.to_owned();
        let part = SecurityKeyPart { relying_party, credential, salt, pin: pin.is_some(), check };
        if part.is_sound() {
            Ok(Self { profile: *profile, part, touch })
        } else {
            Err(SecurityKeyError::Failed)
        }
    }

    pub(crate) fn is_for(&self, profile: &ProfileId) -> bool {
        self.profile == *profile
    }

    pub(crate) const fn factor(&self) -> SecurityKey<'_> {
        SecurityKey { part: &self.part, touch: &self.touch }
    }
}

/// A security key on its way into a new wrap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecurityKey<'a> {
    pub(crate) part: &'a SecurityKeyPart,
    pub(crate) touch: &'a Touch,
}

fn check(profile: &ProfileId, secret: &[u8; 32]) -> Result<[u8; 16], CryptoError> {
    let mut check = [0; 16];
    let whole = seal::hkdf(secret, profile, b"wardmail v1 security key check")?;
    check.iter_mut().zip(whole.iter()).for_each(|(slot, byte)| *slot = *byte);
    Ok(check)
}

#[cfg(test)]
mod tests;
