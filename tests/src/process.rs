//! Starting programs so that they can't outlive us, and as whom they run.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;

use anyhow::{Context as _, Result, bail};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

/// `nobody` and `nogroup`: who may nothing, on every Debian.
pub(crate) const NOBODY: u32 = 65_534;

/// A program in a PID namespace of its own: when it ends, or we do, everything it has started ends with it. The kernel sees to that, so it holds for daemons that have detached themselves and after `kill -9`.
pub(crate) fn contained(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args([
        "--pdeathsig",
        "KILL",
        "--",
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child=KILL",
    ]);
    // The shell is the namespace's first process and stays root: whoever drops privileges also drops the death signal.
    command.args(["--mount-proc", "--", "sh", "-c", "\"$@\"; exit $?", "sh"]).arg(program);
    command
}

/// As [`contained`], with files of ours laid over those in `/etc`, for this program alone.
pub(crate) fn contained_over(etc: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = contained("sh");
    command.args([
        "-ec",
        "mount -t overlay overlay -o \"lowerdir=$1:/etc\" /etc; shift; exec \"$@\"",
        "sh",
    ]);
    command.arg(etc).arg(program);
    command
}

/// A program as the user who may nothing, with no variable of ours.
pub fn unprivileged(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(as_nobody()).arg(program).env_clear();
    command
}

/// As [`unprivileged`], and [`contained`], or [`contained_over`] where files lie in `etc`.
pub(crate) fn contained_unprivileged(etc: Option<&Path>, program: impl AsRef<OsStr>) -> Command {
    let mut command =
        etc.map_or_else(|| contained("setpriv"), |etc| contained_over(etc, "setpriv"));
    command.args(as_nobody()).arg(program).env_clear();
    command
}

/// As [`contained_unprivileged`], with a library that is loaded before the program's own ones; and with a shared memory that
/// nobody else sees but for the directory `kept`, because such a library leaves there what it likes.
pub(crate) fn contained_with_library(
    etc: Option<&Path>,
    library: &str,
    kept: &Path,
    program: impl AsRef<OsStr>,
) -> Command {
    const ROOM: &str = "mount --bind \"$1\" /mnt; mount -t tmpfs -o mode=1777 tmpfs /dev/shm; \
                        mkdir -p \"$1\"; mount --move /mnt \"$1\"; shift; exec \"$@\"";
    let mut command = etc.map_or_else(|| contained("sh"), |etc| contained_over(etc, "sh"));
    command.args(["-ec", ROOM, "sh"]).arg(kept).arg("setpriv").args(as_nobody());
    command.args(["env", &format!("LD_PRELOAD={library}")]).arg(program).env_clear();
    command
}

/// Gives a file or directory to the user who may nothing.
///
/// # Errors
/// If it can't be given away.
pub fn give_to_nobody(path: &Path) -> Result<()> {
    chown(path, Some(NOBODY), Some(NOBODY))
        .with_context(|| format!("{} can't be given away", path.display()))
}

/// Fails with what to do, unless we are root.
pub(crate) fn need_root() -> Result<()> {
    if own_uid() != 0 {
        bail!(
            "the harness starts mail servers and drops privileges: run the tests as root (`sudo -E cargo xtask test`)"
        );
    }
    Ok(())
}

pub(crate) fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

pub(crate) fn as_nobody() -> [String; 6] {
    let id = NOBODY.to_string();
    [
        "--reuid".to_owned(),
        id.clone(),
        "--regid".to_owned(),
        id,
        "--clear-groups".to_owned(),
        "--".to_owned(),
    ]
}

/// A contained program that is running; it ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// Starts it.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(name: &str, command: Command) -> Result<Self> {
        let child = spawn(command).with_context(|| format!("{name} can't be started"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Its standard streams, where they were asked for.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Fails if it has ended.
    ///
    /// # Errors
    /// Says with what status it ended.
    pub fn still_runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}", self.name),
        }
    }

    /// Waits for its own end.
    ///
    /// # Errors
    /// If the operating system can't say.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// The pids, as seen from outside, of everything that it has started.
    ///
    /// # Errors
    /// If `/proc` can't be read.
    pub fn descendants(&self) -> Result<Vec<u32>> {
        let mut parents = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok())
            else {
                continue;
            };
            // It may end while we look.
            let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
            // The name before may hold anything; after its last parenthesis come the state and the parent.
            let parent = stat
                .rsplit(')')
                .next()
                .and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
            parents.extend(parent.map(|parent: u32| (pid, parent)));
        }
        let mut found = vec![self.child.id()];
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
            next += 1;
        }
        Ok(found.split_off(1))
    }

    /// Ends it, and returns when nothing of it is left.
    fn end(&mut self) -> io::Result<()> {
        end_contained(&mut self.child).map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            crate::report::note(&format!("{} can't be ended: {error}", self.name));
        }
    }
}

