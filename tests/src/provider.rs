//! A real mail provider on loopback: Dovecot holds the mail, Postfix takes submissions, both under a certificate
//! authority that exists only for this run.
//!
//! Nothing leaves the machine: every transport but the delivery to Dovecot is an error. The servers are never stopped by
//! their own commands, since the pid files that these read hold the pids of a namespace of its own.

mod authority;
mod lmtp;
mod mail;

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

pub use authority::{Authority, Certificate};
pub use mail::Stored;

use crate::port::{Port, loopback};
use crate::process::{Running, contained, need_root, output};
use crate::report::{note, results_dir};
use crate::run_dir::RunDir;
use crate::wait::until_true;

/// How long a server may take to answer after its start. Eight tests may start theirs at once.
const START: Duration = Duration::from_secs(30);

/// How many of a log's last lines are said after a failure.
const SAID: usize = 20;

/// Somebody with a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The display name.
    pub name: String,
    /// The address, which is also the login name.
    pub address: String,
    /// The password of both servers.
    pub password: String,
}

impl User {
    /// Somebody whose password follows from the address.
    pub fn new(name: &str, address: &str) -> Self {
        let password = format!("Pw-{}-8301", address.split('@').next().unwrap_or_default());
        Self { name: name.to_owned(), address: address.to_owned(), password }
    }
}

/// What a provider is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who has a mailbox.
    pub users: Vec<User>,
    /// What the servers show of themselves.
    pub certificate: Certificate,
}

impl Default for Settings {
    fn default() -> Self {
        let users = [
            ("Mei Chen", "mei.chen@clinic.example"),
            ("Dana Ortiz", "dana.ortiz@clinic.example"),
            ("Samuel Okafor", "samuel.okafor@clinic.example"),
            ("Priya Raman", "priya.raman@hospital.example"),
            ("Front Desk", "frontdesk@clinic.example"),
        ];
        Self {
            users: users.map(|(name, address)| User::new(name, address)).into(),
            certificate: Certificate::default(),
        }
    }
}

/// The two servers, their mail, and the authority that vouches for them. Everything ends when it is dropped.
#[derive(Debug)]
pub struct Provider {
    // The servers first: they must have ended when the directory goes.
    imap: Option<Running>,
    submission: Option<Running>,
    users: Vec<User>,
    ports: Ports,
    authority: Authority,
    dir: RunDir,
}

/// Held until the servers have ended: one that is stopped and started again finds its own port.
#[derive(Debug)]
struct Ports {
    imaps: Port,
    submissions: Port,
    starttls: Port,
    lmtp: Port,
    auth: Port,
}

impl Provider {
    /// Starts a provider with [`Settings::default`].
    ///
    /// # Errors
    /// If a server can't be started; its log then lies in [`results_dir`].
    pub fn start() -> Result<Self> {
        Self::with(Settings::default())
    }

    /// Starts a provider.
    ///
    /// # Errors
    /// As [`Provider::start`].
    pub fn with(settings: Settings) -> Result<Self> {
        need_root()?;
        let dir = RunDir::new()?;
        let authority = Authority::new(settings.certificate)?;
        let ports = Ports::take()?;
        let mut provider =
            Self { imap: None, submission: None, users: settings.users, ports, authority, dir };
        provider.lay_out()?;
        provider.start_imap()?;
        provider.start_submission()?;
        Ok(provider)
    }

