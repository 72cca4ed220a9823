//! Words looked up before in the same text: half of a letter is a hundred words.

/// A direct-mapped memory from words to values.
#[derive(Debug)]
pub(super) struct Seen<T>(Vec<(Vec<u8>, T)>);

/// How many words are remembered: a power of two.
const SLOTS: usize = 1024;
/// Shorter texts repeat too little to be worth the memory, in bytes.
const WORTH: usize = 1000;

impl<T: Copy + Default> Seen<T> {
    pub(super) fn for_text(text: &str) -> Self {
        let slots = if text.len() > WORTH { SLOTS } else { 0 };
        Self(vec![(Vec::new(), T::default()); slots])
    }

    /// Returns the value of a word that isn't empty, made anew unless it is remembered.
    pub(super) fn get(&mut self, key: &[u8], make: impl FnOnce() -> T) -> T {
        let hash = key.iter().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        let slot = (hash ^ hash >> 16) as usize & (SLOTS - 1);
        match self.0.get_mut(slot) {
            Some((word, value)) if word == key => *value,
            Some((word, value)) => {
                word.clear();
                word.extend_from_slice(key);
                *value = make();
                *value
            }
            None => make(),
        }
    }
}
