//! Signatures on mail coming in that isn't encrypted. Owns no MIME and no trust.

use jiff::Timestamp;
use openpgp::Cert;
use openpgp::parse::stream::{
    DetachedVerifierBuilder, MessageStructure, VerificationHelper, VerifierBuilder,
};
use openpgp::parse::{PacketParser, Parse};
use sequoia_openpgp as openpgp;

use crate::guard::guarded;
use crate::inventory::{policy, system_time};
use crate::reading::{BUFFER, Shape, Stop, judged_at, lookup, read_to_end};
use crate::signature::results;
use crate::{CertificateSource, Limits, SignatureResult};

/// A signed, unencrypted message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// What is signed. For a cleartext signature: the text without its dash escapes and trailing spaces.
    pub content: Vec<u8>,
    /// One result per signature.
    pub signatures: Vec<SignatureResult>,
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verified")
            .field("content", &format_args!("{} bytes", self.content.len()))
            .field("signatures", &self.signatures.len())
            .finish()
    }
}

/// Why nothing can be said about a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It isn't an OpenPGP signature, or it is damaged.
    #[error("not an OpenPGP signature, or a damaged one")]
    Malformed,
    /// It is larger, or unpacks to more, than the limits allow.
    #[error("the signed message is too large")]
    TooLarge,
}

/// Verifies the detached `signature` (binary or armored) over `signed`, byte for byte as it was received.
pub fn verify_detached(
    signed: &[u8],
    signature: &[u8],
    certificates: &dyn CertificateSource,
    now: Timestamp,
    limits: &Limits,
) -> Result<Vec<SignatureResult>, VerifyError> {
    if signed.len() > limits.message_bytes || signature.len() > limits.certificate_bytes {
        return Err(VerifyError::TooLarge);
    }
    let policy = policy(now);
    let verify = || -> openpgp::Result<Vec<SignatureResult>> {
        let checker = Checker::new(certificates, limits);
        let mut verifier = DetachedVerifierBuilder::from_bytes(signature)?.with_policy(
            &policy,
            system_time(judged_at(now)),
            checker,
        )?;
        verifier.verify_bytes(signed)?;
        Ok(verifier.into_helper().signatures)
    };
    match guarded(verify) {
        Some(Ok(signatures)) if !signatures.is_empty() => Ok(signatures),
        _ => Err(VerifyError::Malformed),
    }
}

/// Verifies a message that carries its signature: cleartext-signed, or signed and armored but not encrypted.
pub fn verify_message(
    message: &[u8],
    certificates: &dyn CertificateSource,
    now: Timestamp,
    limits: &Limits,
) -> Result<Verified, VerifyError> {
    if message.len() > limits.message_bytes {
        return Err(VerifyError::TooLarge);
    }
    let policy = policy(now);
    let verify = || -> Result<Verified, VerifyError> {
        let mut verifier = VerifierBuilder::from_bytes(message)
            .and_then(|builder| {
                let checker = Checker::new(certificates, limits);
                builder.buffer_size(BUFFER).with_policy(
                    &policy,
                    system_time(judged_at(now)),
                    checker,
                )
            })
            .map_err(|_| VerifyError::Malformed)?;
        let cap = limits.plaintext_for(message.len());
        let content =
            read_to_end(&mut verifier, message.len(), cap).map_err(|stop| match stop {
                Stop::TooLarge => VerifyError::TooLarge,
                Stop::Damaged => VerifyError::Malformed,
            })?;
        if !verifier.message_processed() {
            return Err(VerifyError::Malformed);
        }
        let signatures = verifier.into_helper().signatures;
        Ok(Verified { content: content.to_vec(), signatures })
    };
    guarded(verify).unwrap_or(Err(VerifyError::Malformed))
}

/// Answers the library's questions while it reads a signed message.
struct Checker<'a> {
    certificates: &'a dyn CertificateSource,
    shape: Shape<'a>,
    signatures: Vec<SignatureResult>,
}

impl<'a> Checker<'a> {
    fn new(certificates: &'a dyn CertificateSource, limits: &'a Limits) -> Self {
        Self { certificates, shape: Shape::new(limits), signatures: Vec::new() }
    }
}

impl VerificationHelper for Checker<'_> {
    fn inspect(&mut self, parser: &PacketParser<'_>) -> openpgp::Result<()> {
        self.shape.inspect(parser)
    }

    fn get_certs(&mut self, handles: &[openpgp::KeyHandle]) -> openpgp::Result<Vec<Cert>> {
        Ok(lookup(self.certificates, handles)
            .into_iter()
            .map(|certificate| certificate.cert)
            .collect())
    }

    fn check(&mut self, structure: MessageStructure<'_>) -> openpgp::Result<()> {
        self.signatures = results(&structure);
        Ok(())
    }
}
