//! The throttle: at most so many calls in *any* 20 seconds, and at most so many at the same time, whatever the delays.
//!
//! A call's place comes back 20 s after its *reply*: the server had counted the call by then, however long
//! it took to arrive, so no window at the server ever holds more. Time of sending would not do: a call
//! that is slow to arrive is counted together with later ones.
//!
//! When Marketo refuses a call because of a limit (other integrations use it up as well), all callers
//! pause, and the limit in question is halved, down to a floor; each answered call raises it by one again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::{Limit, Why};

/// The window of Marketo's rate limit: 100 calls in 20 s per instance. Page "REST API", "Limits".
const WINDOW: Duration = Duration::from_secs(20);

/// NTP slews a clock by up to 500 ppm: that far the server's 20 s and ours may differ.
const MARGIN: Duration = Duration::from_millis(10);

/// Lets calls through as the limits allow, in the order of asking.
#[derive(Debug)]
pub(super) struct Throttle {
    /// Held by the one caller that watches the state; the others queue behind it, first come first served.
    turn: tokio::sync::Mutex<()>,
    changed: Notify,
    state: Mutex<ThrottleState>,
}

/// The right to make one call; given back when the reply is there, or the call abandoned.
#[derive(Debug)]
#[must_use]
pub(super) struct CallSlot<'a> {
    throttle: &'a Throttle,
    epoch: u64,
    was_refused: bool,
}

#[derive(Debug)]
struct ThrottleState {
    rate: Level,
    concurrency: Level,
    in_flight: usize,
    /// When the calls of the last window ended, oldest first.
    ended: VecDeque<Instant>,
    pause: Option<(Instant, Limit)>,
    /// Counts the reductions: of several calls refused together only the first one reduces.
    epoch: u64,
    /// Counts the calls that no limit refused.
    passed: u64,
}

#[derive(Debug)]
struct Level {
    now: usize,
    /// Enough to go on with: what others leave free is only found by asking.
    least: usize,
    most: usize,
}

enum Admission {
    Go,
    Until(Instant, Why),
    WhenOneEnds,
}

impl Throttle {
    pub(super) fn new(calls_per_20s: usize, concurrency: usize) -> Self {
        Self {
            turn: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
            state: Mutex::new(ThrottleState {
                rate: Level::new(calls_per_20s, calls_per_20s.div_ceil(5)),
                concurrency: Level::new(concurrency, 1),
                in_flight: 0,
                ended: VecDeque::new(),
                pause: None,
                epoch: 0,
                passed: 0,
            }),
        }
    }

    /// Waits until one more call keeps the limits. `on_wait` hears of each wait whose end is known.
    pub(super) async fn slot(&self, on_wait: impl Fn(Duration, Why)) -> CallSlot<'_> {
        let _turn = self.turn.lock().await;
        loop {
            let now = Instant::now();
            // In a statement of its own: the guard must be gone before the await.
            let verdict = self.state().admit(now);
            match verdict {
                Admission::Go => {
                    return CallSlot {
                        throttle: self,
                        epoch: self.state().epoch,
                        was_refused: false,
                    };
                }
                Admission::Until(at, why) => {
                    on_wait(at - now, why);
                    sleep_until(at).await;
                }
                Admission::WhenOneEnds => self.changed.notified().await,
            }
        }
    }

    /// Holds back all calls for so long, because one was refused.
    pub(super) fn pause(&self, wait: Duration, limit: Limit) {
        let until = Instant::now() + wait;
        let mut state = self.state();
        if state.pause.is_none_or(|(other, _)| other < until) {
            state.pause = Some((until, limit));
        }
    }

    /// How many calls were let through by Marketo's limits so far: where it grows, the limits leave room for somebody.
    pub(super) fn passed(&self) -> u64 {
        self.state().passed
    }

    fn state(&self) -> MutexGuard<'_, ThrottleState> {
        // The numbers stay sound whatever panicked: nothing is changed in two steps.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallSlot<'_> {
    /// Notes that Marketo refused the call because of this limit.
    pub(super) fn refused(&mut self, limit: Limit) {
        self.was_refused = true;
        let mut state = self.throttle.state();
        if state.epoch == self.epoch {
            state.epoch += 1;
            let level = match limit {
                Limit::Rate => &mut state.rate,
                Limit::Concurrency => &mut state.concurrency,
            };
            level.now = (level.now / 2).max(level.least);
        }
    }
}

impl Drop for CallSlot<'_> {
    fn drop(&mut self) {
        let mut state = self.throttle.state();
        state.in_flight -= 1;
        state.ended.push_back(Instant::now());
        if !self.was_refused {
            state.passed += 1;
            state.rate.rise();
            state.concurrency.rise();
        }
        drop(state);
        self.throttle.changed.notify_one();
    }
}

impl ThrottleState {
    fn admit(&mut self, now: Instant) -> Admission {
        if let Some((until, limit)) = self.pause {
            if now < until {
                return Admission::Until(until, Why::Refused(limit));
            }
            self.pause = None;
        }
        while self.oldest_forgotten().is_some_and(|at| at <= now) {
            self.ended.pop_front();
        }
        if self.in_flight >= self.concurrency.now {
            return Admission::WhenOneEnds;
        }
        if self.in_flight + self.ended.len() >= self.rate.now {
            return self
                .oldest_forgotten()
                .map_or(Admission::WhenOneEnds, |at| Admission::Until(at, Why::Pace));
        }
        self.in_flight += 1;
        Admission::Go
    }

    fn oldest_forgotten(&self) -> Option<Instant> {
        self.ended.front().map(|ended| *ended + WINDOW + MARGIN)
    }
}

impl Level {
    fn new(most: usize, least: usize) -> Self {
        let most = most.max(1);
        Self {
            now: most,
            least: least.max(1),
            most,
        }
    }

    fn rise(&mut self) {
        self.now = (self.now + 1).min(self.most);
    }
}

#[cfg(test)]
mod tests;
