//! Waiting for a condition, with a deadline. Nothing in the harness sleeps and hopes.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often a condition is looked at.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer, and fails with `what` was waited for once `limit` has passed.
///
/// # Errors
/// Those of `probe`, at once; and one of its own at the deadline.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = probe()? {
            return Ok(answer);
        }
        if Instant::now() >= deadline {
            bail!("waited {} s in vain for {what}", limit.as_secs_f32());
        }
        thread::sleep(PAUSE);
    }
}

/// Asks until the answer is yes.
///
/// # Errors
/// As [`until`].
pub fn until_true(
    what: &str,
    limit: Duration,
    mut probe: impl FnMut() -> Result<bool>,
) -> Result<()> {
    until(what, limit, || Ok(probe()?.then_some(())))
}