    /// The name that the servers' certificate is for.
    pub fn host(&self) -> &'static str {
        "localhost"
    }

    /// IMAP over TLS.
    pub fn imaps_port(&self) -> u16 {
        self.ports.imaps.number()
    }

    /// Submission over TLS from the first byte.
    pub fn submissions_port(&self) -> u16 {
        self.ports.submissions.number()
    }

    /// Submission that asks for STARTTLS.
    pub fn starttls_port(&self) -> u16 {
        self.ports.starttls.number()
    }

    /// The authority's certificate, as a policy would name it.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// A managed policy that lists this provider as covered, with its authority; for a test to change and install.
    pub fn policy(&self) -> serde_json::Value {
        let today = time::OffsetDateTime::now_utc().date();
        let days = time::Duration::days;
        serde_json::json!({
            "schema": 1,
            "serial": 1,
            "issuer": "Riverside Clinic IT",
            "providers": [{
                "name": "Riverside Secure Mail",
                "imap": { "host": self.host(), "port": self.ports.imaps.number() },
                "smtp": { "host": self.host(), "port": self.ports.submissions.number() },
                "services": ["imap", "smtp"],
                "signed": (today - days(300)).to_string(),
                "expires": (today + days(400)).to_string(),
                "contact": "Privacy officer, extension 4410",
                "trustedCertificates": [self.authority.pem()],
            }],
            "internalDomains": ["clinic.example"],
        })
    }

    /// Everybody with a mailbox.
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// One of them.
    ///
    /// # Errors
    /// If nobody here has that address.
    pub fn user(&self, address: &str) -> Result<&User> {
        self.users
            .iter()
            .find(|user| user.address == address)
            .with_context(|| format!("nobody here is {address}"))
    }

    /// Its directory: configuration, logs and mail.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Starts Dovecot, and returns when it answers.
    ///
    /// # Errors
    /// If it doesn't.
    pub fn start_imap(&mut self) -> Result<()> {
        let mut command = contained("dovecot");
        command.arg("-F").arg("-c").arg(self.dir().join("dovecot.conf"));
        let running = self.start_server("dovecot", command)?;
        self.imap = Some(self.answering(running, self.ports.imaps.number())?);
        Ok(())
    }

    /// Starts Postfix, and returns when it answers.
    ///
    /// # Errors
    /// If it doesn't.
    pub fn start_submission(&mut self) -> Result<()> {
        let mut command = contained("postfix");
        command.arg("-c").arg(self.dir().join("postfix")).arg("start-fg");
        let running = self.start_server("postfix", command)?;
        self.submission = Some(self.answering(running, self.ports.submissions.number())?);
        Ok(())
    }

    /// Takes Dovecot away in the middle of whatever it does. Its mail stays.
    pub fn stop_imap(&mut self) {
        self.imap = None;
    }

    /// Takes Postfix away in the middle of whatever it does. Its queue stays.
    pub fn stop_submission(&mut self) {
        self.submission = None;
    }

    fn start_server(&self, name: &str, mut command: Command) -> Result<Running> {
        let console = fs::File::create(self.dir().join("log").join(format!("{name}.console")))?;
        command.stdin(Stdio::null()).stdout(console.try_clone()?).stderr(console);
        Running::start(name, command)
    }

    fn answering(&self, mut server: Running, port: u16) -> Result<Running> {
        let up = until_true("a mail server's greeting", START, || {
            server.still_runs()?;
            Ok(TcpStream::connect(loopback(port)).is_ok())
        });
        if let Err(error) = up {
            self.keep_logs();
            return Err(error.context(format!("its log lies in {}", results_dir().display())));
        }
        Ok(server)
    }

    fn lay_out(&self) -> Result<()> {
        let dir = self.dir();
        for (name, mode) in [
            ("run", 0o755),
            ("state", 0o755),
            ("log", 0o755),
            ("tls", 0o700),
            ("mail", 0o700),
            ("postfix", 0o755),
            ("postfix-data", 0o700),
            ("queue", 0o755),
        ] {
            self.dir.make(name, mode)?;
        }
        output(Command::new("chown").arg("mail:mail").arg(dir.join("mail")))?;
        output(Command::new("chown").arg("postfix").arg(dir.join("postfix-data")))?;
        fs::write(dir.join("tls/server.crt"), self.authority.server_certificate())?;
        fs::write(dir.join("tls/server.key"), self.authority.server_key())?;
        fs::write(dir.join("ca.pem"), self.authority.pem())?;
        for (name, template) in [
            ("dovecot.conf", include_str!("provider/dovecot.conf")),
            ("postfix/main.cf", include_str!("provider/main.cf")),
            ("postfix/master.cf", include_str!("provider/master.cf")),
        ] {
            fs::write(dir.join(name), self.fill_in(template))?;
        }
        let lines = |line: fn(&User) -> String| self.users.iter().map(line).collect::<String>();
        fs::write(
            dir.join("users"),
            lines(|user| format!("{}:{{PLAIN}}{}\n", user.address, user.password)),
        )?;
        fs::write(dir.join("postfix/mailboxes"), lines(|user| format!("{} yes\n", user.address)))?;
        fs::write(dir.join("postfix/senders"), lines(|user| format!("{0} {0}\n", user.address)))?;
        Ok(())
    }

    fn fill_in(&self, template: &str) -> String {
        let mut domains: Vec<_> =
            self.users.iter().filter_map(|user| user.address.split('@').nth(1)).collect();
        domains.sort_unstable();
        domains.dedup();
        template
            .replace("@DIR@", &self.dir().display().to_string())
            .replace("@DOMAINS@", &domains.join(", "))
            .replace("@IMAPS@", &self.ports.imaps.number().to_string())
            .replace("@SUBMISSIONS@", &self.ports.submissions.number().to_string())
            .replace("@STARTTLS@", &self.ports.starttls.number().to_string())
            .replace("@LMTP@", &self.ports.lmtp.number().to_string())
            .replace("@AUTH@", &self.ports.auth.number().to_string())
    }

    /// Copies the servers' logs to where somebody will look for them, and says how they end: where only the output of a
    /// run is left, that is all there is.
    fn keep_logs(&self) {
        for name in ["dovecot.log", "postfix.log"] {
            let log = fs::read_to_string(self.dir().join("log").join(name)).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            for line in lines.iter().skip(lines.len().saturating_sub(SAID)) {
                note(&format!("{name}: {line}"));
            }
        }
        let to = results_dir().join(format!("provider-{}", std::process::id()));
        let copied = fs::create_dir_all(&to).map_err(anyhow::Error::from).and_then(|()| {
            output(Command::new("cp").arg("-r").arg(self.dir().join("log")).arg(&to))
        });
        match copied {
            Ok(_) => note(&format!("the servers' logs are in {}", to.display())),
            Err(error) => note(&format!("the servers' logs can't be kept: {error}")),
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.keep_logs();
        }
    }
}

impl Ports {
    fn take() -> Result<Self> {
        Ok(Self {
            imaps: Port::take()?,
            submissions: Port::take()?,
            starttls: Port::take()?,
            lmtp: Port::take()?,
            auth: Port::take()?,
        })
    }
}
