//! The end of a key before its time. Owns the reasons; publishing the revocation is the engine's matter.

use jiff::Timestamp;
use openpgp::cert::CertRevocationBuilder;
use openpgp::packet::Key;
use openpgp::types::{HashAlgorithm, ReasonForRevocation};
use sequoia_openpgp as openpgp;

use super::SecretKey;
use crate::guard::{LibraryError, guarded};
use crate::inventory::system_time;
use crate::{Certificate, SignError};

/// Why its owner revokes a key (RFC 9580, section 5.2.3.31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// Somebody else has it, or may have it: older signatures aren't believed any more either.
    Compromised,
    /// Another key takes its place; older signatures stay good.
    Superseded,
    /// It is no longer used; older signatures stay good.
    Retired,
}

impl SecretKey {
    /// Returns the certificate of this key with its revocation, to be published; the key itself still opens old mail.
    pub fn revoke(
        &self,
        reason: RevocationReason,
        now: Timestamp,
    ) -> Result<Certificate, SignError> {
        let code = match reason {
            RevocationReason::Compromised => ReasonForRevocation::KeyCompromised,
            RevocationReason::Superseded => ReasonForRevocation::KeySuperseded,
            RevocationReason::Retired => ReasonForRevocation::KeyRetired,
        };
        let primary = self.cert.primary_key().key().clone().parts_into_secret();
        let mut pair = primary.and_then(Key::into_keypair).map_err(|_| SignError::NoSigningKey)?;
        let revoke = || -> openpgp::Result<Certificate> {
            let revocation = CertRevocationBuilder::new()
                .set_signature_creation_time(system_time(now))?
                // No text: it would be published with the certificate.
                .set_reason_for_revocation(code, b"")?
                .build(&mut pair, &self.cert, HashAlgorithm::SHA512)?;
            let (cert, _) = self.certificate().cert.insert_packets(Some(revocation))?;
            Ok(Certificate::new(cert))
        };
        match guarded(revoke) {
            Some(Ok(certificate)) => Ok(certificate),
            Some(Err(error)) => Err(SignError::Library(LibraryError::of(&error))),
            None => Err(SignError::Library(LibraryError::PANIC)),
        }
    }
}
