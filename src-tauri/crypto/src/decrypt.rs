//! Encrypted mail coming in. Plaintext leaves only after the whole message has been authenticated.
//! Owns no MIME, no trust and no choice of what to show.

mod session;

use jiff::Timestamp;
use openpgp::parse::Parse;
use openpgp::parse::stream::DecryptorBuilder;
use sequoia_openpgp as openpgp;
use session::Session;
use zeroize::Zeroizing;

use crate::guard::guarded;
use crate::inventory::{policy, system_time};
use crate::outline::Outline;
use crate::reading::{BUFFER, Stop, judged_at, read_to_end};
use crate::{
    Certificate, CertificateSource, Fingerprint, KeyHandle, Limits, SecretKey, SignatureResult,
};

/// A message that was decrypted and is whole.
#[non_exhaustive]
pub struct Decrypted {
    /// The plaintext.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// One result per signature; empty: not signed.
    pub signatures: Vec<SignatureResult>,
    /// Who else can read the message.
    pub readers: Vec<Reader>,
    /// The own key that opened it.
    pub opened_by: Fingerprint,
    /// How it is protected against changes.
    pub integrity: Integrity,
}

/// How a message is protected against changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Integrity {
    /// `SEIPDv1`: a modification detection code (RFC 4880).
    Mdc,
    /// `SEIPDv2`: authenticated encryption (RFC 9580).
    Aead,
}

/// One who can read a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The key it is encrypted to; `None`: the sender hid it.
    pub key: Option<KeyHandle>,
    /// The certificate with this key, when known.
    pub certificate: Option<Fingerprint>,
    /// Its addresses, normalised, when known.
    pub addresses: Vec<String>,
}

/// Why a message can't be read.
///
/// What happened after decryption began is never told apart (EFAIL, and oracles): it is [`DecryptError::Damaged`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptError {
    /// It is encrypted to keys that aren't here.
    #[error("the message is not encrypted to a key of this mailbox")]
    NoKey {
        /// The keys that it is encrypted to; hidden ones left out.
        wanted: Vec<KeyHandle>,
    },
    /// It is encrypted with a password only.
    #[error("the message is encrypted with a password, not to a key")]
    PasswordOnly,
    /// It was changed, cut short or damaged: nothing of it is shown.
    #[error("the encrypted message is damaged or was changed on its way")]
    Damaged,
    /// It is, or unpacks to, more than the limits allow.
    #[error("the encrypted message is too large, or unpacks to too much")]
    TooLarge,
    /// It is OpenPGP, but not encrypted.
    #[error("the message is not encrypted")]
    NotEncrypted,
    /// It isn't an OpenPGP message.
    #[error("not an OpenPGP message")]
    Malformed,
    /// It uses a cipher that isn't supported, or that is refused as too weak.
    #[error("the message uses a cipher that is too weak or not supported")]
    UnsupportedAlgorithm,
    /// It has no protection against changes (no MDC): refused, because its plaintext can't be trusted.
    #[error("the message has no protection against changes")]
    WeakIntegrity,
}

impl std::fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decrypted")
            .field("plaintext", &format_args!("{} bytes", self.plaintext.len()))
            .field("signatures", &self.signatures)
            .field("readers", &self.readers.len())
            .field("opened_by", &self.opened_by)
            .field("integrity", &self.integrity)
            .finish()
    }
}

/// Decrypts a message (binary or armored) with one of `keys` and verifies its signatures with certificates from `certificates`.
///
/// Own keys are tried whether they have expired or not. A missing or bad signature is no error but a [`SignatureResult`].
/// Signatures by one of `keys` are known without `certificates`.
pub fn decrypt_and_verify(
    ciphertext: &[u8],
    keys: &[&SecretKey],
    certificates: &dyn CertificateSource,
    now: Timestamp,
    limits: &Limits,
) -> Result<Decrypted, DecryptError> {
    let outline = Outline::read(ciphertext, now, limits)?;
    let session = Session::new(keys, certificates, now, limits);
    // A panic of the library means that hostile bytes found a fault in it.
    let (plaintext, session) = guarded(|| open(ciphertext, session, now, limits))
        .unwrap_or(Err(Failure::Damaged))
        .map_err(|failure| match failure {
            Failure::NoKey => DecryptError::NoKey {
                wanted: outline.recipients.iter().flatten().cloned().collect(),
            },
            Failure::TooLarge => DecryptError::TooLarge,
            Failure::Unsupported => DecryptError::UnsupportedAlgorithm,
            Failure::Damaged => DecryptError::Damaged,
        })?;
    Ok(Decrypted {
        plaintext,
        readers: readers(&outline.recipients, keys, certificates, now),
        opened_by: session.opened_by.ok_or(DecryptError::Damaged)?,
        signatures: session.signatures,
        integrity: outline.integrity,
    })
}

/// What went wrong, as far as it is told apart.
enum Failure {
    NoKey,
    TooLarge,
    Unsupported,
    Damaged,
}

/// Decrypts into memory of our own and returns it only after the library has seen the end of the message and found it whole.
fn open<'a>(
    ciphertext: &[u8],
    session: Session<'a>,
    now: Timestamp,
    limits: &Limits,
) -> Result<(Zeroizing<Vec<u8>>, Session<'a>), Failure> {
    let policy = policy(now);
    let found = session.found.clone();
    let mut decryptor = DecryptorBuilder::from_bytes(ciphertext)
        .and_then(|builder| {
            builder.buffer_size(BUFFER).with_policy(&policy, system_time(judged_at(now)), session)
        })
        .map_err(|_| found.get().failure())?;
    let cap = limits.plaintext_for(ciphertext.len());
    let plaintext =
        read_to_end(&mut decryptor, ciphertext.len(), cap).map_err(|stop| match stop {
            Stop::TooLarge => Failure::TooLarge,
            Stop::Damaged => Failure::Damaged,
        })?;
    if !decryptor.message_processed() {
        return Err(Failure::Damaged);
    }
    Ok((plaintext, decryptor.into_helper()))
}

/// Returns who can read a message that is encrypted to `recipients`.
fn readers(
    recipients: &[Option<KeyHandle>],
    keys: &[&SecretKey],
    certificates: &dyn CertificateSource,
    now: Timestamp,
) -> Vec<Reader> {
    let handles: Vec<KeyHandle> = recipients.iter().flatten().cloned().collect();
    let mut known: Vec<Certificate> = keys.iter().map(|key| key.certificate()).collect();
    known.extend(certificates.find(&handles));
    let reader = |key: &Option<KeyHandle>| {
        let certificate = key
            .as_ref()
            .and_then(|key| known.iter().find(|c| c.has_any(std::slice::from_ref(key))));
        Reader {
            key: key.clone(),
            certificate: certificate.map(Certificate::fingerprint),
            addresses: certificate
                .map(|certificate| certificate.info(now).addresses)
                .unwrap_or_default(),
        }
    };
    recipients.iter().map(reader).collect()
}
