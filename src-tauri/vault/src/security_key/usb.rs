//! The security key that is plugged in (CTAP 2 over USB). No test reaches what is written here: it takes a device.
//!
//! Owns the calls of the library and what its errors mean. They come as text; of it only the status number is read.

use std::time::Duration;

use ctap_hid_fido2::fidokey::{
    AssertionExtension, CredentialExtension, GetAssertionArgsBuilder, MakeCredentialArgsBuilder,
};
use ctap_hid_fido2::{Cfg, FidoKeyHid, get_fidokey_devices};
use zeroize::Zeroizing;

use super::line::{Answered, Line};
use super::{Authenticator, Pin, SecretAsk, SecurityKeyError};
use crate::seal;

/// How long a touch is waited for: longer than keys blink (30 seconds), for the search and a PIN beside it.
const PATIENCE: Duration = Duration::from_secs(45);

/// The key in this computer's USB.
#[derive(Debug, Default)]
pub(crate) struct UsbKey(Line);

impl Authenticator for UsbKey {
    fn make_credential(
        &self,
        relying_party: &str,
        pin: Option<&Pin>,
    ) -> Result<Vec<u8>, SecurityKeyError> {
        let (relying_party, pin) = (relying_party.to_owned(), own(pin));
        let made = self.0.call(PATIENCE, move || made(&relying_party, pin.as_ref()));
        made.map(|id| id.to_vec())
    }

    fn hmac_secret(
        &self,
        ask: &SecretAsk<'_>,
        pin: Option<&Pin>,
    ) -> Result<Zeroizing<[u8; 32]>, SecurityKeyError> {
        let (relying_party, credential) = (ask.relying_party.to_owned(), ask.credential.to_vec());
        let (salt, pin) = (*ask.salt, own(pin));
        let secret = self
            .0
            .call(PATIENCE, move || secret(&relying_party, &credential, salt, pin.as_ref()))?;
        let mut out = Zeroizing::new([0; 32]);
        if secret.len() != out.len() {
            return Err(SecurityKeyError::Failed);
        }
        out.copy_from_slice(&secret);
        Ok(out)
    }

    fn cancel(&self) {
        self.0.cancel();
    }
}

fn own(pin: Option<&Pin>) -> Option<Zeroizing<String>> {
    pin.map(|pin| Zeroizing::new(pin.expose().to_owned()))
}

/// Finds the one key that is plugged in.
fn key() -> Result<FidoKeyHid, SecurityKeyError> {
    let mut found = get_fidokey_devices();
    let device = found.pop().ok_or(SecurityKeyError::Absent)?;
    if !found.is_empty() {
        return Err(SecurityKeyError::Several);
    }
    let mut config = Cfg::init();
    // The front end asks for the touch, in its own words.
    config.enable_keep_alive_msg = false;
    let key = FidoKeyHid::new(&[device.param], &config).map_err(|_| SecurityKeyError::Denied)?;
    let info = key.get_info().map_err(|error| meaning(&error.to_string()))?;
    if info.extensions.iter().any(|name| name == "hmac-secret") {
        Ok(key)
    } else {
        Err(SecurityKeyError::Unsupported)
    }
}

fn made(relying_party: &str, pin: Option<&Zeroizing<String>>) -> Answered {
    let key = key()?;
    let builder = MakeCredentialArgsBuilder::new(relying_party, &challenge()?)
        .extensions(&[CredentialExtension::HmacSecret(Some(true))]);
    let builder = match pin {
        Some(pin) => builder.pin(pin),
        None => builder.without_pin_and_uv(),
    };
    let made = key.make_credential_with_args(&builder.build());
    let made = made.map_err(|error| meaning(&error.to_string()))?;
    let with_secret = made
        .extensions
        .iter()
        .any(|extension| matches!(extension, CredentialExtension::HmacSecret(Some(true))));
    if with_secret {
        Ok(made.credential_descriptor.id.into())
    } else {
        Err(SecurityKeyError::Unsupported)
    }
}

