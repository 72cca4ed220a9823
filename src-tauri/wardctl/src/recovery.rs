//! The recovery code anew, and the organisation's way in.

use std::{
    io::BufRead as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use wardmail_api::{
    ErrorCode, Secret,
    session::{BeginRecoveryCode, ConfirmRecoveryCode, EmergencyReason},
};
use wardmail_engine::{EmergencyKey, EmergencyRequest, Engine};

use crate::{
    cli::{Cli, EmergencyReasonWord, RecoveryCommand},
    output::{Failure, Output},
    profile, secrets,
};

/// How often a recovery code may be mistyped.
const TRIES: usize = 5;

/// What `recovery open` was asked with.
struct Asked<'a> {
    key: &'a [PathBuf],
    key_password_fd: &'a [u32],
    reason: EmergencyReasonWord,
    into: &'a Path,
    passphrase_only: bool,
}

/// Runs a command about the ways in beside the passphrase.
pub(crate) async fn run(
    cli: &Cli,
    command: &RecoveryCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        RecoveryCommand::Renew => renew(cli, engine, output).await,
        RecoveryCommand::Open { key, key_password_fd, reason, into, passphrase_only } => {
            let asked = Asked {
                key,
                key_password_fd,
                reason: *reason,
                into,
                passphrase_only: *passphrase_only,
            };
            open(cli, asked, engine, output).await
        }
    }
}

/// Replaces the recovery code; the present one counts until the new one was typed back.
async fn renew(cli: &Cli, engine: &Arc<Engine>, output: &Output) -> Result<ExitCode, Failure> {
    profile::unlock(cli, engine).await?;
    let shown = engine.call(BeginRecoveryCode {}).await?;
    show(shown.code.expose(), "Write the new recovery code down, then type it back:", output)?;
    let mut last = Failure::from(ErrorCode::RecoveryCodeMistyped);
    for line in std::io::stdin().lock().lines().take(TRIES) {
        match engine.call(ConfirmRecoveryCode { code: Secret::new(line?) }).await {
            Ok(()) => {
                let done = serde_json::json!({ "replaced": true });
                return output.answer(&done, |_| {
                    "The new recovery code is in force. Destroy the paper with the old one."
                        .to_owned()
                });
            }
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

fn show(code: &str, ask: &str, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        output.json_line(&serde_json::json!({ "recoveryCode": code }))
    } else {
        output.line(ask)?;
        output.line(code)
    }
}

/// Opens a mailbox for the organisation.
async fn open(
    cli: &Cli,
    asked: Asked<'_>,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let Asked { key, key_password_fd, reason, into, passphrase_only } = asked;
    let passphrase = secrets::passphrase(cli.passphrase_fd)?;
    let mut passwords = key_password_fd.iter();
    let mut keys = Vec::new();
    for file in key {
        let armored = Secret::new(secrets::text(file)?);
        let password = passwords.next().map(|number| secrets::from_fd(*number)).transpose()?;
        keys.push(EmergencyKey { armored, password });
    }
    let request = EmergencyRequest {
        keys,
        reason: why(reason),
        into: into.to_owned(),
        passphrase,
        passphrase_only,
    };
    let mut opened = engine.open_in_emergency(request).await?;
    let code = opened.recovery_code();
    show(&code, "Write the recovery code of this copy down, then type it back:", output)?;
    let mut last = Failure::from(ErrorCode::RecoveryCodeMistyped);
    for line in std::io::stdin().lock().lines().take(TRIES) {
        match opened.confirm(&line?) {
            Ok(()) => {
                let done = serde_json::json!({ "opened": true });
                return output.answer(&done, |_| {
                    "The copy opens with its own passphrase. The owner will be told.".to_owned()
                });
            }
            Err((unconfirmed, error)) => {
                opened = *unconfirmed;
                last = error.into();
            }
        }
    }
    Err(last)
}

const fn why(word: EmergencyReasonWord) -> EmergencyReason {
    match word {
        EmergencyReasonWord::PatientCare => EmergencyReason::PatientCare,
        EmergencyReasonWord::OwnerAbsent => EmergencyReason::OwnerAbsent,
        EmergencyReasonWord::RequiredByLaw => EmergencyReason::RequiredByLaw,
        EmergencyReasonWord::Investigation => EmergencyReason::Investigation,
        EmergencyReasonWord::Drill => EmergencyReason::Drill,
    }
}
