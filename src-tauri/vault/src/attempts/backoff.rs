//! How long to wait after so many wrong passphrases: a table, and the arithmetic of a clock that restarts.

use std::time::Duration;

use crate::clock::Moment;

/// Wrong passphrases in a row that cost nothing.
const FREE: u32 = 4;
/// The wait after the next one; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(30);

/// The bounds of the table, by policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimits {
    /// So many wrong passphrases in a row lock the profile out.
    pub max: u32,
    /// For so long; no wait is longer.
    pub lockout: Duration,
    /// Whether the limit ends the owner's ways in for good, instead of for a time; it is a wait all the same while the
    /// organisation has no way in.
    pub erases: bool,
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self { max: 10, lockout: Duration::from_mins(30), erases: false }
    }
}

/// Returns the wait after `failures` wrong passphrases in a row: none for four, then 30 s, doubling, at most the
/// lock-out, which is reached with `limits.max` at the latest.
pub fn wait_after(failures: u32, limits: &AttemptLimits) -> Duration {
    if failures > 0 && failures >= limits.max {
        return limits.lockout;
    }
    match failures.checked_sub(FREE + 1) {
        None => Duration::ZERO,
        Some(doublings) => {
            let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
            FIRST_WAIT.saturating_mul(factor).min(limits.lockout)
        }
    }
}

/// Returns what is left of `wait` at `now`, counted from `since`.
///
/// Only the boot clock counts, which nobody can set. After a restart the time since the restart is all that surely
/// passed, so switching the machine off and on, or changing its date, never shortens a wait.
pub(super) fn remaining(wait: Duration, since: &Moment, now: &Moment) -> Duration {
    let passed = if since.boot_id == now.boot_id {
        now.since_boot_ms.saturating_sub(since.since_boot_ms)
    } else {
        now.since_boot_ms
    };
    wait.saturating_sub(Duration::from_millis(passed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_default_table() {
        let limits = AttemptLimits::default();
        let seconds: Vec<u64> = (0..=12).map(|n| wait_after(n, &limits).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 1800, 1800, 1800]);
    }

    fn limits() -> impl Strategy<Value = AttemptLimits> {
        (1_u32..100, 0_u64..1_000_000).prop_map(|(max, s)| AttemptLimits {
            max,
            lockout: Duration::from_secs(s),
            erases: false,
        })
    }

    proptest! {
        #[test]
        fn waits_grow_up_to_the_lock_out(limits in limits(), failures: u32) {
            let wait = wait_after(failures, &limits);
            prop_assert!(wait <= limits.lockout);
            prop_assert!(wait <= wait_after(failures.saturating_add(1), &limits));
            prop_assert!(failures < limits.max || wait == limits.lockout);
            prop_assert!(failures > FREE || failures >= limits.max || wait.is_zero());
        }

        #[test]
        fn no_clock_shortens_a_wait(
            wait in 0_u64..10_000_000,
            start in 0_u64..u64::MAX / 4,
            passed in 0_u64..20_000_000,
            since_restart in 0_u64..20_000_000,
            utc: [i64; 2],
        ) {
            let wait = Duration::from_millis(wait);
            let since = Moment { boot_id: [1; 16], since_boot_ms: start, utc_ms: utc[0] };
            let now = Moment { boot_id: [1; 16], since_boot_ms: start + passed, utc_ms: utc[1] };
            prop_assert_eq!(remaining(wait, &since, &now), wait.saturating_sub(Duration::from_millis(passed)));
            let restarted = Moment { boot_id: [2; 16], since_boot_ms: since_restart, utc_ms: utc[1] };
            let left = remaining(wait, &since, &restarted);
            prop_assert_eq!(left, wait.saturating_sub(Duration::from_millis(since_restart)));
            // A boot clock that runs backwards (a damaged file) costs the whole wait.
            let earlier = Moment { boot_id: [1; 16], since_boot_ms: start.saturating_sub(passed), utc_ms: utc[1] };
            prop_assert_eq!(remaining(wait, &since, &earlier), wait);
        }
    }
}
