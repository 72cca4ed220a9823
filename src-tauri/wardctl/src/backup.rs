//! The profile as one encrypted file, and back.

use std::{path::Path, process::ExitCode, sync::Arc};

use wardmail_engine::{BackupView, Engine, verify_backup};

use crate::{
    cli::{BackupCommand, Cli},
    output::{Failure, Output},
    profile, secrets,
};

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

fn describe(backup: &BackupView) -> String {
    let older = match backup.openings_missing {
        0 => String::new(),
        missing => format!(
            "\nIt is older than what this computer saw last: the mailbox was opened {missing} times since."
        ),
    };
    format!("The backup is whole: {} bytes, made at {} ms.{older}", backup.bytes, backup.made_at)
}
