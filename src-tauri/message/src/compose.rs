//! Writing messages: what goes out, checked, and the bytes of it.

use std::fmt;

use crate::Address;

/// A file to attach.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name; made safe when written.
    pub file_name: String,
    /// Media type, such as `application/pdf`.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A further header field.
#[derive(Clone, PartialEq, Eq)]
pub struct ExtraHeader {
    /// Field name.
    pub name: String,
    /// Value, unencoded.
    pub value: String,
    /// Whether it goes only inside the encryption of an encrypted message.
    pub confidential: bool,
}

/// A message to be written. There is no Bcc: every blind recipient gets a message of its own, and no built header names one.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The author.
    pub from: Address,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Text body.
    pub text: String,
    /// HTML body beside the text.
    pub html: Option<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Message-ID without angle brackets, of [`make_message_id`].
    pub message_id: String,
    /// Message-ID of the message answered.
    pub in_reply_to: Option<String>,
    /// Message-IDs of the thread, oldest first, of [`reply_references`](crate::reply_references).
    pub references: Vec<String>,
    /// Seconds since 1970-01-01 UTC; written in UTC, so that no time zone leaks.
    pub date_unix: i64,
    /// Further fields.
    pub extra: Vec<ExtraHeader>,
}

/// How header fields are protected (RFC 9788).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderProtection {
    /// `hp="clear"`: signed only.
    Clear,
    /// `hp="cipher"`: inside encryption; the Subject outside is `[...]`.
    Cipher,
}

/// A detached signature in ASCII armour.
#[derive(Clone, PartialEq, Eq)]
pub struct DetachedSignature {
    /// ASCII-armoured OpenPGP signature.
    pub armored: String,
    /// Hash name for the `micalg` parameter, such as `pgp-sha512`.
    pub micalg: String,
}

/// Why a message could not be written. Never carries a value from the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A value holds a line break, NUL or another control character.
    #[error("a header value holds a control character")]
    ControlCharacter,
    /// A field name is not valid, or is one that this crate writes itself.
    #[error("a header field name is not allowed")]
    FieldName,
    /// An address is not valid.
    #[error("an address is not valid: {0}")]
    Address(#[from] crate::AddressError),
    /// A Message-ID is not valid.
    #[error("a message id is not valid")]
    MessageId,
    /// A media type is not valid.
    #[error("a media type is not valid")]
    MediaType,
    /// A field is longer than can be written.
    #[error("a header value is too long")]
    TooLong,
    /// The ciphertext or signature is not ASCII armour.
    #[error("the armoured data is not ASCII armour")]
    Armor,
    /// The domain for a Message-ID is not valid.
    #[error("the domain is not valid")]
    Domain,
}

/// Why a signed message could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError<E: std::error::Error + 'static> {
    /// The message can't be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The signer failed.
    #[error("signing failed")]
    Signer(#[source] E),
}

/// Makes a random Message-ID on the sender's domain, without angle brackets.
pub fn make_message_id(domain: &str) -> Result<String, BuildError> {
    unimplemented!()
}

/// Writes an unprotected message.
pub fn build_plain(message: &Outgoing) -> Result<Vec<u8>, BuildError> {
    unimplemented!()
}

/// Writes the MIME entity to sign or encrypt: body and protected header fields.
pub fn build_inner_protected(message: &Outgoing, protection: HeaderProtection) -> Result<Vec<u8>, BuildError> {
    unimplemented!()
}

/// Writes the message around the ciphertext of [`build_inner_protected`]: multipart/encrypted, Subject `[...]`.
pub fn build_encrypted_outer(message: &Outgoing, armored: &str) -> Result<Vec<u8>, BuildError> {
    unimplemented!()
}

/// Writes a multipart/signed message; `sign` gets the exact bytes to sign.
pub fn build_signed<E: std::error::Error + 'static>(
    message: &Outgoing,
    sign: impl FnOnce(&[u8]) -> Result<DetachedSignature, E>,
) -> Result<Vec<u8>, SignError<E>> {
    unimplemented!()
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("recipients", &self.to.len().saturating_add(self.cc.len())).finish_non_exhaustive()
    }
}
