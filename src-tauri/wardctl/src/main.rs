//! Wardmail's engine on the command line, for IT and for scripts.
//!
//! `cli` says what can be asked, `secrets` reads what must not stand on a command line, `output`
//! writes answers and errors. Each other module is one group of commands. No decision is taken
//! here: a command passes its request to the engine's door and prints the answer.

mod account;
mod audit;
mod backup;
mod cli;
mod incident;
mod keeping;
mod key;
mod mail;
mod offline;
mod output;
#[cfg(feature = "failpoints")]
mod phases;
mod phi;
mod profile;
mod recovery;
mod secrets;
mod security_key;
mod send;

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser as _;
use wardmail_api::{ErrorCode, session::LockReason};
use wardmail_engine::{Engine, Options};

use crate::{
    cli::{BackupCommand, Cli, Command, MessageCommand},
    output::{Failure, Output},
};

/// What is dropped is wiped.
#[global_allocator]
static MEMORY: wardmail_engine::WipingAllocator = wardmail_engine::WipingAllocator;

fn main() -> ExitCode {
    // First of all, and in the worker too. Where the system refuses, the mailbox is as safe on disk as before.
    let _private = wardmail_engine::keep_memory_private();
    if let Some(ended) = wardmail_engine::run_if_worker() {
        return ended;
    }
    wardmail_engine::keep_panics_quiet();
    let _fail_points = wardmail_engine::fail_points();
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    #[cfg(feature = "failpoints")]
    phases::arm();
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        return output.failed(&Failure::from(ErrorCode::Internal));
    };
    match runtime.block_on(run(cli, &output)) {
        Ok(code) => code,
        Err(failure) => output.failed(&failure),
    }
}

async fn run(cli: Cli, output: &Output) -> Result<ExitCode, Failure> {
    let command = match offline::try_run(&cli, output).await? {
        Some(code) => return Ok(code),
        None => &cli.command,
    };
    if let Command::Backup(BackupCommand::Verify { file, recovery_fd }) = command {
        return backup::verify(file, *recovery_fd, output).await;
    }
    let engine = start(&cli)?;
    let mut timings = None;
    let result = with_profile(&cli, command, &engine, output, &mut timings).await;
    let locking = Instant::now();
    engine.lock(LockReason::Quit).await;
    if let Some((unlock, command)) = timings.filter(|_| cli.timings) {
        output::say_timings(unlock, command, locking.elapsed())?;
    }
    result
}

fn start(cli: &Cli) -> Result<Arc<Engine>, Failure> {
    let profile = cli
        .profile
        .clone()
        .ok_or_else(|| Failure::usage("--profile is needed for this command"))?;
    let mut options = Options::from_environment(profile);
    options.background = false;
    if cli.policy.is_some() {
        options.named_policy.clone_from(&cli.policy);
    }
    Engine::start(options).map_err(|error| Failure::from(error.code()))
}

async fn with_profile(
    cli: &Cli,
    command: &Command,
    engine: &Arc<Engine>,
    output: &Output,
    timings: &mut Option<(Duration, Duration)>,
) -> Result<ExitCode, Failure> {
    if let Command::Profile(command) = command {
        return profile::run(cli, command, engine, output).await;
    }
    if let Command::Backup(command) = command {
        return backup::run(cli, command, engine, output).await;
    }
    if let Command::Recovery(command) = command {
        return recovery::run(cli, command, engine, output).await;
    }
    let began = Instant::now();
    profile::unlock(cli, engine).await?;
    let unlocked = Instant::now();
    #[cfg(feature = "failpoints")]
    phases::begun();
    let result = opened(command, engine, output).await;
    *timings = Some((unlocked.duration_since(began), unlocked.elapsed()));
    result
}

/// What needs an open mailbox.
async fn opened(
    command: &Command,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        Command::Message(MessageCommand::Inspect { file, key, cert }) => {
            let (raw, with) = offline::inspected(file, key, cert)?;
            offline::say_inspected(&engine.inspect(raw, with).await?, output)
        }
        Command::Account(command) => account::run(command, engine, output).await,
        Command::Provider(command) => account::provider(command, engine, output).await,
        Command::Key(command) => key::run(command, engine, output).await,
        Command::Cert(command) => key::certificates(command, engine, output).await,
        Command::Send(arguments) => send::send(arguments, engine, output).await,
        Command::Outbox { command } => send::outbox(command.as_ref(), engine, output).await,
        Command::Audit(command) => audit::run(command, engine, output).await,
        Command::Incident(command) => incident::run(command, engine, output).await,
        Command::Mail(command) => mail::run(command, engine, output).await,
        Command::Keeping(command) => keeping::run(command, engine, output).await,
        // Answered before any profile was opened.
        Command::Profile(_) | Command::Backup(_) | Command::Recovery(_) | Command::Offline(_) => {
            Err(ErrorCode::Internal.into())
        }
    }
}
