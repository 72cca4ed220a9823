//! A security key as a third factor.

use std::{process::ExitCode, sync::Arc};

use wardmail_api::session::{
    AddSecurityKey, AllowSecurityKeys, GetStatus, Recover, RemoveSecurityKey,
};
use wardmail_engine::Engine;

use crate::{
    cli::{Cli, SecurityKeyCommand},
    output::{Failure, Output, say},
    profile, secrets,
};

/// Asks for the touch, on standard error: the answer stays alone on standard output.
pub(crate) fn ask_for_touch() -> Result<(), Failure> {
    say("Touch your security key when it blinks.")
}

/// Runs a command about the security key.
pub(crate) async fn run(
    cli: &Cli,
    command: &SecurityKeyCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        SecurityKeyCommand::Status => {
            // What the owner allowed is known of the open mailbox only.
            if cli.passphrase_fd.is_some() {
                profile::unlock(cli, engine).await?;
            }
            let status = engine.call(GetStatus {}).await?.security_key;
            output.answer(&status, |status| {
                let present = match (status.present, status.asks_for_pin) {
                    (false, _) => "The mailbox opens without a security key.",
                    (true, false) => "The mailbox opens with its security key.",
                    (true, true) => "The mailbox opens with its security key and that key's PIN.",
                };
                let allowed = if status.allowed {
                    "One may be added."
                } else {
                    "None may be added: neither policy nor the settings allow it."
                };
                if status.present { present.to_owned() } else { format!("{present} {allowed}") }
            })
        }
        SecurityKeyCommand::Allow { off } => {
            profile::unlock(cli, engine).await?;
            engine.call(AllowSecurityKeys { allowed: !off }).await?;
            let status = engine.call(GetStatus {}).await?.security_key;
            output.answer(&status, |status| {
                let word = if status.allowed { "may" } else { "may no longer" };
                format!("A security key {word} be added.")
            })
        }
        SecurityKeyCommand::Add => {
            let (passphrase, pin) = profile::open_knowing(cli, engine).await?;
            say("Touch your security key when it blinks, and once more when it blinks again.")?;
            engine.call(AddSecurityKey { passphrase, pin }).await?;
            done(
                output,
                "added",
                "From the next unlock on, the key is asked for. The recovery code still opens the mailbox without it.",
            )
        }
        SecurityKeyCommand::Remove => {
            let (passphrase, pin) = profile::open_knowing(cli, engine).await?;
            if engine.call(GetStatus {}).await?.security_key.present {
                ask_for_touch()?;
            }
            engine.call(RemoveSecurityKey { passphrase, pin }).await?;
            done(output, "removed", "The mailbox opens without a security key again.")
        }
        SecurityKeyCommand::Forget { recovery_fd } => {
            let passphrase = secrets::passphrase(cli.passphrase_fd)?;
            let code = secrets::from_fd(*recovery_fd)?;
            let request = Recover { code, passphrase, without_security_key: true, pin: None };
            engine.call(request).await?;
            done(
                output,
                "removed",
                "The mailbox opens with this passphrase, and without a security key.",
            )
        }
    }
}

fn done(output: &Output, what: &'static str, text: &str) -> Result<ExitCode, Failure> {
    output.answer(&serde_json::json!({ "securityKey": what }), |_| text.to_owned())
}
