//! Instants: the one form in which they compare, and the forms in which manifests and instances write them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::scalar_text::ValueError;

/// An instant in whole seconds, up to the end of the year 9999.
///
/// The library's own ends a day earlier, and the last second of that year is what other systems write for "for ever".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(
    /// In UTC.
    DateTime,
);

impl From<Timestamp> for Instant {
    /// Drops what is below a second, as Marketo does.
    fn from(instant: Timestamp) -> Self {
        let whole = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
        Self(Offset::UTC.to_datetime(whole))
    }
}

impl FromStr for Instant {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        datetime(text)
    }
}

impl Instant {
    /// Its day in UTC.
    #[must_use]
    pub fn day(self) -> Date {
        self.0.date()
    }

    /// The size of [`Self::time_bytes`].
    pub(super) const TIME_BYTES: usize = 3;

    /// Its hour, minute and second in UTC.
    pub(super) fn time_bytes(self) -> [u8; Self::TIME_BYTES] {
        [self.0.hour(), self.0.minute(), self.0.second()].map(|part| part as u8)
    }

    /// The instant on this day at these [`Self::time_bytes`].
    pub(super) fn at(day: Date, time: [u8; Self::TIME_BYTES]) -> Self {
        let [hour, minute, second] = time.map(|part| part as i8);
        Self(day.at(hour, minute, second, 0))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

pub(super) fn datetime(text: &str) -> Result<Instant, ValueError> {
    // `2018-11-06T12:01:49Z+0000` is an old form of the asset API.
    let text = text
        .strip_suffix("Z+0000")
        .map_or_else(|| text.to_owned(), |stem| format!("{stem}Z"));
    if let Ok(instant) = Timestamp::from_str(&text) {
        return Ok(instant.into());
    }
    if let Some(instant) = beyond(&text) {
        return Ok(instant);
    }
    let pieces = Pieces::parse(&text);
    let has_offset = pieces.is_ok_and(|pieces| pieces.to_numeric_offset().is_some());
    if text.len() > 10 && !has_offset && DateTime::from_str(&text).is_ok() {
        Err(ValueError::NoOffset)
    } else {
        Err(ValueError::NotDatetime)
    }
}

/// An instant of the last hours of the year 9999.
fn beyond(text: &str) -> Option<Instant> {
    let pieces = Pieces::parse(text).ok()?;
    let ahead = SignedDuration::from_secs(pieces.to_numeric_offset()?.seconds().into());
    let time = pieces.time()?.with().subsec_nanosecond(0).build().ok()?;
    let local = pieces.date().to_datetime(time);
    local.checked_sub(ahead).ok().map(Instant)
}

/// Reads `2014-11-13 12:43:04`, the form of replies before 2015, which were in UTC.
pub(super) fn old_datetime(text: &str) -> Option<Instant> {
    if text.len() < 19 {
        return None;
    }
    let civil = DateTime::from_str(text).ok()?;
    let whole = civil.with().subsec_nanosecond(0).build();
    whole.ok().map(Instant)
}
