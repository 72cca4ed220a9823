//! Answers the library's questions while it decrypts one message. Owns the search for the session key.

use std::cell::Cell;
use std::rc::Rc;

use jiff::Timestamp;
use openpgp::Cert;
use openpgp::crypto::SessionKey;
use openpgp::packet::{PKESK, SKESK};
use openpgp::parse::PacketParser;
use openpgp::parse::stream::{DecryptionHelper, MessageStructure, VerificationHelper};
use openpgp::policy::{Policy, StandardPolicy};
use openpgp::types::SymmetricAlgorithm;
use sequoia_openpgp as openpgp;

use super::Failure;
use crate::inventory::policy;
use crate::reading::{Shape, lookup};
use crate::signature::results;
use crate::{CertificateSource, Fingerprint, Limits, SecretKey, SignatureResult};

/// How many hidden recipients are tried against every own key; each try is a public-key operation.
const HIDDEN_TRIES: usize = 64;

/// How far the search for the session key came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No own key is among the recipients.
    Nothing,
    /// An own key is among the recipients, but its copy of the session key is damaged.
    Addressed,
    /// A session key for a cipher that isn't supported.
    Unsupported,
    /// A session key that opens the container.
    SessionKey,
}

impl Found {
    /// Says what it means that the library gave up before the first byte of plaintext.
    pub(super) fn failure(self) -> Failure {
        match self {
            Self::Nothing => Failure::NoKey,
            Self::Unsupported => Failure::Unsupported,
            Self::Addressed | Self::SessionKey => Failure::Damaged,
        }
    }
}

/// One decryption.
pub(super) struct Session<'a> {
    keys: &'a [&'a SecretKey],
    certificates: &'a dyn CertificateSource,
    policy: StandardPolicy<'static>,
    shape: Shape<'a>,
    /// Shared with the caller, who needs it when the library swallows the rest of the session.
    pub(super) found: Rc<Cell<Found>>,
    pub(super) opened_by: Option<Fingerprint>,
    pub(super) signatures: Vec<SignatureResult>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        keys: &'a [&'a SecretKey],
        certificates: &'a dyn CertificateSource,
        now: Timestamp,
        limits: &'a Limits,
    ) -> Self {
        Self {
            keys,
            certificates,
            policy: policy(now),
            shape: Shape::new(limits),
            found: Rc::new(Cell::new(Found::Nothing)),
            opened_by: None,
            signatures: Vec::new(),
        }
    }

    /// Tries every own key that `pkesk` may be for; returns the certificate whose key opened the container.
    fn try_keys(
        &self,
        pkesk: &PKESK,
        algorithm: Option<SymmetricAlgorithm>,
        decrypt: &mut dyn FnMut(Option<SymmetricAlgorithm>, &SessionKey) -> bool,
    ) -> Option<Cert> {
        let wanted = pkesk.recipient();
        for own in self.keys {
            // No policy here: mail of ten years ago stays readable with the key of ten years ago.
            for key in own.cert.keys().unencrypted_secret() {
                let addressed =
                    wanted.as_ref().is_none_or(|wanted| key.key().key_handle().aliases(wanted));
                if !addressed || !key.key().pk_algo().for_encryption() {
                    continue;
                }
                if wanted.is_some() {
                    self.advance(Found::Addressed);
                }
                let Ok(mut pair) = key.key().clone().into_keypair() else { continue };
                let Some((cipher, session_key)) = pkesk.decrypt(&mut pair, algorithm) else {
                    continue;
                };
                // Before the library tries: afterwards a refused cipher and damaged content look alike.
                if cipher.is_some_and(|cipher| {
                    !cipher.is_supported() || self.policy.symmetric_algorithm(cipher).is_err()
                }) {
                    self.advance(Found::Unsupported);
                } else if decrypt(cipher, &session_key) {
                    self.advance(Found::SessionKey);
                    return Some(own.cert.clone());
                }
            }
        }
        None
    }

    fn advance(&self, found: Found) {
        if found as u8 > self.found.get() as u8 {
            self.found.set(found);
        }
    }
}

impl VerificationHelper for Session<'_> {
    fn inspect(&mut self, parser: &PacketParser<'_>) -> openpgp::Result<()> {
        self.shape.inspect(parser)
    }

    fn get_certs(&mut self, handles: &[openpgp::KeyHandle]) -> openpgp::Result<Vec<Cert>> {
        let mut known = lookup(self.certificates, handles);
        for own in self.keys.iter().map(|key| key.certificate()) {
            // The copy that is looked up may know of a revocation that the key itself doesn't.
            match known
                .iter_mut()
                .find(|certificate| certificate.fingerprint() == own.fingerprint())
            {
                Some(certificate) => {
                    *certificate = own.clone().merge(certificate.clone()).unwrap_or(own);
                }
                None => known.push(own),
            }
        }
        Ok(known.into_iter().map(|certificate| certificate.cert).collect())
    }

    fn check(&mut self, structure: MessageStructure<'_>) -> openpgp::Result<()> {
        self.signatures = results(&structure);
        Ok(())
    }
}

impl DecryptionHelper for Session<'_> {
    fn decrypt(
        &mut self,
        pkesks: &[PKESK],
        _passwords: &[SKESK],
        algorithm: Option<SymmetricAlgorithm>,
        decrypt: &mut dyn FnMut(Option<SymmetricAlgorithm>, &SessionKey) -> bool,
    ) -> openpgp::Result<Option<Cert>> {
        let named = pkesks.iter().filter(|pkesk| pkesk.recipient().is_some());
        let hidden = pkesks.iter().filter(|pkesk| pkesk.recipient().is_none()).take(HIDDEN_TRIES);
        for pkesk in named.chain(hidden) {
            if let Some(cert) = self.try_keys(pkesk, algorithm, decrypt) {
                self.opened_by = Some(Fingerprint(cert.fingerprint()));
                return Ok(Some(cert));
            }
        }
        Ok(None)
    }
}