/// Kills a contained program with everything that it has started, and returns when nothing of it is left.
///
/// # Errors
/// If the operating system doesn't do it.
pub fn end_contained(child: &mut Child) -> io::Result<ExitStatus> {
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    // The namespace's first process, and not `unshare` before it: the kernel reports its end only after the end of
    // everything else in there.
    match first_inside(child.id()).map(|pid| rustix::process::kill_process(pid, Signal::KILL)) {
        // It may end by itself at this moment.
        Some(Ok(()) | Err(Errno::SRCH)) => {}
        Some(Err(error)) => return Err(error.into()),
        None => child.kill()?,
    }
    child.wait()
}

fn first_inside(outer: u32) -> Option<Pid> {
    let children = fs::read_to_string(format!("/proc/{outer}/task/{outer}/children")).ok()?;
    Pid::from_raw(children.split_whitespace().next()?.parse().ok()?)
}

/// Runs a program to its end and gives its standard output.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} can't be started", name_of(command)))?;
    if !done.status.success() {
        bail!(
            "{} ended with {}: {}",
            name_of(command),
            done.status,
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    Ok(done.stdout)
}

/// Runs a program to its end with this input, and gives its standard output.
pub(crate) fn filter(command: &mut Command, input: &[u8]) -> Result<Vec<u8>> {
    let done = converse(command, input)?;
    if !done.status.success() {
        bail!(
            "{} ended with {}: {}",
            name_of(command),
            done.status,
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    Ok(done.stdout)
}

/// As [`filter`], where it is for the caller to say what a failure is.
pub(crate) fn converse(command: &mut Command, input: &[u8]) -> Result<Output> {
    use std::io::Write as _;
    let name = name_of(command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name} can't be started"))?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let input = input.to_vec();
    // Beside the reading, or both sides would wait once the pipes are full. A program may end before it has read all.
    let writer = thread::spawn(move || stdin.write_all(&input));
    let done = child.wait_with_output()?;
    drop(writer.join());
    Ok(done)
}

fn name_of(command: &Command) -> String {
    // What contains it is the same for all; the program is what the shell is given.
    let words = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy());
    let mut words = words.skip_while(|word| word != "sh");
    words.nth(4).unwrap_or_else(|| command.get_program().to_string_lossy()).into_owned()
}

type Job = (Command, mpsc::Sender<io::Result<Child>>);

/// Starts a program from a thread that lives as long as we do: the death signal comes when the *thread* that started a
/// program ends, and a test's threads come and go.
fn spawn(command: Command) -> io::Result<Child> {
    static STARTER: OnceLock<mpsc::Sender<Job>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (jobs, inbox) = mpsc::channel::<Job>();
        thread::spawn(move || {
            for (mut command, reply) in inbox {
                drop(reply.send(command.spawn()));
            }
        });
        jobs
    });
    let (reply, answer) = mpsc::channel();
    let gone = |_| io::Error::other("the thread that starts programs is gone");
    starter
        .send((command, reply))
        .map_err(|_| io::Error::other("the thread that starts programs is gone"))?;
    answer.recv().map_err(gone)?
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;

    /// A lock is free as soon as its holder's end is reported, however far from us the holder was.
    #[test]
    fn what_is_ended_holds_nothing_any_more() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for _ in 0..20 {
            let mut command = contained("setsid");
            command.args(["flock", "--exclusive"]).arg(file.path());
            command.args(["sh", "-c", "echo held; sleep 1000; true"]).stdout(Stdio::piped());
            let mut child = spawn(command).unwrap();
            let mut said = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
            assert_eq!(said, "held\n");
            assert!(file.as_file().try_lock().is_err(), "it is held");
            end_contained(&mut child).unwrap();
            file.as_file().try_lock().unwrap();
            file.as_file().unlock().unwrap();
        }
    }
}
