//! A desktop session of its own: D-Bus, keyring, display, home. All of it belongs to the user who may nothing.
//!
//! The bus starts nothing by itself: what a test hasn't asked for isn't there.

mod login;
mod selection;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::process::{
    Running, contained_unprivileged, contained_with_library, give_to_nobody, need_root, output,
    unprivileged,
};
use crate::run_dir::RunDir;
use crate::wait::until_true;

pub use login::{Delay, MockLogin};
pub use selection::Copier;

/// How long a part of the session may take to be there.
const START: Duration = Duration::from_secs(20);

/// What the login keyring is locked with.
const KEYRING_PASSWORD: &[u8] = b"keyring-4711\n";

/// The Secret Service that the session has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keyring {
    /// gnome-keyring with its login keyring open, as after a login.
    #[default]
    Unlocked,
    /// gnome-keyring with its login keyring locked, and nobody there to answer its question.
    Locked,
    /// None on the bus.
    Missing,
}

/// The session; it ends when it is dropped.
#[derive(Debug)]
pub struct DesktopSession {
    keyring: Option<Running>,
    bus: Running,
    display: Option<Running>,
    variables: Vec<(String, String)>,
    /// What programs that are started from now on load before their own libraries.
    library: Option<String>,
    /// `$XDG_RUNTIME_DIR`, in memory as on a real desktop.
    runtime: RunDir,
    dir: RunDir,
}

impl DesktopSession {
    /// Starts a session with an open keyring.
    ///
    /// # Errors
    /// If a part of it can't be started.
    pub fn start() -> Result<Self> {
        Self::with(Keyring::Unlocked)
    }

    /// Starts a session with that keyring.
    ///
    /// # Errors
    /// As [`DesktopSession::start`].
    pub fn with(keyring: Keyring) -> Result<Self> {
        need_root()?;
        let dir = RunDir::new()?;
        let runtime = RunDir::in_memory()?;
        let mut variables = lay_out(&dir, &runtime)?;
        let (display, name) = start_display(&dir)?;
        variables.push(("DISPLAY".to_owned(), name));
        let bus = start_bus(&dir, &variables)?;
        let mut session = Self {
            keyring: None,
            bus,
            display: Some(display),
            variables,
            library: None,
            runtime,
            dir,
        };
        if keyring != Keyring::Missing {
            session.unlock_keyring()?;
        }
        if keyring == Keyring::Locked {
            session.lock_keyring()?;
        }
        Ok(session)
    }

    /// The user's home, which holds everything that the program keeps.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// `$XDG_RUNTIME_DIR`.
    pub fn runtime(&self) -> PathBuf {
        self.runtime.path().join("user")
    }

