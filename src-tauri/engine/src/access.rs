//! What stands around the way into the mailbox: the count of openings, what the owner must be told, one-time codes, a
//! security key, a new recovery code, the organisation's way in, and asking again who is there.

pub(crate) mod emergency;
pub(crate) mod epoch;
pub(crate) mod notices;
pub(crate) mod one_time;
pub(crate) mod reauth;
mod recovery_code;
pub(crate) mod security_key;
#[cfg(test)]
#[cfg(feature = "failpoints")]
mod tests;
