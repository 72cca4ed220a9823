//! What is left for the eye after a test that failed, and tests that can't run here.
#![expect(clippy::print_stderr, reason = "a test's output is its standard error")]

use std::env;
use std::path::PathBuf;

/// Where pictures and logs of failed tests go: `$WARDMAIL_RESULTS`, or `test-results` in the checkout.
pub fn results_dir() -> PathBuf {
    env::var_os("WARDMAIL_RESULTS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-results"),
        PathBuf::from,
    )
}

/// Says that this test doesn't run here, and why.
///
/// # Panics
/// Under `CI`, where a test that doesn't run is a test that fails.
pub fn skip(why: &str) {
    assert!(env::var_os("CI").is_none(), "skipped under CI: {why}");
    eprintln!("skipped: {why}");
}

/// A line for whoever reads the test's output.
pub(crate) fn note(line: &str) {
    eprintln!("harness: {line}");
}
