//! Commands that need no profile.

use std::{
    fs::File,
    io::{BufReader, Read as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use wardmail_api::ErrorCode;
use wardmail_engine::tools::{self, InspectWith, Inspected};

use crate::{
    audit,
    cli::{
        AuditCommand, Cli, Command, HtmlCommand, MessageCommand, OfflineCommand, PolicyCommand,
        VerifyArguments,
    },
    output::{Failure, Output},
    phi, secrets,
};

/// The largest message that is inspected, in bytes.
const MESSAGE: u64 = 256 * 1024 * 1024;

/// Where IT installs the policy.
const INSTALLED_POLICY: &str = "/etc/wardmail/policies/policy.json";

/// Runs the command if it needs no profile.
pub(crate) async fn try_run(cli: &Cli, output: &Output) -> Result<Option<ExitCode>, Failure> {
    let code = match &cli.command {
        Command::Offline(command) => offline(cli, command, output).await?,
        // Where a passphrase comes with it, the profile's keys are to open the message.
        Command::Message(MessageCommand::Inspect { file, key, cert })
            if cli.passphrase_fd.is_none() =>
        {
            let (raw, with) = inspected(file, key, cert)?;
            say_inspected(&tools::inspect_message(&raw, &with), output)?
        }
        Command::Audit(AuditCommand::Verify(
            arguments @ VerifyArguments { file: Some(file), .. },
        )) => {
            let outside = audit::known_outside(arguments)?;
            let log = BufReader::new(File::open(file)?);
            audit::say_verdict(&tools::verify_audit_export(log, &outside)?, output)?
        }
        Command::Profile(_)
        | Command::Account(_)
        | Command::Provider(_)
        | Command::Key(_)
        | Command::Cert(_)
        | Command::Mail(_)
        | Command::Keeping(_)
        | Command::Send(_)
        | Command::Outbox { .. }
        | Command::Message(_)
        | Command::Audit(_)
        | Command::Backup(_)
        | Command::Recovery(_)
        | Command::Incident(_) => return Ok(None),
    };
    Ok(Some(code))
}

async fn offline(
    cli: &Cli,
    command: &OfflineCommand,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        OfflineCommand::ExitCodes => exit_codes(output),
        OfflineCommand::Html(HtmlCommand::Sanitize { file }) => {
            output.answer(&tools::sanitize_html(&secrets::text(file)?), |safe| safe.html.clone())
        }
        OfflineCommand::Phi(command) => phi::run(command, output).await,
        OfflineCommand::Policy(PolicyCommand::Validate { file }) => {
            let report =
                tools::validate_policy(file).map_err(|(code, at)| Failure::At(code, at))?;
            policy(&report, output)
        }
        OfflineCommand::Policy(PolicyCommand::Effective) => {
            let installed = Path::new(INSTALLED_POLICY);
            let (named, profile) = (cli.policy.as_deref(), cli.profile.as_deref());
            policy(&tools::effective_policy(installed, named, profile)?, output)
        }
    }
}

fn exit_codes(output: &Output) -> Result<ExitCode, Failure> {
    let mut codes: Vec<(u8, &str, &str)> = vec![
        (0, "ok", "Done."),
        (1, "panic", "Wardmail made a mistake; please report it."),
        (2, "usage", "The command line makes no sense."),
        (audit::NOT_INTACT, "audit_not_intact", "The audit log is not as it was written."),
    ];
    codes.extend(ErrorCode::ALL.iter().map(|code| (code.exit_code(), code.slug(), code.what())));
    output.answer(&codes, |all| {
        all.iter()
            .map(|(number, slug, what)| format!("{number:>3}  {slug:<30} {what}"))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(MESSAGE).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(MESSAGE).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// A message to inspect, and the keys and certificates that are given for it.
pub(crate) fn inspected(
    file: &Path,
    keys: &[PathBuf],
    certificates: &[PathBuf],
) -> Result<(Vec<u8>, InspectWith), Failure> {
    let mut with = InspectWith::default();
    for path in keys {
        with.key(&read(path)?)?;
    }
    for path in certificates {
        with.certificates(&read(path)?)?;
    }
    Ok((read(file)?, with))
}

/// Says what the reader would show.
pub(crate) fn say_inspected(inspected: &Inspected, output: &Output) -> Result<ExitCode, Failure> {
    output.answer(inspected, |message| {
        let security = &message.security;
        format!(
            "Subject: {}\nEncryption: {}\nSignature: {}\n\n{}",
            message.subject, security.encryption, security.signature, message.text
        )
    })
}

fn policy(report: &tools::PolicyReport, output: &Output) -> Result<ExitCode, Failure> {
    output.answer(report, |report| {
        let mut lines: Vec<String> = report
            .settings
            .iter()
            .map(|row| {
                format!(
                    "{:<32} {:<20} {}{}",
                    row.key,
                    row.value,
                    row.set_by,
                    if row.locked { ", locked" } else { "" }
                )
            })
            .collect();
        lines.extend(report.warnings.iter().map(|w| format!("warning: {w}")));
        lines.extend(report.closed.iter().map(|c| format!("nothing is sent: {c}")));
        lines.join("\n")
    })
}
