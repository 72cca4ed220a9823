//! The committed weights, compiled by build.rs into a table that is used in place. Integers, so that every machine adds up the same.

use super::hash;

static SUBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/subject.model"));
static BODY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/body.model"));

/// The words before the entries: bias, add, clear, unnamed, untold, bits.
const HEAD: usize = 6;

/// A model: its weights in thousandths, by feature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    words: &'static [[u8; 4]],
    bits: u32,
}

impl Weights {
    pub(crate) fn subject() -> Self {
        Self::open(SUBJECT)
    }

    pub(crate) fn body() -> Self {
        Self::open(BODY)
    }

    fn open(bytes: &'static [u8]) -> Self {
        let (words, _) = bytes.as_chunks::<4>();
        Self { words, bits: words.get(5).map_or(0, |word| u32::from_le_bytes(*word)) }
    }

    fn head(&self, index: usize) -> i32 {
        self.words.get(index).map_or(0, |word| i32::from_le_bytes(*word))
    }

    /// What a text without features has.
    pub(crate) fn bias(&self) -> i32 {
        self.head(0)
    }

    /// From here on the model speaks of PHI where the rules found none.
    pub(crate) fn add(&self) -> i32 {
        self.head(1)
    }

    /// Up to here the model takes back what the rules found.
    pub(crate) fn clear(&self) -> i32 {
        self.head(2)
    }

    /// What is asked beyond that of a text that names nobody: an illness alone is nobody's.
    pub(crate) fn unnamed(&self) -> i32 {
        self.head(3)
    }

    /// What is asked beyond that of a text that no known word of health, care or payment stands in.
    pub(crate) fn untold(&self) -> i32 {
        self.head(4)
    }

    /// The number of entries, taken or free.
    pub(crate) fn entries(&self) -> usize {
        1_usize.checked_shl(self.bits).unwrap_or(1)
    }

    /// Returns the entry of a feature and its weight; `None` if it has none.
    pub(crate) fn get(&self, hash: u64) -> Option<(usize, i32)> {
        let mask = self.entries().wrapping_sub(1);
        let (mut at, tag) = hash::place(hash, self.bits);
        loop {
            let word = at.wrapping_mul(2).wrapping_add(HEAD);
            let held = u32::from_le_bytes(*self.words.get(word)?);
            if held == tag {
                let weight = self.words.get(word.wrapping_add(1))?;
                return Some((at, i32::from_le_bytes(*weight)));
            }
            if held == 0 {
                return None;
            }
            at = at.wrapping_add(1) & mask;
        }
    }

    /// The size of both models in bytes.
    pub(crate) const fn size() -> usize {
        SUBJECT.len().saturating_add(BODY.len())
    }
}
