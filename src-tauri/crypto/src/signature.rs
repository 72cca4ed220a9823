//! What is known about one signature. Owns the meaning of the library's verdicts; verifies nothing itself.

use jiff::Timestamp;
use openpgp::Error;
use openpgp::cert::amalgamation::ValidAmalgamation;
use openpgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use openpgp::packet::Signature;
use openpgp::packet::key::PublicParts;
use openpgp::parse::stream::{
    MessageLayer, MessageStructure, VerificationError, VerificationResult,
};
use openpgp::types::RevocationStatus;
use sequoia_openpgp as openpgp;

use crate::certificate::addresses;
use crate::guard::is_algorithm_refused;
use crate::inventory::{lenient_policy, timestamp};
use crate::{Fingerprint, KeyHandle};

/// The outcome for one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureStatus {
    /// The signature is right, and the key that made it was valid when it was made.
    Good,
    /// The content or the signature was changed, the signature is not for us, or it is dated in the future.
    Bad,
    /// The certificate of the signer isn't known: nothing can be said.
    UnknownKey,
    /// The key had expired when the signature was made, or the signature itself has expired.
    Expired,
    /// The key has been revoked.
    Revoked,
    /// The signature rests on an algorithm that is no longer trusted (`inventory.rs`), or that isn't supported.
    Weak,
}

/// One signature and what it proves.
///
/// `Good` says that the holder of the key signed; whether that key is who the addresses say is the engine's trust decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureResult {
    /// The outcome.
    pub status: SignatureStatus,
    /// The certificate that made it, when known.
    pub signer: Option<Fingerprint>,
    /// What the signature says its key is. Unproven unless `status` is `Good`.
    pub issuer: Option<KeyHandle>,
    /// The signer's addresses, normalised, as the certificate bound them when the signature was made. Empty when it isn't known.
    pub addresses: Vec<String>,
    /// When the signature says it was made. Unproven unless `status` is `Good`.
    pub created: Option<Timestamp>,
}

/// Returns one result for every signature in `structure`.
pub(crate) fn results(structure: &MessageStructure<'_>) -> Vec<SignatureResult> {
    let mut results = Vec::new();
    for layer in structure.iter() {
        if let MessageLayer::SignatureGroup { results: group } = layer {
            results.extend(group.iter().map(result));
        }
    }
    results
}

fn result(verdict: &VerificationResult<'_>) -> SignatureResult {
    use VerificationError as E;
    match verdict {
        Ok(good) => signed(good.sig, SignatureStatus::Good, &good.ka),
        Err(E::BadKey { sig, ka, error }) => signed(sig, bad_key(ka, error), ka),
        Err(E::BadSignature { sig, ka, error }) => signed(sig, bad_signature(error), ka),
        Err(E::UnboundKey { sig, cert, .. }) => {
            // The policy keeps the key out if the key is bound without it.
            let lenient = lenient_policy();
            let weak = cert.with_policy(&lenient, sig.signature_creation_time()).is_ok();
            let status = if weak { SignatureStatus::Weak } else { SignatureStatus::Bad };
            SignatureResult {
                signer: Some(Fingerprint(cert.fingerprint())),
                ..unknown(sig, status)
            }
        }
        Err(E::MissingKey { sig }) => unknown(sig, SignatureStatus::UnknownKey),
        Err(E::MalformedSignature { sig, .. }) => unknown(sig, SignatureStatus::Bad),
        Err(E::UnknownSignature { .. }) => SignatureResult {
            status: SignatureStatus::Weak,
            signer: None,
            issuer: None,
            addresses: Vec::new(),
            created: None,
        },
        // The library's list is open; what isn't known to be good is bad.
        Err(_) => SignatureResult {
            status: SignatureStatus::Bad,
            signer: None,
            issuer: None,
            addresses: Vec::new(),
            created: None,
        },
    }
}

fn signed(
    signature: &Signature,
    status: SignatureStatus,
    key: &ValidErasedKeyAmalgamation<'_, PublicParts>,
) -> SignatureResult {
    let cert = key.valid_cert();
    SignatureResult {
        signer: Some(Fingerprint(cert.fingerprint())),
        addresses: addresses(cert),
        ..unknown(signature, status)
    }
}

fn unknown(signature: &Signature, status: SignatureStatus) -> SignatureResult {
    SignatureResult {
        status,
        signer: None,
        issuer: signature.get_issuers().into_iter().next().map(KeyHandle),
        addresses: Vec::new(),
        created: signature.signature_creation_time().and_then(timestamp),
    }
}

fn bad_key(
    key: &ValidErasedKeyAmalgamation<'_, PublicParts>,
    error: &openpgp::anyhow::Error,
) -> SignatureStatus {
    let revoked = |status: RevocationStatus<'_>| matches!(status, RevocationStatus::Revoked(_));
    if revoked(key.valid_cert().revocation_status()) || revoked(key.revocation_status()) {
        SignatureStatus::Revoked
    } else if matches!(error.downcast_ref(), Some(Error::Expired(_))) {
        SignatureStatus::Expired
    } else if is_algorithm_refused(error) {
        SignatureStatus::Weak
    } else {
        SignatureStatus::Bad
    }
}

fn bad_signature(error: &openpgp::anyhow::Error) -> SignatureStatus {
    if matches!(error.downcast_ref(), Some(Error::Expired(_))) {
        SignatureStatus::Expired
    } else if is_algorithm_refused(error) {
        SignatureStatus::Weak
    } else {
        SignatureStatus::Bad
    }
}
