//! The simulator's idea of the time, which tests can move.
//!
//! Token life, the 20-second window, the daily quota and the time stamps of records all read it, so
//! an hour passes in a test without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// US Central, where the daily quota is reset at midnight; no time-zone database is needed for it.
const CENTRAL: &str = "CST6CDT,M3.2.0,M11.1.0";

/// The time zone of the instance.
pub(super) fn central() -> TimeZone {
    TimeZone::posix(CENTRAL).expect("the rule is that of POSIX")
}

/// A clock that can be shared and moved forward; copies show the same time.
#[derive(Clone, Debug)]
pub struct SimulatedClock {
    start: Start,
    /// Milliseconds by which it was moved forward.
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

    /// A clock that stands still at `at` until it is moved.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self {
            start: Start::Fixed(at),
            ahead: Arc::default(),
        }
    }

    /// A clock that shows `at` now, and goes on with the runtime's time, which tests pause.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn of_runtime(at: Timestamp) -> Self {
        Self {
            start: Start::Runtime(at, tokio::time::Instant::now()),
            ahead: Arc::default(),
        }
    }

    /// Moves this clock and its copies forward.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead.fetch_add(millis, Ordering::SeqCst);
    }

    /// The time it shows.
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
