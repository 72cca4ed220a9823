//! The certificates of others: taken in, listed, checked.

use std::sync::Arc;

use wardmail_api::keys::{CertificateView, ImportCertificates, ListCertificates, SetTrust, Trust};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome};
use wardmail_crypto::{Certificate, Limits, grouped, short_code};
use wardmail_store::{CertificateSource, NewCertificate, Trust as StoredTrust};

use crate::{
    clock,
    door::InSession,
    error::Error,
    own_keys::ms,
    people::Known,
    session::{Keys, Session},
};

fn view(known: &Known, keys: &Keys) -> CertificateView {
    let info = known.certificate.info(clock::now());
    CertificateView {
        short_code: keys.signer().map(|own| short_code(&own.fingerprint(), &info.fingerprint)),
        fingerprint: grouped(&info.fingerprint),
        name: known.name.clone(),
        addresses: known.addresses.clone(),
        created: ms(info.created),
        expires: info.expires.map(ms),
        trust: known.trust,
        usable: known.certificate.can_encrypt(clock::now()).is_ok(),
    }
}

/// A fingerprint as it is kept, of one that was shown in groups or typed.
pub(crate) fn bare(fingerprint: &str) -> String {
    let digits = fingerprint.chars().filter(char::is_ascii_hexdigit);
    digits.map(|digit| digit.to_ascii_uppercase()).collect()
}

async fn list(session: &Session) -> Vec<CertificateView> {
    let keys = session.keys().await;
    let mut views: Vec<_> = keys.book.others().map(|known| view(known, &keys)).collect();
    views.sort_by_key(|view| view.name.to_lowercase());
    views
}

impl InSession for ListCertificates {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<CertificateView>, Error> {
        Ok(list(session).await)
    }
}

impl InSession for ImportCertificates {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<CertificateView>, Error> {
        let imported = session
            .cpu(move || Certificate::import(self.armored.as_bytes(), &Limits::MAIL))
            .await??;
        let keys = session.keys().await;
        let now = clock::now();
        let mut rows = Vec::new();
        let mut taken = Vec::new();
        for certificate in imported.certificates {
            // What is known already is added to, never replaced: an old copy can't undo a revocation.
            let known = keys
                .book
                .others()
                .find(|k| k.certificate.fingerprint() == certificate.fingerprint());
            let merged = match known {
                Some(known) => known
                    .certificate
                    .clone()
                    .merge(certificate)
                    .map_err(|_| Error::Internal("merge"))?,
                None => certificate,
            };
            let info = merged.info(now);
            taken.push(grouped(&info.fingerprint));
            rows.push(NewCertificate {
                fingerprint: info.fingerprint.to_string(),
                user_ids: info
                    .user_ids
                    .iter()
                    .map(|id| id.text.as_str())
                    .collect::<Vec<_>>()
                    .join("\n"),
                addresses: info.addresses,
                bytes: merged.to_bytes(),
                source: CertificateSource::File,
                first_seen_ms: clock::now_ms(),
            });
        }
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let event = Event::new(EventKind::CertChange, Outcome::Success)
            .code(Code::new("imported"))
            .count(Count::Added, count);
        session
            .write_recorded(event, move |dao| {
                for row in &rows {
                    dao.upsert_certificate(row)?;
                }
                Ok(())
            })
            .await?;
        session.load_keys().await?;
        let mut views = list(session).await;
        views.retain(|view| taken.contains(&view.fingerprint));
        Ok(views)
    }
}

impl InSession for SetTrust {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let fingerprint = bare(&self.fingerprint);
        let (trust, code) = match self.trust {
            Trust::Seen => (StoredTrust::Seen, "seen"),
            Trust::Verified => (StoredTrust::Verified, "verified"),
            Trust::Rejected => (StoredTrust::Rejected, "rejected"),
        };
        let event = Event::new(EventKind::CertChange, Outcome::Success).code(Code::new(code));
        session.write_recorded(event, move |dao| Ok(dao.set_trust(&fingerprint, trust)?)).await?;
        session.load_keys().await
    }
}
