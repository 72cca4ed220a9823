//! Accounts and the provider's agreement.

use std::{fmt::Write as _, process::ExitCode, sync::Arc};

use wardmail_api::account::{
    AccountForm, AccountView, AddAccount, AttestProvider, ListAccounts, ProbeView, TestAccount,
};
use wardmail_engine::Engine;

use crate::{
    cli::{AccountArguments, AccountCommand, ProviderCommand},
    output::{Failure, Output},
    secrets,
};

/// Runs a command about accounts.
pub(crate) async fn run(
    command: &AccountCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        AccountCommand::Add(arguments) => {
            let form = form(arguments)?;
            output.answer(&engine.call(AddAccount { form }).await?, describe)
        }
        AccountCommand::Test(arguments) => {
            let form = form(arguments)?;
            let probe = engine.call(TestAccount { form }).await?;
            output.answer(&probe, steps)?;
            Ok(match probe.steps.iter().find_map(|step| step.error) {
                Some(code) => ExitCode::from(code.exit_code()),
                None => ExitCode::SUCCESS,
            })
        }
        AccountCommand::List => {
            let accounts = engine.call(ListAccounts {}).await?;
            output.answer(&accounts, |all| all.iter().map(describe).collect::<Vec<_>>().join("\n"))
        }
    }
}

/// Runs a command about the provider.
pub(crate) async fn provider(
    command: &ProviderCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let ProviderCommand::Attest { provider, imap_host, smtp_host, signed, expires } = command;
    let request = AttestProvider {
        provider: provider.clone(),
        imap_host: imap_host.clone(),
        smtp_host: smtp_host.clone(),
        signed: signed.clone(),
        expires: expires.clone(),
    };
    engine.call(request).await?;
    output.answer(&true, |_| "Recorded.".to_owned())
}

fn form(arguments: &AccountArguments) -> Result<AccountForm, Failure> {
    let (imap_host, imap_port) = endpoint(&arguments.imap)?;
    let (smtp_host, smtp_port) = endpoint(&arguments.smtp)?;
    Ok(AccountForm {
        display_name: arguments.name.clone(),
        address: arguments.address.clone(),
        imap_host,
        imap_port,
        smtp_host,
        smtp_port,
        username: arguments.username.clone().unwrap_or_else(|| arguments.address.clone()),
        password: secrets::from_fd(arguments.password_fd)?,
    })
}

fn endpoint(text: &str) -> Result<(String, u16), Failure> {
    text.rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
        .ok_or(Failure::usage("a server is given as HOST:PORT"))
}

fn describe(account: &AccountView) -> String {
    let covered =
        if account.covered { "covered by an agreement" } else { "NOT covered by an agreement" };
    format!("{} <{}>, {covered}", account.display_name, account.address)
}

fn steps(probe: &ProbeView) -> String {
    let mut text = String::new();
    for step in &probe.steps {
        let outcome = match (step.error, &step.fact) {
            (Some(code), _) => code.to_string(),
            (None, Some(fact)) => fact.clone(),
            (None, None) => "ok".to_owned(),
        };
        let _infallible = writeln!(text, "{:?}: {outcome}", step.step);
    }
    text
}
