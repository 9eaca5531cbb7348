//! Days as texts and as numbers.
//!
//! `3/4/2026` is two days, so the order has to be named. Days that only one order allows need none. Years of two digits are refused, and
//! so are days that nobody closes a deal on: a year in a cell with a date format becomes one in 1905.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use super::options::DateOrder;
use super::table::{Epoch, trimmed};

/// A day, and whether a time of day was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) has_time: bool,
}

/// Why a text is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotDay {
    NotADate,
    /// Two orders give two days.
    Ambiguous,
    TwoDigitYear,
    /// A number of a day, in a text file that does not tell from when it counts.
    Serial,
    Implausible,
    /// A time with an offset other than midnight in UTC: in other zones it is another day.
    Moved,
}

/// The years of days that are believed.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2149;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The day that a text writes.
pub(super) fn day(text: &str, order: Option<DateOrder>) -> Result<Day, NotDay> {
    let text = trimmed(text);
    if text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotDay::Serial);
    }
    let (date, has_time) = match split_time(text) {
        Some((date, time)) => (date, time_is_told(time)?),
        None => (text, false),
    };
    let date = match named_month(date) {
        Some(date) => date?,
        None => numeric(date, order)?,
    };
    plausible(date, has_time)
}

/// The day with this number in a workbook's calendar.
pub(super) fn of_serial(serial: f64, epoch: Epoch) -> Result<Day, NotDay> {
    let moment = moment_of_serial(serial, epoch).ok_or(NotDay::Implausible)?;
    let has_time = moment.time() != jiff::civil::Time::midnight();
    plausible(moment.date(), has_time)
}

/// The moment with this number in a workbook's calendar, in whole seconds.
pub(super) fn moment_of_serial(serial: f64, epoch: Epoch) -> Option<DateTime> {
    let first = match epoch {
        // The calendar has a 29 February 1900, so days after it count from the day before the first.
        Epoch::Of1900 => jiff::civil::date(1899, 12, 30),
        Epoch::Of1904 => jiff::civil::date(1904, 1, 1),
    };
    let passed = SignedDuration::try_from_secs_f64((serial * 86_400.0).round()).ok()?;
    first.at(0, 0, 0, 0).checked_add(passed).ok()
}

fn plausible(date: Date, has_time: bool) -> Result<Day, NotDay> {
    if YEARS.contains(&date.year()) {
        Ok(Day { date, has_time })
    } else {
        Err(NotDay::Implausible)
    }
}

/// The text before and after the sign between a day and a time.
fn split_time(text: &str) -> Option<(&str, &str)> {
    let colon = text.find(':')?;
    let at = text[..colon].rfind([' ', '\u{a0}', 'T'])?;
    let date = text[..at].trim_end().trim_end_matches(',');
    let time = text[at..].trim_start_matches([' ', '\u{a0}', 'T']);
    Some((date, time))
}

