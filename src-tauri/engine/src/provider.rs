//! The owner's own record of the provider, where no policy says it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wardmail_api::account::AttestProvider;
use wardmail_audit::{Event, EventKind, Outcome};
use wardmail_policy::Attestation;
use wardmail_store::ReadDao;

use crate::{clock, door::InSession, error::Error, session::Session};

const SETTING: &str = "provider.attestation";

/// The record as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    provider: String,
    imap_host: String,
    smtp_host: String,
    signed: Date,
    expires: Option<Date>,
    attested_ms: i64,
}

/// The owner's record, if there is one.
pub(crate) fn attestation(dao: &ReadDao<'_>) -> Result<Option<Attestation>, Error> {
    let Some(json) = dao.setting(SETTING)? else { return Ok(None) };
    let kept: Kept = serde_json::from_str(&json).map_err(|_| Error::Internal("attestation"))?;
    Ok(Some(Attestation {
        provider: kept.provider,
        imap_host: kept.imap_host,
        smtp_host: kept.smtp_host,
        signed: kept.signed,
        expires: kept.expires,
        attested_at: jiff::Timestamp::from_millisecond(kept.attested_ms).unwrap_or_default(),
    }))
}

impl InSession for AttestProvider {
    async fn answer_in(self, session: &std::sync::Arc<Session>) -> Result<(), Error> {
        let day = |text: &str| text.parse::<Date>().map_err(|_| Error::InvalidRequest);
        let kept = Kept {
            provider: self.provider.trim().to_owned(),
            imap_host: self.imap_host.trim().to_ascii_lowercase(),
            smtp_host: self.smtp_host.trim().to_ascii_lowercase(),
            signed: day(&self.signed)?,
            expires: self.expires.as_deref().map(day).transpose()?,
            attested_ms: clock::now_ms(),
        };
        if kept.provider.is_empty() || kept.imap_host.is_empty() || kept.smtp_host.is_empty() {
            return Err(Error::InvalidRequest);
        }
        let json = serde_json::to_string(&kept).map_err(|_| Error::Internal("attestation"))?;
        let event = Event::new(EventKind::ProviderAttested, Outcome::Success);
        session.write_recorded(event, move |dao| Ok(dao.set_setting(SETTING, &json)?)).await?;
        session.wake_outbox.notify_one();
        Ok(())
    }
}
