//! Spans of time and sizes as they are shown: short, and never more exact than they are.

/// Says a span: seconds while they matter, then minutes.
pub fn span(seconds: u64) -> String {
    match seconds {
        0..=90 => format!("{seconds} s"),
        91..=5_400 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    }
}

/// Says the size of a file.
pub fn size(bytes: u64) -> String {
    const KILO: u64 = 1_000;
    const MEGA: u64 = 1_000_000;
    match bytes {
        0..KILO => format!("{bytes} bytes"),
        KILO..MEGA => format!("{} KB", bytes.div_ceil(KILO)),
        _ => format!("{}.{} MB", bytes / MEGA, bytes % MEGA / 100_000),
    }
}

/// Whole percent, rounded down so that 100 % means all.
pub fn percent(part: u32, whole: u32) -> u32 {
    u32::try_from(u64::from(part) * 100 / u64::from(whole.max(1))).unwrap_or(100).min(100)
}

/// Seconds left until `until`, both in milliseconds; none once it has passed.
pub fn seconds_left(until: i64, now: i64) -> u64 {
    u64::try_from(until.saturating_sub(now)).unwrap_or(0).div_ceil(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_little() {
        assert_eq!(span(42), "42 s");
        assert_eq!(span(540), "9 min");
        assert_eq!(span(541), "10 min");
        assert_eq!(span(7_200), "2 h");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(217_400), "218 KB");
        assert_eq!(size(24_990_000), "24.9 MB");
    }

    #[test]
    fn a_hundred_percent_means_all() {
        assert_eq!(percent(999, 1_000), 99);
        assert_eq!(percent(1_000, 1_000), 100);
        assert_eq!(percent(0, 0), 0);
    }

    #[test]
    fn time_that_has_passed_is_none() {
        assert_eq!(seconds_left(20_000, 500), 20);
        assert_eq!(seconds_left(0, 5), 0);
    }
}
