//! What the two processes say to each other: frames of a tag, a length and JSON. Must not trust a length before it is compared.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::{Limits, Unread};

/// The longest frame, in bytes: a segment of text with every character escaped fits.
pub(crate) const MAX_FRAME: usize = 4 << 20;
/// The longest segment of text in one frame, in bytes.
pub(crate) const SEGMENT: usize = 512 << 10;

/// What the worker is asked; the file's bytes follow it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    /// The file's name.
    pub(crate) name: String,
    /// How many bytes follow.
    pub(crate) bytes: u64,
    /// What it may cost.
    pub(crate) limits: Limits,
}

/// What the worker answers, several in a row, [`Answer::Done`] last.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It got so far: parts done, of how many.
    Progress { done: u32, of: u32 },
    /// Text of a part.
    Text { part: String, text: String },
    /// The name of a file in the file, as the sender may read it.
    Name { part: String },
    /// A part that could not be read.
    Unread(Unread),
    /// Everything was looked at.
    Done,
}

/// The four bytes of a frame's length.
fn length(bytes: &[u8]) -> io::Result<[u8; 4]> {
    u32::try_from(bytes.len())
        .ok()
        .filter(|_| bytes.len() <= MAX_FRAME)
        .map(u32::to_le_bytes)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// A value as a frame.
pub(crate) fn frame(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(value)?;
    let mut frame = length(&json)?.to_vec();
    frame.extend(json);
    Ok(frame)
}

/// Reads the length of a frame, which must be within [`MAX_FRAME`].
pub(crate) fn checked(length: [u8; 4]) -> io::Result<usize> {
    usize::try_from(u32::from_le_bytes(length))
        .ok()
        .filter(|length| *length <= MAX_FRAME)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Writes a frame.
pub(crate) fn write(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    to.write_all(&frame(value)?)
}

/// Reads a frame.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut json = vec![0; checked(length)?];
    from.read_exact(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_and_a_longer_one_than_allowed_does_not() {
        let bytes = frame(&Answer::Progress { done: 2, of: 3 }).unwrap();
        let back: Answer = read(&mut bytes.as_slice()).unwrap();
        assert!(matches!(back, Answer::Progress { done: 2, of: 3 }));
        let longer = u32::try_from(MAX_FRAME + 1).unwrap().to_le_bytes();
        assert!(read::<Answer>(&mut longer.as_slice()).is_err());
        let worst = Answer::Text { part: String::new(), text: "\u{1}".repeat(SEGMENT) };
        assert!(frame(&worst).is_ok());
    }
}
