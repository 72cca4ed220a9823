//! Mailboxes: a display name and an addr-spec, and the list that a person types into the composer.

use std::fmt;

/// A mailbox of RFC 5322: a display name, made safe to show, and an addr-spec.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Display name; `None` if empty.
    pub name: Option<String>,
    /// addr-spec. From a message it can be anything; [`Address::new`] checks it.
    pub email: String,
}

/// Why a typed address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Nothing was given.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`, or more than one outside quotes.
    #[error("the address has no single @")]
    NoAt,
    /// The part before the `@` is not valid.
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// The part after the `@` is not a domain name.
    #[error("the part after the @ is not a domain")]
    Domain,
    /// Longer than 254 bytes (RFC 5321 section 4.5.3.1.3).
    #[error("the address is too long")]
    TooLong,
    /// A control character was found.
    #[error("the address holds a control character")]
    Control,
    /// Quotes or angle brackets don't match.
    #[error("the address is not complete")]
    Unbalanced,
}

impl Address {
    /// Makes a checked address for an outgoing message.
    pub fn new(name: Option<&str>, email: &str) -> Result<Self, AddressError> {
        unimplemented!()
    }
}

/// Reads what a person typed into a recipients field: separated by commas, semicolons or line breaks, with or without names.
pub fn parse_address_list(input: &str) -> Vec<Result<Address, AddressError>> {
    unimplemented!()
}

/// Whether two addr-specs name the same mailbox (RFC 9788 section 4.4.5): domains as A-labels, everything without regard to case.
pub fn same_address(a: &str, b: &str) -> bool {
    unimplemented!()
}

/// Names nobody: an address is PHI.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}
