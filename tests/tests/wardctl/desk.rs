//! Somebody who works with `wardctl`: a desktop session, a profile in it, and one command after the other.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use wardmail_tests::{DesktopSession, Gpg, Keyring, Letter, Provider, Stored, skip, until_true};

pub(crate) const MEI: &str = "mei.chen@clinic.example";
pub(crate) const PRIYA: &str = "priya.raman@hospital.example";
pub(crate) const DANA: &str = "dana.ortiz@clinic.example";
pub(crate) const DESK: &str = "frontdesk@clinic.example";
pub(crate) const SAM: &str = "samuel.okafor@clinic.example";

pub(crate) const PASSPHRASE: &str = "granite otter files 19 quiet maps";

/// The program, or a test that is skipped.
pub(crate) fn program() -> Option<PathBuf> {
    let program = std::env::var_os("WARDCTL_BIN").map(PathBuf::from);
    if program.is_none() {
        skip("WARDCTL_BIN names no program; `cargo xtask test` sets it");
    }
    program
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    /// Each line of its output, as JSON.
    pub(crate) lines: Vec<Value>,
    pub(crate) stderr: String,
}

impl Answer {
    /// The one answer of a command that went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        self.lines.into_iter().last().expect("an answer")
    }

    /// The error of a command that must end with this code and name; it has both its sentences.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, slug: &str) -> Value {
        assert_eq!(self.code, code, "{slug} was expected: {self:?}");
        let error = self.lines.last().map(|line| line["error"].clone()).unwrap_or_default();
        assert_eq!(error["code"], slug, "{self:?}");
        for sentence in ["what", "next"] {
            let said = error[sentence].as_str().unwrap_or_default();
            assert!(said.len() > 5 && said.ends_with('.'), "{sentence}: {self:?}");
        }
        error
    }
}

/// The desk.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) session: DesktopSession,
    pub(crate) passphrase: String,
    program: PathBuf,
    profile: PathBuf,
    files: PathBuf,
    policy: Option<PathBuf>,
    variables: Vec<(String, String)>,
}

impl Desk {
    /// A desk with no profile yet.
    pub(crate) fn new() -> Option<Self> {
        Self::with(Keyring::Unlocked)
    }

    pub(crate) fn with(keyring: Keyring) -> Option<Self> {
        let program = program()?;
        let session = DesktopSession::with(keyring).unwrap();
        let profile = session.home().join("profile");
        let files = session.make_dir("files").unwrap();
        Some(Self {
            session,
            passphrase: PASSPHRASE.to_owned(),
            program,
            profile,
            files,
            policy: None,
            variables: Vec::new(),
        })
    }

    /// A desk with an account at this provider, covered by an installed policy, and a key.
    pub(crate) fn of(address: &str, provider: &Provider) -> Option<Self> {
        let desk = Self::new()?;
        desk.session.install_policy(&policy(provider)).unwrap();
        desk.create().ok();
        desk.add_account(address, provider).ok();
        desk.run(&["key", "generate"]).ok();
        Some(desk)
    }

