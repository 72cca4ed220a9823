//! What was started ends with whoever started it: when it is dropped, and when its owner is killed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use wardmail_tests::{DesktopSession, Provider, RunDir, until_true};

const LIMIT: Duration = Duration::from_secs(20);

/// Every process that has this directory in its command line or environment, and isn't a zombie.
fn processes_of(dir: &Path) -> Vec<String> {
    let name = dir.to_str().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let of = |file: &str| {
            String::from_utf8_lossy(&fs::read(entry.path().join(file)).unwrap_or_default())
                .replace('\0', " ")
        };
        let command = of("cmdline");
        if entry.file_name().to_str().unwrap().parse::<u32>().is_ok()
            && (command.contains(name) || of("environ").contains(name))
        {
            found.push(of("cmdline"));
        }
    }
    found
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[test]
fn nothing_is_left_after_a_drop() {
    let provider = Provider::start().unwrap();
    let session = DesktopSession::start().unwrap();
    let (dir, home, runtime) = (provider.dir().to_path_buf(), session.home(), session.runtime());
    let ports = [provider.imaps_port(), provider.submissions_port()];
    assert!(processes_of(&dir).len() >= 2 && !processes_of(&home).is_empty());
    drop(provider);
    drop(session);
    assert_eq!(processes_of(&dir), Vec::<String>::new());
    assert_eq!(processes_of(&home), Vec::<String>::new());
    assert!(ports.iter().all(|port| !answers(*port)));
    assert!(!dir.exists() && !home.exists() && !runtime.exists());
}

#[test]
fn nothing_is_left_after_kill_9() {
    let mut other = Command::new(env!("CARGO_BIN_EXE_wardmail-demo"))
        .arg("--hold")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let held = BufReader::new(other.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .find_map(|line| line.split_once("held ").map(|(_, held)| held.to_owned()))
        .unwrap();
    let mut held = held.split(' ');
    let dir = PathBuf::from(held.next().unwrap());
    let home = PathBuf::from(held.next().unwrap());
    let port = held.next().unwrap().parse().unwrap();
    assert!(answers(port) && processes_of(&dir).len() >= 2 && !processes_of(&home).is_empty());
    other.kill().unwrap();
    other.wait().unwrap();
    until_true("the processes of the dead to end", LIMIT, || {
        Ok(processes_of(&dir).is_empty() && processes_of(&home).is_empty() && !answers(port))
    })
    .unwrap();
    // The next start removes what is left: this one, or that of a test beside it.
    let _next = RunDir::new().unwrap();
    assert!(!dir.exists() && !home.exists());
}
