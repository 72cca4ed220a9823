//! One attempt to open the mailbox with its passphrase.
//!
//! Order: wait over → keyring asked → attempt counted in the file and in the keyring → passphrase tried → outcome recorded.
//! A kill anywhere leaves an attempt counted rather than free.

use std::panic::resume_unwind;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{KeyringMode, ToldEpoch, Typed, UnlockError, Vault, VaultError};
use crate::attempts::{FailureKind, FailureState};
use crate::format::{Beside, KeyringPart, PassphraseWrap, Stretched};
use crate::keyring::Keyring;
use crate::secret::{MailboxKey, Passphrase};
use crate::security_key::Touch;

/// What stands ready when a passphrase may be tried.
struct Ready<'k> {
    ways: Vec<Option<Way>>,
    /// Why a way was kept back that may well be there.
    trouble: Option<UnlockError>,
    /// The keyring, if this vault uses it.
    keyring: Option<&'k Keyring>,
}

/// What was found for one wrap beside the passphrase.
struct Way {
    device: Option<Zeroizing<[u8; 32]>>,
    security_key: Option<Zeroizing<[u8; 32]>>,
}

impl Vault {
    /// Makes one attempt: asks the keyring, counts, tries the passphrase, and records what came of it. `gate` may refuse
    /// whoever has the key, and is counted too.
    pub(super) fn attempt(
        &mut self,
        typed: &Typed<'_>,
        keyring: Option<&Keyring>,
        gate: impl FnOnce(&mut Self, &MailboxKey) -> Result<(), UnlockError>,
    ) -> Result<MailboxKey, UnlockError> {
        self.refuse_once_erased(keyring)?;
        self.refuse_while_waiting()?;
        // The passphrase is stretched while the keyring is asked: the slow part of the unlock, and nothing is tried with it
        // before the attempt is counted.
        let first = self.body.passphrase.first().cloned();
        let (ready, stretched) = std::thread::scope(|scope| {
            let stretching = scope.spawn(|| first.map(|wrap| wrap.stretch(typed.passphrase)));
            let ready = self.make_ready(keyring, typed.touch);
            (ready, stretching.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        let Ready { ways, trouble, keyring } = ready?;
        let opened = stretched.transpose().map_err(UnlockError::from);
        let opened =
            opened.and_then(|first| self.try_wraps(typed.passphrase, first.as_ref(), &ways));
        let opened = opened.and_then(|(index, key)| gate(self, &key).map(|()| (index, key)));
        match opened {
            Ok((index, key)) => {
                // The keyring must hear of it, or it goes on vouching for failures that are over. Nobody waits for that: a
                // kill before costs the waits of those failures, and no more.
                if self.attempts.succeeded() {
                    self.mirror_later(keyring);
                } else {
                    self.mirror_attempts(keyring);
                }
                self.settle(index, keyring);
                self.name_failure_log(&key);
                Ok(key)
            }
            Err(UnlockError::WrongPassphrase { .. }) => {
                self.attempts.failed(FailureKind::WrongPassphrase, &self.clock.now());
                self.mirror_attempts(keyring);
                if let Some(trouble) = trouble {
                    return Err(trouble);
                }
                self.erase_at_the_limit(keyring)?;
                let FailureState { failures, wait, .. } = self.failures();
                Err(UnlockError::WrongPassphrase { failures, wait })
            }
            Err(UnlockError::WrongOneTimeCode) => {
                self.attempts.failed(FailureKind::WrongOneTimeCode, &self.clock.now());
                self.mirror_attempts(keyring);
                self.erase_at_the_limit(keyring)?;
                Err(UnlockError::WrongOneTimeCode)
            }
            Err(other) => {
                self.attempts.withdrawn();
                self.mirror_attempts(keyring);
                Err(other)
            }
        }
    }

    /// Everything that comes before a passphrase may be tried: asks the keyring, and counts the attempt in the file and in
    /// the keyring.
    fn make_ready<'k>(
        &mut self,
        keyring: Option<&'k Keyring>,
        touch: Option<&Touch>,
    ) -> Result<Ready<'k>, UnlockError> {
        let (ways, trouble) = match self.ways(keyring, touch) {
            Ok(found) => found,
            Err(UnlockError::SecurityKeyNeeded) => return Err(UnlockError::SecurityKeyNeeded),
            Err(trouble) => {
                // Not counted, for it says nothing about the passphrase; and not passed over in silence.
                self.attempts.note_uncounted(FailureKind::KeyringTrouble, &self.clock.now());
                return Err(trouble);
            }
        };
        let keyring = keyring.filter(|_| self.keyring_mode() == KeyringMode::Required);
        if let Some(keyring) = keyring {
            self.check_mirror(keyring);
            self.refuse_while_waiting()?;
        }
        self.attempts.begin(&self.clock.now());
        self.mirror_attempts(keyring);
        fail::fail_point!("vault::unlock::attempt_counted");
        self.told_epoch = keyring.and_then(|keyring| self.ask_epoch(keyring).ok()).map(ToldEpoch);
        Ok(Ready { ways, trouble, keyring })
    }

    fn refuse_while_waiting(&self) -> Result<(), UnlockError> {
        let FailureState { wait, locked_out, .. } = self.failures();
        if wait.is_zero() {
            Ok(())
        } else if locked_out {
            Err(UnlockError::LockedOut { wait })
        } else {
            Err(UnlockError::Throttled { wait })
        }
    }

    /// Finds what each wrap needs beside the passphrase; `None` for a wrap that can't be tried. Fails only if none can be:
    /// during a change one of two slots may well be empty, or one wrap alone need the security key. Beside the ways it says
    /// whether one was kept back that may well be there: then a passphrase that fits no other wrap isn't known to be wrong.
    fn ways(
        &self,
        keyring: Option<&Keyring>,
        touch: Option<&Touch>,
    ) -> Result<(Vec<Option<Way>>, Option<UnlockError>), UnlockError> {
        let mut ways = Vec::with_capacity(self.body.passphrase.len());
        let mut trouble = None;
        for wrap in &self.body.passphrase {
            ways.push(match self.way(wrap, keyring, touch) {
                Ok(way) => Some(way),
                Err(error) => {
                    trouble.get_or_insert(error);
                    None
                }
            });
        }
        if ways.iter().all(Option::is_none)
            && let Some(trouble) = trouble
        {
            return Err(trouble);
        }
        Ok((ways, trouble.filter(|error| !error.means_lost())))
    }

    fn way(
        &self,
        wrap: &PassphraseWrap,
        keyring: Option<&Keyring>,
        touch: Option<&Touch>,
    ) -> Result<Way, UnlockError> {
        let security_key = match (&wrap.security_key, touch) {
            (None, _) => None,
            (Some(part), Some(touch)) if part.is_secret(&self.body.profile, touch)? => {
                Some(Zeroizing::new(*touch.expose()))
            }
            (Some(_), _) => return Err(UnlockError::SecurityKeyNeeded),
        };
        Ok(Way { device: self.device_secret(wrap, keyring)?, security_key })
    }

    fn device_secret(
        &self,
        wrap: &PassphraseWrap,
        keyring: Option<&Keyring>,
    ) -> Result<Option<Zeroizing<[u8; 32]>>, UnlockError> {
        let KeyringPart::Required { slot, .. } = wrap.keyring else { return Ok(None) };
        let secret =
            keyring.ok_or(UnlockError::KeyringNeeded)?.read_secret(&self.body.profile, slot)?;
        if wrap.keyring.is_secret(&self.body.profile, &secret)? {
            Ok(Some(secret))
        } else {
            Err(UnlockError::DeviceSecretChanged)
        }
    }

    fn try_wraps(
        &self,
        passphrase: &Passphrase,
        for_first: Option<&Stretched>,
        ways: &[Option<Way>],
    ) -> Result<(usize, MailboxKey), UnlockError> {
        for (index, (wrap, way)) in self.body.passphrase.iter().zip(ways).enumerate() {
            let Some(way) = way else { continue };
            let beside =
                Beside { device: way.device.as_deref(), security_key: way.security_key.as_deref() };
            let opened = match for_first.filter(|_| index == 0) {
                Some(stretched) => wrap.open_stretched(&self.body.profile, stretched, beside),
                None => wrap.open(&self.body.profile, passphrase, beside),
            };
            if let Some(key) = opened? {
                return if self.body.is_key(&key)? {
                    Ok((index, key))
                } else {
                    Err(VaultError::Damaged.into())
                };
            }
        }
        Err(UnlockError::WrongPassphrase { failures: 0, wait: Duration::ZERO })
    }
}
