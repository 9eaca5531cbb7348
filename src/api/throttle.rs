//! The throttle: limits the number of calls in *any* 20 seconds, and the number of simultaneous calls.
//!
//! A call counts until 20 s after its *reply*. The server counted the call before it replied, so no window of 20 s at the
//! server ever has more calls than allowed. To count from the time of sending would not be enough: a call that arrives late is
//! counted together with later ones.
//!
//! If Marketo refuses a call because of a limit, which other integrations use up too, all calls pause, and the throttle halves
//! its own limit, down to a minimum. Each answered call raises it by one again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::disposition::Limit;
use super::settings::Why;

/// The window of Marketo's rate limit: 100 calls in 20 s per instance. Page "REST API", "Limits".
const WINDOW: Duration = Duration::from_secs(20);

/// How much the server's 20 s and the client's may differ: NTP changes the speed of a clock by up to 500 ppm.
const MARGIN: Duration = Duration::from_millis(10);

/// Lets calls through as the limits allow, first come, first served.
#[derive(Debug)]
pub(super) struct Throttle {
    /// Locked by the caller whose turn it is. The others queue behind it.
    turn: tokio::sync::Mutex<()>,
    changed: Notify,
    state: Mutex<ThrottleState>,
}

/// The right to make one call. Drop it when the reply has arrived, or when the call is abandoned.
#[derive(Debug)]
#[must_use]
pub(super) struct CallSlot<'a> {
    throttle: &'a Throttle,
    epoch: u64,
    was_refused: bool,
}

#[derive(Debug)]
struct ThrottleState {
    rate: AdaptiveLimit,
    concurrency: AdaptiveLimit,
    in_flight: usize,
    /// When the calls of the last window ended, the oldest first.
    ended: VecDeque<Instant>,
    pause: Option<(Instant, Limit)>,
    /// The number of reductions. Of several calls refused at the same time, only the first one reduces a limit.
    epoch: u64,
    /// The number of calls that no limit refused.
    passed: u64,
}

/// A limit that adapts to what the instance allows.
#[derive(Debug)]
struct AdaptiveLimit {
    now: usize,
    /// More than zero, because only a call can show that the instance has room again.
    min: usize,
    max: usize,
}

/// Whether one more call may go, or how long it must wait.
enum Admission {
    Go,
    Until(Instant, Why),
    WhenCallEnds,
}

impl Throttle {
    pub(super) fn new(calls_per_20s: usize, concurrency: usize) -> Self {
        Self {
            turn: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
            state: Mutex::new(ThrottleState {
                rate: AdaptiveLimit::new(calls_per_20s, calls_per_20s.div_ceil(5)),
                concurrency: AdaptiveLimit::new(concurrency, 1),
                in_flight: 0,
                ended: VecDeque::new(),
                pause: None,
                epoch: 0,
                passed: 0,
            }),
        }
    }

    /// Waits until the limits allow one more call. `on_wait` hears of each wait whose end is known.
    pub(super) async fn slot(&self, on_wait: impl Fn(Duration, Why)) -> CallSlot<'_> {
        let _turn = self.turn.lock().await;
        loop {
            let now = Instant::now();
            // A separate statement, so that the lock on the state ends before the await.
            let admission = self.state().admit(now);
            match admission {
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
                Admission::WhenCallEnds => self.changed.notified().await,
            }
        }
    }

    /// Holds back all calls for this time, because the instance refused one.
    pub(super) fn pause(&self, wait: Duration, limit: Limit) {
        let until = Instant::now() + wait;
        let mut state = self.state();
        if state.pause.is_none_or(|(other, _)| other < until) {
            state.pause = Some((until, limit));
        }
    }

    /// The number of calls that Marketo's limits let through so far. If it grows, the instance has room.
    pub(super) fn passed(&self) -> u64 {
        self.state().passed
    }

    fn state(&self) -> MutexGuard<'_, ThrottleState> {
        // A panic cannot leave the state half changed, so a poisoned lock is still usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallSlot<'_> {
    /// Notes that Marketo refused this call because of a limit.
    pub(super) fn refused(&mut self, limit: Limit) {
        self.was_refused = true;
        let mut state = self.throttle.state();
        if state.epoch == self.epoch {
            state.epoch += 1;
            let level = match limit {
                Limit::Rate => &mut state.rate,
                Limit::Concurrency => &mut state.concurrency,
            };
            level.now = (level.now / 2).max(level.min);
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
        while self.next_expiry().is_some_and(|at| at <= now) {
            self.ended.pop_front();
        }
        if self.in_flight >= self.concurrency.now {
            return Admission::WhenCallEnds;
        }
        if self.in_flight + self.ended.len() >= self.rate.now {
            return self.next_expiry().map_or(Admission::WhenCallEnds, |at| {
                Admission::Until(at, Why::Pace)
            });
        }
        self.in_flight += 1;
        Admission::Go
    }

    /// When the oldest call no longer counts.
    fn next_expiry(&self) -> Option<Instant> {
        self.ended.front().map(|ended| *ended + WINDOW + MARGIN)
    }
}

impl AdaptiveLimit {
    fn new(max: usize, min: usize) -> Self {
        let at_least_one = max.max(1);
        Self {
            now: at_least_one,
            min: min.max(1),
            max: at_least_one,
        }
    }

    fn rise(&mut self) {
        self.now = (self.now + 1).min(self.max);
    }
}

#[cfg(test)]
mod tests;
