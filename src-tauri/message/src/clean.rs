//! skeleton
/// Text from a message made safe to show on one line: no control characters, no bidirectional overrides.
pub fn display_text(text: &str) -> String { unimplemented!() }
/// A file name made safe to offer for saving.
pub fn safe_file_name(name: &str) -> Option<String> { unimplemented!() }
