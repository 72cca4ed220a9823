//! Making a profile, opening it, and how it stands.

use std::{io::BufRead as _, process::ExitCode, sync::Arc};

use wardmail_api::{
    ErrorCode, Secret,
    session::{
        AppStatus, BeginProfile, CancelProfile, ConfirmRecovery, GetStatus, LockOut, LockState,
        SetAside, Unlock,
    },
};
use wardmail_engine::Engine;

use crate::{
    cli::{Cli, ProfileCommand},
    output::{Failure, Output},
    secrets, security_key,
};

/// How often the recovery code may be mistyped.
const TRIES: usize = 5;

/// Opens the profile.
pub(crate) async fn unlock(cli: &Cli, engine: &Arc<Engine>) -> Result<(), Failure> {
    open_knowing(cli, engine).await.map(drop)
}

/// Opens the profile; returns the passphrase and the security key's PIN, for what asks for them once more.
pub(crate) async fn open_knowing(
    cli: &Cli,
    engine: &Arc<Engine>,
) -> Result<(Secret, Option<Secret>), Failure> {
    let status = engine.call(GetStatus {}).await?;
    if status.state == LockState::SetUp {
        return Err(ErrorCode::ProfileMissing.into());
    }
    let passphrase = secrets::passphrase(cli.passphrase_fd)?;
    let code = cli.code_fd.map(secrets::from_fd).transpose()?;
    let pin = cli.pin_fd.map(secrets::from_fd).transpose()?;
    if status.security_key.present {
        security_key::ask_for_touch()?;
    }
    engine.call(Unlock { passphrase: passphrase.clone(), code, pin: pin.clone() }).await?;
    Ok((passphrase, pin))
}

/// Runs a command about the profile.
pub(crate) async fn run(
    cli: &Cli,
    command: &ProfileCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        ProfileCommand::Create { passphrase_only } => {
            create(cli, *passphrase_only, engine, output).await
        }
        ProfileCommand::Status => {
            // With a passphrase the status of the open mailbox, without one that of the closed.
            if cli.passphrase_fd.is_some() {
                unlock(cli, engine).await?;
            }
            output.answer(&engine.call(GetStatus {}).await?, describe)
        }
        ProfileCommand::SetAside => {
            // Only what doesn't open is set aside; who has the passphrase learns it, and the engine remembers why.
            let Err(unopened) = unlock(cli, engine).await else {
                return Err(ErrorCode::ProfileExists.into());
            };
            let Ok(status) = engine.call(SetAside {}).await else { return Err(unopened) };
            output.answer(&status, |_| {
                "The damaged files are kept in a folder of the profile. Restore a backup, or make a profile anew.".to_owned()
            })
        }
        ProfileCommand::SecurityKey(command) => {
            security_key::run(cli, command, engine, output).await
        }
        ProfileCommand::Erase { log, confirm } => {
            unlock(cli, engine).await?;
            output.answer(&engine.erase(confirm, log.clone()).await?, |erased| {
                if erased.kept_for_organisation {
                    "Your ways into the mailbox are gone. A legal hold keeps it for your organisation.".to_owned()
                } else {
                    "The mailbox on this computer is gone.".to_owned()
                }
            })
        }
    }
}

async fn create(
    cli: &Cli,
    passphrase_only: bool,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let passphrase = secrets::passphrase(cli.passphrase_fd)?;
    let shown = engine.call(BeginProfile { passphrase, passphrase_only }).await?;
    if output.is_json() {
        output.json_line(&serde_json::json!({ "recoveryCode": shown.code.expose() }))?;
    } else {
        output.line("Write this recovery code down and keep it safe, then type it back:")?;
        output.line(shown.code.expose())?;
    }
    let mut last = Failure::from(ErrorCode::RecoveryCodeMistyped);
    for line in std::io::stdin().lock().lines().take(TRIES) {
        match engine.call(ConfirmRecovery { code: Secret::new(line?) }).await {
            Ok(status) => return output.answer(&status, describe),
            Err(error) => last = error.into(),
        }
    }
    engine.call(CancelProfile {}).await?;
    Err(last)
}

fn describe(status: &AppStatus) -> String {
    let state = match status.state {
        LockState::SetUp => "There is no mailbox here yet.",
        LockState::Locked if status.lock_out == LockOut::Erased => ErrorCode::AccessErased.what(),
        LockState::Locked => "The mailbox is locked.",
        LockState::Unlocked => "The mailbox opens.",
    };
    let policy = match (&status.policy.issuer, status.policy.serial) {
        (Some(issuer), Some(serial)) => format!("Policy {serial}, set by {issuer}."),
        _ => "No policy is installed.".to_owned(),
    };
    let trouble = status.policy.trouble.map(|code| format!("\n{code}")).unwrap_or_default();
    let next = status.next_step.map(|step| format!("\nStill to do: {step:?}")).unwrap_or_default();
    let notices = status.notices.iter().fold(String::new(), |mut text, notice| {
        text.extend(["\n", &notice.what(), " ", notice.next()]);
        text
    });
    format!("{state}{notices}\n{policy}{trouble}{next}\nWaiting in the outbox: {}", status.waiting)
}
