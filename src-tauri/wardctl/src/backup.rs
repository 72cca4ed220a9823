//! The profile as one encrypted file, and back; the organisation's way in.

use std::{io::BufRead as _, path::Path, process::ExitCode, sync::Arc};

use wardmail_api::{ErrorCode, Secret, session::EmergencyReason};
use wardmail_engine::{BackupView, EmergencyKey, EmergencyRequest, Engine, verify_backup};

use crate::{
    cli::{BackupCommand, Cli, EmergencyReasonWord, RecoveryCommand},
    output::{Failure, Output},
    profile, secrets,
};

/// How often a recovery code may be mistyped.
const TRIES: usize = 5;

/// Runs a command about backups.
pub(crate) async fn run(
    cli: &Cli,
    command: &BackupCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        BackupCommand::Create { out } => {
            profile::unlock(cli, engine).await?;
            output.answer(&engine.back_up(out.clone()).await?, describe)
        }
        BackupCommand::Verify { file, recovery_fd } => verify(file, *recovery_fd, output).await,
        BackupCommand::Restore { file, recovery_fd, passphrase_only } => {
            let passphrase = secrets::passphrase(cli.passphrase_fd)?;
            let code = secrets::from_fd(*recovery_fd)?;
            let restored = engine.restore(file.clone(), code, passphrase, *passphrase_only).await?;
            output.answer(&restored, describe)
        }
    }
}

/// Reads a whole backup; needs no profile.
pub(crate) async fn verify(
    file: &Path,
    recovery_fd: u32,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let code = secrets::from_fd(recovery_fd)?;
    output.answer(&verify_backup(file.to_owned(), code).await?, describe)
}

/// Opens a mailbox for the organisation.
pub(crate) async fn recovery(
    cli: &Cli,
    command: &RecoveryCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let RecoveryCommand::Open { key, key_password_fd, reason, into, passphrase_only } = command;
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
        reason: why(*reason),
        into: into.clone(),
        passphrase,
        passphrase_only: *passphrase_only,
    };
    let mut opened = engine.open_in_emergency(request).await?;
    let code = opened.recovery_code();
    if output.is_json() {
        output.json_line(&serde_json::json!({ "recoveryCode": code.as_str() }))?;
    } else {
        output.line("Write the recovery code of this copy down, then type it back:")?;
        output.line(&code)?;
    }
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

fn describe(backup: &BackupView) -> String {
    let older = match backup.openings_missing {
        0 => String::new(),
        missing => format!(
            "\nIt is older than what this computer saw last: the mailbox was opened {missing} times since."
        ),
    };
    format!("The backup is whole: {} bytes, made at {} ms.{older}", backup.bytes, backup.made_at)
}
