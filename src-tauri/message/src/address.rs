//! Mailboxes: a display name and an addr-spec, and the list that a person types into the composer. Header fields are `headers`' business.

use std::{borrow::Cow, fmt};

use mail_parser as mp;

use crate::clean::{clean_line, is_deceptive};

/// Longest addr-spec in bytes: a path of 256 with its angle brackets (RFC 5321 section 4.5.3.1.3).
const MAX_ADDRESS_BYTES: usize = 254;

/// Longest local part in bytes (RFC 5321 section 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// Longest display name in bytes that is sent.
const MAX_NAME_BYTES: usize = 256;

/// Most addresses taken from one typed list.
const MAX_TYPED: usize = 5_000;

/// A mailbox of RFC 5322: a display name, made safe to show, and an addr-spec.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Display name; `None` if empty.
    pub name: Option<String>,
    /// addr-spec. From a message it can be anything; [`Address::new`] checks it.
    pub email: String,
}

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Nothing was given.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`, or more than one.
    #[error("the address has no single @")]
    NoAt,
    /// The part before the `@` is not valid.
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// The part after the `@` is not a domain name.
    #[error("the part after the @ is not a domain")]
    Domain,
    /// Longer than 254 bytes.
    #[error("the address is too long")]
    TooLong,
    /// A control character or an invisible one was found.
    #[error("the address holds a control character")]
    Control,
    /// Quotes or angle brackets don't match.
    #[error("the address is not complete")]
    Unbalanced,
    /// More addresses than one message can have.
    #[error("there are too many addresses")]
    TooMany,
}

impl Address {
    /// Makes a checked address for an outgoing message. An internationalised domain becomes its ASCII form.
    ///
    /// # Errors
    /// Whatever a server would refuse, and what could forge a header: control characters, no `@`, not a domain.
    pub fn new(name: Option<&str>, email: &str) -> Result<Self, AddressError> {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        if name.is_some_and(|name| name.chars().any(|c| c.is_control() || is_deceptive(c))) {
            return Err(AddressError::Control);
        }
        if name.is_some_and(|name| name.len() > MAX_NAME_BYTES) {
            return Err(AddressError::TooLong);
        }
        Ok(Self { name: name.map(str::to_owned), email: checked_email(email.trim())? })
    }

    /// What to show: the name if there is one, else the addr-spec.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }

    /// The domain in lower case, if there is one.
    pub fn domain(&self) -> Option<String> {
        self.email
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_ascii_lowercase())
            .filter(|domain| !domain.is_empty())
    }

    /// Whether the addr-spec would be accepted by [`Address::new`].
    pub fn is_valid(&self) -> bool {
        checked_email(&self.email).is_ok()
    }

    /// Whether the display name holds an addr-spec that is not this mailbox.
    pub(crate) fn name_claims_other(&self) -> bool {
        let Some(name) = &self.name else { return false };
        name.split(|c: char| {
            c.is_whitespace()
                || matches!(c, '<' | '>' | '(' | ')' | '"' | '\'' | ',' | ';' | '[' | ']')
        })
        .filter(|word| checked_email(word).is_ok())
        .any(|word| !same_address(word, &self.email))
    }
}

/// Names nobody: an address is PHI.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

fn checked_email(email: &str) -> Result<String, AddressError> {
    if email.is_empty() {
        return Err(AddressError::Empty);
    }
    if email.chars().any(|c| c.is_control() || is_deceptive(c)) {
        return Err(AddressError::Control);
    }
    let (local, domain) = email.rsplit_once('@').ok_or(AddressError::NoAt)?;
    if local.contains('@') {
        return Err(AddressError::NoAt);
    }
    // Quoted local parts exist in the grammar and nowhere else; non-ASCII ones need SMTPUTF8, which few servers offer.
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atext);
    if local.len() > MAX_LOCAL_BYTES || !local.split('.').all(is_atom) {
        return Err(AddressError::LocalPart);
    }
    let domain = ascii_domain(domain).ok_or(AddressError::Domain)?;
    let whole = format!("{local}@{domain}");
    if whole.len() > MAX_ADDRESS_BYTES { Err(AddressError::TooLong) } else { Ok(whole) }
}

/// `atext` of RFC 5322 section 3.2.3.
fn is_atext(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b)
}

/// A domain name with its labels as A-labels (RFC 5891). Address literals are not domains: nobody writes to a patient at an IP address.
pub(crate) fn ascii_domain(domain: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.') || !c.is_ascii();
    if domain.is_empty() || !domain.chars().all(is_plain) {
        return None;
    }
    let url::Host::Domain(ascii) = url::Host::parse(domain).ok()? else { return None };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (ascii.len() <= 253 && ascii.split('.').all(is_label)).then_some(if domain.is_ascii() {
        domain.to_owned()
    } else {
        ascii
    })
}

/// Whether two addr-specs name the same mailbox (RFC 9788 section 4.4.5): domains as A-labels, everything without regard to case.
pub fn same_address(a: &str, b: &str) -> bool {
    let key = |email: &str| {
        let (local, domain) = email.trim().rsplit_once('@')?;
        Some((
            local.to_lowercase(),
            ascii_domain(domain).unwrap_or_else(|| domain.to_owned()).to_ascii_lowercase(),
        ))
    };
    matches!((key(a), key(b)), (Some(a), Some(b)) if a == b)
}

/// Reads what a person typed into a recipients field: separated by commas, semicolons or line breaks, with or without names. One result
/// for each address, in order, so that the composer can mark the wrong one.
pub fn parse_address_list(input: &str) -> Vec<Result<Address, AddressError>> {
    let mut results: Vec<_> =
        split_list(input).into_iter().take(MAX_TYPED).map(parse_one).collect();
    if results.len() == MAX_TYPED {
        results.push(Err(AddressError::TooMany));
    }
    results
}

/// Cuts at separators outside quotes and angle brackets.
fn split_list(input: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut quoted, mut escaped, mut angle) = (0_usize, false, false, false);
    for (at, c) in input.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => angle = true,
            '>' if !quoted => angle = false,
            // A line break always ends an item: a forgotten quote must not swallow the next lines.
            '\n' | '\r' => {
                items.push(input.get(start..at).unwrap_or_default());
                start = at.saturating_add(1);
                (quoted, angle) = (false, false);
            }
            ',' | ';' if !quoted && !angle => {
                items.push(input.get(start..at).unwrap_or_default());
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    items.push(input.get(start..).unwrap_or_default());
    items.into_iter().map(str::trim).filter(|item| !item.is_empty()).collect()
}

fn parse_one(item: &str) -> Result<Address, AddressError> {
    let Some((name, rest)) = item.split_once_outside_quotes('<') else {
        return if item.contains('"') || item.contains('>') {
            Err(AddressError::Unbalanced)
        } else {
            Address::new(None, item)
        };
    };
    let email = rest.strip_suffix('>').ok_or(AddressError::Unbalanced)?;
    Address::new(Some(&unquote(name.trim())?), email)
}

trait SplitOutsideQuotes {
    fn split_once_outside_quotes(&self, at: char) -> Option<(&str, &str)>;
}

impl SplitOutsideQuotes for str {
    fn split_once_outside_quotes(&self, at: char) -> Option<(&str, &str)> {
        let (mut quoted, mut escaped) = (false, false);
        let (position, found) = self.char_indices().find(|&(_, c)| {
            let hit = c == at && !quoted;
            if escaped {
                escaped = false;
            } else if c == '\\' && quoted {
                escaped = true;
            } else if c == '"' {
                quoted = !quoted;
            }
            hit
        })?;
        Some((self.get(..position)?, self.get(position.saturating_add(found.len_utf8())..)?))
    }
}

fn unquote(name: &str) -> Result<Cow<'_, str>, AddressError> {
    let Some(rest) = name.strip_prefix('"') else {
        return if name.contains('"') {
            Err(AddressError::Unbalanced)
        } else {
            Ok(Cow::Borrowed(name))
        };
    };
    let inner = rest.strip_suffix('"').ok_or(AddressError::Unbalanced)?;
    let mut out = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Err(AddressError::Unbalanced),
            _ => {
                out.push(c);
                escaped = false;
            }
        }
    }
    if escaped { Err(AddressError::Unbalanced) } else { Ok(Cow::Owned(out)) }
}

/// Flattens what mail-parser read from an address field, groups and all, up to `max`. Also says whether something deceptive was removed.
pub(crate) fn from_header(value: &mp::Address<'_>, max: usize) -> (Vec<Address>, bool) {
    let mut cleaned = false;
    let addresses = value
        .iter()
        .filter_map(|addr| {
            let (name, name_cleaned) = clean_line(addr.name.as_deref().unwrap_or_default());
            let (email, email_cleaned) = clean_line(addr.address.as_deref().unwrap_or_default());
            cleaned |= name_cleaned | email_cleaned;
            let name = Some(name).filter(|name| !name.is_empty());
            (name.is_some() || !email.is_empty()).then_some(Address { name, email })
        })
        .take(max)
        .collect();
    (addresses, cleaned)
}

#[cfg(test)]
mod tests;
