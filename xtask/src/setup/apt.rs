//! The distribution's packages: the one list of them, and their installation on the systems that it was tried on.
//!
//! Mail servers are wanted as programs that the tests start on loopback. Installing them must not start one on this
//! machine, and must not replace one that it uses.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::command::{execute, is_root, on_path, output, say, succeeds};

/// Debian 12 and Ubuntu 24.04 have all of these under the same names.
const PACKAGES: &[&str] = &[
    // building: OpenSSL and SQLCipher from source, bindings, security keys, the window
    "build-essential",
    "clang",
    "libclang-dev",
    "libudev-dev",
    "perl",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    // driving the real window without a display
    "webkit2gtk-driver",
    "xvfb",
    "x11-utils",
    "imagemagick",
    "fonts-dejavu-core",
    // a desktop session's keyring
    "dbus",
    "iproute2",
    "gnome-keyring",
    // a changed date
    "faketime",
    // the provider, and peers to check against
    "dovecot-imapd",
    "dovecot-lmtpd",
    "postfix",
    "curl",
    "gnupg",
    "python3",
    "sq",
    "isync",
    "poppler-utils",
    // a clean system to try the package in
    "debootstrap",
];

/// Programs that are as good from elsewhere as from the package of the second name.
const PROGRAMS: &[(&str, &str)] = &[("node", "nodejs"), ("npm", "npm"), ("git", "git")];

/// Where Debian's packages ask whether they may start what they install.
const POLICY: &str = "/usr/sbin/policy-rc.d";
const POLICY_TEXT: &str =
    "#!/bin/sh\n# wardmail set-up: what it installs is not started\nexit 101\n";

/// Installs what is missing; with everything there it only asks dpkg.
pub(super) fn install(replace_mail_server: bool) -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let system = system();
    if !matches!(system.as_str(), "debian 12" | "ubuntu 24.04") {
        bail!(
            "this set-up knows Debian 12 and Ubuntu 24.04, and this is {system}. Install what these packages hold there, \
             and set WARDMAIL_SKIP_APT=1: {}",
            missing.join(" ")
        );
    }
    if missing.contains(&"postfix") && !replace_mail_server {
        refuse_to_replace_a_mail_server()?;
    }
    say(&format!("installing {} packages: {}", missing.len(), missing.join(" ")));
    let silent = Silence::begin()?;
    let installed = install_packages(&missing);
    silent.end()?;
    installed?;
    keep_from_starting(&missing);
    Ok(())
}

fn missing() -> Vec<&'static str> {
    if std::env::var_os("WARDMAIL_SKIP_APT").is_some() {
        return Vec::new();
    }
    // dpkg-query fails if it knows one of them not at all, and still lists the others.
    let listed = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(PACKAGES)
        .stderr(Stdio::null())
        .output()
        .map(|done| String::from_utf8_lossy(&done.stdout).into_owned())
        .unwrap_or_default();
    let installed = |name: &str| listed.lines().any(|line| line == format!("{name} installed"));
    let packages = PACKAGES.iter().copied().filter(|name| !installed(name));
    let programs =
        PROGRAMS.iter().filter(|(program, _)| !on_path(program)).map(|(_, package)| *package);
    packages.chain(programs).collect()
}

/// The system's name and version, such as `debian 12`.
fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let value = |key: &str| {
        release
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .map_or_else(|| "unknown".to_owned(), |value| value.trim_matches('"').to_owned())
    };
    format!("{} {}", value("ID="), value("VERSION_ID="))
}

fn refuse_to_replace_a_mail_server() -> Result<()> {
    let listed = output(Command::new("dpkg-query").args([
        "-W",
        "-f",
        "${db:Status-Status}\t${Package}\t${Provides}\n",
    ]))?;
    let other = listed.lines().find_map(|line| {
        let mut fields = line.split('\t');
        let (status, package, provides) = (fields.next()?, fields.next()?, fields.next()?);
        (status == "installed" && provides.contains("mail-transport-agent"))
            .then(|| package.to_owned())
    });
    let Some(other) = other else { return Ok(()) };
    if !io::stdin().is_terminal() {
        bail!(
            "this machine's mail server is {other}, and installing Postfix would remove it. If that is what you want, \
             run `cargo xtask setup --replace-mail-server`"
        );
    }
    print!(
        "This machine's mail server is {other}; installing Postfix would remove it. Go on? [y/N] "
    );
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !answer.trim().eq_ignore_ascii_case("y") {
        bail!("nothing was installed");
    }
    Ok(())
}

fn install_packages(names: &[&str]) -> Result<()> {
    // "No configuration": Postfix then has no main.cf of its own, and nothing to start.
    let mut preseed = privileged("debconf-set-selections")?.stdin(Stdio::piped()).spawn()?;
    preseed
        .stdin
        .take()
        .context("debconf-set-selections takes no input")?
        .write_all(b"postfix postfix/main_mailer_type select No configuration\n")?;
    if !preseed.wait()?.success() {
        bail!("debconf-set-selections failed");
    }
    execute(privileged("apt-get")?.args(["update", "-qq"]))?;
    execute(
        privileged("apt-get")?
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(names),
    )
}

/// Services of packages that are new on this machine stay off after the next boot too.
fn keep_from_starting(new: &[&str]) {
    let units: &[(&str, &str)] = &[
        ("postfix", "postfix.service"),
        ("dovecot-imapd", "dovecot.service"),
        ("dovecot-imapd", "dovecot.socket"),
    ];
    for (_, unit) in units.iter().filter(|(package, _)| new.contains(package)) {
        // Without systemd there is nothing that would start them.
        if let Ok(mut systemctl) = privileged("systemctl") {
            succeeds(systemctl.args(["disable", unit]));
        }
    }
}

/// A program as root: at once, or through `sudo` if that asks for no password.
fn privileged(program: &str) -> Result<Command> {
    if is_root() {
        let mut command = Command::new(program);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        return Ok(command);
    }
    if !succeeds(Command::new("sudo").args(["-n", "true"])) {
        bail!("installing packages needs root: run this once as root, or after `sudo -v`");
    }
    let mut command = Command::new("sudo");
    command.args(["-n", "DEBIAN_FRONTEND=noninteractive", program]);
    Ok(command)
}

/// While this lasts, no package starts what it installs: a `policy-rc.d` of ours, unless the machine has its own.
struct Silence {
    ours: bool,
}

impl Silence {
    fn begin() -> Result<Self> {
        // One that an interrupted set-up left is ours as well.
        let ours = fs::read_to_string(POLICY).map_or(true, |text| text == POLICY_TEXT);
        if ours && !Path::new(POLICY).exists() {
            let mut tee = privileged("tee")?
                .arg(POLICY)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()?;
            tee.stdin.take().context("tee takes no input")?.write_all(POLICY_TEXT.as_bytes())?;
            tee.wait()?;
            execute(privileged("chmod")?.args(["755", POLICY]))?;
        }
        Ok(Self { ours })
    }

    fn end(self) -> Result<()> {
        if self.ours { execute(privileged("rm")?.args(["-f", POLICY])) } else { Ok(()) }
    }
}
