//! Other people's certificates, and how far each is trusted.

use rusqlite::{Row, params};

use super::{ReadDao, WriteDao};
use crate::redact::log_safe_debug;
use crate::{CertificateId, CertificateSource, Error, Trust};

/// A certificate that was found.
#[derive(Clone)]
pub struct NewCertificate {
    /// In hex; its case doesn't matter.
    pub fingerprint: String,
    /// For display, one a line.
    pub user_ids: String,
    /// The addresses that it names; their case doesn't matter.
    pub addresses: Vec<String>,
    /// The certificate itself.
    pub bytes: Vec<u8>,
    /// Where it came from.
    pub source: CertificateSource,
    /// When it was found.
    pub first_seen_ms: i64,
}

log_safe_debug!(NewCertificate { source, first_seen_ms });

/// A certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its identity.
    pub id: CertificateId,
    /// In upper-case hex.
    pub fingerprint: String,
    /// For display, one a line.
    pub user_ids: String,
    /// The certificate itself.
    pub bytes: Vec<u8>,
    /// How far it is trusted.
    pub trust: Trust,
    /// Where it first came from.
    pub source: CertificateSource,
    /// When it was first seen.
    pub first_seen_ms: i64,
}

log_safe_debug!(Certificate { id, trust, source, first_seen_ms });

const COLUMNS: &str = "id, fingerprint, user_ids, bytes, trust, source, first_seen_ms";

fn certificate(row: &Row<'_>) -> rusqlite::Result<Certificate> {
    Ok(Certificate {
        id: row.get(0)?,
        fingerprint: row.get(1)?,
        user_ids: row.get(2)?,
        bytes: row.get(3)?,
        trust: row.get(4)?,
        source: row.get(5)?,
        first_seen_ms: row.get(6)?,
    })
}

/// The one spelling of a fingerprint.
pub(super) fn spelled(fingerprint: &str) -> String {
    fingerprint.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase()
}

impl ReadDao<'_> {
    /// Returns every certificate, by what it says of its owner.
    pub fn certificates(&self) -> Result<Vec<Certificate>, Error> {
        self.rows(
            &format!("SELECT {COLUMNS} FROM certificates ORDER BY user_ids, id"),
            [],
            certificate,
        )
    }

    /// Returns the certificate with a fingerprint, if it is here.
    pub fn certificate(&self, fingerprint: &str) -> Result<Option<Certificate>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM certificates WHERE fingerprint = ?1");
        self.maybe(&sql, [spelled(fingerprint)], certificate)
    }

    /// Returns the certificates that name an address: the most trusted first, then the newest.
    pub fn certificates_for(&self, address: &str) -> Result<Vec<Certificate>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM certificates
             WHERE id IN (SELECT certificate_id FROM certificate_addresses WHERE address = ?1)
             ORDER BY iif(trust = {rejected}, -1, trust) DESC, first_seen_ms DESC, id DESC",
            rejected = Trust::Rejected.code()
        );
        self.rows(&sql, [address.to_lowercase()], certificate)
    }
}

impl WriteDao<'_> {
    /// Adds a certificate, or brings what it says up to date. Trust, source and first sight of a known one stay.
    pub fn upsert_certificate(&mut self, new: &NewCertificate) -> Result<CertificateId, Error> {
        let fingerprint = spelled(&new.fingerprint);
        let sql = "INSERT INTO certificates (fingerprint, user_ids, bytes, source, first_seen_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (fingerprint) DO UPDATE SET user_ids = excluded.user_ids, bytes = excluded.bytes";
        self.execute(
            sql,
            params![fingerprint, new.user_ids, new.bytes, new.source, new.first_seen_ms],
        )?;
        let sql = "SELECT id FROM certificates WHERE fingerprint = ?1";
        let id: CertificateId = self.one(sql, [fingerprint], |row| row.get(0))?;
        self.execute("DELETE FROM certificate_addresses WHERE certificate_id = ?1", [id])?;
        for address in &new.addresses {
            let sql = "INSERT OR IGNORE INTO certificate_addresses (address, certificate_id) VALUES (?1, ?2)";
            self.execute(sql, params![address.to_lowercase(), id])?;
        }
        Ok(id)
    }

    /// Sets how far a certificate is trusted.
    pub fn set_trust(&mut self, fingerprint: &str, trust: Trust) -> Result<(), Error> {
        let sql = "UPDATE certificates SET trust = ?2 WHERE fingerprint = ?1";
        self.execute_one(sql, params![spelled(fingerprint), trust])
    }

    /// Deletes a certificate.
    pub fn delete_certificate(&mut self, fingerprint: &str) -> Result<(), Error> {
        self.execute_one("DELETE FROM certificates WHERE fingerprint = ?1", [spelled(fingerprint)])
    }
}
