//! When the daily quota starts anew: at midnight US Central time. Source: page "REST API", section "API limits".

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// US Central as a POSIX rule, which needs no time-zone database.
const CENTRAL: &str = "CST6CDT,M3.2.0,M11.1.0";

/// The next time at which the daily quota starts anew.
#[must_use]
pub fn quota_reset(now: Timestamp) -> Timestamp {
    let zone = TimeZone::posix(CENTRAL).expect("it is a POSIX rule");
    let tomorrow = now.to_zoned(zone).tomorrow();
    let midnight = tomorrow.and_then(|tomorrow| tomorrow.start_of_day());
    // Only the last day of the calendar has no tomorrow.
    midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_day_ends_at_midnight_us_central() {
        let rows = [
            ("2026-11-21T23:30:00Z", "2026-11-22T06:00:00Z"),
            ("2026-11-22T05:59:59Z", "2026-11-22T06:00:00Z"),
            ("2026-11-22T06:00:00Z", "2026-11-23T06:00:00Z"),
            ("2026-07-01T04:59:59Z", "2026-07-01T05:00:00Z"),
            // The clocks go forward on 8 March and back on 1 November.
            ("2026-03-08T07:00:00Z", "2026-03-09T05:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-02T06:00:00Z"),
        ];
        for (now, expected) in rows {
            let now: Timestamp = now.parse().expect("an instant");
            assert_eq!(quota_reset(now).to_string(), expected, "{now}");
        }
        assert_eq!(quota_reset(Timestamp::MAX), Timestamp::MAX);
    }
}