fn secret(
    relying_party: &str,
    credential: &[u8],
    salt: [u8; 32],
    pin: Option<&Zeroizing<String>>,
) -> Answered {
    let key = key()?;
    let builder = GetAssertionArgsBuilder::new(relying_party, &challenge()?)
        .credential_id(credential)
        .extensions(&[AssertionExtension::HmacSecret(Some(salt))]);
    let builder = match pin {
        Some(pin) => builder.pin(pin),
        None => builder.without_pin_and_uv(),
    };
    let answered = key.get_assertion_with_args(&builder.build());
    let answered = answered.map_err(|error| meaning(&error.to_string()))?;
    answered
        .iter()
        .flat_map(|assertion| &assertion.extensions)
        .find_map(|extension| {
            let AssertionExtension::HmacSecret(Some(secret)) = extension else { return None };
            Some(secret.to_vec().into())
        })
        .ok_or(SecurityKeyError::Unsupported)
}

/// Nobody looks at the signature that is made over it: it is the secret that is wanted.
fn challenge() -> Result<[u8; 32], SecurityKeyError> {
    seal::random_public().map_err(|_| SecurityKeyError::Failed)
}

/// Reads the status (CTAP 2.1 §8.2) out of the library's text: `… err = 0x2E CTAP2_ERR_…`.
fn meaning(text: &str) -> SecurityKeyError {
    let number = text.split("0x").nth(1).and_then(|rest| rest.get(..2));
    match number.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
        // No credential of this mailbox.
        Some(0x22 | 0x2e) => SecurityKeyError::WrongKey,
        Some(0x2d) => SecurityKeyError::Cancelled,
        // Operation denied, action time-outs, a touch that was needed.
        Some(0x05 | 0x27 | 0x2f | 0x3a | 0x3b) => SecurityKeyError::NotTouched,
        Some(0x16 | 0x2b) => SecurityKeyError::Unsupported,
        // Invalid, no PIN was set at all, against the key's rules.
        Some(0x31 | 0x33 | 0x35 | 0x37) => SecurityKeyError::PinWrong,
        Some(0x32 | 0x34) => SecurityKeyError::PinLocked,
        Some(0x36) => SecurityKeyError::PinNeeded,
        _ => SecurityKeyError::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_out_of_the_text() {
        for (text, expected) in [
            (
                "response_status err = 0x2E CTAP2_ERR_NO_CREDENTIALS    No valid credentials",
                SecurityKeyError::WrongKey,
            ),
            ("response_status err = 0x31 CTAP2_ERR_PIN_INVALID   PIN", SecurityKeyError::PinWrong),
            ("response_status err = 0x32 CTAP2_ERR_PIN_BLOCKED PIN", SecurityKeyError::PinLocked),
            ("response_status err = 0x36 CTAP2_ERR_PIN_REQUIRED", SecurityKeyError::PinNeeded),
            ("response_status err = 0x3A CTAP2_ERR_ACTION_TIMEOUT", SecurityKeyError::NotTouched),
            ("response_status err = 0x7", SecurityKeyError::Failed),
            ("read err = 0xFE", SecurityKeyError::Failed),
            ("", SecurityKeyError::Failed),
            ("0x\u{e9}\u{e9}", SecurityKeyError::Failed),
        ] {
            assert_eq!(meaning(text), expected, "{text}");
        }
    }

    /// This machine has no key, or one; either way the answer is none that speaks of a secret.
    #[test]
    fn a_computer_without_a_key_says_so() {
        if get_fidokey_devices().is_empty() {
            let ask = SecretAsk { relying_party: "wardmail", credential: &[7], salt: &[1; 32] };
            let asked = UsbKey::default().hmac_secret(&ask, None);
            assert_eq!(asked.unwrap_err(), SecurityKeyError::Absent);
        }
    }
}
