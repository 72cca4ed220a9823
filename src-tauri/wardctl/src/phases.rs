//! For the kill tests alone, never in a package: tells where the program is, and stops where it is told.
//!
//! With `WARDCTL_PHASES` set, each named point that is passed is a line on standard error, `phase NAME`.
//! `WARDCTL_STOP_AT=NAME:N` stops for good when NAME is passed for the Nth time, after the line
//! `stopped NAME`. `WARDCTL_LINGER_MS` lengthens the stay inside a write or an SMTP phase, so that a
//! kill at a random time finds the program there.

use std::{
    env,
    io::{self, Write as _},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

/// Every named point of the store, the transport and the engine that a mailbox at work passes.
const POINTS: &[&str] = &[
    "store-write-before-commit",
    "store-write-after-commit",
    "store-bulk-before-commit",
    "store-bulk-after-commit",
    "imap::between_batches",
    "smtp::connect",
    "smtp::greeting",
    "smtp::login",
    "smtp::sender",
    "smtp::recipient",
    "smtp::data",
    "smtp::content",
    "smtp::final_dot_written",
    "smtp::accepted",
    "engine::sent_copy::append",
];

/// Arms the points as the environment says.
pub(crate) fn arm() {
    let told = env::var_os("WARDCTL_PHASES").is_some();
    let stop_at = env::var("WARDCTL_STOP_AT").unwrap_or_default();
    let linger = env::var("WARDCTL_LINGER_MS").ok().and_then(|ms| ms.parse().ok()).unwrap_or(0);
    for &point in POINTS.iter().filter(|_| told) {
        let stop_after = stop_at
            .rsplit_once(':')
            .filter(|(name, _)| *name == point)
            .and_then(|(_, count)| count.parse::<usize>().ok());
        let passed = AtomicUsize::new(0);
        let stays = point.starts_with("smtp::") || point.ends_with("before-commit");
        let armed = fail::cfg_callback(point, move || {
            say("phase", point);
            if Some(passed.fetch_add(1, Ordering::SeqCst) + 1) == stop_after {
                say("stopped", point);
                loop {
                    thread::park();
                }
            }
            if stays {
                thread::sleep(Duration::from_millis(linger));
            }
        });
        if armed.is_err() {
            say("unknown", point);
        }
    }
}

/// Tells that the mailbox is open and the command begins.
pub(crate) fn begun() {
    if env::var_os("WARDCTL_PHASES").is_some() {
        say("phase", "begun");
    }
}

fn say(what: &str, point: &str) {
    let _nobody_reads = writeln!(io::stderr(), "{what} {point}");
}
