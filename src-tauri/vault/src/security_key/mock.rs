//! A security key in software, for tests only: it stands for hardware that a test can't have.
//!
//! It computes what CTAP 2.1 §12.5 says (HMAC-SHA-256 of the salt under a random value per credential, another one for
//! whoever gave the PIN) and can be absent, untouched, cancelled, locked or of an older kind. It speaks no CTAP: what carries
//! the bytes to a real key is not tested by it.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::{Authenticator, Pin, SecretAsk, SecurityKeyError};
use crate::seal;

/// How the key behaves when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// It is touched at once.
    #[default]
    Touched,
    /// Nobody touches it until the call is cancelled.
    Waits,
    /// It fails like this.
    Fails(SecurityKeyError),
}

#[derive(Debug, Default)]
struct Inside {
    manner: Manner,
    pin: Option<String>,
    wrong_pins: u32,
    /// By relying party and id: the values without and with PIN.
    credentials: BTreeMap<(String, Vec<u8>), [[u8; 32]; 2]>,
    cancelled: bool,
    waiting: bool,
    touches: u32,
}

/// One key.
#[derive(Debug, Default)]
pub struct SoftwareKey {
    inside: Mutex<Inside>,
    changed: Condvar,
}

/// How many wrong PINs lock the key.
const PIN_TRIES: u32 = 3;

impl SoftwareKey {
    /// Makes a key with a PIN.
    pub fn with_pin(pin: &str) -> Self {
        let key = Self::default();
        key.inside().pin = Some(pin.to_owned());
        key
    }

    /// Sets how it behaves from now on.
    pub fn behave(&self, manner: Manner) {
        self.inside().manner = manner;
    }

    /// How often it was touched.
    pub fn touches(&self) -> u32 {
        self.inside().touches
    }

    /// Blocks until a call waits for a touch.
    pub fn await_asked(&self) {
        let asked = self.changed.wait_while(self.inside(), |inside| !inside.waiting);
        drop(asked.unwrap_or_else(PoisonError::into_inner));
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the touch; says which of a credential's values counts.
    fn touch(
        &self,
        pin: Option<&Pin>,
    ) -> Result<(MutexGuard<'_, Inside>, usize), SecurityKeyError> {
        let mut inside = self.inside();
        if let Manner::Fails(error) = inside.manner {
            return Err(error);
        }
        let verified = inside.verify(pin)?;
        if inside.manner == Manner::Waits {
            inside.waiting = true;
            self.changed.notify_all();
            let ended = self.changed.wait_while(inside, |inside| !inside.cancelled);
            inside = ended.unwrap_or_else(PoisonError::into_inner);
            (inside.cancelled, inside.waiting) = (false, false);
            return Err(SecurityKeyError::Cancelled);
        }
        inside.touches = inside.touches.saturating_add(1);
        Ok((inside, verified))
    }
}

impl Inside {
    fn verify(&mut self, typed: Option<&Pin>) -> Result<usize, SecurityKeyError> {
        match (&self.pin, typed) {
            (_, None) => Ok(0),
            _ if self.wrong_pins >= PIN_TRIES => Err(SecurityKeyError::PinLocked),
            (Some(pin), Some(typed)) if pin == typed.expose() => {
                self.wrong_pins = 0;
                Ok(1)
            }
            _ => {
                self.wrong_pins = self.wrong_pins.saturating_add(1);
                Err(SecurityKeyError::PinWrong)
            }
        }
    }
}

impl Authenticator for SoftwareKey {
    fn make_credential(
        &self,
        relying_party: &str,
        pin: Option<&Pin>,
    ) -> Result<Vec<u8>, SecurityKeyError> {
        if self.inside().pin.is_some() && pin.is_none() {
            return Err(SecurityKeyError::PinNeeded);
        }
        let (mut inside, _) = self.touch(pin)?;
        let mut values = [[0; 32]; 2];
        for value in &mut values {
            seal::random(value).map_err(|_| SecurityKeyError::Failed)?;
        }
        let id: [u8; 48] = seal::random_public().map_err(|_| SecurityKeyError::Failed)?;
        inside.credentials.insert((relying_party.to_owned(), id.to_vec()), values);
        Ok(id.to_vec())
    }

    fn hmac_secret(
        &self,
        ask: &SecretAsk<'_>,
        pin: Option<&Pin>,
    ) -> Result<Zeroizing<[u8; 32]>, SecurityKeyError> {
        let (inside, verified) = self.touch(pin)?;
        let name = (ask.relying_party.to_owned(), ask.credential.to_vec());
        let values = inside.credentials.get(&name).ok_or(SecurityKeyError::WrongKey)?;
        let value = values.get(verified).ok_or(SecurityKeyError::Failed)?;
        hmac(value, ask.salt).map_err(|_| SecurityKeyError::Failed)
    }

    fn cancel(&self) {
        let mut inside = self.inside();
        inside.cancelled = inside.waiting;
        self.changed.notify_all();
    }
}

fn hmac(
    key: &[u8; 32],
    salt: &[u8; 32],
) -> Result<Zeroizing<[u8; 32]>, openssl::error::ErrorStack> {
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    let mut out = Zeroizing::new([0; 32]);
    signer.sign_oneshot(out.as_mut(), salt)?;
    Ok(out)
}
