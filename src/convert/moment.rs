//! Instants as texts. A time without an offset is none, unless a zone is named.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::table::trimmed;
use crate::model::Instant;

/// A zone of times, by its name or offset.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// Why a text is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotMoment {
    NotAMoment,
    NoOffset,
    /// The clocks of the zone skip this time or have it twice.
    NotOneInstant,
}

/// The instant that a text writes.
pub(super) fn moment(text: &str, zone: Option<&Zone>) -> Result<Instant, NotMoment> {
    let text = trimmed(text);
    if let Ok(instant) = with_colon(text).parse() {
        return Ok(instant);
    }
    match text.parse::<DateTime>() {
        // A day alone is one as well, at midnight.
        Ok(civil) if text.contains(':') => local(civil, zone),
        Ok(_) | Err(_) => Err(NotMoment::NotAMoment),
    }
}

/// The instant of a time in a zone.
pub(super) fn local(civil: DateTime, zone: Option<&Zone>) -> Result<Instant, NotMoment> {
    let zone = zone.ok_or(NotMoment::NoOffset)?;
    let found = zone.zone.to_ambiguous_timestamp(civil).unambiguous();
    found
        .map(Instant::from)
        .map_err(|_| NotMoment::NotOneInstant)
}

impl FromStr for Zone {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        const WANTED: &str = "expected a time zone, for example Europe/Berlin, UTC or +02:00";
        let of_offset = || {
            // An offset is a part of a time.
            let time = format!("2026-01-01T00:00:00{name}[{name}]");
            jiff::Zoned::from_str(&time).map(|time| time.time_zone().clone())
        };
        let zone = if name.starts_with(['+', '-']) {
            of_offset()
        } else {
            TimeZone::get(name)
        };
        Ok(Self {
            name: name.to_owned(),
            zone: zone.map_err(|_| WANTED)?,
        })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// `+0000` as `+00:00`.
fn with_colon(text: &str) -> String {
    let offset = text
        .len()
        .checked_sub(5)
        .and_then(|at| text.split_at_checked(at));
    match offset {
        Some((time, offset))
            if time.contains(':')
                && offset.starts_with(['+', '-'])
                && offset[1..].bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{time}{}:{}", &offset[..3], &offset[3..])
        }
        Some(_) | None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn an_instant_needs_an_offset_or_a_zone() {
        let berlin: Zone = "Europe/Berlin".parse().expect("the zone is known");
        let rows = [
            ("2026-01-05T08:12:44.000Z", None, Ok("2026-01-05T08:12:44Z")),
            (
                "2026-02-03T11:15:00.000+0000",
                None,
                Ok("2026-02-03T11:15:00Z"),
            ),
            (
                "2026-03-29T02:30:00+01:00",
                None,
                Ok("2026-03-29T01:30:00Z"),
            ),
            ("2026-02-03 10:15:00", None, Err(NotMoment::NoOffset)),
            (
                "2026-02-03 10:15:00",
                Some(&berlin),
                Ok("2026-02-03T09:15:00Z"),
            ),
            (
                "2025-06-27 08:15",
                Some(&berlin),
                Ok("2025-06-27T06:15:00Z"),
            ),
            (
                "2026-03-29 02:30:00",
                Some(&berlin),
                Err(NotMoment::NotOneInstant),
            ),
            ("2026-02-03", Some(&berlin), Err(NotMoment::NotAMoment)),
            ("soon", None, Err(NotMoment::NotAMoment)),
        ];
        for (text, zone, expected) in rows {
            let found = moment(text, zone).map(|instant| instant.to_string());
            assert_eq!(found, expected.map(str::to_owned), "{text}");
        }
    }
}
