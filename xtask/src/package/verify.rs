//! Tries the package where nothing of ours is: a freshly debootstrapped system, a user who may nothing, a bare display.
//!
//! Needs root, for the chroot. Everything happens in mount and process namespaces of its own, which end with us.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command::{execute, is_root, output, say};
use crate::paths::Paths;

use super::{PAPERS, PAPERS_DIR};

/// How long the window may take to be there.
const WINDOW: Duration = Duration::from_secs(90);

/// How long a refusal may take.
const REFUSAL: Duration = Duration::from_secs(30);

/// Any of these would let a stranger's WebDriver read the mailbox.
const AUTOMATION: &[&str] = &[
    "TAURI_WEBVIEW_AUTOMATION",
    "TAURI_AUTOMATION",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
];

/// Installs the package in a clean system and starts the program there.
pub(super) fn run(paths: &Paths, package: &Path) -> Result<()> {
    if !is_root() {
        bail!("a clean system needs chroot: run `cargo xtask package --verify` as root");
    }
    let base = base_system(paths)?;
    // What the package depends on is fetched once per user.
    let fetched = paths.cache.join("apt");
    fs::create_dir_all(fetched.join("partial"))?;
    let room = tempfile::tempdir_in(&paths.cache)?;
    fs::set_permissions(room.path(), fs::Permissions::from_mode(0o755))?;
    let system = &System { root: room.path().to_path_buf(), fetched };
    say("unpacking a clean system and installing the package in it");
    execute(Command::new("tar").arg("-xf").arg(&base).arg("-C").arg(&system.root))?;
    fs::copy(package, system.root.join("wardmail.deb"))?;
    fs::copy("/etc/resolv.conf", system.root.join("etc/resolv.conf"))?;
    fs::write(system.root.join("usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n")?;
    inside(
        system,
        "chmod 755 /usr/sbin/policy-rc.d && apt-get update -qq && apt-get install -y -qq --no-install-recommends /wardmail.deb",
    )?;
    has_its_papers(paths, system)?;
    inside(system, "useradd --create-home --shell /bin/sh clinician && wardctl --version")?;
    let (mut server, display) = bare_display()?;
    let seen =
        shows_its_window(system, &display).and_then(|()| refuses_automation(system, &display));
    server.kill()?;
    server.wait()?;
    seen
}

/// The licences, and the notice of the works whose data is compiled in, are installed as they are here.
fn has_its_papers(paths: &Paths, system: &System) -> Result<()> {
    let dir = system.root.join(PAPERS_DIR.trim_start_matches('/'));
    for (name, source) in PAPERS {
        let installed = fs::read(dir.join(name))
            .with_context(|| format!("the package doesn't install {PAPERS_DIR}/{name}"))?;
        if installed != fs::read(paths.root.join(source))? {
            bail!("{PAPERS_DIR}/{name} is not {source}");
        }
    }
    say("its licences and notices are there");
    Ok(())
}

/// A clean system as an archive, made once per user and release.
fn base_system(paths: &Paths) -> Result<PathBuf> {
    let release = fs::read_to_string("/etc/os-release")?;
    let suite = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .context("this system doesn't say which release it is")?;
    let archive = paths.cache.join(format!("clean-{suite}.tar"));
    if archive.exists() {
        return Ok(archive);
    }
    say("making a clean system (once)");
    let room = tempfile::tempdir_in(&paths.cache)?;
    execute(Command::new("debootstrap").args(["--variant=minbase", suite]).arg(room.path()))?;
    let unfinished = archive.with_extension("tar.new");
    execute(
        Command::new("tar")
            .arg("-cf")
            .arg(&unfinished)
            .arg("-C")
            .arg(room.path())
            .args(["--one-file-system", "."]),
    )?;
    fs::rename(&unfinished, &archive)?;
    Ok(archive)
}

/// A clean system to try the package in.
struct System {
    root: PathBuf,
    /// Where its packages are kept between runs.
    fetched: PathBuf,
}

/// A shell script as root in the system, with its own /proc and with our display's socket. The first process of its
/// namespace stays root, or the namespace would outlive us: whoever drops privileges also drops the death signal.
fn in_namespace(system: &System, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-eu", "-c"]);
    command.arg(
        "mount -t proc proc \"$1/proc\"; mount --rbind /dev \"$1/dev\"; mount -t tmpfs tmpfs \"$1/tmp\"; \
         mount --bind \"$2\" \"$1/var/cache/apt/archives\"; mkdir -p \"$1/tmp/.X11-unix\"; \
         if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix \"$1/tmp/.X11-unix\"; fi; \
         chroot \"$1\" sh -eu -c \"$3\" || exit $?",
    );
    command
        .arg("sh")
        .arg(&system.root)
        .arg(&system.fetched)
        .arg(script)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn inside(system: &System, script: &str) -> Result<()> {
    execute(&mut in_namespace(system, script))
}

/// The program as the unprivileged user, with no variable but those given.
fn as_clinician(variables: &str) -> String {
    format!(
        "mkdir -p /tmp/run && chown clinician /tmp/run && chmod 700 /tmp/run && cd /home/clinician && \
         exec setpriv --reuid clinician --regid clinician --init-groups env -i HOME=/home/clinician \
         PATH=/usr/bin:/bin XDG_RUNTIME_DIR=/tmp/run WEBKIT_DISABLE_COMPOSITING_MODE=1 \
         WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1 {variables} wardmail"
    )
}

fn refuses_automation(system: &System, display: &str) -> Result<()> {
    for variable in AUTOMATION {
        let script = as_clinician(&format!("DISPLAY={display} {variable}=true"));
        let said = tempfile::NamedTempFile::new()?;
        let mut program =
            in_namespace(system, &script).stdin(Stdio::null()).stderr(said.reopen()?).spawn()?;
        let status = ends_by_itself(&mut program)?;
        let said = fs::read_to_string(said.path())?;
        // It has to be this refusal: a program that fails for another reason would start elsewhere.
        let Some(sentence) = said.lines().find(|line| line.contains(variable)) else {
            bail!(
                "with {variable} set the packaged program must say that it refuses to start; it said: {said}"
            );
        };
        if status.is_none_or(|status| status.success()) {
            bail!("with {variable} set the packaged program must not start");
        }
        say(&format!("it refuses to start: {sentence}"));
    }
    Ok(())
}

/// Waits for a program's own end; one that goes on is ended, and has no status.
fn ends_by_itself(program: &mut Child) -> Result<Option<ExitStatus>> {
    let deadline = Instant::now() + REFUSAL;
    while Instant::now() < deadline {
        if let Some(status) = program.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(50));
    }
    program.kill()?;
    program.wait()?;
    Ok(None)
}

fn shows_its_window(system: &System, display: &str) -> Result<()> {
    let mut program = in_namespace(system, &as_clinician(&format!("DISPLAY={display}"))).spawn()?;
    let seen = wait_for_window(display, &mut program);
    program.kill()?;
    program.wait()?;
    say(&format!("its window is there: {}", seen?));
    Ok(())
}

/// An X server on a display number that it finds itself.
fn bare_display() -> Result<(Child, String)> {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("Xvfb could not be started")?;
    let mut number = String::new();
    BufReader::new(server.stdout.take().context("Xvfb has no output")?).read_line(&mut number)?;
    Ok((server, format!(":{}", number.trim())))
}

fn wait_for_window(display: &str, program: &mut Child) -> Result<String> {
    let deadline = Instant::now() + WINDOW;
    while Instant::now() < deadline {
        if let Some(status) = program.try_wait()? {
            bail!("the packaged program ended with {status} before it showed a window");
        }
        let tree = output(Command::new("xwininfo").args(["-root", "-tree", "-display", display]))?;
        if let Some(line) =
            tree.lines().find(|line| line.contains("\"Wardmail") && !line.contains(" 10x10+"))
        {
            return Ok(line.trim().to_owned());
        }
        thread::sleep(Duration::from_millis(200));
    }
    bail!("the packaged program showed no window within {} s", WINDOW.as_secs())
}