    /// A directory of the user's that isn't the home, such as for a policy or an export.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn make_dir(&self, name: &str) -> Result<PathBuf> {
        let path = self.dir.make(name, 0o700)?;
        give_to_nobody(&path)?;
        Ok(path)
    }

    /// A file that the user may read and not write, such as a policy.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write_readonly(&self, name: &str, content: &[u8]) -> Result<PathBuf> {
        let path = self.dir.path().join(name);
        fs::write(&path, content)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
        Ok(path)
    }

    /// Installs a managed policy, for programs that are started from now on: root's file, where the program looks for it.
    /// It lies in `/etc` of the session's programs and of nobody else.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn install_policy(&self, policy: &serde_json::Value) -> Result<()> {
        self.install_policy_text(&serde_json::to_string_pretty(policy)?)
    }

    /// As [`DesktopSession::install_policy`], with any text, such as one that is no policy.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn install_policy_text(&self, text: &str) -> Result<()> {
        for name in ["etc", "etc/wardmail", "etc/wardmail/policies"] {
            self.dir.make(name, 0o755)?;
        }
        self.write_readonly("etc/wardmail/policies/policy.json", text.as_bytes()).map(drop)
    }

    /// Puts an authority among those that the session's system trusts, in place of all others: without a policy only they
    /// count.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn trust_as_the_system(&self, pem: &str) -> Result<()> {
        for name in ["etc", "etc/ssl", "etc/ssl/certs"] {
            self.dir.make(name, 0o755)?;
        }
        self.write_readonly("etc/ssl/certs/ca-certificates.crt", pem.as_bytes()).map(drop)
    }

    /// Takes the installed policy away, for programs that are started from now on.
    ///
    /// # Errors
    /// If it can't be removed.
    pub fn remove_policy(&self) -> Result<()> {
        match self.etc() {
            Some(etc) => Ok(fs::remove_dir_all(etc)?),
            None => Ok(()),
        }
    }

    fn etc(&self) -> Option<PathBuf> {
        Some(self.dir.path().join("etc")).filter(|etc| etc.is_dir())
    }

    /// A file that the user alone may read, such as the key to a display.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write_private(&self, name: &str, content: &[u8]) -> Result<PathBuf> {
        let path = self.dir.path().join(name);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(content)?;
        give_to_nobody(&path)?;
        Ok(path)
    }

    /// What every program in the session finds in its environment.
    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// A program as the session's user, on the session's bus and display. It ends with us.
    ///
    /// # Errors
    /// If the program can't be made reachable for that user.
    pub fn command(&self, program: &Path) -> Result<Command> {
        let (etc, program) = (self.etc(), self.reachable(program)?);
        let mut command = match &self.library {
            Some(library) => {
                contained_with_library(etc.as_deref(), library, &self.runtime(), program)
            }
            None => contained_unprivileged(etc.as_deref(), program),
        };
        command
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home());
        Ok(command)
    }

    /// Has programs that are started from now on load a library before their own ones, such as one that tells them another
    /// date.
    pub fn preload(&mut self, library: &str) {
        self.library = Some(library.to_owned());
    }

    /// A path under which the session's user can start a program. Where developers build, others often can't go.
    ///
    /// # Errors
    /// If there is no such program.
    pub fn reachable(&self, program: &Path) -> Result<PathBuf> {
        if program.components().count() == 1 || program.starts_with("/usr") {
            return Ok(program.to_path_buf());
        }
        let name = program.file_name().context("a program without a name")?;
        let here = self.dir.make("bin", 0o755)?.join(name);
        if !here.exists() {
            // A second name for the same file costs nothing; across file systems it takes a copy.
            fs::hard_link(program, &here)
                .or_else(|_| fs::copy(program, &here).map(drop))
                .with_context(|| {
                    format!("{} can't be brought to the session's user", program.display())
                })?;
        }
        Ok(here)
    }

    /// Locks the login keyring, as the desktop does when its user asks for it.
    ///
    /// # Errors
    /// If the keyring refuses.
    pub fn lock_keyring(&self) -> Result<()> {
        self.call(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &["array:objpath:/org/freedesktop/secrets/collection/login"],
        )
        .map(drop)
    }

    /// Takes the keyring off the bus, as if its daemon had died. What it stored stays.
    pub fn stop_keyring(&mut self) {
        self.keyring = None;
    }

    /// Puts the keyring on the bus with its login keyring open, as a login does.
    ///
    /// # Errors
    /// If it doesn't come.
    pub fn unlock_keyring(&mut self) -> Result<()> {
        self.stop_keyring();
        let mut command = self.command(Path::new("gnome-keyring-daemon"))?;
        command.args(["--foreground", "--components=secrets", "--unlock"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(self.log("keyring")?);
        let mut keyring = Running::start("gnome-keyring", command)?;
        keyring
            .child()
            .stdin
            .take()
            .context("the keyring takes no password")?
            .write_all(KEYRING_PASSWORD)?;
        until_true("the keyring on the bus", START, || {
            keyring.still_runs()?;
            self.is_on_the_bus("org.freedesktop.secrets")
        })?;
        self.keyring = Some(keyring);
        Ok(())
    }

    /// Saves what the display shows, as PNG.
    ///
    /// # Errors
    /// If there is no display, or nowhere to save it.
    pub fn picture(&self, file: &Path) -> Result<()> {
        picture(self.display()?, file)
    }

    /// The display's name.
    pub(crate) fn display(&self) -> Result<&str> {
        let display = self.variables.iter().find(|(name, _)| name == "DISPLAY");
        Ok(display.context("no display")?.1.as_str())
    }

    /// Takes the display away; what shows windows there ends.
    pub fn stop_display(&mut self) {
        self.display = None;
    }

    /// Whether somebody owns that name on the session's bus.
    ///
    /// # Errors
    /// If the bus can't be asked.
    pub fn is_on_the_bus(&self, name: &str) -> Result<bool> {
        let bus = "org.freedesktop.DBus";
        let answer =
            self.call(bus, "/", "org.freedesktop.DBus.NameHasOwner", &[&format!("string:{name}")])?;
        Ok(answer.contains("boolean true"))
    }

    /// A file for what a program of the session writes to its standard error.
    pub(crate) fn log(&self, name: &str) -> Result<fs::File> {
        let dir = self.dir.make("log", 0o755)?;
        Ok(fs::File::options().create(true).append(true).open(dir.join(format!("{name}.log")))?)
    }

    /// Where those files are.
    pub(crate) fn log_dir(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn call(&self, to: &str, object: &str, method: &str, arguments: &[&str]) -> Result<String> {
        let mut command = unprivileged("dbus-send");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
            .args(["--session", "--print-reply", &format!("--dest={to}"), object, method])
            .args(arguments);
        Ok(String::from_utf8(output(&mut command)?)?)
    }

    /// Fails if a part of the session has died.
    ///
    /// # Errors
    /// Says which.
    pub fn still_runs(&mut self) -> Result<()> {
        self.bus.still_runs()?;
        self.display.iter_mut().chain(&mut self.keyring).try_for_each(Running::still_runs)
    }
}

/// Makes the user's directories, and says in variables where they are.
fn lay_out(dir: &RunDir, runtime: &RunDir) -> Result<Vec<(String, String)>> {
    let user = runtime.make("user", 0o700)?;
    give_to_nobody(&user)?;
    let mut variables = vec![
        ("XDG_RUNTIME_DIR".to_owned(), text(&user)?),
        ("DBUS_SESSION_BUS_ADDRESS".to_owned(), format!("unix:path={}/bus", user.display())),
    ];
    for (variable, name) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "home/.config"),
        ("XDG_DATA_HOME", "home/.local"),
        ("XDG_CACHE_HOME", "home/.cache"),
        ("XDG_STATE_HOME", "home/.state"),
        ("TMPDIR", "home/tmp"),
    ] {
        let path = dir.make(name, 0o700)?;
        give_to_nobody(&path)?;
        variables.push((variable.to_owned(), text(&path)?));
    }
    let fixed = [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("USER", "nobody"),
        ("LANG", "C.UTF-8"),
        ("TZ", "America/New_York"),
        // No accelerated drawing on a display that has none.
        ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
        ("LIBGL_ALWAYS_SOFTWARE", "1"),
        ("GDK_BACKEND", "x11"),
        ("NO_AT_BRIDGE", "1"),
        ("GTK_USE_PORTAL", "0"),
        ("GSETTINGS_BACKEND", "memory"),
    ];
    variables.extend(fixed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(variables)
}

fn start_display(dir: &RunDir) -> Result<(Running, String)> {
    // Made by whoever is first on this machine; it has to be everybody's.
    crate::run_dir::make_dir(Path::new("/tmp/.X11-unix"), 0o1777)?;
    let mut command = contained_unprivileged(None, "Xvfb");
    command.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]);
    command
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut display = Running::start("Xvfb", command)?;
    let number = first_line(&mut display).context("Xvfb found no display")?;
    // Its lock names a pid of its own namespace; nobody else could tell that it is stale.
    dir.also_remove(&PathBuf::from(format!("/tmp/.X{number}-lock")))?;
    dir.also_remove(&PathBuf::from(format!("/tmp/.X11-unix/X{number}")))?;
    Ok((display, format!(":{number}")))
}

