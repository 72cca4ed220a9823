//! Another program of the same user: it tries to get at a program's memory, while that runs and after it has crashed.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::process::{as_nobody, output, unprivileged};
use crate::wait::{until, until_true};

/// Tries what a debugger does, and what reads memory and environment without one. Each way that it got in is a word.
const TRY: &str = r#"
import ctypes, os, sys
pid = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
PTRACE_ATTACH, PTRACE_DETACH, WALL = 16, 17, 0x40000000
ways = []
if libc.ptrace(PTRACE_ATTACH, pid, None, None) == 0:
    os.waitpid(pid, WALL)
    libc.ptrace(PTRACE_DETACH, pid, None, None)
    ways.append("ptrace")
for name in ["mem", "environ", "maps"]:
    try:
        os.close(os.open(f"/proc/{pid}/{name}", os.O_RDONLY))
        ways.append(name)
    except PermissionError:
        pass
print(" ".join(ways))
"#;

/// How long a program may take to get anywhere, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// The ways in which the user who may nothing gets at a process of theirs; none of them may be there.
///
/// # Errors
/// If nothing can be tried.
pub fn ways_into(pid: u32) -> Result<Vec<String>> {
    let mut python = unprivileged("/usr/bin/python3");
    python.args(["-c", TRY]).arg(pid.to_string());
    let said = String::from_utf8(output(&mut python)?)?;
    Ok(said.split_whitespace().map(str::to_owned).collect())
}

/// Starts a program as the user who may nothing, with no limit on cores, lets it crash once `ready`, and says whether a
/// core was made.
///
/// # Errors
/// If it can't be started, or ends by itself.
pub fn leaves_a_core(
    program: &Path,
    arguments: &[&str],
    room: &Path,
    mut ready: impl FnMut(u32) -> bool,
) -> Result<bool> {
    let mut command = Command::new("/usr/bin/prlimit");
    command.args(["--core=unlimited:unlimited", "/usr/bin/setpriv"]).args(as_nobody()).arg(program);
    command.args(arguments).current_dir(room).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().context("prlimit can't be started")?;
    let pid = child.id();
    let id = Pid::from_raw(i32::try_from(pid)?).context("no process has that number")?;
    let became = until_true("the program to be ready", PATIENCE, || Ok(ready(pid)));
    if became.is_err() {
        child.kill()?;
        child.wait()?;
        became?;
    }
    // Rust's own handler looks at the first one, finds no overflow of the stack, and steps aside.
    let status = until("the program to crash", PATIENCE, || {
        kill_process(id, Signal::SEGV)?;
        Ok(child.try_wait()?)
    })?;
    if status.signal() != Some(Signal::SEGV.as_raw()) {
        bail!("it did not crash: {status}");
    }
    Ok(status.core_dumped())
}

/// What the kernel allows a process of that limit: its line in `/proc/PID/limits`, in single words.
///
/// # Errors
/// If the process is gone.
pub fn limit(pid: u32, name: &str) -> Result<String> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits"))?;
    let line = limits.lines().find_map(|line| line.strip_prefix(name)).context("no such limit")?;
    Ok(line.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A number of `/proc/PID/status`, such as the kilobytes that are kept from swap.
///
/// # Errors
/// If the process is gone.
pub fn status(pid: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
    let number = line.trim_start_matches(':').split_whitespace().next();
    number.and_then(|number| number.parse().ok()).context("no number")
}
