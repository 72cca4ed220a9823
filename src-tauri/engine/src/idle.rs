//! When the mailbox locks itself because nobody is there.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::clock;

/// The window warns this long before, and no earlier than half way.
const WARN_BEFORE: Duration = Duration::from_secs(30);

/// The idle countdown, on the clock that sleep and clock changes don't stop.
#[derive(Debug)]
pub(crate) struct IdleCountdown {
    touched_ms: AtomicU64,
    limit_ms: AtomicU64,
}

impl IdleCountdown {
    /// Starts counting now.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { touched_ms: AtomicU64::new(boot_ms()), limit_ms: AtomicU64::new(millis(limit)) }
    }

    /// Somebody is there.
    pub(crate) fn touch(&self) {
        self.touched_ms.store(boot_ms(), Ordering::Relaxed);
    }

    /// Sets another limit.
    pub(crate) fn set_limit(&self, limit: Duration) {
        self.limit_ms.store(millis(limit), Ordering::Relaxed);
    }

    /// The limit.
    pub(crate) fn limit(&self) -> Duration {
        Duration::from_millis(self.limit_ms.load(Ordering::Relaxed))
    }

    /// How much is left when it is time to warn.
    pub(crate) fn warns_at(&self) -> Duration {
        WARN_BEFORE.min(self.limit() / 2)
    }

    /// What is left of it.
    pub(crate) fn left(&self) -> Duration {
        let gone = boot_ms().saturating_sub(self.touched_ms.load(Ordering::Relaxed));
        self.limit().saturating_sub(Duration::from_millis(gone))
    }
}

fn boot_ms() -> u64 {
    millis(clock::since_boot())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_never_exceeds_the_limit_and_ends_at_nothing() {
        let countdown = IdleCountdown::new(Duration::from_mins(10));
        assert!(countdown.left() <= Duration::from_mins(10));
        countdown.set_limit(Duration::ZERO);
        assert_eq!(countdown.left(), Duration::ZERO);
    }
}
