//! skeleton
/// The readable text of HTML.
pub fn html_to_text(html: &str, max_bytes: usize) -> String { unimplemented!() }
