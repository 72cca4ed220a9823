//! Starting anew at lock: the program is executed again in its own place.
//!
//! What passed through the window (an answer's text, a typed passphrase) lies in buffers of WebKit and of the C
//! library that nobody can wipe. Executing the program again gives back all of that memory to the kernel, which
//! clears it before anybody gets it. The process keeps its number, so that a desktop sees the same program.

use std::{
    fs, io,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, Runtime};
use wardmail_engine::LastLock;

/// The argument before what the program told itself.
const ARGUMENT: &str = "--after-lock";

/// What the program tells itself across a lock: nothing of the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AfterLock {
    /// Why it was locked, and how much waits.
    pub(crate) last: LastLock,
    /// How the window lay.
    pub(crate) size: Option<(u32, u32)>,
    pub(crate) maximized: bool,
}

/// Whether, and with what, the program is to start anew when its window's loop has ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct NextStart(Arc<Mutex<Option<AfterLock>>>);

impl NextStart {
    /// Ends the loop; the program starts anew after it.
    pub(crate) fn ask<R: Runtime>(&self, app: &AppHandle<R>, after: AfterLock) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(after);
        app.exit(0);
    }

    /// What was asked for, if it was.
    pub(crate) fn take(&self) -> Option<AfterLock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the program has told itself, if this is a start after a lock.
pub(crate) fn told() -> Option<AfterLock> {
    parse(std::env::args().skip(1))
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<AfterLock> {
    arguments.find(|argument| argument == ARGUMENT)?;
    serde_json::from_str(&arguments.next()?).ok()
}

/// How the window lies, to be found so again.
pub(crate) fn shape<R: Runtime>(app: &AppHandle<R>) -> (Option<(u32, u32)>, bool) {
    let Some(window) = app.webview_windows().into_values().next() else { return (None, false) };
    let scale = window.scale_factor().unwrap_or(1.0);
    let size = window.inner_size().ok().map(|size| {
        let size = size.to_logical::<u32>(scale);
        (size.width, size.height)
    });
    (size, window.is_maximized().unwrap_or(false))
}

/// Ends what this program has started, and executes `program` in its place. Returns only if that fails.
pub(crate) fn execute(program: &PathBuf, after: AfterLock) -> io::Error {
    end_children();
    let told = match serde_json::to_string(&after) {
        Ok(told) => told,
        Err(error) => return error.into(),
    };
    let mut command = Command::new(program);
    command.args([ARGUMENT, told.as_str()]);
    #[cfg(unix)]
    {
        std::os::unix::process::CommandExt::exec(&mut command)
    }
    #[cfg(not(unix))]
    match command.spawn() {
        Ok(_child) => std::process::exit(0),
        Err(error) => error,
    }
}

/// Ends every process that this one has started, and waits until it has: the page's holds decrypted mail, and the new
/// program would not know whose child it is.
fn end_children() {
    #[cfg(target_os = "linux")]
    for child in children() {
        use rustix::process::{Signal, WaitOptions, kill_process, waitpid};
        // Not waited for by us, it can't have given up its number. Whoever else waits may have been quicker.
        let _ended = kill_process(child, Signal::KILL);
        let _reaped = waitpid(Some(child), WaitOptions::empty());
    }
}

#[cfg(target_os = "linux")]
fn children() -> Vec<rustix::process::Pid> {
    use rustix::process::Pid;

    let own = rustix::process::getpid().as_raw_nonzero().get();
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    processes
        .flatten()
        .filter_map(|process| process.file_name().to_str()?.parse().ok())
        .filter(|pid| parent(*pid) == Some(own))
        .filter_map(Pid::from_raw)
        .collect()
}

/// The parent of a process (`proc_pid_stat(5)`: the second field after the name, which may hold anything).
#[cfg(target_os = "linux")]
fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use wardmail_api::session::LockReason;

    use super::*;

    #[test]
    fn what_is_told_across_a_lock_arrives() {
        let last = LastLock { reason: Some(LockReason::Idle), waiting: 2 };
        let after = AfterLock { last, size: Some((1_280, 800)), maximized: false };
        let told = serde_json::to_string(&after).unwrap();
        let arguments =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(parse(arguments(&[ARGUMENT, &told]).into_iter()), Some(after));
        assert_eq!(parse(arguments(&[ARGUMENT, "nonsense"]).into_iter()), None);
        assert_eq!(parse(arguments(&[ARGUMENT]).into_iter()), None);
        assert_eq!(parse(std::iter::empty()), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn children_are_ended() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        assert!(children().contains(&pid));
        end_children();
        assert!(!children().contains(&pid));
        let _reaped = child.wait();
    }
}
