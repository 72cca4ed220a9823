//! One-time codes (RFC 6238) beside the passphrase: a gate for policies that want one.
//!
//! They are no key material: whoever copies the disk and knows the passphrase and the device secret needs no code. What
//! they guard is the keyboard. Owns the secret's sealing and that no code is taken twice.

use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::format::OneTimePart;
use crate::seal::{self, CryptoError};
use crate::secret::MailboxKey;

/// 160 bits, as RFC 4226 §4 recommends.
const SECRET_BYTES: usize = 20;
/// What authenticator apps take for granted.
const STEP_SECONDS: u64 = 30;
const ISSUER: &str = "Wardmail";
/// Longest typed code that is looked at.
const MAX_TYPED_BYTES: usize = 32;
const LABEL: &str = "wardmail v1 one-time codes";

/// A new secret that isn't asked for yet: a code of it must be typed first.
pub struct NewOneTime(Zeroizing<[u8; SECRET_BYTES]>);

impl NewOneTime {
    pub(crate) fn generate() -> Result<Self, CryptoError> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        seal::random(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// Returns what an authenticator app reads as a picture: an `otpauth` address.
    pub fn url(&self) -> Zeroizing<String> {
        let url = totp(&self.0).and_then(|totp| totp.to_url().ok());
        Zeroizing::new(url.unwrap_or_default())
    }

    /// Returns the secret for typing: base 32.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(Secret::new_stack(*self.0).to_base32())
    }

    /// Seals it if `typed` is its code at `utc_ms`; `None` if it isn't.
    pub(crate) fn confirm(
        &self,
        key: &MailboxKey,
        typed: &str,
        utc_ms: i64,
    ) -> Result<Option<OneTimePart>, CryptoError> {
        let Some(step) = step_of(&self.0, typed, utc_ms) else { return Ok(None) };
        let sealed = seal::seal(&*key.derive(LABEL)?, LABEL.as_bytes(), self.0.as_ref())?;
        Ok(Some(OneTimePart { sealed, last_step: step }))
    }
}

impl std::fmt::Debug for NewOneTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewOneTime(..)")
    }
}

impl OneTimePart {
    /// Returns the time step of a code that is right and wasn't taken before.
    pub(crate) fn check(
        &self,
        key: &MailboxKey,
        typed: &str,
        utc_ms: i64,
    ) -> Result<Option<u64>, CryptoError> {
        let opened = seal::open(&*key.derive(LABEL)?, LABEL.as_bytes(), &self.sealed);
        let Some(Ok(secret)) = opened.map(|bytes| <[u8; SECRET_BYTES]>::try_from(bytes.as_slice()))
        else {
            return Ok(None);
        };
        let step = step_of(&Zeroizing::new(secret), typed, utc_ms);
        Ok(step.filter(|step| *step > self.last_step))
    }
}

/// The step, one before or after the present one, whose code `typed` is.
fn step_of(secret: &[u8; SECRET_BYTES], typed: &str, utc_ms: i64) -> Option<u64> {
    if typed.len() > MAX_TYPED_BYTES {
        return None;
    }
    let code: Zeroizing<String> =
        Zeroizing::new(typed.chars().filter(|c| !c.is_whitespace()).collect());
    let seconds = u64::try_from(utc_ms).ok()?.checked_div(1000)?;
    totp(secret)?.check(&code, seconds)
}

/// Six digits of HMAC-SHA-1 every 30 seconds: what every authenticator app reads.
fn totp(secret: &[u8; SECRET_BYTES]) -> Option<Totp> {
    Builder::new()
        .with_secret(Secret::new_stack(*secret))
        .with_step_duration(STEP_SECONDS)
        .with_account_name("mailbox")
        .with_issuer(Some(ISSUER))
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B: the secret of the SHA-1 rows.
    const STANDARD: &[u8; 20] = b"12345678901234567890";

    /// The standard's codes have eight digits; the last six are those of a six-digit code.
    const ROWS: [(u64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (seconds, code) in ROWS {
            let ms = i64::try_from(seconds * 1000).unwrap();
            assert_eq!(step_of(STANDARD, code, ms), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_once_and_near_its_time() {
        let key = MailboxKey::generate().unwrap();
        let new = NewOneTime(Zeroizing::new(*STANDARD));
        assert!(new.confirm(&key, "000000", 59_000).unwrap().is_none());
        let mut part = new.confirm(&key, "287 082", 59_000).unwrap().unwrap();
        assert_eq!(part.check(&key, "287082", 59_000).unwrap(), None, "taken at set-up");
        part.last_step = 0;
        assert_eq!(part.check(&key, "287082", 89_000).unwrap(), Some(1));
        assert_eq!(part.check(&key, "287082", 120_000).unwrap(), None, "too late");
        for wrong in ["", "28708", "2870822", "287083", &"2".repeat(1000), "-1"] {
            assert_eq!(part.check(&key, wrong, 59_000).unwrap(), None);
        }
        let other = MailboxKey::generate().unwrap();
        assert_eq!(part.check(&other, "287082", 59_000).unwrap(), None);
    }

    #[test]
    fn an_app_can_read_it_and_debug_shows_nothing() {
        let new = NewOneTime(Zeroizing::new(*STANDARD));
        assert_eq!(new.text().as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(new.url().starts_with("otpauth://totp/Wardmail:mailbox?"));
        assert!(new.url().contains(new.text().as_str()));
        assert_eq!(format!("{new:?}"), "NewOneTime(..)");
    }
}