    /// Where the profile lies; for a profile elsewhere.
    pub(crate) fn set_profile(&mut self, profile: PathBuf) {
        self.profile = profile;
    }

    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }

    /// The program, where the session's user can start it.
    pub(crate) fn program(&self) -> PathBuf {
        self.session.reachable(&self.program).unwrap()
    }

    /// A policy that every command names from now on.
    pub(crate) fn name_policy(&mut self, policy: Option<&Value>) {
        self.policy = policy.map(|policy| self.file("named.json", policy.to_string().as_bytes()));
    }

    /// A variable that every command finds from now on.
    pub(crate) fn set_variable(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Takes the variables away again.
    pub(crate) fn forget_variables(&mut self) {
        self.variables.clear();
    }

    /// Whether commands tell on their standard error where they are.
    pub(crate) fn set_phases(&mut self, told: bool) {
        self.variables.retain(|(name, _)| name != "WARDCTL_PHASES");
        if told {
            self.set_variable("WARDCTL_PHASES", "1");
        }
    }

    /// A file that the session's user can read.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.files.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Where a command can write a file.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.files.join(name)
    }

    /// Makes the profile: the recovery code is typed back as it was shown.
    pub(crate) fn create(&self) -> Answer {
        self.create_with(&["profile", "create"])
    }

    /// As [`Desk::create`], with other arguments.
    pub(crate) fn create_with(&self, arguments: &[&str]) -> Answer {
        let mut child = self.start(arguments, &[]);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let shown: Value = serde_json::from_str(&first).unwrap_or_default();
        if let Some(code) = shown["recoveryCode"].as_str() {
            writeln!(child.stdin.as_mut().unwrap(), "{code}").unwrap();
        }
        drop(child.stdin.take());
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        let ended = child.wait_with_output().unwrap();
        answer(ended.status.code(), &format!("{first}{rest}"), &ended.stderr)
    }

    pub(crate) fn add_account(&self, address: &str, provider: &Provider) -> Answer {
        let user = provider.user(address).unwrap();
        let (imap, smtp) = (provider.imaps_port(), provider.submissions_port());
        self.try_account(address, &user.password, provider.host(), imap, smtp)
    }

    pub(crate) fn try_account(
        &self,
        address: &str,
        password: &str,
        host: &str,
        imap: u16,
        smtp: u16,
    ) -> Answer {
        let imap = format!("{host}:{imap}");
        let smtp = format!("{host}:{smtp}");
        let arguments = [
            "account",
            "add",
            "--name",
            "Mei Chen",
            "--address",
            address,
            "--imap",
            &imap,
            "--smtp",
            &smtp,
            "--password-fd",
            "0",
        ];
        self.run_with(&arguments, &[password])
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with(arguments, &[])
    }

    /// As [`Desk::run`], with more lines behind the passphrase.
    pub(crate) fn run_with(&self, arguments: &[&str], lines: &[&str]) -> Answer {
        let mut child = self.start(arguments, lines);
        drop(child.stdin.take());
        let ended = child.wait_with_output().unwrap();
        answer(ended.status.code(), &String::from_utf8_lossy(&ended.stdout), &ended.stderr)
    }

    /// Starts a command with the passphrase typed; its input stays open.
    pub(crate) fn start(&self, arguments: &[&str], lines: &[&str]) -> Child {
        let mut child = self.command(arguments).spawn().unwrap();
        let typed: String =
            [self.passphrase.as_str()].iter().chain(lines).flat_map(|l| [*l, "\n"]).collect();
        // A command that is refused before it reads may be gone already.
        drop(child.stdin.as_mut().unwrap().write_all(typed.as_bytes()));
        child
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.session.command(&self.program).unwrap();
        command.arg("--profile").arg(&self.profile).args(["--json", "--passphrase-fd", "0"]);
        if let Some(policy) = &self.policy {
            command.arg("--policy").arg(policy);
        }
        command.args(arguments).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Sends a text; `more` are further arguments.
    pub(crate) fn send(&self, to: &str, subject: &str, body: &str, more: &[&str]) -> Answer {
        let body = self.file("body.txt", body.as_bytes());
        let body = body.to_str().unwrap();
        let fixed = ["send", "--to", to, "--subject", subject, "--body-file", body];
        self.run(&[&fixed, more].concat())
    }

    /// The rows of a folder, the newest first.
    pub(crate) fn list(&self, folder: &str) -> Vec<Value> {
        let page = self.run(&["list", "--folder", folder, "--limit", "200"]).ok();
        page["rows"].as_array().unwrap().clone()
    }

    /// The row with this subject.
    #[track_caller]
    pub(crate) fn row(&self, folder: &str, subject: &str) -> Value {
        let rows = self.list(folder);
        let mut found = rows.iter().filter(|row| row["subject"] == subject);
        let row = found.next().unwrap_or_else(|| panic!("no {subject:?} in {rows:#?}")).clone();
        assert!(found.next().is_none(), "{subject:?} is there twice: {rows:#?}");
        row
    }

    /// The message with this subject, as the reader shows it.
    #[track_caller]
    pub(crate) fn show(&self, folder: &str, subject: &str) -> Value {
        let id = self.row(folder, subject)["id"].to_string();
        self.run(&["show", &id]).ok()
    }

    pub(crate) fn outbox(&self) -> Vec<Value> {
        self.run(&["outbox"]).ok().as_array().unwrap().clone()
    }

    /// Who did what, from the audit log: the newest first, each a sentence.
    pub(crate) fn audited(&self) -> Vec<String> {
        let page = self.run(&["audit", "list", "--limit", "200"]).ok();
        assert_eq!(page["intact"], true);
        let rows = page["rows"].as_array().unwrap();
        rows.iter().map(|row| row["sentence"].as_str().unwrap().to_owned()).collect()
    }

    /// Takes somebody's certificate, and gives them ours.
    pub(crate) fn exchange_certificates(&self, with: &Gpg) {
        let theirs = self.file("theirs.asc", with.certificate().unwrap().as_bytes());
        self.run(&["cert", "import", theirs.to_str().unwrap()]).ok();
        with.import(&self.certificate()).unwrap();
    }

    /// The own certificate, armored.
    pub(crate) fn certificate(&self) -> String {
        self.run(&["key", "export"]).ok()["armored"].as_str().unwrap().to_owned()
    }
}

