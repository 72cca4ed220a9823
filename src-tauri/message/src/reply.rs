//! skeleton
use crate::{Headers, Address};
/// Whom an answer goes to.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
}
/// Whom to answer. `headers` must be the protected ones where there are any (RFC 9788 section 4.4.4); `own` are the user's addr-specs.
pub fn reply_recipients(headers: &Headers, own: &[&str], scope: ReplyScope) -> Recipients { unimplemented!() }
/// Author only, or everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyScope {
    /// Reply-To, or the author.
    Author,
    /// The author and all visible recipients.
    All,
}
/// `Re: ` once.
pub fn reply_subject(subject: Option<&str>) -> String { unimplemented!() }
/// `Fwd: ` once.
pub fn forward_subject(subject: Option<&str>) -> String { unimplemented!() }
/// The References of an answer (RFC 5322 section 3.6.4), first and latest ones kept.
pub fn reply_references(headers: &Headers) -> Vec<String> { unimplemented!() }