fn start_bus(dir: &RunDir, variables: &[(String, String)]) -> Result<Running> {
    let address = variables
        .iter()
        .find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS")
        .map(|(_, address)| address)
        .context("no address for the bus")?;
    let config = dir.path().join("bus.conf");
    fs::write(&config, include_str!("session/bus.conf").replace("@ADDRESS@", address))?;
    let mut command = contained_unprivileged(None, "dbus-daemon");
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.arg("--config-file").arg(&config).args(["--nofork", "--nopidfile", "--print-address"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut bus = Running::start("dbus-daemon", command)?;
    first_line(&mut bus).context("the bus didn't start")?;
    Ok(bus)
}

/// What a program says once it is ready.
fn first_line(program: &mut Running) -> Result<String> {
    let stdout = program.child().stdout.take().context("no standard output")?;
    let mut line = String::new();
    let mut reader = BufReader::new(stdout);
    reader.read_line(&mut line)?;
    anyhow::ensure!(!line.trim().is_empty(), "it ended without a word");
    Ok(line.trim().to_owned())
}

/// Saves what a display shows, as PNG.
pub(crate) fn picture(display: &str, file: &Path) -> Result<()> {
    output(Command::new("import").args(["-display", display, "-window", "root"]).arg(file))
        .map(drop)
}

fn text(path: &Path) -> Result<String> {
    Ok(path.to_str().context("a path that is not text")?.to_owned())
}