/// Whether a time of day is worth to be told, which midnight is not.
fn time_is_told(time: &str) -> Result<bool, NotDay> {
    let upper = time.to_ascii_uppercase();
    let (clock, zone) = match upper.find(['Z', '+']) {
        Some(at) => upper.split_at(at),
        None => match upper.rfind('-') {
            Some(at) => upper.split_at(at),
            None => (&*upper, ""),
        },
    };
    let (clock, half) = match clock.trim_end().strip_suffix("AM") {
        Some(clock) => (clock, true),
        None => match clock.trim_end().strip_suffix("PM") {
            Some(clock) => (clock, true),
            None => (clock, false),
        },
    };
    let (clock, fraction) = clock.trim().split_once('.').unwrap_or((clock.trim(), "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let numbers: Option<Vec<u8>> = parts.iter().map(|part| part.parse().ok()).collect();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = numbers
        .filter(|_| is_digits(fraction))
        .ok_or(NotDay::NotADate)?;
    let most_hours = if half { 12 } else { 23 };
    let is_time = match *numbers {
        [hour, minute] => hour <= most_hours && minute < 60,
        [hour, minute, second] => hour <= most_hours && minute < 60 && second < 60,
        _ => false,
    };
    if !is_time {
        return Err(NotDay::NotADate);
    }
    let is_midnight = !half && numbers.iter().all(|number| *number == 0);
    let is_utc = zone.starts_with('Z') || zone.bytes().all(|byte| b"+-:0".contains(&byte));
    match (zone.is_empty(), is_midnight && is_utc) {
        (true, _) => Ok(!is_midnight),
        (false, true) => Ok(false),
        (false, false) => Err(NotDay::Moved),
    }
}

/// The order of day and month that a text alone proves: `31/12/2030` has the day first.
pub(super) fn proven(text: &str) -> Option<DateOrder> {
    let read = |order| day(text, Some(order)).ok();
    match (read(DateOrder::DayFirst), read(DateOrder::MonthFirst)) {
        (Some(_), None) => Some(DateOrder::DayFirst),
        (None, Some(_)) => Some(DateOrder::MonthFirst),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// A day in numbers, with one sign between them.
fn numeric(text: &str, order: Option<DateOrder>) -> Result<Date, NotDay> {
    let sign = text.chars().find(|char| !char.is_ascii_digit());
    let sign = sign
        .filter(|sign| "-/.".contains(*sign))
        .ok_or(NotDay::NotADate)?;
    let parts: Vec<&str> = text.split(sign).collect();
    let is_digits =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let [first, second, third] = *parts else {
        return Err(NotDay::NotADate);
    };
    if !parts.iter().all(is_digits) {
        return Err(NotDay::NotADate);
    }
    match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) => civil(first, second, third).ok_or(NotDay::NotADate),
        (1..=2, 1..=2, 4) => {
            let day_first = || civil(third, second, first);
            let month_first = || civil(third, first, second);
            let found = match order {
                Some(DateOrder::DayFirst) => day_first(),
                Some(DateOrder::MonthFirst) => month_first(),
                Some(DateOrder::YearFirst) => None,
                None => match (day_first(), month_first()) {
                    (Some(one), Some(other)) if one != other => return Err(NotDay::Ambiguous),
                    (one, other) => one.or(other),
                },
            };
            found.ok_or(NotDay::NotADate)
        }
        (1..=2, 1..=2, 1..=2) => Err(NotDay::TwoDigitYear),
        _ => Err(NotDay::NotADate),
    }
}

/// A day with the English name of its month: `05-Mar-2026`, `Sep 12, 2026`.
fn named_month(text: &str) -> Option<Result<Date, NotDay>> {
    let parts: Vec<&str> = text
        .split([' ', '-', '/', ',', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second, third] = *parts else {
        return None;
    };
    let month = |part: &str| {
        let part = part.to_ascii_lowercase();
        let position = MONTHS
            .iter()
            .position(|name| *name == part || (part.len() >= 3 && name.starts_with(&*part)));
        position.map(|position| (position + 1).to_string())
    };
    let date = match (month(first), month(second)) {
        (Some(month), None) => civil(third, &month, second),
        (None, Some(month)) => civil(third, &month, first),
        _ => return None,
    };
    Some(date.filter(|_| third.len() == 4).ok_or(match third.len() {
        2 => NotDay::TwoDigitYear,
        _ => NotDay::NotADate,
    }))
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    date.ok()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;
    use DateOrder::{DayFirst, MonthFirst, YearFirst};

    fn read(text: &str, order: Option<DateOrder>) -> Result<String, NotDay> {
        day(text, order).map(|day| day.date.to_string())
    }

    #[test]
    fn one_reading_is_a_day() {
        let rows = [
            ("2026-12-31", None, "2026-12-31"),
            ("2026/4/1", None, "2026-04-01"),
            ("2026-05-12 23:59", None, "2026-05-12"),
            ("2026-05-12T00:00:00.000Z", None, "2026-05-12"),
            ("31.12.2026", None, "2026-12-31"),
            ("31/12/2026", None, "2026-12-31"),
            ("7/7/2026", None, "2026-07-07"),
            ("3/4/2026", Some(MonthFirst), "2026-03-04"),
            ("3/4/2026, 10:22 AM", Some(MonthFirst), "2026-03-04"),
            ("5.3.2026", Some(DayFirst), "2026-03-05"),
            ("15.06.2026 00:00:00", Some(DayFirst), "2026-06-15"),
            ("05-Mar-2026", None, "2026-03-05"),
            ("Sep 12, 2026", None, "2026-09-12"),
        ];
        for (text, order, expected) in rows {
            assert_eq!(read(text, order).as_deref(), Ok(expected), "{text}");
        }
        let times = [("2026-05-12 23:59", true), ("15.06.2026 00:00:00", false)];
        for (text, has_time) in times {
            assert_eq!(day(text, None).map(|day| day.has_time), Ok(has_time));
        }
    }

    #[test]
    fn no_reading_or_two_are_refused() {
        let rows = [
            ("3/4/2026", None, NotDay::Ambiguous),
            ("05.01.2027", None, NotDay::Ambiguous),
            ("31/12/2026", Some(MonthFirst), NotDay::NotADate),
            ("12/24/2026", Some(DayFirst), NotDay::NotADate),
            ("3/4/2026", Some(YearFirst), NotDay::NotADate),
            ("2/30/2026", Some(MonthFirst), NotDay::NotADate),
            ("31.04.2026", None, NotDay::NotADate),
            ("2026-02-30 10:00", None, NotDay::NotADate),
            ("2026-01-05 25:00", None, NotDay::NotADate),
            ("12/5/26", Some(MonthFirst), NotDay::TwoDigitYear),
            ("05-Mar-26", None, NotDay::TwoDigitYear),
            ("TBD", None, NotDay::NotADate),
            ("März 2026", None, NotDay::NotADate),
            ("KW 12", None, NotDay::NotADate),
            ("46112", None, NotDay::Serial),
            ("9999-12-31", None, NotDay::Implausible),
            ("2026-03-01T23:00:00Z", None, NotDay::Moved),
            ("2026-03-01T00:00:00+02:00", None, NotDay::Moved),
        ];
        for (text, order, expected) in rows {
            assert_eq!(read(text, order), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_day_above_twelve_proves_the_order() {
        let rows = [
            ("31/12/2030", Some(DayFirst)),
            ("12/31/2030 10:15", Some(MonthFirst)),
            ("3/4/2030", None),
            ("7/7/2030", None),
            ("2030-12-31", None),
            ("31-Dec-2030", None),
            ("31/31/2030", None),
        ];
        for (text, expected) in rows {
            assert_eq!(proven(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_of_days_count_from_the_year_that_the_workbook_says() {
        let rows = [
            (46_112.0, Epoch::Of1900, Ok("2026-03-31")),
            (46_112.0 - 1462.0, Epoch::Of1904, Ok("2026-03-31")),
            (2026.0, Epoch::Of1900, Err(NotDay::Implausible)),
            (2_958_465.0, Epoch::Of1900, Err(NotDay::Implausible)),
            (f64::INFINITY, Epoch::Of1900, Err(NotDay::Implausible)),
        ];
        for (serial, epoch, expected) in rows {
            let found = of_serial(serial, epoch).map(|day| day.date.to_string());
            assert_eq!(found, expected.map(str::to_owned), "{serial}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_day_is_read_in_the_order_that_is_named(
            year in 1950i16..2150,
            month in 1i8..=12,
            day_of_month in 1i8..=31,
            sign in "[-/.]",
        ) {
            prop_assume!(Date::new(year, month, day_of_month).is_ok());
            let date = Date::new(year, month, day_of_month).expect("it is a day");
            let texts = [
                (DayFirst, format!("{day_of_month}{sign}{month}{sign}{year}")),
                (MonthFirst, format!("{month:02}{sign}{day_of_month:02}{sign}{year}")),
                (YearFirst, format!("{year}{sign}{month}{sign}{day_of_month:02}")),
            ];
            for (order, text) in texts {
                let named = day(&text, Some(order)).map(|day| day.date);
                prop_assert_eq!(named, Ok(date), "{}", &text);
                // Without an order it is the same day or none.
                let unnamed = day(&text, None).map(|day| day.date);
                prop_assert!(unnamed == Ok(date) || unnamed == Err(NotDay::Ambiguous), "{}", text);
            }
        }

        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,24}", serial: f64) {
            for found in [day(&text, None), of_serial(serial, Epoch::Of1900)] {
                prop_assert!(found.is_err() || found.is_ok_and(|day| YEARS.contains(&day.date.year())));
            }
        }
    }
}
