//! The settings screen: every bounded value, who set it, and the connection.

use std::sync::Arc;

use serde_json::json;
use wardmail_api::settings::{ConnectionView, GetSettings, PolicyRow, SetIdleLock, SettingsView};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_policy::{ChoiceError, ProviderStatus, SetBy, UserChoices};

use crate::{
    accounts, clock,
    door::InSession,
    error::Error,
    policy_source::PolicyState,
    session::{Session, life::CHOICES},
};

const IDLE: &str = "lock.idleSeconds";

fn set_by(who: SetBy, policy: &PolicyState) -> String {
    match who {
        SetBy::Default => "Wardmail".to_owned(),
        SetBy::Person => "you".to_owned(),
        SetBy::NamedPolicy => "a policy named by hand".to_owned(),
        _ => policy.effective().issuer().unwrap_or("your organisation").to_owned(),
    }
}

async fn connection(session: &Session) -> Result<ConnectionView, Error> {
    let mut view = session.connection.lock().map(|c| c.clone()).unwrap_or_default();
    let coverage = session.read(|dao| Ok(dao.coverage()?)).await?;
    view.indexed = u32::try_from(coverage.indexed).unwrap_or(u32::MAX);
    view.total = u32::try_from(coverage.total).unwrap_or(u32::MAX);
    let Ok(account) = accounts::first(session).await else { return Ok(view) };
    if let ProviderStatus::Covered { provider, expires, warning } =
        accounts::provider_status(session, &account.settings).await?
    {
        view.provider = Some(provider);
        view.baa_until = expires.map(|day| day.to_string());
        let today = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        view.baa_days_left = warning
            .and(expires)
            .and_then(|day| today.until(day).ok())
            .map(|span| i64::from(span.get_days()));
    }
    Ok(view)
}

async fn view(session: &Session) -> Result<SettingsView, Error> {
    let policy = session.policy().await?;
    let rows = policy
        .effective()
        .describe()
        .into_iter()
        .map(|row| PolicyRow {
            key: row.key.to_owned(),
            value: row.value,
            set_by: set_by(row.set_by, &policy),
            reason: row.reason,
            locked: row.locked || !row.choosable,
        })
        .collect();
    Ok(SettingsView {
        policy: policy.summary(),
        rows,
        idle_seconds: session.idle.limit().as_secs(),
        idle_max_seconds: idle_bound(&policy),
        connection: connection(session).await?,
        last_backup: session.read(crate::backup::last).await?,
        erase_allowed: policy.effective().settings.erase_allowed.value,
    })
}

/// The longest idle time that can be chosen: what policy says, or what the program allows.
fn idle_bound(policy: &PolicyState) -> u64 {
    policy.idle_bound().map_or(3600, |bound| bound.as_secs())
}

impl InSession for GetSettings {
    async fn answer_in(self, session: &Arc<Session>) -> Result<SettingsView, Error> {
        view(session).await
    }
}

impl InSession for SetIdleLock {
    async fn answer_in(self, session: &Arc<Session>) -> Result<SettingsView, Error> {
        choose(session, IDLE, json!(self.seconds), Code::new("idle")).await?;
        session.idle.touch();
        view(session).await
    }
}

/// Keeps what the owner chose, and records that it was chosen.
pub(crate) async fn choose(
    session: &Arc<Session>,
    key: &'static str,
    value: serde_json::Value,
    code: Code,
) -> Result<(), Error> {
    let choices = session.read(|dao| Ok(dao.setting(CHOICES)?)).await?;
    let mut choices: UserChoices =
        choices.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    choices.set(key, Some(value)).map_err(|error| match error {
        ChoiceError::PolicyOnly => Error::Stopped(wardmail_api::ErrorCode::InvalidRequest),
        _ => Error::InvalidRequest,
    })?;
    let json = serde_json::to_string(&choices).map_err(|_| Error::Internal("choices"))?;
    let event = Event::new(EventKind::PolicyChange, Outcome::Success).code(code);
    session.write_recorded(event, move |dao| Ok(dao.set_setting(CHOICES, &json)?)).await?;
    session.recall_policy().await
}
