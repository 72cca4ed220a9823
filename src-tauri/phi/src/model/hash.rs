//! How the text of a feature becomes a number: the build hashes the committed weights, the detector what it sees. Shared, by inclusion,
//! with build.rs.

/// The hash of no bytes (FNV-1a).
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// Hashes bytes.
pub(crate) const fn of(bytes: &[u8]) -> u64 {
    feed(BASIS, bytes)
}

/// Goes on with more bytes.
pub(crate) const fn feed(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        rest = tail;
    }
    hash
}

/// Joins the hash of what came before with the hash of the next part.
pub(crate) const fn join(before: u64, part: u64) -> u64 {
    (before.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The place in a table of `1 << bits` entries, and the tag that stands there (never 0).
pub(crate) const fn place(hash: u64, bits: u32) -> (usize, u32) {
    let mixed = hash ^ hash >> 29;
    ((mixed >> 7) as usize & (1_usize << bits).wrapping_sub(1), (mixed >> 32) as u32 | 1)
}
