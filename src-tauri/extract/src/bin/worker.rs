//! The worker alone, for this crate's tests; programs run [`wardmail_extract::run_if_worker`] first thing in their `main`.
//!
//! With `--try-rights` it gives its rights up as the worker does, tries what it may not do, and fails if something worked.
//! With `--starting-threads` it does so while threads begin, as they may in a program whose libraries have their own.

use std::{
    fs::File, net::UdpSocket, os::unix::net::UnixStream, process::Command, process::ExitCode,
};

use wardmail_extract::Limits;

fn main() -> ExitCode {
    if let Some(ended) = wardmail_extract::run_if_worker() {
        return ended;
    }
    let asked = std::env::args().nth(1).unwrap_or_default();
    let gave_up = || wardmail_extract::give_up_rights(&Limits::default()).is_ok();
    let done = match asked.as_str() {
        "--try-rights" => gave_up() && all_refused(),
        "--starting-threads" => {
            // Few: each may reserve 128 MB of addresses for its heap, and what is left to the worker is bounded.
            let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| ())).collect();
            gave_up() && threads.into_iter().all(|thread| thread.join().is_ok())
        }
        _ => false,
    };
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn all_refused() -> bool {
    [
        File::open("/etc/passwd").is_err(),
        File::open("/proc/self/status").is_err(),
        File::create("/tmp/wardmail-worker-was-here").is_err(),
        UdpSocket::bind("127.0.0.1:0").is_err(),
        UnixStream::pair().is_err(),
        Command::new("/bin/true").spawn().is_err(),
        std::thread::Builder::new().spawn(|| {}).is_err(),
    ]
    .iter()
    .all(|refused| *refused)
}
