//! Accounts: tried step by step, then kept with their password sealed.

use std::sync::Arc;

use wardmail_api::{
    AccountId, ErrorCode,
    account::{
        AccountForm, AccountView, AddAccount, ListAccounts, ProbeResult, ProbeStep, ProbeView,
        TestAccount,
    },
};
use wardmail_audit::{Event, EventKind, Outcome as Recorded};
use wardmail_message as message;
use wardmail_policy::{Block, ProviderStatus};
use wardmail_store as store;
use wardmail_transport::{
    self as transport, ConnectError, ImapError, NotSent, Outcome, Phase, StepKind, TlsReport,
};
use zeroize::Zeroizing;

use crate::{
    clock,
    door::InSession,
    error::Error,
    network::{self, Route, account_of},
    plan,
    policy_source::PolicyState,
    provider,
    session::Session,
};

/// The name under which an account's password is sealed.
fn sealed_name(address: &str) -> String {
    format!("account/{address}")
}

/// The account that mail is sent and fetched with.
pub(crate) async fn first(session: &Session) -> Result<store::Account, Error> {
    let accounts = session.read(|dao| Ok(dao.accounts()?)).await?;
    accounts.into_iter().next().ok_or(Error::AccountMissing)
}

/// The route to an account's servers. The authorities that it trusts are read from files.
pub(crate) async fn route(session: &Session, account: &store::Account) -> Result<Route, Error> {
    let settings = account.settings.clone();
    let password = session.open_sealed(&sealed_name(&settings.address), &settings.secret_sealed)?;
    let password = std::str::from_utf8(&password).map_err(|_| Error::Internal("password"))?;
    let password = Zeroizing::new(password.to_owned());
    let policy = session.policy().await?;
    session.blocking(move || Route::of_account(&settings, password, &policy)).await
}

/// How the account's provider stands.
pub(crate) async fn provider_status(
    session: &Session,
    settings: &store::AccountSettings,
) -> Result<ProviderStatus, Error> {
    let attestation = session.read(provider::attestation).await?;
    let account = account_of(settings)?;
    let policy = session.policy().await?;
    Ok(policy.effective().provider_status(&account, attestation.as_ref(), clock::now()))
}

fn check_form(form: &AccountForm) -> Result<(), Error> {
    message::Address::new(Some(&form.display_name), &form.address)
        .map_err(|_| Error::RecipientInvalid(0))?;
    let complete = !form.username.trim().is_empty() && !form.password.expose().is_empty();
    if complete { Ok(()) } else { Err(Error::InvalidRequest) }
}

async fn probe(session: &Session, form: &AccountForm) -> Result<ProbeView, Error> {
    check_form(form)?;
    let policy = session.policy().await?;
    let allowed = allowed_by_policy(form, &policy)?;
    if allowed.iter().any(|step| step.error.is_some()) {
        // No password goes to a provider that the organisation has no agreement with.
        return Ok(ProbeView { steps: allowed, ok: false });
    }
    let tried = form.clone();
    let route = session.blocking(move || Route::of_form(&tried, &policy)).await?;
    let form = transport::AccountForm {
        imap: route.imap,
        imap_login: route.login.clone(),
        smtp: route.smtp,
        smtp_login: route.login,
    };
    // Boxed: it holds two whole conversations.
    let steps = Box::pin(transport::probe(&form, &route.trust, &route.deadlines)).await;
    let steps: Vec<ProbeResult> =
        allowed.into_iter().chain(steps.iter().flat_map(results)).collect();
    let ok = steps.iter().all(|step| step.error.is_none());
    Ok(ProbeView { steps, ok })
}

/// What policy says of the provider; nothing where there is none, since the owner records theirs later.
fn allowed_by_policy(form: &AccountForm, policy: &PolicyState) -> Result<Vec<ProbeResult>, Error> {
    let effective = policy.effective();
    let step = ProbeStep::Provider;
    if !policy.is_managed() {
        let closed = effective.closed().first().copied().map(Block::Closed);
        return Ok(closed.map(|block| bad(step, plan::block_code(block))).into_iter().collect());
    }
    let account = network::account_of_form(form)?;
    Ok(vec![match effective.provider_status(&account, None, clock::now()) {
        ProviderStatus::Covered { provider, .. } => good(step, Some(provider)),
        ProviderStatus::NotCovered(block) => bad(step, plan::block_code(block)),
        _ => bad(step, ErrorCode::ProviderNotCovered),
    }])
}

