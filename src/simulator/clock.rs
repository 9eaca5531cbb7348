//! The simulator's clock, which tests can advance.
//!
//! The lifetime of tokens, the 20-second window, the daily quota and the timestamps of records all
//! use it, so a test can let an hour pass without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// US Central time, in which the daily quota resets at midnight. A POSIX rule needs no time-zone
/// database.
const CENTRAL: &str = "CST6CDT,M3.2.0,M11.1.0";

/// The time zone of the instance.
pub(super) fn central() -> TimeZone {
    TimeZone::posix(CENTRAL).expect("the rule has the POSIX form")
}

/// A clock that can be shared and advanced; its copies show the same time.
#[derive(Clone, Debug)]
pub struct SimulatedClock {
    start: Start,
    /// By how many milliseconds it was advanced.
    ahead: Arc<AtomicU64>,
}

#[derive(Clone, Copy, Debug)]
enum Start {
    System,
    Fixed(Timestamp),
    #[cfg(test)]
    Runtime(Timestamp, tokio::time::Instant),
}

impl SimulatedClock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self {
            start: Start::System,
            ahead: Arc::default(),
        }
    }

    /// A clock that shows `at` until it is advanced.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self {
            start: Start::Fixed(at),
            ahead: Arc::default(),
        }
    }

    /// A clock that shows `at` now and follows the runtime's time, which tests can pause.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn of_runtime(at: Timestamp) -> Self {
        Self {
            start: Start::Runtime(at, tokio::time::Instant::now()),
            ahead: Arc::default(),
        }
    }

    /// Advances this clock and its copies.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead.fetch_add(millis, Ordering::SeqCst);
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let start = match self.start {
            Start::System => Timestamp::now(),
            Start::Fixed(at) => at,
            #[cfg(test)]
            Start::Runtime(at, began) => {
                let passed = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                at + Duration::from_millis(passed)
            }
        };
        let millis = i64::try_from(self.ahead.load(Ordering::SeqCst)).unwrap_or(i64::MAX);
        start
            .checked_add(SignedDuration::from_millis(millis))
            .unwrap_or(Timestamp::MAX)
    }
}

impl Default for SimulatedClock {
    fn default() -> Self {
        Self::system()
    }
}
