//! Somebody with a profile at `wardctl`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use wardmail_tests::clinician::PASSPHRASE;
use wardmail_tests::{DesktopSession, Provider, clinic};

/// A session, and a profile in it with an account and a key.
#[derive(Debug)]
pub(crate) struct Desk {
    session: DesktopSession,
    program: PathBuf,
}

/// What one run of the program took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) unlock: Duration,
    pub(crate) command: Duration,
    pub(crate) lock: Duration,
}

impl Desk {
    /// Makes the profile, with nothing fetched yet.
    pub(crate) fn new(program: &Path, provider: &Provider) -> Result<Self> {
        let session = DesktopSession::start()?;
        session.install_policy(&provider.policy())?;
        let desk = Self { session, program: program.to_path_buf() };
        desk.create()?;
        let user = provider.user(clinic::OWNER)?;
        let imap = format!("{}:{}", provider.host(), provider.imaps_port());
        let smtp = format!("{}:{}", provider.host(), provider.submissions_port());
        let account = ["account", "add", "--name", &user.name, "--address", &user.address];
        let servers = ["--imap", &imap, "--smtp", &smtp, "--password-fd", "0"];
        desk.run_with(&[account, servers].concat(), &user.password)?;
        desk.run(&["key", "generate"])?;
        Ok(desk)
    }

    /// Fetches until the INBOX has this many messages.
    pub(crate) fn sync_until(&self, count: usize) -> Result<()> {
        for _ in 0..50 {
            self.run(&["sync"])?;
            let folders = self.run(&["folders"])?;
            let total = folders
                .as_array()
                .and_then(|folders| folders.iter().find(|folder| folder["role"] == "inbox"))
                .and_then(|folder| folder["total"].as_u64());
            if total == u64::try_from(count).ok() {
                return Ok(());
            }
        }
        bail!("the INBOX hasn't {count} messages: {}", self.run(&["folders"])?)
    }

    /// The newest message's number.
    pub(crate) fn newest(&self) -> Result<String> {
        let page = self.run(&["list", "--folder", "INBOX", "--limit", "1"])?;
        let id = page.pointer("/rows/0/id").context("the list is empty")?;
        Ok(id.to_string())
    }

    /// The vault's file.
    pub(crate) fn vault(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&std::fs::read(self.profile().join("vault.json"))?)?)
    }

    /// Runs a command, and gives its answer.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Value> {
        self.run_with(arguments, "")
    }

    /// How long a command takes in an open mailbox, as the program itself measures it.
    pub(crate) fn time(&self, arguments: &[&str]) -> Result<Duration> {
        Ok(self.times(arguments)?.command)
    }

    /// How long unlocking, a command and locking take, as the program itself measures them.
    pub(crate) fn times(&self, arguments: &[&str]) -> Result<Times> {
        let done = self.finish(&[arguments, &["--timings"]].concat(), "")?;
        let said = String::from_utf8(done.stderr)?;
        let said: Value = serde_json::from_str(said.lines().last().context("no timings")?)?;
        let time = |name: &str| -> Result<Duration> {
            let ms = said[name].as_f64().with_context(|| format!("no {name}"))?;
            Ok(Duration::from_secs_f64(ms / 1_000.0))
        };
        Ok(Times {
            unlock: time("unlock_ms")?,
            command: time("command_ms")?,
            lock: time("lock_ms")?,
        })
    }

    fn run_with(&self, arguments: &[&str], line: &str) -> Result<Value> {
        let done = self.finish(arguments, line)?;
        let said = String::from_utf8_lossy(&done.stdout);
        Ok(serde_json::from_str(said.lines().last().unwrap_or("null"))?)
    }

    fn finish(&self, arguments: &[&str], line: &str) -> Result<Output> {
        let mut child = self.start(arguments)?;
        writeln!(child.stdin.take().context("no input")?, "{PASSPHRASE}\n{line}")?;
        let done = child.wait_with_output()?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stdout);
            bail!("wardctl {} ended with {}: {said}", arguments.join(" "), done.status);
        }
        Ok(done)
    }

    /// The recovery code is typed back as it was shown.
    fn create(&self) -> Result<()> {
        let mut child = self.start(&["profile", "create"])?;
        let mut input = child.stdin.take().context("no input")?;
        writeln!(input, "{PASSPHRASE}")?;
        let mut shown = String::new();
        let mut out = BufReader::new(child.stdout.take().context("no output")?);
        out.read_line(&mut shown)?;
        let shown: Value = serde_json::from_str(&shown)?;
        writeln!(input, "{}", shown["recoveryCode"].as_str().context("no recovery code")?)?;
        drop(input);
        anyhow::ensure!(child.wait()?.success(), "the profile was not made");
        Ok(())
    }

    fn start(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.session.command(&self.program)?;
        command
            .arg("--profile")
            .arg(self.profile())
            .args(["--json", "--passphrase-fd", "0"])
            .args(arguments);
        Ok(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
    }

    fn profile(&self) -> PathBuf {
        self.session.home().join("profile")
    }
}
