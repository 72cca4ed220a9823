//! How far back a day lies, as lists say it.

/// Where a moment lies, seen from today. Both are counted in whole local days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// Within the last week: the name of the day is enough.
    ThisWeek,
    /// Within the last year: day and month are enough.
    ThisYear,
    /// Before, or after today: the whole date.
    Other,
}

/// Says how far back a day lies. Days are numbered along the local calendar.
pub fn age(day: i64, today: i64) -> Age {
    match today.saturating_sub(day) {
        0 => Age::Today,
        1 => Age::Yesterday,
        2..=6 => Age::ThisWeek,
        7..=300 => Age::ThisYear,
        _ => Age::Other,
    }
}

/// The number of the local day, from a moment in UTC and the minutes that local time is behind UTC.
pub fn day_number(utc_ms: i64, behind_minutes: i64) -> i64 {
    utc_ms.saturating_sub(behind_minutes.saturating_mul(60_000)).div_euclid(86_400_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_where_the_reader_is() {
        // 2026-11-21T03:00Z is still the 20th five hours west of Greenwich.
        let moment = 1_795_230_000_000;
        assert_eq!(day_number(moment, 0) - day_number(moment, 300), 1);
        assert_eq!(day_number(-1, 0), -1);
    }

    #[test]
    fn the_future_is_never_called_today() {
        assert_eq!(age(10, 10), Age::Today);
        assert_eq!(age(9, 10), Age::Yesterday);
        assert_eq!(age(4, 10), Age::ThisWeek);
        assert_eq!(age(3, 10), Age::ThisYear);
        assert_eq!(age(11, 10), Age::Other);
        assert_eq!(age(i64::MIN, i64::MAX), Age::Other);
    }
}
