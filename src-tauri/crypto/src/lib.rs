//! OpenPGP for Wardmail: own keys, others' certificates, encryption, decryption, signatures.
//!
//! This crate owns every use of `sequoia-openpgp`; no other crate names it. It is synchronous and does no I/O: bytes in, bytes out.
//! It keeps no state, stores nothing, decides no trust (whether a certificate is *verified* is the engine's knowledge) and
//! knows nothing of MIME.
//!
//! # A tour
//!
//! * [`SecretKey`]: the owner's key. [`SecretKey::generate`], [`SecretKey::import`], [`SecretKey::to_bytes`] (to be sealed with
//!   [`sealed::seal`] before it is stored), [`SecretKey::certificate`] (to be given to others).
//! * [`Certificate`]: somebody's public key. [`Certificate::import`], [`Certificate::info`], [`Certificate::can_encrypt`],
//!   [`Certificate::merge`].
//! * [`encrypt_and_sign`] and [`sign_detached`]: mail going out. All recipients or none.
//! * [`decrypt_and_verify`], [`verify_detached`], [`verify_message`], [`read_inline`]: mail coming in. Plaintext is handed out
//!   only after the whole message has been authenticated.
//! * [`Limits`]: the caps that hostile input meets. `inventory.rs`: the algorithms that are refused, and since when.
//! * [`short_code`]: what two people read to each other to verify their certificates.
//! * [`sealed`]: AES-256-GCM for what the engine keeps in the mailbox (keys, credentials).
//!
//! # Time
//!
//! Every function that depends on the clock takes `now`.
//!
//! # Errors
//!
//! One type per operation. `Display` never carries content, names or addresses, so every error may be logged.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)
)]

mod certificate;
mod code;
mod decrypt;
mod encrypt;
mod guard;
mod handle;
mod inline;
mod inventory;
mod key;
mod limits;
mod outline;
mod reading;
pub mod sealed;
mod signature;
mod verify;

pub use certificate::{
    Certificate, CertificateInfo, CertificateSource, CertificatesImport, ImportError, MergeError,
    Unusable, UserId,
};
pub use code::{grouped, short_code};
pub use decrypt::{DecryptError, Decrypted, Integrity, Reader, decrypt_and_verify};
pub use encrypt::{
    DetachedSignature, EncryptError, SignError, encrypt_and_sign, encrypt_secret, sign_detached,
};
pub use guard::LibraryError;
pub use handle::{Fingerprint, KeyHandle, ParseHandleError};
pub use inline::{InlinePart, read_inline};
pub use key::{
    DEFAULT_EXPIRY, Expiry, ExportError, GenerateError, KeyImportError, Profile, RevocationReason,
    SecretKey,
};
pub use limits::Limits;
pub use signature::{SignatureResult, SignatureStatus};
pub use verify::{Verified, VerifyError, verify_detached, verify_message};
