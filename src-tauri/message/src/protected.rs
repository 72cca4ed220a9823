//! skeleton
use crate::{Headers, Parsed, Limits};
/// How the sender says that the header fields are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionMode {
    /// `hp="clear"`: signed, not hidden.
    Clear,
    /// `hp="cipher"`: those without a matching HP-Outer were hidden.
    Cipher,
    /// `protected-headers="v1"`: the older convention, nothing said about hiding.
    Legacy,
}
/// Header fields found inside a cryptographic payload.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectedHeaders {
    /// The protected fields.
    pub headers: Headers,
    /// How they are protected.
    pub mode: ProtectionMode,
    /// HP-Outer fields: name in lower case and value, as the sender put them outside.
    pub hp_outer: Vec<(String, String)>,
}
impl ProtectedHeaders {
    /// Whether the author inside is not the author outside (RFC 9788 section 4.4.1.1).
    pub fn from_differs(&self, outer: &Headers) -> bool {
        unimplemented!()
    }
    /// The headers to show: the protected ones; where the authors differ and `signer_is_author` is false, the outer From is shown (section 4.4.3).
    pub fn effective(&self, outer: &Headers, signer_is_author: bool) -> Headers {
        unimplemented!()
    }
    /// Whether the subject was hidden outside: then an answer must hide it too.
    pub fn subject_is_confidential(&self) -> bool {
        unimplemented!()
    }
}
/// Reads the protected header fields of a payload that was decrypted or whose signature was checked.
pub fn protected_headers(payload_raw: &[u8], payload: &Parsed, limits: &Limits) -> Option<ProtectedHeaders> {
    unimplemented!()
}
