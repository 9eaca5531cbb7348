//! The names of runs.

use std::fmt;

use jiff::Timestamp;

/// The name of a run: the time of its beginning, so that names sort by time, and random digits.
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
    fn a_name_is_no_path() {
        for text in ["", "..", "a/b", "a\\b", "a b", "a.jsonl"] {
            assert_eq!(RunId::parse(text), None, "{text}");
        }
    }
}
