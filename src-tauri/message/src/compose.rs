//! Writing messages: what goes out, checked, and the bytes of it. mail-builder writes fields and parts; what may be written, and what
//! header protection (RFC 9788) and RFC 3156 want around it, is decided here. Nothing is signed or encrypted here.
//!
//! Whatever is built is 7-bit, has CRLF line ends only, and tells neither the computer's name nor its time zone.

mod check;
mod entity;
mod fields;

use std::fmt;

use mail_builder::{
    headers::{HeaderType, content_type::ContentType},
    mime::{BodyPart, MimePart},
};

use crate::{Address, address::ascii_domain};

pub(crate) use check::is_message_id;

/// Subject of an encrypted message as the servers see it (RFC 9788 section 3.2.1).
const OBSCURED_SUBJECT: &str = "[...]";

/// A file to attach. A `message/rfc822` is attached as it is if it can be, else as an opaque file.
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

/// Makes a random Message-ID on the sender's domain, without angle brackets. It says nothing about computer, program or time.
///
/// # Errors
/// If the domain is not a domain name.
pub fn make_message_id(domain: &str) -> Result<String, BuildError> {
    let domain = ascii_domain(domain).ok_or(BuildError::Domain)?;
    Ok(format!("{:032x}@{domain}", rand::random::<u128>()))
}

/// Writes an unprotected message.
///
/// # Errors
/// If a value can't be written: see [`BuildError`].
pub fn build_plain(message: &Outgoing) -> Result<Vec<u8>, BuildError> {
    check::message(message)?;
    Ok(fields::with_root(fields::real(message), entity::body(message)))
}

/// Writes the MIME entity to sign or to encrypt: the body, with the message's header fields inside it (RFC 9788 section 5.2). Those of
/// [`HeaderProtection::Cipher`] say in HP-Outer what [`build_encrypted_outer`] will write outside. The older `protected-headers="v1"` is
/// there, too, so that programs which know only that show the subject.
///
/// # Errors
/// If a value can't be written: see [`BuildError`].
pub fn build_inner_protected(
    message: &Outgoing,
    protection: HeaderProtection,
) -> Result<Vec<u8>, BuildError> {
    check::message(message)?;
    let mut part = entity::body(message);
    entity::add_parameter(
        &mut part,
        "hp",
        if protection == HeaderProtection::Cipher { "cipher" } else { "clear" },
    );
    entity::add_parameter(&mut part, "protected-headers", "v1");
    let mut headers = fields::real(message);
    if protection == HeaderProtection::Cipher {
        headers.extend(fields::hp_outer(&fields::obscured(message)));
    }
    headers.append(&mut part.headers);
    part.headers = headers;
    let mut out = Vec::new();
    part.write_part(&mut out);
    Ok(out)
}

/// Writes the message around the ciphertext of [`build_inner_protected`]: multipart/encrypted (RFC 3156 section 4) with the Subject
/// `[...]` and without the confidential fields.
///
/// # Errors
/// If a value can't be written, or `armored` is not an ASCII-armoured OpenPGP message.
pub fn build_encrypted_outer(message: &Outgoing, armored: &str) -> Result<Vec<u8>, BuildError> {
    check::message(message)?;
    let armored =
        check::armor(armored, "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----")?;
    let control = entity::seven_bit(
        ContentType::new("application/pgp-encrypted"),
        "Version: 1\r\n".to_owned(),
    );
    let mut data = entity::seven_bit(
        ContentType::new("application/octet-stream").attribute("name", "encrypted.asc"),
        armored,
    );
    data.headers.push((
        "Content-Disposition".into(),
        ContentType::new("inline").attribute("filename", "encrypted.asc").into(),
    ));
    let content_type =
        entity::multipart("multipart/encrypted").attribute("protocol", "application/pgp-encrypted");
    Ok(fields::with_root(
        fields::obscured(message),
        MimePart::new(content_type, vec![control, data]),
    ))
}

/// Writes a multipart/signed message (RFC 3156 section 5). `sign` gets the exact bytes that the signature must cover.
///
/// # Errors
/// If a value can't be written, the signer fails, or what it gives is not an ASCII-armoured OpenPGP signature.
pub fn build_signed<E: std::error::Error + 'static>(
    message: &Outgoing,
    sign: impl FnOnce(&[u8]) -> Result<DetachedSignature, E>,
) -> Result<Vec<u8>, SignError<E>> {
    let signed = build_inner_protected(message, HeaderProtection::Clear)?;
    let DetachedSignature { armored, micalg } = sign(&signed).map_err(SignError::Signer)?;
    let armored =
        check::armor(&armored, "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----")?;
    check::micalg(&micalg)?;
    let mut signature = entity::seven_bit(
        ContentType::new("application/pgp-signature").attribute("name", "signature.asc"),
        armored,
    );
    signature.headers.push((
        "Content-Disposition".into(),
        ContentType::new("attachment").attribute("filename", "signature.asc").into(),
    ));
    let content_type = entity::multipart("multipart/signed")
        .attribute("micalg", micalg)
        .attribute("protocol", "application/pgp-signature");
    let parts = vec![MimePart::raw(BodyPart::Binary(signed.into())), signature];
    Ok(fields::with_root(fields::real(message), MimePart::new(content_type, parts)))
}

/// Header fields to write, in order.
type Fields<'a> = Vec<(std::borrow::Cow<'a, str>, HeaderType<'a>)>;

/// Counts only.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("to", &self.to.len())
            .field("cc", &self.cc.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ExtraHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtraHeader")
            .field("confidential", &self.confidential)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DetachedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetachedSignature").field("micalg", &self.micalg).finish_non_exhaustive()
    }
}

/// Sizes only.
impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
