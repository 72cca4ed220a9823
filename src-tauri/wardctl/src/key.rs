//! Own keys and the certificates of others.

use std::{process::ExitCode, sync::Arc};

use wardmail_api::{
    Secret,
    keys::{
        CertificateView, ExportCertificate, GenerateKey, ImportCertificates, ImportKey,
        ListCertificates, ListKeys, OwnKeyView, SetSigningKey, SetTrust, Trust,
    },
};
use wardmail_engine::Engine;

use crate::{
    cli::{CertCommand, KeyCommand, TrustWord},
    output::{Failure, Output},
    secrets,
};

/// Runs a command about own keys.
pub(crate) async fn run(
    command: &KeyCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        KeyCommand::Generate => output.answer(&engine.call(GenerateKey {}).await?, own),
        KeyCommand::Import { file, key_password_fd } => {
            let armored = Secret::new(secrets::text(file)?);
            let password = key_password_fd.map(secrets::from_fd).transpose()?;
            output.answer(&engine.call(ImportKey { armored, password }).await?, own)
        }
        KeyCommand::List => {
            let keys = engine.call(ListKeys {}).await?;
            output.answer(&keys, |all| all.iter().map(own).collect::<Vec<_>>().join("\n"))
        }
        KeyCommand::Use { fingerprint } => {
            engine.call(SetSigningKey { fingerprint: fingerprint.clone() }).await?;
            output.answer(&true, |_| "This key signs from now on.".to_owned())
        }
        KeyCommand::Export => {
            output.answer(&engine.call(ExportCertificate {}).await?, |view| view.armored.clone())
        }
    }
}

/// Runs a command about certificates.
pub(crate) async fn certificates(
    command: &CertCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let all = |views: &Vec<CertificateView>| views.iter().map(other).collect::<Vec<_>>().join("\n");
    match command {
        CertCommand::Import { file } => {
            let armored = secrets::text(file)?;
            output.answer(&engine.call(ImportCertificates { armored }).await?, all)
        }
        CertCommand::List => output.answer(&engine.call(ListCertificates {}).await?, all),
        CertCommand::Trust { fingerprint, trust } => {
            let trust = match trust {
                TrustWord::Seen => Trust::Seen,
                TrustWord::Verified => Trust::Verified,
                TrustWord::Rejected => Trust::Rejected,
            };
            engine.call(SetTrust { fingerprint: fingerprint.clone(), trust }).await?;
            output.answer(&true, |_| "Recorded.".to_owned())
        }
    }
}

fn own(key: &OwnKeyView) -> String {
    let mark = if key.is_default { "*" } else { " " };
    let unfit = if key.unfit.is_some() { "  (opens old mail only)" } else { "" };
    format!("{mark} {}  {}{unfit}", key.fingerprint, key.user_id)
}

fn other(view: &CertificateView) -> String {
    let usable = if view.usable { "" } else { "  (can't be used)" };
    format!(
        "{}  {} <{}>  {:?}{usable}",
        view.fingerprint,
        view.name,
        view.addresses.join(", "),
        view.trust
    )
}