/// The provider's policy with no undo window, so that a queued message is due at once.
pub(crate) fn policy(provider: &Provider) -> Value {
    let mut policy = provider.policy();
    policy["send"] = serde_json::json!({ "undoSeconds": 0 });
    policy
}

/// Somebody who writes with gpg.
pub(crate) fn gpg(name: &str, address: &str) -> Gpg {
    Gpg::new(&format!("{name} <{address}>")).unwrap()
}

/// A desk of Mei's and Priya with gpg, who know one another's certificates.
pub(crate) fn correspondents(provider: &Provider) -> Option<(Desk, Gpg)> {
    let desk = Desk::of(MEI, provider)?;
    let priya = gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    Some((desk, priya))
}

/// Bytes that no compression makes smaller.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    bytes
}

/// A letter of Priya's to Mei.
pub(crate) fn letter<'a>(subject: &'a str, body: &'a str, message_id: &'a str) -> Letter<'a> {
    Letter {
        from: "Priya Raman <priya.raman@hospital.example>",
        to: "Mei Chen <mei.chen@clinic.example>",
        subject,
        body,
        date: "Sat, 21 Nov 2026 09:30:00 -0500",
        message_id,
        in_reply_to: None,
    }
}

/// What Dovecot holds for somebody, once `count` messages have come.
pub(crate) fn inbox(provider: &Provider, of: &str, count: usize) -> Vec<Stored> {
    until_true("the messages to arrive", Duration::from_secs(30), || {
        Ok(provider.count(of, "INBOX")? >= count)
    })
    .unwrap();
    let held = provider.messages(of, "INBOX").unwrap();
    assert_eq!(held.len(), count);
    held
}

/// Fails if these words are anywhere in what the provider has: mail, queue, logs.
#[track_caller]
pub(crate) fn provider_never_saw(provider: &Provider, words: &str) {
    let found = Command::new("grep").args(["-rlaF", words]).arg(provider.dir()).output().unwrap();
    assert_eq!(found.status.code(), Some(1), "{}", String::from_utf8_lossy(&found.stdout));
}

fn answer(code: Option<i32>, stdout: &str, stderr: &[u8]) -> Answer {
    let stderr = String::from_utf8_lossy(stderr).into_owned();
    let lines = stdout
        .lines()
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {stdout}\n{stderr}"))
        })
        .collect();
    Answer { code: code.unwrap_or(-1), lines, stderr }
}
