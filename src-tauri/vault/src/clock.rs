//! Time, as the vault sees it: a clock that can't be set back within one boot, and the wall clock for display.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// Identifies the boot of the machine; random per boot.
    #[serde(with = "hex::serde")]
    pub boot_id: [u8; 16],
    /// Milliseconds since that boot, suspended time included (`CLOCK_BOOTTIME`).
    pub since_boot_ms: u64,
    /// Milliseconds since 1970 by the wall clock, which anybody may set: for display and the audit log only.
    pub utc_ms: i64,
}

/// Where the vault gets the time from.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> Moment;
}

/// The machine's own clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let utc =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let utc_ms = i64::try_from(utc.as_millis()).unwrap_or(i64::MAX);
        let (boot_id, since_boot_ms) = boot();
        Moment { boot_id, since_boot_ms, utc_ms }
    }
}

#[cfg(target_os = "linux")]
fn boot() -> ([u8; 16], u64) {
    use rustix::time::{ClockId, clock_gettime};

    let mut boot_id = [0; 16];
    // An unreadable id leaves zeros: then a reboot isn't noticed, and the waits only get longer by it.
    if let Ok(text) = std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        if hex::decode_to_slice(&digits, &mut boot_id).is_err() {
            boot_id = [0; 16];
        }
    }
    let time = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let millis = u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000;
    (boot_id, seconds.saturating_mul(1000).saturating_add(millis))
}

/// Elsewhere the process's own start stands in for the boot: waits start anew with the program.
#[cfg(not(target_os = "linux"))]
fn boot() -> ([u8; 16], u64) {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<([u8; 16], Instant)> = OnceLock::new();
    let (id, start) =
        START.get_or_init(|| (crate::seal::random_public().unwrap_or_default(), Instant::now()));
    (*id, u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_is_identified_and_time_goes_on() {
        let first = SystemClock.now();
        let second = SystemClock.now();
        assert_ne!(first.boot_id, [0; 16]);
        assert_eq!(first.boot_id, second.boot_id);
        assert!(second.since_boot_ms >= first.since_boot_ms && first.since_boot_ms > 0);
        assert!(first.utc_ms > 1_700_000_000_000);
    }
}
