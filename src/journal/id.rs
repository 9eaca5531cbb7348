//! The names of runs. They sort in the order in which the runs began, whatever the clocks of their machines said.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The name of a run: the time of its beginning, and random digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(Box<str>);

/// The number of random digits. They distinguish runs that began in the same millisecond.
const DIGITS: usize = 8;

impl RunId {
    /// The name of a run that begins at this time. No other run may have the same `random` digits.
    #[must_use]
    pub fn new(began: Timestamp, random: &str) -> Self {
        let random: String = random.chars().take(DIGITS).collect();
        Self(format!("{}-{random}", began.strftime("%Y%m%dT%H%M%S%3fZ")).into())
    }

    /// The name of a run that begins at this time, after the run `last`: if a clock went back, the time goes on from that of `last`.
    #[must_use]
    pub fn after(last: Option<&Self>, began: Timestamp, random: &str) -> Self {
        let last = last.and_then(Self::time);
        let next = last.and_then(|last| last.checked_add(SignedDuration::from_millis(1)).ok());
        Self::new(next.map_or(began, |next| next.max(began)), random)
    }

    /// The time in the name, if it has one.
    pub(super) fn time(&self) -> Option<Timestamp> {
        let (time, _) = self.0.split_once('-')?;
        let (seconds, rest) = time.split_at_checked(15)?;
        let seconds = DateTime::strptime("%Y%m%dT%H%M%S", seconds).ok()?;
        let millis: i64 = rest.strip_suffix('Z')?.parse().ok()?;
        let time = seconds.to_zoned(TimeZone::UTC).ok()?.timestamp();
        time.checked_add(SignedDuration::from_millis(millis)).ok()
    }

    /// The name in a file or in an argument, if the text is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (!text.is_empty() && text.chars().all(is_name)).then(|| Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn names_sort_by_time() {
        let id = |time: &str| {
            let time: Timestamp = time.parse().expect("a time");
            RunId::new(time, "5f0e77aa01020304")
        };
        let first = id("2026-11-21T08:30:00.007Z");
        assert_eq!(first.as_str(), "20261121T083000007Z-5f0e77aa");
        assert_eq!(RunId::parse(first.as_str()), Some(first.clone()));
        assert!(first < id("2026-11-21T08:30:00.01Z"));
        assert!(first < id("2026-11-21T08:30:01Z"));
    }

    #[test]
    fn a_name_sorts_after_that_of_the_run_before() {
        let time = |text: &str| -> Timestamp { text.parse().expect("a time") };
        let began = time("2026-11-21T08:30:00.007Z");
        let first = RunId::after(None, began, "5f0e77aa");
        assert_eq!(first, RunId::new(began, "5f0e77aa"));
        // The clock went back, or stood still.
        let next = |last: &RunId, at: &str| RunId::after(Some(last), time(at), "00000000");
        let second = next(&first, "2026-11-20T08:30:00Z");
        assert_eq!(second.as_str(), "20261121T083000008Z-00000000");
        let third = next(&second, "2026-11-21T08:30:00.008Z");
        assert_eq!(third.as_str(), "20261121T083000009Z-00000000");
        let fourth = next(&third, "2026-11-22T08:30:00Z");
        assert_eq!(fourth.as_str(), "20261122T083000000Z-00000000");
        // A name that people gave has no time.
        let named = RunId::parse("before-the-move").expect("a name");
        assert_eq!(RunId::after(Some(&named), began, "5f0e77aa"), first);
    }

    #[test]
    fn a_name_is_no_path() {
        for text in ["", "..", "a/b", "a\\b", "a b", "a.jsonl"] {
            assert_eq!(RunId::parse(text), None, "{text}");
        }
    }
}
