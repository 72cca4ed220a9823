//! The correspondents: Wardmail's own users, a GnuPG user and an `sq` user. Real programs, each in a home of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use tempfile::TempDir;
use wardmail_crypto::{Certificate, DEFAULT_EXPIRY, Expiry, Limits, Profile, SecretKey};

/// The time at which most tests run: the real one, because `gpg` and `sq` look at the clock. Whole seconds, as OpenPGP has them.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

/// When most keys were made: a minute ago, because programs refuse keys of the future.
fn lately() -> Timestamp {
    now().checked_sub(jiff::SignedDuration::from_secs(60)).unwrap()
}

/// Returns `gpg`'s argument that stops its clock at a time.
pub(crate) fn at(time: Timestamp) -> String {
    format!("{}!", time.strftime("%Y%m%dT%H%M%S"))
}

/// A time relative to [`now`].
pub(crate) fn days(days: i64) -> Timestamp {
    now().checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap()
}

/// Makes a Wardmail user with the default kind of key.
pub(crate) fn user(name: &str) -> SecretKey {
    user_at(name, Profile::Interoperable, DEFAULT_EXPIRY, lately())
}

/// Makes a Wardmail user with a version 6 key that doesn't end.
pub(crate) fn modern_user(name: &str) -> SecretKey {
    user_at(name, Profile::Modern, Expiry::Never, lately())
}

/// Makes a Wardmail user.
pub(crate) fn user_at(name: &str, profile: Profile, expiry: Expiry, now: Timestamp) -> SecretKey {
    SecretKey::generate(
        name,
        &format!("{}@clinic.example", name.to_lowercase()),
        profile,
        expiry,
        now,
    )
    .unwrap()
}

/// Imports a single certificate.
pub(crate) fn certificate(bytes: &[u8]) -> Certificate {
    let import = Certificate::import(bytes, &Limits::MAIL).unwrap();
    assert_eq!((import.certificates.len(), import.skipped), (1, 0));
    import.certificates.into_iter().next().unwrap()
}

/// Runs a program to its end.
fn run(mut command: Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{} is needed for this test: {error}", command.get_program().display())
        });
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // On a thread of its own: the program may write before it has read everything.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

/// A GnuPG user with a home of its own, ended when dropped.
pub(crate) struct Gpg {
    home: TempDir,
}

impl Gpg {
    /// Makes an empty home. Its path is short because the agent's socket lies in it.
    pub(crate) fn new() -> Self {
        let home = tempfile::Builder::new().prefix("wg").tempdir_in("/tmp").unwrap();
        // The default makes every use of a password take 65 MB of hashing; the tests aren't about that.
        std::fs::write(home.path().join("gpg-agent.conf"), "s2k-count 65536\n").unwrap();
        Self { home }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("--homedir").arg(self.home.path()).env_remove("GNUPGHOME").env("LC_ALL", "C");
        command
    }

    /// Runs gpg; returns whatever came of it.
    pub(crate) fn try_run(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = self.command("gpg");
        command.args([
            "--batch",
            "--yes",
            "--no-tty",
            "--pinentry-mode",
            "loopback",
            "--trust-model",
            "always",
        ]);
        command.args(["--status-fd", "2"]).args(arguments);
        run(command, input)
    }

    /// Runs gpg; returns its output and, with the status lines, its messages.
    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> (Vec<u8>, String) {
        let output = self.try_run(arguments, input);
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "gpg {arguments:?}: {messages}");
        (output.stdout, messages)
    }

    /// Makes a key of the kind that GnuPG makes by default: Ed25519 with Curve25519. More arguments come before the command.
    pub(crate) fn generate(&self, user_id: &str, more: &[&str]) -> String {
        self.generate_as(user_id, "ed25519", Some("cv25519"), more)
    }

    /// Makes a key; returns its fingerprint.
    pub(crate) fn generate_as(
        &self,
        user_id: &str,
        primary: &str,
        subkey: Option<&str>,
        more: &[&str],
    ) -> String {
        let lately = at(lately());
        let with = |rest: &[&'_ str]| -> Vec<String> {
            ["--faked-system-time", &lately, "--passphrase", ""]
                .iter()
                .chain(more)
                .chain(rest)
                .map(ToString::to_string)
                .collect()
        };
        let call = |arguments: Vec<String>| {
            self.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), b"").1
        };
        let status = call(with(&["--quick-generate-key", user_id, primary, "cert,sign", "1y"]));
        let created = status.lines().find(|line| line.contains("KEY_CREATED")).unwrap();
        let fingerprint = created.split(' ').next_back().unwrap().to_owned();
        if let Some(subkey) = subkey {
            call(with(&["--quick-add-key", &fingerprint, subkey, "encr", "1y"]));
        }
        fingerprint
    }

    /// Returns the certificate of `who` as gpg exports it.
    pub(crate) fn export(&self, who: &str) -> Vec<u8> {
        self.run(&["--export", who], b"").0
    }

    /// Returns the certificate of `who`.
    pub(crate) fn certificate(&self, who: &str) -> Certificate {
        certificate(&self.export(who))
    }

    /// Gives gpg somebody's certificate.
    pub(crate) fn import(&self, certificate: &Certificate) {
        self.run(&["--import"], &certificate.to_armored());
    }

    /// Returns the home.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        // Ends the agent of this home; nobody else's.
        let mut command = Command::new("gpgconf");
        command
            .arg("--homedir")
            .arg(self.home.path())
            .args(["--kill", "all"])
            .env_remove("GNUPGHOME");
        drop(run(command, b""));
    }
}

/// A user of `sq`, which keeps no state: keys are files.
pub(crate) struct Sq {
    folder: TempDir,
}

impl Sq {
    /// Makes a user with a key.
    pub(crate) fn new(user_id: &str) -> Self {
        let sq = Self { folder: tempfile::tempdir().unwrap() };
        let key = sq.path("key.pgp");
        sq.run(&["key", "generate", "--userid", user_id, "--export", key.to_str().unwrap()], b"");
        sq
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file for `sq`; returns its path.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> String {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Returns the path of the user's key.
    pub(crate) fn key(&self) -> String {
        self.path("key.pgp").to_str().unwrap().to_owned()
    }

    /// Returns the user's certificate.
    pub(crate) fn certificate(&self) -> Certificate {
        certificate(&self.run(&["key", "extract-cert", &self.key()], b"").0)
    }

    /// Runs sq; returns its output and its messages.
    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> (Vec<u8>, String) {
        let mut command = Command::new("sq");
        command.current_dir(self.folder.path()).args(arguments);
        let output = run(command, input);
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "sq {arguments:?}: {messages}");
        (output.stdout, messages)
    }
}
