//! Bytes as they lie in the file: compressed where that pays. Less to encrypt and to authenticate is also faster.
//!
//! Each value is a block of its own, so that no secret is ever compressed together with another message's text. LZ4 in
//! Rust, because its buffers then live in the program's zeroing allocator, and because it is faster than the cipher.

use crate::Error;

/// Largest value that is stored, in bytes: no mail provider accepts more, and one value fits memory several times.
pub const MAX_BLOB_LEN: usize = 64 * 1024 * 1024;

const PLAIN: u8 = 0;
const LZ4: u8 = 1;
const LENGTH_BYTES: usize = 4;

/// Packs bytes for a column.
///
/// # Errors
/// [`Error::TooLarge`] above [`MAX_BLOB_LEN`].
pub(crate) fn pack(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let length = u32::try_from(bytes.len()).map_err(|_| Error::TooLarge)?;
    if bytes.len() > MAX_BLOB_LEN {
        return Err(Error::TooLarge);
    }
    let squeezed = lz4_flex::block::compress(bytes);
    // Encrypted mail doesn't get smaller: then it stays as it is and costs nothing to read.
    let pays = squeezed.len() + LENGTH_BYTES < bytes.len() - bytes.len() / 16;
    let mut packed =
        Vec::with_capacity(1 + LENGTH_BYTES + if pays { squeezed.len() } else { bytes.len() });
    if pays {
        packed.push(LZ4);
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(&squeezed);
    } else {
        packed.push(PLAIN);
        packed.extend_from_slice(bytes);
    }
    Ok(packed)
}

/// Gives back what [`pack`] was given.
///
/// # Errors
/// [`Error::Damaged`] if the bytes are not what [`pack`] wrote.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, Error> {
    match packed.split_first() {
        Some((&PLAIN, bytes)) => Ok(bytes.to_vec()),
        Some((&LZ4, rest)) => {
            let (length, squeezed) =
                rest.split_first_chunk::<LENGTH_BYTES>().ok_or(Error::Damaged)?;
            let length =
                usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Error::Damaged)?;
            if length > MAX_BLOB_LEN {
                return Err(Error::Damaged);
            }
            let bytes =
                lz4_flex::block::decompress(squeezed, length).map_err(|_| Error::Damaged)?;
            if bytes.len() == length { Ok(bytes) } else { Err(Error::Damaged) }
        }
        _ => Err(Error::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn unpacking_gives_back_what_was_packed(bytes: Vec<u8>, repeats in 0_usize..50) {
            let bytes = bytes.repeat(repeats);
            prop_assert_eq!(unpack(&pack(&bytes).unwrap()).unwrap(), bytes);
        }

        #[test]
        fn no_stored_bytes_make_unpacking_panic(packed: Vec<u8>) {
            drop(unpack(&packed));
        }
    }

    #[test]
    fn text_gets_smaller_and_noise_hardly_larger() {
        let text = "The patient was seen today. ".repeat(100);
        assert!(pack(text.as_bytes()).unwrap().len() < text.len() / 4);
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(10_000)
        .collect();
        assert_eq!(pack(&noise).unwrap().len(), noise.len() + 1);
    }

    #[test]
    fn a_claimed_length_above_the_limit_is_damage_not_an_allocation() {
        let mut packed = vec![LZ4];
        packed.extend_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(unpack(&packed), Err(Error::Damaged)));
    }
}