/// One step of the transport can be several in the user's eyes: connection, TLS, login.
fn results(step: &transport::Step) -> Vec<ProbeResult> {
    let (connect, tls, login) = match step.kind {
        StepKind::SmtpLogin => (ProbeStep::SmtpConnect, ProbeStep::SmtpTls, ProbeStep::SmtpLogin),
        _ => (ProbeStep::ImapConnect, ProbeStep::ImapTls, ProbeStep::ImapLogin),
    };
    match &step.outcome {
        Outcome::LoggedIn(report) => {
            vec![good(connect, None), good(tls, Some(tls_name(report))), good(login, None)]
        }
        Outcome::Folders { count, .. } => {
            vec![good(ProbeStep::ImapFolders, Some(format!("{count} folders")))]
        }
        Outcome::NoInbox => vec![bad(ProbeStep::ImapFolders, ErrorCode::NotFound)],
        Outcome::Imap(error) => match (step.kind, error) {
            (StepKind::ImapFolders | StepKind::ImapCapabilities, _) => {
                vec![bad(ProbeStep::ImapFolders, network::imap_code(error))]
            }
            (_, ImapError::Connect(cause)) => connecting(cause, connect, tls),
            _ => vec![good(connect, None), good(tls, None), bad(login, network::imap_code(error))],
        },
        Outcome::Smtp(NotSent { cause: Some(cause), .. }) => connecting(cause, connect, tls),
        Outcome::Smtp(refused) => {
            let code = match refused.phase {
                Phase::Greeting => ErrorCode::ServerRefused,
                _ => network::submit_code(refused),
            };
            vec![good(connect, None), good(tls, None), bad(login, code)]
        }
        _ => Vec::new(),
    }
}

fn connecting(cause: &ConnectError, connect: ProbeStep, tls: ProbeStep) -> Vec<ProbeResult> {
    match cause {
        ConnectError::Tls(error) => vec![good(connect, None), bad(tls, network::tls_code(error))],
        other => vec![bad(connect, network::connect_code(other))],
    }
}

const fn good(step: ProbeStep, fact: Option<String>) -> ProbeResult {
    ProbeResult { step, error: None, fact }
}

const fn bad(step: ProbeStep, error: ErrorCode) -> ProbeResult {
    ProbeResult { step, error: Some(error), fact: None }
}

/// The TLS version in words.
pub(crate) fn tls_name(report: &TlsReport) -> String {
    match report.version {
        transport::TlsVersion::V1_3 => "TLS 1.3".to_owned(),
        transport::TlsVersion::V1_2 => "TLS 1.2".to_owned(),
    }
}

async fn view(session: &Session, account: &store::Account) -> Result<AccountView, Error> {
    let settings = &account.settings;
    let covered =
        matches!(provider_status(session, settings).await?, ProviderStatus::Covered { .. });
    Ok(AccountView {
        id: AccountId(account.id.get()),
        display_name: settings.display_name.clone(),
        address: settings.address.clone(),
        imap_host: settings.imap.host.clone(),
        smtp_host: settings.smtp.host.clone(),
        covered,
    })
}

impl InSession for TestAccount {
    async fn answer_in(self, session: &Arc<Session>) -> Result<ProbeView, Error> {
        probe(session, &self.form).await
    }
}

impl InSession for AddAccount {
    async fn answer_in(self, session: &Arc<Session>) -> Result<AccountView, Error> {
        let form = self.form;
        let tried = probe(session, &form).await?;
        if let Some(code) = tried.steps.iter().find_map(|step| step.error) {
            return Err(Error::Stopped(code));
        }
        let address = form.address.trim().to_owned();
        let settings = store::AccountSettings {
            label: address.clone(),
            display_name: form.display_name.trim().to_owned(),
            imap: store::Endpoint {
                host: form.imap_host.trim().to_ascii_lowercase(),
                port: form.imap_port,
            },
            smtp: store::Endpoint {
                host: form.smtp_host.trim().to_ascii_lowercase(),
                port: form.smtp_port,
            },
            username: form.username.clone(),
            secret_sealed: session
                .seal(&sealed_name(&address), form.password.expose().as_bytes())?,
            address,
        };
        let event = Event::new(EventKind::AccountChange, Recorded::Success);
        // What one server says of its messages' numbers must not be kept as the other's.
        session.leave_server.notify_one();
        let _nobody_syncs = session.syncing.lock().await;
        let account = session
            .write_recorded(event, move |dao| {
                let known =
                    dao.accounts()?.into_iter().find(|a| a.settings.address == settings.address);
                let id = match known {
                    Some(account) => {
                        if is_elsewhere(&account.settings, &settings) {
                            dao.server_changed(account.id)?;
                        }
                        dao.update_account(account.id, &settings)?;
                        account.id
                    }
                    None => dao.insert_account(&settings)?,
                };
                Ok(dao.account(id)?)
            })
            .await?;
        session.wake_sync.notify_one();
        view(session, &account).await
    }
}

/// Whether the account's mail lies on another server, or is another person's there.
fn is_elsewhere(before: &store::AccountSettings, now: &store::AccountSettings) -> bool {
    before.imap != now.imap || before.username != now.username
}

impl InSession for ListAccounts {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<AccountView>, Error> {
        let accounts = session.read(|dao| Ok(dao.accounts()?)).await?;
        let mut views = Vec::with_capacity(accounts.len());
        for account in &accounts {
            views.push(view(session, account).await?);
        }
        Ok(views)
    }
}
