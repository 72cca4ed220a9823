//! The certificates the session knows, with how far each was checked.

use std::{cmp::Reverse, collections::HashMap};

use jiff::Timestamp;
use wardmail_api::keys::Trust;
use wardmail_crypto::{Certificate, CertificateSource, Fingerprint, KeyHandle, Reader, SecretKey};

/// A certificate and what the owner thinks of it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// The certificate.
    pub(crate) certificate: Certificate,
    /// How far it was checked.
    pub(crate) trust: Trust,
    /// The name in it, for display.
    pub(crate) name: String,
    /// Its addresses, normalised.
    pub(crate) addresses: Vec<String>,
    /// When its primary key was made.
    pub(crate) created: Timestamp,
}

/// All certificates: others' and the owner's own. They are public, so they may stay in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct CertificateBook {
    known: Vec<Known>,
    /// Several certificates may claim one key; all of them are asked.
    by_key: HashMap<String, Vec<usize>>,
    own: Vec<Fingerprint>,
}

impl CertificateBook {
    /// Makes a book of certificates; `own` are the owner's, which prove the copies in Sent.
    pub(crate) fn new(known: Vec<Known>, own: &[&SecretKey], now: Timestamp) -> Self {
        let mut book = Self::default();
        for one in known {
            book.add(one);
        }
        for key in own {
            let certificate = key.certificate();
            book.own.push(certificate.fingerprint());
            let known = Known::from_certificate(certificate, Trust::Verified, now);
            book.add(known);
        }
        book
    }

    fn add(&mut self, known: Known) {
        let index = self.known.len();
        for handle in known.certificate.key_handles() {
            self.by_key.entry(handle.key_id()).or_default().push(index);
        }
        self.known.push(known);
    }

    /// How far the certificate was checked, if it is known.
    pub(crate) fn trust(&self, fingerprint: &Fingerprint) -> Option<Trust> {
        self.known.iter().find(|k| k.certificate.fingerprint() == *fingerprint).map(|k| k.trust)
    }

    /// Certificates that claim this address, best checked first, and of those the newest: a renewed key comes before what
    /// it replaces. The owner's own come after others', the one that signs first.
    pub(crate) fn of_address(&self, address: &str) -> Vec<&Known> {
        let mut found: Vec<_> = self
            .known
            .iter()
            .filter(|k| !self.is_own(&k.certificate.fingerprint()) || k.trust == Trust::Verified)
            .filter(|k| k.addresses.iter().any(|a| wardmail_message::same_address(a, address)))
            .collect();
        found.sort_by_key(|k| {
            let trust = match k.trust {
                Trust::Verified => 0,
                Trust::Seen => 1,
                Trust::Rejected => 2,
            };
            // The own ones are in the book in their order already.
            let made = (!self.is_own(&k.certificate.fingerprint())).then_some(Reverse(k.created));
            (trust, made.is_none(), made)
        });
        found
    }

    /// Everybody in it but the owner.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|k| !self.is_own(&k.certificate.fingerprint()))
    }

    fn is_own(&self, fingerprint: &Fingerprint) -> bool {
        self.own.contains(fingerprint)
    }

    /// Who else can read a message: names where known, key ids where not, the owner left out.
    pub(crate) fn names_of_others(&self, readers: &[Reader], own: &[&SecretKey]) -> Vec<String> {
        let own_handles: Vec<KeyHandle> =
            own.iter().flat_map(|k| k.certificate().key_handles()).collect();
        let mut names = Vec::new();
        for reader in readers {
            let Some(handle) = &reader.key else {
                names.push("somebody whom the sender hid".to_owned());
                continue;
            };
            if own_handles.iter().any(|own| own.matches(handle)) {
                continue;
            }
            let name = self
                .by_key
                .get(&handle.key_id())
                .and_then(|indexes| self.known.get(*indexes.first()?))
                .map_or_else(
                    || format!("the owner of key {}", handle.key_id()),
                    |k| k.name.clone(),
                );
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl Known {
    /// Reads name and addresses out of a certificate.
    pub(crate) fn from_certificate(certificate: Certificate, trust: Trust, now: Timestamp) -> Self {
        let info = certificate.info(now);
        let name = info
            .user_ids
            .first()
            .map(|id| display_name(&id.text))
            .filter(|name| !name.is_empty())
            .or_else(|| info.addresses.first().cloned())
            .unwrap_or_else(|| "somebody without a name".to_owned());
        Self { certificate, trust, name, addresses: info.addresses, created: info.created }
    }
}

/// The name in a user ID such as `Dr. Mei Chen (Cardiology) <mei@clinic.example>`.
fn display_name(user_id: &str) -> String {
    let before = user_id.split(['<', '(']).next().unwrap_or_default().trim();
    wardmail_message::display_text(before)
}

impl CertificateSource for CertificateBook {
    fn find(&self, handles: &[KeyHandle]) -> Vec<Certificate> {
        let mut indexes: Vec<usize> = handles
            .iter()
            .filter_map(|h| self.by_key.get(&h.key_id()))
            .flatten()
            .copied()
            .collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes.iter().filter_map(|i| self.known.get(*i)).map(|k| k.certificate.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_what_stands_before_the_address() {
        assert_eq!(
            super::display_name("Dr. Mei Chen (Cardiology) <mei@clinic.example>"),
            "Dr. Mei Chen"
        );
        assert_eq!(super::display_name("<mei@clinic.example>"), "");
    }
}
