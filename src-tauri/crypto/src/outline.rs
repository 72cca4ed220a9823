//! The first look at a message: what protects it and whom it is for, before anything is decrypted.
//! Owns the refusals that need no key, so that whatever fails later can be one and the same error.

use jiff::Timestamp;
use openpgp::Packet;
use openpgp::packet::SEIP;
use openpgp::packet::Tag;
use openpgp::parse::{PacketParserBuilder, PacketParserResult, Parse};
use openpgp::policy::Policy;
use sequoia_openpgp as openpgp;

use crate::decrypt::{DecryptError, Integrity};
use crate::guard::guarded;
use crate::inventory::policy;
use crate::{KeyHandle, Limits};

/// Tag 20: `GnuPG`'s own AEAD packet, which never became a standard (it is "reserved" in RFC 9580, section 5).
const GNUPG_AEAD: Tag = Tag::AED;

/// What stands before the encrypted data.
#[derive(Debug)]
pub(crate) struct Outline {
    /// The keys the message is encrypted to; `None`: hidden.
    pub(crate) recipients: Vec<Option<KeyHandle>>,
    /// How the data is protected against changes.
    pub(crate) integrity: Integrity,
}

impl Outline {
    /// Reads the packets up to the encrypted data.
    pub(crate) fn read(
        message: &[u8],
        now: Timestamp,
        limits: &Limits,
    ) -> Result<Self, DecryptError> {
        if message.len() > limits.message_bytes {
            return Err(DecryptError::TooLarge);
        }
        guarded(|| read(message, &policy(now), limits)).unwrap_or(Err(DecryptError::Malformed))
    }
}

fn read(message: &[u8], policy: &dyn Policy, limits: &Limits) -> Result<Outline, DecryptError> {
    let mut recipients = Vec::new();
    let mut passwords = 0_usize;
    let mut next = PacketParserBuilder::from_bytes(message)
        .and_then(PacketParserBuilder::build)
        .map_err(|_| DecryptError::Malformed)?;
    while let PacketParserResult::Some(parser) = next {
        if let Packet::PKESK(pkesk) = &parser.packet {
            recipients.push(pkesk.recipient().map(KeyHandle));
        } else if let Packet::SKESK(_) = &parser.packet {
            passwords = passwords.saturating_add(1);
        } else if let Packet::SEIP(seip) = &parser.packet {
            let integrity = integrity(seip, policy).ok_or(DecryptError::UnsupportedAlgorithm)?;
            return if !recipients.is_empty() {
                Ok(Outline { recipients, integrity })
            } else if passwords > 0 {
                Err(DecryptError::PasswordOnly)
            } else {
                Err(DecryptError::NoKey { wanted: Vec::new() })
            };
        } else {
            refuse(parser.packet.tag())?;
        }
        if recipients.len() > limits.recipients || passwords > limits.recipients {
            return Err(DecryptError::TooLarge);
        }
        next = parser.next().map_err(|_| DecryptError::Malformed)?.1;
    }
    Err(DecryptError::Malformed)
}

/// Returns how a container is protected; `None` if its version is unknown, or its cipher (AEAD containers name it in the clear)
/// isn't supported or is refused.
fn integrity(seip: &SEIP, policy: &dyn Policy) -> Option<Integrity> {
    if let SEIP::V2(seip) = seip {
        let accepted = seip.symmetric_algo().is_supported()
            && seip.aead().is_supported()
            && policy.symmetric_algorithm(seip.symmetric_algo()).is_ok()
            && policy.aead_algorithm(seip.aead()).is_ok();
        accepted.then_some(Integrity::Aead)
    } else {
        matches!(seip, SEIP::V1(_)).then_some(Integrity::Mdc)
    }
}

/// Refuses what can't stand before encrypted data; lets pass what is to be ignored there (RFC 9580, section 10.3).
fn refuse(tag: Tag) -> Result<(), DecryptError> {
    if tag == Tag::SED {
        Err(DecryptError::WeakIntegrity)
    } else if tag == GNUPG_AEAD {
        Err(DecryptError::UnsupportedAlgorithm)
    } else if matches!(tag, Tag::OnePassSig | Tag::Signature | Tag::CompressedData | Tag::Literal) {
        Err(DecryptError::NotEncrypted)
    } else if matches!(tag, Tag::Marker | Tag::Padding | Tag::PKESK | Tag::SKESK) {
        // A PKESK or SKESK of an unknown version is for somebody else's program.
        Ok(())
    } else {
        Err(DecryptError::Malformed)
    }
}
