//! One 32-byte secret in pages of its own: locked against swap, left out of core dumps, between guard pages.
//!
//! The only `unsafe` of this crate: the allocator behind it hands out raw pointers.
#![expect(
    unsafe_code,
    reason = "memsec's page allocator hands out raw pointers; this type gives them one owner"
)]

use std::ptr::NonNull;

use zeroize::Zeroize as _;

/// Owns 32 bytes in their own pages and wipes them on drop.
pub(crate) struct LockedKey {
    bytes: NonNull<[u8; 32]>,
    locked: bool,
}

// SAFETY: the pointer is this value's own allocation, never shared or handed out beyond a borrow of `self`.
unsafe impl Send for LockedKey {}
// SAFETY: through `&self` the bytes can only be read; nothing mutates them between `new` and `drop`.
unsafe impl Sync for LockedKey {}

impl LockedKey {
    /// Copies `source` into fresh locked pages; `None` if the system gives no memory.
    pub(crate) fn new(source: &[u8; 32]) -> Option<Self> {
        // SAFETY: no precondition; the result is checked by `?` and owned by the value made below.
        let mut bytes = unsafe { memsec::malloc::<[u8; 32]>() }?;
        // SAFETY: `bytes` is non-null, sized for `[u8; 32]`, filled by memsec, and nobody else has it yet.
        unsafe { bytes.as_mut() }.copy_from_slice(source);
        // memsec locks the pages but doesn't say whether it could; asking again is harmless and answers.
        // SAFETY: the range is the allocation just made.
        let locked = unsafe { memsec::mlock(bytes.as_ptr().cast(), 32) };
        Some(Self { bytes, locked })
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        // SAFETY: valid and initialised from `new` until `drop`; the borrow ends before either.
        unsafe { self.bytes.as_ref() }
    }

    pub(crate) const fn is_locked(&self) -> bool {
        self.locked
    }
}

impl Drop for LockedKey {
    fn drop(&mut self) {
        // SAFETY: `&mut self` proves that no borrow is left; the pointer came from `memsec::malloc` and is freed once.
        unsafe {
            self.bytes.as_mut().zeroize();
            memsec::free(self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_bytes_in_locked_memory() {
        let keys: Vec<LockedKey> = (0..8_u8).filter_map(|n| LockedKey::new(&[n; 32])).collect();
        assert_eq!(keys.len(), 8);
        for (n, key) in (0_u8..).zip(&keys) {
            assert_eq!(key.expose(), &[n; 32]);
        }
        if keys.iter().all(LockedKey::is_locked) {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let locked = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
            assert_ne!(locked.trim(), "0 kB");
        }
    }
}
