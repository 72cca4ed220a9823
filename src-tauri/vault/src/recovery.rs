//! The printed recovery code: 128 random bits that a person can write down and type back.
//!
//! Owns the code's alphabet, grouping and check sum; what it opens is `format`'s matter.

use std::fmt;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32m, Hrp};
use zeroize::Zeroizing;

use crate::seal::{self, CryptoError};

/// Random bytes in a code: 128 bits.
const CODE_BYTES: usize = 16;
/// Symbols in a code: 26 for the bits, 6 for the check sum.
const SYMBOLS: usize = 32;
const GROUP: usize = 4;
/// Ties the check sum to this use; it isn't printed.
const PREFIX: Hrp = Hrp::parse_unchecked("ward");
/// Longest text that is looked at when a code is typed back.
const MAX_TYPED_BYTES: usize = 256;
/// Room for any writing of a code at once: a text that grows leaves copies behind.
const TEXT_BYTES: usize = 512;

/// A recovery code; wiped on drop.
///
/// Its form is Bech32m (BIP-350) without the fixed prefix, in capitals, in eight groups of four: the alphabet has no
/// `1`, `B`, `I` or `O`, and the check sum finds every slip in up to four letters.
pub struct RecoveryCode(Zeroizing<[u8; CODE_BYTES]>);

/// Why a typed text is not a recovery code; a well-formed but wrong code is not among these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryCodeError {
    /// Not 32 letters and digits.
    #[error("a recovery code has 32 letters and digits in eight groups of four: type all of it")]
    Length,
    /// The check sum doesn't fit.
    #[error("the recovery code has a typing mistake: compare it with the paper, group by group")]
    Typo,
}

impl RecoveryCode {
    pub(crate) fn generate() -> Result<Self, CryptoError> {
        let mut bytes = Zeroizing::new([0; CODE_BYTES]);
        seal::random(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// Reads a code as typed: case, blanks and dashes don't matter, and the letters that aren't in the alphabet are
    /// taken for those they look like.
    ///
    /// # Errors
    /// [`RecoveryCodeError::Length`] or [`RecoveryCodeError::Typo`].
    pub fn parse(typed: &str) -> Result<Self, RecoveryCodeError> {
        if typed.len() > MAX_TYPED_BYTES {
            return Err(RecoveryCodeError::Length);
        }
        let mut symbols = Zeroizing::new(String::with_capacity(TEXT_BYTES));
        symbols.extend(typed.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)).map(unconfuse));
        if symbols.chars().count() != SYMBOLS {
            return Err(RecoveryCodeError::Length);
        }
        let mut text = Zeroizing::new(String::with_capacity(TEXT_BYTES));
        text.push_str(PREFIX.as_str());
        text.push('1');
        text.push_str(&symbols);
        let checked =
            CheckedHrpstring::new::<Bech32m>(&text).map_err(|_| RecoveryCodeError::Typo)?;
        let bytes = Zeroizing::new(checked.byte_iter().collect::<Vec<u8>>());
        match <[u8; CODE_BYTES]>::try_from(bytes.as_slice()) {
            Ok(bytes) => Ok(Self(Zeroizing::new(bytes))),
            Err(_) => Err(RecoveryCodeError::Typo),
        }
    }

    /// Returns the code as it is printed: capitals, groups of four, joined by dashes.
    pub fn printed(&self) -> Zeroizing<String> {
        let whole = bech32::encode_upper::<Bech32m>(PREFIX, self.0.as_ref())
            .map(Zeroizing::new)
            .unwrap_or_default();
        let symbols = whole.rsplit('1').next().unwrap_or_default();
        let mut printed = Zeroizing::new(String::with_capacity(TEXT_BYTES));
        for (index, symbol) in symbols.chars().enumerate() {
            if index > 0 && index.is_multiple_of(GROUP) {
                printed.push('-');
            }
            printed.push(symbol);
        }
        printed
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// Compares in constant time.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        openssl::memcmp::eq(self.expose(), other.expose())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Maps a typed letter into the alphabet `qpzry9x8gf2tvdw0s3jn54khce6mua7l`.
const fn unconfuse(c: char) -> char {
    match c.to_ascii_lowercase() {
        '1' | 'i' => 'l',
        'b' => '8',
        'o' => '0',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(bytes: [u8; 16]) -> RecoveryCode {
        RecoveryCode(Zeroizing::new(bytes))
    }

    #[test]
    fn is_printed_in_eight_groups_of_four() {
        let printed = RecoveryCode::generate().unwrap().printed();
        let groups: Vec<&str> = printed.split('-').collect();
        assert_eq!(groups.len(), 8);
        assert!(groups.iter().all(|group| group.len() == 4));
        assert!(!printed.contains(['1', 'B', 'I', 'O']));
    }

    #[test]
    fn what_is_not_a_code_is_told_apart_from_a_slip() {
        assert_eq!(RecoveryCode::parse("").unwrap_err(), RecoveryCodeError::Length);
        assert_eq!(RecoveryCode::parse("QQQQ-QQQQ").unwrap_err(), RecoveryCodeError::Length);
        assert_eq!(
            RecoveryCode::parse(&"Q".repeat(10_000)).unwrap_err(),
            RecoveryCodeError::Length
        );
        assert_eq!(RecoveryCode::parse(&"Q".repeat(32)).unwrap_err(), RecoveryCodeError::Typo);
        assert_eq!(RecoveryCode::parse(&"\u{e9}".repeat(32)).unwrap_err(), RecoveryCodeError::Typo);
    }

    proptest! {
        #[test]
        fn survives_being_typed_back(bytes: [u8; 16]) {
            let original = code(bytes);
            let printed = original.printed();
            for typed in [
                printed.to_string(),
                printed.to_lowercase(),
                printed.replace('-', " "),
                printed.replace('-', ""),
                printed.replace('-', " \u{2013} "),
                printed.replace('L', "I").replace('0', "O").replace('8', "b"),
                printed.replace('L', "1"),
            ] {
                prop_assert!(RecoveryCode::parse(&typed).unwrap().is_same(&original));
            }
        }

        #[test]
        fn up_to_three_wrong_letters_are_a_typing_mistake(
            bytes: [u8; 16],
            slips in prop::collection::vec((0_usize..32, 1_u8..32), 1..=3),
        ) {
            const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
            let printed = code(bytes).printed().to_lowercase().replace('-', "");
            let mut letters = printed.clone().into_bytes();
            for (position, shift) in slips {
                let index = ALPHABET.iter().position(|l| *l == letters[position]).unwrap();
                letters[position] = ALPHABET[(index + usize::from(shift)) % 32];
            }
            let typed = String::from_utf8(letters).unwrap();
            prop_assume!(typed != printed);
            prop_assert_eq!(RecoveryCode::parse(&typed).unwrap_err(), RecoveryCodeError::Typo);
        }

        #[test]
        fn any_text_is_answered_without_a_panic(text in ".{0,300}") {
            drop(RecoveryCode::parse(&text));
        }
    }
}
