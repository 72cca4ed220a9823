//! One failed unlock: what failed and when, and its bytes in the sealed log.

use crate::clock::Moment;

/// Bytes of one failure, always the same: the length of a box says nothing.
const LEN: usize = 33;

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// A wrong passphrase.
    WrongPassphrase,
    /// A well-formed recovery code that isn't this mailbox's.
    WrongRecoveryCode,
    /// An attempt that never came to its end: the program was killed meanwhile.
    Interrupted,
    /// The file of attempts was missing, damaged or older than it should be.
    CounterTampered,
    /// The right passphrase with a wrong one-time code.
    WrongOneTimeCode,
    /// The limit was reached, and the owner's ways in were erased, as policy wants it.
    WaysErased,
    /// The keyring stood in the way: nothing was tried.
    KeyringTrouble,
    /// A security key of another mailbox, or a wrong PIN of the right one: nothing was tried.
    WrongSecurityKey,
}

impl FailureKind {
    /// Returns the stable code of this kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongPassphrase => "unlock.wrong_passphrase",
            Self::WrongRecoveryCode => "unlock.wrong_recovery_code",
            Self::Interrupted => "unlock.interrupted",
            Self::CounterTampered => "unlock.counter_tampered",
            Self::WrongOneTimeCode => "unlock.wrong_one_time_code",
            Self::WaysErased => "unlock.ways_erased",
            Self::KeyringTrouble => "unlock.keyring_trouble",
            Self::WrongSecurityKey => "unlock.wrong_security_key",
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::WrongPassphrase => 1,
            Self::WrongRecoveryCode => 2,
            Self::Interrupted => 3,
            Self::CounterTampered => 4,
            Self::WrongOneTimeCode => 5,
            Self::WaysErased => 6,
            Self::KeyringTrouble => 7,
            Self::WrongSecurityKey => 8,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::WrongPassphrase,
            2 => Self::WrongRecoveryCode,
            3 => Self::Interrupted,
            4 => Self::CounterTampered,
            5 => Self::WrongOneTimeCode,
            6 => Self::WaysErased,
            7 => Self::KeyringTrouble,
            8 => Self::WrongSecurityKey,
            _ => return None,
        })
    }
}

/// One failure, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What failed.
    pub kind: FailureKind,
    /// When.
    pub at: Moment,
}

impl Failure {
    /// Kind, boot, milliseconds since boot, milliseconds since 1970; numbers with the highest byte first.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let Moment { boot_id, since_boot_ms, utc_ms } = self.at;
        let kind = [self.kind.byte()];
        let (boot, utc) = (since_boot_ms.to_be_bytes(), utc_ms.to_be_bytes());
        [kind.as_slice(), &boot_id, &boot, &utc].concat()
    }

    /// Reads it back; `None` if it isn't one.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = <&[u8; LEN]>::try_from(bytes).ok()?;
        let (kind, rest) = bytes.split_first()?;
        let (boot_id, rest) = rest.split_first_chunk::<16>()?;
        let (since_boot, rest) = rest.split_first_chunk::<8>()?;
        let (utc, _) = rest.split_first_chunk::<8>()?;
        let at = Moment {
            boot_id: *boot_id,
            since_boot_ms: u64::from_be_bytes(*since_boot),
            utc_ms: i64::from_be_bytes(*utc),
        };
        Some(Self { kind: FailureKind::from_byte(*kind)?, at })
    }
}
