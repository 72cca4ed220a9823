//! Files of certificates, as people send and servers publish them. Owns the finding, the caps and the skipping;
//! decides nothing about what is found.

use std::io::Read;

use openpgp::armor::{Reader, ReaderMode};
use openpgp::cert::raw::RawCertParser;
use openpgp::parse::Parse;
use sequoia_openpgp as openpgp;
use zeroize::Zeroizing;

use super::Certificate;
use crate::Limits;
use crate::guard::guarded;

/// What came out of a file of certificates.
#[derive(Debug)]
#[non_exhaustive]
pub struct CertificatesImport {
    /// The certificates, in file order; the same certificate twice is merged.
    pub certificates: Vec<Certificate>,
    /// Certificates that were left out because they are damaged, unsupported or too large.
    pub skipped: usize,
}

/// Why a file of certificates can't be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// No certificate in it.
    #[error("no OpenPGP certificate found")]
    NoCertificate,
    /// More bytes or certificates than [`Limits`] allow.
    #[error("too large for an import of certificates")]
    TooLarge,
    /// There are certificates, but every one is damaged, unsupported or too large.
    #[error("the OpenPGP certificate is damaged or not supported")]
    Damaged,
}

pub(super) fn import(bytes: &[u8], limits: &Limits) -> Result<CertificatesImport, ImportError> {
    let (certs, skipped) = keys_in(bytes, limits)?;
    let mut certificates: Vec<Certificate> = Vec::new();
    for certificate in certs.into_iter().map(Certificate::new) {
        match certificates.iter_mut().find(|known| known.fingerprint() == certificate.fingerprint())
        {
            Some(known) => {
                if let Ok(merged) = known.clone().merge(certificate) {
                    *known = merged;
                }
            }
            None => certificates.push(certificate),
        }
    }
    if !certificates.is_empty() {
        Ok(CertificatesImport { certificates, skipped })
    } else if skipped > 0 {
        Err(ImportError::Damaged)
    } else {
        Err(ImportError::NoCertificate)
    }
}

/// Returns every key in `bytes`, public or secret, and how many could not be read.
pub(crate) fn keys_in(
    bytes: &[u8],
    limits: &Limits,
) -> Result<(Vec<openpgp::Cert>, usize), ImportError> {
    if bytes.len() > limits.keyring_bytes {
        return Err(ImportError::TooLarge);
    }
    let mut found = Found { certs: Vec::new(), skipped: 0, limits };
    let starts = block_starts(bytes);
    if starts.is_empty() {
        found.read(bytes)?;
    }
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index.saturating_add(1)).copied().unwrap_or(bytes.len());
        match bytes.get(*start..end).and_then(unarmored) {
            Some(block) => found.read(&block)?,
            None => found.skip(),
        }
    }
    Ok((found.certs, found.skipped))
}

struct Found<'a> {
    certs: Vec<openpgp::Cert>,
    skipped: usize,
    limits: &'a Limits,
}

impl Found<'_> {
    /// Reads the certificates of one binary block.
    fn read(&mut self, block: &[u8]) -> Result<(), ImportError> {
        let Some(Ok(parser)) = guarded(|| RawCertParser::from_bytes(block)) else {
            self.skip();
            return Ok(());
        };
        let mut parser = parser.fuse();
        while let Some(raw) = guarded(|| parser.next()).flatten() {
            if self.certs.len().saturating_add(self.skipped) >= self.limits.certificates {
                return Err(ImportError::TooLarge);
            }
            let cert = raw
                .ok()
                .filter(|raw| raw.as_bytes().len() <= self.limits.certificate_bytes)
                .and_then(|raw| guarded(|| openpgp::Cert::try_from(raw)))
                .and_then(Result::ok)
                .filter(|cert| guarded(|| speaks_for_itself(cert)).unwrap_or(false));
            match cert {
                Some(cert) => self.certs.push(cert),
                None => self.skip(),
            }
        }
        Ok(())
    }

    fn skip(&mut self) {
        self.skipped = self.skipped.saturating_add(1);
    }
}

/// Whether a key has signed anything about itself. A bare key packet names nobody and is good for nothing, and many
/// arbitrary bytes look like one.
fn speaks_for_itself(cert: &openpgp::Cert) -> bool {
    let primary = cert.primary_key();
    primary.self_signatures().next().is_some()
        || primary.self_revocations().next().is_some()
        || cert.userids().any(|user_id| user_id.self_signatures().next().is_some())
}

/// Returns where armored blocks of keys begin. Other blocks (messages, signatures) are no keys.
fn block_starts(bytes: &[u8]) -> Vec<usize> {
    const MARKERS: [&[u8]; 2] =
        [b"-----BEGIN PGP PUBLIC KEY BLOCK-----", b"-----BEGIN PGP PRIVATE KEY BLOCK-----"];
    let begins = |(at, _): &(usize, &u8)| {
        bytes.get(*at..).is_some_and(|rest| MARKERS.iter().any(|marker| rest.starts_with(marker)))
    };
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'-')
        .filter(begins)
        .map(|(at, _)| at)
        .collect()
}

/// Returns the bytes in an armored block; what follows the block is left alone.
///
/// They may be somebody's secret key: they are wiped, and the buffer doesn't grow.
fn unarmored(block: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(block.len()));
    let read =
        guarded(|| Reader::from_bytes(block, ReaderMode::Tolerant(None)).read_to_end(&mut bytes));
    matches!(read, Some(Ok(_))).then_some(bytes)
}
