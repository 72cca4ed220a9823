//! Owns what may be written into a command line. Must not know a protocol.

/// Whether the text can stand in a line of a protocol: no NUL, CR or LF, which would end the line or begin another.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, 0 | b'\r' | b'\n'))
}
